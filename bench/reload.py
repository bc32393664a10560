"""Reload under load: a new file renamed into place every two seconds, its mtime old, so that it is taken over at the next look. And how
long an edit takes to be in force, and what it leaves in memory, also where each domain stands twice."""
import os
import signal
import time

import common
from common import heading, host, note, number, row

SIZES = [100000, 1000000]
SECONDS = int(os.environ.get("RELOAD_SECONDS", "10"))
EVERY = 2
SAVES = 8


def row_of(name, result, reloads=""):
    failed = result["status"] + result["lost"]
    row(name, number(result["rate"]), number(result["p50"]), number(result["p99"]), number(result["max"]), reloads, failed)


def with_reloads(path, size, port):
    files = [common.write_policies(f"{path}.{i}", size, 604801 + i) for i in range(2)]
    running = common.Load(port, host(size // 2), SECONDS)
    begin = time.monotonic()
    for i in range(SECONDS // EVERY):
        # Another file each time, by its number, too.
        os.link(files[i % 2], path + ".new")
        os.rename(path + ".new", path)
        time.sleep(max(0, begin + (i + 1) * EVERY - time.monotonic()))
    return running.result(strict=False)


def twice(path, size, max_age):
    """SIZE domains, pasted a second time below themselves."""
    once = common.write_policies(path + ".once", size, max_age)
    with open(once, encoding="ascii") as file:
        text = file.read()
    with open(path, "w", encoding="ascii") as file:
        file.write(text + text)
    os.utime(path, (1, 1))
    return path


def save_again(bench, name, write, size):
    """SAVES edits of the file that WRITE writes, one after the other is in force: the median time of each, and the memory after the first
    and the last."""
    path = write(bench.path(f"{name}.ini"), size, 604800)
    process, _ = bench.fastcgi(name, bench.built("mta-sts"), "-f", path)
    common.until(lambda: "ready" in bench.log(name), name)
    common.until_idle(process)
    times, memory = [], []
    for i in range(SAVES):
        os.replace(write(path + ".new", size, 604801 + i), path)
        begin = time.monotonic()
        os.kill(process.pid, signal.SIGHUP)
        common.until(lambda: bench.log(name).count("read again") > i, name, 300)
        times.append(1000 * (time.monotonic() - begin))
        common.until_idle(process)
        memory.append(common.memory(process) / 1024)
    bench.end_all()
    return sorted(times)[SAVES // 2], memory[0], memory[-1]


def edits(bench):
    heading(f"{SAVES} edits, each by SIGHUP", "ms until in force", "memory after the first, kB", "after the last, kB")
    for name, write, size in (("100,000 domains", common.write_policies, 100000), ("1,000,000 domains", common.write_policies, 1000000),
                              ("120,000 domains, each twice", twice, 120000)):
        note(f"reload: edits of {name}")
        result = save_again(bench, f"edits-{size}", write, size)
        row(name, *(number(value) for value in result))


def run(bench):
    edits(bench)
    heading("Reload under load, behind lighttpd", "requests/s", "median ms", "p99 ms", "slowest ms", "reloads", "failed answers")
    for size in SIZES:
        note(f"reload: {size:,} domains")
        path = common.write_policies(bench.path(f"reload-{size}.ini"), size)
        process, address = bench.fastcgi(f"reload-{size}", bench.built("mta-sts"), "-f", path)
        _, (port,) = bench.lighttpd([common.to_fastcgi(address)], f"reload-lighttpd-{size}")
        assert common.fetch(port, host(size // 2)) == (200, common.policy(size // 2))
        common.until_idle(process)
        still = common.Load(port, host(size // 2), SECONDS).result(strict=False)
        row_of(f"{size:,} domains, none", still)
        result = with_reloads(path, size, port)
        taken = bench.log(f"reload-{size}").count("read again")
        row_of(f"{size:,} domains, one each {EVERY} s", result, f"{taken} of {SECONDS // EVERY}")
        if size == 100000:
            common.budget("reloads, 100,000: the slowest answer", result["max"], 200, unit=" ms")
        common.budget(f"reloads, {size:,}: failed answers", result["status"] + result["lost"], 0)
        bench.end_all()
