#!/usr/bin/env python3
"""mixed.py FOLDER: writes policies.ini, and 1,000 TLS reports of all kinds into FOLDER: files, mails, mboxes, Maildirs, and broken
ones. The same each time."""
import gzip
import json
import os
import random
import sys

from tlsrpt import HEAD, failure, mail, part, report, save, single, text

draw = random.Random(20261126)
root = sys.argv[1]
INI = """[defaults]
mode = testing
[ready.example]
mx = mail.ready.example, *.backup.example
[expired.example]
mx = mx1.expired.example, mx2.expired.example
[older.example]
mx = mail.older.example
max_age = 3w
[new.example]
mx = mail.new.example
[enforced.example]
mode = enforce
mx = mail.enforced.example
[failing.example]
mode = enforce
mx = mail.failing.example
[leaving.example]
mode = none
mx = mail.leaving.example
max_age = 1d
[quiet.example]
mx = mail.quiet.example
[broken.example]
mx = 192.0.2.1
"""
DOMAINS = ["ready", "expired", "older", "new", "enforced", "failing", "leaving", "broken", "foreign"]
REPORTERS = ["Google", "google ", "Microsoft Corporation", "Yahoo", "  Mail.ru", "mail.RU", "Infomaniak", "S\u00e4nder \u2603"]
SIGNERS = ["google.com", "google.com", "microsoft.com", "yahoo.com", "mail.ru", "mail.ru", "infomaniak.com", "sender.example"]
FAILURES = ["starttls-not-supported", "certificate-host-mismatch", "Certificate-Expired", "certificate-not-trusted", "validation-failure",
            "tlsa-invalid", "dnssec-invalid", "dane-required", "sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid",
            "made-up-by-iana"]


def policy(name, who, ago):
    """The lines that the reporter applied: those in force, or older ones."""
    mode = {"enforced": "enforce", "failing": "enforce", "leaving": "none"}.get(name, "testing")
    mx = {"expired": ["mx1.expired.example", "MX2.expired.example"], "ready": ["*.backup.example", "mail.ready.example"]}.get(
        name, [f"mail.{name}.example"])
    age = {"older": 1814400, "leaving": 86400}.get(name, 604800)
    if name == "older" and (who == 3 or ago > 9):
        mx = ["old.older.example"]
    return ["version: STSv1", f"mode: {mode}", *[f"mx: {one}" for one in mx], f"max_age: {age}"]


def one(number):
    """A report as some reporter writes it, and who signs it."""
    name, who = draw.choice(DOMAINS), draw.randrange(len(REPORTERS))
    ago = draw.randrange(1, 6) if name == "new" else draw.choice([draw.randrange(1, 29)] * 20 + [40, 60, -2])
    details = []
    if name in ("expired", "failing", "foreign") and draw.random() < .3:
        mx = draw.choice([f"mx1.{name}.example", f"MX2.{name}.example.", f"mail.{name}.example", "unknown.example", "", "no host"])
        details = [failure(draw.choice(FAILURES), mx, draw.randrange(1, 5), f"192.0.2.{draw.randrange(3)}") for _ in range(draw.randrange(1, 4))]
    if name == "ready" and who == 7 and draw.random() < .5:
        details = [failure("validation-failure", "mail.ready.example", 1)]
    bad = sum(row["failed-session-count"] for row in details) + (draw.random() < .05 and name == "expired")
    of = report(f"{name}.example", REPORTERS[who], ago, draw.randrange(1, 200), draw.choice([bad, bad, bad, 0]) if details else bad,
                policy(name, who, ago), details, number)
    return forms(of, name), SIGNERS[who]


def forms(of, name):
    """The liberties that reporters take."""
    block = of["policies"][0]
    chance = draw.randrange(12)
    if chance == 0:
        of["date-range"] = {key: value[:-1] for key, value in of["date-range"].items()}
    elif chance == 1:
        block["policy"]["mx-host"] = draw.choice(["mail.example", ["mail.example"]])
    elif chance == 2:
        block["summary"] = {key: str(value) for key, value in block["summary"].items()}
    elif chance == 3 and not block["failure-details"]:
        del block["failure-details"]
    elif chance == 4:
        block["policy"]["policy-string"] = "\r\n".join(block["policy"]["policy-string"])
    elif chance == 5:
        block["policy"] = {"policy-type": "no-policy-found", "policy-domain": f"{name.upper()}.example"}
    elif chance == 6:
        of["policies"].append({"policy": {"policy-type": "tlsa", "policy-string": ["3 1 1 00"], "policy-domain": f"{name}.example"},
                               "summary": {"total-successful-session-count": 77, "total-failure-session-count": 3 * (name == "failing")}})
    elif chance == 7:
        of["policies"].append(report("ready.example", policy=policy("ready", 0, 1), good=7)["policies"][0])
    elif chance == 8:
        del of["contact-info"]
        of["report-id"] += "!\"\u00fc\\"
    return of


def breaks(data):
    """What is no report any more."""
    of = json.loads(data)
    kind = draw.randrange(8)
    if kind == 0:
        return gzip.compress(data, mtime=0)[:-9]
    if kind == 1:
        return data[:-3]
    if kind == 2:
        of["policies"] = {}
    elif kind == 3:
        of["date-range"]["end-datetime"] = "2026-11-31T00:00:00Z"
    elif kind == 4:
        of["policies"][0]["summary"]["total-successful-session-count"] = draw.choice([-1, 1e12, "many"])
    elif kind == 5:
        of["policies"][0]["policy"]["policy-type"] = "spf"
    elif kind == 6:
        of["date-range"]["end-datetime"] = "2027-11-30T00:00:00Z"
    else:
        return gzip.compress(b"{" + data + b" " * (40 << 20), mtime=0)
    return text(of)


def auth(signer):
    """The fields that the receiving server and others have put on top."""
    genuine = f"mx.example.org;\n\tdkim=pass (2048-bit key) header.d={signer} header.s=a header.b=\"a/b\""
    fields = draw.choice([[], [genuine], [genuine], [genuine], ["mx.example.org; spf=pass", genuine], ["evil.example; dkim=pass header.d=google.com"],
                          ["mx.example.org; dkim=fail header.d=google.com", "mx.example.org; dkim=pass header.d=google.com"]])
    return "".join(f"Authentication-Results: {field}\n" for field in fields).encode()


def as_mail(data, signer):
    """A mail with the report."""
    zipped, kind = gzip.compress(data, mtime=0), draw.randrange(7)
    forward = HEAD + b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\n"
    made = [lambda: mail(zipped), lambda: mail(data, "application/tlsrpt+json"), lambda: single(zipped), lambda: mail(zipped, "application/gzip"),
            lambda: single(data, "application/tlsrpt+json"), lambda: forward + mail(zipped) + b"--o--\n",
            lambda: mail(zipped)[:-6] + b"--b\n" + part(zipped, "application/tlsrpt+gzip") + b"--b--\n"][kind]()
    made = auth(signer) + made
    return made.replace(b"\n", b"\r\n") if draw.random() < .2 else made


def write(path, data):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    save(path, data)


save("policies.ini", INI.encode())
OTHER = HEAD + b"\nHello,\n\n>From here on, nothing.\n"
boxes, reports = {}, []
for number in range(1000):
    of, signer = draw.choice(reports) if reports and draw.random() < .1 else one(number)
    reports.append((of, signer))
    data = text(of)
    if draw.random() < .08:
        data = breaks(data)
    place = draw.randrange(10)
    if place < 2:
        write(f"files/{number % 7}/{number}.{draw.choice(['json', 'gz', 'txt'])}", data)
    elif place < 4:
        write(f"files/{number % 5}/{number}.{draw.choice(['json', 'json.gz'])}", gzip.compress(data, mtime=0))
    elif place < 6:
        write(f"mails/{number}.eml", as_mail(data, signer))
    elif place < 8:
        boxes.setdefault(f"mail/{number % 3}", []).append(as_mail(data, signer))
    else:
        write(f"{draw.choice(['Maildir', 'Maildir/.Reports'])}/{draw.choice(['cur', 'new', 'new', 'tmp'])}/{number}.host:2,S", as_mail(data, signer))
for path, mails in boxes.items():
    mails.insert(5, OTHER)
    write(path, b"\n".join(b"From a@b.example Thu Nov 26 07:00:00 2026\n" + made for made in mails) + b"\n")
for path in ("Maildir/cur/a", "Maildir/dovecot.index", "files/notes.txt", "files/empty"):
    write(path, {"a": OTHER, "notes.txt": b"Call them.\n", "empty": b""}.get(os.path.basename(path), b"\1\0\2"))
for path in ("cur", "new", "tmp"):
    for folder in ("Maildir", "Maildir/.Reports"):
        os.makedirs(os.path.join(root, folder, path), exist_ok=True)
