"""The cases of hostile.py: each is a request that no honest client sends, and whose answer is right."""
import collections

from http_raw import frame, h2, hpack

A, B = b"mta-sts.a.test", b"mta-sts.b.test"
PATH = b"/.well-known/mta-sts.txt"
CLOSE = b"Connection: close\r\n"

# One request: its method, and the policy domains that it may ask for. NAMES contains None if it may also name no policy host. MUST: the request is
# honest, with something that has no meaning here, and a refusal is wrong. MORE: further statuses that are right.
Asked = collections.namedtuple("Asked", "method names must more", defaults=(False, ()))
# WAITS: the request is not complete, and waiting for the rest is right. SNI: None for a connection without. H2: BYTES are frames of HTTP/2.
Case = collections.namedtuple("Case", "name bytes asked waits sni h2", defaults=(False, B, False))


def request(host, method=b"GET", target=PATH, version=b"HTTP/1.1", more=b"", body=b"", close=CLOSE):
    lines = b"".join(b"Host: " + h + b"\r\n" for h in ([host] if isinstance(host, bytes) else host))
    return method + b" " + target + b" " + version + b"\r\n" + lines + more + close + b"\r\n" + body


def b_is_asked(method="GET", must=False, more=()):
    return [Asked(method, {"b.test"}, must, more)]


NOBODY = [Asked("GET", {None})]
B_OR_NOBODY = [Asked("GET", {"b.test", None})]


def case_hosts(hosts):
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


def case_bodies(front):
    large = 100 * 1024 * 1024
    length = b"Content-Length: %d\r\n"
    for method in b"POST", b"GET", b"PUT":
        yield Case(f"{method.decode()} of 100 MB", [request(B, method, more=length % large), *zeros(large)], b_is_asked(method.decode()))
        yield Case(f"{method.decode()} of 100 kB", request(B, method, more=length % 100_000, body=bytes(100_000)), b_is_asked(method.decode()))
        yield Case(f"{method.decode()} of 100 bytes that do not come", request(B, method, more=length % 100), b_is_asked(method.decode()), waits=True)
        yield Case(f"{method.decode()} in chunks without an end", request(B, method, more=b"Transfer-Encoding: chunked\r\n", body=b"5\r\nabcde\r\n"), b_is_asked(method.decode()), waits=True)
        answered = b_is_asked(method.decode(), must=front in ("apache-cgi", "apache-cgi-prefork"))
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


def all_cases(front, hosts):
    """All cases for the front server. HOSTS is tests/fixtures/host.tsv."""
    yield from case_hosts(hosts)
    for kind in case_bytes, case_targets, case_headers:
        yield from kind()
    yield from case_methods()
    yield from case_bodies(front)
    yield from case_several()
    # Apache's mod_http2 does not work with mpm_prefork.
    if "prefork" not in front:
        yield from case_h2()
