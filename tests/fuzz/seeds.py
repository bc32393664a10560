#!/usr/bin/env python3
"""seeds.py FOLDER: writes the first inputs of each fuzz driver, from the tables and files of the tests, to FOLDER/<driver>/."""
import glob
import gzip
import json
import os
import random
import re
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(TESTS, "helpers"))
import tlsrpt  # noqa: E402
from fastcgi_client import BEGIN, KEEP, PARAMS, STDIN, pair, record, request  # noqa: E402


def read(path):
    with open(os.path.join(TESTS, path), "rb") as file:
        return file.read()


def table(name):
    """The fields of each case, as in tests/unit/cases.c."""
    return [line.split(b"\t") for line in read("fixtures/" + name).splitlines() if not line.startswith(b"# ")]


def write(driver, seeds):
    folder = os.path.join(sys.argv[1], driver)
    os.makedirs(folder, exist_ok=True)
    for number, seed in enumerate(seeds):
        with open(os.path.join(folder, "%04d" % number), "wb") as file:
            file.write(seed)


def files():
    """Whole files: the shipped one, the fixtures, and the texts between quotes in the unit test of the index."""
    yield read("../policies.ini")
    for path in sorted(glob.glob(TESTS + "/fixtures/**/*.ini", recursive=True)):
        yield read(path).replace(b"\1", b"\0")
    for text in re.findall(rb'"((?:[^"\\\n]|\\.)*\[(?:[^"\\\n]|\\.)*)"', read("unit/config/index.c")):
        yield text.decode("unicode_escape").encode("latin-1")


def pairs():
    """Two files: others, or the same with a small difference."""
    before = b""
    for text in files():
        yield before + b"\0" + text
        for bracket in b"[", b"]":
            yield text + b"\0" + text.replace(bracket, b"", 1)
        before = text.replace(b"\0", b"")


def judged():
    """The policies before and after of each edit that diff judges, as files."""
    for row in table("judge.tsv"):
        yield b"\0".join(b"" if side == b"-" else section(*side.split()) for side in row[:2])


def section(mode, age, mx, host):
    lines = [b"[a.example]", b"mode = " + mode, b"max_age = " + age] + [b"mx = " + one for one in mx.split(b",") if one != b"-"]
    return b"\n".join(lines + ([b"host = " + host] if host != b"-" else []) + [b""])


def policies():
    mx = [row[0] for row in table("mx.tsv")]
    for row in table("max_age.tsv"):
        yield b"\0".join([b"enforce", row[0], b"mail.example.org."] + mx[:3])
    for pattern in mx:
        yield b"\0".join([b"none", b"1w", b"a.example.net", pattern])
    for pattern, host, _ in table("match.tsv"):
        yield b"\0".join([b"testing", b"86400", host, pattern])


def replies(hosts):
    for number, host in enumerate(hosts):
        method = [b"GET", b"HEAD", b"POST", b""][number % 4]
        yield bytes([7 | number % 4 << 3]) + b"\0".join([method, host, host])
        yield bytes([7]) + b"\0".join([b"GET", b"_", host])
        yield bytes([3]) + b"\0".join([b"HEAD", host])


def get_values(*names):
    content = b"".join(pair(name, b"") for name in names)
    return bytes([1, 9, 0, 0]) + len(content).to_bytes(2, "big") + bytes(2) + content


def conversations(hosts):
    """The stream of a connection. The first byte decides how it is cut, the second which bodies are wanted (tests/fuzz/fuzz_stream.c)."""
    good = request("mta-sts.example.org")
    kept = request("mta-sts.example.net", KEEP)
    limits = [b"FCGI_MAX_CONNS", b"FCGI_MAX_REQS", b"FCGI_MPXS_CONNS"]
    long_name = b"\x80\0\1\0" + b"\x05" + b"N" * 256 + b"value"
    huge = b"\xff\xff\xff\xff\xff\xff\xff\xff" + b"NAME"
    begin = record(BEGIN, bytes([0, 1, 0, 0, 0, 0, 0, 0]))
    variables = pair(b"SERVER_NAME", b"mta-sts.example.org")
    for cut, wanted in ((0, 0), (25, 0), (0, 15), (25, 31)):
        for stream in (good, kept, kept + good, kept * 3, good[:-8] + record(STDIN, b"body") + record(STDIN),
                       begin + record(PARAMS, variables[:9]) + record(PARAMS, variables[9:]) + record(PARAMS) + record(STDIN),
                       begin + record(PARAMS, variables + pair(b"SERVER_NAME", b"mta-sts.broken.example") * 9) + record(PARAMS)
                       + record(STDIN),
                       begin + record(PARAMS, variables + long_name) + record(PARAMS) + record(STDIN),
                       begin + record(PARAMS, huge) + record(PARAMS) + record(STDIN),
                       begin + record(2), good[:24] + record(2) + good[24:],
                       begin + record(PARAMS, variables), good[:20], bytes([2]) + good[1:], begin + begin,
                       get_values(*limits), get_values(*limits) + good, get_values(*limits * 40), record(11), record(8, b"data"),
                       request("mta-sts.example.org", KEEP, stdin=False),
                       (request("mta-sts.example.org", KEEP, stdin=False) + record(STDIN, b"one") + record(STDIN, b"two") + record(STDIN)) * 3,
                       request("mta-sts.example.org", KEEP, stdin=False) + record(STDIN, b"one") + record(2) + good):
            yield bytes([cut, wanted]) + stream
    # libfcgi takes the padding of the first record for the records after it.
    for padding in (bytes(8), b"\1\4\0", get_values(*limits[:1] * 15)):
        yield bytes([0, 0]) + begin[:6] + bytes([len(padding), 0]) + begin[8:] + padding + good[16:]
    for host in hosts:
        yield b"\0\0" + request(host.decode("utf-8", "replace")[:100])


def scripts(count):
    """Random bytes, always the same: fuzz_fastcgi and fuzz_receive make the stream of a connection of any bytes."""
    draw = random.Random(1)
    return [draw.randbytes(draw.randrange(20, 300)) for _ in range(count)]


def published(name):
    """The last column of a table of senders: a policy, or the strings of a TXT record."""
    for row in table(name):
        value = json.loads(row[2])
        yield (value if isinstance(value, str) else "\0".join(value) + "\0").encode("utf-8", "surrogatepass")


def sources(policies):
    """A byte that says the kind (tests/fuzz/fuzz_import.c), and a policy in each kind of source."""
    for number, policy in enumerate(policies):
        quoted = json.dumps(policy.decode("utf-8", "replace")).encode()
        name = b"mta-sts.%c.example" % (97 + number % 3)
        yield b"\x08" + policy
        yield [b'\1m = {"%s": %s}', b"\1m = new Map([['%s', %s]])", b"\5m['%s'] = %s", b"\1m.set(`%s`, %s + '')"][number % 4] % (name, quoted)
        yield b"\1m = {'%s': `%s`.trim(), /* %s */ }" % (name, policy, name)
        yield b"\1const p = %s; m = {'%s': p, 'd.example': p}" % (quoted, name)
        yield b"\1m = {'%s': [%s].join('\\n')}" % (name, b",".join(json.dumps(line.decode("utf-8", "replace")).encode()
                                                                for line in policy.split(b"\n")))
        yield b"\2server { server_name %s x.example; location /mta-sts.txt { return 200 %s; } }" % (name, quoted)
        yield b"\6map $host $p { %s '%s'; }" % (name, policy)
    yield b'\1// made by "mta-sts export --worker"\nm = new Map([["a.example", null], ["b.example", x]]); other = "mode: none";'
    yield b"\1switch (h) { case 'mta-sts.a.example': return new Response(`${ `}` } STSv1`) } x = /[/'\"]/ / 2"


def reports():
    for path in sorted(glob.glob(TESTS + "/fixtures/tlsrpt/*.json")):
        yield json.dumps(json.load(open(path))).encode()


def containers():
    """A report in each form in which it comes."""
    one = tlsrpt.text(tlsrpt.report())
    archive = gzip.compress(one, mtime=0)
    line = b"From a@b Thu Nov 26 07:00:00 2026\n"
    mails = [tlsrpt.mail(archive), tlsrpt.mail(one, "application/tlsrpt+json"), tlsrpt.single(archive), tlsrpt.single(b"x")]
    signed = b"Authentication-Results: mx.example.org; spf=none (x);\n dkim=pass reason=\"a\\b\" header.d=example.net header.i=x@example.net\n"
    yield from [signed + mail for mail in mails]
    yield from [one, archive, archive + archive, archive[:-9], *mails]
    yield line + (b"\n" + line).join(mails)
    yield (line + (b"\n" + line).join(mails)).replace(b"\n", b"\r\n")
    yield b"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\n" + mails[0] + b"--o--\n"


hosts = [row[0] for row in table("host.tsv")]
write("fuzz_host", hosts + [row[1] for row in table("host.tsv")])
write("fuzz_policy", policies())
write("fuzz_reply", replies(hosts))
write("fuzz_index", files())
write("fuzz_differential", files())
write("fuzz_snapshot", pairs())
write("fuzz_diff", [*pairs(), *judged()])
write("fuzz_fastcgi", scripts(200))
write("fuzz_receive", scripts(200))
write("fuzz_stream", [*conversations(hosts), b"\0\0GET / HTTP/1.1\r\n", b"\0\0\x16\3\1"])
write("fuzz_probe_policy", published("policy_senders.tsv"))
write("fuzz_probe_txt", published("txt_senders.tsv"))
write("fuzz_report", reports())
write("fuzz_take", containers())
write("fuzz_import", sources(list(published("policy_senders.tsv"))))
