# What the suites of senders share: a network namespace of the test's own, commands in it, and a DNS server there.

# own_network [NAME=VALUE...]: the namespace, in which names are looked up at 127.0.0.1 alone. INSIDE is the command that runs another in it, in the
# test's folder, with those variables, trusting the authority in ca.pem; it ends that one, should the test die.
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
    printf '%s: files\n' passwd group services >nsswitch.conf
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
    INSIDE="$(command -v nsenter) --target $! $enter $bound env -C $DIR SSL_CERT_FILE=$DIR/ca.pem $*"
    unset https_proxy HTTPS_PROXY http_proxy HTTP_PROXY
}

# inside COMMAND...: to its end, which is not later than PATIENCE (20) seconds.
inside() {
    # shellcheck disable=SC2086
    timeout "${PATIENCE:-20}" $INSIDE "$@"
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

# start_knot NAME: a DNS server with the file zone as its only zone, the root; until it knows the address of NAME, which is 127.0.0.1.
start_knot() {
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
    until_true resolves "$1" A 127.0.0.1
}

# resolves NAME TYPE TEXT
resolves() {
    inside kdig +timeout=1 +short "$1" "$2" 2>&1 | grep -qxF -- "$3"
}
