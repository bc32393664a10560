"""The probe on many domains, in a laboratory of its own network: Knot DNS, and hosts.c as policy hosts and MX hosts. Nine domains of ten share 45 MX hosts,
the others have one of their own; one of twenty has a fault. With BESIDE, the probe in that build folder has its turn, too."""
import contextlib
import os
import re
import shutil
import statistics
import subprocess
import time

import common
from common import emit, heading, note, number, ratio, row, spread

SIZES = [int(size) for size in os.environ.get("PROBE_SIZES", "1000,10000,100000").split(",")]
JOBS = ("-j", os.environ.get("PROBE_JOBS", "64"))
# Answers as from far away: how many domains, and how late each answer of a policy host or MX host comes.
FAR_SIZE, FAR_MS = int(os.environ.get("PROBE_FAR", "3000")), 50
OTHER = os.environ.get("BESIDE", "")
SCRIPT_DOMAINS = 200
MX_HOSTS = 50
POLICY_HOSTS = [f"11.0.0.{n}" for n in range(2, 34)]
SHARED_MX = [f"11.0.1.{n}" for n in range(1, MX_HOSTS + 1)]
OWN_MX, PLAIN_MX = [f"11.0.2.{n}" for n in range(1, 9)], "11.0.3.1"
# Of a hundred domains, these have a fault. All others are fine.
FAULTS = {11: "name", 33: "pattern", 55: "missing", 77: "norecord", 99: "plain"}


class Domain:
    def __init__(self, n):
        self.kind = FAULTS.get(n % 100, "fine")
        self.has_own = n % 10 == 9
        group = "own" if self.has_own else f"m{n % MX_HOSTS:02d}"
        self.name = f"d{n:07d}.{group}.{self.kind}.example"
        self.mx = f"mail.{self.name}" if self.has_own else f"{group}.mx.example"
        self.host = POLICY_HOSTS[n % len(POLICY_HOSTS)]
        self.own_address = PLAIN_MX if self.kind == "plain" else OWN_MX[n // 10 % len(OWN_MX)]

    def section(self):
        return f"[{self.name}]\nmx = {self.mx}\nhost = {self.host}\n"

    def records(self):
        yield f"{self.name}. 300 IN MX 10 {self.mx}."
        if self.has_own:
            yield f"{self.mx}. 300 IN A {self.own_address}"


def write_file(path, size):
    with open(path, "w", encoding="ascii") as file:
        print("[defaults]\nmode = enforce\nmax_age = 1w\ntlsrpt = mailto:tls@reports.example", file=file)
        file.writelines(Domain(n).section() for n in range(size))
    os.utime(path, (time.time() - 3600,) * 2)
    return path


def write_zone(bench, path, policies, size):
    """What `mta-sts dns` prints, but for the domains that lack it, and MX records."""
    records = subprocess.run([bench.built("mta-sts"), "-f", policies, "dns"], check=True, stdout=subprocess.PIPE, text=True).stdout
    with open(path, "w", encoding="ascii") as file:
        print(". 300 IN SOA ns. hostmaster. 1 3600 600 86400 60\n. 300 IN NS ns.\nns. 300 IN A 127.0.0.1", file=file)
        file.writelines(line + "\n" for line in records.splitlines() if not re.match(r"_mta-sts\.[^ ]*\.norecord\.", line))
        file.writelines(f"m{n:02d}.mx.example. 300 IN A {address}\n" for n, address in enumerate(SHARED_MX))
        file.writelines(line + "\n" for n in range(size) for line in Domain(n).records())


KNOT = """server:
    rundir: "{folder}"
    listen: 127.0.0.1@53
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{folder}/knot"
zone:
  - domain: .
    file: "{zone}"
    zonefile-sync: -1
    journal-content: none
"""


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def read(*names):
    return "".join(open(name, encoding="ascii").read() for name in names)


class Lab:
    """A network namespace with what answers there."""

    def __init__(self, bench, size, late=0):
        self.bench, self.size, self.late = bench, size, late
        self.policies = write_file(bench.path("probe.ini"), size)
        self.authorities()
        self.open_network()
        self.servers = [self.start_knot(), self.start_hosts()]

    def path(self, name):
        return self.bench.path(name)

    def authorities(self):
        p = self.path
        if os.path.exists(p("ca.pem")):
            return
        with open(p("ca.ext"), "w", encoding="ascii") as file:
            print("basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign", file=file)
        for name, by in (("ca", ["-signkey", p("ca.key")]), ("middle", ["-CA", p("ca.pem"), "-CAkey", p("ca.key"), "-CAcreateserial"])):
            openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/O=Laboratory/CN={name}", "-keyout", p(name + ".key"), "-out", p(name + ".csr"))
            openssl("x509", "-req", "-in", p(name + ".csr"), *by, "-days", "30", "-extfile", p("ca.ext"), "-out", p(name + ".pem"))
        with open(p("authority.pem"), "w", encoding="ascii") as file:
            file.write(read(p("middle.pem"), p("middle.key")))

    def open_network(self):
        ready = self.path("network")
        commands = f"ip link set lo up; ip route add local 11.0.0.0/8 dev lo; touch {ready}; exec sleep infinity"
        self.network = self.bench.start("network", "unshare", "--net", "sh", "-ec", commands)
        common.until(lambda: os.path.exists(ready), "a network namespace: " + self.bench.log("network"), 10)
        os.unlink(ready)

    def inside(self, *command):
        return ["nsenter", "--target", str(self.network.pid), "--net", *command]

    def start_knot(self):
        zone = self.path("probe.zone")
        write_zone(self.bench, zone, self.policies, self.size)
        shutil.rmtree(self.path("knot"), ignore_errors=True)
        os.mkdir(self.path("knot"))
        with open(self.path("knot.conf"), "w", encoding="ascii") as file:
            file.write(KNOT.format(folder=self.bench.folder, zone=zone))
        process = self.bench.start("knot", *self.inside("knotd", "-c", self.path("knot.conf")))
        last = Domain(self.size - 1)
        ask = self.inside("kdig", "+short", "+timeout=1", "+retry=0", "@127.0.0.1", last.name, "MX")
        common.until(lambda: last.mx in subprocess.run(ask, stdout=subprocess.PIPE, text=True, check=False).stdout, "Knot DNS", 120)
        return process

    def start_hosts(self):
        places = [f"https={at}" for at in POLICY_HOSTS] + [f"smtp={at}" for at in SHARED_MX + OWN_MX] + [f"plain={PLAIN_MX}"]
        with open(self.path("hosts.log"), "wb"):
            process = self.bench.start("hosts", *self.inside(self.bench.built("hosts"), self.path("authority.pem"), str(self.late), *places))
        common.until(lambda: "ready" in self.bench.log("hosts"), "hosts: " + self.bench.log("hosts"), 10)
        return process

    def counted(self):
        """Ends the hosts, which then say how many connections there were: HTTPS, SMTP, the most at a time to one address. Starts them again."""
        hosts = self.servers.pop()
        hosts.terminate()
        hosts.wait()
        found = re.search(r"https (\d+) smtp (\d+) most (\d+)", self.bench.log("hosts"))
        self.bench.running.remove(hosts)
        self.servers.append(self.start_hosts())
        return tuple(map(int, found.groups()))

    def close(self):
        for process in *self.servers, self.network:
            self.bench.end(process)


def expected_counts(size):
    """How many are fine, and how many fail."""
    failing = sum(Domain(n).kind != "fine" for n in range(size))
    return size - failing, failing


def wait_and_look(process):
    """Waits for its end: its usage, and the most memory that was resident, in MB. (ru_maxrss has this program's memory, too.)"""
    memory = 0
    while True:
        with contextlib.suppress(OSError, StopIteration), open(f"/proc/{process.pid}/status", encoding="ascii") as status:
            memory = next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
        pid, process.returncode, usage = os.wait4(process.pid, os.WNOHANG)
        if pid != 0:
            return usage, memory
        time.sleep(0.02)


def probe(lab, program, policies, size, jobs=JOBS):
    """One run: what it took, and what the servers took meanwhile."""
    out = lab.path("probe.out")
    before = common.cpu(*lab.servers)
    begin = time.perf_counter()
    with open(out, "wb") as file:
        process = subprocess.Popen(lab.inside(program, "--ca", lab.path("ca.pem"), "--dns", "127.0.0.1", *jobs, "-f", policies), stdout=file)
        usage, memory = wait_and_look(process)
    took = time.perf_counter() - begin
    after = common.cpu(*lab.servers)
    https, smtp, most = lab.counted()
    fine, failing = expected_counts(size)
    with open(out, encoding="ascii") as file:
        summary = file.read()[-200:].splitlines()[-1]
    # On a busy machine, some answers are slow: that is a warning.
    said = re.search(r": (\d+) ok, (\d+) with warnings, (\d+) failing, 0 unknown", summary)
    if said is None or int(said[3]) != failing or int(said[2]) > size // 100:
        raise RuntimeError(f"{summary}; {fine} are fine")
    return {"seconds": took, "rate": size / took, "user": usage.ru_utime, "system": usage.ru_stime, "cpu": usage.ru_utime + usage.ru_stime,
            "per_cpu": size / (usage.ru_utime + usage.ru_stime), "memory": memory, "servers": sum(after) - sum(before), "https": https, "smtp": smtp, "most": most}


def script(lab, count):
    """A shell loop on the first COUNT domains: domains a second, and processor time of all that it started."""
    names = [Domain(n).name for n in range(count)]
    with open(lab.path("script.out"), "wb") as file:
        begin = time.perf_counter()
        process = subprocess.Popen(lab.inside(os.path.join(common.HERE, "probe.sh"), lab.path("ca.pem"), "127.0.0.1", *names), stdout=file)
        _, process.returncode, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - begin
    with open(lab.path("script.out"), encoding="ascii") as file:
        fine = sum(line.startswith("ok ") for line in file)
    if fine != expected_counts(count)[0]:
        raise RuntimeError(f"the shell loop says that {fine} of {count} are fine")
    return {"rate": count / took, "cpu": usage.ru_utime + usage.ru_stime}


class Program:
    """A probe, with what was measured of it: a list for each size and figure."""

    def __init__(self, name, folder):
        self.name, self.path, self.figures = name, os.path.join(os.path.abspath(folder), "mta-sts-probe"), {}

    def measure(self, lab, size, jobs):
        for figure, value in probe(lab, self.path, lab.policies, size, jobs).items():
            self.figures.setdefault((size, lab.late, jobs), {}).setdefault(figure, []).append(value)

    def row(self, title, key):
        size, of = key[0], self.figures[key]
        row(f"{title}, {self.name}", spread(of["rate"]), spread(1000 * value / size for value in of["cpu"]), spread(of["memory"]),
            spread(1000 * value / size for value in of["servers"]), number(of["smtp"][0]), number(max(of["most"])))


def compare(programs, key):
    if len(programs) < 2:
        return
    this, other = (program.figures[key] for program in programs)
    row("  other = 1", ratio(this["rate"], other["rate"]), ratio(this["cpu"], other["cpu"]), ratio(this["memory"], other["memory"]))


def measure(bench, programs, size, late, all_jobs):
    lab = Lab(bench, size, late)
    for jobs in all_jobs:
        for i in range(max(1, min(3, common.ROUNDS)) if size <= 10000 else 1):
            note(f"probe: {size:,} domains, {late} ms, {' '.join(jobs) or 'the default -j'}, round {i + 1}")
            for program in programs:
                program.measure(lab, size, jobs)
        for program in programs:
            program.row(f"{size:,} domains, {late} ms, {' '.join(jobs) or 'default'}", (size, late, jobs))
        compare(programs, (size, late, jobs))
    return lab


def compare_script(lab, this, size):
    count = min(SCRIPT_DOMAINS, size)
    shell = script(lab, count)
    row(f"dig, curl and openssl in a loop, {count} domains", number(shell["rate"]), number(1000 * shell["cpu"] / count))
    of = this.figures[(size, 0, JOBS)]
    row("  the loop = 1: the probe", number(statistics.median(of["rate"]) / shell["rate"]),
        number(statistics.median(of["cpu"]) / size / (shell["cpu"] / count)))
    return shell


def plot(bench, programs, shell):
    """A line for each size: seconds and MB of each program, and the seconds of the shell loop in proportion."""
    data, svg = bench.built("probe.tsv"), bench.built("probe.svg")
    with open(data, "w", encoding="ascii") as file:
        print("domains", "seconds", "memory", "other", "other_memory", "loop", sep="\t", file=file)
        for size in SIZES:
            figures = [program.figures[(size, 0, JOBS)] for program in programs] + [None] * (2 - len(programs))
            print(size, *(f"{statistics.median(of[name]):.3f}" if of else "?" for of in figures for name in ("seconds", "memory")), f"{size / shell['rate']:.3f}", sep="\t", file=file)
    try:
        subprocess.run(["gnuplot", "-e", f"data = '{data}'; svg = '{svg}'", os.path.join(common.HERE, "probe.gp")], check=True)
        emit(f"the plot: {os.path.relpath(svg)}")
    except OSError:
        emit("the plot: missing: no gnuplot here")


def run(bench):
    if os.geteuid() != 0:
        emit("The probe: skipped; its laboratory needs root, for a network of its own")
        return
    programs = [Program("this", bench.build)] + ([Program("other", OTHER)] if OTHER else [])
    heading("The probe", "domains/s", "CPU ms a domain", "memory MB", "servers' CPU ms", "SMTP connections", "most to an address")
    shell = None
    for size in SIZES:
        lab = measure(bench, programs, size, 0, [JOBS])
        if shell is None:
            shell = compare_script(lab, programs[0], size)
        lab.close()
    measure(bench, programs, FAR_SIZE, FAR_MS, [(), ("-j", "256")]).close()
    plot(bench, programs, shell)
