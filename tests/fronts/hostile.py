#!/usr/bin/env python3
"""hostile.py NAME PORT FOLDER HOSTS: sends requests that no honest client sends to the front server NAME on 127.0.0.1:PORT, over TLS, a connection for each. FOLDER
has ca.pem, and the policies of a.test, b.test and unasked.test in a.txt, b.txt and unasked.txt. HOSTS is tests/fixtures/host.tsv.

Right answers are the front server's own refusal, and an answer of the program that fits the requested name by HTTP's rules (RFC 9112 3.2.2, RFC 9113 8.3.1).
If the front server may also wait for the rest of a request, that is right too. Prints each wrong answer with its case and its request. The last line is a line
of the table: cases, answers, wrong ones, connections with neither an answer nor an end within 10 seconds, and whose answers they were. Exit status 1 if an answer
is wrong or lost."""
import collections
import concurrent.futures
import re
import socket
import ssl
import struct
import sys
import time

name, port, folder, hosts = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
A, B = b"mta-sts.a.test", b"mta-sts.b.test"
PATH = b"/.well-known/mta-sts.txt"
CLOSE = b"Connection: close\r\n"
PATIENCE, WAIT, AFTER = 10, 2, 0.5
policies = {domain: open(f"{folder}/{file}.txt", "rb").read() for domain, file in [("a.test", "a"), ("b.test", "b"), ("unasked.test", "unasked")]}
REFUSALS = {400, 403, 404, 405, 408, 411, 413, 414, 416, 417, 421, 426, 431, 501, 505}

# One request: its method, and the policy domains that it may ask for. NAMES contains None if it may also name no policy host. MUST: the request is
# honest, with something that has no meaning here, and a refusal is wrong. MORE: further statuses that are right.
Asked = collections.namedtuple("Asked", "method names must more", defaults=(False, ()))
# WAITS: the request is not complete, and waiting for the rest is right. SNI: None for a connection without. H2: BYTES are frames of HTTP/2.
Case = collections.namedtuple("Case", "name bytes asked waits sni h2", defaults=(False, B, False))
Answer = collections.namedtuple("Answer", "status headers body")


# Known faults of front servers, which the program cannot see: the beginning of the front server's name, the case, and the fault. Each has to exist still.
KNOWN = [
    ("caddy", "HTTP/2: :authority b, host a", "passes the host in place of the :authority"),
    ("caddy", "HTTP/2: :authority a, host b", "the same"),
    ("apache-", "absolute-form a by http://, Host b", "minds the name of a target only where its scheme is that of the connection"),
    ("apache-", "absolute-form b by http://, Host a", "the same"),
    ("apache-fcgid", "GET of 100 MB", "answers 500 to more than FcgidMaxRequestLen"),
    ("apache-fcgid", "GET of 100 MB in chunks", "the same"),
]


# --- connections ---


def connect(sni, h2):
    context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
    context.check_hostname = sni is not None
    if h2:
        context.set_alpn_protocols(["h2"])
    plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    return context.wrap_socket(plain, server_hostname=sni.decode() if sni else None)


def exchange(connection, pieces, enough, patience):
    """Sends the pieces while the other side takes them. Reads until ENOUGH(data) is true, or nothing has moved for PATIENCE seconds. Returns what it has read,
    and whether the other side has closed."""
    connection.setblocking(False)
    end, data, to_send, closed, done = time.monotonic() + patience, b"", b"", False, False
    pieces = iter(pieces)
    while not closed and time.monotonic() < end:
        busy = False
        if pieces is not None:
            try:
                to_send = to_send or next(pieces, b"")
                if to_send:
                    to_send = to_send[connection.send(to_send):]
                    busy = True
                    end = max(end, time.monotonic() + patience) if not done else end
                else:
                    pieces = None
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError, BlockingIOError):
                pass
            except OSError:
                pieces = None  # it may have answered, and closed, already
        try:
            more = connection.recv(65536)
            closed = not more
            data += more
            busy = True
            if not done:
                done = enough(data)
                end = time.monotonic() + (AFTER if done else patience)
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError, BlockingIOError):
            pass
        except OSError:
            closed = True
        if not busy:
            time.sleep(0.002)
    return data, closed


# --- answers ---


def answer_of(data, method):
    """The first HTTP/1 answer in DATA, and the rest of DATA. None if the answer is not complete. A LENGTH of None: the answer goes up to the end."""
    if not data.startswith(b"HTTP/"):
        return (Answer(0, {}, data), b"") if data else None  # HTTP/0.9 has no head
    head, found, rest = data.partition(b"\r\n\r\n")
    match = re.match(rb"HTTP/1\.[01] (\d{3})", head)
    if not found or not match:
        return None
    status = int(match.group(1))
    headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(b":") for line in head.split(b"\r\n")[1:])}
    if method == "HEAD" or status in (204, 304):
        return Answer(status, headers, b""), rest
    if status < 200:
        return answer_of(rest, method)
    if headers.get(b"transfer-encoding") == b"chunked":
        body = b""
        while True:
            size, found, rest = rest.partition(b"\r\n")
            if not found:
                return None
            n = int(size.split(b";")[0], 16)
            if len(rest) < n + 2:
                return None
            body, rest = body + rest[:n], rest[n + 2:]
            if n == 0:
                return Answer(status, headers, body), rest
    if b"content-length" in headers:
        n = int(headers[b"content-length"])
        return (Answer(status, headers, rest[:n]), rest[n:]) if len(rest) >= n else None
    return Answer(status, headers, rest), b""


def answers_of(data, asked):
    """All answers. What is left over is one more, with the status -1."""
    answers = []
    for index in range(len(asked) + 1):
        found = answer_of(data, asked[min(index, len(asked) - 1)].method)
        if found is None:
            break
        answers.append(found[0])
        data = found[1]
    # "100 Continue" is no answer.
    return answers + ([Answer(-1, {}, data)] if data and not data.startswith(b"HTTP/1.1 100 ") else [])


def frames_of(data):
    while len(data) >= 9:
        length, kind, flags, stream = int.from_bytes(data[:3], "big"), data[3], data[4], int.from_bytes(data[5:9], "big")
        if len(data) < 9 + length:
            return
        yield kind, flags, stream, data[9:9 + length]
        data = data[9 + length:]


def h2_status(block):
    """The status at the beginning of a header block (RFC 7541): from the static table, or as digits, perhaps in Huffman code."""
    while block and block[0] & 0xe0 == 0x20:
        block = block[1:]
    if block and block[0] & 0x80:
        return {8: 200, 9: 204, 10: 206, 11: 304, 12: 400, 13: 404, 14: 500}.get(block[0] & 0x7f, -1)
    if len(block) < 2:
        return -1
    text = block[2:2 + (block[1] & 0x7f)]
    if not block[1] & 0x80:
        return int(text)
    bits, digits = "".join(f"{byte:08b}" for byte in text), ""
    while len(digits) < 3:
        n = 5 if bits[:5] in ("00000", "00001", "00010") else 6
        digits += str(int(bits[:n], 2) - (0 if n == 5 else 0x19 - 3))
        bits = bits[n:]
    return int(digits)


def h2_answers_of(data):
    statuses, bodies = {}, collections.defaultdict(bytes)
    for kind, flags, stream, content in frames_of(data):
        if kind == 1 and stream not in statuses:
            statuses[stream] = h2_status(content[5:] if flags & 0x20 else content)
        elif kind == 0:
            bodies[stream] += content
    return [Answer(status, {}, bodies[stream]) for stream, status in sorted(statuses.items())]


def h2_ended(data):
    """True if END_STREAM, RST_STREAM or GOAWAY has ended the stream or the connection."""
    return any(kind in (0, 1) and flags & 1 or kind in (3, 7) for kind, flags, _, _ in frames_of(data))


OURS = [(404, re.compile(rb"\AThere is no MTA-STS policy for mta-sts\.(\S+) here\.\n\Z"), "absent"), (404, re.compile(rb"\APolicies are asked for at"), "no-host"),
        (405, re.compile(rb"\AOnly GET and HEAD"), "method"), (500, re.compile(rb"\ANo policy can be served|\AThe policy for"), "failed")]


def whose(answer):
    """The kind of an answer, and its domain."""
    for domain, policy in policies.items():
        if answer.body == policy:
            return "policy", domain
    for status, text, kind in OURS:
        if match := text.match(answer.body):
            return kind if status == answer.status else "muddle", match.group(1).decode() if kind == "absent" else None
    # No front server's own answer contains a policy, or half of one.
    return ("muddle" if re.search(rb"STSv1|mx: mail\.", answer.body) else "front"), None


def is_right(answer, asked):
    kind, domain = whose(answer)
    if kind == "policy":
        return domain in asked.names and asked.method == "GET" and answer.status in (200, 0, *asked.more)
    if kind == "absent":
        return domain in asked.names
    if kind in ("no-host", "method"):
        return None in asked.names if kind == "no-host" else asked.method not in ("GET", "HEAD")
    if kind == "front" and answer.status == 200 and not answer.body and asked.method == "HEAD":
        return int(answer.headers.get(b"content-length", b"-1")) in [-1] + [len(policies[domain]) for domain in asked.names if domain in policies]
    # In HTTP/0.9 the status is only in the text.
    refused = answer.status in REFUSALS or answer.status in asked.more or answer.status == 0 and b"<title>4" in answer.body
    return kind == "front" and not asked.must and refused


# --- cases ---


def request(host, method=b"GET", target=PATH, version=b"HTTP/1.1", more=b"", body=b"", close=CLOSE):
    lines = b"".join(b"Host: " + h + b"\r\n" for h in ([host] if isinstance(host, bytes) else host))
    return method + b" " + target + b" " + version + b"\r\n" + lines + more + close + b"\r\n" + body


def b_is_asked(method="GET", must=False, more=()):
    return [Asked(method, {"b.test"}, must, more)]


NOBODY = [Asked("GET", {None})]
B_OR_NOBODY = [Asked("GET", {"b.test", None})]


def case_hosts():
    """Each host of the table as it is, and with b.test in it. A front server may remove a port or a final dot."""
    lines = [line.rstrip(b"\n").split(b"\t") for line in open(hosts, "rb") if not line.startswith(b"#")]
    domains = {host: None if domain == b"-" else domain.decode() for host, domain in lines}
    for host, domain in domains.items():
        names = {domain, domains.get(host.strip(b" "), domain)}
        yield Case(f"Host {host!r}", request(host), [Asked("GET", names)])
        if b"example.org" in host:
            names = {n.replace("example.org", "b.test") if n else n for n in names}
            # nginx removes what is not a port.
            names |= {"b.test"} if b"." + host.partition(b":")[0] == b".mta-sts.example.org" else set()
            yield Case(f"Host {host!r} of b.test", request(host.replace(b"example.org", b"b.test")), [Asked("GET", names)])
    for size in 60_000, 200_000:
        yield Case(f"a Host of {size} bytes", request(b"mta-sts." + b"a" * size + b".test"), NOBODY)
        yield Case(f"a Host of {size} bytes in labels", request(b"mta-sts." + b"a." * (size // 2) + b"b.test"), NOBODY)
        yield Case(f"a Host of {size} bytes that ends in one of ours", request(b"mta-sts." + b"a" * size + B), NOBODY)
        yield Case(f"a target of {size} bytes", request(B, target=PATH + b"?" + b"a" * size), b_is_asked())
        yield Case(f"a header of {size} bytes", request(B, more=b"X-Long: " + b"a" * size + b"\r\n"), b_is_asked())
    yield Case("a Host of 254 bytes", request(b"mta-sts." + (b"a" * 60 + b".") * 4 + b"bb"), NOBODY)
    yield Case("10 headers of 6 kB", request(B, more=b"".join(b"X-%d: %s\r\n" % (i, b"a" * 6000) for i in range(10))), b_is_asked())
    # The program accepts requests of up to 160 kB, and closes the connection for a larger one.
    yield Case("40 headers of 6 kB", request(B, more=b"".join(b"X-%d: %s\r\n" % (i, b"a" * 6000) for i in range(40))), b_is_asked(more=(500, 502, 503)))
    yield Case("5,000 headers", request(B, more=b"".join(b"X-%d: a\r\n" % i for i in range(5000))), b_is_asked())
    yield Case("two Hosts, a first", request([A, B]), NOBODY)
    yield Case("two Hosts, b first", request([B, A]), NOBODY)
    # lighttpd treats an empty Host like none.
    yield Case("two Hosts, the first empty", request([b"", B]), B_OR_NOBODY)
    yield Case("two Hosts, the second empty", request([B, b""]), B_OR_NOBODY)
    yield Case("two Hosts, both b", request([B, B]), b_is_asked())
    yield Case("two Hosts in one", request(A + b", " + B), NOBODY)
    yield Case("two Hosts in one, by a space", request(A + b" " + B), NOBODY)
    for version in b"HTTP/1.0", b"HTTP/1.1":
        # Only the name of the TLS connection is left.
        yield Case(f"no Host, {version.decode()}", request([], version=version), NOBODY)
        yield Case(f"an empty Host, {version.decode()}", request(b"", version=version), NOBODY)
        # Apache uses the front server's first name for a request without any name.
        yield Case(f"no Host, {version.decode()}, no TLS name", request([], version=version), [Asked("GET", {"a.test", None})], sni=None)
        yield Case(f"b, {version.decode()}, no TLS name", request(B, version=version), b_is_asked(), sni=None)
    yield Case("b on a's connection", request(B), b_is_asked(), sni=A)
    for sni, names in (B, {None}), (None, {"a.test", None}):
        yield Case(f"HTTP/0.9, TLS name {sni}", b"GET " + PATH + b"\r\n", [Asked("GET", names)], waits=True, sni=sni)
        yield Case(f"HTTP/0.9 and an empty line, TLS name {sni}", b"GET " + PATH + b"\r\n\r\n", [Asked("GET", names)], sni=sni)
    for version in b"HTTP/0.9", b"HTTP/1.2", b"HTTP/2.0", b"HTTP/9.9", b"HTTP/1.1.1", b"http/1.1", b"HTTP/1.", b"HTTP/-1", b"FTP/1.1", b"HTTP/1.999999999999":
        yield Case(f"version {version.decode()}", request(B, version=version), b_is_asked())


def case_bytes():
    """Each control byte, and some bytes beyond ASCII, in each place."""
    for n in [*range(32), 127, 128, 160, 255]:
        byte, shown = bytes([n]), f"byte 0x{n:02x}"
        # After a line end another request may begin.
        more = NOBODY if n in (10, 13) else []
        a_or_nobody = [Asked("GET", {"a.test", None} if n == 10 else {None})]
        yield Case(f"{shown} within Host", request(B.replace(b"b", b"b" + byte)), NOBODY + more)
        yield Case(f"{shown} behind Host", request(B + byte), B_OR_NOBODY + more)
        yield Case(f"{shown} before Host", request(byte + B), B_OR_NOBODY + more)
        yield Case(f"{shown} between two Hosts", request(A + byte + B), a_or_nobody + more)
        yield Case(f"{shown} behind the path", request(B, target=PATH + byte), B_OR_NOBODY + more)
        yield Case(f"{shown} within the query", request(B, target=PATH + b"?a" + byte + b"b"), B_OR_NOBODY + more)
        yield Case(f"{shown} in a header", request(B, more=b"X-Odd: a" + byte + b"b\r\n"), b_is_asked() + more)
        yield Case(f"{shown} in a header's name", request(B, more=b"X" + byte + b"Odd: a\r\n"), b_is_asked() + more)
        yield Case(f"{shown} in Host's name", request([], more=b"Host" + byte + b": " + A + b"\r\n" + b"Host: " + B + b"\r\n"), b_is_asked() + more)
        yield Case(f"{shown} in the method", request(B, method=b"G" + byte + b"ET"), b_is_asked("G?ET") + more)
        yield Case(f"{shown} in the version", request(B, version=b"HTTP/1.1" + byte), B_OR_NOBODY + more)
        yield Case(f"{shown} before the request", byte + request(B), b_is_asked() + more)
    yield Case("line feeds alone", request(B).replace(b"\r\n", b"\n"), b_is_asked())
    yield Case("line feeds alone, after Host", request([], more=b"Host: " + B + b"\nHost: " + A + b"\n"), NOBODY)
    yield Case("a header in two lines", request(B, more=b"X-Odd: a\r\n b\r\n"), b_is_asked())
    yield Case("Host in two lines", request([], more=b"Host: " + B + b"\r\n .evil.test\r\n"), NOBODY)
    yield Case("Host in two lines, the first empty", request([], more=b"Host:\r\n " + B + b"\r\n"), B_OR_NOBODY)
    yield Case("the first header in two lines", request([], more=b" X: a\r\nHost: " + B + b"\r\n"), B_OR_NOBODY)
    yield Case("a space before Host's colon", request([], more=b"Host : " + B + b"\r\n"), B_OR_NOBODY)
    yield Case("Host in upper case", request([], more=b"HOST:" + B + b"\r\n"), b_is_asked(must=True))
    yield Case("a header without a colon", request(B, more=b"odd\r\n"), b_is_asked())
    yield Case("a header without a name", request(B, more=b": odd\r\n"), b_is_asked())


def case_targets():
    for scheme in b"https://", b"http://", b"HTTPS://", b"ftp://":
        yield Case(f"absolute-form a by {scheme.decode()}, Host b", request(B, target=scheme + A + PATH), [Asked("GET", {"a.test"})])
        yield Case(f"absolute-form b by {scheme.decode()}, Host a", request(A, target=scheme + B + PATH), b_is_asked())
    yield Case("absolute-form b, Host b", request(B, target=b"https://" + B + PATH), b_is_asked())
    yield Case("absolute-form b, no Host", request([], target=b"https://" + B + PATH), b_is_asked())
    yield Case("absolute-form b, no Host, HTTP/1.0", request([], target=b"https://" + B + PATH, version=b"HTTP/1.0"), b_is_asked())
    yield Case("absolute-form b, Host empty", request(b"", target=b"https://" + B + PATH), b_is_asked())
    yield Case("absolute-form b, Host invalid", request(b"a b", target=b"https://" + B + PATH), b_is_asked())
    yield Case("absolute-form b with a user, Host a", request(A, target=b"https://" + A + b"@" + B + PATH), b_is_asked())
    yield Case("absolute-form b with a port and a dot, Host a", request(A, target=b"https://" + B + b".:443" + PATH), B_OR_NOBODY)
    yield Case("absolute-form in upper case, Host a", request(A, target=b"https://" + B.upper() + PATH), b_is_asked())
    yield Case("absolute-form of nothing, Host a", request(A, target=b"https://" + PATH), [Asked("GET", {"a.test", None})])
    yield Case("absolute-form of another name, Host a", request(A, target=b"https://www.example.org" + PATH), NOBODY)
    yield Case("absolute-form with an escape, Host a", request(A, target=b"https://mta-sts%2eb.test" + PATH), [Asked("GET", {"b.test", None})])
    for target in (b"*", B, B + b":443", b"//" + A + PATH, b"", b"?", b"#", PATH[1:], PATH + b"#a", PATH + b" ", b" " + PATH, b"\\" + PATH[1:], PATH + b" HTTP/1.1 x",
                   PATH + b"/", PATH + b"/.", PATH + b"/..", PATH + b"/../..", PATH + b"/../mta-sts.txt", PATH + b"/../../policies.ini", b"/.." + PATH, b"/../../../etc/passwd",
                   b"//.well-known//mta-sts.txt", b"/./.well-known/./mta-sts.txt", b"/x/.." + PATH, b"/%2ewell-known/mta-sts.txt", b"/.well-known%2fmta-sts.txt",
                   b"/.well-known/mta-sts%2etxt", b"/.well-known/mta-sts.txt%00", b"/.well-known/mta-sts.txt%00.php", b"/.well-known/mta-sts.txt%0a", b"/.well-known/mta-sts.txt%20",
                   b"/.well-known/mta-sts.txt;a", b"/.well-known/mta-sts.txt.bak", b"/.well-known/mta-sts.txt%", b"/.well-known/mta-sts.txt%zz", b"/.well-known/mta-sts.txt\\..\\..",
                   PATH.upper(), b"/.Well-Known/mta-sts.txt", b"/.well-known/%6dta-sts.txt", b"/%2e%2e/%2e%2e/etc/passwd", b"/.well-known/mta-sts.txt/" + A, b"/policies.ini",
                   b"/cgi-bin/mta-sts", b"/cgi-bin/mta-sts?-h", b"/cgi-bin/mta-sts/?-h", b"/cgi-bin/../cgi-bin/mta-sts"):
        yield Case(f"target {target!r}", request(B, target=target), B_OR_NOBODY)
    # Apache tries to run whatever is in cgi-bin, and fails.
    yield Case("target /cgi-bin/policies.ini", request(B, target=b"/cgi-bin/policies.ini"), b_is_asked(more=(500,)))
    for query in (b"", b"-h", b"-f+/etc/passwd", b"--version", b"-s+foo", b"%2df", b"%2dh", b"check", b"show+a.test", b"-f%20/etc/passwd", b"-t+0", b"a=b&c=d", b"?", b"/../..", b"-",
                  b"--", b"+", b"export+--delete+/tmp", b"SERVER_NAME=mta-sts.a.test", b"%s%s%s%n", b"a" * 6000, b"a+" * 3000):
        yield Case(f"query {query[:30]!r}", request(B, target=PATH + b"?" + query), b_is_asked(must=True))


def case_headers():
    """No header of a client becomes one of the program's variables."""
    for header in (b"Proxy: evil", b"Server-Name: " + A, b"SERVER_NAME: " + A, b"Server.Name: " + A, b"HTTP_HOST: " + A, b"Http-Host: " + A, b"Host_: " + A, b"Host-: " + A,
                   b"X-Host: " + A, b"X-Forwarded-Host: " + A, b"X-Forwarded-Server: " + A, b"X-Original-Host: " + A, b"Forwarded: host=" + A.replace(b".", b"."),
                   b"X-Original-URL: /policies.ini", b"X-Rewrite-URL: /policies.ini", b"Request-Method: POST", b"REQUEST_METHOD: POST", b"X-HTTP-Method-Override: DELETE",
                   b"Gateway-Interface: x", b"Fcgi-Role: x", b"FCGI_ROLE: x", b"MTA-STS-POLICIES: /etc/passwd", b"Script-Filename: /etc/passwd", b"SCRIPT_FILENAME: /etc/passwd",
                   b"Script-Name: /etc/passwd", b"Document-Root: /", b"Query-String: -h", b"Content_Length: 5", b"Redirect-Status: 200", b"Redirect-Host: " + A, b"Listen-Fds: 1",
                   b"LD-Preload: /x", b"Connection: Host", b"Connection: Host, X-Forwarded-Host", b"Keep-Alive: timeout=1000000", b"Accept-Encoding: gzip, br", b"Via: 1.1 " + A,
                   b"Referer: https://" + A + PATH, b"Origin: https://" + A, b"Authorization: Basic YTpi", b"Cookie: a=b", b"TE: trailers, deflate",
                   b"X-Sendfile: /etc/passwd", b"X-Accel-Redirect: /etc/passwd", b"Status: 500", b"Location: /", b"Cache-Control: only-if-cached", b"Accept: image/png", b"Accept: "):
        yield Case(f"header {header.decode()}", request(B, more=header + b"\r\n"), b_is_asked(must=True))
    yield Case("header Max-Forwards: 0", request(B, more=b"Max-Forwards: 0\r\n"), b_is_asked())
    # A front server may itself select a range or answer a condition.
    for header in b"Range: bytes=0-9", b"Range: bytes=0-,0-,0-", b"Range: bytes=9999-", b"Range: bytes=" + b"0-," * 2000:
        yield Case(f"header {header[:30].decode()}", request(B, more=header + b"\r\n"), b_is_asked(more=(206, 416)))
    for header in b"If-None-Match: *", b"If-Match: \"x\"", b"If-Modified-Since: Sat, 01 Jan 2050 00:00:00 GMT", b"If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT":
        yield Case(f"header {header.decode()}", request(B, more=header + b"\r\n"), b_is_asked(more=(304, 412)))
    for header in b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nConnection: Upgrade, HTTP2-Settings", b"Upgrade: websocket\r\nConnection: Upgrade", b"Upgrade: TLS/1.0", b"Expect: odd":
        yield Case(f"header {header[:30].decode()!r}", request(B, more=header + b"\r\n", close=b""), b_is_asked())


def case_methods():
    yield Case("method GET", request(B), b_is_asked(must=True))
    yield Case("method GET, of a", request(A), [Asked("GET", {"a.test"}, True)], sni=A)
    yield Case("method HEAD", request(B, b"HEAD"), b_is_asked("HEAD", must=True))
    for method in (b"POST", b"PUT", b"DELETE", b"PATCH", b"PROPFIND", b"MKCOL", b"LOCK", b"COPY", b"PURGE", b"LINK", b"get", b"Get", b"GETT", b"GE", b"HEADHEAD", b"M-SEARCH", b"PRI",
                   b"GET\t", b"GET ", b"", b"G" * 10_000, b"GET,HEAD", b"\xff\xfe", b"BREW", b"_", b"0"):
        names = {"b.test", None}
        yield Case(f"method {method[:20]!r}", request(B, method), [Asked("GET" if method.strip() == b"GET" else "other", names)])
    # Front servers answer these methods with 200 themselves: their capabilities, and the request.
    for target in PATH, b"*":
        yield Case(f"method OPTIONS {target.decode()}", request(B, b"OPTIONS", target), b_is_asked("OPTIONS", more=(200, 204)))
    yield Case("method TRACE", request(B, b"TRACE"), b_is_asked("TRACE", more=(200,)))
    for target in B + b":443", PATH, A + b":25":
        yield Case(f"method CONNECT {target.decode()}", request(B, b"CONNECT", target), [Asked("CONNECT", {"a.test", "b.test", None})])


def zeros(n):
    piece = bytes(65536)
    for _ in range(n // len(piece)):
        yield piece


def case_bodies():
    large = 100 * 1024 * 1024
    length = b"Content-Length: %d\r\n"
    for method in b"POST", b"GET", b"PUT":
        yield Case(f"{method.decode()} of 100 MB", [request(B, method, more=length % large), *zeros(large)], b_is_asked(method.decode()))
        yield Case(f"{method.decode()} of 100 kB", request(B, method, more=length % 100_000, body=bytes(100_000)), b_is_asked(method.decode()))
        yield Case(f"{method.decode()} of 100 bytes that do not come", request(B, method, more=length % 100), b_is_asked(method.decode()), waits=True)
        yield Case(f"{method.decode()} in chunks without an end", request(B, method, more=b"Transfer-Encoding: chunked\r\n", body=b"5\r\nabcde\r\n"), b_is_asked(method.decode()), waits=True)
        answered = b_is_asked(method.decode(), must=name in ("apache-cgi", "apache-cgi-prefork"))
        yield Case(f"{method.decode()} in chunks", request(B, method, more=b"Transfer-Encoding: chunked\r\n", body=b"5\r\nabcde\r\n0\r\n\r\n"), answered)
        yield Case(f"{method.decode()} in chunks, a Host behind them",
                   request(B, method, more=b"Trailer: Host\r\nTransfer-Encoding: chunked\r\n", body=b"1\r\na\r\n0\r\nHost: " + A + b"\r\n\r\n"), answered)
        yield Case(f"{method.decode()}, Expect: 100-continue", request(B, method, more=length % 5 + b"Expect: 100-continue\r\n", body=b"abcde"), b_is_asked(method.decode()))
        yield Case(f"{method.decode()}, Expect: 100-continue, and nothing", request(B, method, more=length % 5 + b"Expect: 100-continue\r\n"), b_is_asked(method.decode()), waits=True)
    yield Case("GET of 100 MB in chunks", [request(B, more=b"Transfer-Encoding: chunked\r\n"), *([b"10000\r\n" + bytes(65536) + b"\r\n"] * (large // 65536)), b"0\r\n\r\n"], b_is_asked())
    for value in b"-1", b"+5", b"5, 5", b"5, 6", b"0x5", b"5 5", b"", b"5a", b"99999999999999999999999", b"18446744073709551616", b"9223372036854775807", b"4294967296", b"-9223372036854775808":
        yield Case(f"Content-Length {value.decode()!r}", request(B, b"POST", more=b"Content-Length: " + value + b"\r\n", body=b"abcde"), b_is_asked("POST") + [Asked("other", {"b.test", None})], waits=True)
    yield Case("two Content-Lengths", request(B, b"POST", more=length % 5 + length % 6, body=b"abcde"), b_is_asked("POST"))
    for size in b"-1", b"ffffffffffffffff", b"10000000000000005", b"5;a=" + b"b" * 70_000, b"", b"0x5", b"+5", b"zz":
        yield Case(f"a chunk of {size[:20]!r}", request(B, b"POST", more=b"Transfer-Encoding: chunked\r\n", body=size + b"\r\nabcde\r\n0\r\n\r\n"), b_is_asked("POST") + NOBODY, waits=True)
    yield Case("a header without an end", b"GET " + PATH + b" HTTP/1.1\r\nHost: " + B + b"\r\nX: ", b_is_asked(), waits=True)
    yield Case("half a request line", b"GET /.well-kno", b_is_asked(), waits=True)
    yield Case("nothing at all", b"", b_is_asked(), waits=True)


def case_several():
    """Several requests in one connection: answers in order, each for its own request. A request in a body gets an answer only if it is not read as a body."""
    keep = request(B, close=b"")
    a, b = Asked("GET", {"a.test"}), Asked("GET", {"b.test"})
    must_a, must_b = a._replace(must=True), b._replace(must=True)
    yield Case("40 requests at once, of a and b in turn", (request(A, close=b"") + keep) * 19 + request(A, close=b"") + request(B), [must_a, must_b] * 20)
    yield Case("requests of every kind at once", request(B, b"HEAD", close=b"") + request(A, close=b"") + request(B, target=b"/", close=b"") + request(B, close=b"") + request(A),
               [Asked("HEAD", {"b.test"}, True), must_a, Asked("GET", {"b.test"}), must_b, must_a])
    yield Case("a GET with a body, then one of a", request(B, more=b"Content-Length: 5\r\n", body=b"abcde", close=b"") + request(A), [b, a])
    # One reading makes the second one a request, the other makes it part of a body.
    inner = request(A)
    both = b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % (len(inner) + 5)
    for method in b"GET", b"POST":
        first = Asked(method.decode(), {"b.test"})
        for title, coding in [("", b"chunked"), (" in upper case", b"CHUNKED"), (" with a tab", b"\tchunked"), (" with a vertical tab", b"\x0bchunked"), (" of odd kind", b"xchunked"),
                              (" twice", b"chunked, chunked"), (" that is none", b"identity"), (" in two lines", b"\r\n chunked"), (" and gzip", b"gzip, chunked"), (" not last", b"chunked, gzip")]:
            yield Case(f"{method.decode()}: Content-Length, and chunked{title}, with a request of a within",
                       request(B, method, more=both.replace(b" chunked", b" " + coding), body=b"0\r\n\r\n" + inner, close=b""), [first, a, NOBODY[0]], waits=True)
            yield Case(f"{method.decode()}: a short Content-Length, and chunked{title}, with a request of a within",
                       request(B, method, more=b"Content-Length: 4\r\nTransfer-Encoding: " + coding + b"\r\n", body=b"%x\r\n" % len(inner) + inner + b"\r\n0\r\n\r\n", close=b""),
                       [first, a, NOBODY[0]], waits=True)
        yield Case(f"{method.decode()}: a space before the colon of Transfer-Encoding",
                   request(B, method, more=both.replace(b"Encoding:", b"Encoding :"), body=b"0\r\n\r\n" + inner, close=b""), [first, a, NOBODY[0]], waits=True)
        yield Case(f"{method.decode()}: Transfer_Encoding", request(B, method, more=both.replace(b"r-E", b"r_E"), body=b"0\r\n\r\n" + inner, close=b""), [first, a, NOBODY[0]], waits=True)
        yield Case(f"{method.decode()}: the length of another", request(B, method, more=b"Content-Length: %d\r\n" % len(inner), body=inner, close=b"") + request(B), [first, b])
    yield Case("a request for a in a header", request(B, more=b"X: \r\n\r\n" + request(A)), [b, a])


def hpack(fields):
    def text(value):
        n = len(value)
        if n < 127:
            return bytes([n]) + value
        n, size = n - 127, b"\x7f"
        while n >= 128:
            n, size = n >> 7, size + bytes([n & 127 | 128])
        return size + bytes([n]) + value
    return b"".join(b"\0" + text(key) + text(value) for key, value in fields)


def frame(kind, flags, stream, content=b""):
    return len(content).to_bytes(3, "big") + bytes([kind, flags]) + struct.pack(">I", stream) + content


def h2(fields, flags=5):
    block = hpack(fields)
    head = frame(1, flags if len(block) <= 16384 else flags & ~4, 1, block[:16384])
    rest = [block[at:at + 16384] for at in range(16384, len(block), 16384)]
    return b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + head + b"".join(frame(9, 4 if part is rest[-1] else 0, 1, part) for part in rest)


def case_h2():
    def fields(authority, *more, method=b"GET", path=PATH):
        given = [] if authority is None else [(b":authority", authority)]
        return [(b":method", method), (b":scheme", b"https"), *given, (b":path", path), *more]

    def case(title, *arguments, asked=None, **keywords):
        return Case(f"HTTP/2: {title}", h2(fields(*arguments, **keywords)), asked or b_is_asked(), h2=True)

    a = [Asked("GET", {"a.test"})]
    yield case("b", B, asked=b_is_asked(must=True))
    yield case("HEAD", B, method=b"HEAD", asked=b_is_asked("HEAD", must=True))
    yield case(":authority b, host a", B, (b"host", A))
    yield case(":authority a, host b", A, (b"host", B), asked=a)
    yield case(":authority b, host b", B, (b"host", B))
    yield case(":authority b, host empty", B, (b"host", b""))
    yield case(":authority b, two hosts", B, (b"host", A), (b"host", B))
    yield case("host b alone", None, (b"host", B))
    yield case("hosts a and b", None, (b"host", A), (b"host", B), asked=[Asked("GET", {"a.test", None})])
    yield case("no name", None, asked=NOBODY)
    yield case(":authority empty", b"", asked=NOBODY)
    yield case(":authority empty, host b", b"", (b"host", B), asked=B_OR_NOBODY)
    yield case(":authority twice", A, (b":authority", B), asked=NOBODY)
    yield case(":authority behind the headers", None, (b"x", b"y"), (b":authority", B), asked=B_OR_NOBODY)
    yield case(":authority with a user", A + b"@" + B, asked=B_OR_NOBODY)
    yield case(":authority of two names", A + b"," + B, asked=NOBODY)
    yield case(":authority in upper case", B.upper())
    yield case(":authority with a port", B + b":443")
    yield case(":authority with a dot", B + b".")
    yield case(":authority of 60 kB", b"mta-sts." + b"a" * 60_000 + b".test", asked=NOBODY)
    yield case(":path of 60 kB", B, path=PATH + b"?" + b"a" * 60_000)
    for n in 0, 9, 10, 13, 32, 127, 255:
        byte = bytes([n])
        yield case(f"byte 0x{n:02x} in :authority", A + byte + B, asked=NOBODY)
        yield case(f"byte 0x{n:02x} in host", None, (b"host", A + byte + B), asked=NOBODY)
        yield case(f"byte 0x{n:02x} in :path", B, path=PATH + byte)
        yield case(f"byte 0x{n:02x} in a header", B, (b"x", b"a" + byte + b"b"))
        yield case(f"byte 0x{n:02x} in a header's name", B, (b"x" + byte + b"y", b"a"))
        yield case(f"byte 0x{n:02x} in :method", B, method=b"G" + byte + b"ET", asked=b_is_asked("G?ET"))
    yield case("a header that ends the request in HTTP/1", B, (b"x", b"a\r\nHost: " + A))
    yield case("a path that ends the request in HTTP/1", B, path=PATH + b" HTTP/1.1\r\nHost: " + A + b"\r\n\r\n")
    yield case("a method that holds a request", B, method=b"GET " + PATH + b" HTTP/1.1\r\nHost: " + A + b"\r\n\r\nGET", asked=b_is_asked("other"))
    yield case("an upper-case header", B, (b"X-Odd", b"a"))
    yield case("Host in upper case", B, (b"Host", A))
    yield case("transfer-encoding", B, (b"transfer-encoding", b"chunked"))
    yield case("connection", B, (b"connection", b"host"))
    yield case("a content-length that is none", B, (b"content-length", b"5"))
    yield case("server-name", B, (b"server-name", A), (b"server_name", A))
    yield case("x-forwarded-host", B, (b"x-forwarded-host", A), asked=b_is_asked(must=True))
    yield case("an absolute :path", B, path=b"https://" + A + PATH, asked=[Asked("GET", {"a.test", "b.test", None})])
    yield case("an empty :path", B, path=b"")
    yield case("*", B, path=b"*")
    yield case("POST", B, method=b"POST", asked=b_is_asked("POST"))
    yield case("an empty method", B, method=b"", asked=b_is_asked("other"))
    yield case("CONNECT", B, method=b"CONNECT", asked=b_is_asked("CONNECT"))
    yield Case("HTTP/2: a second header block with a host", h2(fields(B), flags=4) + frame(1, 5, 1, hpack([(b"host", A)])), b_is_asked(), h2=True)
    yield Case("HTTP/2: a second header block with an :authority", h2(fields(B), flags=4) + frame(1, 5, 1, hpack([(b":authority", A)])), b_is_asked(), h2=True)
    yield Case("HTTP/2: not HTTP/2", request(B), b_is_asked(), h2=True)


# --- all of them ---


def run(case):
    """The fault or None, the number of answers, and whose answers they were."""
    try:
        with connect(case.sni, case.h2) as connection:
            def enough(data):
                return h2_ended(data) if case.h2 else sum(answer.status >= 0 for answer in answers_of(data, case.asked)) >= len(case.asked)
            pieces = [case.bytes] if isinstance(case.bytes, bytes) else case.bytes
            data, closed = exchange(connection, pieces, enough, WAIT if case.waits else PATIENCE)
    except (ssl.SSLError, ConnectionError):
        return "refused" if any(asked.must for asked in case.asked) else None, 0, ["refused"]
    if case.h2:
        answers, ended = (h2_answers_of(data), closed or h2_ended(data)) if not data.startswith(b"HTTP/1") else (answers_of(data, case.asked), True)
    else:
        answers = answers_of(data, case.asked)
        ended = closed or bool(answers)
    kinds = ["front" if whose(answer)[0] == "front" else "ours" for answer in answers]
    for index, answer in enumerate(answers):
        if index >= len(case.asked) and not (answer.status in REFUSALS and whose(answer)[0] == "front"):
            return f"one answer too many: {answer}", len(answers), kinds
        if index < len(case.asked) and not is_right(answer, case.asked[index]):
            return f"answer {index + 1}, which is {whose(answer)}: {answer}", len(answers), kinds
    missing = [asked for asked in case.asked[len(answers):] if asked.must]
    if missing:
        return f"no answer, where there has to be one: {missing[0]}; all that came is {data[:500]!r}", len(answers), kinds
    if not ended and not case.waits:
        return "lost", len(answers), kinds
    return None, len(answers), kinds or ["closed" if ended else "waits"]


cases = [case for kind in (case_hosts, case_bytes, case_targets, case_headers, case_methods, case_bodies, case_several, case_h2) for case in kind()
         # Apache's mod_http2 does not work with mpm_prefork.
         if not (kind == case_h2 and "prefork" in name)]
# Honest requests last: the hostile ones have changed nothing.
last = [*case_methods()][:3]
known = {case for front, case, _ in KNOWN if name.startswith(front)}
wrong, lost, answers, kinds = 0, 0, 0, collections.Counter()
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    results = list(zip(cases, pool.map(run, cases)))
results += [(case, run(case)) for case in last]
for case, (fault, count, whose_they_are) in results:
    answers += count
    kinds.update(whose_they_are)
    if case.name in known:
        fault = None if fault else "was wrong, and is right now: KNOWN may forget it"
    if fault is None:
        continue
    lost += fault == "lost"
    wrong += fault != "lost"
    sent = case.bytes if isinstance(case.bytes, bytes) else case.bytes[0]
    print(f"{name}: {case.name}\n  request: {sent[:300]!r}{'...' if len(sent) > 300 else ''} ({len(sent)} bytes)\n  {fault[:700]}", file=sys.stderr)
if kinds["ours"] < 100:
    wrong += 1
    print(f"{name}: {kinds['ours']} answers of the program: the front server does not reach it", file=sys.stderr)
print("hostile input", name, len(results), answers, wrong, lost, f"{kinds['ours']} answers ours; {kinds['front']} the front server's; {kinds['closed']} closed, {kinds['refused']} refused "
      f"before a request; {kinds['waits']} waited for the rest; {len(known)} known faults of the front server's own", sep="\t")
sys.exit(wrong + lost > 0)
