#!/usr/bin/env python3
"""configmap.py FOLDER PORT SWAPS SECONDS: swaps policies in FOLDER as the kubelet does in the volume of a ConfigMap (AtomicWriter: a new folder with the time in its
name, the link ..data by rename, then the old folder is removed), SWAPS times, SECONDS apart. Meanwhile clients ask the FastCGI program on PORT.

A right answer is, byte for byte, the policy in a version that was in force at some time during the request: not older than the last one that was served before it,
not newer than the last one that was put in place. In every third version one of the domains has a mistake: its last good policy goes on.

configmap.py FOLDER: only puts the first version in place. Prints "counted ANSWERS LOST WRONG SWAPS SLOWEST", the slowest swap to be served, in seconds."""
import os
import shutil
import sys
import threading
import time

from fastcgi_client import connect, request

CLIENTS, DOMAINS = 4, 20
folder = sys.argv[1]
placed = 0
served = {}
counts = {"right": 0, "lost": 0, "wrong": 0}
lock = threading.Lock()
ended = threading.Event()


def is_broken(version, domain):
    return domain == 0 and version % 3 == 0


def policies(version):
    sections = ["[defaults]\nmax_age = %d\n" % (86400 + version)]
    for domain in range(DOMAINS):
        sections.append("[d%d.test]\nmode = enforce\n%s\n" % (domain, "mx = 192.0.2.1" if is_broken(version, domain) else "mx = v%d.test" % version))
    return "".join(sections)


def put(version):
    global placed
    name = "..%s.%09d" % (time.strftime("%Y_%m_%d_%H_%M_%S"), version)
    os.mkdir(os.path.join(folder, name), 0o755)
    path = os.path.join(folder, name, "policies.ini")
    with open(path, "w") as file:
        file.write(policies(version))
    os.chmod(path, 0o644)
    data = os.path.join(folder, "..data")
    old = os.readlink(data) if os.path.islink(data) else None
    placed = version
    os.symlink(name, data + "_tmp")
    os.rename(data + "_tmp", data)
    if old is None:
        os.symlink("..data/policies.ini", os.path.join(folder, "policies.ini"))
    else:
        shutil.rmtree(os.path.join(folder, old))


def ask(domain):
    """The version in the answer; None if there is no whole answer, 0 if it is no policy of the domain."""
    try:
        connection = connect(int(sys.argv[2]))
        connection.sendall(request("mta-sts.d%d.test" % domain))
        got = b""
        while True:
            more = connection.recv(65536)
            if not more:
                break
            got += more
        connection.close()
    except OSError:
        return None
    if b"\r\n\r\n" not in got:
        return None
    for version in range(placed, 0, -1):
        policy = "version: STSv1\r\nmode: enforce\r\nmx: v%d.test\r\nmax_age: %d\r\n" % (version, 86400 + version)
        if b"Status: 200 OK" in got and policy.encode() in got and b"Content-Length: %d\r\n" % len(policy) in got:
            return version
    print("d%d.test: %r" % (domain, got))
    return 0


def judge(domain):
    oldest = served.get(domain, 1)
    version = ask(domain)
    if version is None:
        return "lost"
    if version < oldest or is_broken(version, domain):
        print("d%d.test: version %d, after %d was served" % (domain, version, oldest))
        return "wrong"
    with lock:
        served[domain] = max(version, served.get(domain, 1))
    return "right"


def client(number):
    domain = number
    while not ended.is_set():
        kind = judge(domain % DOMAINS)
        with lock:
            counts[kind] += 1
        domain += 1


def main():
    global placed
    if len(sys.argv) < 3:
        put(1)
        return
    placed = 1
    clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in clients:
        thread.start()
    slowest = 0
    for version in range(2, int(sys.argv[3]) + 2):
        begin = time.monotonic()
        put(version)
        while float(sys.argv[4]) > 1 and served.get(1, 1) < version and time.monotonic() < begin + 10:
            time.sleep(0.01)
        slowest = max(slowest, time.monotonic() - begin)
        time.sleep(max(0, begin + float(sys.argv[4]) - time.monotonic()))
    end = time.monotonic() + 10
    while min(served.get(domain, 1) for domain in range(1, DOMAINS)) < placed and time.monotonic() < end:
        time.sleep(0.05)
    ended.set()
    for thread in clients:
        thread.join()
    print("counted", counts["right"], counts["lost"], counts["wrong"], placed - 1, "%.1f" % slowest)
    if counts["lost"] or counts["wrong"] or time.monotonic() > end:
        sys.exit(1)


main()
