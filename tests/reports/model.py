#!/usr/bin/env python3
"""model.py FOLDER [AUTHSERV-ID]: what mta-sts-reports has to say of the reports in FOLDER, on 2026-11-26T07:00:00Z. It is written from
mta-sts-reports(1), reads with Python's own libraries, and holds all reports in memory. Prints a line of JSON for each domain of
policies.ini, and last what is not counted."""
import datetime
import email
import json
import os
import re
import sys
import zlib

NOW, DAY = 1795676400, 86400
SINCE = NOW - 30 * DAY
TYPES = ("tlsrpt+gzip", "tlsrpt+json", "gzip", "x-gzip", "json", "octet-stream")
KINDS = {**dict.fromkeys(["starttls-not-supported", "certificate-host-mismatch", "certificate-expired", "certificate-not-trusted",
                          "validation-failure"], "mx"),
         **dict.fromkeys(["tlsa-invalid", "dnssec-invalid", "dane-required"], "dane"),
         **dict.fromkeys(["sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid"], "policy-host")}


class Broken(Exception):
    """A file that was to be a report."""


def unpack(data):
    """DATA without gzip."""
    if data[:2] == b"\x1f\x8b":
        stream = zlib.decompressobj(31)
        try:
            data = stream.decompress(data, 32 << 20)
        except zlib.error as error:
            raise Broken from error
        if not stream.eof:
            raise Broken
    return data


def seconds(date):
    try:
        return int(datetime.datetime.fromisoformat(date[:19] + "+00:00").timestamp())
    except (TypeError, ValueError) as error:
        raise Broken from error


def number(summary, key):
    try:
        value = int(summary.get(key, 0))
    except (TypeError, ValueError) as error:
        raise Broken from error
    if not 0 <= value <= 10 ** 9:
        raise Broken
    return value


def parse(data):
    """What a report says, or Broken."""
    try:
        of = json.loads(data)
    except ValueError as error:
        raise Broken from error
    if not isinstance(of.get("policies"), list):
        raise Broken
    begin, end = [seconds(of["date-range"][key]) for key in ("start-datetime", "end-datetime")]
    if not 0 <= end - begin <= 31 * DAY:
        raise Broken
    blocks = []
    for policy in of["policies"]:
        about, summary = policy["policy"], policy["summary"]
        if about["policy-type"] not in ("sts", "tlsa", "no-policy-found"):
            raise Broken
        lines = about.get("policy-string", [])
        blocks.append((about["policy-type"], about["policy-domain"].lower(), lines.split("\r\n") if isinstance(lines, str) else lines,
                       number(summary, "total-successful-session-count"), number(summary, "total-failure-session-count"),
                       policy.get("failure-details", [])))
    return {"org": of["organization-name"].strip(), "key": (of["organization-name"], of["report-id"], begin, end), "begin": begin,
            "end": min(end - (end > begin and end % DAY == 0), NOW), "over": end, "blocks": blocks}


def signer_of(mail, server):
    for field in mail.get_all("Authentication-Results", []):
        words = re.sub(r"\([^)]*\)", "", field).split(";")
        result = re.search(r"\bdkim=(\w+)[^;]*header\.d=(\S+)", field)
        if words[0].strip() == server and result:
            return result[2] if result[1] == "pass" else None
    return None


def found_in_mail(data, server):
    """Each part that may be a report: its bytes, who signed it, and whether its type says that it is one."""
    mail = email.message_from_bytes(data)
    for part in mail.walk():
        if part.get_content_maintype() == "application" and part.get_content_subtype() in TYPES:
            yield part.get_payload(decode=True), signer_of(mail, server), "tlsrpt" in part.get_content_subtype()


def containers(folder):
    """Each file and each mail: a function that yields its reports."""
    for path, folders, names in os.walk(folder):
        if "cur" in folders and "new" in folders:
            folders.remove("tmp")
        for name in names:
            with open(os.path.join(path, name), "rb") as file:
                data = file.read()
            if data[:5] == b"From ":
                yield from (("mail", one) for one in re.split(rb"(?:^|\r?\n\r?\n)From [^\n]*\n", data)[1:])
            else:
                yield "mail" if re.match(rb"[!-9;-~]+:", data) and data[:1] != b"{" else "file", data


def read(folder, server):
    """All reports that can be read, and how many containers are broken, or hold none."""
    reports, broken, others = [], 0, 0
    for kind, data in containers(folder):
        parts, found, failed = [(data, None, False)] if kind == "file" else found_in_mail(data, server), False, False
        for part, signer, certain in parts:
            try:
                one = unpack(part)
                if one[:1] == b"{" or certain:
                    found = True
                    reports.append({**parse(one), "signer": signer})
            except Broken:
                found = failed = True
        broken += failed
        others += not found
    return reports, broken, others


def matches(patterns, mx):
    return any(mx == one or (one[:2] == "*." and mx.partition(".")[2] == one[2:]) for one in patterns)


def meaning(lines):
    fields = [line.split(": ", 1) for line in lines if line]
    return (dict(fields)["mode"], int(dict(fields)["max_age"]), tuple(sorted(value.lower() for key, value in fields if key == "mx")))


def policies():
    """policies.ini, as far as mixed.py writes it."""
    domains = {}
    with open("policies.ini", encoding="ascii") as file:
        for line in file:
            key, _, value = [part.strip() for part in line.partition("=")]
            if key[0] == "[":
                section = domains.setdefault(key[1:-1], {"mode": "testing", "max_age": "1w", "mx": ""})
            else:
                section[key] = value
    del domains["defaults"]
    units = {"d": DAY, "w": 7 * DAY}
    return {name: None if "192.0.2.1" in of["mx"] else (of["mode"], int(of["max_age"][:-1]) * units[of["max_age"][-1]],
                                                       tuple(sorted(of["mx"].split(", ")))) for name, of in domains.items()}


def sides(one, domain):
    """What a report says of DOMAIN: sessions, failed, failures as (result, mx, unmatched): [sessions, addresses], policies, none found."""
    totals, failures, applied, none = {"sts": [0, 0, 0], "tlsa": [0, 0, 0]}, {"sts": {}, "tlsa": {}}, [], False
    for kind, about, lines, good, bad, details in one["blocks"]:
        if about != domain:
            continue
        side = "tlsa" if kind == "tlsa" else "sts"
        patterns = meaning(lines)[2] if kind == "sts" and lines else None
        applied += [meaning(lines)] if patterns is not None else []
        none |= kind == "no-policy-found"
        for row in details:
            mx = row["receiving-mx-hostname"].lower().rstrip(".")
            mx = mx if re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", mx) else ""
            result = row["result-type"].lower()
            entry = failures[side].setdefault((result, mx, bool(patterns is not None and mx and not matches(patterns, mx))), [0, set()])
            entry[0] += row["failed-session-count"]
            entry[1].add(row["sending-mta-ip"])
        told = sum(row["failed-session-count"] for row in details)
        bad = bad or told
        for index, value in enumerate((good, bad, min(told, bad))):
            totals[side][index] += value
    failed = max(totals[side][1] for side in totals)
    about_domain = [of for of in one["blocks"] if of[1] == domain and (of[3] + of[4] or any(row["failed-session-count"] for row in of[5]))]
    saw = {"sts": any(of[0] == "sts" and not (of[2] and meaning(of[2])[0] == "none") for of in about_domain),
           "dane": any(of[0] == "tlsa" for of in about_domain)}
    merged = {}
    for side in failures.values():
        for key, (count, senders) in side.items():
            entry = merged.setdefault(key, [0, set()])
            entry[0], entry[1] = max(entry[0], count), entry[1] | senders
    for entry in merged.values():
        entry[0] = min(entry[0], failed)
    rest = failed - max(totals[side][2] for side in totals)
    if rest > 0:
        merged[("", "", False)] = [rest, set()]
    return max(sum(of[:2]) for of in totals.values()), failed, merged, applied, none, saw


def date(time):
    return str(datetime.datetime.fromtimestamp(time, datetime.timezone.utc).date())


def judge_failure(row, in_force, who):
    (result, mx, unmatched), by = row
    last, senders = max(one["last"] for one in by.values()), [one["senders"] for one in by.values()]
    fault = KINDS.get(result, "unknown")
    if fault == "mx" and mx and not matches(in_force[2], mx):
        fault = "not-in-mx"
    elif fault == "mx" and unmatched:
        fault = "older-policy"
    elif len(by) == 1 and len(senders[0]) <= 1 and sum(
            me["dane" if fault == "dane" else "sts"] for name, me in who.items() if name not in by) >= 3:
        fault = "sender"
    sessions = sum(one["sessions"] for one in by.values())
    return {"fault": fault, "result": result or None, "mx": mx or None, "blocks": fault not in ("older-policy", "sender") and last > NOW - 14 * DAY,
            "sessions": sessions, "last": date(last), "reporters": sorted([name, one["sessions"]] for name, one in by.items())}


def domain_says(domain, in_force, reports, signed):
    """The line of JSON."""
    who, days, failures, total = {}, {}, {}, [0, 0]
    for one in reports:
        sessions, failed, rows, applied, none, saw = sides(one, domain)
        name = one["signer"] if signed else one["org"]
        me = who.setdefault(name.lower(), {"name": name, "sessions": 0, "failed": 0, "last": 0, "in_force": 0, "older": 0, "until": 0, "none": False,
                                           "sts": False, "dane": False})
        day = days.setdefault(date(max(SINCE, one["begin"] + (one["end"] - one["begin"]) // 2)), [0, 0, False])
        for of in (total, day):
            of[0], of[1] = of[0] + sessions, of[1] + failed
        me.update(sessions=me["sessions"] + sessions, failed=me["failed"] + failed, last=max(me["last"], one["end"]), none=me["none"] or none,
                  sts=me["sts"] or saw["sts"], dane=me["dane"] or saw["dane"])
        day[2] |= saw["sts"]
        for policy in applied:
            if policy == in_force:
                me["in_force"] = max(me["in_force"], one["end"])
            else:
                me.update(older=max(me["older"], one["end"]), until=max(me["until"], one["end"] + policy[1]))
        for key, (count, senders) in rows.items():
            by = failures.setdefault(key, {}).setdefault(name.lower(), {"sessions": 0, "last": 0, "senders": set()})
            by.update(sessions=by["sessions"] + count, last=max(by["last"], one["end"]), senders=by["senders"] | senders)
    for me in who.values():
        me["is_older"] = me["older"] > 0 and me["older"] >= me["in_force"] and me["until"] > NOW
    mode = in_force[0] if in_force else None
    judged = mode not in (None, "none") and bool(who)
    told = [judge_failure(row, in_force, who) for row in failures.items()] if judged else []
    older = [me["until"] for me in who.values() if me["is_older"]] if judged else []
    return {"domain": domain, "verdict": verdict(mode, who, days, told, older), "mode": mode, "reports": len(reports), "left_out": 0,
            "sessions": total[0], "failed": total[1], "until": date(max(older)) if older else None,
            "failures": sorted(told, key=json.dumps),
            "reporters": sorted([me["name"].lower(), me["sessions"], me["failed"], date(me["last"]), applied_of(me)] for me in who.values()),
            "days": [[day, *days[day][:2]] for day in sorted(days)]}


def applied_of(me):
    return "older" if me["is_older"] else "in-force" if me["in_force"] else "none" if me["none"] else "unknown"


def verdict(mode, who, days, told, older):
    if mode in (None, "none"):
        return "unknown" if mode is None else "mode-none"
    if not who:
        return "no-reports"
    if any(one["blocks"] for one in told):
        return "failing" if mode == "enforce" else "not-yet"
    if mode == "enforce":
        return "enforced"
    applied = [me for me in who.values() if me["in_force"] and not me["is_older"]]
    return "wait" if older or not applied or sum(day[2] for day in days.values()) < 14 or sum(me["sts"] for me in who.values()) < 2 else "ready"


def main(folder, server=None):
    reports, broken, others = read(folder, server)
    known, seen, counted = policies(), set(), {}
    duplicates = foreign = unsigned = old = early = 0
    bare = {}
    for one in reports:
        if one["over"] < SINCE or one["begin"] > NOW:
            old, early = old + (one["over"] < SINCE), early + (one["begin"] > NOW)
            continue
        about = {block[1] for block in one["blocks"]} & known.keys()
        if about and server and one["signer"] is None:
            unsigned += 1
            bare.update({domain: bare.get(domain, 0) + 1 for domain in about})
            continue
        key = (one["signer"], *one["key"][1:]) if server else one["key"]
        new = {domain for domain in about if (domain, key) not in seen}
        seen |= {(domain, key) for domain in about}
        for domain in new:
            counted.setdefault(domain, []).append(one)
        foreign, duplicates = foreign + (not about), duplicates + bool(about and not new)
    for domain, in_force in known.items():
        print(json.dumps({**domain_says(domain, in_force, counted.get(domain, []), bool(server)), "unsigned": bare.get(domain, 0)}, sort_keys=True))
    counts = [(duplicates, "report%s read before"), (unsigned, "report%s unsigned"), (foreign, "report%s of domains that policies.ini does not name"),
              (old, "report%s older than the window"), (early, "report%s of the future"), (broken, "file%s not readable"),
              (others, "file%s without a report")]
    print("not counted: " + ", ".join(f"{count} {says % ('' if count == 1 else 's')}" for count, says in counts if count))


def trim():
    """The program's output, on standard input, in the form of the model's."""
    for line in sys.stdin:
        of = json.loads(line)
        for failed in of["failures"]:
            failed["reporters"] = sorted([one["name"].lower(), one["sessions"]] for one in failed["reporters"])
            failed["result"] = failed["result"] and failed["result"].lower()
            del failed["text"], failed["advice"], failed["explain"]
        of["failures"].sort(key=lambda failed: json.dumps({key: failed[key] for key in ("fault", "result", "mx", "blocks", "sessions", "last",
                                                                                       "reporters")}))
        of["reporters"] = sorted([one["name"].lower(), *[one[key] for key in ("sessions", "failed", "last", "applied")]] for one in of["reporters"])
        of["days"] = [[one["day"], one["sessions"], one["failed"]] for one in of["days"]]
        del of["text"], of["exit"], of["older_policies"]
        print(json.dumps(of, sort_keys=True))


if __name__ == "__main__":
    trim() if sys.argv[1] == "--trim" else main(*sys.argv[1:])
