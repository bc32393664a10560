#!/usr/bin/env python3
"""What the model says of plain files: one row a sentence of policies.ini(5)."""
import model

ROWS = (
    (b"[a.b]\nmx = m.a.b\n", b"a.b", b"version: STSv1\r\nmode: testing\r\nmx: m.a.b\r\nmax_age: 604800\r\n"),
    (b"[defaults]\nmode = none\nmax_age = 2d\n[a.b]\n", b"a.b", b"version: STSv1\r\nmode: none\r\nmax_age: 172800\r\n"),
    (b"[t]\nmx = x.y, *.z.y\n[a.b]\nuse = t\nmode = enforce\n", b"a.b",
     b"version: STSv1\r\nmode: enforce\r\nmx: x.y\r\nmx: *.z.y\r\nmax_age: 604800\r\n"),
    (b"[a.b]\nmx = m.a.b\n[*]\nmx = s.t\n", b"c.d", b"version: STSv1\r\nmode: testing\r\nmx: s.t\r\nmax_age: 604800\r\n"),
    (b"[a.b\n c.d\n\n\te.f, g.h\n]\nmx = m.n\n", b"e.f", b"version: STSv1\r\nmode: testing\r\nmx: m.n\r\nmax_age: 604800\r\n"),
    (b"[a.b\nc.d]\nmx = m.n\n[*]\nmx = s.t\n", b"c.d", None),
    (b"[a.b\n c.d\n ; e.f\n]\nmx = m.n\n[*]\nmx = s.t\n", b"e.f", None),
    (b"[a.b\n c.d\nmx = m.n\n[*]\nmx = s.t\n", b"x.y", None),
    (b"[a.b c.d]\nmx = m.{domain}\n", b"c.d", b"version: STSv1\r\nmode: testing\r\nmx: m.c.d\r\nmax_age: 604800\r\n"),
    (b"[*]\nmx = {Domain}, *.{domain}\n", b"c.d",
     b"version: STSv1\r\nmode: testing\r\nmx: c.d\r\nmx: *.c.d\r\nmax_age: 604800\r\n"),
    (b"[a.b]\nmx = m.{name}\n[*]\nmx = s.t\n", b"a.b", None),
    (b"[a.b]\nmx = m.a.b.\n[*]\nmx = s.t\n", b"a.b", None),
    (b"[a.b\nmx = m.a.b\n[*]\nmx = s.t\n", b"a.b", None),
    (b"[a.b\nmx = m.a.b\n[*]\nmx = s.t\n", b"c.d", None),
    (b"[a.b]\nmx = m.a.b\n[a.b]\nmx = n.a.b\n", b"a.b", None),
    (b"[a.b]\nmx = m.a.b, \\\n  n.a.b\n", b"a.b",
     b"version: STSv1\r\nmode: testing\r\nmx: m.a.b\r\nmx: n.a.b\r\nmax_age: 604800\r\n"),
    (b"[a.b]\nmx = m.a.b, \\\n[c.d]\nmx = m.c.d\n", b"c.d",
     b"version: STSv1\r\nmode: testing\r\nmx: m.c.d\r\nmax_age: 604800\r\n"),
    (b"[a.b]\nmx = m.a.b\nnmode = enforce\n", b"a.b", None),
    (b"[a.b]\nmx = m.a.b ; the first one\nhost = not a host\n", b"a.b",
     b"version: STSv1\r\nmode: testing\r\nmx: m.a.b\r\nmax_age: 604800\r\n"),
    (b"[a.b]\nmx = m.a.b\nhost = p.q[c.d]\nmx = m.c.d\n", b"a.b", None),
    (b"[a.b]\nmx = m.a.b\nhost = p.q[c.d]\nmx = m.c.d\n", b"c.d", None),
    (b"[a.b]\nmx = m.a.b\n; see[c.d]\n[*]\nmx = s.t\n", b"c.d", None),
    (b"[a.b]\nmx = m.a.b\n; see [c.d]\n[*]\nmx = s.t\n", b"c.d",
     b"version: STSv1\r\nmode: testing\r\nmx: s.t\r\nmax_age: 604800\r\n"),
    (b"mode = enforce\n[a.b]\nmx = m.a.b\n", b"a.b", None),
    (b"mode = enforce\n[a.b]\nmx = m.a.b\nmode = none\nmax_age = 1d\n", b"a.b",
     b"version: STSv1\r\nmode: none\r\nmx: m.a.b\r\nmax_age: 86400\r\n"),
    (b"[a.b]\nmx = m.a.b\nc.d =\n[*]\nmx = s.t\n", b"c.d", None),
    (b"[a.b]\ntlsrpt = mailto:t@u.vmode = enforce\nmx = m.a.b\n", b"a.b", None),
    (b"[a.b]\ntlsrpt = https://u.v/?mode=x&mx=y\nmx = m.a.b\n", b"a.b",
     b"version: STSv1\r\nmode: testing\r\nmx: m.a.b\r\nmax_age: 604800\r\n"),
    (b"[a.b]\nmx = m.a.b\n; x\0\0y\nmx = n.a.b\n", b"a.b", None),
    (b"####[a.b]\nmx = m.a.b\n[*]\nmx = s.t\n", b"a.b", None),
    (b"[a.b]\nmx = m.a.b\n[root@c ~]# x\nmode = enforce\n", b"a.b", None),
    (b"[a.b]\nmx = m.a.b\n(*)\nmx = s.t\n", b"c.d", None),
    (b"[a.b]\nhost = p.q\nmx = m.a.b\nhost = p.q\nmx = m.c.d\n", b"a.b", None),
    (b"mode = enforce\n[defaults]\n[a.b]\nmx = m.a.b\n", b"a.b", None),
    (b"[default]\nmode = enforce\n[a.b]\nmx = m.a.b\n", b"a.b", None),
    (b"[defaults]\nmode = enforce\n[default]\nmx = m.a.b\n[a.b]\nuse = default\n", b"a.b",
     b"version: STSv1\r\nmode: enforce\r\nmx: m.a.b\r\nmax_age: 604800\r\n"),
)


def main():
    for text, domain, policy in ROWS:
        outcomes = model.answer(model.read(text), domain, None)
        assert outcomes == {("policy", policy) if policy else model.BROKEN}, (text, domain, outcomes)
    assert model.answer(model.read(b"[a.b]\nmx = m.a.b\n"), b"c.d", None) == {model.ABSENT}
    print(len(ROWS) + 1, "rows")


if __name__ == "__main__":
    main()
