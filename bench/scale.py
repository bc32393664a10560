"""Beyond one machine: examples/haproxy spreads the requests over FastCGI programs on TCP; one of two is taken away under load. And what a
fetch costs as a sender makes it: TLS, and a connection for each."""
import os
import re
import signal
import socket
import subprocess
import time

import common
from common import emit, heading, host, note, number, row

SECONDS = int(os.environ.get("SCALE_SECONDS", "6"))
DOMAINS = 1000


def start_haproxy(bench, addresses):
    """The example as it stands, without TLS, and with the backends' addresses; returns its process and its port."""
    example = os.path.join(common.ROOT, "examples/haproxy")
    with open(os.path.join(example, "haproxy.cfg"), encoding="utf-8") as file:
        text = file.read().partition("\nbackend ")[0] + "\n"
    with open(os.path.join(example, "several.cfg"), encoding="utf-8") as file:
        text += file.read()
    port = common.free_port()
    text = re.sub(r"bind :443 .*", f"bind 127.0.0.1:{port}", text).replace("mta-sts.example.org", host(0))
    servers = iter(addresses)

    def server(match):
        address = next(servers, None)
        return f"{match[1]}{address[0]}:{address[1]}" if address else ""
    text = re.sub(r"(?m)^( *server \S+ )\S+", server, text)
    path = bench.path("haproxy.cfg")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    process = bench.start("haproxy", "haproxy", "-db", "-f", path)
    common.until(lambda: process.poll() is not None or (common.fetch(port, host(0)) or [0])[0] == 200, "haproxy", 10)
    if process.poll() is not None:
        raise RuntimeError(bench.log("haproxy"))
    return process, port


def measure(bench, name, count, end_by=None):
    note(f"scale: {name}")
    backends = [bench.fastcgi(f"scale-{i}", bench.built("mta-sts"), "-f", bench.policies(DOMAINS), family=socket.AF_INET) for i in range(count)]
    haproxy, port = start_haproxy(bench, [address for _, address in backends])
    before = common.cpu(haproxy, *(process for process, _ in backends))
    running = common.Load(port, host(DOMAINS // 2), SECONDS)
    if end_by:
        time.sleep(SECONDS / 3)
        os.kill(backends[0][0].pid, end_by)
    result = running.result(strict=False)
    used = sum(common.cpu(haproxy, *(process for process, _ in backends))) - sum(before)
    failed = result["status"] + result["lost"]
    row(name, number(result["rate"]), number(result["requests"] / used) if not end_by else "", number(result["p99"]), number(result["max"]), failed)
    bench.end_all()
    return failed


def with_tls(bench):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=bench",
                    "-keyout", bench.path("key.pem"), "-out", bench.path("cert.pem")], check=True, stderr=subprocess.DEVNULL)
    tls = f'ssl.engine = "enable"\nssl.pemfile = "{bench.path("cert.pem")}"\nssl.privkey = "{bench.path("key.pem")}"\n'
    program, address = bench.fastcgi("scale-tls", bench.built("mta-sts"), "-f", bench.policies(DOMAINS))
    files = bench.path("files")
    subprocess.run([bench.built("mta-sts"), "-f", bench.policies(DOMAINS), "export", files], check=True, stderr=subprocess.DEVNULL)
    front, ports = bench.lighttpd([tls + common.to_fastcgi(address), tls + f'simple-vhost.server-root = "{files}"\nsimple-vhost.document-root = ""'],
                                  "scale-lighttpd", ["mod_openssl", "mod_simple_vhost"])
    heading("Scale: lighttpd, TLS, a connection for each request", "requests/s", "requests/CPU s", "p99 ms")
    for name, port, processes in ("mta-sts, FastCGI", ports[0], [front, program]), ("exported file", ports[1], [front]):
        note(f"scale: TLS, {name}")
        before = sum(common.cpu(*processes))
        result = common.Load(port, host(DOMAINS // 2), SECONDS, "https", "Connection: close").result()
        row(name, number(result["rate"]), number(result["requests"] / (sum(common.cpu(*processes)) - before)), number(result["p99"]))
    disk = subprocess.run(["du", "-s", "--block-size=1", files], check=True, capture_output=True, text=True).stdout.split()[0]
    emit(f"the exported files take {number(int(disk) / DOMAINS)} bytes of disk a domain")
    bench.end_all()


def run(bench):
    heading("Scale: HAProxy, FastCGI on TCP, 1,000 domains", "requests/s", "requests/CPU s", "p99 ms", "slowest ms", "failed answers")
    measure(bench, "1 backend", 1)
    measure(bench, "2 backends", 2)
    failed = measure(bench, "2 backends, one ends (SIGTERM)", 2, signal.SIGTERM)
    failed += measure(bench, "2 backends, one is killed (SIGKILL)", 2, signal.SIGKILL)
    common.budget("one of two backends taken away: failed answers", failed, 0)
    with_tls(bench)
