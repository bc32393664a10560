#!/usr/bin/env python3
"""policies.ini(5) as a model: what a file says of a domain. Written from the manual; it shares nothing with the program.

read(data) gives the ways in which a file may be read: one where the manual settles everything, several where it leaves open
whether something is a mistake. answer(ways, domain, before) gives the outcomes that are allowed.
"""
import functools
import re
import sys

BROKEN, ABSENT, CLOSED = ("broken",), ("absent",), ("closed",)
SPACE = b" \t\r\v\f"
KEYS = ("mode", "mx", "max_age", "use", "host", "tlsrpt")
SERVED = ("mode", "mx", "max_age")
RECORDS = ("host", "tlsrpt")  # what mta-sts dns prints; a mistake there costs no policy
LINE_MAX = 1022
LABEL = re.compile(rb"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
TEMPLATE = re.compile(rb"[a-z0-9_-]+")
ADDRESS = re.compile(rb"\[[0-9a-fA-F.]*:[0-9a-fA-F:.]*\]")
WORDS = re.compile(rb"[, \t\r\v\f\n]+")
NAMES = rb"[^][;#=\\\0]*"  # what a header may have before its ]


class Choice:
    """What the manual leaves open, and how it is taken this time. One question has one answer in a file."""

    def __init__(self, given):
        self.taken = dict(given)
        self.met = []

    def may(self, what):
        if what not in self.taken:
            self.taken[what] = False
            self.met.append(what)
        return self.taken[what]


class Section:
    """The lines below one header."""

    def __init__(self):
        self.given = {}  # key: value; of mx a list
        self.bad = set()  # keys with a mistake
        self.seen = set()
        self.wide = False  # a mistake that belongs to no key of these
        self.kind = "stray"


class Reading:
    """One way to read a file."""

    def __init__(self):
        self.taken = True
        self.first = None
        self.headers = 0
        self.lost = False
        self.lost_defaults = False  # one of the lost headers may have been that of [defaults]
        self.domains, self.templates = {}, {}
        self.stars, self.defaults = [], []
        self.broken = set()  # names in lost headers
        self.near_defaults = []  # sections of templates whose name is nearly that


# --- names and values ---


@functools.cache
def is_host(name, most=253):
    labels = name.split(b".")
    return len(name) <= most and all(LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()


def is_domain(name):
    return b"." in name and is_host(name, 242) and not name.startswith(b"mta-sts.")


@functools.cache
def is_host_of(word, domain):
    """The same with DOMAIN in place of {domain}, and with *. before it."""
    host = word.replace(b"{domain}", domain)
    return is_host(host[2:] if host.startswith(b"*.") else host)


def read_mx(value, choice):
    """The patterns, or None for a mistake."""
    words = [word for word in WORDS.split(value.lower()) if word]
    bare = re.sub(rb"[ \t\r\v\f]", b"", value)
    if bare.endswith(b",") and choice.may("a comma after the last host is a mistake"):
        return None
    if re.search(rb"^,|,,", bare) and choice.may("an empty place in a list is a mistake"):
        return None
    good = all(is_host_of(word, b"a.b") for word in words)
    return words if words and good else None


def read_mode(value, choice):
    return value if value in (b"testing", b"enforce", b"none") else None


def read_max_age(value, choice):
    match = re.fullmatch(rb"([0-9]+)([dw]?)", value)
    if not match:
        return None
    seconds = int(match[1]) * {b"": 1, b"d": 86400, b"w": 604800}[match[2]]
    return seconds if seconds <= 31557600 else None


def read_use(value, choice):
    value = value.lower()
    return value if TEMPLATE.fullmatch(value) and value != b"defaults" else None


READERS = {"mode": read_mode, "mx": read_mx, "max_age": read_max_age, "use": read_use}


# --- one line ---


@functools.cache
def distance(a, b):
    """Between two words: bytes left out, put in, replaced, or swapped with the next."""
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(row[-1] + 1, rows[-1][j] + 1, rows[-1][j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


NEAR = {}


def near(key):
    """(distance, keys): the known keys that KEY is nearest to."""
    if key not in NEAR:
        far = {known: distance(key, known.encode()) for known in KEYS}
        NEAR[key] = min(far.values()), [known for known in KEYS if far[known] == min(far.values())]
    return NEAR[key]


def comment_fault(before, text, choice):
    """Does what stands behind a ; or #, which stands behind the value BEFORE, look like a list that goes on?"""
    words = [word for word in WORDS.split(text) if word]
    if not words:
        return choice.may("an empty comment after a value is a mistake")
    if before[-1:] not in (b" ", b"\t", b"\r") and text[:1] not in (b" ", b"\t", b"\r"):
        return True
    words = [word.lower().replace(b"{domain}", b"a.b") for word in words]
    hosts = [b"." in word and is_host(word.lstrip(b"*").lstrip(b".")) for word in words]
    if all(hosts):
        return True
    if any(hosts) or any(byte in b",*." for byte in text):
        return choice.may("a comment that resembles a list is a mistake")
    return False


@functools.cache
def split_comment(text):
    """(value, comment or None): at the first ; or # that does not stand within quotes."""
    stripped = text.lstrip(SPACE)
    start = 0
    if stripped[:1] in (b'"', b"'"):
        end = text.find(stripped[:1], len(text) - len(stripped) + 1)
        start = len(text) if end < 0 else end
    match = re.compile(rb"[;#]").search(text, start)
    return (text, None) if match is None else (text[: match.start()], text[match.end() :])


def read_value(text, choice):
    """(value, fault) of what stands behind the = ."""
    value, comment = split_comment(text)
    fault = comment is not None and comment_fault(value, comment, choice)
    value = value.strip(SPACE)
    if value[:1] in (b'"', b"'"):
        end = value.find(value[:1], 1)
        fault = fault or end != len(value) - 1 or b"\\" in value
        value = value[1:end] if end > 0 else value[1:]
        if value != value.strip(SPACE) and choice.may("space inside quotes is a part of the value"):
            return value, fault
    return value.strip(SPACE), fault


def may_be_header(text, choice):
    """Is TEXT, which is neither a header nor a comment, one that may have been a header?"""
    key, equals, rest = text.partition(b"=")
    at = re.search(rb"[][]", key)
    if at is None:
        held = equals and not key.strip(SPACE) and re.search(rb"[][]", rest)
        return bool(held) and choice.may("= and a bracket may have been a header")
    if re.search(rb"[;#]", key[: at.start()]):
        return choice.may("a bracket behind a ; in a line without a key may have been a header")
    return True


# --- the lines of a section ---


def line_fault(section, key, choice):
    """A mistake in how a line of KEY is written, not in its value."""
    if section.kind != "own":
        section.bad.add(key)
        section.wide |= choice.may("a line's mistake in a template costs whoever looks there")
    elif key not in RECORDS:
        section.bad.add(key)
    else:
        section.wide |= choice.may("a line's mistake in host or tlsrpt costs the domain")


def take_value(section, key, value, choice):
    given = READERS[key](value, choice)
    if given is None or (key in section.given and key != "mx"):
        section.bad.add(key)
    elif key == "mx":
        section.given.setdefault(key, []).extend(given)
    else:
        section.given[key] = given


def take_line(section, text, fault, choice):
    """TEXT is a logical line that is neither empty nor a comment nor a header; FAULT: a mistake was found in it."""
    name, equals, rest = text.partition(b"=")
    name = name.strip(SPACE).lower()
    if not equals or not name:
        section.wide = True
        return
    key = name.decode("latin-1")
    if key not in KEYS:
        section.wide = True
        return
    if holds_key(split_comment(rest)[0]) or (key != "mx" and key in section.seen):
        section.wide = True
    section.seen.add(key)
    if key == "use" and section.kind != "own":
        section.wide = True
        return
    value, bad = read_value(rest, choice)
    inner_cr = b"\r" in value and choice.may("CR inside a value is a mistake")
    if fault or bad or inner_cr or len(text) > LINE_MAX or b"\0" in text:
        line_fault(section, key, choice)
    if key in READERS:
        take_value(section, key, value, choice)


def continues(line, choice):
    """Does a physical line end in a backslash?"""
    if line.rstrip(b"\r").endswith(b"\\"):
        return True
    return line.rstrip(SPACE).endswith(b"\\") and not choice.may("a backslash before white space continues nothing")


def in_comment(text):
    _, equals, rest = text.partition(b"=")
    return bool(equals) and split_comment(rest)[1] is not None


def joint_fault(before, after, choice):
    """Does a backslash between the two glue them?"""
    if not before.strip(SPACE):
        return choice.may("a backslash at the beginning of a line is a mistake")
    if not after.strip(SPACE):
        return choice.may("a backslash before an empty line is a mistake")
    if before[-1:] in (b" ", b"\t", b",", b"\r"):
        return False
    return after[:1] not in (b" ", b"\t") or choice.may("a backslash needs a space before it, also where one follows")


def starts_header(line):
    return line.lstrip(SPACE).startswith(b"[")


def join(lines, at, choice):
    """The logical line that begins with the physical line AT: (text, fault, the lines swallowed, the next line)."""
    text, fault, swallowed = lines[at], False, []
    at += 1
    while continues(text, choice):
        if in_comment(text):
            return text.rstrip(SPACE)[:-1], True, swallowed, at
        text = text.rstrip(SPACE)[:-1]
        if at == len(lines) or starts_header(lines[at]):
            return text, True, swallowed, at
        fault |= joint_fault(text, lines[at], choice)
        swallowed.append(lines[at])
        text += lines[at]
        at += 1
    return text, fault, swallowed, at


def swallow(section, text, lines):
    """A line that a backslash took into another may have held a value."""
    for line in lines:
        key = line.partition(b"=")[0].strip(SPACE).lower().decode("latin-1")
        if b"=" in line and key in SERVED + ("use",):
            section.bad.add(key)


def holds_cr(line):
    """A CR that ends no line, where other programs see two."""
    return b"\r" in line.strip(SPACE)


def names_in_brackets(comment, glued):
    """Does a comment hold names of a header in brackets, with GLUED right behind something that is no space?"""
    for match in re.finditer(rb"\[([^]]*)\]", comment):
        for at in range(match.start(), match.end()):
            if comment[at : at + 1] != b"[":
                continue
            names = [name for name in WORDS.split(comment[at + 1 : match.end() - 1].lower()) if name]
            before = comment[at - 1 : at] if at else b" "
            if not names or not all(name == b"defaults" or name_kind(name) in ("domain", "star") for name in names):
                continue
            if not glued or before not in BEFORE_BRACKET:
                return True
    return False


BEFORE_BRACKET = [b"%c" % byte for byte in SPACE + b"\n\"'`(<{:="]


def runs_into_header(comment):
    return names_in_brackets(comment, True)


def is_commented_out(line):
    """A header behind one or two signs."""
    start = re.match(rb"[;#\s]*", line).group()
    return line[len(start) : len(start) + 1] == b"[" and len(re.search(rb"[;#]*$", start).group()) < 3


@functools.cache
def holds_key(value):
    """Does a value hold a key and a =, which is not in the query of a URL?"""
    at = 0
    while (at := value.find(b"=", at) + 1) > 0:
        match = re.search(rb"(^|.)(" + "|".join(KEYS).encode() + rb")[ \t\r\v\f]*=$", value[:at], re.I | re.S)
        if match and match[1] not in (b"?", b"&"):
            return True
    return False


def take_comment(reading, section, line, choice):
    section.wide |= holds_cr(line)
    names = not is_commented_out(line)
    if names and (runs_into_header(line) or (continues(line, choice) and names_in_brackets(line, False))):
        section.wide = True
        lose_line(reading, line)
    if continues(line, choice):
        section.wide = True
    if b"\0" in line:
        section.wide = True
        lose_line(reading, line)


# --- headers ---


@functools.cache
def name_kind(name):
    if name == b"*":
        return "star"
    if b"." in name:
        return "domain" if is_domain(name) and name.replace(b".", b"") != b"defaults" else "bad"
    if name == b"defaults":
        return "defaults"
    return "template" if TEMPLATE.fullmatch(name) else "bad"


def header_lines(lines, at):
    """(the header that begins with the line AT and goes on up to its ], the next line)."""
    text, after = lines[at], at + 1
    if not re.fullmatch(NAMES, text.lstrip(SPACE)[1:]):
        return text, after
    for number in range(after, len(lines)):
        line = lines[number]
        if not line.strip(SPACE):
            continue
        if len(line) > LINE_MAX or b"\0" in line or line.rstrip(SPACE).endswith(b"\\") or not re.match(rb"[ \t\r\v\f]" + NAMES + rb"(\]|$)|\]", line):
            break
        text, after = text + b"\n" + line, number + 1
        if b"]" in line:
            break
    return text, after


def is_long(text):
    return any(len(line) > LINE_MAX for line in text.split(b"\n"))


def header_fault(line, inner, tail, kinds, choice):
    """Is the header one that cannot be read?"""
    if b"\0" in line or is_long(line) or not kinds or "bad" in kinds:
        return True
    if tail and tail[:1] not in (b";", b"#"):
        return True
    if line.endswith(b"\\"):
        return not tail or choice.may("a backslash in the comment of a header continues the header")
    if any(holds_cr(one) for one in line.split(b"\n")):
        return True
    if re.search(rb"^\s*,|,\s*,|,\s*$", inner) and choice.may("an empty place in a header is a mistake"):
        return True
    if len(kinds) > 1 and "domain" in kinds and ("template" in kinds or "defaults" in kinds):
        return True
    if kinds.count("template") + kinds.count("defaults") > 1:
        return True
    return len(kinds) > 1 and set(kinds) != {"domain"} and choice.may("several names that are no domains are a mistake")


@functools.cache
def is_near_defaults(text):
    """Are the letters nearly those of defaults, or its beginning, or its end?"""
    letters = bytes(byte for byte in text.lower() if 97 <= byte <= 122)
    part = 0 < len(letters) < 8 and (b"defaults".startswith(letters) or b"defaults".endswith(letters))
    return part or distance(letters[:10], b"defaults") <= 2


def is_like_defaults(text):
    """The same of the whole, or of a word in it."""
    return is_near_defaults(text) or any(is_near_defaults(word) for word in re.split(rb"[][, \t\r\v\f\n\0;#=\\]+", text))


def may_be_defaults(text):
    """The whole of a lost header, or what begins at a bracket in it, which a lost line end may have joined to another line."""
    if not holds_cr(text):
        kept = text.partition(b";")[0].partition(b"#")[0] if text.lstrip(SPACE)[:1] == b"[" else before_comment(text)
        text = text if names_in_brackets(text[len(kept) :], False) else kept
    return is_like_defaults(text) or any(is_like_defaults(part) for part in re.findall(rb"(?=(\[[^]]*))", text))


def lose_line(reading, text):
    reading.lost = True
    reading.lost_defaults |= may_be_defaults(text)


def lose(reading, line, names, kinds, whole, choice):
    """A header is lost; the names that can be read in it are broken."""
    lose_line(reading, line)
    for name, kind in zip(names, kinds):
        if kind != "bad" and (whole or choice.may("names are read in a header that is cut or damaged")):
            reading.broken.add(name)
    for name in re.split(rb"[^a-z0-9.*_-]+", line.lower()):
        name = name.rstrip(b".")
        if name not in names and name_kind(name) in ("domain", "star") and choice.may("a part of a name is a name"):
            reading.broken.add(name)


def is_nearly_domain(name):
    return name == b"*" or (b"." in name and (re.fullmatch(rb"[a-z0-9._\x80-\xff-]+", name) is not None or max(name) >= 0x80))


def take_header(reading, line, above, choice):
    """The section that LINE begins."""
    section = Section()
    reading.headers += 1
    line = line.strip(SPACE)
    inner, close, tail = line[1:].partition(b"]")
    tail = tail.strip(SPACE)
    names = [name for name in WORDS.split(inner.lower()) if name]
    kinds = [name_kind(name) for name in names]
    section.kind = "own" if set(kinds) & {"domain", "star"} else "level"
    if b"=" in line.partition(b"]")[0]:
        above.wide |= above.kind != "stray"  # it may be a value of the section above
    if (not close or runs_into_header(tail) or header_fault(line, inner, tail, kinds, choice)) and not any(
        is_nearly_domain(name) for name in re.split(rb"[][, \t\r\v\f\n\0;#=\\]+", inner.lower())
    ):
        above.wide |= above.kind != "stray"  # it is no header, and what is below it belongs to the section above
    if not close and re.search(rb"[;#=\\]", inner):
        above.wide |= above.kind != "stray" and choice.may("a header without its bracket is cut at a sign")
    if not close or header_fault(line, inner, tail, kinds, choice):
        whole = bool(close) and b"\0" not in line and not line.endswith(b"\\") and not is_long(line)
        lose(reading, line, names, kinds, whole and (not tail or tail[:1] in (b";", b"#")), choice)
        return section
    if runs_into_header(tail):
        lose(reading, line, names, kinds, True, choice)
        return section
    if line.endswith(b"\\"):
        section.wide = True
    if b"\0" in tail:
        section.wide |= choice.may("NUL in a comment is a mistake")
    for name, kind in zip(names, kinds):
        if kind == "template" and distance(name, b"defaults") <= 2:
            reading.near_defaults.append(section)
        if kind in ("domain", "template"):
            (reading.domains if kind == "domain" else reading.templates).setdefault(name, []).append(section)
        else:
            (reading.stars if kind == "star" else reading.defaults).append(section)
    return section


# --- a file ---


def is_taken(data, reading, choice):
    if b"\n" not in data and b"\r" in data:
        if b"\r" in data.rstrip(b"\r") or choice.may("a single line that ends in CR is not taken"):
            return False
    if reading.headers == 0:
        return reading.lost and choice.may("a line that may have been a header is a section")
    return not reading.lost or bool(reading.domains) or bool(reading.stars) or not choice.may("only lost headers are no section")


def read_one(data, choice):
    reading = Reading()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        reading.taken = False
        return reading
    lines = (data[3:] if data[:3] == b"\xef\xbb\xbf" else data).split(b"\n")
    section = preamble = Section()
    at = 0
    while at < len(lines):
        line = lines[at].lstrip(SPACE)
        if line.startswith(b"["):
            header, at = header_lines(lines, at)
            section = take_header(reading, header, section, choice)
            reading.first = reading.first or section
        elif line[:1] in (b";", b"#"):
            take_comment(reading, section, line, choice)
            if holds_cr(line) and re.search(rb"[][]", line):
                lose_line(reading, line)
            at += 1
        elif not line:
            at += 1
        else:
            at = read_line(reading, section, lines, at, choice)
    if not reading.defaults and reading.near_defaults:
        reading.lost_defaults = True
        for near in reading.near_defaults:
            near.wide = True
    for key in preamble.seen if reading.first in reading.defaults else ():
        reading.first.bad.add(key)
    reading.taken = is_taken(data, reading, choice)
    reading.none = not reading.domains and not (reading.stars and choice.may("[*] counts as a domain"))
    if reading.none and reading.broken and choice.may("a domain in a lost header counts"):
        reading.none = False
    reading.mx_lost = (reading.lost or reading.lost_defaults) and choice.may("a lost [defaults] may have held the mx of mode none")
    return reading


def is_no_key(text, choice):
    """Does a line that is no value not even begin like one?"""
    word = re.split(rb"[ \t:=]", text.strip(SPACE))[0].lower()
    if b"." in word or b"*" in word:
        return True
    if text.startswith(b"version:") or (b"." not in text and b"\0" not in text and not is_like_defaults(text)):
        return False
    return near(word)[0] > 2 or choice.may("%r is near to a key" % word)


def is_for_a_section(key, choice):
    """Is KEY, before the first header, one that a section lacks?"""
    word = re.split(rb"[ \t:=]", key)[0]
    return word.decode("latin-1") in KEYS or (near(word)[0] <= 2 and choice.may("%r is near to a key" % word))


def before_comment(text):
    key, equals, value = text.partition(b"=")
    return key + equals + split_comment(value)[0] if equals else split_comment(text)[0]


def read_line(reading, section, lines, at, choice):
    text, fault, swallowed, after = join(lines, at, choice)
    lost = may_be_header(text if not swallowed else lines[at].rstrip(SPACE)[:-1], choice)
    bad, wide = set(section.bad), section.wide
    section.bad, section.wide = set(), False
    swallow(section, text, swallowed)
    if text.strip(SPACE):
        take_line(section, text, fault, choice)
    elif fault:
        section.wide = not choice.may("a line of nothing but a backslash is an empty one")
    crs = any(holds_cr(line) for line in [lines[at]] + swallowed)
    section.wide |= crs
    mistake = bool(section.bad) or section.wide
    if swallowed and mistake:
        section.wide = True  # it may have swallowed one of another key
    key, equals, _ = text.partition(b"=")
    key = key.strip(SPACE).lower()
    plain = not equals or not key
    if equals and key and not crs:
        comment = text[len(before_comment(text)) :]
        if runs_into_header(comment):
            section.wide = mistake = True
    bracket = re.search(rb"[][]", ADDRESS.sub(b"", text if plain or crs else before_comment(text)))
    in_value = bracket
    if equals and not crs:
        bracket = bracket or b"." in key or names_in_brackets(text[len(before_comment(text)) :], False)
    if b"\0" in text:
        bracket = mistake = True
    if in_value and not mistake and key in (b"host", b"tlsrpt"):
        mistake = True
    if plain and mistake and not bracket and not crs:
        bracket = is_no_key(text, choice)
    if mistake and bracket or (lost and not crs):
        section.wide = True
        lose_line(reading, lines[at] if swallowed and lines[at].rstrip(SPACE) != b"\\" else text)
    if section.kind == "stray" and equals and is_for_a_section(key, choice):
        reading.lost = reading.lost_defaults = True
    section.bad |= bad
    section.wide |= wide
    return after


def read(data):
    """All ways to read the file DATA."""
    ways, todo = [], [{}]
    while todo:
        given = todo.pop()
        choice = Choice(given)
        ways.append(read_one(data, choice))
        for at, what in enumerate(choice.met):
            todo.append({**given, **dict.fromkeys(choice.met[:at], False), what: True})
    return ways


# --- look-up ---


def look(reading, levels, key):
    """(found, value): the first level that has KEY; (False, None) where none has it. None: a mistake stands in the way."""
    for level in levels:
        if len(level) > 1:
            return None
        if level and (level[0].wide or key in level[0].bad):
            return None
        if level and key in level[0].given:
            return True, level[0].given[key]
    if not levels[-1] and reading.lost_defaults and (key != "mx" or reading.mx_lost):
        return None
    return False, None


def levels_of(reading, section):
    use = section.given.get("use")
    if use is None:
        return [[section], reading.defaults]
    template = reading.templates.get(use, [])
    if use in reading.broken:
        template = template + [Section(), Section()]
    return [[section], template, reading.defaults] if template else None


def verdict(reading, section, domain):
    """The policy of DOMAIN, or None for a mistake."""
    if section.wide or section.bad & {"mode", "mx", "max_age", "use"}:
        return None
    levels = levels_of(reading, section)
    if levels is None:
        return None
    found = [look(reading, levels, key) for key in SERVED]
    if None in found:
        return None
    mode, mx, max_age = [value for _, value in found]
    mode = mode or b"testing"
    if (not mx and mode != b"none") or not all(is_host_of(one, domain) for one in mx or []):
        return None
    lines = [b"version: STSv1", b"mode: " + mode] + [b"mx: " + one.replace(b"{domain}", domain) for one in mx or []]
    return b"\r\n".join(lines) + b"\r\nmax_age: %d\r\n" % (604800 if max_age is None else max_age)


# --- what is answered ---


class Before:
    """What a running program had for one domain before it read the file again. Sets: each of what may have been."""

    FIELDS = ("current", "own", "now", "star", "star_now", "sound", "some")

    def __init__(self, **fields):
        self.current = fields.get("current", frozenset())  # outcomes
        self.own = fields.get("own", frozenset([None]))  # the last good policy of its own section
        self.now = fields.get("now", frozenset([None]))  # what its own section gives it now
        self.star = fields.get("star", frozenset([None]))  # the last good policy of [*]
        self.star_now = fields.get("star_now", frozenset([None]))  # what [*] gives now; None: there is none
        self.sound = fields.get("sound", frozenset([False]))  # was there a reading without a lost header?
        self.some = fields.get("some", frozenset([False]))  # did the file in force name a domain?

    def joined(self, other):
        return Before(**{field: getattr(self, field) | getattr(other, field) for field in self.FIELDS})


def kept(policies):
    return frozenset(BROKEN if policy is None else ("policy", policy) for policy in policies)


def star_after(way, domain, before):
    """(star, star_now, outcomes for whom it answers) after the reading WAY."""
    if len(way.stars) == 1 and b"*" not in way.broken:
        policy = verdict(way, way.stars[0], domain)
        if policy is not None:
            return frozenset([policy]), frozenset([("policy", policy)]), frozenset([("policy", policy)])
    if way.stars or b"*" in way.broken:
        return before.star, kept(before.star), kept(before.star)
    if way.lost:
        return before.star, before.star_now, frozenset(ABSENT if now is None else now for now in before.star_now)
    return before.star | {None}, frozenset([None]), frozenset([ABSENT])


def own_after(way, domain, before):
    """(own, now) of a domain that WAY names."""
    sections = way.domains.get(domain, [])
    policy = verdict(way, sections[0], domain) if len(sections) == 1 and domain not in way.broken else None
    if policy is not None:
        return frozenset([policy]), frozenset([("policy", policy)])
    return before.own, kept(before.own)


def step(way, domain, before):
    """(outcomes, what then is before) of DOMAIN after the reading WAY; BEFORE is None in a program that has just started."""
    if not way.taken or (before is not None and way.none and True in before.some):
        return (frozenset([CLOSED]), None) if before is None else (before.current, before)
    fresh = before is None
    before = before or Before()
    star, star_now, outcomes = star_after(way, domain, before)
    own, now = before.own, before.now
    if domain in way.domains or domain in way.broken:
        own, now = own_after(way, domain, before)
        outcomes = now
        if BROKEN in now:
            now = now | {None}
    elif not way.lost:
        own, now = own | {None}, frozenset([None])
    else:
        outcomes = (outcomes if None in now else frozenset()) | (now - {None})
        if fresh or True not in before.sound:
            outcomes = frozenset([BROKEN])
    sound = frozenset([True]) if not way.lost else before.sound
    some = frozenset([bool(way.domains)])
    return outcomes, Before(current=outcomes, own=own, now=now, star=star, star_now=star_now, sound=sound, some=some)


def answer(ways, domain, before):
    """The outcomes that are allowed for DOMAIN."""
    return frozenset().union(*[step(way, domain, before)[0] for way in ways])


def after(ways, domain, before, seen):
    """What is before the next reading, where SEEN was answered. None where the program did not start."""
    found = None
    for way in ways:
        outcomes, then = step(way, domain, before)
        if seen in outcomes and then is not None:
            then = Before(**{field: getattr(then, field) for field in Before.FIELDS})
            then.current = frozenset([seen])
            found = then if found is None else found.joined(then)
    return found
