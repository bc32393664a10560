#!/usr/bin/env python3
"""supervise.py FILE: keeps the programs of FILE running. A line of FILE is a program: its name, how many seconds to wait after its end, a Unix socket or "-", and a
shell command, with tabs between. The socket is the program's standard input, and stays open while the program is started again, as systemd does it. Each program
leads a process group. NAME.pid has the process of the program NAME, and NAME.log its output. With SIGTERM all of them end, and what they have left running."""
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
libc = ctypes.CDLL(None)


def become_child():
    os.setpgid(0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Program:
    def __init__(self, line):
        self.name, pause, path, self.command = line.rstrip("\n").split("\t")
        self.pause, self.process, self.due = float(pause), None, 0
        self.input = subprocess.DEVNULL
        if path != "-":
            self.input = socket.socket(socket.AF_UNIX)
            self.input.bind(path)
            self.input.listen(1024)
            os.chmod(path, 0o666)

    def look(self):
        """Starts the program if it is not there and its pause is over."""
        if self.process and self.process.poll() is not None:
            self.process, self.due = None, time.monotonic() + self.pause
        if self.process or time.monotonic() < self.due:
            return
        with open(self.name + ".log", "ab") as log:
            self.process = subprocess.Popen(["sh", "-c", self.command], stdin=self.input, stdout=log, stderr=log, preexec_fn=become_child)
        with open(self.name + ".pid.new", "w", encoding="ascii") as file:
            print(self.process.pid, file=file)
        os.rename(self.name + ".pid.new", self.name + ".pid")


def children():
    with open("/proc/self/task/%d/children" % os.getpid(), encoding="ascii") as file:
        return [int(pid) for pid in file.read().split()]


def end(*_):
    # Those whose parents ended become children of this process.
    while pids := children():
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for pid in pids:
            os.waitpid(pid, 0)
    os._exit(0)


libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
programs = [Program(line) for line in open(sys.argv[1], encoding="utf-8")]
signal.signal(signal.SIGTERM, end)
while True:
    for program in programs:
        program.look()
    for pid in children():
        if pid not in [program.process.pid for program in programs if program.process]:
            os.waitpid(pid, os.WNOHANG)
    time.sleep(0.02)
