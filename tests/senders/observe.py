"""The two observers of storm.py. One asks the DNS for ids, the other fetches policies over HTTPS, each in a process of its own and as fast as it can.

The property: if an answer of the DNS names the id of version N of a policy, then each fetch that begins after that answer has come, and that succeeds, gets
version N or a newer one.

Both share the memory SEEN. SEEN[I] is the newest version of domain I that the DNS has named, or -1. The DNS observer writes it after it has the answer, and the
HTTPS observer reads it before it connects or, on an open connection, before it sends the request. So what it reads was named before the fetch began, and no clock is
needed. A fetch at the same time as a look-up proves nothing, and is not compared with it.

The observers ask the name server itself, and keep no policy. A cache between the name server and a sender can only show it an older id than they see, and with that
a newer policy is allowed. It is the other way round with a cache of policies: that would be a fault, and senders must not have one (RFC 8461 3.3)."""
import http.client
import os
import random
import re
import signal
import socket
import ssl
import struct
import time

PATH = "/.well-known/mta-sts.txt"
REQUESTS = 50  # over one connection
ANSWERED = ("id", "policy")
# Nobody answers, or not with a policy: a program is dead, or (500) policies.ini has a mistake and the program was started again.
APART = ("no id yet", "older id", "no answer", "no policy", "500")
# What must never be.
FAULTS = ("id lost", "unknown id", "two ids", "stale policy", "unknown policy", "404")
# "new id": the first answer with each id.
NAMES = ANSWERED + ("new id",) + APART + FAULTS


class World:
    """What the observers share. VERSIONS has the version of each id and of each policy, as the domain's number and the version's. COUNTS has a counter for each
    of NAMES. SERVED is like SEEN, for the policies. USED is how many of the domains policies.ini has."""

    def __init__(self, context, domains, versions):
        self.domains, self.versions = domains, versions
        self.seen, self.served = (context.RawArray("q", [-1] * len(domains)) for _ in range(2))
        self.counts = context.RawArray("q", len(NAMES))
        self.used = context.RawValue("i", 0)

    def count(self, name):
        return self.counts[NAMES.index(name)]

    def add(self, name, domain, *details):
        self.counts[NAMES.index(name)] += 1
        if name in FAULTS:
            with open("faults", "a", encoding="utf-8") as file:
                print("%.3f" % time.time(), name, self.domains[domain], *details, file=file)

    def go_on(self):
        """All domains in turn, until the storm ends."""
        parent = os.getppid()
        while os.getppid() == parent:
            yield from range(self.used.value)


# --- the DNS ---


def question(number, name):
    labels = b"".join(bytes([len(label)]) + label for label in name.encode().split(b"."))
    return struct.pack(">6H", number, 0, 1, 0, 0, 0) + labels + struct.pack(">B2H", 0, 16, 1)


def look_up(name):
    """The ids in the TXT records of NAME, or None if there is no answer."""
    asked = question(random.randrange(65536), name)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to:
        to.settimeout(0.5)
        try:
            to.connect(("127.0.0.1", 53))
            to.send(asked)
            answer = to.recv(4096)
        except OSError:
            return None
    if answer[:2] != asked[:2] or answer[12:len(asked)] != asked[12:] or answer[3] & 15 not in (0, 3):
        return None
    return re.findall(rb"v=STSv1; id=(\w+);", answer)


def observe_id(world, domain):
    ids = look_up("_mta-sts." + world.domains[domain])
    if ids is None:
        return world.add("no answer", domain)
    if not ids:
        return world.add("no id yet" if world.seen[domain] < 0 else "id lost", domain)
    number, version = world.versions.get(ids[0], (None, None))
    if len(ids) > 1:
        return world.add("two ids", domain, *ids)
    if number != domain:
        return world.add("unknown id", domain, *ids)
    if version > world.seen[domain]:
        world.add("new id", domain)
    elif version < world.seen[domain]:
        world.add("older id", domain)
    world.seen[domain] = max(world.seen[domain], version)
    world.add("id", domain)


def observe_ids(world):
    for domain in world.go_on():
        observe_id(world, domain)


# --- HTTPS ---


class Connections:
    """An open connection to each policy host, at most. The authorities are read again for each new one: a new ACME server has a new root."""

    def __init__(self):
        self.open = {}

    def fetch(self, host):
        """The status and the body, or None."""
        if host not in self.open:
            context = ssl.create_default_context(cafile="ca.pem")
            self.open[host] = [http.client.HTTPSConnection(host, timeout=5, context=context), 0]
        connection, requests = self.open[host]
        try:
            connection.request("GET", PATH)
            answer = connection.getresponse()
            result = answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            result = None
        self.open[host][1] += 1
        if result is None or requests == REQUESTS or answer.will_close:
            connection.close()
            del self.open[host]
        return result


def observe_policy(world, domain, connections):
    known = world.seen[domain]
    if known < 0:
        return
    answer = connections.fetch("mta-sts." + world.domains[domain])
    if answer is None or answer[0] in (502, 503, 504):
        return world.add("no policy", domain)
    status, body = answer
    if status != 200:
        return world.add(str(status) if status in (404, 500) else "unknown policy", domain, status)
    number, version = world.versions.get(body, (None, None))
    if number != domain:
        return world.add("unknown policy", domain, body)
    if version < known:
        world.add("stale policy", domain, "id of version", known, "policy of version", version)
    world.served[domain] = max(world.served[domain], version)
    world.add("policy", domain)


def observe_policies(world):
    connections = Connections()
    for domain in world.go_on():
        observe_policy(world, domain, connections)


def start(context, world):
    """The two processes. They leave the processors to the programs that are tested."""
    def run(observer):
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.nice(5)
        observer(world)

    processes = [context.Process(target=run, args=[observer], daemon=True) for observer in (observe_ids, observe_policies)]
    for process in processes:
        process.start()
    return processes
