#!/usr/bin/env python3
"""receiver.py PROGRAM FAILNTH.SO SCENARIO: mta-sts-reports takes and reads reports. Each time another call fails, as in allocator.py: one of the allocator, or of the system.

Not allowed are a crash, a 201 without a whole file, a file that is not whole, a status after which a sender gives a good report up, and figures that lack a report
without a word about it. libfcgi, GLib and jansson end the process if their own call of the allocator fails: these count apart.
"""
import glob
import gzip
import os
import re
import signal
import socket
import struct
import subprocess

import tlsrpt
from failing import PROGRAM, SCENARIO, TIMEOUT, Fault, callers, end, ends_in_libfcgi, environment, every_call, wait, write
from fastcgi_client import BEGIN, KEEP, PARAMS, STDIN, STDOUT, answer, connect, pair, record, records, stream

REPORTS = [tlsrpt.text(tlsrpt.report(number=number)) for number in range(3)]
# What may fail, and how. Before main() the loader makes some of these calls, too: then there is no answer.
SYSTEM = {"openat": "EMFILE", "mkdirat": "ENOSPC", "fallocate": "ENOSPC", "write": "ENOSPC", "ftruncate": "EIO", "fsync": "EIO", "renameat": "EIO", "flock": "ENOLCK",
          "newfstatat": "EIO", "getdents64": "EIO", "close": "EIO", "read": "EIO"}


def variables(report):
    # A file of unknown length is cut at its end.
    length = {} if SCENARIO.endswith("ftruncate") else {"CONTENT_LENGTH": str(len(report))}
    return {"REQUEST_METHOD": "POST", "REQUEST_URI": "/example.org", "CONTENT_TYPE": "application/tlsrpt+json", **length}


def start(folder, n):
    """The program's command and environment: call number N fails."""
    if not SCENARIO.endswith("memory"):
        call = SCENARIO.rpartition(" ")[2]
        return (["strace", "-f", "-qq", "-o", os.path.join(folder, "strace.log"), "-e", f"trace={call}", "-e", f"inject={call}:error={SYSTEM[call]}:when={n}", PROGRAM],
                {"PATH": os.environ["PATH"]})
    return [PROGRAM], environment(folder, n, {})


def system_call_has_failed(folder):
    try:
        with open(os.path.join(folder, "strace.log")) as file:
            return "(INJECTED)" in file.read()
    except FileNotFoundError:
        return False


# --- taking ---

def judge(folder, counts, statuses, aborted=False):
    """STATUSES: what was answered to each report, None where nothing was. ABORTED: libfcgi ended the program."""
    files = []
    for name in glob.glob(os.path.join(folder, "in/*/*/[!.]*")):
        with open(name, "rb") as file:
            files.append(file.read())
    for report, status in zip(REPORTS, statuses):
        counts["asked"] += 1
        counts["right" if status == b"201" else "lost" if status is None else "refused"] += 1
        if status not in (b"201", b"503", b"500", None):
            raise Fault(f"a good report is answered {status!r}")
        if (status == b"201") != (report in files) and status is not None:
            raise Fault(f"answered {status!r}, and on the disk: {report in files}")
    if [content for content in files if content not in REPORTS] or len(set(files)) != len(files):
        raise Fault("a file is not whole, or is there twice")
    if glob.glob(os.path.join(folder, "in/*/*/.*")) and not aborted:
        raise Fault("a part is left")


def status_of(output):
    found = re.match(rb"Status: (\d+) ", output or b"")
    return found[1] if found else None


def prepare(folder):
    write(folder, "policies.ini", "[example.org]\nmx = mail.example.org\n")
    os.mkdir(os.path.join(folder, "in"))


def cgi(folder, n, counts):
    prepare(folder)
    command, more = start(folder, n)
    more = {**more, **variables(REPORTS[0]), "MTA_STS_POLICIES": os.path.join(folder, "policies.ini"), "MTA_STS_REPORTS": os.path.join(folder, "in")}
    try:
        done = subprocess.run(command, cwd=folder, env=more, input=REPORTS[0], capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise Fault("hangs") from None
    if done.returncode < 0:
        raise Fault(f"ends by signal {-done.returncode}")
    judge(folder, counts, [status_of(done.stdout)])


def post(path, report):
    connection = None
    try:
        connection = connect(path, TIMEOUT)
        pairs = b"".join(pair(name.encode(), value.encode()) for name, value in variables(report).items())
        connection.sendall(record(BEGIN, struct.pack(">HB5x", 1, KEEP)) + stream(PARAMS, pairs) + stream(STDIN, report))
        return status_of(b"".join(content for kind, content in records(answer(connection)) if kind == STDOUT))
    except (AssertionError, ConnectionError):
        return None
    except TimeoutError:
        raise Fault(f"no answer in {TIMEOUT} seconds") from None
    finally:
        if connection is not None:
            connection.close()


def fastcgi(folder, n, counts):
    prepare(folder)
    path = os.path.join(folder, "s")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    command, more = start(folder, n)
    with open(os.path.join(folder, "log"), "wb") as log:
        process = subprocess.Popen(command + ["-f", "policies.ini", "--receive", "in", "-t", "1"], cwd=folder, stdin=listener, stdout=log, stderr=log, env=more)
    listener.close()
    # strace passes no signal on, and leaves the program alone when it ends.
    program = [process.pid]
    try:
        statuses = [post(path, report) for report in REPORTS]
        ended = process.poll() is not None or (None in statuses and is_ending(process))
        if not ended and len(command) > 1:
            program = children(process.pid)
        for pid in [] if ended else program:
            os.kill(pid, signal.SIGTERM)
        status = wait(process)
    finally:
        if process.poll() is None:
            for pid in program:
                os.kill(pid, signal.SIGKILL)
            process.wait()
    aborted = ends_in_libfcgi(folder, status)
    if aborted:
        counts["libfcgi"] += 1
    elif status < 0 or status >= 128:
        raise Fault(f"ends with status {status}")
    elif not ended and b"201" not in statuses:
        # strace counts the calls of each thread: one may fail in the thread that accepts, and one in the poller's.
        raise Fault(f"the answers are {statuses}")
    judge(folder, counts, statuses, aborted)


def is_ending(process):
    try:
        return process.wait(0.5) is not None
    except subprocess.TimeoutExpired:
        return False


def children(pid):
    return [int(child) for child in subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout.split()]


# --- reading ---

def fails_in_a_library(folder):
    return re.search("libglib|libgmime|libgobject|libjansson", " ".join(callers(folder) or []))


def read(folder, n, counts):
    """The figures of a report, a zipped one and a mail."""
    prepare(folder)
    tlsrpt.save(os.path.join(folder, "in", "one.json"), REPORTS[0])
    tlsrpt.save(os.path.join(folder, "in", "two.json.gz"), gzip.compress(REPORTS[1], mtime=0))
    tlsrpt.save(os.path.join(folder, "in", "three.eml"), tlsrpt.mail(gzip.compress(REPORTS[2], mtime=0)))
    command, more = start(folder, n)
    command += ["-f", "policies.ini", "--json", "--now", "2026-11-26T07:00:00Z", "in"]
    counts["asked"] += 1
    try:
        done = subprocess.run(command, cwd=folder, env=more, capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        # GLib 2.84 waits for itself where one of its calls fails while it holds its own lock.
        if not fails_in_a_library(folder):
            raise Fault("does not end") from None
        counts["lost"] += 1
        return
    found = re.search(rb'"reports":(\d+),', done.stdout)
    if done.returncode < 0 and fails_in_a_library(folder):
        counts["lost"] += 1
    elif done.returncode < 0:
        raise Fault(f"ends by signal {-done.returncode}")
    elif found is not None and found[1] == b"3":
        counts["right"] += 1
    elif b"memory" not in done.stderr and b"not counted: 1 file not readable" not in done.stderr:
        raise Fault(f"exit status {done.returncode}, {found and found[1]} reports, standard error {done.stderr!r}, standard output {done.stdout[:300]!r}")
    else:
        counts["refused"] += 1


one = read if SCENARIO.startswith("reading") else fastcgi if SCENARIO.startswith("FastCGI") else cgi
end(every_call(one) if SCENARIO.endswith("memory") else every_call(one, system_call_has_failed, step=4), least=1)
