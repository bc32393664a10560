#!/bin/sh
# probe.sh CA NAMESERVER DOMAIN...: the same checks with dig, curl and openssl, as a shell loop has them. Prints "ok" or "FAIL" and the domain.
ca=$1 server=$2
shift 2

look_up() {
    dig +short +timeout=2 +tries=2 "@$server" "$1" "$2"
}

# The policy, and whether the MX host is in it.
policy() {
    address=$(look_up "mta-sts.$1" A | tail -n 1)
    look_up "mta-sts.$1" AAAA >/dev/null
    policy=$(curl -sS --fail --max-time 30 --cacert "$ca" --resolve "mta-sts.$1:443:$address" "https://mta-sts.$1/.well-known/mta-sts.txt" 2>/dev/null) || return
    mx=$(look_up "$1" MX | cut -d ' ' -f 2)
    mx=${mx%.}
    echo "$policy" | tr -d '\r' | grep -qx "mx: $mx"
}

# STARTTLS, and a certificate for the MX host's name.
mail() {
    address=$(look_up "$mx" A)
    look_up "$mx" AAAA >/dev/null
    look_up "_25._tcp.$mx" TLSA >/dev/null
    timeout 30 openssl s_client -starttls smtp -connect "$address:25" -servername "$mx" -verify_hostname "$mx" -verify_return_error -CAfile "$ca" </dev/null >/dev/null 2>&1
}

for domain in "$@"; do
    result=FAIL
    look_up "_smtp._tls.$domain" TXT >/dev/null
    if look_up "_mta-sts.$domain" TXT | grep -q '^"v=STSv1; *id=[A-Za-z0-9]*' && policy "$domain" && mail; then
        result=ok
    fi
    echo "$result $domain"
done
