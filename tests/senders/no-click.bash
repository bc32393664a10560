# For no-click.bats, in its network namespace: all programs of a deployment, under a supervisor that starts them again, and a timer that publishes records.

PROBE=$(realpath "${MTA_STS_PROBE:-$(dirname "$MTA_STS")/mta-sts-probe}")
DNS_UPDATE=$(realpath "$BATS_TEST_DIRNAME/../../examples/dns-update/dns-update")

# program NAME PAUSE SOCKET COMMAND: a line for supervise.py.
program() {
    printf '%s\t%s\t%s\t%s\n' "$@" >>programs
}

# dns_zones: the root, and test. Its domains have the MX host mail.test, and there is other.test. The timer has the key to update test.
dns_zones() {
    root_zone >zone
    {
        echo 'test. 300 IN SOA ns. hostmaster. 1 3600 600 86400 60'
        echo 'test. 300 IN NS ns.'
        echo 'mail.test. 300 IN A 11.0.0.2'
        echo 'other.test. 300 IN A 11.0.0.3'
        printf '%s.test. 300 IN MX 10 mail.test.\n' first new d{0..99}
    } >test.zone
    tsig-keygen -a hmac-sha256 timer >timer.key
}

dns_bind() {
    cat timer.key - >named.conf <<CONF
options { directory "$DIR"; listen-on { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none; recursion no; notify no; dnssec-validation no; session-keyfile none; };
controls { };
zone "." { type primary; file "zone"; };
zone "test" { type primary; file "test.zone"; allow-update { key timer; }; };
CONF
    program dns 0.2 - "exec named -g -n 1 -c '$DIR/named.conf'"
}

dns_knot() {
    cat >knot.conf <<CONF
server:
    rundir: "$DIR"
    listen: 127.0.0.1@53
log:
  - target: stderr
    any: info
database:
    storage: "$DIR/knot"
key:
  - id: timer
    algorithm: hmac-sha256
    secret: $(sed -n 's/.*secret "\(.*\)";/\1/p' timer.key)
acl:
  - id: timer
    key: timer
    action: update
zone:
  - domain: .
    file: "$DIR/zone"
  - domain: test
    file: "$DIR/test.zone"
    acl: timer
CONF
    mkdir knot
    program dns 0.2 - "exec knotd -c '$DIR/knot.conf'"
}

# published DOMAIN: the DNS has the TXT record of the policy in policies.ini.
published() {
    resolves "_mta-sts.$1" TXT "$("$MTA_STS" dns "$1" | sed -n 's/^_mta-sts.* TXT //p')"
}

# deployment SERVER POLICIES [TIMER]: all programs, with the name server bind or knot, and the domain first.test. mta-sts reads the file POLICIES. TIMER is the
# command that the timer runs (default: that of the example).
deployment() {
    local update="exec '$DNS_UPDATE' policies.ini timer.key 127.0.0.1 --ca ca.pem --timeout 10"
    # shellcheck disable=SC2034 # for the suite
    SERVER=$1
    mkdir home
    policies
    mail_network "HOME=$DIR/home" "XDG_DATA_HOME=$DIR/home" "XDG_CONFIG_HOME=$DIR/home" "CURL_CA_BUNDLE=$DIR/ca.pem" "MTA_STS=$MTA_STS" "MTA_STS_PROBE=$PROBE"
    # Addresses of the Internet. With others the timer would publish no id.
    inside ip route add local 11.0.0.0/8 dev lo
    dns_zones
    "dns_$SERVER"
    acme_config
    on_demand_config
    # It forgets Caddy's account each time, as no real ACME server would, and could take another one for it. Caddy 2.6.2 makes a new one if its own is gone.
    program pebble 0.2 - 'rm -rf home/caddy/acme/localhost-14000-dir/users; exec env PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 pebble -config pebble.json'
    program caddy 0.2 - 'exec caddy run --config Caddyfile'
    program mta-sts 0.2 fcgi.sock "exec '$MTA_STS' -f $2"
    program timer 1 - "[ -e up ] || exit 0; ${3:-$update}"
    [ "$2" = policies.ini ] || copied "$2"
    start supervise.log "$BATS_TEST_DIRNAME/supervise.py" programs
    eventually acme_root
    cat root.pem >>ca.pem
    eventually resolves new.test MX '10 mail.test.'
    eventually listens_inside 443
    certificate mail mail.test
    certificate other other.test
    start_smtp 11.0.0.2=mail.pem 11.0.0.3=other.pem
    : >up
    eventually published first.test
}

# copied FILE: the file that mta-sts reads is a copy of policies.ini, and comes 3 to 6 seconds after it, as if it went to another machine.
copied() {
    cp policies.ini "$1"
    program copy 0.2 - "cmp -s policies.ini $1 || { sleep \$(shuf -i 3-6 -n 1); cp -p policies.ini $1.new && mv $1.new $1; }"
}
