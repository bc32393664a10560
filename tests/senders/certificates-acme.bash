# For tests/senders/certificates.bats: a network namespace in which *.test is this machine, and a real ACME server that validates there.

# acme_network: whatever keeps files keeps them in the test's folder; the ACME server's own certificate is trusted by Go, curl and Python.
acme_network() {
    mkdir home
    own_network "HOME=$DIR/home" "XDG_DATA_HOME=$DIR/home" "XDG_CONFIG_HOME=$DIR/home" "CURL_CA_BUNDLE=$DIR/ca.pem" "REQUESTS_CA_BUNDLE=$DIR/ca.pem"
}

start_dns() {
    cat >zone <<'ZONE'
. 300 IN SOA ns. hostmaster. 1 3600 600 86400 60
. 300 IN NS ns.
ns. 300 IN A 127.0.0.1
*.test. 300 IN A 127.0.0.1
ZONE
    start_knot mta-sts.a.test
}

# start_acme: pebble, which looks names up in the DNS and connects to their ports 80 and 443. DIRECTORY is its URL, the root of what it
# issues is in root.pem.
start_acme() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=throw-away' \
        -addext keyUsage=critical,keyCertSign -keyout ca.key -out ca.pem 2>openssl.log
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj '/CN=localhost' -CA ca.pem -CAkey ca.key \
        -addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE -keyout acme.key -out acme.pem 2>>openssl.log
    cat >pebble.json <<JSON
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000", "certificate": "$DIR/acme.pem",
 "privateKey": "$DIR/acme.key", "httpPort": 80, "tlsPort": 443}}
JSON
    # shellcheck disable=SC2034 # for the suite
    DIRECTORY=https://localhost:14000/dir
    start pebble.log env PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0 pebble -strict -config pebble.json
    until_true acme_root
}

acme_root() {
    inside curl -sf --max-time 5 -o root.pem https://localhost:15000/roots/0
}

# ordered HOST...: certificates for these were asked for, each once and in this order, and for nothing else.
ordered() {
    diff <([ $# -eq 0 ] || printf '%s\n' "$@") <(sed -n 's/.*Pulled a task .*Value:"\([^"]*\)".*/\1/p' pebble.log)
    [ "$(grep -c 'POST /order-plz' pebble.log)" -eq $# ]
}
