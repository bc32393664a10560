#!/usr/bin/env python3
"""senders.py make TABLE FOLDER: a tree of mta-sts.txt, two for each row of TABLE (policy_senders.tsv): LF as it is, and CRLF.
senders.py expect TABLE: for each domain of that tree, a line of JSON: domain, and its policy or null.
senders.py served FOLDER DOMAINS: the same from the policies that `mta-sts export` wrote below FOLDER.

Which policies are valid is decided here by RFC 8461's grammar, written once more, and by the table: none that no sender takes.
A repeated field is not valid to import: some senders take the first, some the last."""
import json
import re
import sys
from pathlib import Path

NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}"
LINE = re.compile(rf"{NAME}:[ \t]*[^\x00-\x20\x7f](?: *[^\x00-\x20\x7f])*[ \t]*")
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = re.compile(rf"(?:\*\.)?(?:{LABEL}\.)*(?![0-9]+$){LABEL}")


def rows(table):
    for line in Path(table).read_text().splitlines():
        if not line.startswith("#"):
            accepted, _, body = line.split("\t")
            yield int(accepted), json.loads(body)


def policies(table):
    """Domain, sender implementations that accept it, body."""
    for number, (accepted, body) in enumerate(rows(table)):
        yield f"lf{number}.example", accepted, body
        if "\r" not in body:
            yield f"crlf{number}.example", accepted, body.replace("\n", "\r\n")


def read(body):
    """The policy that BODY is, by RFC 8461 3.2, or None."""
    fields = {"version": [], "mode": [], "max_age": [], "mx": []}
    lines = re.split(r"\r?\n", body)
    if lines[-1] == "":
        lines.pop()
    for line in lines:
        if not LINE.fullmatch(line):
            return None
        name, value = line.split(":", 1)
        fields.get(name, []).append(value.strip(" \t"))
    if [len(fields[name]) for name in ("version", "mode", "max_age")] != [1, 1, 1] or fields["version"] != ["STSv1"]:
        return None
    mode, age, mx = fields["mode"][0], fields["max_age"][0], fields["mx"]
    if mode not in ("enforce", "testing", "none") or not re.fullmatch("[0-9]{1,10}", age) or int(age) > 31557600:
        return None
    if (not mx and mode != "none") or any(not HOST.fullmatch(host) or len(host.removeprefix("*.")) > 253 for host in mx):
        return None
    return {"mode": mode, "mx": [host.lower() for host in mx], "max_age": int(age)}


def make(table, folder):
    for number, (domain, _, body) in enumerate(policies(table)):
        place = (f"mta-sts.{domain}/.well-known", domain, f"{domain}/.well-known")[number % 3]
        path = Path(folder, place)
        path.mkdir(parents=True)
        (path / "mta-sts.txt").write_bytes(body.encode("utf-8", "surrogateescape"))


def expect(table):
    for domain, accepted, body in policies(table):
        print(json.dumps([domain, read(body) if accepted > 0 else None]))


def served(folder, domains):
    for line in Path(domains).read_text().splitlines():
        domain, _ = json.loads(line)
        path = Path(folder, f"mta-sts.{domain}/.well-known/mta-sts.txt")
        print(json.dumps([domain, read(path.read_bytes().decode()) if path.exists() else None]))


if __name__ == "__main__":
    {"make": make, "expect": expect, "served": served}[sys.argv[1]](*sys.argv[2:])
