#!/usr/bin/env python3
"""edits.py DRIVER WHAT...: makes small edits of the files in tests/fixtures/edits, and compares what the program (build/edits,
tests/edits/driver.c) then answers with what the model (model.py) allows. WHAT: names of these files (all their small edits), or
double:N (N double edits, drawn at random, always the same ones).

--kinds counts the failures by kind. --other DRIVER runs a second driver, whose answers have to be the same.
"""
import argparse
import collections
import os
import random
import subprocess
import sys
import tempfile
import time

import model

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "edits")
BYTES = [bytes([byte]) for byte in b"[]=;#\\\"'*., \t\r\n\0\xefa"]
LINE_ENDS = (b"\r", b"\n", b"\r\n")
STRANGERS = (b"never.example", b"sub.a.example")
KINDS = {b"p": "policy", b"b": "broken", b"a": "absent", b"c": "closed", b"f": "failed"}
SHOWN = 10


# --- edits: (what was done, where, the text) ---


def byte_edits(text, at):
    yield "left out", text[:at] + text[at + 1 :]
    yield "doubled", text[: at + 1] + text[at:]
    for byte in BYTES:
        yield "replaced by %r" % byte, text[:at] + byte + text[at + 1 :]


def line_edits(lines, at):
    before, line, rest = b"".join(lines[:at]), lines[at], b"".join(lines[at + 1 :])
    yield "left out", before + rest
    yield "doubled", before + line + line + rest
    yield "commented out", before + b";" + line + rest
    following = rest.lstrip(b"\r\n")
    if following:
        yield "joined to the next", before + line.rstrip(b"\r\n") + following
        yield "joined to the next with a space", before + line.rstrip(b"\r\n") + b" " + following
    if at + 1 < len(lines):
        yield "swapped with the next", before + lines[at + 1] + line + b"".join(lines[at + 2 :])


def whole_edits(text):
    plain = text.replace(b"\r\n", b"\n").split(b"\n")
    for end in LINE_ENDS:
        yield "line ends %r" % end, end.join(plain)
    for first in range(3):
        ends = [LINE_ENDS[(first + at) % 3] for at in range(len(plain) - 1)] + [b""]
        yield "mixed line ends", b"".join(line + end for line, end in zip(plain, ends))
    yield "LF and CRLF mixed", b"".join(l + e for l, e in zip(plain, [b"\n", b"\r\n"] * len(plain)))
    for encoding in ("utf-16", "utf-16-be"):
        yield encoding, (b"\xfe\xff" if encoding == "utf-16-be" else b"") + text.decode("latin-1").encode(encoding)


def small_edits(text):
    """Every one, each text once."""
    seen = {text}
    lines = text.splitlines(True) if b"\r" not in text else [line + b"\n" for line in text.split(b"\n")[:-1]]

    def all_edits():
        for at in range(len(text)):
            for done, edited in byte_edits(text, at):
                yield "byte %r %s" % (text[at : at + 1], done), at, edited
            yield "cut off", at, text[:at]
        for at in range(len(lines)):
            for done, edited in line_edits(lines, at):
                yield "line " + done, len(b"".join(lines[:at])), edited
        for done, edited in whole_edits(text):
            yield done, 0, edited

    for edit in all_edits():
        if edit[2] not in seen:
            seen.add(edit[2])
            yield edit


def random_edit(text, rng):
    """One that differs from TEXT."""
    while True:
        at = rng.randrange(len(text))
        if rng.random() < 0.1:
            lines = text.split(b"\n")
            lines = [line + b"\n" for line in lines[:-1]] + [lines[-1]]
            line = text[:at].count(b"\n")
            at, what = len(b"".join(lines[:line])), "line"
            choices = list(line_edits(lines, line))
        else:
            choices, what = list(byte_edits(text, at)), "byte %r" % text[at : at + 1]
        done, edited = rng.choice(choices)
        if edited != text:
            return "%s %s" % (what, done), at, edited


# --- the program ---


class Program:
    """Commands for the driver, collected, and run at once."""

    def __init__(self, folder):
        self.folder = folder
        self.commands = open(os.path.join(folder, "commands"), "w+b")

    def tell(self, letter, text=b""):
        self.commands.write(letter + len(text).to_bytes(4, "big") + text)

    def run(self, driver):
        """All answers, as they were printed."""
        self.commands.seek(0)
        with open(os.path.join(self.folder, "answers"), "w+b") as answers:
            subprocess.run([driver, os.path.join(self.folder, "policies.ini")], stdin=self.commands, stdout=answers, check=True)
            answers.seek(0)
            return answers.read()


def each_answer(printed):
    at = 0
    while at < len(printed):
        size = int.from_bytes(printed[at + 1 : at + 5], "big")
        kind, text = KINDS[printed[at : at + 1]], printed[at + 5 : at + 5 + size]
        yield ("policy", text) if kind == "policy" else (kind,)
        at += 5 + size


# --- one case ---


class Case:
    """A good file and one edit of it, or several one after the other."""

    def __init__(self, name, good, edits):
        self.name, self.good, self.edits = name, good, edits
        self.ways = [model.read(text) for _, _, text in edits]

    def domains(self):
        names = set(STRANGERS)
        for way in good_ways(self.good) + [way for ways in self.ways for way in ways]:
            names.update(way.domains)
            names.update(name for name in way.broken if model.is_domain(name))
        return sorted(names)

    def commands(self, program, domains):
        program.tell(b"w", self.good)
        program.tell(b"o")
        for _, _, text in self.edits:
            program.tell(b"w", text)
            program.tell(b"r")
            for domain in domains:
                program.tell(b"a", domain)
        text = self.edits[-1][2]
        program.tell(b"o")
        for domain in domains:
            program.tell(b"a", domain)
            program.tell(b"c", domain)


GOOD = {}


def good_ways(good):
    if good not in GOOD:
        GOOD[good] = model.read(good)
        assert len(GOOD[good]) == 1, "not a good file"
    return GOOD[good]


def judge(case, domains, answers):
    """Yields (how it was started, edits made, domain, answered, allowed) for each outcome, and last whether that is a failure."""
    good = good_ways(case.good)[0]
    start = {domain: model.step(good, domain, None)[1] for domain in domains}
    for count, ways in enumerate(case.ways, 1):
        for domain in domains:
            seen = next(answers)
            allowed = model.answer(ways, domain, start[domain]) if start[domain] else frozenset([seen])
            yield "running", count, domain, seen, allowed
            start[domain] = start[domain] and model.after(ways, domain, start[domain], seen)
    for domain in domains:
        allowed = model.answer(case.ways[-1], domain, None)
        for how in ("fresh start", "CGI"):
            yield how, len(case.edits), domain, next(answers), allowed


# --- what is printed ---


def shown(outcome):
    return outcome[0] if len(outcome) == 1 else outcome[1].decode("latin-1").replace("\r\n", " | ").rstrip(" |")


def diff(old, new):
    """The lines that differ."""
    old, new = old.split(b"\n"), new.split(b"\n")
    while old and new and old[0] == new[0]:
        del old[0], new[0]
    while old and new and old[-1] == new[-1]:
        del old[-1], new[-1]
    return ["    %s %s" % (sign, repr(line)[2:-1]) for sign, lines in (("-", old), ("+", new)) for line in lines]


def report(case, failure):
    how, count, domain, seen, allowed = failure
    text, lines = case.good, ["%s, %s: %s" % (case.name, how, domain.decode())]
    for done, at, edited in case.edits[:count]:
        lines.append("  offset %d, line %d: %s" % (at, text[:at].count(b"\n") + 1, done))
        lines += diff(text, edited)
        text = edited
    lines.append("  answered: " + shown(seen))
    return lines + ["  allowed:  " + shown(outcome) for outcome in sorted(allowed)]


def kind_of(case, failure):
    how, _, domain, seen, allowed = failure
    good = model.answer(good_ways(case.good), domain, None)
    names = ["as before" if outcome in good and len(outcome) > 1 else outcome[0] for outcome in [seen] + sorted(allowed)]
    lost = {way.lost for way in case.ways[-1]}
    return "%s: answered %s, allowed %s; lost header: %s" % (
        how, names[0], " or ".join(sorted(set(names[1:]))), {(True,): "yes", (False,): "no"}.get(tuple(lost), "open"))


# --- all of it ---


def good_file(name):
    with open(os.path.join(FOLDER, name), "rb") as file:
        return file.read()


def cases_of(what):
    if not what.startswith("double:"):
        good = good_file(what)
        return [Case(what, good, [edit]) for edit in small_edits(good)]
    rng = random.Random(8461)
    names = sorted(name for name in os.listdir(FOLDER) if name.endswith(".ini"))
    cases = []
    for _ in range(int(what.partition(":")[2])):
        name = rng.choice(names)
        good = good_file(name)
        first = random_edit(good, rng)
        second = random_edit(first[2] or good, rng)
        cases.append(Case(name, good, [first, second]))
    return cases


def run(what, drivers, folder):
    """(cases, outcomes, failures, differences between the drivers)"""
    program = Program(folder)
    cases = [(case, case.domains()) for case in cases_of(what)]
    for case, domains in cases:
        case.commands(program, domains)
    printed = [program.run(driver) for driver in drivers]
    answers, outcomes, failures = each_answer(printed[0]), 0, []
    for case, domains in cases:
        for failure in judge(case, domains, answers):
            outcomes += 1
            if failure[3] not in failure[4]:
                failures.append((case, failure))
    assert next(answers, None) is None
    differ = sum(a != b for a, b in zip(each_answer(printed[0]), each_answer(printed[-1])))
    return len(cases), outcomes, failures, differ + (len(printed[0]) != len(printed[-1]))


def print_failures(failures, by_kind):
    kinds = collections.Counter(kind_of(*failure) for failure in failures)
    shown_of = collections.Counter()
    for failure in failures:
        kind = kind_of(*failure)
        shown_of[kind] += 1
        if sum(shown_of.values()) <= SHOWN or (by_kind and shown_of[kind] == 1):
            print(*(["== %d of: %s" % (kinds[kind], kind)] if by_kind else []), *report(*failure), sep="\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kinds", action="store_true")
    parser.add_argument("--other")
    parser.add_argument("driver")
    parser.add_argument("what", nargs="+")
    options = parser.parse_args()
    drivers = [options.driver] + ([options.other] if options.other else [])
    bad = 0
    for what in options.what:
        begin = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            cases, outcomes, failures, differ = run(what, drivers, folder)
        print_failures(failures, options.kinds)
        print("%s: %d edits, %d outcomes, %d failures, %d differ, %.1f s" % (
            what, cases, outcomes, len(failures), differ, time.monotonic() - begin), flush=True)
        bad += len(failures) + differ
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
