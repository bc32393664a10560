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
import sys

from hostile_cases import all_cases, case_methods
from http_raw import answers_of, exchange, h2_answers_of, h2_ended

name, port, folder, hosts = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
PATIENCE, WAIT = 10, 2
policies = {domain: open(f"{folder}/{file}.txt", "rb").read() for domain, file in [("a.test", "a"), ("b.test", "b"), ("unasked.test", "unasked")]}
REFUSALS = {400, 403, 404, 405, 408, 411, 413, 414, 416, 417, 421, 426, 431, 501, 505}

# Known faults of front servers, which the program cannot see: the beginning of the front server's name, the case, and the fault. Each has to exist still.
KNOWN = [
    ("caddy", "HTTP/2: :authority b, host a", "passes the host in place of the :authority"),
    ("caddy", "HTTP/2: :authority a, host b", "the same"),
    ("apache-fcgid", "GET of 100 MB", "answers 500 to more than FcgidMaxRequestLen"),
    ("apache-fcgid", "GET of 100 MB in chunks", "the same"),
]

# Further statuses by which a proxy refuses a request: the beginning of its name, a part of the case's name, and the status. lighttpd answers 413 before
# 100 MB have come, and then closes: on a busy machine a proxy that still sends may find that in place of the answer.
REFUSED_BY = [
    ("http-proxy-", " of 100 MB", 502),
    ("http-proxy-haproxy", "chunked and gzip", 422),
    ("http-proxy-caddy", "a chunk of", 502),
    ("http-proxy-caddy", "in :method", 502),
    ("http-proxy-apache", "chunked and gzip", 500),
    ("http-proxy-apache", "chunked twice", 500),
]


# --- connections ---


def connect(sni, h2):
    context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
    context.check_hostname = sni is not None
    if h2:
        context.set_alpn_protocols(["h2"])
    plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    return context.wrap_socket(plain, server_hostname=sni.decode() if sni else None)


# --- answers ---


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


def is_right(answer, asked, case):
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
    by_name = any(name.startswith(front) and part in case and status == answer.status for front, part, status in REFUSED_BY)
    refused = answer.status in REFUSALS or answer.status in asked.more or by_name or answer.status == 0 and b"<title>4" in answer.body
    return kind == "front" and not asked.must and refused


# --- all of them ---


def run(case):
    """The fault or None, the number of answers, and whose answers they were."""
    methods = [asked.method for asked in case.asked]
    try:
        with connect(case.sni, case.h2) as connection:
            def enough(data):
                return h2_ended(data) if case.h2 else sum(answer.status >= 0 for answer in answers_of(data, methods)) >= len(case.asked)
            pieces = [case.bytes] if isinstance(case.bytes, bytes) else case.bytes
            data, closed = exchange(connection, pieces, enough, WAIT if case.waits else PATIENCE)
    except (ssl.SSLError, ConnectionError):
        return "refused" if any(asked.must for asked in case.asked) else None, 0, ["refused"]
    if case.h2:
        answers, ended = (h2_answers_of(data), closed or h2_ended(data)) if not data.startswith(b"HTTP/1") else (answers_of(data, methods), True)
    else:
        answers = answers_of(data, methods)
        ended = closed or bool(answers)
    kinds = ["front" if whose(answer)[0] == "front" else "ours" for answer in answers]
    for index, answer in enumerate(answers):
        if index >= len(case.asked) and not (answer.status in REFUSALS and whose(answer)[0] == "front"):
            return f"one answer too many: {answer}", len(answers), kinds
        if index < len(case.asked) and not is_right(answer, case.asked[index], case.name):
            return f"answer {index + 1}, which is {whose(answer)}: {answer}", len(answers), kinds
    missing = [asked for asked in case.asked[len(answers):] if asked.must]
    if missing:
        return f"no answer, where there has to be one: {missing[0]}; all that came is {data[:500]!r}", len(answers), kinds
    if not ended and not case.waits:
        return "lost", len(answers), kinds
    return None, len(answers), kinds or ["closed" if ended else "waits"]


cases = list(all_cases(name, hosts))
# Honest requests last: the hostile ones have changed nothing.
last = list(case_methods())[:3]
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
