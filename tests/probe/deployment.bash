# A deployment of mta-sts in the laboratory's network namespace. It has policies.ini with many domains, lighttpd in front of the program,
# a certificate for all policy hosts, and its own name server with what `mta-sts dns` prints. The MX host of all domains is the laboratory's.

# Tests run in parallel, so each has its own address and port.
DEPLOYED=11.0.0.$((40 + BATS_TEST_NUMBER))
DEPLOYED_DNS=$((5400 + BATS_TEST_NUMBER))

# deploy N: serves and publishes d1.example to dN.example.
deploy() {
    local n=$1
    {
        printf '[defaults]\nmode = enforce\nhost = %s\ntlsrpt = mailto:tls@example.test\nmx = mail.healthy.test\n\n' "$DEPLOYED"
        printf '[d%d.example]\nmax_age = 1w\n' $(seq "$n")
    } >policies.ini
    leave_alone policies.ini
    deploy_certificate
    deploy_front
    deploy_zone
    DNS_PORT=$DEPLOYED_DNS start_knot mail.healthy.test 11.0.0.10
}

deploy_certificate() {
    # shellcheck disable=SC2046 # one a line
    certificate_by "$LAB/middle.crt" "$LAB/middle.key" both $("$MTA_STS" hosts)
    cat "$LAB/middle.crt" >>both.pem
}

deploy_front() {
    WRAPPER=$INSIDE start_fastcgi -f "$DIR/policies.ini"
    start_lighttpd_tls "$DEPLOYED"
    is_up lighttpd listens_inside 443 "$DEPLOYED"
}

deploy_zone() {
    {
        root_zone
        echo 'mail.healthy.test. 300 IN A 11.0.0.10'
        "$MTA_STS" hosts | sed 's/^mta-sts\.\(.*\)/\1. 300 IN MX 10 mail.healthy.test./'
        "$MTA_STS" dns
    } >zone
}

# published: puts what `mta-sts dns` prints now into the zone.
published() {
    deploy_zone
    reload_zone
}

# probe_deployed ARGUMENT...: the probe, for this deployment.
probe_deployed() {
    probe_in_time --dns 127.0.0.1:$DEPLOYED_DNS "$@"
}
