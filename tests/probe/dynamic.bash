# Name servers that take dynamic updates of the zone example, each with the TSIG key in tsig.key, and nsupdate or knsupdate to apply what the probe prints.
# A suite loads probe.bash before this. UPDATED_DNS is the server's port.

UPDATED_DNS=$((5400 + BATS_TEST_NUMBER))

# The servers begin with this zone.
dynamic_zone() {
    printf '%s\n' 'example. 300 IN SOA ns.example. hostmaster.example. 1 3600 600 86400 0' 'example. 300 IN NS ns.example.' 'ns.example. 300 IN A 127.0.0.1' \
        'd1.example. 300 IN MX 10 mail.healthy.test.' 'd2.example. 300 IN MX 10 mail.healthy.test.' >example.zone
}

dynamic_key() {
    tsig-keygen -a hmac-sha256 mta-sts >tsig.key
    SECRET=$(sed -n 's/.*secret "\(.*\)";/\1/p' tsig.key)
}

# dynamic_SERVER: starts it.
dynamic_bind() {
    cat >named.conf <<CONF
include "$DIR/tsig.key";
options { directory "$DIR"; listen-on port $UPDATED_DNS { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none;
recursion no; notify no; dnssec-validation no; session-keyfile none; }; controls { };
zone "example" { type primary; file "example.zone"; update-policy { grant mta-sts subdomain example.; }; };
CONF
    start named.log named -g -n 1 -c "$DIR/named.conf"
}

dynamic_knot() {
    DNS_PORT=$UPDATED_DNS run_knot <<CONF
key:
  - id: mta-sts
    algorithm: hmac-sha256
    secret: $SECRET
acl:
  - id: mta-sts
    key: mta-sts
    action: update
zone:
  - domain: example.
    file: "$DIR/example.zone"
    acl: mta-sts
CONF
}

dynamic_powerdns() {
    mkdir -p pdns
    cat >pdns.conf <<CONF
launch=gsqlite3
gsqlite3-database=$DIR/pdns.sqlite
local-address=127.0.0.1
local-port=$UPDATED_DNS
socket-dir=$DIR/pdns
dnsupdate=yes
allow-dnsupdate-from=
cache-ttl=0
query-cache-ttl=0
negquery-cache-ttl=0
zone-cache-refresh-interval=0
setuid=
setgid=
CONF
    sqlite3 pdns.sqlite </usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql
    pdnsutil --config-dir="$DIR" load-zone example "$DIR/example.zone"
    pdnsutil --config-dir="$DIR" import-tsig-key mta-sts hmac-sha256 "$SECRET"
    pdnsutil --config-dir="$DIR" set-meta example TSIG-ALLOW-DNSUPDATE mta-sts
    pdnsutil --config-dir="$DIR" set-meta example ALLOW-DNSUPDATE-FROM 127.0.0.0/8
    start pdns.log pdns_server --config-dir="$DIR" --daemon=no --guardian=no --disable-syslog --write-pid=no
}

# apply FILE: sends what is in FILE, with the key, as the examples do. One send after the other: a refused one fails the whole.
apply() {
    inside nsupdate -k "$DIR/tsig.key" "$DIR/$1"
}

# dynamic SERVER: starts it, with the zone and the key.
dynamic() {
    dynamic_zone
    dynamic_key
    "dynamic_$1" >"$1.out" 2>&1
    is_up "$1" dynamic_serves
}

dynamic_serves() {
    inside kdig @127.0.0.1 -p "$UPDATED_DNS" +timeout=1 +short d1.example MX | grep -qF mail.healthy.test
}

# seen NAME TYPE: the data of these records.
seen() {
    inside dig @127.0.0.1 -p "$UPDATED_DNS" +tcp +short +norecurse "$1" "$2"
}

# by_hand LINE...: a person changes the zone.
by_hand() {
    { printf 'server 127.0.0.1 %s\nzone example.\n' "$UPDATED_DNS"; printf '%s\n' "$@" send; } >by_hand
    apply by_hand
}
