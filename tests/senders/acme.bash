# A network namespace in which all names below .test are 127.0.0.1, and a real ACME server that validates there.

EXAMPLES=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../examples")

# policies DOMAIN...: policies.ini with these domains, each with its own MX host.
policies() {
    rm -f policies.ini
    printf '[%s]\nmx = mail.{domain}\n' "$@" >policies.ini
    leave_alone policies.ini
}

# begin DOMAIN...: policies.ini with these domains, the name server and the ACME server.
begin() {
    acme_network
    policies "$@"
    start_acme_dns
    start_acme
}

# acme_network: ACME clients keep their files in the test's folder. Go, curl and Python trust the ACME server's own certificate.
acme_network() {
    mkdir home
    own_network "HOME=$DIR/home" "XDG_DATA_HOME=$DIR/home" "XDG_CONFIG_HOME=$DIR/home" "CURL_CA_BUNDLE=$DIR/ca.pem" "REQUESTS_CA_BUNDLE=$DIR/ca.pem"
}

start_acme_dns() {
    {
        root_zone
        echo '*.test. 300 IN A 127.0.0.1'
    } >zone
    start_knot mta-sts.a.test
}

# acme_config: pebble.json. pebble looks names up in the DNS, and connects to their ports 80 and 443. DIRECTORY is its URL.
acme_config() {
    certificate acme localhost
    cat >pebble.json <<JSON
{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000", "certificate": "$DIR/acme.crt",
 "privateKey": "$DIR/acme.key", "httpPort": 80, "tlsPort": 443}}
JSON
    DIRECTORY=https://localhost:14000/dir
}

# start_acme: pebble. Its root certificate is in root.pem.
start_acme() {
    acme_config
    start pebble.log env PEBBLE_VA_NOSLEEP=1 PEBBLE_WFE_NONCEREJECT=0 PEBBLE_AUTHZREUSE=0 pebble -strict -config pebble.json
    until_true acme_root
}

# on_demand_config: Caddyfile, from examples/, for the program on fcgi.sock and the ACME server at DIRECTORY.
on_demand_config() {
    sed -e "s|/run/mta-sts/mta-sts.sock|$DIR/fcgi.sock|" -e "s|https://acme-v02.*/directory|$DIRECTORY|" \
        "$EXAMPLES/caddy-on-demand/Caddyfile" >Caddyfile
}

acme_root() {
    inside curl -sf --max-time 5 -o root.pem https://localhost:15000/roots/0
}

# ordered HOST...: pebble was asked for certificates for these hosts and no others, once each, in this order.
ordered() {
    diff <([ $# -eq 0 ] || printf '%s\n' "$@") <(sed -n 's/.*Pulled a task .*Value:"\([^"]*\)".*/\1/p' pebble.log)
    [ "$(grep -c 'POST /order-plz' pebble.log)" -eq $# ]
}

# sender HOST: fetches the policy like a sender, which requires a valid certificate.
sender() {
    inside curl -sf --max-time 60 --cacert root.pem "https://$1/.well-known/mta-sts.txt" >"$1.txt"
}

# served DOMAIN: the policy is served over valid HTTPS, byte for byte.
served() {
    sender "mta-sts.$1" && "$MTA_STS" -f policies.ini show "$1" | cmp - "mta-sts.$1.txt"
}
