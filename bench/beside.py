"""Two builds side by side, by turns: this one, and the one whose build folder BESIDE names (of the commit before, say). Left out without it."""
import os

import common
import growth
from common import heading, host, note, number, ratio, row, spread

OTHER = os.environ.get("BESIDE", "")
SIZES = [10, 100000, 1000000]


class Build:
    """A build by its folder, with what was measured of it."""

    def __init__(self, bench, name, folder):
        self.bench, self.name, self.folder, self.figures = bench, name, os.path.abspath(folder), {}

    def add(self, what, value):
        self.figures.setdefault(what, []).append(value)


def serve(bench, builds):
    programs = [(build, size, bench.fastcgi(f"{build.name}-{size}", os.path.join(build.folder, "mta-sts"), "-f", bench.policies(size)))
                for build in builds for size in SIZES]
    front, ports = bench.lighttpd([common.to_fastcgi(address) for _, _, (_, address) in programs], "beside")
    for (_, size, _), port in zip(programs, ports):
        assert common.fetch(port, host(size - 1)) == (200, common.policy(size - 1))
    common.until_idle(*(process for _, _, (process, _) in programs))
    for i in range(common.ROUNDS):
        note(f"beside: FastCGI, round {i + 1}")
        for size in SIZES:
            for (build, of, (process, _)), port in zip(programs, ports):
                if of == size:
                    measured = common.measure(port, host(size - 1), front, process)
                    build.add(f"requests/s, {size:,} domains", measured["rate"])
                    build.add(f"requests/CPU s, {size:,} domains", measured["per_cpu"])
    for build, size, (process, _) in programs:
        build.add(f"memory, kB, {size:,} domains", common.memory(process) / 1024)
    bench.end_all()


def grow(bench, builds):
    built = bench.build
    for size in SIZES:
        for i in range(min(3, common.ROUNDS)):
            note(f"beside: growth, {size:,} domains, round {i + 1}")
            for build in builds:
                bench.build = build.folder
                took, process, address = growth.time_load(bench, size)
                common.until_idle(process)
                build.add(f"start to first answer, ms, {size:,} domains", took)
                build.add(f"CGI answer, ms, {size:,} domains", growth.time_cgi(bench, size))
                build.add(f"an edit until it is answered, ms, {size:,} domains", growth.time_reload(bench, size, process, address, i))
                common.until_idle(process)
                build.add(f"memory after it, kB, {size:,} domains", common.memory(process) / 1024)
                bench.end(process)
    bench.build = built


def run(bench):
    if not OTHER:
        return
    builds = [Build(bench, "this", bench.build), Build(bench, "other", OTHER)]
    serve(bench, builds)
    grow(bench, builds)
    this, other = (build.figures for build in builds)
    heading("Beside another build", "this one", "the other", "the other's = 1")
    for what, values in this.items():
        row(what, spread(values), spread(other[what]), ratio(values, other[what]) if len(values) > 1 else number(values[0] / other[what][0]))
