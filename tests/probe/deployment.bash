# A deployment of mta-sts itself beside the laboratory, in its network namespace: policies.ini with many domains, lighttpd in front of the program, a
# certificate for all policy hosts, and a name server of its own with what `mta-sts dns` prints. The MX of all is the laboratory's.

# Tests run side by side.
DEPLOYED=127.0.0.$((40 + BATS_TEST_NUMBER))
DEPLOYED_DNS=$((5400 + BATS_TEST_NUMBER))

# deploy N: d1.example to dN.example are served, and published.
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
    cat >knot.conf <<CONF
server:
    rundir: "$DIR"
    listen: 127.0.0.1@$DEPLOYED_DNS
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
    mkdir knot
    start knot.log knotd -c "$DIR/knot.conf"
    until_true deploy_resolves
}

deploy_certificate() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /O=Deployment -keyout key.pem -out request.pem 2>openssl.log
    echo "subjectAltName=$("$MTA_STS" hosts | sed 's/^/DNS:/' | paste -sd ,)" >names
    openssl x509 -req -in request.pem -CA "$LAB/middle.crt" -CAkey "$LAB/middle.key" -CAserial serial -CAcreateserial -days 60 -extfile names -out cert.pem 2>>openssl.log
    cat key.pem cert.pem "$LAB/middle.crt" >both.pem
}

deploy_front() {
    WRAPPER=$INSIDE start_fastcgi -f "$DIR/policies.ini"
    cat >lighttpd.conf <<CONF
server.document-root = "$DIR"
server.bind = "$DEPLOYED"
server.port = 443
server.errorlog = "$DIR/lighttpd.log"
server.modules = ("mod_openssl", "mod_fastcgi")
server.max-fds = 1024
ssl.engine = "enable"
ssl.pemfile = "$DIR/both.pem"
fastcgi.server = ("/.well-known/mta-sts.txt" => (("socket" => "$DIR/fcgi.sock", "check-local" => "disable")))
CONF
    start lighttpd.out lighttpd -D -f "$DIR/lighttpd.conf"
    until_true lab_answers 443 "$DEPLOYED"
}

deploy_zone() {
    SERIAL=$((${SERIAL:-0} + 1))
    {
        echo ". 300 IN SOA ns. hostmaster. $SERIAL 3600 600 86400 60"
        echo '. 300 IN NS ns.'
        echo 'ns. 300 IN A 127.0.0.1'
        echo 'mail.healthy.test. 300 IN A 127.0.0.10'
        "$MTA_STS" hosts | sed 's/^mta-sts\.\(.*\)/\1. 300 IN MX 10 mail.healthy.test./'
        "$MTA_STS" dns
    } >zone
}

deploy_resolves() {
    inside kdig +timeout=1 +short -p "$DEPLOYED_DNS" @127.0.0.1 mail.healthy.test A | grep -qx 127.0.0.10
}

# published: what `mta-sts dns` prints now is in the zone.
published() {
    deploy_zone
    inside knotc -b -s "$DIR/knot.sock" zone-reload
}

# probe_deployed ARGUMENT...
probe_deployed() {
    probe --dns 127.0.0.1:$DEPLOYED_DNS "$@"
}
