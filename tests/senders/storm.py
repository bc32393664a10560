#!/usr/bin/env python3
"""storm.py KILLS SAVES OBSERVATIONS: edits of policies.ini, and kills of the programs in the file programs (supervise.py), while the observers of observe.py look.
Goes on until there were KILLS kills, SAVES saves and OBSERVATIONS observations, and then until the last edit is published. Prints the results.
Exit status 1 if the observers saw a fault, or if something does not come back."""
import collections
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time

import observe

PATIENCE = 60
VERSIONS = 1000  # of each domain, at most
RUNS = "timer", "copy"  # programs that end by themselves, and are started again and again


class Failure(Exception):
    """Something did not come to pass in time."""


def until(what, condition, patience=PATIENCE):
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            raise Failure("not within %d seconds: %s" % (patience, what))
        time.sleep(0.02)


# --- versions ---


def name_of(domain):
    return "d%d.test" % domain


def mx_of(domain, version):
    """No host has this name. All domains have the MX host mail.test."""
    return "v%d.d%d.test" % (version, domain)


def policy_of(domain, version):
    return ("version: STSv1\r\nmode: enforce\r\nmx: mail.test\r\nmx: %s\r\nmax_age: 604800\r\n" % mx_of(domain, version)).encode()


def all_versions(domains):
    """What each id and each policy is. The ids are those that `mta-sts dns` prints for domains that have the policies."""
    with open("versions.ini", "w", encoding="ascii") as file:
        print("[defaults]\nmode = enforce", file=file)
        for domain in range(domains):
            for version in range(VERSIONS):
                print("[v%d.d%d]\nmx = mail.test, %s" % (version, domain, mx_of(domain, version)), file=file)
    os.utime("versions.ini", (0, 0))
    records = subprocess.run([os.environ["MTA_STS"], "-f", "versions.ini", "dns"], stdout=subprocess.PIPE, check=False).stdout
    versions = {policy_of(domain, version): (domain, version) for domain in range(domains) for version in range(VERSIONS)}
    for version, domain, name in re.findall(rb'^_mta-sts\.v(\d+)\.d(\d+)\. .*"v=STSv1; id=(\w+);"', records, re.MULTILINE):
        versions[name] = int(domain), int(version)
    assert len(versions) == 2 * domains * VERSIONS
    return versions


# --- edits ---


class Editor:
    """Saves policies.ini with a new version of some domains. VERSION has that of each domain in the file. MISTAKES are the domains whose section has one."""

    def __init__(self, world):
        self.world, self.version, self.mistakes, self.saves = world, [0], set(), 0
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def save(self):
        text = "[defaults]\nmode = enforce\nhost = 11.0.0.1\n"
        for domain, version in enumerate(self.version):
            text += "[%s]\nmx = mail.test, %s\n" % (name_of(domain), "192.0.2.1" if domain in self.mistakes else mx_of(domain, version))
        # By rename, or in place: editors do either.
        in_place = self.saves % 2
        with open("policies.ini" if in_place else "policies.new", "w", encoding="ascii") as file:
            file.write(text)
        if not in_place:
            os.rename("policies.new", "policies.ini")
        self.saves += 1
        self.world.used.value = len(self.version)

    def edit(self):
        for domain in random.sample(range(len(self.version)), random.randint(1, min(3, len(self.version)))):
            self.version[domain] += 1
        if self.saves % 3 == 1 and len(self.version) < len(self.world.domains):
            self.version.append(0)
        self.mistakes = {random.randrange(len(self.version))} if random.random() < 0.2 else set()
        self.save()

    def published(self):
        return all(self.world.seen[i] == self.world.served[i] == version for i, version in enumerate(self.version) if i not in self.mistakes)

    def run(self):
        """The next edit comes when this one is published, or sooner: at any moment of a run of the timer."""
        while not self.stop.is_set():
            self.edit()
            end = time.monotonic() + random.uniform(0.2, random.choice((2, 12)))
            while time.monotonic() < end and not self.published() and not self.stop.wait(0.05):
                pass

    def end(self):
        """The last edit has no mistake."""
        self.stop.set()
        self.thread.join()
        self.mistakes = set()
        self.save()


# --- kills ---


def pid_of(program):
    with open(program + ".pid", encoding="ascii") as file:
        return int(file.read())


def group(leader):
    """The processes of a process group."""
    pids = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid, encoding="utf-8", errors="replace") as file:
                state, _, pgrp = file.read().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(pgrp) == leader and state != "Z":
            pids.append(int(pid))
    return pids


def kill(program):
    """Kills the program; of a run, any one of its processes, at any time. Returns False if there was none left."""
    if program in RUNS:
        last = pid_of(program)
        until("the next run of " + program, lambda: pid_of(program) != last)
        time.sleep(random.uniform(0, 1))
    pids = group(pid_of(program))
    if not pids:
        return False
    try:
        os.kill(random.choice(pids), signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def acme_is_back():
    """pebble keeps nothing: its root certificate is a new one."""
    got = subprocess.run(["curl", "-sf", "--max-time", "5", "https://localhost:15000/roots/0"], stdout=subprocess.PIPE, check=False)
    if got.returncode != 0:
        return False
    with open("ca.pem", "rb") as file:
        known = file.read()
    with open("ca.new", "wb") as file:
        file.write(known + got.stdout)
    os.rename("ca.new", "ca.pem")
    return True


def kill_one(program, world):
    """Kills it, and waits until both observers get answers again."""
    before = pid_of(program)
    until("a process of %s to kill" % program, lambda: kill(program))
    until(program + " is started again", lambda: pid_of(program) != before)
    if program == "pebble":
        until("the ACME server is back", acme_is_back)
    goals = [(name, world.count(name) + 20) for name in observe.ANSWERED]
    until("answers after the end of " + program, lambda: all(world.count(name) >= goal for name, goal in goals))
    time.sleep(random.uniform(0, 1.5))


# --- the storm ---


def observations(world):
    return sum(map(world.count, observe.ANSWERED))


def new_turn():
    """All programs, in any order, but Caddy after the ACME server: Caddy tries again a minute after the ACME server has failed it, or when it is started again."""
    with open("programs", encoding="utf-8") as file:
        names = [line.split("\t")[0] for line in file]
    random.shuffle(names)
    acme, caddy = names.index("pebble"), names.index("caddy")
    names[min(acme, caddy)], names[max(acme, caddy)] = "pebble", "caddy"
    return names


def storm(world, kills):
    """Kills all programs in turn, and Caddy after pebble."""
    turn = []
    done = collections.Counter()
    while done.total() < kills or done["caddy"] < done["pebble"]:
        turn = turn or new_turn()
        program = turn.pop(0)
        kill_one(program, world)
        done[program] += 1
    return done


def go_on(editor, observers, saves, least):
    while editor.saves < saves or observations(editor.world) < least:
        if not all(each.is_alive() for each in observers + [editor.thread]):
            raise Failure("the editor or an observer has ended")
        time.sleep(0.1)


def report(world, editor, done):
    print("kills:", ", ".join("%s %d" % item for item in done.items()))
    print("%d saves of up to %d domains" % (editor.saves, len(editor.version)))
    print("%d observations:" % observations(world), ", ".join("%s %d" % (name, world.count(name)) for name in observe.NAMES if world.count(name)))


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    kills, saves, least = map(int, sys.argv[1:])
    context = multiprocessing.get_context("fork")
    domains = max(6, kills // 4)
    world = observe.World(context, [name_of(domain) for domain in range(domains)], all_versions(domains))
    editor = Editor(world)
    editor.save()
    observers = observe.start(context, world)
    done = {}
    try:
        until("the first version is published", editor.published)
        editor.thread.start()
        done = storm(world, kills)
        go_on(editor, observers, saves, least)
        editor.end()
        until("the last version is published", editor.published, 300)
    finally:
        report(world, editor, done)
    return any(map(world.count, observe.FAULTS))


if __name__ == "__main__":
    sys.exit(main())
