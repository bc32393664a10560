# mta-sts-probe --update: what is printed is applied by the real tools to real name servers, and nothing is printed before it is safe.

load ../helpers/suite
load probe
load dynamic

# policies MODE [LINE...]: d1.example, and MODE of it.
policies() {
    {
        printf '[defaults]\nhost = %s\ntlsrpt = mailto:tls@example.test\nmx = mail.healthy.test\n[d1.example]\nmode = %s\n' "$DEPLOYED" "$1"
        shift
        [ "$#" -eq 0 ] || printf '%s\n' "$@"
    } >policies.ini
    leave_alone policies.ini
}

# serve: the program behind lighttpd serves policies.ini. UNBOUND looks up all names: it asks the name server under test for the zone example.
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
    num-threads: 1
    cache-max-ttl: 0
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

# update [ARGUMENT...]: what is safe now, in the file out; what stands in the way, in the file err.
update() {
    PATIENCE=60 probe --dns "127.0.0.1:$((UPDATED_DNS + 100))" --primary "127.0.0.1:$UPDATED_DNS" -f "$DIR/policies.ini" --update nsupdate "$@" >out 2>err
}

# lets STATUS ARGUMENT...: update with this exit status.
lets() {
    local status=0 wanted=$1
    shift
    update "$@" || status=$?
    [ "$status" -eq "$wanted" ] || { echo "exit status $status"; cat out err; return 1; }
}

id_of() {
    "$MTA_STS" -f "$DIR/policies.ini" dns "$1" | sed -n 's/^_mta-sts\..* TXT //p'
}

# from_nothing SERVER: the whole way of a domain, from an empty zone to a changed policy.
from_nothing() {
    policies testing
    dynamic "$1"
    serve
    # First the policy host and the reports; the id waits.
    lets 2 d1.example
    grep -q 'd1.example: the id waits: .*mta-sts.d1.example' err || { cat err; false; }
    run ! grep -q id= out
    apply out
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    [ "$(seen _smtp._tls.d1.example TXT)" = '"v=TLSRPTv1; rua=mailto:tls@example.test"' ]
    [ -z "$(seen _mta-sts.d1.example TXT)" ]
    # The policy is served: the id.
    lets 1 d1.example
    [ ! -s err ]
    apply out
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    # Nothing is left to do.
    lets 0 d1.example
    [ ! -s out ] && [ ! -s err ]

    # An edit that is not served yet: the program serves the file that it has.
    cp policies.ini served.ini
    stop "$PROGRAM"
    start_on fcgi.sock fcgi2.log -f "$DIR/served.ini"
    policies enforce
    lets 2 d1.example
    [ ! -s out ]
    grep -q 'another policy is served than the file has' err
    # It is served: the id moves.
    stop "$PROGRAM"
    start_on fcgi.sock fcgi3.log -f "$DIR/policies.ini"
    lets 1 d1.example
    cp out move
    # A person changes the record before it is applied: it stands.
    by_hand 'update delete _mta-sts.d1.example. TXT' 'update add _mta-sts.d1.example. 300 TXT "v=STSv1; id=hand;"'
    run ! apply move
    [ "$(seen _mta-sts.d1.example TXT)" = '"v=STSv1; id=hand;"' ]
    lets 1 d1.example
    apply out
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    lets 0 d1.example

    # Other people's records stay, but with --replace.
    by_hand 'update delete mta-sts.d1.example. A' 'update add mta-sts.d1.example. 300 CNAME other.example.' 'update delete _smtp._tls.d1.example. TXT' \
        'update add _smtp._tls.d1.example. 300 TXT "v=TLSRPTv1; rua=mailto:other@example.test"' 'update delete _mta-sts.d1.example. TXT' \
        'update add _mta-sts.d1.example. 300 TXT "a" "b\"c\\d\200"'
    lets 2 d1.example
    [ ! -s out ]
    grep -qF "mta-sts.d1.example: another record is there: CNAME other.example.; change it to A $DEPLOYED, or change policies.ini, or give --replace" err
    grep -qF '_mta-sts.d1.example: another record is there: TXT "a" "b\"c\\d\200"; remove it, or give --replace' err
    grep -qF '_smtp._tls.d1.example: another record is there' err
    lets 2 --replace d1.example
    apply out
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    [ "$(seen _smtp._tls.d1.example TXT)" = '"v=TLSRPTv1; rua=mailto:tls@example.test"' ]
    [ "$(seen _mta-sts.d1.example TXT)" = '"a" "b\"c\\d\200"' ]
    lets 1 --replace d1.example
    apply out
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    lets 0 d1.example
    lets 0 --replace d1.example
}

@test "--update: BIND, from nothing to a changed policy, and other people's records" {
    from_nothing bind
}

@test "--update: Knot DNS, the same" {
    from_nothing knot
}

@test "--update: PowerDNS, the same" {
    from_nothing powerdns
}
