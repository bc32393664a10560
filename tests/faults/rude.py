#!/usr/bin/env python3
"""rude.py SOCKET KIND N SECONDS: a front server that behaves badly, with N connections at any time. Prints how many it has made.

silent: sends nothing. half: sends a part of a request. hang-up: sends a request, and closes after some bytes of the answer, or before it."""
import selectors
import sys
import time

from fastcgi_client import connect, request

path, kind, count, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
ask = request("mta-sts.example.org")
end = time.monotonic() + seconds
made = 0


def begin():
    global made
    made += 1
    connection = connect(path)
    if kind == "half":
        connection.sendall(ask[:1 + made % (len(ask) - 1)])
    return connection


def is_open(connection):
    try:
        return connection.recv(1000) != b""
    except ConnectionError:
        return False


if kind == "hang-up":
    while time.monotonic() < end:
        group = [begin() for _ in range(count)]
        for i, connection in enumerate(group):
            connection.sendall(ask if i % 3 else ask[:-8])
        for i, connection in enumerate(group):
            if i % 2 and i % 3:
                connection.recv(1 + i)
            connection.close()
else:
    selector = selectors.DefaultSelector()
    for _ in range(count):
        selector.register(begin(), selectors.EVENT_READ)
    open("rude", "w").close()
    while time.monotonic() < end:
        for key, _ in selector.select(0.1):
            if not is_open(key.fileobj):
                selector.unregister(key.fileobj)
                key.fileobj.close()
                selector.register(begin(), selectors.EVENT_READ)
print(made)
