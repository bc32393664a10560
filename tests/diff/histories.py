#!/usr/bin/env python3
"""histories.py MTA_STS [--histories N] [--seed N]: draws histories of edits, asks `mta-sts diff --json --now` about each edit, and
holds what it said against senders (senders.py). At each moment, and for each MX host:

- a sender that does not deliver was announced: senders that look at the TXT record, or do not, at random moments;
- what was announced happens: there is a sender that does not deliver, one that fetched a policy in its last second;
- an edit counts as unsafe if and only if it should.

All domains of a batch are in one file, each with a history of its own; an edit of the file edits about half of them.
"""
import argparse
import calendar
import json
import os
import random
import subprocess
import sys
import tempfile
import time

from senders import Domain, Policy, Sender, allows, matches

BATCH, EDITS, START = 100, 8, 1_800_000_000
DAY = 86400
HOSTS = ["a.mx.example", "b.mx.example", "c.mx.example", "d.other.example", "deep.a.mx.example", "stranger.invalid"]
PATTERNS = ["a.mx.example", "b.mx.example", "c.mx.example", "d.other.example", "*.mx.example", "*.other.example"]
AGES = [0, 1, 60, DAY - 1, DAY, 7 * DAY, 28 * DAY, 31557600]
POLICY_HOSTS = ["", "one.example", "two.example", "192.0.2.1, 192.0.2.2", "192.0.2.2"]


def written(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def read(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def draw_policy(rng):
    mode = rng.choice(["enforce", "enforce", "testing", "none"])
    return Policy(mode, rng.choice(AGES), tuple(rng.sample(PATTERNS, rng.randint(0 if mode == "none" else 1, 3))))


def edit_policy(rng, policy):
    """Often a small change, as people make it; now and then another policy, or none."""
    what = rng.randrange(10)
    if policy is None or what == 0:
        return draw_policy(rng)
    if what == 1:
        return None
    mode, max_age, mx = policy.mode, policy.max_age, list(policy.mx)
    if what < 5:
        mx = list(dict.fromkeys(mx + [rng.choice(PATTERNS)]))
    elif what < 7 and len(mx) > 1:
        mx.remove(rng.choice(mx))
    elif what < 9:
        mode = rng.choice(["enforce", "testing", "none"])
    else:
        max_age = rng.choice(AGES)
    if mode != "none" and not mx:
        mx = [rng.choice(PATTERNS)]
    return Policy(mode, max_age, tuple(mx))


class History:
    """One domain: what it served, and what diff said of it."""

    def __init__(self, rng, number):
        self.rng, self.name = rng, "d%d.example" % number
        self.domain, self.policy, self.host = Domain(), None, ""
        self.waits = []  # (from, to, does it refuse this host?): what diff said of senders with an old policy
        self.enforced = []  # (from, mx or None): what it said of senders with the new one
        self.times = []

    def edit(self, now):
        """Returns the policy and the policy host before."""
        before = self.policy, self.host
        if self.rng.random() < 0.5:
            self.policy = edit_policy(self.rng, self.policy)
        if self.rng.random() < 0.1:
            self.host = self.rng.choice(POLICY_HOSTS)
        self.domain.serve(now, self.policy)
        self.times.append(now)
        return before

    def section(self):
        if self.policy is None:
            return ""
        lines = ["[%s]" % self.name, "mode = %s" % self.policy.mode, "max_age = %d" % self.policy.max_age]
        lines += ["mx = %s" % pattern for pattern in self.policy.mx]
        lines += ["host = %s" % self.host] if self.host else []
        return "\n".join(lines) + "\n"

    def hear(self, change, now):
        """Takes down what diff said of the edit at NOW."""
        before, after = change["before"], change["after"]
        for finding in change["findings"]:
            mx = tuple(finding["mx"])
            if finding["by"] == "old":
                except_for = tuple(before["mx"]) if finding["refused"] == "listed" else None
                self.waits.append((now, read(finding["safe"]), mx, except_for))
        was = self.enforced[-1][1] if self.enforced else None
        begins = [f for f in change["findings"] if f["rule"] in ("enforce", "enforce-first")]
        if begins:
            assert tuple(begins[0]["mx"]) == tuple(after["mx"])
        if after is None or after["mode"] != "enforce":
            self.enforced.append((now, None))
        elif begins or was is not None:
            self.enforced.append((now, tuple(after["mx"])))
        else:
            raise AssertionError("mode enforce began, and diff did not say so")

    def said(self, host, now):
        """Did diff say that there are senders that do not deliver to HOST at NOW?"""
        for since, until, mx, except_for in self.waits:
            if since <= now < until:
                listed = any(matches(pattern, host) for pattern in mx)
                if not listed if except_for is None else listed and not any(matches(p, host) for p in except_for):
                    return True
        mx = None
        for since, patterns in self.enforced:
            if since <= now:
                mx = patterns
        return mx is not None and not any(matches(pattern, host) for pattern in mx)

    def latest_fetchers(self):
        """One sender for each edit, which fetched in the last second before it; and one that has never fetched."""
        for until in self.times[1:]:
            sender = Sender(self.domain)
            sender.fetch(until - 1)
            yield until - 1, sender.policy, sender.fetched
        yield START - 1, None, None

    def moments(self):
        """Each edit, each time that diff named, a second before and after them; and some others."""
        marks = set(self.times) | {until for _, until, _, _ in self.waits}
        last = max(marks) + 2
        around = {mark + step for mark in marks for step in (-1, 0, 1)}
        return sorted(around | {self.rng.randrange(START, last) for _ in range(10)})


def should_be_unsafe(before, after, before_host, after_host):
    """From the RFC: an MX host that either policy names is refused by a sender with the other one; or senders are left with an old
    policy, or begin with enforce, against the order of section 8.3 and without mode testing."""
    enforced = before is not None and before.mode == "enforce"
    kept = enforced and before.max_age > 0
    if after is None:
        return kept
    enforces = after.mode == "enforce"
    if before is None:
        return enforces
    # Every host that one policy allows, by a witness: the name itself, or any name below the wildcard.
    def witnesses(policy):
        return [pattern.replace("*", "witness") for pattern in policy.mx]

    added = kept and any(not allows(before, host) for host in witnesses(after))
    removed = enforces and any(not allows(after, host) for host in witnesses(before))
    words = lambda host: set(host.replace(",", " ").split())
    moved = kept and after_host != "" and bool(words(before_host) - words(after_host))
    return added or removed or moved or (enforces and before.mode == "none")


def ask(program, folder, now):
    run = subprocess.run(
        [program, "diff", "--json", "--now", written(now), "old.ini", "new.ini"], cwd=folder, capture_output=True, text=True
    )
    assert run.returncode in (0, 1) and run.stderr == "", run.stderr
    answer = json.loads(run.stdout)
    assert (answer["unsafe"] > 0) == (run.returncode == 1)
    assert answer["now"] == written(now)
    return {change["domain"]: change for change in answer["domains"]}


def write(folder, name, histories):
    # The domain that stays is there because a file without a domain is an error.
    with open(os.path.join(folder, name), "w") as file:
        file.write("[stays.example]\nmx = stays.example\n" + "".join(history.section() for history in histories))


def run_edits(program, folder, histories, rng):
    now = START
    write(folder, "old.ini", histories)
    for _ in range(EDITS):
        befores = [history.edit(now) for history in histories]
        order = histories[:]
        rng.shuffle(order)
        write(folder, "new.ini", order)
        changes = ask(program, folder, now)
        for history, (policy, host) in zip(histories, befores):
            change = changes.pop(history.name, None)
            unsafe = change is not None and any(finding["unsafe"] for finding in change["findings"])
            expected = should_be_unsafe(policy, history.policy, host, history.host)
            assert unsafe == expected, (history.name, policy, history.policy, host, history.host, change)
            if change is not None:
                history.hear(change, now)
        assert not changes, changes
        os.replace(os.path.join(folder, "new.ini"), os.path.join(folder, "old.ini"))
        now += rng.choice([1, 2, 61, DAY - 1, DAY, 2 * DAY, 8 * DAY, 40 * DAY])


def refuses(history, fetcher, host, moment):
    fetched_at, policy, fetched = fetcher
    sender = Sender(history.domain)
    sender.policy, sender.fetched = policy, fetched
    return fetched_at < moment and not sender.delivers(moment, host)


def check_latest(history, counts):
    """What was announced, and nothing else, is what the senders do that keep a policy as long as they may."""
    fetchers = list(history.latest_fetchers())
    for moment in history.moments():
        if moment < START:
            continue
        for host in HOSTS:
            refused = any(refuses(history, fetcher, host, moment) for fetcher in fetchers)
            said = history.said(host, moment)
            assert refused == said, (history.name, host, moment - START, refused, said, history.domain.states, history.waits)
            counts["moments"] += 1
            counts["refused"] += refused


def check_random(history, rng, counts):
    """What a sender that looks at the TXT record now and then does not deliver was announced."""
    end = history.times[-1] + 40 * DAY
    for _ in range(5):
        sender, looks = Sender(history.domain), rng.random()
        for moment in sorted(rng.choices(range(START, end), k=20) + rng.choices(history.times, k=5)):
            if rng.random() < looks:
                sender.look(moment)
            host = rng.choice(HOSTS)
            delivered = sender.delivers(moment, host)
            assert delivered or history.said(host, moment), (history.name, host, moment - START, history.domain.states)
            counts["mails"] += 1
            counts["deferred"] += not delivered


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng, counts = random.Random(options.seed), dict.fromkeys(("moments", "refused", "mails", "deferred"), 0)
    for first in range(0, options.histories, BATCH):
        histories = [History(rng, number) for number in range(first, min(first + BATCH, options.histories))]
        with tempfile.TemporaryDirectory() as folder:
            run_edits(os.path.abspath(options.program), folder, histories, rng)
        for history in histories:
            check_latest(history, counts)
            check_random(history, rng, counts)
    # A comparison in which nobody refuses anything, or everybody does, would show nothing.
    assert 0 < counts["refused"] < counts["moments"] and 0 < counts["deferred"] < counts["mails"], counts
    print("%d histories: %s" % (options.histories, ", ".join("%d %s" % (n, name) for name, n in counts.items())))


if __name__ == "__main__":
    sys.exit(main())
