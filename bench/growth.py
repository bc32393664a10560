"""Growth: load, reload, memory and answer at 10, 100, ... 1,000,000 domains, as rows and as a plot."""
import os
import signal
import statistics
import subprocess
import time

import common
from common import emit, heading, host, note, number, row, spread

SIZES = [10**n for n in range(1, 7)]
# iniparser's time grows with the square: the next size is left out where it would take longer than this.
INIPARSER_SECONDS = float(os.environ.get("INIPARSER_SECONDS", "10"))
ANSWERS = 200


def resident(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))


def file_of(bench, size):
    """One that is edited, apart from the other sections'."""
    return bench.path(f"growth-{size}.ini")


def time_load(bench, size):
    """From start to the first answer, in ms; what was started goes on."""
    path = common.write_policies(file_of(bench, size), size)
    sent = common.request(host(size - 1))
    begin = time.perf_counter()
    process, address = bench.fastcgi(f"growth-{size}", bench.built("mta-sts"), "-f", path)
    answer = common.ask(address, sent)
    took = (time.perf_counter() - begin) * 1000
    assert common.policy(size - 1).encode() in answer, answer
    return took, process, address


def time_reload(bench, size, process, address, round_number):
    """From SIGHUP, the new file being in place, to the first new answer, in ms."""
    path = file_of(bench, size)
    max_age = 604801 + round_number
    os.rename(common.write_policies(path + ".new", size, max_age), path)
    sent = common.request(host(size - 1))
    wanted = f"max_age: {max_age}\r\n".encode()
    begin = time.perf_counter()
    os.kill(process.pid, signal.SIGHUP)
    while wanted not in common.ask(address, sent):
        if time.perf_counter() - begin > 60:
            raise RuntimeError(bench.log(f"growth-{size}"))
        time.sleep(0.0002)
    return (time.perf_counter() - begin) * 1000


def time_answers(address, size):
    """Straight to the program, one at a time, all over the file: the median, in ms."""
    times = []
    for i in range(ANSWERS):
        sent = common.request(host(i * size // ANSWERS))
        begin = time.perf_counter()
        answer = common.ask(address, sent)
        times.append((time.perf_counter() - begin) * 1000)
        assert b"STSv1" in answer
    return statistics.median(times)


def time_cgi(bench, size):
    environment = {"MTA_STS_POLICIES": bench.policies(size), "SERVER_NAME": host(size - 1)}
    return statistics.median(common.run_once([bench.built("mta-sts-static")], environment)[0] for _ in range(50 if size <= 1000 else 5))


def time_diff(bench, size):
    """The command diff, with a file in which each domain has another max_age, in s."""
    new = common.write_policies(bench.path("growth-diff.ini"), size, 604801)
    begin = time.perf_counter()
    done = subprocess.run([bench.built("mta-sts"), "diff", bench.policies(size), new], check=True, capture_output=True, text=True)
    took = time.perf_counter() - begin
    assert f"{size} changed; 0 unsafe" in done.stdout, done.stdout[-200:]
    return took


def grow(bench, size, rounds):
    figures = {name: [] for name in ("load", "reload", "answer", "cgi", "first", "checked", "reloaded")}
    for i in range(rounds):
        took, process, address = time_load(bench, size)
        figures["load"].append(took)
        figures["first"].append(resident(process))
        common.until_idle(process)
        figures["checked"].append(resident(process))
        figures["answer"].append(time_answers(address, size))
        figures["cgi"].append(time_cgi(bench, size))
        figures["reload"].append(time_reload(bench, size, process, address, i))
        common.until_idle(process)
        figures["reloaded"].append(resident(process))
        bench.end(process)
    return figures


def iniparser(bench, sizes):
    """In ms, by size, as far as it goes."""
    times = {}
    for size in sizes:
        begin = time.perf_counter()
        subprocess.run([bench.built("iniparser_load"), bench.policies(size)], check=True, stdout=subprocess.DEVNULL)
        times[size] = (time.perf_counter() - begin) * 1000
        note(f"growth: iniparser_load, {size:,} domains: {number(times[size])} ms")
        if times[size] / 1000 * 100 > INIPARSER_SECONDS:
            break
    return times


def plot(bench, figures, by_iniparser):
    median = statistics.median
    data = bench.built("growth.tsv")
    with open(data, "w", encoding="ascii") as file:
        print("domains", "load", "reload", "answer", "cgi", "iniparser", "memory", "file", sep="\t", file=file)
        for size, of in figures.items():
            print(size, *(f"{median(of[name]):.4f}" for name in ("load", "reload", "answer", "cgi")),
                  f"{by_iniparser[size]:.4f}" if size in by_iniparser else "?", f"{median(of['checked']) / 1e6:.4f}",
                  f"{os.path.getsize(bench.policies(size)) / 1e6:.6f}", sep="\t", file=file)
    svg = bench.built("growth.svg")
    try:
        subprocess.run(["gnuplot", "-e", f"data = '{data}'; svg = '{svg}'", os.path.join(common.HERE, "growth.gp")], check=True)
        emit(f"the plot: {os.path.relpath(svg)}")
    except OSError:
        emit("the plot: missing: no gnuplot here")


def run(bench):
    figures = {}
    heading("Growth", "load ms", "reload ms", "answer ms", "CGI answer ms", "memory MB", "the file's size = 1", "iniparser_load ms")
    by_iniparser = iniparser(bench, SIZES)
    for size in SIZES:
        note(f"growth: {size:,} domains")
        figures[size] = of = grow(bench, size, max(1, min(3, common.ROUNDS)))
        length = os.path.getsize(bench.policies(size))
        row(f"{size:,} domains", *(spread(of[name]) for name in ("load", "reload", "answer", "cgi")), spread(value / 1e6 for value in of["checked"]),
            number(statistics.median(of["checked"]) / length), number(by_iniparser[size]) if size in by_iniparser else "")
    plot(bench, figures, by_iniparser)
    largest = SIZES[-1]
    emit(f"memory at the first answer, after the check, and after a reload and its check, {largest:,} domains: "
         + ", ".join(f"{statistics.median(figures[largest][name]) / 1e6:.0f} MB" for name in ("first", "checked", "reloaded")))
    diff = statistics.median(time_diff(bench, 100000) for _ in range(3))
    emit(f"the command diff, 100,000 domains that all change: {number(diff)} s")
    common.budget("start to first answer, 100,000", statistics.median(figures[100000]["load"]), 100, unit=" ms")
    common.budget("start to first answer, 1,000,000", statistics.median(figures[largest]["load"]), 1000, unit=" ms")
    common.budget("diff, 100,000 domains that all change", diff, 2, unit=" s")
    common.budget("memory, 10", statistics.median(figures[10]["checked"]) / 1e6, 3, unit=" MB")
    common.budget("memory, the file's size = 1, 1,000,000", statistics.median(figures[largest]["checked"]) / os.path.getsize(bench.policies(largest)), 2)
