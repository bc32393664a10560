#!/usr/bin/env python3
"""ask.py PORT FOLDER: asks the front server on 127.0.0.1:PORT for two policy hosts, over TLS, in every unusual way. Prints a line for each case: the case, a tab,
and the answer. FOLDER has ca.pem, the authority, and a.txt and b.txt, the policies of a.test and b.test as `mta-sts show` prints them.

The answer is the program's or the front server's. The program's: policy-a, policy-b, absent (a 404 that names the host), no-host (a 404 that does not),
method (a 405), broken (a 500). The front server's: its status, "closed" if it closes without an answer, "tls-refused" if it refuses the connection for that name.
Then follows, where it applies: length= and whether Content-Length is that of the policy, encoding= if the body is compressed."""
import re
import socket
import ssl
import subprocess
import sys

port, folder = int(sys.argv[1]), sys.argv[2]
A, B, C = "mta-sts.a.test", "mta-sts.b.test", "mta-sts.c.test"
PATH = "/.well-known/mta-sts.txt"
policies = {name: open(f"{folder}/{name}.txt", "rb").read() for name in "ab"}


def what(status, headers, body):
    """The name of an answer."""
    length = dict(headers).get("content-length")
    whole = len(body) if body else len(policies["b"])  # for HEAD: the length of GET's body
    extra = " length=" + ("right" if int(length) == whole else length) if length and status == 200 else ""
    encoding = dict(headers).get("content-encoding")
    if encoding:
        extra += " encoding=" + encoding
    for name, policy in policies.items():
        if status == 200 and body == policy:
            return "policy-" + name + extra
    text = body.decode("latin-1")
    if status == 404 and text.startswith("There is no MTA-STS policy for"):
        return "absent " + text.split()[6]
    if status == 404 and text.startswith("Policies are asked for at"):
        return "no-host"
    if status == 405 and text.startswith("Only GET and HEAD"):
        return "method"
    if status == 500 and "mistake in policies.ini" in text:
        return "broken"
    return str(status) + (extra if not body else "")


def parse(data):
    """Status, headers and body of an HTTP/1 answer."""
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    match = re.match(r"HTTP/1\.[01] (\d+)", lines[0])
    headers = [(k.strip().lower(), v.strip()) for k, _, v in (line.partition(":") for line in lines[1:])]
    if dict(headers).get("transfer-encoding") == "chunked":
        whole, rest = b"", body
        while rest:
            size, _, rest = rest.partition(b"\r\n")
            n = int(size.split(b";")[0] or b"0", 16)
            if n == 0:
                break
            whole, rest = whole + rest[:n], rest[n + 2:]
        body = whole
    return int(match.group(1)), headers, body


def raw(request, sni=B):
    """The answer to a request, given as bytes."""
    context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
    context.check_hostname = True
    try:
        plain = socket.create_connection(("127.0.0.1", port), timeout=60)
        with context.wrap_socket(plain, server_hostname=sni) as connection:
            data = b""
            try:
                connection.sendall(request)
            except OSError:
                pass  # it may have answered, and closed, already
            try:
                while more := connection.recv(65536):
                    data += more
            except TimeoutError:
                return "timeout" if not data else what(*parse(data))
            except OSError:
                pass
    except (ssl.SSLError, ConnectionError):
        return "tls-refused"
    return what(*parse(data)) if data.startswith(b"HTTP/") else "closed"


def get(host, method="GET", target=PATH, version="1.1", more="", body=b"", sni=B):
    hosts = "".join(f"Host: {h}\r\n" for h in ([host] if isinstance(host, str) else host))
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return raw(f"{method} {target} HTTP/{version}\r\n{hosts}{length}{more}Connection: close\r\n\r\n".encode() + body, sni)


def curl(host, *options):
    """The same through curl, for HTTP/2."""
    done = subprocess.run(["curl", "-s", "-i", "--max-time", "60", "--cacert", f"{folder}/ca.pem", "--connect-to", f"::127.0.0.1:{port}", *options,
                           f"https://{host}{PATH}"], capture_output=True)
    if done.returncode != 0 and not done.stdout:
        return {7: "refused", 35: "tls-refused", 60: "tls-refused", 16: "closed", 52: "closed", 92: "closed"}.get(done.returncode, f"curl-{done.returncode}")
    data = re.sub(rb"\AHTTP/2 (\d+)[^\r]*", rb"HTTP/1.1 \1", done.stdout)
    return ("" if done.stdout.startswith(b"HTTP/2") else "HTTP/1.1 only: ") + what(*parse(data))


CASES = [
    ("a", lambda: get(A, sni=A)),
    ("b", lambda: get(B)),
    ("a, HTTP/2", lambda: curl(A, "--http2")),
    ("b, HTTP/2", lambda: curl(B, "--http2")),
    ("HEAD", lambda: get(B, "HEAD")),
    ("a third name", lambda: get(C, sni=C)),
    ("a third name on b's connection", lambda: get(C)),
    ("POST", lambda: get(B, "POST", body=b"x")),
    ("DELETE", lambda: get(B, "DELETE")),
    ("upper case", lambda: get(B.upper())),
    ("a port", lambda: get(B + ":443")),
    ("another port", lambda: get(B + ":9999")),
    ("a trailing dot", lambda: get(B + ".")),
    ("HTTP/1.0 without Host", lambda: get([], version="1.0")),
    ("no Host", lambda: get([])),
    ("two Hosts, b first", lambda: get([B, A])),
    ("two Hosts, a first", lambda: get([A, B])),
    ("absolute-form b, Host a", lambda: get(A, target=f"https://{B}{PATH}")),
    ("a Host of 60 kB", lambda: get("mta-sts." + "a" * 60000 + ".test")),
    ("?-h", lambda: get(B, target=PATH + "?-h")),
    ("?-f+/etc/passwd", lambda: get(B, target=PATH + "?-f+/etc/passwd")),
    ("POST of 2 MB", lambda: get(B, "POST", body=b"x" * 2000000)),
    ("Accept-Encoding: gzip", lambda: get(B, more="Accept-Encoding: gzip\r\n")),
    ("another path", lambda: get(B, target="/")),
]

for name, case in CASES:
    print(f"{name}\t{case()}", flush=True)
