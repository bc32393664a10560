# Name servers that take dynamic updates of the zone d1.example, as in examples/dns-update, with the TSIG key in tsig.key.
# A suite loads probe.bash before this. UPDATED_DNS is the server's port.

DNS_UPDATE=$(realpath "$BATS_TEST_DIRNAME/../../examples/dns-update")
UPDATED_DNS=$((5400 + BATS_TEST_NUMBER))

# dynamic SERVER [RECORD...]: makes the key and the zone, with the records, and starts the server. The policy host has a name below it, as for a certificate.
dynamic() {
    printf '%s\n' 'd1.example. 300 IN SOA ns.d1.example. hostmaster.d1.example. 1 3600 600 86400 0' 'd1.example. 300 IN NS ns.d1.example.' \
        'ns.d1.example. 300 IN A 127.0.0.1' 'd1.example. 300 IN MX 10 mail.healthy.test.' \
        '_acme-challenge.mta-sts.d1.example. 300 IN TXT x' "${@:2}" >d1.example.zone
    tsig-keygen -a hmac-sha256 mta-sts >tsig.key
    SECRET=$(sed -n 's/.*secret "\(.*\)";/\1/p' tsig.key)
    "dynamic_$1" >"$1.out" 2>&1
    is_up "$1" dynamic_serves
}

# in_test FILE: the file of the example, with the names and paths of the test. With ANY_RECORD the key may change all records.
in_test() {
    local any=''
    [ -z "${ANY_RECORD:-}" ] || any='s/grant mta-sts name .*/grant mta-sts zonesub ANY;/; /^ *(update-(type|owner)|# Without)/d'
    sed -E "s|example\.org|d1.example|; s|/etc/(bind\|knot)/mta-sts.key|$DIR/\1.key|; s|/var/lib/[a-z]+/|$DIR/|; $any" "$DNS_UPDATE/$1"
}

dynamic_bind() {
    cp tsig.key bind.key
    {
        in_test bind.conf
        echo "options { directory \"$DIR\"; listen-on port $UPDATED_DNS { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none;"
        echo 'recursion no; notify no; dnssec-validation no; session-keyfile none; }; controls { };'
    } >named.conf
    start bind.log named -g -n 1 -c "$DIR/named.conf"
}

dynamic_knot() {
    # As the README makes it.
    sed -n 's/.*secret "\(.*\)";/key:\n  - id: mta-sts\n    algorithm: hmac-sha256\n    secret: \1/p' tsig.key >knot.key
    in_test knot.conf >zones.conf
    DNS_PORT=$UPDATED_DNS run_knot <zones.conf
}

dynamic_powerdns() {
    mkdir -p pdns
    {
        in_test powerdns.conf
        printf '%s\n' local-address=127.0.0.1 "local-port=$UPDATED_DNS" "socket-dir=$DIR/pdns" setuid= setgid= cache-ttl=0 query-cache-ttl=0 negquery-cache-ttl=0 \
            zone-cache-refresh-interval=0 gsqlite3-pragma-synchronous=0
    } >pdns.conf
    sqlite3 pdns.sqlite3 </usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql
    pdnsutil --config-dir="$DIR" load-zone d1.example "$DIR/d1.example.zone"
    pdnsutil --config-dir="$DIR" import-tsig-key mta-sts hmac-sha256 "$SECRET"
    pdnsutil --config-dir="$DIR" set-meta d1.example TSIG-ALLOW-DNSUPDATE mta-sts
    pdnsutil --config-dir="$DIR" set-meta d1.example ALLOW-DNSUPDATE-FROM 127.0.0.0/8
    start powerdns.log pdns_server --config-dir="$DIR" --daemon=no --guardian=no --disable-syslog --write-pid=no
}

dynamic_serves() {
    inside kdig @127.0.0.1 -p "$UPDATED_DNS" +timeout=1 +short d1.example MX | grep -qF mail.healthy.test
}

# apply FILE: sends the updates in FILE, with the key.
apply() {
    inside nsupdate -k "$DIR/tsig.key" "$DIR/$1"
}

# seen NAME TYPE: the data of these records.
seen() {
    inside dig @127.0.0.1 -p "$UPDATED_DNS" +tcp +short +norecurse "$1" "$2"
}

# by_hand LINE...: a person changes the zone.
by_hand() {
    { printf 'server 127.0.0.1 %s\nzone d1.example.\n' "$UPDATED_DNS"; printf '%s\n' "$@" send; } >by_hand
    apply by_hand
}
