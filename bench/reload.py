"""Reload under load: a new file renamed into place every two seconds, its mtime old, so that it is taken over at the next look."""
import os
import time

import common
from common import heading, host, note, number, row

SIZES = [100000, 1000000]
SECONDS = int(os.environ.get("RELOAD_SECONDS", "10"))
EVERY = 2


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


def run(bench):
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
