"""The floor: mta-sts beside programs that answer a constant, as FastCGI behind the same lighttpd and as CGI, at sizes from 10 to a million domains."""
import os
import statistics
import time

import common
from common import heading, median_ratio, note, ratio, row, spread

SIZES = [10, 1000, 100000, 1000000]
UNKNOWN = "mta-sts.unknown.example"


def names(size):
    return {"first": common.host(0), "last": common.host(size - 1), "unknown": UNKNOWN}


def fastcgi(bench):
    programs = {"constant": bench.fastcgi("constant", bench.built("constant"))}
    for size in SIZES:
        programs[size] = bench.fastcgi(f"floor-{size}", bench.built("mta-sts"), "-f", bench.policies(size))
    front, ports = bench.lighttpd([common.to_fastcgi(address) for _, address in programs.values()], "floor")
    port = dict(zip(programs, ports))
    asked = [("constant", "first", common.host(0))] + [(size, which, name) for size in SIZES for which, name in names(size).items()]
    results = {}
    for size, which, name in asked:
        status, body = common.fetch(port[size], name)
        if which == "unknown":
            assert status == 404, body
        else:
            assert status == 200 and (size == "constant" or body == common.policy(0 if which == "first" else size - 1)), body
    common.until_idle(*(program for program, _ in programs.values()))
    for i in range(common.ROUNDS):
        note(f"floor: FastCGI, round {i + 1}")
        for size, which, name in asked:
            measured = common.measure(port[size], name, front, programs[size][0], unknown=which == "unknown")
            results.setdefault((size, which), []).append(measured)

    def of(key, field):
        return [result[field] for result in results[key]]

    base = ("constant", "first")
    heading("Floor: FastCGI behind lighttpd", "requests/s", "the constant's = 1", "requests/CPU s", "the constant's = 1", "p99 ms")
    for key in results:
        size, which = key
        row("constant program, FCGX_Accept_r, 16 threads" if size == "constant" else f"{size:,} domains, {which}", spread(of(key, "rate")), ratio(of(key, "rate"), of(base, "rate")),
            spread(of(key, "per_cpu")), ratio(of(key, "per_cpu"), of(base, "per_cpu")), spread(of(key, "p99")))
    for size in 10, 100000:
        common.budget(f"FastCGI requests/s, the constant's = 1, {size:,}", median_ratio(of((size, "last"), "rate"), of(base, "rate")), 1.0, at_least=True)


def cgi(bench):
    """Runs in turns, each many times a round; the figure of a round is their median."""
    commands = {("constant", ""): ([bench.built("constant_cgi")], {})}
    for size in SIZES:
        for which, name in names(size).items():
            environment = {"MTA_STS_POLICIES": bench.policies(size), "SERVER_NAME": name, "REQUEST_METHOD": "GET", "GATEWAY_INTERFACE": "CGI/1.1"}
            commands[size, which] = [bench.built("mta-sts-static")], environment
        commands[size, "grep"] = ["/bin/grep", "-c", r"^\[", bench.policies(size)], {}
    rounds = {key: [] for key in commands}
    for i in range(common.ROUNDS):
        note(f"floor: CGI, round {i + 1}")
        times = {key: [] for key in commands}
        end = time.monotonic() + 4 * common.SECONDS
        while time.monotonic() < end:
            for key, (command, environment) in commands.items():
                # The large ones are slow, and steady.
                for _ in range(10 if key[0] in ("constant", 10, 1000) else 1):
                    times[key].append(common.run_once(command, environment)[0])
        for key, values in times.items():
            rounds[key].append(statistics.median(values))
    heading("Floor: one CGI run, static", "ms", "the constant's = 1", "grep -c '^\\[' = 1")
    for (size, which), values in rounds.items():
        if which != "grep":
            row("constant program" if size == "constant" else f"{size:,} domains, {which}", spread(values), ratio(values, rounds["constant", ""]),
                ratio(values, rounds[size, "grep"]) if size != "constant" else "")
    common.budget("CGI time, the constant's = 1, 10", median_ratio(rounds[10, "last"], rounds["constant", ""]), 1.25)
    common.budget("CGI time, grep's = 1, 100,000, the last", median_ratio(rounds[100000, "last"], rounds[100000, "grep"]), 1.5)
    common.budget("static binary", os.path.getsize(bench.built("mta-sts-static")) / 1e6, 1.2, unit=" MB")


def run(bench):
    fastcgi(bench)
    bench.end_all()
    cgi(bench)
