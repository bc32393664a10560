# For tests/senders/certificates.bats: a network namespace in which *.test is this machine, and a real ACME server that validates there.

# shellcheck disable=SC2034 # for the suite
EXAMPLES=$(realpath "$BATS_TEST_DIRNAME/../../examples")

# own_network: names are looked up at 127.0.0.1 alone. INSIDE runs a command in it, in the test's folder, and ends it, should the test
# die. Whatever keeps files keeps them in the folder.
own_network() {
    local bound='setpriv --pdeathsig TERM' apart='--net --mount' enter='--net --mount'
    if [ "$(id -u)" -ne 0 ]; then
        apart+=' --user --map-root-user'
        enter+=' --user --preserve-credentials'
    fi
    # shellcheck disable=SC2086 # lists of options, here and below
    unshare $apart true || skip_or_fail "no network namespace of its own can be made here" || return
    echo 'nameserver 127.0.0.1' >resolv.conf
    echo '127.0.0.1 localhost' >hosts
    printf '%s: files\n' passwd group >nsswitch.conf
    echo 'hosts: files dns' >>nsswitch.conf
    # shellcheck disable=SC2016,SC2086
    unshare $apart $bound bash -ec '
        ip link set lo up
        for file in resolv.conf hosts nsswitch.conf; do
            mount --bind "$file" "/etc/$file"
        done
        touch network
        exec sleep 300' >network.log 2>&1 3>&- &
    PIDS+=($!)
    until_true test -e network || { cat network.log; return 1; }
    mkdir home
    INSIDE="$(command -v nsenter) --target $! $enter $bound env -C $DIR HOME=$DIR/home XDG_DATA_HOME=$DIR/home XDG_CONFIG_HOME=$DIR/home"
    # The ACME server's own certificate is trusted: by Go, curl and Python.
    INSIDE+=" SSL_CERT_FILE=$DIR/ca.pem CURL_CA_BUNDLE=$DIR/ca.pem REQUESTS_CA_BUNDLE=$DIR/ca.pem"
    unset https_proxy HTTPS_PROXY http_proxy HTTP_PROXY
}

inside() {
    # shellcheck disable=SC2086
    timeout "${PATIENCE:-60}" $INSIDE "$@"
}

# start LOG COMMAND...: inside, until the test ends. STARTED is its process.
start() {
    local log=$1
    shift
    # shellcheck disable=SC2086
    $INSIDE "$@" >>"$log" 2>&1 3>&- &
    STARTED=$!
    PIDS+=("$STARTED")
}

start_dns() {
    cat >zone <<'ZONE'
. 300 IN SOA ns. hostmaster. 1 3600 600 86400 60
. 300 IN NS ns.
ns. 300 IN A 127.0.0.1
*.test. 300 IN A 127.0.0.1
ZONE
    cat >knot.conf <<CONF
server:
    rundir: "$DIR"
    listen: 127.0.0.1@53
log:
  - target: stderr
    any: info
database:
    storage: "$DIR/knot"
zone:
  - domain: .
    file: "$DIR/zone"
    zonefile-sync: -1
    journal-content: none
CONF
    start knot.log knotd -c "$DIR/knot.conf"
    until_true resolves mta-sts.a.test A 127.0.0.1
}

# resolves NAME TYPE TEXT
resolves() {
    inside kdig +timeout=1 +short "$1" "$2" 2>&1 | grep -qxF -- "$3"
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
