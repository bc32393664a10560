# For reports.bats: a Postfix that receives reports, with opendkim to verify their signatures, and programs that send reports.

REPORTS=$(dirname "$MTA_STS")/mta-sts-reports
DAY=2026-11-26T07:00:00Z

# dkim_key DOMAIN [TAG]: makes the key DOMAIN.key of the selector tls, and puts its record into mail.zone, with TAG.
dkim_key() {
    opendkim-genkey --append-domain --selector=tls --domain="$1" --directory="$DIR"
    mv tls.private "$1.key"
    sed "s/[[:space:]]IN/ 300 IN/; s/k=rsa;/& ${2:-}/" tls.txt >>mail.zone
}

# start_opendkim: it verifies on port 8891, with its keys from the name server.
start_opendkim() {
    cat >opendkim.conf <<'CONF'
Mode v
Socket inet:8891@127.0.0.1
Nameservers 127.0.0.1
AuthservID mx.example.org
AlwaysAddARHeader yes
Background no
Syslog no
InternalHosts 192.0.2.1
CONF
    start opendkim.log opendkim -f -x opendkim.conf
    until_true listens_inside 8891
}

# start_receiver: a Postfix on port 25. Mail to reports@example.org goes into the Maildir and through a pipe, as in aliases(5); mail to piped@example.org
# goes through a service of its own, as in pipe(8).
start_receiver() {
    install -d -o nobody maildir piped
    # Where the tests run, nobody may have no way to the program.
    install -m 755 "$REPORTS" program
    cat >aliases <<CONF
reports $DIR/maildir/, "|$DIR/program -f $DIR/policies.ini --now $DAY --authserv-id mx.example.org --json >>$DIR/piped/alias; true"
CONF
    # pipe(8) has no shell, and takes the exit status of a verdict for a failed delivery.
    cat >pipe <<SH
#!/bin/sh
exec >>$DIR/piped/service
$DIR/program -f $DIR/policies.ini --now $DAY --authserv-id mx.example.org --json || true
SH
    chmod 755 pipe
    cat >services <<CONF
smtp      inet  n       -       n       -       -       smtpd
anvil     unix  -       -       n       -       1       anvil
local     unix  -       n       n       -       -       local
reports   unix  -       n       n       -       -       pipe user=nobody argv=$DIR/pipe
CONF
    echo 'piped@example.org reports:' >transport
    # As in mta-sts-reports(1), SIGNATURES.
    echo '/^Authentication-Results[[:space:]]*:/ IGNORE' >header_checks
    run_postfix <<CONF
myhostname = mx.example.org
mydestination = example.org
alias_maps = texthash:$DIR/aliases
transport_maps = texthash:$DIR/transport
smtpd_milters = inet:127.0.0.1:8891
milter_default_action = tempfail
header_checks = regexp:$DIR/header_checks
nested_header_checks =
CONF
    until_true listens_inside 25
}

# deliver FILE [RECIPIENT]: sends the mail FILE, as swaks does.
deliver() {
    inside swaks --silent 2 --server 127.0.0.1 --from tls@sender.example --to "${2:-reports@example.org}" --data "@$1"
}

# attached FILE TYPE: swaks makes a mail with FILE attached.
attached() {
    inside swaks --silent 2 --server 127.0.0.1 --from tls@sender.example --to reports@example.org --h-Subject 'Report Domain: example.org' \
        --add-header 'TLS-Report-Domain: example.org' --body 'A report.' --attach-type "$2" --attach-name "$1" --attach "@$1"
}

# curl_mail TYPE FILE PART-TYPE ENCODER: curl makes a mail of TYPE with FILE as its second part.
curl_mail() {
    inside curl -sS smtp://127.0.0.1 --mail-from tls@sender.example --mail-rcpt reports@example.org -H 'From: tls@sender.example' \
        -H "Content-Type: $1" -F '=A report.;type=text/plain' -F "=@$2;type=$3;encoder=$4"
}

# nodemailer FILE TYPE [KEY]: nodemailer makes a mail with FILE attached, and signs it with KEY for sender.example.
nodemailer() {
    inside env NODE_PATH="$(realpath "$BATS_TEST_DIRNAME/../../build/nodemailer/node_modules")" node "$BATS_TEST_DIRNAME/reports-nodemailer.js" "$@"
}

# counted ARGUMENT...: what is read of the Maildir about example.org: reports, unsigned ones, sessions, failed ones, and each reporter with its sessions.
counted() {
    "$REPORTS" -f policies.ini --now "$DAY" --json "$@" maildir | figures
}

# figures: the same from the output of the program, for all lines.
figures() {
    python3 -c 'import json, sys
for line in sys.stdin:
    d = json.loads(line)
    print(*[d[key] for key in ("reports", "unsigned", "sessions", "failed")], *["%s=%d" % (r["name"], r["sessions"]) for r in d["reporters"]])'
}

# has_mails N: as many mails have arrived in the Maildir.
has_mails() {
    [ "$(find maildir/new -type f 2>/dev/null | wc -l)" -eq "$1" ]
}

# has_lines N FILE
has_lines() {
    [ "$(wc -l <"$2")" -eq "$1" ]
}
