#!/usr/bin/env python3
"""keep.py SOCKET N COMMAND...: a supervisor that holds the listening socket. N processes of COMMAND have it as standard input. If one ends, keep.py starts another one
in its place. The file pids has their numbers, a line for each place."""
import os
import signal
import socket
import subprocess
import sys

path, count, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(1024)
children = []
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGCHLD])


def start():
    unblock = lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM, signal.SIGCHLD])
    return subprocess.Popen(command, stdin=listener, preexec_fn=unblock)


def tell():
    with open("pids.new", "w") as file:
        print(*(child.pid for child in children), sep="\n", file=file)
    os.rename("pids.new", "pids")


children = [start() for _ in range(count)]
tell()
while signal.sigwait([signal.SIGTERM, signal.SIGCHLD]) == signal.SIGCHLD:
    for i, child in enumerate(children):
        if child.poll() is not None:
            print("keep: ended with", child.returncode, file=sys.stderr, flush=True)
            children[i] = start()
    tell()
for child in children:
    child.terminate()
sys.exit(max(child.wait() for child in children))
