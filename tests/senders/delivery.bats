# Mail is delivered, or held back: a real Postfix with postfix-mta-sts-resolver, a real name server with what `mta-sts dns` prints, real front servers,
# and SMTP servers with STARTTLS. All servers listen on the ports 25, 53 and 443 of a network namespace.

load senders
load ../helpers/nginx
load ../helpers/caddy
load ../fronts/fronts
load delivery

policies() {
    rm -f policies.ini
    cat >policies.ini <<'INI'
[defaults]
mode    = enforce
max_age = 1w
host    = policies.example.net

[valid.example]
mx = mail.valid.example

[outside.example]
mx = mail.outside.example

[wrong.example]
mx = mail.wrong.example

[self.example]
mx   = mail.self.example
host = 127.0.0.1

[testing.example]
mode = testing
mx   = mail.testing.example
INI
}

# Where the mail of each domain goes. 127.0.0.2 has a certificate for the names of its two hosts, 127.0.0.3 one for another name, 127.0.0.4 a
# self-signed one. The MX host of outside.example has a valid certificate, but is not in the policy.
mail_servers() {
    cat >mail.zone <<'ZONE'
valid.example. 300 IN MX 10 mail.valid.example.
outside.example. 300 IN MX 10 mx.provider.example.
wrong.example. 300 IN MX 10 mail.wrong.example.
self.example. 300 IN MX 10 mail.self.example.
testing.example. 300 IN MX 10 mail.testing.example.
mail.valid.example. 300 IN A 127.0.0.2
mx.provider.example. 300 IN A 127.0.0.2
mail.wrong.example. 300 IN A 127.0.0.3
mail.self.example. 300 IN A 127.0.0.4
mail.testing.example. 300 IN A 127.0.0.3
ZONE
    certificate valid mail.valid.example mx.provider.example
    certificate wrong mail.elsewhere.example
    self_signed self mail.self.example
    start_smtp 127.0.0.2=valid.pem 127.0.0.3=wrong.pem 127.0.0.4=self.pem
}

# The queue has the same reason for all messages. The log is more precise.
REASON='Server certificate not verified'

# delivery FRONT
delivery() {
    mail_network
    policies
    "$MTA_STS" check
    mail_servers
    start_https "$1"
    start_dns
    publish
    start_resolver
    start_postfix

    local domain before
    for domain in valid outside wrong self testing; do
        send "to@$domain.example" first
    done
    eventually arrived 127.0.0.2 to@valid.example first
    eventually arrived 127.0.0.3 to@testing.example first
    eventually held to@outside.example "$REASON"
    eventually held to@wrong.example "$REASON"
    eventually held to@self.example "$REASON"
    grep -qF 'verification failed for mx.provider.example[127.0.0.2]:25: num=62:hostname mismatch' maillog
    grep -qF 'verification failed for mail.wrong.example[127.0.0.3]:25: num=62:hostname mismatch' maillog
    grep -qF 'verification failed for mail.self.example[127.0.0.4]:25: self-signed certificate' maillog
    grep -qF 'Verified TLS connection established to mail.valid.example[127.0.0.2]:25' maillog

    # Now the policy names the MX host. But it still has its old id, so no sender fetches it.
    before=$(tries to@outside.example)
    sed -i '/^mx = mail.outside.example/a mx = mx.provider.example' policies.ini
    until_true serves_inside mta-sts.outside.example 'mx: mx.provider.example'
    eventually tried_again to@outside.example "$before"
    eventually held to@outside.example "$REASON"
    [ "$(wc -l <arrived)" -eq 2 ]

    # With the new id the sender fetches the policy of this domain, and of no other.
    before=$(tries to@wrong.example)
    publish
    eventually arrived 127.0.0.2 to@outside.example first
    grep -qF 'Verified TLS connection established to mx.provider.example[127.0.0.2]:25' maillog
    eventually tried_again to@wrong.example "$before"
    eventually held to@wrong.example "$REASON"
    eventually held to@self.example "$REASON"
    [ "$(wc -l <arrived)" -eq 3 ]

    # With mode none mail flows again, whatever the certificate.
    sed -i -e '/^\[wrong.example\]/a mode = none' -e '/^\[self.example\]/a mode = none' policies.ini
    until_true serves_inside mta-sts.wrong.example 'mode: none'
    publish
    eventually arrived 127.0.0.3 to@wrong.example first
    eventually arrived 127.0.0.4 to@self.example first
    eventually queue_is_empty
    send to@wrong.example second
    send to@valid.example second
    eventually arrived 127.0.0.3 to@wrong.example second
    eventually arrived 127.0.0.2 to@valid.example second
    [ "$(wc -l <arrived)" -eq 7 ]
}

@test "Postfix delivers, holds back and follows: lighttpd" {
    delivery lighttpd
}

@test "Postfix delivers, holds back and follows: nginx" {
    delivery nginx
}

@test "Postfix delivers, holds back and follows: Caddy" {
    delivery caddy
}
