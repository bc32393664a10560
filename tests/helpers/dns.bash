# A name server in the network namespace: Knot DNS, its zones, and look-ups.
# A suite loads network.bash before this. DNS_PORT is the server's port (default: 53), DNS_ADDRESS its addresses, with commas between (default: 127.0.0.1).

# run_knot: starts Knot DNS. Standard input has the zones, as knot.conf lists them.
run_knot() {
    {
        cat <<CONF
server:
    rundir: "$DIR"
    listen: [ $(printf '%s' "${DNS_ADDRESS:-127.0.0.1}" | sed -E "s/[^, ]+/&@${DNS_PORT:-53}/g") ]
log:
  - target: stderr
    any: info
database:
    storage: "$DIR/knot"
CONF
        cat
    } >knot.conf
    mkdir -p knot
    start knot.log knotd -c "$DIR/knot.conf"
}

# start_knot NAME [ADDRESS]: Knot DNS with one zone, the root, from the file zone. Waits until NAME has ADDRESS (default: 127.0.0.1).
start_knot() {
    run_knot <<CONF
zone:
  - domain: .
    file: "$DIR/zone"
    zonefile-sync: -1
    journal-content: none
CONF
    is_up knot resolves "$1" A "${2:-127.0.0.1}"
}

# root_zone: the records that a root zone begins with. The serial number grows with each call.
root_zone() {
    SERIAL=$((${SERIAL:-0} + 1))
    echo ". 300 IN SOA ns. hostmaster. $SERIAL 3600 600 86400 60"
    echo '. 300 IN NS ns.'
    echo 'ns. 300 IN A 127.0.0.1'
}

# reload_zone: Knot DNS reads the file zone again.
reload_zone() {
    inside knotc -b -s "$DIR/knot.sock" zone-reload
}

# resolves NAME TYPE TEXT: a record of NAME is TEXT.
resolves() {
    inside kdig -p "${DNS_PORT:-53}" +timeout=1 +short "$1" "$2" 2>&1 | grep -qxF -- "$3"
}

# run_unbound: starts unbound on port 53 of UNBOUND_ADDRESS (default: 127.0.0.1), which looks names up as a sender's resolver does, also from one zone into
# another. A server has time to answer, also on a busy machine: by default it is asked again after 50 ms. Standard input is the rest of the configuration,
# which begins within the section server.
run_unbound() {
    {
        cat <<CONF
server:
    interface: ${UNBOUND_ADDRESS:-127.0.0.1}
    access-control: 127.0.0.0/8 allow
    username: ""
    chroot: ""
    directory: "$DIR"
    pidfile: "$DIR/unbound.pid"
    use-syslog: no
    verbosity: 1
    do-daemonize: no
    do-not-query-localhost: no
    num-threads: 1
    infra-cache-min-rtt: 2500
CONF
        cat
    } >unbound.conf
    start unbound.log unbound -d -p -c "$DIR/unbound.conf"
}
