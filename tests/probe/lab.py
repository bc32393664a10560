#!/usr/bin/python3
"""lab.py CASES: from the table of cases it writes the zones, certificates, policies and server configurations to the working directory."""
import os
import subprocess
import sys
import time

# The servers' addresses. Nothing listens at REFUSED, and there is no route to NOROUTE.
NGINX, NGINX_OLD, ODD, SILENT, REFUSED, PLAIN, NOROUTE = *("11.0.0.%d" % n for n in (2, 3, 4, 5, 1, 7)), "12.0.0.1"
# More nginx: with a certificate for other names, with another policy, with the same policy in other bytes, with nothing.
NGINX_NAME, NGINX_OTHER, NGINX_LF, NGINX_NOTHING = ("11.0.0.%d" % n for n in (20, 21, 22, 23))
POSTFIX, NOBODY_SIX, TARPITS = "11.0.0.10", "2a00:1::1", ["11.0.2.%d" % n for n in range(1, 33)]
# A private address where both a policy host and an MX host answer.
PRIVATE = "10.0.0.25"
HTTPS_AT = {"tls11": NGINX_OLD, "silent": SILENT, "refused": REFUSED, "plain": PLAIN, "noroute": NOROUTE}
ODD_ANSWERS = ("slow", "once", "hung", "cut", "header", "line", "escape", "markup")
HTTPS_AT.update(dict.fromkeys(ODD_ANSWERS, ODD))

FIELDS = ("domain", "wrong", "check", "severity", "dns", "https", "cert", "mail", "mailcert")


def read_cases(name):
    with open(name, encoding="ascii") as lines:
        return [dict(zip(FIELDS, line.rstrip("\n").split("\t"))) for line in lines if not line.startswith("#")]


def openssl(*arguments):
    done = subprocess.run(["openssl", *arguments], capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit("openssl %s: %s" % (" ".join(arguments), done.stderr.decode()))


def write(name, *parts, mode="w"):
    with open(name, mode) as out:
        out.write((b"" if "b" in mode else "").join(parts))


def read(name):
    with open(name, encoding="ascii") as file:
        return file.read()


# --- certificates ---

def request(name, subject, key=("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")):
    openssl("req", "-newkey", *key, "-nodes", "-subj", subject, "-keyout", name + ".key", "-out", name + ".csr")


AUTHORITY = """[ca]
default_ca = it
[it]
database = index.txt
serial = serial.txt
new_certs_dir = .
default_md = sha256
policy = any
[any]
organizationName = optional
commonName = optional
"""


def sign(name, issuer, extensions, days=60, chain=(), age=0):
    """NAME.crt, signed AGE days ago by ISSUER (None: self-signed), and NAME.pem: the key, and what a server sends."""
    write(name + ".ext", "\n".join(extensions) + "\n")
    by = ["-CA", issuer + ".crt", "-CAkey", issuer + ".key", "-CAcreateserial"] if issuer else ["-signkey", name + ".key"]
    if age > 0:
        write("index.txt")
        write("serial.txt", "01\n")
        write("authority.cnf", AUTHORITY)
        dates = [time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + 86400 * day)) for day in (-age, days - age)]
        openssl("ca", "-batch", "-notext", "-config", "authority.cnf", "-cert", issuer + ".crt", "-keyfile", issuer + ".key",
                "-in", name + ".csr", "-startdate", dates[0], "-enddate", dates[1], "-extfile", name + ".ext", "-out", name + ".crt")
    else:
        openssl("x509", "-req", "-in", name + ".csr", *by, "-days", str(days), "-extfile", name + ".ext", "-out", name + ".crt")
    write(name + ".pem", read(name + ".key"), *(read(part + ".crt") for part in (name, *chain)))


def authorities():
    ca = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign"]
    for name, issuer in (("root", None), ("middle", "root"), ("other", None)):
        request(name, "/O=Laboratory/CN=" + name)
        sign(name, issuer, ca, 365)
    write("ca.pem", read("root.crt"))


def certificates(names):
    """One certificate for each kind, for all hosts of that kind."""
    leaf = ["basicConstraints=critical,CA:FALSE", "extendedKeyUsage=serverAuth", "authorityInfoAccess=caIssuers;URI:http://ca.test/middle.crt"]
    kinds = {  # issuer, what is sent after it, days, names
        "good": ("middle", ["middle"], 60, None),
        "wildcard": ("middle", ["middle"], 60, ["*.cert-wildcard.test"]),
        "expired": ("middle", ["middle"], 60, None),
        "self": (None, [], 60, None),
        "name": ("middle", ["middle"], 60, ["a.elsewhere.test", "b.elsewhere.test", "c.elsewhere.test", "d.elsewhere.test"]),
        "deep": ("middle", ["middle"], 60, ["*.test"]),
        "incomplete": ("middle", [], 60, None),
        "authority": ("other", ["other"], 60, None),
        "cn": ("middle", ["middle"], 60, []),
        "both": ("middle", ["middle"], 60, ["elsewhere.test"]),
        "soon": ("middle", ["middle"], 60, None),
        "short": ("middle", ["middle"], 5, None),
        "weak": ("middle", ["middle"], 60, None),
        "markup": ("middle", ["middle"], 60, ["<img src=x onerror=document.title=1>.test"]),
    }
    ages = {"soon": 55, "expired": 61, "both": 61}
    for kind, (issuer, chain, days, own) in kinds.items():
        hosts = names.get(kind, []) if own is None else own
        key = ("rsa:1024",) if kind == "weak" else ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
        request(kind, "/CN=mta-sts.cert-cn.test" if kind == "cn" else "/O=Laboratory", key)
        alternative = ["subjectAltName=" + ",".join("DNS:" + host for host in hosts)] if hosts else []
        sign(kind, issuer, (leaf if issuer else leaf[:2]) + alternative, days, chain, ages.get(kind, 0))


# --- policies ---

def policy(case):
    domain, kind = case["domain"], case["https"]
    lines = ["version: STSv1", "mode: enforce", "mx: mail." + domain, "max_age: 604800"]
    if case["dns"] == "tarpits" or case["dns"] == "tarpit":
        lines[2] = "mx: *." + domain
    if case["dns"] == "mx-crowd":
        lines[2] = "mx: *.crowd.test"
    if kind == "mode-none":
        lines[1] = "mode: none"
    elif kind == "testing":
        lines[1] = "mode: testing"
    elif kind == "twice":
        lines.insert(2, "mode: testing")
    elif kind == "unused":
        lines.insert(3, "mx: old." + domain)
    elif kind in ("12k", "large"):
        lines[3:3] = ["mx: mx%d.%s" % (n, domain) for n in range(2700 if kind == "large" else 450)]
    elif kind == "blank":
        lines.insert(2, "")
    text = "".join(line + "\r\n" for line in lines)
    changed = {"lf": text.replace("\r", ""), "cr": text.replace("\n", ""), "bom": "\ufeff" + text, "empty": ""}
    return changed.get(kind, text).encode()


def policies(cases):
    for case in cases:
        folder = "www/mta-sts.%s/.well-known" % case["domain"]
        os.makedirs(folder)
        write(folder + "/mta-sts.txt", policy(case), mode="wb")
        for root, old, new in (("other", b"mx: mail.", b"mx: old."), ("lf", b"\r", b"")):
            os.makedirs(folder.replace("www", root))
            write(folder.replace("www", root) + "/mta-sts.txt", policy(case).replace(old, new), mode="wb")


# --- DNS ---

TXT = {  # what stands at _mta-sts
    "txt-none": [],
    "parked": [],
    "removed": [],
    "txt-nodata": ["A 192.0.2.1"],
    "txt-foreign": ['TXT "v=spf1 -all"'],
    "txt-two": ['TXT "v=STSv1; id=1;"', 'TXT "v=STSv1; id=2;"'],
    "txt-bad": ['TXT "v=STSv1; id=2026-11-21;"'],
    "txt-other": ['TXT "v=STSv1; id=1;"', 'TXT "something else"'],
    "txt-large": ['TXT "v=STSv1; id=1;" ' + " ".join('"x%d=%s;"' % (n, "y" * 240) for n in range(8))],
    "txt-strings": ['TXT "v=STS" "v1; i" "" "d=1;"'],
    "txt-chain": ["CNAME one.chain.test."],
    "txt-quotes": ['TXT "\\"v=STSv1; id=1;\\""'],
    "txt-twice": [],
    "txt-under": [],
    "txt-wildcard": ["A 192.0.2.1"],
    "txt-hidden": ['TXT "v=spf1 -all"'],
    "txt-dangling": ["CNAME nowhere.test."],
    "txt-circle": ["CNAME round.test."],
    "markup": ['TXT "v=STSv1; id=</dl></details><script>document.title=1</script>\\"]]>&lt;\\000\\226\\128\\174\\255"'],
    "txt-escape": ['TXT "v=STSv1; id=\\027[31mred\\007;"'],
}
RPT = {
    "rpt-none": [],
    "parked": [],
    "removed": [],
    "rpt-foreign": ['TXT "v=spf1 -all"'],
    "rpt-two": ['TXT "v=TLSRPTv1; rua=mailto:a@x.test"', 'TXT "v=TLSRPTv1; rua=mailto:b@x.test"'],
    "rpt-both": ['TXT "v=TLSRPTv1; rua=mailto:a@x.test; rua=https://b.test/c"'],
    "rpt-twice": [],
    "markup": ['TXT "v=TLSRPTv1; rua=<img src=x onerror=document.title=1>"'],
    "rpt-dangling": ["CNAME nowhere.test."],
    "rpt-bad": ['TXT "v=TLSRPTv1; rua=reports"'],
}


DIGEST = 32 * "ab"
TLSA = {  # what stands at _25._tcp of the MX host; None is its certificate's
    "tlsa": [None],
    "tlsa-other": ["3 1 1 " + DIGEST],
    "tlsa-partly": [None],
    "tlsa-some": [None, "1 1 1 " + DIGEST],
    "tlsa-none": ["0 0 1 " + DIGEST, "3 2 1 " + DIGEST, "3 1 3 " + DIGEST, "3 1 1 " + DIGEST[2:], "4 1 1 " + DIGEST, "3 1 0 00"],
}


# A delegated domain: the three names are CNAMEs into operator.test, for each case with what is not as it should be, at the names of the domain (owner) or in the
# zone: other data in place of the CNAME or the record, or None. {} stands for the domain.
DELEGATED = {
    "zone": ({}, {}),
    "zone-empty": ({}, {"_mta-sts": None}),
    "zone-nohost": ({}, {"mta-sts": None}),
    "zone-norpt": ({}, {"_smtp._tls": None}),
    "zone-half": ({"mta-sts": "A " + NGINX, "_smtp._tls": 'TXT "v=TLSRPTv1; rua=mailto:own@{}"'}, {}),
    "zone-own": ({"_mta-sts": 'TXT "v=STSv1; id=0;"'}, {}),
    "zone-none": ({"_mta-sts": None}, {}),
    "zone-name": ({"_mta-sts": "CNAME _mta-sts.zone.test.operator.test."}, {}),
    "zone-lost": ({"_mta-sts": "CNAME _mta-sts.x{}.operator.test."}, {}),
    "zone-dot": ({"_mta-sts": "CNAME _mta-sts.{}.operator.test.{}."}, {}),
    "zone-chain": ({}, {"_mta-sts": "CNAME one.chain.test."}),
    "zone-within": ({"_mta-sts": "CNAME alias.{}.", "alias": "CNAME _mta-sts.{}.operator.test."}, {}),
}


def delegated(case):
    domain, (owner, zone) = case["domain"], DELEGATED[case["dns"]]
    wanted = {"mta-sts": "CNAME policies.test.", "_mta-sts": 'TXT "v=STSv1; id=1;"', "_smtp._tls": 'TXT "v=TLSRPTv1; rua=mailto:tls@{}"'}
    cnames = {prefix: "CNAME %s.{}.operator.test." % prefix for prefix in wanted}
    for records_of, below in (({**cnames, **owner}, ""), ({**wanted, **zone}, ".operator.test")):
        for prefix, data in records_of.items():
            yield "%s.%s%s" % (prefix, domain, below), [data.replace("{}", domain)] if data else []


def addresses(*names):
    return ["%s %s" % ("AAAA" if ":" in name else "A", name) for name in names]


HOSTS = {  # more than one address of the policy host
    "host-two": (REFUSED, NGINX),
    "host-private": ("10.0.0.1", NGINX),
    "host-hidden": (PRIVATE,),
    "host-lost": (PRIVATE, NGINX_NAME),
    "host-six": (NGINX, NOBODY_SIX),
    "host-name": (NGINX, NGINX_NAME),
    "host-other": (NGINX, NGINX_OTHER),
    "host-lf": (NGINX, NGINX_LF),
    "host-404": (NGINX, NGINX_NOTHING),
    "host-tls11": (NGINX, NGINX_OLD),
    "host-noroute": (NGINX, NOROUTE),
    "host-unseen": (NGINX_NAME, NOROUTE),
    "host-unseen-404": (NGINX_NOTHING, NOROUTE),
    "host-all": (NGINX_NAME, NOBODY_SIX, REFUSED),
    "host-many": (NGINX, *("11.0.1.%d" % n for n in range(1, 17))),
    "host-split": (NGINX_NAME, NGINX_NOTHING),
}
MAILS = {
    "tlsa-partly": (POSTFIX, ("tls", "self")),  # the same of the MX host; a pair is a kind of server and its certificate
    "mail-two": (REFUSED, POSTFIX),
    "mail-six": (POSTFIX, NOBODY_SIX),
    "mail-name": (POSTFIX, ("tls", "name")),
    "mail-nostarttls": (("nostarttls", "-"), POSTFIX),
    "mail-garbage": (("garbage", "-"), POSTFIX),
    "mail-tls11": (("tls11", "-"), POSTFIX),
    "mail-hung": (("hung", "-"), POSTFIX),
    "mail-noroute": (POSTFIX, NOROUTE),
    "mail-unseen": (("tls", "name"), NOROUTE),
    "mail-all": (("nostarttls", "-"), ("tls", "name"), NOBODY_SIX),
    "mail-none": (),
    "mail-hidden": (PRIVATE,),
    "mail-private": (PRIVATE, POSTFIX),
    "mail-link": ("169.254.1.1", NOROUTE),
    "mail-lost": (PRIVATE, ("tls", "name")),
}


def host_records(case):
    named = {"host-none": [], "parked": [], "removed": [], "host-dangling": ["CNAME nowhere.test."], "host-chain": ["CNAME steps.chain.test."]}
    at = HOSTS.get(case["dns"], (HTTPS_AT.get(case["https"], NGINX),))
    return named.get(case["dns"], addresses(*at))


def mail_records(case, mail_at, mail):
    if case["dns"] == "mx-alias":
        return ["CNAME mx.elsewhere.test."]
    at = MAILS.get(case["dns"], (mail_at,))
    return addresses(*(mail[one] if isinstance(one, tuple) else one for one in at))


def tarpits(case, mail):
    """32 MX hosts, each with an address of its own, or all with the same."""
    for n, at in enumerate(TARPITS):
        name = "mx%d.%s" % (n, case["domain"])
        yield case["domain"], ["MX 10 %s." % name]
        yield name, addresses(at if case["dns"] == "tarpits" else mail["hung", "-"])


def direct(case):
    domain, dns = case["domain"], case["dns"]
    yield "_mta-sts." + domain, TXT.get(dns, ['TXT "v=STSv1; id=1;"'])
    yield "mta-sts." + domain, host_records(case)
    yield "_smtp._tls." + domain, RPT.get(dns, ['TXT "v=TLSRPTv1; rua=mailto:tls@%s"' % domain])


def records(case, mail_at, servers):
    domain, dns = case["domain"], case["dns"]
    mx = {"mx-other": ["MX 10 mail.%s." % domain, "MX 20 mx.elsewhere.test."], "mx-null": ["MX 0 ."], "mx-repeated": ["MX %d mx.elsewhere.test." % n for n in (10, 20, 30)],
          "mx-beside": ["MX 0 .", "MX 10 mail.%s." % domain], "parked": ["MX 0 ."],
          "mx-markup": ["MX 10 %s." % ("mail." + domain), "MX 20 \\060script\\062title\\0611\\060/script\\062.%s." % domain],
          "mx-none": ["A " + mail_at], "mx-lost": [],
          "mx-address": ["MX 10 192.0.2.1."], "mx-crowd": ["MX 10 m%d.crowd.test." % n for n in range(1, 35)]}
    mail = "mail." + domain
    if dns in DELEGATED:
        yield from delegated(case)
    else:
        yield from direct(case)
    if dns in ("tarpits", "tarpit"):
        yield from tarpits(case, servers)
    else:
        yield domain, mx.get(dns, ["MX 10 %s." % mail])
        yield mail, mail_records(case, mail_at, servers)
    for prefix, kind, text in (("_mta-sts", "txt", "v=STSv1; id=1;"), ("_smtp._tls", "rpt", "v=TLSRPTv1; rua=mailto:tls@x.test")):
        if dns == kind + "-twice":
            yield "%s.%s.%s" % (prefix, domain, domain), ['TXT "%s"' % text]
    if dns == "txt-wildcard":
        yield "*." + domain, ['TXT "v=STSv1; id=1;"']
    if dns in ("txt-under", "txt-hidden"):
        yield "_mta_sts." + domain, ['TXT "v=STSv1; id=1;"']
    if dns in TLSA:
        yield "_25._tcp." + mail, [tlsa("good") if data is None else "TLSA " + data for data in TLSA[dns]]


def tlsa(name):
    openssl("x509", "-in", name + ".crt", "-pubkey", "-noout", "-out", name + ".pub")
    openssl("pkey", "-pubin", "-in", name + ".pub", "-outform", "DER", "-out", name + ".der")
    openssl("dgst", "-sha256", "-binary", "-out", name + ".sha", name + ".der")
    with open(name + ".sha", "rb") as file:
        return "TLSA 3 1 1 " + file.read().hex()


def zones(cases, mail_at, servers):
    start = ["@ 300 IN SOA ns.%s hostmaster.%s 1 3600 600 86400 60", "@ 300 IN NS ns.%s", "ns.%s 300 IN A 127.0.0.1"]
    zone = {"test": [], "signed.test": [], "bogus.test": []}
    for case in cases:
        if case["dns"] in ("none", "gone"):
            continue
        into = zone[next((name for name in ("signed.test", "bogus.test") if case["domain"].endswith(name)), "test")]
        for name, lines in records(case, mail_at(case), servers):
            into += ["%s. 300 IN %s" % (name, line) for line in lines]
    for name in ("signed.test", "bogus.test"):
        zone["test"] += ["%s. 300 IN NS ns.%s." % (name, name), "ns.%s. 300 IN A 127.0.0.1" % name]
    zone["test"] += ["policies.test. 300 IN A " + NGINX,
                     "steps.chain.test. 300 IN CNAME policies.test.", "one.chain.test. 300 IN CNAME two.chain.test.", 'two.chain.test. 300 IN TXT "v=STSv1; id=1;"',
                     "round.test. 300 IN CNAME back.test.", "back.test. 300 IN CNAME round.test.", "mx.elsewhere.test. 300 IN A " + POSTFIX,
                     "all.test. 300 IN A 192.0.2.1", "all.test. 300 IN AAAA 2001:db8::1", "six.test. 300 IN AAAA 2001:db8::2",
                     "many.test. 300 IN MX 20 b.many.test.", "many.test. 300 IN MX 10 c.many.test.", "many.test. 300 IN MX 10 a\\.\\027.many.test."]
    for n in range(1, 35):
        zone["test"] += ["crowd.test. 300 IN MX 10 m%d.crowd.test." % n, "crowd.test. 300 IN MX 20 M%d.Crowd.test." % n, "m%d.crowd.test. 300 IN A %s" % (n, POSTFIX)]
    for name, lines in zone.items():
        write(name + ".zone", "\n".join(line.replace("%s", name + ".") for line in start + lines) + "\n")


# --- servers ---

def nginx(cases, here):
    certs = "".join("        mta-sts.%s %s;\n" % (case["domain"], case["cert"]) for case in cases if case["cert"] != "-")
    status = "".join("        mta-sts.%s %s;\n" % (case["domain"], case["https"]) for case in cases if case["https"] in ("301", "404", "500"))
    plain = "".join(block(case, here) for case in cases if case["https"] in ("html", "notype"))
    write("nginx.http", NGINX_HTTP % {"here": here, "certs": certs, "status": status, "plain": plain, "address": NGINX, "private": PRIVATE,
                                      "old": NGINX_OLD, "name": NGINX_NAME, "other": NGINX_OTHER, "lf": NGINX_LF,
                                      "nothing": NGINX_NOTHING})


def block(case, here):
    kind = "text/html" if case["https"] == "html" else '""'
    return """    server {
        listen %s:443 ssl http2;
        server_name mta-sts.%s;
        root %s/www/$host;
        types { }
        default_type %s;
    }
""" % (NGINX, case["domain"], here, kind)


NGINX_HTTP = """    access_log off;
    map_hash_bucket_size 128;
    server_names_hash_bucket_size 128;
    map $ssl_server_name $certificate {
        default good;
%(certs)s    }
    map $host $status_wanted {
        default "";
%(status)s    }
    types { }
    default_type text/plain;
    ssl_ciphers DEFAULT:@SECLEVEL=0;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate %(here)s/$certificate.pem;
    ssl_certificate_key %(here)s/$certificate.key;
    server {
        listen %(address)s:443 ssl http2 default_server;
        listen %(private)s:443 ssl http2 default_server;
        root %(here)s/www/$host;
        if ($status_wanted = 301) { return 301 https://elsewhere.test/$host; }
        if ($status_wanted = 404) { return 404; }
        if ($status_wanted = 500) { return 500; }
    }
    server {
        listen %(old)s:443 ssl default_server;
        ssl_protocols TLSv1 TLSv1.1;
        root %(here)s/www/$host;
    }
    server {
        listen %(name)s:443 ssl default_server;
        ssl_certificate %(here)s/name.pem;
        ssl_certificate_key %(here)s/name.key;
        root %(here)s/www/$host;
    }
    server {
        listen %(other)s:443 ssl default_server;
        root %(here)s/other/$host;
    }
    server {
        listen %(lf)s:443 ssl default_server;
        root %(here)s/lf/$host;
    }
    server {
        listen %(nothing)s:443 ssl default_server;
        return 404;
    }
%(plain)s"""


def postfix(here):
    os.makedirs("postfix")
    os.makedirs("queue")
    write("postfix/main.cf", """compatibility_level = 3.6
queue_directory = %(here)s/queue
data_directory = %(here)s/data
maillog_file = %(here)s/maillog
maillog_file_prefixes = %(here)s
myhostname = mail.healthy.test
mydestination =
alias_maps =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_tls_security_level = may
smtpd_tls_chain_files = %(here)s/good.pem
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
""" % {"here": here})
    write("postfix/master.cf", POSTFIX + """:25 inet  n       -       n       -       -       smtpd
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
cleanup   unix  n       -       n       -       0       cleanup
anvil     unix  -       -       n       -       1       anvil
postlog   unix-dgram n  -       n       -       1       postlogd
""")


def main():
    cases, here = read_cases(sys.argv[1]), os.getcwd()
    names, mail = {}, {}
    for case in cases:
        for host, kind in (("mta-sts.", case["cert"]), ("mail.", case["mailcert"])):
            names.setdefault("good" if kind == "-" else kind, []).append(host + case["domain"])
        if case["mail"] not in ("-", "refused"):
            # Each kind of server with each kind of certificate has its own address.
            mail.setdefault((case["mail"], case["mailcert"]), "11.0.3.%d" % (len(mail) + 1))

    def mail_at(case):
        return {"-": POSTFIX, "refused": REFUSED}.get(case["mail"]) or mail[case["mail"], case["mailcert"]]

    names["good"] += ["mx.elsewhere.test", "*.crowd.test"]
    authorities()
    certificates(names)
    policies(cases)
    zones(cases, mail_at, mail)
    nginx(cases, here)
    postfix(here)
    write("smtp.args", "".join("%s=%s=%s\n" % (at, kind, "good" if cert == "-" else cert) for (kind, cert), at in mail.items()),
          "".join("%s=hung=good\n" % at for at in TARPITS), "%s=tls=good\n" % PRIVATE)
    write("https.args", "".join("mta-sts.%s=%s\n" % (case["domain"], case["https"]) for case in cases if case["https"] in ODD_ANSWERS))


main()
