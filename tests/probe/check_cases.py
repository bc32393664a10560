#!/usr/bin/python3
"""check_cases.py CASES FILE: compares the probe's results in FILE, one JSON object a line, with the table of cases. Prints the differences.

The table has the first check that is not ok. The exit status has to agree with the checks. All output has to be printable ASCII."""
import json
import re
import sys

CHECKS = ["txt", "host", "https", "answer", "policy", "mx", "smtp", "tlsrpt", "ini", "dane"]
SEVERITIES = {"ok": "ok", "warn": "warning", "FAIL": "critical", "?": "unknown"}
RANKS = ["ok", "warning", "unknown", "critical"]
FINDING = {"kind", "severity", "rfc", "line", "text", "addresses"}
KEYS = {"domain", "status", "exit", "mode", "at", "ms", "effect", "publish", "reports", "checks"}


def read(name):
    with open(name, encoding="ascii") as lines:
        return [line.rstrip("\n").split("\t")[:4] for line in lines if not line.startswith("#")]


def first(told):
    for check in CHECKS:
        if told["checks"][check]["status"] not in ("ok", "skipped"):
            return check, told["checks"][check]["status"]
    return "-", "ok"


def faults(domain, check, severity, told):
    if set(told) != KEYS or list(told["checks"]) != CHECKS:
        yield "other keys than the schema has"
    found = first(told)
    if found != (check, SEVERITIES[severity]):
        yield "first %s %s, not %s %s" % (*found, check, SEVERITIES[severity])
    worst = max((part["status"] for part in told["checks"].values() if part["status"] != "skipped"), key=RANKS.index, default="ok")
    if told["status"] != worst or told["exit"] != ["ok", "warning", "critical", "unknown"].index(worst):
        yield "the whole is %s, %d" % (told["status"], told["exit"])
    for name, part in told["checks"].items():
        if any(set(finding) != FINDING for finding in part["findings"]):
            yield name + ": a finding with other keys"
        if any("at %s: " % ", ".join(finding["addresses"]) not in finding["text"] for finding in part["findings"] if finding["addresses"]):
            yield name + ": addresses that the text does not name"
        severities = [finding["severity"] for finding in part["findings"]]
        if part["status"] == "critical" and "critical" not in severities or part["status"] == "warning" and "warning" not in severities:
            yield "%s: %s without a finding of that kind" % (name, part["status"])
    if told["mode"] == "enforce" and "critical" in (told["checks"]["mx"]["status"], told["checks"]["smtp"]["status"]) and (
            not re.search("are deferring mail for |No sender at all can deliver to |At the addresses that fail of ", told["effect"] or "")):
        yield "no word of mail that is deferred"
    if "No sender at all can deliver to " in (told["effect"] or "") and worst != "critical":
        yield "mail is lost, and the whole is " + worst


def main():
    cases = read(sys.argv[1])
    with open(sys.argv[2], "rb") as file:
        lines = file.read().split(b"\n")
    assert lines.pop() == b"" and len(lines) == len(cases), (len(lines), len(cases))
    bad = 0
    for (domain, _, check, severity), line in zip(cases, lines):
        told = json.loads(line)
        assert told["domain"] == domain, (told["domain"], domain)
        assert all(32 <= byte < 127 for byte in line), domain
        for fault in faults(domain, check, severity, told):
            print("%s: %s" % (domain, fault))
            bad += 1
    print("%d cases, %d faults" % (len(cases), bad))
    sys.exit(bad > 0)


main()
