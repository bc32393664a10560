# The probe's laboratory: DNS, HTTPS and SMTP servers in a network namespace, where each domain of cases.tsv has its own fault. A resolver at 127.0.0.1
# looks names up. setup_file calls lab_start, teardown_file calls lab_stop. LAB is the laboratory's folder.

CASES=$BATS_TEST_DIRNAME/cases.tsv

lab_start() {
    [ "$(id -u)" -eq 0 ] || skip_or_fail "Postfix starts as root only" || return
    DIR=$BATS_FILE_TMPDIR/lab
    LAB=$DIR
    mkdir "$DIR"
    cd "$DIR" || return
    PIDS=()
    open_folders
    own_network
    # Addresses of the Internet, as policy hosts and MX hosts have them, and a private one.
    inside ip route add local 11.0.0.0/8 dev lo
    inside ip route add local 10.0.0.25/32 dev lo
    inside ip address add 2a00:1::1/128 dev lo nodad
    export LAB INSIDE
    # From here on lab_stop can end the namespace, even if the rest fails.
    LAB_PIDS="${PIDS[*]}"
    export LAB_PIDS
    python3 "$BATS_TEST_DIRNAME/lab.py" "$CASES"
    lab_dns
    lab_servers
    LAB_PIDS="${PIDS[*]}"
    until_true inside kdig +short +timeout=1 healthy.test MX
    until_true resolves healthy.test MX '10 mail.healthy.test.'
    until_true listens_inside 443 11.0.0.2
    until_true listens_inside 25 11.0.0.10
    until_true grep -qx ready smtp.log
    until_true grep -qx ready https.log
    until_true lab_is_signed
}

# lab_stop: ends all that lab_start has started.
lab_stop() {
    # shellcheck disable=SC2086 # several
    stop ${LAB_PIDS:-}
}

lab_is_signed() {
    inside kdig +timeout=1 +adflag signed.test SOA | grep -q '^;; Flags:.* ad[ ;]'
}

# Knot DNS serves the zones on port 5353, and unbound looks names up there. Knot DNS has no zone for the domain example. The name server of the domain
# silent never answers.
lab_dns() {
    DNS_PORT=5353 run_knot <<CONF
template:
  - id: default
    zonefile-sync: -1
    zonefile-load: difference-no-serial
    journal-content: all
zone:
  - domain: test.
    file: "$DIR/test.zone"
  - domain: signed.test.
    file: "$DIR/signed.test.zone"
    dnssec-signing: on
  - domain: bogus.test.
    file: "$DIR/bogus.test.zone"
    dnssec-signing: on
CONF
    until_true lab_key
    start silent.log python3 -c '
import socket, threading
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 5399))
threading.Event().wait()'
    # A forwarder that hands no DNSSEC records over: it takes the DO bit out of the query.
    start plain.log python3 -c '
import socket, threading
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 5397))
def ask(query, client):
    at = query.rindex(b"\0\0\x29") + 7
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as up:
        up.settimeout(9)
        up.sendto(query[:at] + b"\0\0" + query[at + 2:], ("127.0.0.1", 53))
        s.sendto(up.recv(65535), client)
while True:
    threading.Thread(target=ask, args=s.recvfrom(65535), daemon=True).start()'
    run_unbound <<CONF
    module-config: "validator iterator"
    trust-anchor-file: "$DIR/anchor"
    local-zone: "test." nodefault
    outgoing-range: 256
    num-queries-per-thread: 256
remote-control:
    control-enable: no
$(for zone in test:5353 example:5353 silent:5399; do printf 'stub-zone:\n    name: "%s."\n    stub-addr: 127.0.0.1@%s\n' "${zone%:*}" "${zone#*:}"; done)
CONF
}

# The trust anchors: the key of signed.test, and the same for bogus.test, where it is wrong.
lab_key() {
    inside kdig +short +timeout=1 -p 5353 @127.0.0.1 signed.test DNSKEY | sed -n 's/^257 \(.*\)/signed.test. IN DNSKEY 257 \1\nbogus.test. IN DNSKEY 257 \1/p' >anchor
    [ -s anchor ]
}

lab_servers() {
    local addresses
    chmod 644 ./*.key ./*.pem
    nginx_config root <nginx.http >nginx.conf
    # shellcheck disable=SC2086 # a command and its arguments
    run_nginx $INSIDE
    mapfile -t addresses <https.args
    start https.log python3 "$BATS_TEST_DIRNAME/https.py" good.pem 11.0.0.4 11.0.0.5 11.0.0.7 "${addresses[@]}"
    mapfile -t addresses <smtp.args
    start smtp.log python3 "$BATS_TEST_DIRNAME/smtp.py" "${addresses[@]}"
    install -d -o postfix data
    inside postfix -c "$DIR/postfix" check >postfix.log 2>&1 || { cat postfix.log >&2; return 1; }
    start postfix.log "$(postconf -hd daemon_directory)/master" -c "$DIR/postfix" -s
}
