"""What the sections share: programs that are started and ended, files of policies, load, what /proc says of it, and the table."""
import contextlib
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(ROOT, "tests/helpers"))
sys.dont_write_bytecode = True
import fastcgi_client  # noqa: E402

CLIENTS = 16
ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = int(os.environ.get("SECONDS_EACH", "1"))
TICKS = os.sysconf("SC_CLK_TCK")
URL = "/.well-known/mta-sts.txt"


def note(text):
    print(f"-- {text}", file=sys.stderr, flush=True)


def host(number):
    return f"mta-sts.d{number:07d}.example.org"


def policy(number):
    return f"version: STSv1\r\nmode: enforce\r\nmx: mail{number % 1000000:06d}.example.org\r\nmax_age: 604800\r\n"


def write_policies(path, count, max_age=604800):
    with open(path, "w", encoding="ascii") as file:
        file.writelines(f"[d{i:07d}.example.org]\nmode = enforce\nmx = mail{i:06d}.example.org\nmax_age = {max_age}\n\n"
                        for i in range(count))
    os.utime(path, (time.time() - 3600,) * 2)
    return path


def until(is_so, what, seconds=60):
    """Waits for it, and returns what it gives."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = is_so()
        if result:
            return result
        time.sleep(0.0005)
    raise RuntimeError(f"not within {seconds} seconds: {what}")


class Bench:
    """A folder, and what was started: all of it is gone at the end."""

    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.folder = tempfile.mkdtemp(prefix="mta-sts-bench-")
        self.running = []
        os.environ["PATH"] += ":/usr/sbin:/sbin"

    def path(self, name):
        return os.path.join(self.folder, name)

    def built(self, name):
        return os.path.join(self.build, name)

    def policies(self, count):
        path = self.path(f"{count}.ini")
        if not os.path.exists(path):
            write_policies(path, count)
        return path

    def start(self, name, *command, **options):
        """In a session of its own, by which its processes are found; its log is NAME.log."""
        with open(self.path(name + ".log"), "ab") as log:
            options = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, **options}
            process = subprocess.Popen(command, start_new_session=True, **options)
        self.running.append(process)
        return process

    def listener(self, family=socket.AF_UNIX):
        """A listening socket that a FastCGI program is handed, and its address."""
        listener = socket.socket(family)
        if family == socket.AF_UNIX:
            address = self.path(f"{time.monotonic_ns()}.sock")
            listener.bind(address)
            os.chmod(address, 0o666)
        else:
            listener.bind(("127.0.0.1", 0))
            address = listener.getsockname()
        listener.listen(1024)
        return listener, address

    def fastcgi(self, name, *command, family=socket.AF_UNIX, **options):
        """Starts a FastCGI program; returns its process and its address."""
        listener, address = self.listener(family)
        with listener:
            return self.start(name, *command, stdin=listener, **options), address

    def end(self, process):
        """At once: the constant program has libfcgi's own idea of SIGTERM, and stays."""
        for number in signal.SIGKILL, signal.SIGTERM:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
        process.wait()
        self.running.remove(process)

    def end_all(self):
        for process in list(self.running):
            self.end(process)

    def close(self):
        self.end_all()
        for process in Load.started:
            if process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def log(self, name):
        with open(self.path(name + ".log"), encoding="utf-8", errors="replace") as log:
            return log.read()

    def lighttpd(self, sites, name="lighttpd", modules=()):
        """One lighttpd; each of SITES is its configuration behind a port of its own. Returns the process and the ports."""
        ports = [free_port() for site in sites]
        with open(self.path(name + ".conf"), "w", encoding="utf-8") as file:
            print(f'server.document-root = "{self.folder}"\nserver.bind = "127.0.0.1"\nserver.port = {free_port()}\nserver.max-fds = 4096', file=file)
            print('server.modules = (' + ", ".join(f'"{module}"' for module in ("mod_fastcgi", *modules)) + ')', file=file)
            for site, port in zip(sites, ports):
                print(f'$SERVER["socket"] == "127.0.0.1:{port}" {{\n{site}\n}}', file=file)
        process = self.start(name, "lighttpd", "-D", "-f", self.path(name + ".conf"))
        for port in ports:
            until(lambda: process.poll() is not None or connects(port), "lighttpd", 10)
        if process.poll() is not None:
            raise RuntimeError(self.log(name))
        return process, ports


def to_fastcgi(address):
    """What lighttpd needs to hand everything to the FastCGI program there."""
    return f'fastcgi.server = ("" => (("socket" => "{address}", "check-local" => "disable")))'


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def connects(port):
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
        return True
    except OSError:
        return False


def fetch(port, name):
    """The status and the body of one answer over HTTP; None where there is none."""
    try:
        with socket.create_connection(("127.0.0.1", port), 60) as s:
            s.sendall(f"GET {URL} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
            data = b""
            while more := s.recv(65536):
                data += more
    except OSError:
        return None
    head, _, body = data.partition(b"\r\n\r\n")
    return (int(head.split()[1]), body.decode()) if head else None


# What lighttpd sends with each request.
VARIABLES = {
    "CONTENT_LENGTH": "0", "QUERY_STRING": "", "REQUEST_URI": URL, "REDIRECT_STATUS": "200", "SCRIPT_NAME": URL, "SCRIPT_FILENAME": "/srv" + URL,
    "DOCUMENT_ROOT": "/srv", "REQUEST_METHOD": "GET", "SERVER_PROTOCOL": "HTTP/1.1", "SERVER_SOFTWARE": "lighttpd/1.4.69",
    "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_SCHEME": "http", "SERVER_PORT": "80", "SERVER_ADDR": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1", "REMOTE_PORT": "50000",
}


def request(name, **more):
    """A request as lighttpd makes it."""
    variables = {**VARIABLES, "SERVER_NAME": name, "HTTP_HOST": name, **more}
    c = fastcgi_client
    pairs = b"".join(c.pair(key.encode(), value.encode()) for key, value in variables.items())
    return c.record(c.BEGIN, b"\0\1" + b"\0" * 6) + c.record(c.PARAMS, pairs) + c.record(c.PARAMS) + c.record(c.STDIN)


def ask(address, sent):
    """Straight to a FastCGI program, as a front server that keeps no connection. One that closes roughly is borne: fcgiwrap does."""
    with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as s:
        s.connect(address)
        s.sendall(sent)
        data = b""
        with contextlib.suppress(ConnectionResetError):
            while more := s.recv(65536):
                data += more
    return data


def run_once(command, environment, trash=bytearray(1 << 16)):
    """Runs it with its output in a pipe; returns how long it took and the processor time that it took, in milliseconds."""
    end, its_end = os.pipe()
    begin = time.perf_counter_ns()
    pid = os.posix_spawn(command[0], command, environment, file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, its_end, 1)])
    os.close(its_end)
    while os.readv(end, [trash]) > 0:
        pass
    _, status, usage = os.wait4(pid, 0)
    took = (time.perf_counter_ns() - begin) / 1e6
    os.close(end)
    assert status == 0, command
    return took, (usage.ru_utime + usage.ru_stime) * 1000


class Load:
    """wrk, while it runs."""

    started = []

    def __init__(self, port, name, seconds=SECONDS, scheme="http", header="Connection: keep-alive"):
        self.process = subprocess.Popen(["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}", "--timeout", "20", "-s", os.path.join(HERE, "wrk.lua"), "-H", f"Host: {name}", "-H", header,
                                         f"{scheme}://127.0.0.1:{port}{URL}"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        Load.started.append(self.process)

    def result(self, unknown=False, strict=True):
        """Fails, unless not STRICT, where an answer is missing, or is no 200 (of a name that is UNKNOWN: 404)."""
        out, _ = self.process.communicate()
        try:
            result = json.loads(out.splitlines()[-1])
        except (ValueError, IndexError):
            raise RuntimeError(out) from None
        if strict and (result["lost"] or result["status"] != (result["requests"] if unknown else 0)):
            raise RuntimeError(f"failed answers: {result}")
        result["rate"] = result["requests"] / result["seconds"]
        return result


def load(port, name, seconds=SECONDS, unknown=False):
    return Load(port, name, seconds).result(unknown)


def processes(process):
    """Those of its session, as their numbers and the fields of /proc/N/stat after the name."""
    for number in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            with open(f"/proc/{number}/stat", encoding="utf-8") as stat:
                fields = stat.read().rpartition(")")[2].split()
            if int(fields[3]) == process.pid:
                yield number, fields


def cpu(*of):
    """Processor time, in seconds, of all processes of these sessions, and of those that they waited for: in user mode, and in the kernel."""
    user = system = 0
    for process in of:
        for _, fields in processes(process):
            user += int(fields[11]) + int(fields[13])
            system += int(fields[12]) + int(fields[14])
    return user / TICKS, system / TICKS


def until_idle(*of):
    """A large file is checked after the start, by a thread of its own."""
    def is_idle():
        before = cpu(*of)
        time.sleep(0.2)
        return cpu(*of) == before
    until(is_idle, "the end of the check", 120)


def memory(process):
    """Resident, in bytes, what is shared counted in parts (PSS)."""
    total = 0
    for number, _ in processes(process):
        with contextlib.suppress(OSError):
            with open(f"/proc/{number}/smaps_rollup", encoding="utf-8") as rollup:
                total += next((int(line.split()[1]) for line in rollup if line.startswith("Pss:")), 0) * 1024
    return total


def measure(port, name, *of, seconds=SECONDS, unknown=False, more=0):
    """Load on PORT: what wrk says, and the requests per second of processor time of the processes OF, and of MORE ms for each answer."""
    before = cpu(*of)
    result = load(port, name, seconds, unknown)
    result["user"], result["system"] = (b - a for a, b in zip(before, cpu(*of)))
    result["per_cpu"] = result["requests"] / max(result["user"] + result["system"] + result["requests"] * more / 1000, 1 / TICKS)
    return result


# --- the table ---

WIDTH, COLUMN = 50, 23
lines = []
budgets = []


def emit(text=""):
    print(text, flush=True)
    lines.append(text)


def number(value):
    """Three digits that count, or all those before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3g}"


def spread(values):
    """The median, and the least and the greatest."""
    values = list(values)
    return f"{number(statistics.median(values))} ({number(min(values))}-{number(max(values))})" if len(values) > 1 else number(values[0])


def ratios(values, base):
    """Round by round, so that what disturbed a round disturbed both."""
    return [a / b for a, b in zip(values, base) if b]


def ratio(values, base):
    return spread(ratios(values, base) or [float("nan")])


def median_ratio(values, base):
    return statistics.median(ratios(values, base))


def heading(title, *columns):
    emit()
    row(title, *columns)
    emit("-" * (WIDTH + COLUMN * len(columns)))


def row(name, *cells):
    emit((f"{name:<{WIDTH}}" + "".join(f"{cell:>{COLUMN}}" for cell in cells)).rstrip())


def budget(what, value, limit, at_least=False, unit=""):
    budgets.append((what, value, limit, at_least, unit))


def print_budgets():
    if not budgets:
        return
    heading("Budgets", "measured", "budget", "")
    for what, value, limit, at_least, unit in budgets:
        good = value >= limit if at_least else value <= limit
        row(what, f"{number(value)}{unit}", f"{'at least' if at_least else 'at most'} {number(limit)}{unit}", "met" if good else "MISSED")
