# For delivery.bats and no-click.bats, in their network namespace: a front server with the program behind it, postfix-mta-sts-resolver, a Postfix that sends, and SMTP servers
# that receive.

# mail_network [NAME=VALUE...]: the network namespace. Postfix has to be root in it. Other users need access to the test's folder: Postfix and the front servers run as them.
mail_network() {
    [ "$(id -u)" -eq 0 ] || skip_or_fail "Postfix starts as root only" || return
    own_network "$@"
    open_folders
}

# eventually COMMAND...: repeats COMMAND until it succeeds, for up to 60 seconds. Mail takes time.
eventually() {
    local end=$((SECONDS + 60))
    while [ "$SECONDS" -lt "$end" ]; do
        "$@" && return 0
        sleep 0.2
    done
    echo "not within 60 seconds: $*" >&2
    show_logs
    return 1
}

# show_logs: all logs, for a test that failed.
show_logs() {
    tail -n 40 maillog arrived fcgi.log sts.log smtp.log {lighttpd,nginx}.{out,log} {caddy,dns,mta-sts,pebble,timer,supervise}.log zone records 2>/dev/null
    queue
}

# serves_inside HOST TEXT: the front server's answer for HOST contains TEXT.
serves_inside() {
    inside curl -s --cacert ca.pem --max-time 5 --connect-to ::127.0.0.1: "https://$1/.well-known/mta-sts.txt" | grep -qF -- "$2"
}

# The front servers run the configurations in examples/.
front_lighttpd() {
    fill lighttpd-external/50-mta-sts.conf '0\.0\.0\.0:443' 127.0.0.1:443 '\[::]:443' 127.0.0.9:443 \
        /etc/ssl/mta-sts/cert.pem "$DIR/front.crt" /etc/ssl/mta-sts/key.pem "$DIR/front.key" /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" >50-mta-sts.conf
    {
        lighttpd_config "$DIR/plain.sock" "$DIR/htdocs"
        printf '%s\n' 'server.modules = ("mod_access")' "include \"$DIR/50-mta-sts.conf\""
    } >lighttpd.conf
    # shellcheck disable=SC2086 # a command and its arguments
    run_lighttpd $INSIDE
}

front_nginx() {
    fill nginx/mta-sts.conf 'mta-sts.example.org mta-sts.example.net' "$("$MTA_STS" hosts | paste -sd ' ')" '\[::]:443' 127.0.0.9:443 \
        'listen 443' 'listen 127.0.0.1:443' /etc/ssl/mta-sts/cert.pem "$DIR/front.crt" /etc/ssl/mta-sts/key.pem "$DIR/front.key" \
        /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" >mta-sts.conf
    printf '%s\n' 'access_log off;' "include $DIR/mta-sts.conf;" | nginx_config www-data >nginx.conf
    # shellcheck disable=SC2086 # a command and its arguments
    run_nginx $INSIDE
}

front_caddy() {
    fill caddy/Caddyfile 'mta-sts.example.org, mta-sts.example.net' "$("$MTA_STS" hosts | paste -sd, | sed 's|,|, |g')" '#tls ' 'tls ' \
        /etc/ssl/mta-sts/cert.pem "$DIR/front.crt" /etc/ssl/mta-sts/key.pem "$DIR/front.key" /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" >mta-sts.caddy
    {
        caddy_options
        echo 'import mta-sts.caddy'
    } >Caddyfile
    # shellcheck disable=SC2086 # a command and its arguments
    run_caddy $INSIDE
}

# start_https FRONT: the program behind lighttpd, nginx or caddy, for the policy hosts in policies.ini.
start_https() {
    # shellcheck disable=SC2046 # one a line
    certificate front $("$MTA_STS" hosts)
    mkdir htdocs
    WRAPPER=$INSIDE start_fastcgi -f "$DIR/policies.ini"
    "front_$1"
    until_true serves_inside "$("$MTA_STS" hosts | head -n 1)" 'version: STSv1'
}

# start_smtp ADDRESS=CERTIFICATE...: the SMTP servers that receive. The file arrived lists what arrives.
start_smtp() {
    : >arrived
    start smtp.log "$BATS_TEST_DIRNAME/delivery-smtp.py" arrived "$@"
    until_true grep -qx ready smtp.log
}

# start_sender_dns: the sender's own unbound, at 127.0.0.53, which neither keeps answers nor lets others keep them. The file sender.conf names it.
start_sender_dns() {
    UNBOUND_ADDRESS=127.0.0.53 run_unbound <<'CONF'
    module-config: "iterator"
    local-zone: "test." nodefault
    cache-max-ttl: 0
    cache-max-negative-ttl: 0
forward-zone:
    name: "."
    forward-addr: 127.0.0.1
CONF
    echo 'nameserver 127.0.0.53' >sender.conf
    until_true listens_inside 53 127.0.0.53
}

# start_resolver: postfix-mta-sts-resolver. By default it looks up the TXT record of a domain once a minute at most. cache_grace: 0 turns that off.
# In Debian 13 it keeps the record for its TTL as well, since c-ares 1.34 does (1.18 of Debian 12 does not). The TTL is 300 seconds, so it asks a name server
# that makes it shorter: the sender's own, or the one that all ask.
start_resolver() {
    if [ -e unbound.conf ]; then cp resolv.conf sender.conf; else start_sender_dns; fi
    cat >sts.yml <<'YML'
host: 127.0.0.1
port: 8461
cache_grace: 0
shutdown_timeout: 1
cache:
  type: internal
default_zone:
  timeout: 10
YML
    start sts.log unshare --mount sh -ec 'mount --bind sender.conf /etc/resolv.conf; exec mta-sts-daemon -c sts.yml -v debug'
    until_true listens_inside 8461
}

# run_postfix: a Postfix with its configuration, queue and data in the test's folder. Standard input has settings for its main.cf. The file services, if it exists, has further
# services for its master.cf.
run_postfix() {
    mkdir postfix queue
    install -d -o postfix data
    {
        cat <<CONF
compatibility_level = 3.6
queue_directory = $DIR/queue
data_directory = $DIR/data
maillog_file = $DIR/maillog
maillog_file_prefixes = $DIR
local_recipient_maps =
notify_classes =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
CONF
        cat
    } >postfix/main.cf
    : >>services
    cat - services >postfix/master.cf <<'CONF'
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       n       -       -       smtp
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
postlog   unix-dgram n  -       n       -       1       postlogd
CONF
    inside postfix -c "$DIR/postfix" check
    # Not `postfix start-fg`: SIGTERM would end its shell, but not the master.
    start postfix.log "$(postconf -hd daemon_directory)/master" -c "$DIR/postfix" -s
    until_true test -S queue/public/pickup
}

# start_postfix: a Postfix that sends. It tries deferred mail every few seconds, and uses TLS if offered.
# The backoff is three seconds: after one second its smtp process may still hold the message, and Postfix then waits for a minute.
start_postfix() {
    run_postfix <<CONF
myhostname = sender.example.net
mydestination =
alias_maps =
smtp_tcp_port = 25
smtp_host_lookup = dns
smtp_dns_support_level = enabled
smtp_tls_security_level = may
smtp_tls_CAfile = $DIR/ca.pem
smtp_tls_policy_maps = socketmap:inet:127.0.0.1:8461:postfix
smtp_tls_loglevel = 1
queue_run_delay = 1s
minimal_backoff_time = 3s
maximal_backoff_time = 3s
CONF
}

# send RECIPIENT SUBJECT
send() {
    printf 'From: from@sender.example.net\nTo: %s\nSubject: %s\n\nHello\n' "$1" "$2" |
        inside sendmail -C "$DIR/postfix/main.cf" -f from@sender.example.net "$1"
}

# queue: each message in the queue, a line of JSON.
queue() {
    inside postqueue -c "$DIR/postfix" -j
}

queue_is_empty() {
    local all
    all=$(queue) && [ -z "$all" ]
}

# held RECIPIENT REASON: the message is in the queue, for a reason with this text.
held() {
    queue | grep -F "\"address\": \"$1\"" | grep -qF -- "$2"
}

# arrived ADDRESS RECIPIENT SUBJECT: the message has arrived at the SMTP server with this address, over TLS.
arrived() {
    grep -qxF "$1 TLS $2 $3" arrived
}

# tries RECIPIENT: how often Postfix has deferred mail to RECIPIENT.
tries() {
    grep -F "to=<$1>" maillog | grep -cF 'status=deferred'
}

# tried_again RECIPIENT N: Postfix has deferred it twice more since it was N times. The first of these tries may have begun before N was counted.
tried_again() {
    [ "$(tries "$1")" -ge "$(($2 + 2))" ]
}
