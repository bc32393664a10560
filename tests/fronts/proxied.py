#!/usr/bin/env python3
"""proxied.py PORT FOLDER SOCKET [plain]: asks the server on 127.0.0.1:PORT over HTTP/1.1, and the FastCGI program on SOCKET the same, and compares the answers: status,
body, and the headers that the program sets. TLS unless `plain`. FOLDER has ca.pem.

All requests go through one connection, in turns of different names, and then through a connection each. Prints the first differences, and last the number of answers.
Exit status 1 if there is a difference, or if the server does not keep the connection."""
import http.client
import itertools
import socket
import ssl
import sys

from fastcgi_client import BEGIN, PARAMS, STDIN, STDOUT, answer, connect, pair, record, records, stream

port, folder, program, plain = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:] == ["plain"]
PATH = "/.well-known/mta-sts.txt"
# Domains with a policy, one with a mistake, one that is not in the file, and no policy host.
HOSTS = ["mta-sts.a.test", "mta-sts.b.test", "mta-sts.c.test", "mta-sts.d.test", "www.a.test", "MTA-STS.B.TEST", "mta-sts.a.test:443", "mta-sts.b.test:8443"]
# lighttpd refuses a GET with a body.
METHODS = [("GET", b""), ("HEAD", b""), ("POST", b"x=y"), ("PUT", b"x" * 60000), ("DELETE", b""), ("PATCH", b"x")]
OTHER = "mta-sts.a.test"
FORGED = {"X-Forwarded-Host": OTHER, "X-Forwarded-Server": OTHER, "Forwarded": f"for=192.0.2.9;host={OTHER};proto=https", "X-Original-Host": OTHER, "X-Host": OTHER,
          "X-Real-Host": OTHER, "X-HTTP-Host-Override": OTHER, "X-Forwarded-For": "127.0.0.1", "X-Original-URL": "/", "Via": f"1.1 {OTHER}"}
# A front server may add others.
COMPARED = ["content-type", "content-length", "cache-control", "allow", "x-content-type-options"]
# The program sets none of these, and senders could not use them.
ABSENT = ["content-encoding", "location", "set-cookie", "etag", "last-modified", "accept-ranges", "age"]


def from_program(host, method):
    """The program's own answer: its status, headers and body."""
    variables = pair(b"REQUEST_METHOD", method.encode()) + pair(b"SERVER_NAME", host.encode()) + pair(b"HTTP_HOST", host.encode())
    with connect(program) as connection:
        connection.sendall(record(BEGIN, b"\0\1\0\0\0\0\0\0") + stream(PARAMS, variables) + record(STDIN))
        output = b"".join(content for kind, content in records(answer(connection)) if kind == STDOUT)
    head, _, body = output.partition(b"\r\n\r\n")
    headers = {key.lower(): value.strip() for key, _, value in (line.partition(":") for line in head.decode().split("\r\n"))}
    return int(headers.pop("status", "200").split()[0]), headers, body


def open_connection():
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if plain:
        return connection
    return ssl.create_default_context(cafile=f"{folder}/ca.pem").wrap_socket(connection, server_hostname="mta-sts.b.test")


def from_server(connection, host, method, body, more):
    """The answer, and whether the connection stays open."""
    lines = [f"{method} {PATH} HTTP/1.1", f"Host: {host}", *(f"{key}: {value}" for key, value in more.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
    response = http.client.HTTPResponse(connection, method=method)
    response.begin()
    text = response.read()
    return (response.status, {key.lower(): value for key, value in response.getheaders()}, text), not response.will_close


def difference(host, method, given):
    status, headers, body = from_program(host, method)
    # The program's body of a HEAD is empty too.
    wanted = status, body, {key: headers.get(key) for key in COMPARED}
    got = given[0], given[2], {key: given[1].get(key) for key in COMPARED}
    wrong = [key for key in ABSENT if key in given[1]]
    return f"wanted {wanted}, got {got}" if wanted != got else f"has {wrong}" if wrong else None


cases = list(itertools.product(METHODS, [{}, FORGED], HOSTS))
wrong = answers = 0
for shared in True, False:
    connection = open_connection()
    for (method, body), more, host in cases:
        given, kept = from_server(connection, host, method, body, more)
        answers += 1
        fault = difference(host, method, given)
        # Apache closes the connection after a 500.
        if shared and not kept and given[0] != 500:
            fault = f"the connection was closed; {fault}"
        if fault:
            wrong += 1
        if fault and wrong <= 5:
            print(f"{method} {host}{', forged headers' if more else ''}, {len(body)} bytes, {'one' if shared else 'own'} connection: {fault}")
        if not shared or not kept:
            connection.close()
            connection = open_connection()
    connection.close()
print(f"{answers} answers, {wrong} wrong")
sys.exit(wrong > 0)
