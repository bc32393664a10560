"""The peers: what one would take instead, with the same policies, under the same load."""
import glob
import json
import os
import shutil
import statistics
import subprocess
import time

import common
from common import emit, heading, median_ratio, note, number, ratio, row, spread

PEERS_D = os.path.join(common.HERE, "peers.d")
STARTS = 3


class Missing(Exception):
    pass


def need(*names):
    for name in names:
        if shutil.which(name) is None:
            raise Missing(f"no {name} here")


def fill(bench, name, to, **values):
    with open(os.path.join(PEERS_D, name), encoding="utf-8") as file:
        text = file.read()
    for key, value in values.items():
        text = text.replace(f"@{key}@", str(value))
    with open(to, "w", encoding="utf-8") as file:
        file.write(text)
    return to


class Peer:
    """One of them, with COUNT domains. FRONT is its part of lighttpd's configuration; None: it speaks HTTP by itself, on PORT."""

    front = None
    modules = ()
    seconds = 0  # how long it needs at least
    unaccounted = 0  # milliseconds of processor time of each answer that /proc does not tell of

    def __init__(self, bench, count):
        self.bench, self.count = bench, count
        self.process = self.port = None
        self.folder = bench.path(f"{type(self).__name__}-{count}")
        os.makedirs(self.folder, exist_ok=True)
        self.prepare()

    def path(self, name):
        return os.path.join(self.folder, name)

    def prepare(self):
        pass

    def start(self):
        pass

    def begin(self, *command, **options):
        self.process = self.bench.start(f"{type(self).__name__}-{self.count}", *command, **options)

    def answers(self):
        """Has the first answer come?"""
        return common.fetch(self.port, common.host(self.count // 2))

    def first_answer(self):
        """In milliseconds."""
        begin = time.monotonic()
        self.start()
        answer = common.until(self.answers, type(self).__name__)
        took = (time.monotonic() - begin) * 1000
        assert "STSv1" in str(answer), answer
        return took

    def stop(self):
        if self.process:
            self.bench.end(self.process)
            self.process = None


class FastCGI(Peer):
    """Handed a listening socket that stays, as from a supervisor."""

    command = ()

    def prepare(self):
        self.listener, self.address = self.bench.listener()
        self.front = common.to_fastcgi(self.address)

    def start(self):
        self.begin(*self.command, stdin=self.listener)

    def answers(self):
        return common.ask(self.address, common.request(common.host(self.count // 2)))


class MtaSts(FastCGI):
    title = "mta-sts, FastCGI behind lighttpd"

    def prepare(self):
        super().prepare()
        self.command = [self.bench.built("mta-sts"), "-f", self.bench.policies(self.count)]


class MtaStsCgi(Peer):
    title = "mta-sts, CGI of lighttpd"
    modules = ("mod_alias", "mod_cgi", "mod_setenv")

    def prepare(self):
        # 16 runs at once, each reads the whole file.
        self.seconds = self.count // 20000
        program = self.path("mta-sts")
        shutil.copy(self.bench.built("mta-sts-static"), program)
        self.front = f"""setenv.set-environment = ("MTA_STS_POLICIES" => "{self.bench.policies(self.count)}")
alias.url = ("{common.URL}" => "{program}")
cgi.assign = ("" => "")"""


class StaticFile(Peer):
    title = "exported file behind lighttpd"
    modules = ("mod_simple_vhost",)

    def prepare(self):
        subprocess.run([self.bench.built("mta-sts"), "-f", self.bench.policies(self.count), "export", self.path("files")], check=True, stderr=subprocess.DEVNULL)
        self.front = f'simple-vhost.server-root = "{self.path("files")}"\nsimple-vhost.document-root = ""\nmimetype.assign = (".txt" => "text/plain; charset=utf-8")'


class Worker(Peer):
    title = "exported Worker in workerd"

    def prepare(self):
        program = os.path.join(common.ROOT, "build/workerd/node_modules/.bin/workerd")
        if not os.path.exists(program):
            raise Missing("no workerd here: tools/workerd build/workerd gets it")
        subprocess.run([self.bench.built("mta-sts"), "-f", self.bench.policies(self.count), "export", "--worker", self.path("worker.mjs")], check=True,
                       stderr=subprocess.DEVNULL)
        self.port = common.free_port()
        self.command = [os.path.realpath(program), "serve", fill(self.bench, "worker.capnp", self.path("worker.capnp"), PORT=self.port)]

    def start(self):
        self.begin(*self.command)


class PhpFpm(Peer):
    title = "PHP-FPM with a map, behind lighttpd"
    modules = ("mod_rewrite",)

    def prepare(self):
        programs = glob.glob("/usr/sbin/php-fpm*")
        if not programs:
            raise Missing("no php-fpm here")
        shutil.copy(os.path.join(PEERS_D, "policy.php"), self.folder)
        with open(self.path("policies.php"), "w", encoding="utf-8") as file:
            file.write("<?php return [\n")
            for i in range(self.count):
                text = common.policy(i).replace("\r\n", "\\r\\n")
                file.write(f'"{common.host(i)}" => "{text}",\n')
            file.write("];\n")
        self.address = self.path("php.sock")
        self.command = [sorted(programs)[-1], "-R", "-y", fill(self.bench, "php-fpm.conf", self.path("php-fpm.conf"), SOCKET=self.address),
                        "-d", "opcache.enable=1", "-d", "opcache.memory_consumption=512", "-d", "opcache.interned_strings_buffer=64", "-d", "memory_limit=1G"]
        with open(self.path("php-fpm.conf"), "a", encoding="utf-8") as file:
            file.write("user = nobody\ngroup = nogroup\n" if os.getuid() == 0 else "")
        os.chmod(self.bench.folder, 0o755)
        self.front = f'server.document-root = "{self.folder}"\nurl.rewrite-once = ("" => "/policy.php")\n' + common.to_fastcgi(self.address)

    def start(self):
        self.begin(*self.command)

    def answers(self):
        try:
            return common.ask(self.address, common.request(common.host(self.count // 2), SCRIPT_FILENAME=self.path("policy.php")))
        except OSError:
            return None


class Fcgiwrap(FastCGI):
    title = "a shell script, fcgiwrap behind lighttpd"
    modules = ("mod_rewrite",)
    command = ["fcgiwrap", "-c", "16"]

    def prepare(self):
        need("fcgiwrap")
        super().prepare()
        shutil.copy(os.path.join(PEERS_D, "policy.sh"), self.folder)
        os.makedirs(self.path("policies"))
        for i in range(self.count):
            with open(self.path(f"policies/{common.host(i)}"), "w", encoding="ascii", newline="") as file:
                file.write(common.policy(i))
        self.front = f'server.document-root = "{self.folder}"\nurl.rewrite-once = ("" => "/policy.sh")\n' + self.front
        # It ignores its children, whose times nobody gets then: those of the script by itself are added.
        self.unaccounted = statistics.median(common.run_once([self.path("policy.sh")], {"HTTP_HOST": common.host(0)})[1] for _ in range(50))

    def answers(self):
        return common.ask(self.address, common.request(common.host(self.count // 2), SCRIPT_FILENAME=self.path("policy.sh")))


class Map(Peer):
    """A server of its own with the policies in a JSON file."""

    def prepare(self):
        with open(self.path("policies.json"), "w", encoding="utf-8") as file:
            json.dump({common.host(i): common.policy(i) for i in range(self.count)}, file)
        self.port = common.free_port()

    def start(self):
        self.begin(*self.program, self.path("policies.json"), str(self.port))


class Node(Map):
    title = "Node's HTTP server with a map"

    def prepare(self):
        need("node")
        super().prepare()
        self.program = ["node", os.path.join(PEERS_D, "node.mjs")]


class Go(Map):
    title = "Go's HTTP server with a map"

    def prepare(self):
        need("go")
        super().prepare()
        program = self.bench.built("peer_go")
        source = os.path.join(PEERS_D, "go.go")
        if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
            subprocess.run(["go", "build", "-o", program, source], check=True, env={**os.environ, "GOCACHE": self.bench.built("go-cache"), "GOFLAGS": "-mod=mod"})
        self.program = [program]


PEERS = [MtaSts, MtaStsCgi, StaticFile, Worker, PhpFpm, Fcgiwrap, Node, Go]


def compare(bench, count, kinds, rounds):
    peers, missing = [], []
    for kind in kinds:
        try:
            peers.append(kind(bench, count))
        except (Missing, subprocess.CalledProcessError, OSError) as why:
            missing.append((kind, why))
    behind = [peer for peer in peers if peer.front]
    modules = list(dict.fromkeys(module for peer in behind for module in peer.modules))
    front, ports = bench.lighttpd([peer.front for peer in behind], f"peers-{count}", modules)
    for peer, port in zip(behind, ports):
        peer.port = port
    starts, results, resident = {}, {peer: [] for peer in peers}, {}
    note(f"peers: {count:,} domains, starting each")
    for peer in list(peers):
        try:
            # What is not started by itself is there when the front is.
            starts[peer] = []
            for _ in range(STARTS):
                peer.stop()
                starts[peer].append(peer.first_answer())
            name = common.host(count // 2)
            answer = common.fetch(peer.port, name)
            assert answer == (200, common.policy(count // 2)), f"{peer.title}: {answer}"
        except (RuntimeError, AssertionError) as why:
            missing.append((type(peer), why))
            peers.remove(peer)
            peer.stop()
    for i in range(rounds):
        note(f"peers: {count:,} domains, round {i + 1}")
        for peer in peers:
            programs = [process for process in (front if peer.front else None, peer.process) if process]
            results[peer].append(common.measure(peer.port, name, *programs, seconds=max(common.SECONDS, peer.seconds), more=peer.unaccounted))
    for peer in peers:
        resident[peer] = common.memory(peer.process) if peer.process else None
    heading(f"Peers: {count:,} domains, the middle one asked", "requests/s", "mta-sts, this = 1", "requests/CPU s", "mta-sts, this = 1", "p99 ms", "memory MB", "first answer ms")

    def of(peer, field):
        return [result[field] for result in results[peer]]

    ours = peers[0]
    for peer in peers:
        row(peer.title, spread(of(peer, "rate")), ratio(of(ours, "rate"), of(peer, "rate")), spread(of(peer, "per_cpu")), ratio(of(ours, "per_cpu"), of(peer, "per_cpu")),
            spread(of(peer, "p99")), number(resident[peer] / 1e6) if resident[peer] else "the front's", spread(starts[peer]))
    for kind, why in missing:
        row(kind.title, f"missing: {str(why)[:160]}")
    row("lighttpd, besides, where it is the front", "", "", "", "", "", number(common.memory(front) / 1e6))
    worker = next((peer for peer in peers if isinstance(peer, Worker)), None)
    if worker:
        common.budget(f"requests/CPU s, the Worker's = 1, {count:,}", median_ratio(of(ours, "per_cpu"), of(worker, "per_cpu")), 2, at_least=True)
        common.budget(f"memory with lighttpd, the Worker's = 1, {count:,}", (resident[ours] + common.memory(front)) / resident[worker], 1 / 30)
    bench.end_all()


def run(bench):
    compare(bench, 1000, PEERS, common.ROUNDS)
    # A folder of 100,000 files says nothing that 1,000 do not.
    compare(bench, 100000, [MtaSts, MtaStsCgi, Worker, PhpFpm, Node, Go], max(1, common.ROUNDS // 2))
