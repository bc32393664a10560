# TLS reports by mail: made and signed by the programs of others, received by a real Postfix, verified by opendkim, read by mta-sts-reports.

load senders
load delivery
load reports

start_all() {
    printf '[example.org]\nmx = mail.example.org, *.backup.example.org\n' >policies.ini
    leave_alone policies.ini
    mail_network
    dkim_key sender.example
    dkim_key evil.example
    dkim_key strict.example 's=tlsrpt;'
    start_dns
    start_opendkim
    start_receiver
}

# make_reports: report N is of the day N days ago, and has 2^N sessions: the sum names those that were counted.
make_reports() {
    python3 <<'PY'
from tlsrpt import *
for n in range(1, 14):
    one = report(org="Sender", ago=n, good=2 ** n)
    save(f"{n}.json", text(one))
    save(f"{n}.json.gz", zipped(one))
PY
}

@test "reports of swaks, curl and nodemailer reach a Maildir and a pipe through Postfix; signed ones count by name" {
    start_all
    make_reports
    attached 1.json.gz application/tlsrpt+gzip
    attached 2.json application/tlsrpt+json
    curl_mail 'multipart/report; report-type="tlsrpt"' 3.json.gz application/tlsrpt+gzip base64
    curl_mail 'multipart/report; report-type="tlsrpt"' 4.json application/tlsrpt+json quoted-printable
    nodemailer 5.json.gz application/gzip
    nodemailer 6.json.gz application/tlsrpt+gzip sender.example.key
    nodemailer 7.json application/tlsrpt+json sender.example.key
    python3 <<'PY'
from tlsrpt import *
def read(name):
    return open(name, "rb").read()
save("8.eml", mail(read("8.json.gz")))
save("9.eml", single(read("9.json"), "application/tlsrpt+json"))
save("10.eml", single(read("10.json.gz")))
PY
    for n in 8 9; do
        dkimsign tls sender.example sender.example.key <$n.eml >$n.signed
        deliver $n.signed
    done
    deliver 10.eml
    eventually has_mails 10
    run -1 --separate-stderr "$REPORTS" -f policies.ini --now "$DAY" maildir
    [ -z "$stderr" ]
    diff - <(counted) <<<'10 0 2046 0 Sender=2046'
    diff - <(counted --authserv-id mx.example.org) <<<'4 6 960 0 sender.example=960'
    diff - <(counted --authserv-id mx.elsewhere.example) <<<'0 10 0 0'
    # The pipe got each of them once.
    eventually has_lines 10 piped/alias
    diff - <(figures <piped/alias | sort | uniq -c | tr -s ' ') <<'TEXT'
 6 0 1 0 0
 1 1 0 128 0 sender.example=128
 1 1 0 256 0 sender.example=256
 1 1 0 512 0 sender.example=512
 1 1 0 64 0 sender.example=64
TEXT
    deliver 8.signed piped@example.org
    eventually has_lines 1 piped/service
    diff - <(figures <piped/service) <<<'1 0 256 0 sender.example=256'
    eventually queue_is_empty
}

@test "forged: a field of the receiving server, a signature of another domain, a report changed after it was signed" {
    start_all
    make_reports
    python3 <<'PY'
from tlsrpt import *
def read(name):
    return open(name, "rb").read()
lie = b"Authentication-Results: mx.example.org; dkim=pass header.d=sender.example\n"
save("1.eml", lie + mail(read("1.json.gz")))
save("2.eml", mail(read("2.json.gz")))
save("3.eml", lie + mail(read("3.json.gz")))
save("4.eml", mail(read("4.json"), "application/tlsrpt+json"))
save("5.eml", mail(read("5.json.gz")))
save("6.eml", mail(read("6.json.gz")))
PY
    deliver 1.eml
    # The genuine one beside them.
    dkimsign tls sender.example sender.example.key <2.eml >2.signed
    deliver 2.signed
    dkimsign tls evil.example evil.example.key <3.eml >3.signed
    deliver 3.signed
    dkimsign tls sender.example sender.example.key <4.eml | sed 's/^--b--/--b\n\nmore\n--b--/' >4.changed
    deliver 4.changed
    # The name of the signer's user, i=, may have any character, encoded. The signature is not valid.
    dkimsign --identity 'x=3B=20dkim=3Dpass=20header.d=3Dsender.example=20header.x=3Dy@evil.example' tls evil.example evil.example.key <5.eml |
        sed 's/^--b--/--b\n\nmore\n--b--/' >5.changed
    deliver 5.changed
    # opendkim takes no key that is for reports alone, as RFC 8460 3 recommends.
    dkimsign tls strict.example strict.example.key <6.eml >6.signed
    deliver 6.signed
    eventually has_mails 6
    diff - <(counted --authserv-id mx.example.org) <<<'2 4 12 0 evil.example=8 sender.example=4'
    diff - <(counted) <<<'6 0 126 0 Sender=126'
}

@test "forged: fields of the receiving server in mails that opendkim does not look at" {
    start_all
    make_reports
    python3 <<'PY'
from tlsrpt import *
def lie(n, field, signature=b"none"):
    save(f"{n}.eml", field + b"DKIM-Signature: " + signature + b"\n" + mail(open(f"{n}.json.gz", "rb").read()))
field = b"Authentication-Results: mx.example.org; dkim=pass header.d=sender.example\n"
lie(1, field)
lie(2, field, b"v=1; a=rsa-sha256; d=b\xc3\xbc.example; s=tls; h=from; bh=; b=")
lie(3, field.replace(b":", b" \t:", 1))
lie(4, field.replace(b";", b"\n\t(;)\n\t;").upper())
lie(5, b"Received: from a\n" + field)
save("6.eml", mail(open("6.json.gz", "rb").read()))
PY
    dkimsign tls sender.example sender.example.key <6.eml >6.signed
    for mail in {1..5}.eml 6.signed; do
        deliver "$mail"
    done
    eventually has_mails 6
    diff - <(counted --authserv-id mx.example.org) <<<'1 5 64 0 sender.example=64'
    diff - <(counted) <<<'6 0 126 0 Sender=126'
}
