# The probe's network modules, without the rest of the probe, against the laboratory: each outcome once.

load ../helpers/suite
load ../helpers/network
load ../helpers/dns
load ../helpers/nginx
load lab

LOOK=$(dirname "$MTA_STS")/look
export LOOK_DNS_MS=10000 LOOK_CONNECT_MS=20000 LOOK_TOTAL_MS=20000

# impatient: short timeouts, for servers that hang.
impatient() {
    export LOOK_CONNECT_MS=2000 LOOK_TOTAL_MS=3000
}

setup_file() {
    lab_start
    export LOOK_ANCHORS=$LAB/anchor
}

teardown_file() {
    lab_stop
}

# look ARGUMENT...: runs look in the laboratory. Its output is in the array lines too. LOOK_WITH is a command that runs it.
look() {
    # shellcheck disable=SC2086 # a command and its options
    run -0 inside ${LOOK_WITH:-} "$LOOK" "$@"
    echo "$output"
}

# says TEXT: a line of the output is TEXT.
says() {
    printf '%s\n' "${lines[@]}" | grep -qxF -- "$1" || { echo "not said: $1"; return 1; }
}

# begins TEXT: a line of the output begins with TEXT.
begins() {
    local line
    for line in "${lines[@]}"; do
        [[ $line != "$1"* ]] || return 0
    done
    echo "no line begins: $1"
    return 1
}

# finds KIND...: the output has these findings about the certificate, and no others.
finds() {
    local found
    found=$(printf '%s\n' "${lines[@]}" | sed -n 's/^\(cert-[a-z-]*\) .*/\1/p' | paste -sd ' ')
    [ "$found" = "$*" ] || { echo "found: $found"; return 1; }
}

# addresses HOST: looks up the host's addresses. They are in the array ADDRESSES.
addresses() {
    mapfile -t ADDRESSES < <(inside "$LOOK" a "$1" | sed -n 's/^address //p')
}

policy() {
    addresses "mta-sts.$1"
    look policy "mta-sts.$1" "${ADDRESSES[@]}"
}

smtp() {
    addresses "mail.$1"
    look smtp "mail.$1" "${ADDRESSES[@]}"
}

@test "TXT: found, in order, of several strings, over a chain of CNAMEs" {
    look txt _mta-sts.healthy.test
    [ "$output" = $'found\ntxt v=STSv1; id=1;' ]
    look txt _mta-sts.txt-strings.test
    [ "$output" = $'found\ntxt v=STS\n  + v1; i\n  + \n  + d=1;' ]
    look txt _mta-sts.txt-two.test
    says 'txt v=STSv1; id=1;'
    says 'txt v=STSv1; id=2;'
    look txt _mta-sts.txt-chain.test
    [ "$output" = $'found\nalias two.chain.test\ntxt v=STSv1; id=1;' ]
}

@test "an answer that UDP does not carry comes by TCP" {
    look txt _mta-sts.txt-large.test
    [ "${lines[0]}" = found ]
    [ "${#lines[@]}" -eq 10 ]
}

@test "a name that is not there, one without the type, a CNAME that leads nowhere: absent" {
    look txt _mta-sts.txt-none.test
    [ "$output" = $'absent no-such-name\nwhy the name does not exist' ]
    look txt _mta-sts.txt-nodata.test
    [ "$output" = $'absent\nwhy the name has no such record' ]
    look txt _mta-sts.txt-dangling.test
    [ "$output" = $'absent no-such-name\nwhy its CNAME leads to a name that does not exist\nalias nowhere.test' ]
    look a "$(printf 'a%.0s' {1..64}).test"
    [ "$output" = $'absent no-such-name\nwhy the DNS has no room for such a name' ]
}

@test "SERVFAIL, REFUSED, no answer, nobody there, CNAMEs in a circle: again" {
    local advice='; check the network here, then try --dns root' failed late
    failed=$'again\nwhy all name servers failed, or none could be reached'$advice
    late=$'again\nwhy no name server answered in time'$advice
    look txt _mta-sts.txt-servfail.example
    [ "$output" = "$failed" ]
    LOOK_SERVERS=127.0.0.1:5353 look txt elsewhere.example
    [ "$output" = "$failed" ]
    look txt _mta-sts.txt-circle.test
    [ "$output" = "$failed" ]
    LOOK_WITH='unshare --net' look txt _mta-sts.healthy.test
    [ "$output" = "$failed" ]
    LOOK_DNS_MS=500 look txt _mta-sts.txt-timeout.silent
    [ "$output" = "$late" ]
    LOOK_SERVERS=127.0.0.1:5398 LOOK_DNS_MS=500 look txt _mta-sts.healthy.test
    [ "$output" = "$late" ]
    # If servers fail, the next one is asked, in time; in which order, chance decides.
    LOOK_SERVERS=127.0.0.1:5398,127.0.0.1 look txt _mta-sts.healthy.test
    [ "${lines[0]}" = found ]
    local i
    for i in 1 2 3 4; do
        LOOK_SERVERS=127.0.0.2:5399,127.0.0.3:5399,127.0.0.4:5399,127.0.0.1 look txt _mta-sts.healthy.test
        [ "${lines[0]}" = found ]
    done
    LOOK_SERVERS=127.0.0.1:none run -1 inside "$LOOK" txt _mta-sts.healthy.test
    [[ $output == 'no resolver: 127.0.0.1:none: is not a list of name servers; '* ]]
}

@test "DNSSEC: secure, insecure, bogus, by a check of its own" {
    look txt _mta-sts.signed.test
    [ "$output" = $'found authentic\ntxt v=STSv1; id=1;' ]
    look txt nothing.signed.test
    [ "$output" = $'absent no-such-name authentic\nwhy the name does not exist' ]
    look txt _mta-sts.healthy.test
    [ "$output" = $'found\ntxt v=STSv1; id=1;' ]
    # Straight from the zone, whose server validates nothing and knows no AD bit.
    LOOK_SERVERS=127.0.0.1:5353 look txt _mta-sts.signed.test
    [ "$output" = $'found authentic\ntxt v=STSv1; id=1;' ]
    for LOOK_SERVERS in 127.0.0.1 127.0.0.1:5353; do
        export LOOK_SERVERS
        look txt _mta-sts.bogus.test
        [[ ${lines[0]} == 'again bogus' && ${lines[1]} == 'why DNSSEC validation failed: '* ]]
        look tlsa nothing.bogus.test
        [ "${lines[0]}" = 'again bogus' ]
    done
}

@test "DNSSEC: nothing is validated without a key, or where the name servers leave out signatures" {
    local unvalidated='unvalidated the name servers leave out DNSSEC records, or the clock or the trust anchor here is wrong; check the clock (date), then try --dns root'
    LOOK_SERVERS=127.0.0.1:5397 look txt _mta-sts.signed.test
    [ "$output" = $'found\n'"$unvalidated"$'\ntxt v=STSv1; id=1;' ]
    LOOK_SERVERS=127.0.0.1:5397 look txt nothing.signed.test
    [ "$output" = $'absent no-such-name\n'"$unvalidated"$'\nwhy the name does not exist' ]
    LOOK_SERVERS=127.0.0.1:5397 look txt _mta-sts.healthy.test
    [ "$output" = $'found\ntxt v=STSv1; id=1;' ]
    # Another key alone is trusted, and nobody knows the zone.
    sed 's/^signed/elsewhere/' "$LAB/anchor" >anchor
    LOOK_ANCHORS=$DIR/anchor look txt _mta-sts.signed.test
    [ "${lines[0]}" = found ]
    for file in "$DIR/nowhere" "$LAB/ca.pem" "$LAB/test.zone" "$LAB"; do
        LOOK_ANCHORS=$file run -1 inside "$LOOK" txt _mta-sts.signed.test
        [[ $output == "no resolver: $file: "* ]]
    done
}

@test "no name server at all: it asks the root servers, with --dns root, or where resolv.conf names none" {
    local config address
    # All root servers with an IPv4 address, with a zone that has everything.
    for address in $(awk '$3 == "A" { print $4 }' /usr/share/dns/root.hints); do
        inside ip address add "$address/32" dev lo
        DNS_ADDRESS+=${DNS_ADDRESS:+, }$address
    done
    cat >zone <<'ZONE'
. 300 IN SOA a.root-servers.net. hostmaster. 1 3600 600 86400 60
. 300 IN NS a.root-servers.net.
a.root-servers.net. 300 IN A 198.41.0.4
_mta-sts.example.org. 300 IN TXT "v=STSv1; id=1;"
ZONE
    run_knot <<CONF
zone:
  - domain: .
    file: "$DIR/zone"
CONF
    until_true inside kdig +short +timeout=1 @198.41.0.4 _mta-sts.example.org TXT
    LOOK_SERVERS=root look txt _mta-sts.example.org
    [ "$output" = $'found\ntxt v=STSv1; id=1;' ]
    for config in 'mount --bind /dev/null /etc/resolv.conf' 'mount --bind hosts /etc/resolv.conf'; do
        run -0 inside unshare --mount sh -c "$config && exec '$LOOK' txt _mta-sts.example.org"
        [ "$output" = $'found\ntxt v=STSv1; id=1;' ]
    done
}

@test "MX: by preference, a null MX, names as a zone file writes them" {
    look mx many.test
    [ "$output" = $'found\nmx 10 "a\\.\\027.many.test"\nmx 10 "c.many.test"\nmx 20 "b.many.test"' ]
    look mx mx-null.test
    [ "$output" = $'found\nmx 0 ""' ]
}

@test "addresses of both families, of one, of none" {
    look a all.test
    [ "$output" = $'found\naddress 192.0.2.1\naddress 2001:db8::1' ]
    look a six.test
    [ "$output" = $'found\naddress 2001:db8::2' ]
    look a mta-sts.host-chain.test
    [ "$output" = $'found\nalias policies.test\naddress 11.0.0.2' ]
    look a mta-sts.host-none.test
    [ "$output" = $'absent no-such-name\nwhy the name does not exist' ]
}

@test "TLSA: authentic in a signed zone, and it is the certificate's digest" {
    look tlsa _25._tcp.mail.signed.test
    [ "${lines[0]}" = 'found authentic' ]
    local record=${lines[1]#tlsa }
    look digests good.pem
    says "$record"
    [ "${#lines[@]}" -eq 8 ]
    if grep 'does not match' <<<"$output"; then return 1; fi
    look txt _mta-sts.healthy.test
    [ "${lines[0]}" = found ]
}

@test "a policy is fetched with its certificate, over HTTP/2, from each address" {
    policy healthy.test
    says 'fetched 11.0.0.2 200'
    says 'type text/plain'
    begins 'version: STSv1\x0d\x0amode: enforce\x0d\x0amx: mail.healthy.test\x0d\x0a'
    finds
    look policy mta-sts.healthy.test 192.0.2.1 127.0.0.1 11.0.0.2
    begins 'no-route - 0'
    begins 'refused - 0'
    says 'fetched 11.0.0.2 200'
}

@test "certificates: each fault is told, and several at once" {
    local domain kind
    while read -r domain kind; do
        policy "$domain.test"
        says 'fetched 11.0.0.2 200'
        # shellcheck disable=SC2086 # several kinds, or none
        finds $kind
    done <<'CASES'
cert-wildcard
cert-expired cert-expired
cert-self cert-self-signed
cert-name cert-name
cert-deep cert-name
cert-incomplete cert-incomplete
cert-authority cert-authority
cert-cn cert-no-names
cert-both cert-name cert-expired
cert-soon cert-soon
cert-short
cert-weak cert-weak
CASES
}

@test "the time decides: the same chain before, in and after its days" {
    local begins
    begins=$(date -d "$(openssl x509 -in "$LAB/good.crt" -noout -startdate | cut -d= -f2)" +%s)
    LOOK_NOW=$((begins - 10)) look cert mta-sts.healthy.test good.pem
    finds cert-not-yet cert-chain-dates
    # It is for 60 days, of which a fifth is 12.
    LOOK_NOW=$((begins + 48 * 86400)) look cert mta-sts.healthy.test good.pem
    finds
    LOOK_NOW=$((begins + 48 * 86400 + 1)) look cert mta-sts.healthy.test good.pem
    finds cert-soon
    [[ $output == *', in 11 days of its 60 days; renew it'* ]]
    LOOK_NOW=$((begins + 60 * 86400 - 7200)) look cert mta-sts.healthy.test good.pem
    [[ $output == *', in 2 hours of its 60 days; renew it'* ]]
    LOOK_WARN=14 LOOK_NOW=$((begins + 45 * 86400 + 1)) look cert mta-sts.healthy.test good.pem
    finds cert-soon
    LOOK_WARN=0 LOOK_NOW=$((begins + 48 * 86400 + 1)) look cert mta-sts.healthy.test good.pem
    finds
    LOOK_NOW=$((begins + 61 * 86400)) look cert mta-sts.healthy.test good.pem
    finds cert-expired
    LOOK_NOW=$((begins + 366 * 86400)) look cert mta-sts.healthy.test good.pem
    finds cert-expired cert-chain-dates
    LOOK_CA=$LAB/other.crt look cert mta-sts.healthy.test good.pem
    finds cert-authority
    LOOK_CA=$LAB/zone run -1 inside "$LOOK" cert mta-sts.healthy.test good.pem
    [[ $output == 'no trust: '* ]]
    look cert mta-sts.healthy.test test.zone
    finds cert-unreadable
}

@test "answers of every wrong kind, as they are" {
    local domain outcome
    while read -r domain outcome; do
        policy "$domain.test"
        says "$outcome"
    done <<'CASES'
answer-301 location https://elsewhere.test/mta-sts.answer-301.test
answer-404 fetched 11.0.0.2 404
answer-500 fetched 11.0.0.2 500
answer-html type text/html
answer-large body 65537
answer-12k body 12114
answer-slow fetched 11.0.0.4 200
answer-cut protocol 11.0.0.4 200
answer-cut why the connection ended before the answer did
answer-header why the answer's header is larger than 64 KB
answer-line protocol 11.0.0.4 200
answer-line why a line of it is larger than libcurl reads
answer-escape type text/\x1b[31mplain\x1b]0;title\x07
policy-empty body 0 null
CASES
    policy answer-notype.test
    if begins type; then return 1; fi
}

@test "HTTPS that does not come about: refused, no way, no TLS, old TLS, hung" {
    policy https-refused.test
    begins 'refused - 0'
    policy https-noroute.test
    begins 'no-route - 0'
    look policy '../evil' 11.0.0.2
    begins 'protocol - 0'
    policy https-plain.test
    begins 'tls 11.0.0.7 0'
    policy https-tls11.test
    begins 'tls-old 11.0.0.3 0'
    says 'why TLS 1.1 is the newest that it offers'
    begins certificate
    impatient
    policy https-silent.test
    begins 'slow 11.0.0.5 0'
    says 'why the connection was accepted, but the TLS handshake did not end in time'
    policy answer-hung.test
    begins 'slow 11.0.0.4 0'
    says 'why no answer came in time'
}

@test "no network, no route, a firewall of its own: no way, and not a refusal" {
    local route
    LOOK_WITH='unshare --net' look policy mta-sts.healthy.test 127.0.0.2 192.0.2.1
    begins 'no-route - 0'
    says 'why no way there from this machine: Network is unreachable; check its routes and its firewall'
    LOOK_WITH='unshare --net' look smtp mail.healthy.test 2001:db8::1
    begins 'no-route - 0'
    for route in prohibit blackhole unreachable; do
        run -0 inside unshare --net sh -c "ip link set lo up; ip route add $route 192.0.2.0/24; exec '$LOOK' policy mta-sts.healthy.test 192.0.2.1"
        [[ $output == 'no-route - 0'* ]]
    done
    run -0 inside unshare --net sh -c "ip link set lo up; exec '$LOOK' policy mta-sts.healthy.test 127.0.0.2"
    [[ $output == 'refused - 0'* ]]
}

@test "no descriptor is left: a lack, and not a refusal" {
    local n lacked=no
    for n in 6 7 8 9 10; do
        run inside prlimit --nofile=$n "$LOOK" policy mta-sts.healthy.test 11.0.0.2
        [[ $output != *refused* && $output != *'tls '* && $output != *protocol* ]]
        [[ $output != *'lack - 0'*'why this machine: Too many open files'* ]] || lacked=yes
    done
    [ "$lacked" = yes ]
}

@test "an authority's file that cannot be read: no verdict on the certificate" {
    local file
    mkdir authorities
    file=authorities/$(openssl x509 -in "$LAB/root.crt" -noout -hash).0
    LOOK_WITH="env -u LOOK_CA SSL_CERT_FILE=/nonexistent SSL_CERT_DIR=$DIR/authorities setpriv --bounding-set -dac_override,-dac_read_search"
    look cert mta-sts.healthy.test "$LAB/good.pem"
    finds cert-authority
    cp "$LAB/root.crt" "$file"
    look cert mta-sts.healthy.test "$LAB/good.pem"
    finds
    chmod 000 "$file"
    look cert mta-sts.healthy.test "$LAB/good.pem"
    finds
    says failed
}

@test "SMTP: Postfix, and QUIT that is not answered is not waited for" {
    smtp healthy.test
    says 'fetched 11.0.0.10 0'
    finds
    until_true grep -q 'ehlo=2 starttls=1 quit=1 commands=4' "$LAB/maillog"
    SECONDS=0
    smtp smtp-quit.test
    begins 'fetched'
    [ "$SECONDS" -lt 15 ]
}

@test "SMTP: each failure is what it is" {
    local domain outcome
    while read -r domain outcome; do
        smtp "$domain.test"
        begins "$outcome"
    done <<'CASES'
smtp-nostarttls no-starttls
smtp-nostarttls why EHLO does not offer it
smtp-starttls no-starttls
smtp-starttls why 454 4.7.0 TLS not available
smtp-tls11 tls-old
smtp-tls11 why TLS 1.1 is the newest that it offers
smtp-broken tls 
smtp-garbage protocol
smtp-garbage why SSH-2.0
smtp-escape no-starttls
smtp-endless protocol
smtp-later later
smtp-later why 451 4.7.1 greylisted
smtp-ehlo later
smtp-no refused 11
smtp-no why 554 5.7.1
smtp-refused refused -
smtp-name cert-name
smtp-expired cert-expired
smtp-self cert-self-signed
smtp-incomplete cert-incomplete
CASES
}

@test "SMTP that hangs: it is told where" {
    impatient
    smtp smtp-silent.test
    begins slow
    says 'why the TLS handshake did not end in time'
    smtp smtp-hung.test
    begins slow
    says 'why the connection was accepted, but no greeting came in time'
}

@test "nothing is lost or touched that is not there, by valgrind" {
    # The sanitizers find the same faults, and cannot run under valgrind.
    grep -qa __asan_init "$LOOK" || LOOK_WITH='valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite'
    export PATIENCE=120 LOOK_TOTAL_MS=60000 LOOK_CONNECT_MS=60000
    look txt _mta-sts.healthy.test _mta-sts.txt-dangling.test _mta-sts.txt-large.test _mta-sts.txt-servfail.example
    look mx many.test
    look a all.test
    look policy mta-sts.answer-cut.test 11.0.0.4
    look policy mta-sts.answer-large.test 11.0.0.2
    look policy mta-sts.https-tls11.test 11.0.0.3
    look policy mta-sts.cert-both.test 11.0.0.2
    smtp smtp-name.test
    look digests good.pem
}
