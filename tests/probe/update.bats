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

# serve_file FILE: the program serves FILE from now on.
serve_file() {
    stop "$PROGRAM"
    start_on fcgi.sock "$1.$((RUNS += 1)).log" -f "$DIR/$1"
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
    PATIENCE=60 probe --dns "127.0.0.1:$((UPDATED_DNS + 100))" --primary "127.0.0.1:$UPDATED_DNS" -f "$DIR/policies.ini" --update "${FORMAT:-nsupdate}" "$@" >out 2>err
}

# publish [ARGUMENT...]: the example's script asks, and applies.
publish() {
    PATIENCE=60 inside env "MTA_STS_PROBE=$PROBE" "$DNS_UPDATE/dns-update" "$DIR/policies.ini" "$DIR/tsig.key" "127.0.0.1:$UPDATED_DNS" \
        --dns "127.0.0.1:$((UPDATED_DNS + 100))" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --timeout 10 "$@" >out 2>err
}

# lets STATUS COMMAND...: the command ends with this exit status.
lets() {
    local status=0 wanted=$1
    shift
    "$@" || status=$?
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
    lets 2 publish
    grep -q 'd1.example: the id waits: _mta-sts.d1.example: the record of the policy host has to change before' err
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    [ "$(seen _smtp._tls.d1.example TXT)" = '"v=TLSRPTv1; rua=mailto:tls@example.test"' ]
    [ -z "$(seen _mta-sts.d1.example TXT)" ]
    # The policy is served: the id.
    lets 0 publish
    [ ! -s err ]
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    # Nothing is left to do.
    lets 0 update
    [ ! -s out ] && [ ! -s err ]

    # An edit that is not served yet: the program serves another file.
    cp policies.ini served.ini
    serve_file served.ini
    policies enforce
    lets 2 update
    [ ! -s out ]
    grep -q 'd1.example: the id waits: ini: another policy is served than the file has' err
    # It is served: the id moves.
    serve_file policies.ini
    lets 1 update
    cp out move
    # A person changes the record before it is applied: it stands.
    by_hand 'update delete _mta-sts.d1.example. TXT' 'update add _mta-sts.d1.example. 300 TXT "v=STSv1; id=hand;"'
    run -2 apply move
    [[ $output == *'update failed: NXRRSET'* ]]
    [ "$(seen _mta-sts.d1.example TXT)" = '"v=STSv1; id=hand;"' ]
    lets 0 publish
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    lets 0 update
    [ ! -s out ]
    # The same without a record before.
    by_hand 'update delete _smtp._tls.d1.example. TXT'
    lets 1 update
    cp out first
    by_hand 'update add _smtp._tls.d1.example. 300 TXT "v=TLSRPTv1; rua=mailto:other@example.test"'
    run -2 apply first
    [[ $output == *'update failed: YXRRSET'* ]]

    # Other people's records stay, but with --replace.
    by_hand 'update delete mta-sts.d1.example. A' 'update add mta-sts.d1.example. 300 CNAME other.example.' 'update delete _mta-sts.d1.example. TXT' \
        'update add _mta-sts.d1.example. 300 TXT "a" "b\"c\\d\200"'
    lets 2 publish
    [ "$(seen mta-sts.d1.example CNAME)" = other.example. ]
    [ "$(seen _mta-sts.d1.example TXT)" = '"a" "b\"c\\d\200"' ]
    [ "$(seen _smtp._tls.d1.example TXT)" = '"v=TLSRPTv1; rua=mailto:other@example.test"' ]
    grep -qF "mta-sts.d1.example: another record is there: CNAME other.example.; change it to A $DEPLOYED, or change policies.ini, or give --replace" err
    grep -qF '_mta-sts.d1.example: another record is there: TXT "a" "b\"c\\d\200"; remove it, or give --replace' err
    grep -qF '_smtp._tls.d1.example: another record is there: TXT "v=TLSRPTv1; rua=mailto:other@example.test"; change it to TXT' err
    lets 2 publish --replace
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    [ "$(seen _smtp._tls.d1.example TXT)" = '"v=TLSRPTv1; rua=mailto:tls@example.test"' ]
    [ "$(seen _mta-sts.d1.example TXT)" = '"a" "b\"c\\d\200"' ]
    lets 0 publish --replace
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    lets 0 update
    lets 0 update --replace
    # Without the key nobody changes anything.
    { echo "server 127.0.0.1 $UPDATED_DNS"; printf '%s\n' 'zone d1.example.' 'update add _mta-sts.d1.example. 300 TXT x' send; } >keyless
    run -2 inside nsupdate "$DIR/keyless"
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
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

# knsupdate wants a zone line, and takes the same prerequisites.
@test "--update: knsupdate" {
    policies testing
    dynamic knot
    serve
    lets 2 update
    inside knsupdate -y "hmac-sha256:mta-sts:$SECRET" "$DIR/out" || { cat out; false; }
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    lets 1 update
    cp out move
    by_hand 'update add _mta-sts.d1.example. 300 TXT "v=STSv1; id=hand;"'
    run ! inside knsupdate -y "hmac-sha256:mta-sts:$SECRET" "$DIR/move"
    [ "$(seen _mta-sts.d1.example TXT)" = '"v=STSv1; id=hand;"' ]
    lets 1 update
    inside knsupdate -y "hmac-sha256:mta-sts:$SECRET" "$DIR/out"
    lets 0 update
}
