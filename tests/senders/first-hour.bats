# A new user's first hour: from an empty folder to a policy that a real sender discovers, then an edit.
# All servers listen on the ports 53 and 443 of a network namespace.

load senders

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

start_https() {
    WRAPPER=$INSIDE start_fastcgi -f "$DIR/policies.ini"
    start_lighttpd_tls 127.0.0.1
    is_up lighttpd serves_inside 127.0.0.1 ''
}

# serves_inside HOST TEXT: the answer for HOST contains TEXT. The certificate is not checked.
serves_inside() {
    inside curl -sk --max-time 5 --connect-to ::127.0.0.1: "https://$1/.well-known/mta-sts.txt" | grep -qF -- "$2"
}

# found DOMAIN MODE MX...: the sender finds the policy in policies.ini, with the id that was printed.
found() {
    local domain=$1 mode=$2 mx
    shift 2
    mx=$(printf ", '%s'" "$@")
    query "$domain"
    grep -qF "STSFetchResult.VALID" queried
    grep -qF "('$(printed_id "$domain" records)', {" queried
    grep -qF "'mode': '$mode'" queried
    grep -qF "'mx': [${mx#, }]" queried
    grep -qF "'max_age': 604800" queried
}

# first_hour [HOST]: all steps. The certificate is for HOST (default: the policy hosts).
first_hour() {
    own_network
    policies
    "$MTA_STS" check
    # shellcheck disable=SC2046,SC2086 # one a line
    certificate both ${1:-$("$MTA_STS" hosts)}
    start_https
    start_dns
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
    query example.org "$(printed_id example.org records)"
    grep -qF STSFetchResult.NOT_CHANGED queried

    local before other
    before=$(printed_id example.org records)
    other=$(printed_id example.com records)
    sed -i '/^\[example.org\]/a mode = enforce' policies.ini
    "$MTA_STS" check
    until_true serves_inside mta-sts.example.org 'mode: enforce'
    publish
    [ "$(printed_id example.org records)" != "$before" ]
    [ "$(printed_id example.com records)" = "$other" ]
    found example.org enforce mail.example.org '*.backup.example.net'
    query example.org "$before"
    grep -qF STSFetchResult.VALID queried
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
    query other.example
    grep -qF STSFetchResult.NONE queried

    sed -i '/^\[example.com\]/,$d' policies.ini
    until_true serves_inside mta-sts.example.com 'mta-sts.example.com'
    query example.com
    grep -qF STSFetchResult.FETCH_ERROR queried
    publish
    query example.com
    grep -qF STSFetchResult.NONE queried
    found example.org testing mail.example.org '*.backup.example.net'
}

@test "this sender does look at the certificate's names" {
    first_hour mta-sts.other.example
    query example.org
    grep -qF STSFetchResult.FETCH_ERROR queried
    grep -q 'certificate.*not valid for' queried
}
