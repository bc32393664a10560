"""Sending mail servers as RFC 8461 describes them, and the domain that they send to. Written from the RFC alone: it shares nothing
with the program. Times are whole seconds."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Policy:
    mode: str
    max_age: int
    mx: tuple


def matches(pattern, host):
    """4.1: the wildcard stands for the whole left-most label, and for nothing else."""
    if not pattern.startswith("*."):
        return pattern == host
    return host.partition(".")[2] == pattern[2:]


def allows(policy, host):
    return any(matches(pattern, host) for pattern in policy.mx)


class Domain:
    """What a policy domain serves, and its TXT record. It serves a state from its time on, until the next one's."""

    def __init__(self):
        self.states = []  # (time, policy or None)

    def serve(self, time, policy):
        self.states.append((time, policy))

    def at(self, time):
        policy = None
        for since, served in self.states:
            if since <= time:
                policy = served
        return policy


class Sender:
    """5.1: one that keeps at most one policy of the domain."""

    def __init__(self, domain):
        self.domain = domain
        self.policy, self.fetched = None, None

    def cached(self, time):
        """The policy that has not expired: its age has not exceeded max_age (3.2, 5.1)."""
        if self.policy is not None and time - self.fetched > self.policy.max_age:
            self.policy = None
        return self.policy

    def fetch(self, time):
        """Where nothing can be fetched, a cached policy stays (3.3)."""
        served = self.domain.at(time)
        if served is not None:
            self.policy, self.fetched = served, time

    def look(self, time):
        """Looks at the TXT record, sees the new id, and fetches. An id stands for a policy, so no new id means no new policy."""
        cached, served = self.cached(time), self.domain.at(time)
        if served is not None and served != cached:
            self.fetch(time)

    def delivers(self, time, host):
        """Without a cached policy it looks for one first. With one it may look, but need not: the caller decides by look()."""
        if self.cached(time) is None:
            self.fetch(time)
        policy = self.cached(time)
        return policy is None or policy.mode != "enforce" or allows(policy, host)
