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

# sender DOMAIN [KNOWN_ID]: a sender looks up the record, fetches the policy and checks the certificate. Its result is in sender.out.
sender() {
    inside mta-sts-query "$@" >sender.out 2>&1
    cat sender.out
}

# found DOMAIN MODE MX...: the sender finds the policy in policies.ini, with the id that was printed.
found() {
    local domain=$1 mode=$2 mx
    shift 2
    mx=$(printf ", '%s'" "$@")
    sender "$domain"
    grep -qF "STSFetchResult.VALID" sender.out
    grep -qF "('$(printed_id "$domain" records)', {" sender.out
    grep -qF "'mode': '$mode'" sender.out
    grep -qF "'mx': [${mx#, }]" sender.out
    grep -qF "'max_age': 604800" sender.out
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
    sender example.org "$(printed_id example.org records)"
    grep -qF STSFetchResult.NOT_CHANGED sender.out

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
