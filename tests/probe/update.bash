# A domain, d1.example, whose policy is served and whose records mta-sts-probe --update keeps.
# A suite loads probe.bash and dynamic.bash before this.

# policies MODE [LINE...]: d1.example, and MODE of it.
policies() {
    {
        printf '[defaults]\nhost = %s\ntlsrpt = mailto:tls@example.test\nmx = mail.healthy.test\n[d1.example]\nmode = %s\n' "$DEPLOYED" "$1"
        shift
        [ "$#" -eq 0 ] || printf '%s\n' "$@"
    } >policies.ini
    leave_alone policies.ini
}

# serve_file FILE: the program serves FILE from now on.
serve_file() {
    stop "$PROGRAM"
    start_on fcgi.sock "$1.$((RUNS += 1)).log" -f "$DIR/$1"
}

# serve [SECONDS]: the program behind lighttpd serves policies.ini. A resolver looks up all names, with the name server under test for the
# zone example, and keeps answers for SECONDS (default: 0). policies.elsewhere.test has the policy host's address.
serve() {
    deploy_certificate
    deploy_front
    cat >unbound.conf <<CONF
server:
    interface: 127.0.0.1@$((UPDATED_DNS + 100))
    username: ""
    chroot: ""
    directory: "$DIR"
    pidfile: "$DIR/unbound.pid"
    use-syslog: no
    do-daemonize: no
    do-not-query-localhost: no
    module-config: "iterator"
    local-zone: "test." nodefault
    local-data: "policies.elsewhere.test. 300 IN A $DEPLOYED"
    num-threads: 1
    cache-max-ttl: ${1:-0}
    cache-max-negative-ttl: 0
remote-control:
    control-enable: no
stub-zone:
    name: "test."
    stub-addr: 127.0.0.1@5353
stub-zone:
    name: "example."
    stub-addr: 127.0.0.1@$UPDATED_DNS
CONF
    start unbound.log unbound -d -p -c "$DIR/unbound.conf"
    until_true inside kdig @127.0.0.1 -p $((UPDATED_DNS + 100)) +timeout=1 +short d1.example MX
}

# update [ARGUMENT...], RESOLVER, a port (default: the resolver under test): what is safe now, in the file out; what stands in the way, in the file err.
update() {
    probe_in_time --dns "127.0.0.1:${RESOLVER:-$((UPDATED_DNS + 100))}" --primary "127.0.0.1:$UPDATED_DNS" -f "$DIR/policies.ini" --update "${FORMAT:-nsupdate}" "$@" >out 2>err
}

# patient: the file patient is the probe for the example's scripts. Nothing of a run that was too slow is applied.
patient() {
    printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$IN_TIME" "$PROBE" >patient
    chmod +x patient
}

# publish [ARGUMENT...]: the example's script asks, and applies. The file out gets what it did.
publish() {
    patient
    inside env "MTA_STS_PROBE=$DIR/patient" "$DNS_UPDATE/dns-update" "$DIR/policies.ini" "$DIR/tsig.key" "127.0.0.1:$UPDATED_DNS" \
        --dns "127.0.0.1:$((UPDATED_DNS + 100))" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --timeout 10 "$@" >out 2>err
}

# lets STATUS COMMAND...: the command, which writes the files out and err, ends with this exit status.
lets() {
    local status=0 wanted=$1
    shift
    "$@" || status=$?
    cat err
    [ "$status" -eq "$wanted" ] || { echo "exit status $status"; cat out; tail -n 30 powerdns.log 2>/dev/null; return 1; }
}

id_of() {
    "$MTA_STS" -f "$DIR/policies.ini" dns "$1" | sed -n 's/^_mta-sts\..* TXT //p'
}
