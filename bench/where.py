"""Where the time goes: instructions, system calls and processor time of one answer, beside the constant program's."""
import contextlib
import functools
import os
import re
import signal
import statistics
import subprocess

import common
from common import emit, heading, host, note, number, row

ANSWERS = 1000
FUNCTIONS = 15
SIZES = [10, 10000]
CGI_SIZES = [10, 100000]


def of_session(process, name):
    """The number of the program NAME among the processes of a session."""
    for pid, _ in common.processes(process):
        with contextlib.suppress(OSError):
            with open(f"/proc/{pid}/comm", encoding="utf-8") as comm:
                if comm.read().strip() == name:
                    return int(pid)
    return None


def answer_under(bench, tool, size, answers):
    """Has the program, run by the TOOL, answer so many requests with one thread, and end by itself."""
    command = [bench.built("constant"), "1", str(answers)] if size == "constant" else [bench.built("mta-sts"), "-t", "1", "-f", bench.policies(size)]
    process, address = bench.fastcgi("where", *tool, *command)
    sent = common.request(host(5))
    if size != "constant":
        # Under callgrind the check of the file leaves the other threads little.
        common.until(lambda: b"STSv1" in common.ask(address, sent), "an answer")
        common.until_idle(process)
    for _ in range(answers):
        assert b"STSv1" in common.ask(address, sent)
    if size != "constant":
        # Under callgrind the process has callgrind's name.
        os.kill(of_session(process, "mta-sts") or process.pid, signal.SIGTERM)
    process.wait(60)
    bench.running.remove(process)


def calls(path):
    """What strace -c counted, by name."""
    with open(path, encoding="utf-8") as file:
        found = (re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", line) for line in file)
        return {match[2]: int(match[1]) for match in found if match and match[2] != "total"}


def instructions(path):
    """What callgrind counted, by function and object."""
    out = subprocess.run(["callgrind_annotate", "--threshold=100", "--show-percs=no", "--auto=no", path], check=True, capture_output=True, text=True).stdout
    found = (re.match(r"\s*([\d,]+)\s+(\S+):(.+?)(?: \[(.*)\])?$", line) for line in out.splitlines())
    counted = {}
    for match in filter(None, found):
        key = match[3], owner(match[3], match[4] or "")
        counted[key] = counted.get(key, 0) + int(match[1].replace(",", ""))
    return counted


@functools.cache
def linked():
    """The functions of the libraries that are linked into the program, with the library of each."""
    found = {}
    for library in "libfcgi", "libiniparser":
        archive = subprocess.run(["cc", f"-print-file-name={library}.a"], check=True, capture_output=True, text=True).stdout.strip()
        symbols = subprocess.run(["nm", "-P", "--defined-only", archive], check=True, capture_output=True, text=True).stdout
        found.update((line.split()[0], library) for line in symbols.splitlines() if re.match(r"\S+ [Tt] ", line))
    return found


def owner(function, object_file):
    """Who a function belongs to, by its object file. A library that is linked into the program is known by the function's name."""
    name = os.path.basename(object_file)
    if name.startswith("mta-sts"):
        return linked().get(function.split("'")[0], "mta-sts")
    for start, its in (("constant", "constant"), ("libfcgi", "libfcgi"), ("libc.", "libc"), ("libpthread", "libc"), ("ld-", "ld.so")):
        if name.startswith(start):
            return its
    return "not named" if name in ("", "???") else name


def difference(bench, tool, read, size, least):
    """Of many answers and of LEAST: what one more takes."""
    counted = []
    for answers in least, 2 * ANSWERS:
        path = bench.path("counted")
        answer_under(bench, [part.format(path) for part in tool], size, answers)
        counted.append(read(path))
        os.unlink(path)
    few, many = counted
    return {key: (many.get(key, 0) - few.get(key, 0)) / (2 * ANSWERS - least) for key in many}


STRACE = ["strace", "-f", "-c", "-o", "{}"]
CALLGRIND = ["valgrind", "-q", "--tool=callgrind", "--callgrind-out-file={}"]


def fastcgi(bench):
    programs = ["constant", *SIZES]
    by_calls, by_function, times = {}, {}, {}
    for size in programs:
        note(f"where: FastCGI, {size}")
        # Whether a request is there when its connection is accepted differs from run to run: as many as there are.
        by_calls[size] = difference(bench, STRACE, calls, size, 10)
        by_function[size] = difference(bench, CALLGRIND, instructions, size, ANSWERS)
    started = {size: bench.fastcgi(f"where-{size}", bench.built("constant") if size == "constant" else bench.built("mta-sts"),
                                   *(() if size == "constant" else ("-f", bench.policies(size)))) for size in programs}
    front, ports = bench.lighttpd([common.to_fastcgi(address) for _, address in started.values()], "where-lighttpd")
    common.until_idle(*(process for process, _ in started.values()))
    for i in range(common.ROUNDS):
        for size, port in zip(programs, ports):
            measured = common.measure(port, host(5), started[size][0], seconds=common.SECONDS)
            times.setdefault(size, []).append([measured[what] / measured["requests"] * 1e6 for what in ("user", "system")])
    heading("Where: one FastCGI answer", "instructions", "the constant's = 1", "system calls", "the constant's = 1", "user us", "system us")
    for size in programs:
        total = {kind: sum(counted[size].values()) for kind, counted in (("calls", by_calls), ("instructions", by_function))}
        base = {kind: sum(counted["constant"].values()) for kind, counted in (("calls", by_calls), ("instructions", by_function))}
        user, system = (statistics.median(values) for values in zip(*times[size]))
        row("constant program" if size == "constant" else f"{size:,} domains", number(total["instructions"]), number(total["instructions"] / base["instructions"]),
            number(total["calls"]), number(total["calls"] / base["calls"]), number(user), number(system))
    for size in programs:
        shown = sorted(((count, name) for name, count in by_calls[size].items() if count >= 0.05), reverse=True)
        emit(f"  system calls, {size}: " + ", ".join(f"{name} {number(count)}" for count, name in shown))
    heading("Where: instructions of a FastCGI answer, by owner", "constant", *(f"{size:,} domains" for size in SIZES))
    owners = {its for counted in by_function.values() for _, its in counted}
    for its in sorted(owners):
        sums = [sum(count for (_, theirs), count in by_function[size].items() if theirs == its) for size in programs]
        if max(sums) >= 10:
            row(f"  {its}", *map(number, sums))
    print_functions("Where: functions of a FastCGI answer, 10 domains", by_function[10], by_function["constant"])
    bench.end_all()


def print_functions(title, counted, beside):
    heading(title, "of", "instructions", "constant's")
    for (name, its), count in sorted(counted.items(), key=lambda item: -item[1])[:FUNCTIONS]:
        row(f"  {name[:42]}", its, number(count), number(beside.get((name, its), 0)))


def cgi(bench):
    heading("Where: one CGI run, static", "instructions", "the constant's = 1", "system calls", "the constant's = 1")
    base = None
    by_calls, by_function = {}, {}
    for size in ("constant", *CGI_SIZES):
        note(f"where: CGI, {size}")
        command = bench.built("constant_cgi" if size == "constant" else "mta-sts-static")
        environment = {**os.environ, "REQUEST_METHOD": "GET", "GATEWAY_INTERFACE": "CGI/1.1", "SERVER_NAME": host(5),
                       "MTA_STS_POLICIES": bench.policies(10 if size == "constant" else size)}
        for tool, read, counted in (CALLGRIND, instructions, by_function), (STRACE, calls, by_calls):
            path = bench.path("counted")
            subprocess.run([*(part.format(path) for part in tool), command], check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            counted[size] = read(path)
        totals = [sum(counted[size].values()) for counted in (by_function, by_calls)]
        base = base or totals
        row("constant program" if size == "constant" else f"{size:,} domains", number(totals[0]), number(totals[0] / base[0]), number(totals[1]), number(totals[1] / base[1]))
    for size, counted in by_calls.items():
        emit(f"  system calls, {size}: " + ", ".join(f"{name} {count}" for name, count in sorted(counted.items(), key=lambda item: -item[1])))
    # The shared one does the same; the static one is stripped, and has no names.
    subprocess.run([*(part.format(path) for part in CALLGRIND), bench.built("mta-sts")], check=True, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print_functions(f"Where: functions of a CGI run, {CGI_SIZES[-1]:,}, shared", instructions(path), {})


def run(bench):
    fastcgi(bench)
    cgi(bench)
