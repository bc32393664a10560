# For delegated.bats: the zones of delegated domains and of their operator, a resolver, chasquid, and mx-connect with mailauth.

# zone_begins NAME SERIAL: the records that a zone begins with.
zone_begins() {
    printf '%s. 300 IN SOA ns. hostmaster. %d 3600 600 86400 60\n%s. 300 IN NS ns.\n' "$1" "$2" "$1"
}

# delegate DOMAIN RECORD: the zone of DOMAIN, as its owner has it: RECORD, and the CNAMEs to the zone sts.example.net.
delegate() {
    {
        zone_begins "$1" 1
        echo "$1. 300 IN $2"
        "$MTA_STS" dns --delegate sts.example.net --only owners "$1"
    } >"$1.zone"
    DELEGATED+=("$1")
}

operator_zone() {
    OPERATOR_SERIAL=$((${OPERATOR_SERIAL:-0} + 1))
    {
        zone_begins sts.example.net "$OPERATOR_SERIAL"
        "$MTA_STS" dns --delegate sts.example.net --only zone
    } >sts.example.net.zone
    named-checkzone -q sts.example.net sts.example.net.zone
}

# start_delegated_dns: Knot DNS on port 5353, and unbound on port 53, which keeps answers for a second.
start_delegated_dns() {
    local zone
    {
        root_zone
        echo 'policies.example.net. 300 IN A 127.0.0.1'
        printf '%s. 300 IN A 127.0.0.2\n' mx.provider.example
    } >.zone
    sed -i '$a mail.allowed.example. 300 IN A 127.0.0.2' allowed.example.zone
    operator_zone
    {
        printf 'template:\n  - id: default\n    file: "%s/%%s.zone"\n    zonefile-sync: -1\n    journal-content: none\nzone:\n' "$DIR"
        printf '  - domain: "%s"\n' . sts.example.net "${DELEGATED[@]}"
    } >zones.conf
    DNS_PORT=5353 run_knot <zones.conf
    run_unbound <<'CONF'
    cache-max-ttl: 1
    cache-max-negative-ttl: 1
    module-config: "iterator"
stub-zone:
    name: "."
    stub-addr: 127.0.0.1@5353
CONF
    for zone in sts.example.net "${DELEGATED[@]}"; do
        is_up knot resolves "$zone" NS ns.
    done
}

# publish_delegated: the operator's zone gets what `mta-sts dns` prints now.
publish_delegated() {
    local domain
    operator_zone
    inside knotc -b -s "$DIR/knot.sock" zone-reload sts.example.net
    until_true resolves sts.example.net SOA "ns. hostmaster. $OPERATOR_SERIAL 3600 600 86400 60"
    # The resolver may keep the record longer than the SOA record, which it was asked for later.
    for domain in "${DELEGATED[@]}"; do
        until_true resolves "_mta-sts.$domain" TXT "\"v=STSv1; id=$(printed_id "$domain");\""
    done
}

# start_chasquid: it takes mail for other domains from the user u@sender.example.net.
start_chasquid() {
    mkdir -p chasquid/domains/sender.example.net chasquid/certs/sender.example.net
    certificate sender sender.example.net
    cp sender.crt chasquid/certs/sender.example.net/fullchain.pem
    cp sender.key chasquid/certs/sender.example.net/privkey.pem
    cat >chasquid/chasquid.conf <<CONF
hostname: "sender.example.net"
smtp_address: "127.0.0.1:10025"
submission_address: "127.0.0.1:10587"
mail_log_path: "$DIR/chasquid.log"
data_dir: "$DIR/chasquid/data"
CONF
    mkdir chasquid/data
    inside chasquid-util -C="$DIR/chasquid" user-add u@sender.example.net --password=secret
    start chasquid.out chasquid -config_dir="$DIR/chasquid" -v=1
    until_true listens_inside 10587
}

# submit RECIPIENT SUBJECT: hands a message to chasquid.
submit() {
    inside python3 - "$@" <<'PYTHON'
import smtplib
import ssl
import sys

with smtplib.SMTP("127.0.0.1", 10587, timeout=15) as client:
    client.starttls(context=ssl._create_unverified_context())
    client.login("u@sender.example.net", "secret")
    client.sendmail("u@sender.example.net", sys.argv[1], "From: u@sender.example.net\r\nTo: %s\r\nSubject: %s\r\n\r\nHello\r\n" % tuple(sys.argv[1:3]))
PYTHON
}

# chasquid_held RECIPIENT MX: the policy does not allow MX, so chasquid did not deliver to RECIPIENT, and will try again.
chasquid_held() {
    grep -qF " to=$1 failed (temporary): all MXs returned transient failures (last: <nil>)" chasquid.log &&
        grep -F "Courier.SMTP $1: " chasquid.out | grep -F "$2." | grep -qF 'skipped as per MTA-ST'
}

# chasquid_expires: the policies in chasquid's cache are as old as if their max_age had passed.
chasquid_expires() {
    touch -d '1 day ago' chasquid/data/sts-cache/*
}

# mx_connect DOMAIN: has mx-connect look for an MX host of DOMAIN and connect to it, as ZoneMTA does; it reads policies with mailauth. Prints the mode and the
# id of the policy, which it keeps in the file DOMAIN.json, and what came of it.
mx_connect() {
    inside env NODE_EXTRA_CA_CERTS="$DIR/ca.pem" NODE_PATH="$(realpath "$BATS_TEST_DIRNAME/../../build/mx-connect/node_modules")" \
        node "$BATS_TEST_DIRNAME/delegated-mx-connect.js" "$1"
}
