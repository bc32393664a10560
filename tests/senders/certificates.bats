# Certificates for the policy hosts, from a real ACME server. Caddy gets them on demand, and asks this program first. certbot, lego and dehydrated
# get the list of hosts. The configurations are those in examples/, with the test's names.

load senders
load ../helpers/caddy
load acme

start_caddy() {
    on_demand_config
    # shellcheck disable=SC2086 # a command and its arguments
    run_caddy $INSIDE
    CADDY=$STARTED
    until_true asked mta-sts.a.test 200
}

# asked NAME STATUS [TEXT]: the program's answer when Caddy asks about NAME.
asked() {
    local code
    code=$(inside curl -s --max-time 5 -o asked.txt -w '%{http_code}' --get --data-urlencode "domain=$1" http://127.0.0.1:9123/) || return 1
    [ "$code" = "$2" ] || { echo "$1: $code"; return 1; }
    [ $# -eq 2 ] || grep -qF -- "$3" asked.txt
}

on_demand() {
    begin "$@"
    WRAPPER=$INSIDE start_fastcgi -f "$DIR/policies.ini"
    start_caddy
}

# no_certificate NAME: the TLS handshake with that name fails.
no_certificate() {
    local out
    out=$(inside openssl s_client -connect 127.0.0.1:443 -servername "$1" </dev/null 2>&1) && return 1
    [[ $out == *'no peer certificate available'* ]] || { echo "$1: $out"; return 1; }
}

@test "Caddy: a domain that is added while all runs is served over valid HTTPS" {
    local before
    on_demand a.test
    served a.test
    no_certificate mta-sts.b.test
    ordered mta-sts.a.test

    printf '[b.test]\nmode = enforce\nmx = mail.b.test\n' >>policies.ini
    before=$(date +%s%N)
    until_true served b.test
    echo "# from the edit to valid HTTPS: $((($(date +%s%N) - before) / 1000000)) ms" >&3
    served a.test
    ordered mta-sts.a.test mta-sts.b.test
}

@test "Caddy: a name that is not in the file gets no certificate, however it is written" {
    on_demand a.test
    printf '[c.test]\nmx = 192.0.2.1\n' >>policies.ini
    leave_alone policies.ini
    until_true asked mta-sts.c.test 500

    local name
    for name in mta-sts.b.test MTA-STS.B.TEST a.test mta-sts.test mta-sts.mta-sts.a.test x.mta-sts.a.test '*.a.test' 'mta-sts.*' localhost 127.0.0.1 \
        'mta-sts.b.test&domain=mta-sts.a.test' 'mta-sts.b.test?domain=mta-sts.a.test' 'mta-sts.a.test,mta-sts.b.test' 'mta-sts.a.test mta-sts.b.test' \
        'mta-sts.a.test/../mta-sts.b.test' 'mta-sts.a.test%00.b.test' 'mta-sts.a.test#' 'mta-sts.a.test:443' 'mta-sts.a.test.' '{env.HOME}' \
        $'mta-sts.a.test\r\nHost: mta-sts.a.test' mta-sts.not-in-the-file.invalid mta-sts.c.test; do
        no_certificate "$name"
    done
    inside openssl s_client -connect 127.0.0.1:443 -noservername </dev/null 2>&1 | grep -qF 'no peer certificate available'
    ordered

    # Names in the file get a certificate, in upper or lower case, and so does the domain whose mistake was corrected.
    served a.test
    inside openssl s_client -connect 127.0.0.1:443 -servername MTA-STS.A.TEST -CAfile root.pem -verify_hostname mta-sts.a.test \
        -verify_return_error </dev/null
    sed -i 's/192.0.2.1/mail.example.net/' policies.ini
    until_true served c.test
    ordered mta-sts.a.test mta-sts.c.test
}

@test "Caddy: with [*] in the file nobody gets a certificate; what is there is served" {
    on_demand a.test
    served a.test
    printf '[b.test]\nmx = mail.example.net\n[*]\nmx = mail.example.net\n' >>policies.ini
    leave_alone policies.ini
    "$MTA_STS" -f policies.ini check | grep -F '[*]'
    until_true asked mta-sts.a.test 403 'policies.ini has [*]'
    no_certificate mta-sts.other.test
    no_certificate mta-sts.b.test
    served a.test
    ordered mta-sts.a.test

    # The same with a mistake in [*].
    sed -i '$s/.*/mx = 192.0.2.1/' policies.ini
    kill -HUP "$PROGRAM"
    until_true logged 1 '192.0.2.1'
    no_certificate mta-sts.other.test
    ordered mta-sts.a.test

    sed -i '/^\[\*\]/,$d' policies.ini
    until_true served b.test
    no_certificate mta-sts.other.test
    ordered mta-sts.a.test mta-sts.b.test
}

@test "Caddy: no certificate while the program is not there; those that it has are served again after a restart" {
    on_demand a.test b.test
    served a.test
    kill "$PROGRAM"
    ends_well
    no_certificate mta-sts.b.test
    asked mta-sts.b.test 502

    rm -f fcgi.sock fcgi.log
    WRAPPER=$INSIDE start_fastcgi -f "$DIR/policies.ini"
    until_true served b.test
    kill "$CADDY"
    ended "$CADDY"
    start_caddy
    served a.test
    served b.test
    ordered mta-sts.a.test mta-sts.b.test
}

# start_web: serves a folder on port 80. certbot, lego and dehydrated need that.
start_web() {
    mkdir www
    lighttpd_config 127.0.0.1 "$DIR/www" >lighttpd.conf
    # shellcheck disable=SC2086 # a command and its arguments
    run_lighttpd $INSIDE
    is_up lighttpd inside curl -s -o /dev/null http://127.0.0.1/
}

# client FILE: prints a file of examples/certificates with the test's names. Each reload of the front server adds a line to the file reloads.
client() {
    printf '#!/bin/sh\necho >>"%s/reloads"\n' "$DIR" >reload
    chmod 755 reload
    sed -e "s|/etc/mta-sts/deploy|$DIR/reload|" -e "s|/usr/local/bin/mta-sts|$MTA_STS|" -e "s|/etc/mta-sts/policies.ini|$DIR/policies.ini|" -e "s|https://acme-v02.*/directory|$DIRECTORY|" \
        -e "s|/var/www/html|$DIR/www|" -e "s|/var/lib/lego|$DIR/lego|" -e "s|/var/lib/dehydrated|$DIR/dehydrated|" \
        -e "s|/etc/dehydrated|$DIR/etc|" "$EXAMPLES/certificates/$1"
}

# issued FILE HOST: the certificate is valid for the host, and the ACME server has issued it.
issued() {
    openssl verify -CAfile root.pem -untrusted "$1" -verify_hostname "$2" "$1"
}

# gets COMMAND CERTIFICATE: COMMAND gets a certificate for each host, once, and goes on if one fails. CERTIFICATE is the path of the certificate, with @
# in place of the host.
gets() {
    local before PATIENCE=150
    run -0 inside "$1"
    issued "${2//@/mta-sts.a.test}" mta-sts.a.test
    issued "${2//@/mta-sts.b.test}" mta-sts.b.test
    [ "$(wc -l <reloads)" -eq 2 ]
    ordered mta-sts.a.test mta-sts.b.test

    before=$(cat "${2//@/mta-sts.a.test}")
    run -0 inside "$1"
    ordered mta-sts.a.test mta-sts.b.test

    # nowhere.invalid is not in the DNS; [*] has no policy host.
    policies a.test nowhere.invalid b.test c.test '*'
    run inside "$1"
    echo "$output"
    [ "$status" -ne 0 ]
    issued "${2//@/mta-sts.c.test}" mta-sts.c.test
    [ ! -e "${2//@/mta-sts.nowhere.invalid}" ]
    ordered mta-sts.a.test mta-sts.b.test mta-sts.nowhere.invalid mta-sts.c.test
    [ "$(cat "${2//@/mta-sts.a.test}")" = "$before" ]
    [ "$(wc -l <reloads)" -eq 3 ]

    # Without the file COMMAND orders nothing, and keeps what it has.
    rm policies.ini
    run inside "$1"
    [ "$status" -ne 0 ]
    [[ $output == *'policies.ini: '* ]]
    ordered mta-sts.a.test mta-sts.b.test mta-sts.nowhere.invalid mta-sts.c.test
    issued "${2//@/mta-sts.c.test}" mta-sts.c.test
}

@test "certbot: a certificate for each policy host" {
    begin a.test b.test
    start_web
    mkdir etc
    client certbot | sed "s|certbot certonly|& --config-dir $DIR/etc --work-dir $DIR/work --logs-dir $DIR/logs|" >run-certbot
    chmod 755 run-certbot
    gets ./run-certbot "$DIR/etc/live/@/fullchain.pem"
}

@test "lego: a certificate for each policy host" {
    begin a.test b.test
    start_web
    client lego >run-lego
    chmod 755 run-lego
    gets ./run-lego "$DIR/lego/certificates/@.crt"
}

@test "dehydrated: a certificate for each policy host" {
    begin a.test b.test
    start_web
    mkdir -p etc dehydrated www/.well-known/acme-challenge
    client dehydrated.conf >etc/config
    client dehydrated.hook >etc/hook
    client dehydrated >run-dehydrated
    chmod 755 etc/hook run-dehydrated
    gets ./run-dehydrated "$DIR/dehydrated/certs/@/fullchain.pem"
}
