"""killing.py PROGRAM REPORTS SIGNAL [DOMAINS]: the receiver is ended by SIGNAL every few tenths of a second, and started again on the same socket, while eight
reporters post to it, until it has answered REPORTS of them 201. Then each of these must be in its folder, and each file must be whole. It works in
the working directory, prints what became of all, and fails where one is lost or torn."""
import glob
import hashlib
import multiprocessing
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import time

from fastcgi_client import BEGIN, KEEP, PARAMS, STDIN, END, pair, record, stream

REPORTERS = 8
SOCKET = "killed.sock"


def body(number):
    """Bytes that only this number has: most are some hundred bytes, one in fifty has up to 200 kB."""
    draw = random.Random(number)
    size = draw.randrange(200000) if draw.randrange(50) == 0 else draw.randrange(1, 900)
    return b"%d:%d:" % (number, size) + hashlib.shake_128(b"%d" % number).digest(size)


def request(domain, content, flags=KEEP):
    variables = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/tlsrpt+gzip", "REQUEST_URI": "/" + domain, "CONTENT_LENGTH": str(len(content))}
    return (record(BEGIN, struct.pack(">HB5x", 1, flags)) + stream(PARAMS, b"".join(pair(n.encode(), v.encode()) for n, v in variables.items()))
            + stream(STDIN, content))


def exchange(connection, message):
    """The status of the answer. Fails where the program ends before that."""
    connection.sendall(message)
    data = b""
    while not data.endswith(END):
        more = connection.recv(65536)
        if not more:
            raise ConnectionError
        data += more
    return data[16:19].decode()


def reporter(which, total, taken, domains, flags=KEEP):
    """Posts until TOTAL reports are taken by all. Writes the numbers of its own to a file. Without KEEP each report has a connection of its own."""
    connection, statuses = None, {}
    with open(f"answered.{which}", "w") as answered:
        number = which
        while taken.value < total:
            number += REPORTERS
            try:
                if connection is None:
                    connection = socket.socket(socket.AF_UNIX)
                    connection.settimeout(30)
                    connection.connect(SOCKET)
                status = exchange(connection, request(f"d{number % domains}.example", body(number), flags))
            except OSError:
                connection, status = None, "none"
            if connection is not None and not flags:
                connection.close()
                connection = None
            statuses[status] = statuses.get(status, 0) + 1
            if status == "201":
                answered.write(f"{number}\n")
                with taken.get_lock():
                    taken.value += 1
    with open(f"statuses.{which}", "w") as file:
        file.write(repr(statuses))


def start(program, listener):
    return subprocess.Popen([program, "-f", "killed.ini", "--receive", "in", "--max-reports", "1000000", "--max-mb", "4000"], stdin=listener,
                            stderr=open("killed.log", "a"))


def check(listed):
    """The numbers of all whole files, and the names of those that are not."""
    whole, torn = set(), []
    for name in listed:
        with open(name, "rb") as file:
            content = file.read()
        number = content.split(b":", 1)[0]
        if number.isdigit() and content == body(int(number)):
            whole.add(int(number))
        else:
            torn.append(name)
    return whole, torn


def answers():
    numbers, statuses = set(), {}
    for which in range(REPORTERS):
        with open(f"answered.{which}") as file:
            numbers.update(int(line) for line in file)
        with open(f"statuses.{which}") as file:
            for status, count in eval(file.read()).items():
                statuses[status] = statuses.get(status, 0) + count
    return numbers, statuses


def end_again_and_again(program, how, listener, reporters):
    """Until all reporters are done. Returns how often, and the last process."""
    process, ends = start(program, listener), 0
    while any(one.is_alive() for one in reporters):
        time.sleep(random.uniform(0.1, 0.5))
        process.send_signal(how)
        process.wait()
        ends += 1
        process = start(program, listener)
    return ends, process


def main():
    program, total, how = sys.argv[1], int(sys.argv[2]), getattr(signal, sys.argv[3])
    domains = int(sys.argv[4]) if len(sys.argv) > 4 else 10
    with open("killed.ini", "w") as file:
        file.writelines(f"[d{i}.example]\nmx = mail.example.org\n" for i in range(domains))
    os.utime("killed.ini", (time.time() - 3600,) * 2)
    os.makedirs("in", exist_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(SOCKET)
    listener.listen(100)
    taken = multiprocessing.Value("i", 0)
    reporters = [multiprocessing.Process(target=reporter, args=(which, total, taken, domains)) for which in range(REPORTERS)]
    begin = time.monotonic()
    for one in reporters:
        one.start()
    ends, process = end_again_and_again(program, how, listener, reporters)
    process.terminate()
    process.wait()
    seconds = time.monotonic() - begin
    answered, statuses = answers()
    whole, torn = check(glob.iglob("in/*/*/[!.]*"))
    parts = glob.glob("in/*/*/.*")
    lost = answered - whole
    print(f"{ends} x {how.name} in {seconds:.0f} s: {len(answered)} answered 201, {statuses} in all; {len(whole)} whole in the folder, "
          f"{len(lost)} lost, {len(torn)} torn, {len(parts)} parts left")
    if lost or torn or ends == 0 or set(statuses) - {"201", "none"} or (parts and how == signal.SIGTERM):
        sys.exit(f"lost: {sorted(lost)[:5]}, torn: {torn[:5]}, parts: {parts[:5]}")


if __name__ == "__main__":
    main()
