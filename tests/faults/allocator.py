#!/usr/bin/env python3
"""allocator.py PROGRAM FAILNTH.SO SCENARIO: runs the scenario again and again. Each time another call of the allocator fails: the first, the second, and so on, until
there is no such call.

Allowed are the right outcome, and a message with exit status 1. A request may also get a 500 or a closed connection, if the next request is right again. Not allowed
are a crash, another outcome, or none within ten seconds. libfcgi aborts the process if its own call fails: this counts apart, and the call's return address has to lie
in a function of libfcgi. The last line is "counted RUNS ASKED RIGHT REFUSED WRONG LOST LIBFCGI". Exit status 1 if anything was not allowed.
"""
import os
import re
import signal
import socket
import subprocess
import tempfile
import time

from allocator_files import BESIDE, BROKEN, INI, MANY, NGINX, OLD, TWICE, WARNED, WORKER
from failing import PROGRAM, SCENARIO, TIMEOUT, Fault, end, ends_in_libfcgi, environment, every_call, wait, write
from fastcgi_client import STDOUT, answer, connect, records, request


def run(folder, n, arguments, more=None):
    try:
        return subprocess.run([PROGRAM] + arguments, cwd=folder, env=environment(folder, n, more or {}), stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise Fault("hangs") from None


def tree(folder):
    found = {}
    for at, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(at, name), "rb") as file:
                found[os.path.relpath(os.path.join(at, name), folder)] = file.read()
    return found


# --- commands: the same output, or a message and exit status 1 ---

COMMANDS = {
    "check": (INI, ["check"]),
    "check, warnings": (WARNED, ["check"]),
    "check, mistakes": (BROKEN, ["check"]),
    "check, many mistakes": (MANY, ["check"]),
    "check, two sections": (TWICE, ["check"]),
    "dns": (INI, ["dns"]),
    "dns, mistakes": (BESIDE, ["dns"]),
    "hosts": (INI, ["hosts"]),
    "show": (INI, ["show", "example.org"]),
    "show, broken": (BROKEN, ["show", "broken.example"]),
    "show, two sections": (MANY, ["show", "example.org"]),
    "show, two templates": (MANY, ["show", "example.net"]),
    "export": (INI, ["export", "out"]),
    "export --delete": (BROKEN, ["export", "--delete", "out"]),
    "export --worker": (INI, ["export", "--worker", "out.mjs"]),
    "export --worker, a folder": (INI, ["export", "--worker", "out"]),
    "import, a Worker": (WORKER, ["import", "p.ini"]),
    "import, nginx": (NGINX, ["import", "p.ini"]),
}


def files(folder):
    """The contents of the exported tree or file."""
    out = os.path.join(folder, "out.mjs")
    if os.path.isfile(out):
        with open(out, "rb") as file:
            return {"": file.read(), **{name: b"" for name in os.listdir(folder) if name.endswith(".tmp")}}
    return tree(os.path.join(folder, "out"))


def outcome(folder, done):
    return done.stdout, done.stderr, done.returncode, files(folder)


def prepare(folder):
    """Writes the file to read, and for exports the result of an earlier one. Returns that."""
    text, arguments = COMMANDS[SCENARIO]
    write(folder, "p.ini", text)
    if arguments[0] == "export" and SCENARIO != "export":
        write(folder, "old.ini", OLD)
        subprocess.run([PROGRAM, "-f", "old.ini", "export"] + [option for option in arguments[1:] if option != "--delete"], cwd=folder, check=True)
    return files(folder)


def command(folder, n, counts):
    arguments = COMMANDS[SCENARIO][1]
    before = prepare(folder)
    done = run(folder, n, ["-f", "p.ini"] + arguments)
    counts["asked"] += 1
    if done.returncode < 0:
        raise Fault(f"ends by signal {-done.returncode}")
    if outcome(folder, done) == reference:
        counts["right"] += 1
    elif done.returncode != 1 or b"memory" not in done.stderr:
        raise Fault(f"exit status {done.returncode}, standard error {done.stderr!r}, standard output:\n{done.stdout.decode()}")
    else:
        counts["refused"] += 1
        check_output(done)
        check_files(before, files(folder))


def check_output(done):
    """What the program printed before it failed is right and complete. dns prints the records of whole domains."""
    if not reference[0].startswith(done.stdout) or (done.stdout and not done.stdout.endswith(b"\n\n")):
        raise Fault(f"prints {done.stdout!r}")
    for line in done.stderr.splitlines():
        if b"memory" not in line and line not in reference[1].splitlines():
            raise Fault(f"says {line!r}")
    if done.stderr.count(b"memory") != 1:
        raise Fault(f"says {done.stderr!r}")


def check_files(before, found):
    """Each file is the old one or the new one, complete, and is in the list of exported files if there is one."""
    written = found.get(".mta-sts-export", b"").split()
    for name, content in found.items():
        if name == ".mta-sts-export":
            continue
        if content not in (before.get(name), reference[3].get(name)):
            raise Fault(f"{name} is left with {content!r}")
        if ".mta-sts-export" in reference[3] and name.partition("/")[0].encode() not in written:
            raise Fault(f"{name} is not listed")


# --- requests ---

def policy(version, domain):
    if domain == "example.org":
        text = f"version: STSv1\r\nmode: enforce\r\nmx: mail{version}.example.org\r\nmx: second.example.org\r\nmax_age: 2419200\r\n"
    else:
        text = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.net\r\nmx: *.example.net\r\nmax_age: 1209600\r\n"
    return text.encode()


def ini(version):
    return BROKEN.replace("mail.example.org", f"mail{version}.example.org")


ASKED = [("example.org", b"200"), ("example.net", b"200"), ("absent.example", b"404"), ("broken.example", b"500")]


def judge(counts, domain, status, output, versions):
    """OUTPUT is a CGI answer, or None without an answer. Returns True if it is right."""
    counts["asked"] += 1
    if output is None:
        counts["lost"] += 1
        return False
    head, _, text = output.partition(b"\r\n\r\n")
    got = re.match(rb"Status: (\d+)", head)
    length = re.search(rb"Content-Length: (\d+)", head)
    if got is None or length is None or int(length[1]) != len(text):
        raise Fault(f"{domain} is answered {output!r}")
    if got[1] == b"500" and status != b"500":
        counts["refused"] += 1
        return False
    if got[1] != status or (status == b"200" and text not in [policy(version, domain) for version in versions]):
        counts["wrong"] += 1
        raise Fault(f"{domain} is answered {output!r}")
    counts["right"] += 1
    return True


def cgi(folder, n, counts):
    domain, status = ASKED[["CGI", "CGI, the second domain", "CGI, absent", "CGI, broken"].index(SCENARIO)]
    write(folder, "policies.ini", ini(1))
    done = run(folder, n, [], {"SERVER_NAME": "mta-sts." + domain, "REQUEST_METHOD": "GET"})
    if done.returncode < 0:
        raise Fault(f"ends by signal {-done.returncode}")
    if not judge(counts, domain, status, done.stdout or None, [1]) and not done.stderr:
        raise Fault("no message")
    if not done.stdout and done.returncode != 1:
        raise Fault(f"no answer, exit status {done.returncode}")


def ask(path, domain):
    """The program's standard output for the request, or None if it closed the connection before the end."""
    connection = None
    try:
        connection = connect(path, TIMEOUT)
        connection.sendall(request("mta-sts." + domain))
        data = answer(connection)
    except (AssertionError, ConnectionError):
        return None
    except TimeoutError:
        raise Fault(f"{domain}: no answer in {TIMEOUT} seconds") from None
    finally:
        if connection is not None:
            connection.close()
    return b"".join(content for kind, content in records(data) if kind == STDOUT)


def replace(folder, version, process):
    write(folder, "next.ini", ini(version))
    os.rename(os.path.join(folder, "next.ini"), os.path.join(folder, "policies.ini"))
    process.send_signal(signal.SIGHUP)


def is_ending(process):
    try:
        return process.wait(0.5) is not None
    except subprocess.TimeoutExpired:
        return False


def wait_for(process, path, text, seconds):
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        if text in (ask(path, "example.org") or b""):
            return True
        time.sleep(0.002)
    return False


def converse(folder, process, path, counts):
    """Returns False if the process has ended."""
    def ask_all(versions):
        good = [judge(counts, domain, status, ask(path, domain), versions) for domain, status in ASKED]
        return all(good)

    if not ask_all([1]) and is_ending(process):
        return False
    replace(folder, 2, process)
    # If the call that fails is in the reading, this version is not read.
    wait_for(process, path, b"mail2.example.org", 0.3)
    if not ask_all([1, 2]) and is_ending(process):
        return False
    # Only one call fails, so from now on all is well.
    replace(folder, 3, process)
    served = wait_for(process, path, b"mail3.example.org", TIMEOUT)
    if process.poll() is not None:
        return False
    if not served:
        raise Fault("the next edit is not served")
    # The call that fails may be in one of these requests.
    if not ask_all([3]) and not is_ending(process) and not ask_all([3]):
        raise Fault("is not back to normal after the next edit")
    return True


def fastcgi(folder, n, counts):
    path = os.path.join(folder, "s")
    write(folder, "policies.ini", ini(1))
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    with open(os.path.join(folder, "log"), "wb") as log:
        process = subprocess.Popen([PROGRAM, "-f", "policies.ini", "-t", "2"], cwd=folder, stdin=listener, stdout=log, stderr=log, env=environment(folder, n, {}))
    listener.close()
    try:
        ended_by_itself = not converse(folder, process, path, counts)
        if not ended_by_itself:
            process.send_signal(signal.SIGTERM)
        status = wait(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    with open(os.path.join(folder, "log"), "rb") as file:
        log = file.read().decode()
    if ends_in_libfcgi(folder, status):
        counts["libfcgi"] += 1
    elif status < 0:
        raise Fault(f"ends by signal {-status}")
    elif status != (1 if ended_by_itself else 0):
        raise Fault(f"exit status {status}; log:\n{log}")
    elif ended_by_itself and ("memory" not in log or "ready" in log):
        raise Fault(f"ended; log:\n{log}")


one = command if SCENARIO in COMMANDS else fastcgi if SCENARIO == "FastCGI" else cgi
reference = None
if one is command:
    with tempfile.TemporaryDirectory() as empty:
        prepare(empty)
        reference = outcome(empty, run(empty, 0, ["-f", "p.ini"] + COMMANDS[SCENARIO][1]))

end(every_call(one))
