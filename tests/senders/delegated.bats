# Delegated domains: their zones have nothing but CNAMEs, and the operator's zone has the records. Real senders find the policies by way of these CNAMEs,
# hold back what a policy does not allow, and take up an edit of which the domains' own zones know nothing. All servers listen on the ports 25, 53 and 443
# of a network namespace. A resolver (unbound) follows from zone to zone; the name server behind it (Knot DNS) has all zones.

load senders
load delivery
load delegated
load ../fronts/fronts

# allowed.example may be delivered to. The MX host of refused.example has a valid certificate, but is not in the policy.
policies() {
    rm -f policies.ini
    cat >policies.ini <<'INI'
[defaults]
mode    = enforce
max_age = 1w
host    = policies.example.net
tlsrpt  = mailto:tls-reports@example.net

[allowed.example]
mx = mail.allowed.example

[refused.example]
mx = mail.refused.example
INI
}

# begin: everything but the sender.
begin() {
    mail_network
    policies
    "$MTA_STS" check --delegate sts.example.net
    certificate valid mail.allowed.example mx.provider.example
    start_smtp 127.0.0.2=valid.pem
    start_https lighttpd
    delegate allowed.example 'MX 10 mail.allowed.example.'
    delegate refused.example 'MX 10 mx.provider.example.'
    start_delegated_dns
    [ "$(inside kdig +short _mta-sts.allowed.example TXT | tail -n 1)" = "$("$MTA_STS" dns allowed.example | sed -n 's/^_mta-sts.* TXT //p')" ]
    [ "$(inside kdig +short mta-sts.allowed.example A | tail -n 1)" = 127.0.0.1 ]
    [ "$(inside kdig +short _smtp._tls.allowed.example TXT | tail -n 1)" = '"v=TLSRPTv1; rua=mailto:tls-reports@example.net"' ]
}

# edit: now the policies allow the other MX host of the two. The operator's zone gets new ids.
edit() {
    local before after
    before=$("$MTA_STS" dns | grep TXT)
    sed -i -e 's/= mail.refused.example/= mx.provider.example/' -e 's/= mail.allowed.example/= new.allowed.example/' policies.ini
    until_true serves_inside mta-sts.refused.example 'mx: mx.provider.example'
    until_true serves_inside mta-sts.allowed.example 'mx: new.allowed.example'
    publish_delegated
    after=$("$MTA_STS" dns | grep TXT)
    [ "$before" != "$after" ]
}

# untouched: the domains' own zones are as they were at the beginning.
untouched() {
    resolves allowed.example SOA 'ns. hostmaster. 1 3600 600 86400 60'
    resolves refused.example SOA 'ns. hostmaster. 1 3600 600 86400 60'
    resolves _mta-sts.refused.example CNAME _mta-sts.refused.example.sts.example.net.
}

@test "delegated: Postfix with postfix-mta-sts-resolver" {
    begin
    start_resolver
    start_postfix
    send to@allowed.example first
    send to@refused.example first
    eventually arrived 127.0.0.2 to@allowed.example first
    eventually held to@refused.example 'Server certificate not verified'
    grep -qF 'verification failed for mx.provider.example[127.0.0.2]:25: num=62:hostname mismatch' maillog
    grep -qF 'Verified TLS connection established to mail.allowed.example[127.0.0.2]:25' maillog

    edit
    eventually arrived 127.0.0.2 to@refused.example first
    send to@allowed.example second
    eventually held to@allowed.example 'Server certificate not verified'
    [ "$(wc -l <arrived)" -eq 2 ]
    untouched
}

@test "delegated: chasquid" {
    begin
    start_chasquid
    submit to@allowed.example first
    submit to@refused.example first
    eventually arrived 127.0.0.2 to@allowed.example first
    eventually chasquid_held to@refused.example mx.provider.example
    [ "$(wc -l <arrived)" -eq 1 ]

    # It does not look at the id, but keeps a policy until that expires.
    edit
    chasquid_expires
    submit to@refused.example second
    submit to@allowed.example second
    eventually arrived 127.0.0.2 to@refused.example second
    eventually chasquid_held to@allowed.example mail.allowed.example
    run -1 grep -F 'to@allowed.example second' arrived
    untouched
}

@test "delegated: mx-connect with mailauth" {
    begin
    run -0 mx_connect allowed.example
    [ "$output" = "enforce $(printed_id allowed.example) connected to mail.allowed.example" ]
    run -0 mx_connect refused.example
    [ "$output" = "enforce $(printed_id refused.example) MTA-STS policy check failed for mx.provider.example[127.0.0.2] for refused.example" ]

    edit
    run -0 mx_connect refused.example
    [ "$output" = "enforce $(printed_id refused.example) connected to mx.provider.example" ]
    run -0 mx_connect allowed.example
    [ "$output" = "enforce $(printed_id allowed.example) MTA-STS policy check failed for mail.allowed.example[127.0.0.2] for allowed.example" ]
    untouched
}

finds_none() {
    query "$1" && grep -qF STSFetchResult.NONE queried
}

@test "delegated: mta-sts-query" {
    local before
    begin
    before=$(printed_id refused.example)
    query refused.example
    [[ $(<queried) == *"STSFetchResult.VALID"*"('$before', {"*"'mx': ['mail.refused.example']"* ]]
    query refused.example "$before"
    [[ $(<queried) == *STSFetchResult.NOT_CHANGED* ]]
    edit
    query refused.example "$before"
    [[ $(<queried) == *"STSFetchResult.VALID"*"('$(printed_id refused.example)', {"*"'mx': ['mx.provider.example']"* ]]
    # Without the operator's record there is no policy.
    sed -i '/^_mta-sts\.refused/d' sts.example.net.zone
    sed -i '1s/ [0-9]* 3600 / 99 3600 /' sts.example.net.zone
    inside knotc -b -s "$DIR/knot.sock" zone-reload sts.example.net
    until_true resolves sts.example.net SOA 'ns. hostmaster. 99 3600 600 86400 60'
    until_true finds_none refused.example
    untouched
}
