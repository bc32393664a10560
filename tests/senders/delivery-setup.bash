# What delivery.bats runs in its network namespace: a DNS server, a front server with the program behind it, postfix-mta-sts-resolver, a Postfix that sends,
# and SMTP servers that receive. INSIDE is the command that enters the namespace. tests/fronts/fronts.bash is loaded before it.

# mail_network: Postfix wants to be root in it; front servers and Postfix run as other users, too, who have to get at the test's folder.
mail_network() {
    [ "$(id -u)" -eq 0 ] || skip_or_fail "Postfix starts as root only" || return
    own_network
    open_folders
}

# eventually COMMAND...: for up to 60 seconds; mail takes its time.
eventually() {
    local end=$((SECONDS + 60))
    while [ "$SECONDS" -lt "$end" ]; do
        "$@" && return 0
        sleep 0.2
    done
    echo "not within 60 seconds: $*" >&2
    told
    return 1
}

# told: what everyone had to say, for a test that failed.
told() {
    tail -n 40 maillog arrived fcgi.log sts.log smtp.log front.out front.log zone records 2>/dev/null
    queue
}

# certificate FILE HOST...: FILE.crt, FILE.key, and both in FILE.pem, from the throw-away authority ca.pem.
certificate() {
    local file=$1 names new='openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
    shift
    names=$(printf ',DNS:%s' "$@")
    {
        [ -e ca.pem ] || $new -days 2 -subj '/CN=throw-away' -addext keyUsage=critical,keyCertSign -keyout ca.key -out ca.pem
        $new -days 1 -subj "/CN=$file" -CA ca.pem -CAkey ca.key -addext "subjectAltName=${names#,}" -addext basicConstraints=critical,CA:FALSE \
            -keyout "$file.key" -out "$file.crt"
    } 2>openssl.log || { cat openssl.log; return 1; }
    cat "$file.key" "$file.crt" >"$file.pem"
    chmod 644 "$file.key" "$file.pem"
}

# self_signed FILE HOST: FILE.pem, from no authority.
self_signed() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj "/CN=$2" -addext "subjectAltName=DNS:$2" \
        -keyout "$1.key" -out "$1.crt" 2>openssl.log
    cat "$1.key" "$1.crt" >"$1.pem"
}

# zone: the whole DNS is one zone here. MX records and addresses of mail servers are in the file mail.zone; what `mta-sts dns` printed is in the file records.
zone() {
    SERIAL=$((${SERIAL:-0} + 1))
    {
        echo ". 300 IN SOA ns. hostmaster. $SERIAL 3600 600 86400 60"
        echo '. 300 IN NS ns.'
        echo 'ns. 300 IN A 127.0.0.1'
        echo 'policies.example.net. 300 IN A 127.0.0.1'
        cat mail.zone
        # shellcheck disable=SC2016
        echo '$INCLUDE records'
    } >zone
    named-checkzone . zone
}

start_dns() {
    zone
    start_knot policies.example.net
}

# publish: what `mta-sts dns` prints goes into the zone.
publish() {
    "$MTA_STS" dns >records
    zone
    inside knotc -b -s "$DIR/knot.sock" zone-reload
}

# serves_inside HOST TEXT: TEXT is in what the front server answers for HOST.
serves_inside() {
    inside curl -s --cacert ca.pem --max-time 5 --connect-to ::127.0.0.1: "https://$1/.well-known/mta-sts.txt" | grep -qF -- "$2"
}

# The front servers run the configurations of examples/, with as much around them as they need.
front_lighttpd() {
    fill lighttpd-external/50-mta-sts.conf '0\.0\.0\.0:443' 127.0.0.1:443 '\[::]:443' 127.0.0.9:443 \
        /etc/ssl/mta-sts/cert.pem "$DIR/front.crt" /etc/ssl/mta-sts/key.pem "$DIR/front.key" /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" >50-mta-sts.conf
    cat >front.conf <<CONF
server.modules = ("mod_access")
server.document-root = "$DIR/htdocs"
server.bind = "$DIR/plain.sock"
server.errorlog = "$DIR/front.log"
include "$DIR/50-mta-sts.conf"
CONF
    start front.out lighttpd -D -f front.conf
}

front_nginx() {
    fill nginx/mta-sts.conf 'mta-sts.example.org mta-sts.example.net' "$("$MTA_STS" hosts | paste -sd ' ')" '\[::]:443' 127.0.0.9:443 \
        'listen 443' 'listen 127.0.0.1:443' /etc/ssl/mta-sts/cert.pem "$DIR/front.crt" /etc/ssl/mta-sts/key.pem "$DIR/front.key" \
        /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" >mta-sts.conf
    cat >front.conf <<CONF
daemon off;
pid $DIR/nginx.pid;
error_log $DIR/front.log;
events {
}
http {
    access_log off;
    client_body_temp_path $DIR/nginx-body;
    proxy_temp_path $DIR/nginx-proxy;
    fastcgi_temp_path $DIR/nginx-fastcgi;
    uwsgi_temp_path $DIR/nginx-uwsgi;
    scgi_temp_path $DIR/nginx-scgi;
    include $DIR/mta-sts.conf;
}
CONF
    start front.out nginx -p "$DIR" -e "$DIR/front.log" -c "$DIR/front.conf"
}

front_caddy() {
    fill caddy/Caddyfile 'mta-sts.example.org, mta-sts.example.net' "$("$MTA_STS" hosts | paste -sd, | sed 's|,|, |g')" '#tls ' 'tls ' \
        /etc/ssl/mta-sts/cert.pem "$DIR/front.crt" /etc/ssl/mta-sts/key.pem "$DIR/front.key" /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" >mta-sts.caddy
    cat >Caddyfile <<'CONF'
{
	admin off
	default_bind 127.0.0.1
	auto_https disable_redirects
	skip_install_trust
}
import mta-sts.caddy
CONF
    start front.log env HOME="$DIR/caddy" XDG_CONFIG_HOME="$DIR/caddy" XDG_DATA_HOME="$DIR/caddy" caddy run --config Caddyfile
}

# start_https FRONT: the program behind lighttpd, nginx or caddy, for the policy hosts that policies.ini has.
start_https() {
    # shellcheck disable=SC2046 # one a line
    certificate front $("$MTA_STS" hosts)
    mkdir htdocs
    WRAPPER=$INSIDE start_fastcgi -f "$DIR/policies.ini"
    "front_$1"
    until_true serves_inside "$("$MTA_STS" hosts | head -n 1)" 'version: STSv1'
}

# start_smtp ADDRESS=CERTIFICATE...: what arrives is in the file arrived.
start_smtp() {
    : >arrived
    start smtp.log "$BATS_TEST_DIRNAME/delivery-smtp.py" arrived "$@"
    until_true grep -qx ready smtp.log
}

# start_resolver: postfix-mta-sts-resolver. Without cache_grace it would look at the TXT record of a domain once a minute at most.
start_resolver() {
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
    start sts.log mta-sts-daemon -c sts.yml -v debug
    until_true inside bash -c ': <>/dev/tcp/127.0.0.1/8461' 2>/dev/null
}

# start_postfix: it has its configuration, queue and data below the test's folder, tries deferred mail every few seconds, and uses TLS where it is offered.
# With a backoff of one second it may find a message that its smtp process has not let go of, and leaves that alone for a minute.
start_postfix() {
    mkdir postfix queue
    install -d -o postfix data
    cat >postfix/main.cf <<CONF
compatibility_level = 3.6
queue_directory = $DIR/queue
data_directory = $DIR/data
maillog_file = $DIR/maillog
maillog_file_prefixes = $DIR
myhostname = sender.example.net
mydestination =
alias_maps =
local_recipient_maps =
notify_classes =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
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
    cat >postfix/master.cf <<'CONF'
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
    # Not `postfix start-fg`: its shell would be what is ended, and the master would stay.
    start postfix.log "$(postconf -hd daemon_directory)/master" -c "$DIR/postfix" -s
    until_true test -S queue/public/pickup
}

# send RECIPIENT SUBJECT
send() {
    printf 'From: from@sender.example.net\nTo: %s\nSubject: %s\n\nHello\n' "$1" "$2" |
        inside sendmail -C "$DIR/postfix/main.cf" -f from@sender.example.net "$1"
}

# queue: one line a message, as JSON.
queue() {
    inside postqueue -c "$DIR/postfix" -j
}

queue_is_empty() {
    local all
    all=$(queue) && [ -z "$all" ]
}

# held RECIPIENT REASON: in the queue, for a reason that has this text.
held() {
    queue | grep -F "\"address\": \"$1\"" | grep -qF -- "$2"
}

# arrived ADDRESS RECIPIENT SUBJECT: at the SMTP server of this address, and over TLS.
arrived() {
    grep -qxF "$1 TLS $2 $3" arrived
}

# tries RECIPIENT: how often it was tried in vain.
tries() {
    grep -F "to=<$1>" maillog | grep -cF 'status=deferred'
}

# tried_again RECIPIENT N: in vain, twice after the N times; the first of them may have begun before N was counted.
tried_again() {
    [ "$(tries "$1")" -ge "$(($2 + 2))" ]
}
