# A first hour, tried as a new user would: from an empty folder to a policy that a real sender discovers, then an edit. Everything listens
# in a network namespace of its own, on the ports 53 and 443.

load ../helper
load network

policies() {
    rm -f policies.ini
    cat >policies.ini <<'INI'
[defaults]
mode    = testing
max_age = 1w
host    = policies.example.net
tlsrpt  = mailto:tls-reports@example.net

[example.org]
mx = mail.example.org
mx = *.backup.example.net

[example.com]
mx   = mail.example.org
host = 127.0.0.1
INI
}

# certificate HOST...: from a throw-away authority that the sender trusts.
certificate() {
    local names
    names=$(printf ',DNS:%s' "$@")
    {
        [ -e ca.pem ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=throw-away' \
            -addext keyUsage=critical,keyCertSign -keyout ca.key -out ca.pem
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj '/CN=policies' -CA ca.pem -CAkey ca.key \
            -addext "subjectAltName=${names#,}" -addext basicConstraints=critical,CA:FALSE -keyout key.pem -out cert.pem
    } 2>openssl.log || { cat openssl.log; return 1; }
    cat key.pem cert.pem >both.pem
}

start_https() {
    WRAPPER=$INSIDE start_fastcgi -f "$DIR/policies.ini"
    cat >lighttpd.conf <<CONF
server.document-root = "$DIR"
server.bind = "127.0.0.1"
server.port = 443
server.errorlog = "$DIR/lighttpd.log"
server.modules = ("mod_openssl", "mod_fastcgi")
ssl.engine = "enable"
ssl.pemfile = "$DIR/both.pem"
fastcgi.server = ("/.well-known/mta-sts.txt" => (("socket" => "$DIR/fcgi.sock", "check-local" => "disable")))
CONF
    start lighttpd.out lighttpd -D -f lighttpd.conf
    until_true serves_inside 127.0.0.1 ''
}

# serves_inside HOST TEXT: TEXT is in what HOST answers, the name and the certificate unchecked.
serves_inside() {
    inside curl -sk --max-time 5 --connect-to ::127.0.0.1: "https://$1/.well-known/mta-sts.txt" | grep -qF -- "$2"
}

# zone: the whole DNS is one zone here; the records that `mta-sts dns` printed, if it did, stand in the file records.
zone() {
    SERIAL=$((${SERIAL:-0} + 1))
    {
        echo ". 300 IN SOA ns. hostmaster. $SERIAL 3600 600 86400 60"
        echo '. 300 IN NS ns.'
        echo 'ns. 300 IN A 127.0.0.1'
        echo 'policies.example.net. 300 IN A 127.0.0.1'
        [ ! -e records ] || echo "\$INCLUDE records"
    } >zone
    named-checkzone . zone
}

# publish: what `mta-sts dns` prints goes into the zone.
publish() {
    "$MTA_STS" dns >records
    zone
    inside knotc -b -s "$DIR/knot.sock" zone-reload
}

# printed_id DOMAIN: the one in its record.
printed_id() {
    sed -n "s/^_mta-sts\\.$1\\. .*\"v=STSv1; id=\\([A-Za-z0-9]\\{1,32\\}\\);\"\$/\\1/p" records
}

# sender DOMAIN [KNOWN_ID]: what the sender found, in sender.out; it looks up the record, fetches over HTTPS and checks the certificate.
sender() {
    inside mta-sts-query "$@" >sender.out 2>&1
    cat sender.out
}

# found DOMAIN MODE MX...: the sender has the policy of policies.ini under the id that was printed.
found() {
    local domain=$1 mode=$2 mx
    shift 2
    mx=$(printf ", '%s'" "$@")
    sender "$domain"
    grep -qF "STSFetchResult.VALID" sender.out
    grep -qF "('$(printed_id "$domain")', {" sender.out
    grep -qF "'mode': '$mode'" sender.out
    grep -qF "'mx': [${mx#, }]" sender.out
    grep -qF "'max_age': 604800" sender.out
}

# first_hour [HOST]: all the steps; the certificate is for the policy hosts, or for HOST.
first_hour() {
    own_network
    policies
    "$MTA_STS" check
    # shellcheck disable=SC2046,SC2086 # one a line
    certificate ${1:-$("$MTA_STS" hosts)}
    start_https
    zone
    start_knot policies.example.net
    # The policy first, then the records.
    serves_inside mta-sts.example.org 'mode: testing'
    publish
}

@test "a first hour: the policies are discovered, an edit is, too" {
    first_hour
    found example.org testing mail.example.org '*.backup.example.net'
    found example.com testing mail.example.org
    resolves _smtp._tls.example.org TXT '"v=TLSRPTv1; rua=mailto:tls-reports@example.net"'
    resolves mta-sts.example.org CNAME policies.example.net.
    sender example.org "$(printed_id example.org)"
    grep -qF STSFetchResult.NOT_CHANGED sender.out

    local before other
    before=$(printed_id example.org)
    other=$(printed_id example.com)
    sed -i '/^\[example.org\]/a mode = enforce' policies.ini
    "$MTA_STS" check
    until_true serves_inside mta-sts.example.org 'mode: enforce'
    publish
    [ "$(printed_id example.org)" != "$before" ]
    [ "$(printed_id example.com)" = "$other" ]
    found example.org enforce mail.example.org '*.backup.example.net'
    sender example.org "$before"
    grep -qF STSFetchResult.VALID sender.out
    found example.com testing mail.example.org
}

@test "an edit that is published at once: no sender gets the old policy under the new id" {
    first_hour
    sed -i '/^\[example.org\]/a mode = enforce' policies.ini
    publish
    found example.org enforce mail.example.org '*.backup.example.net'
}

@test "a domain that is not in the file, or not any more, has no records and is not found" {
    first_hour
    run -1 "$MTA_STS" dns other.example
    [[ $output != *TXT* ]]
    sender other.example
    grep -qF STSFetchResult.NONE sender.out

    sed -i '/^\[example.com\]/,$d' policies.ini
    until_true serves_inside mta-sts.example.com 'mta-sts.example.com'
    sender example.com
    grep -qF STSFetchResult.FETCH_ERROR sender.out
    publish
    sender example.com
    grep -qF STSFetchResult.NONE sender.out
    found example.org testing mail.example.org '*.backup.example.net'
}

@test "this sender does look at the certificate's names" {
    first_hour mta-sts.other.example
    sender example.org
    grep -qF STSFetchResult.FETCH_ERROR sender.out
    grep -q 'certificate.*not valid for' sender.out
}
