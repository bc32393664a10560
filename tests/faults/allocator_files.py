"""The files that the scenarios of allocator.py read, as policies.ini. Together they have a mistake of each kind that a message quotes."""

INI = """[defaults]
mode = enforce
max_age = 2w
tlsrpt = mailto:tls@example.net
host = 192.0.2.1, 2001:db8::1
[t]
mx = mail.example.net, *.example.net
[example.org]
mx = mail.example.org
mx = "second.example.org" ; a comment
max_age = \\
4w
[example.com example.net]
use = t
tlsrpt = mailto:tls@example.org, https://example.org/tls
"""
WARNED = INI + "[*]\nmx = mail.example.net\nmode = testing\nmax_age = 1d\n"
BROKEN = INI + "[broken.example]\nmx = 192.0.2.1\nnmx = a\nmode = on\n"
# One mistake of each kind that a message quotes, two sections with the same name, and an unused template.
MANY = BROKEN + """[example.org]
mx = a.example.org
[t]
mx = b.example.org
[unused]
mx = mail
[mta-sts.example.de]
version: STSv1
mx: mail
write this
[a_.example]
use = n.o
max_age = long
host = a_
[tls.example]
mx = mail
mode = testing
max_age = 1
tlsrpt = x
"""
# The first message is about a second section, the last a warning about a value in [defaults].
TWICE = "[defaults]\nmode = enforce\nmax_age = 1d\n[a.example]\nmode = none\n[a.example]\nmx = mail.a.example\n"
BESIDE = INI + "[none.example]\nmode = none\n[host.example]\nmx = mail.host.example\nhost = 1.2\n[*]\nuse = t\n"
OLD = "[old.example]\nmx = mail.old.example\n[example.com]\nmx = mail.old.example\n[older.example]\nmx = mail.old.example\n"

# Sources of import: two domains with one policy, one with another, one with a mistake, one that two sources give different policies.
POLICY = "version: STSv1\\nmode: enforce\\nmx: mail.example.net\\nmax_age: 604800\\n"
WORKER = f"""const shared = "{POLICY}";
const policies = {{
    "d.example": shared,
    "mta-sts.b.example": "{POLICY}",
    'a.example': '{POLICY}' + "",
    "mta-sts.c.example": `version: STSv1
mode: none
max_age: 86400
`,
    "broken.example": "version: STSv1\\nmode: x\\n",
    "twice.example": "{POLICY}",
}};
policies["twice.example"] = "{POLICY}mx: other.example\\n";
"""
NGINX = f"""server {{
    server_name mta-sts.a.example mta-sts.b.example;
    location = /.well-known/mta-sts.txt {{ return 200 "{POLICY}"; }}
}}
server {{ server_name mta-sts.broken.example; return 200 "{POLICY}# $host"; }}
map $host $policy {{ c.example "{POLICY}mx: other.example"; }}
"""
