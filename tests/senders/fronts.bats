# One certificate for each policy host, with each front server: the commands of examples/certificates/README.md, the scripts there, a real ACME server, five
# domains and then a sixth, and a renewal. Somebody asks for the five policies all the time.
# The paths of the examples are below the folder root here.

load senders
load ../helpers/nginx
load ../helpers/apache
load acme

# rooted: standard input, with the paths of this test.
rooted() {
    sed -E -e "s#(^|[^a-z.])/(etc|var|run|usr/local)/#\1$DIR/root/\2/#g" -e 's#\[::]:443#127.0.0.2:443#; s#0\.0\.0\.0:443#127.0.0.1:443#' \
        -e "s#https://acme-v02.*/directory#$DIRECTORY#"
}

# command NAME: a command that the scripts call, in the folder bin. Standard input is the script.
command_is() {
    { echo '#!/bin/sh' && cat; } >"bin/$1"
    chmod 755 "bin/$1"
}

# prepare FRONT FOLDER...: the folders of the front server, the scripts, and the program for five domains.
prepare() {
    [ "$(id -u)" -eq 0 ] || skip_or_fail "only root can start servers that give up their privileges" || return
    mkdir -p bin root/etc/mta-sts root/etc/ssl root/usr/local/bin root/run/mta-sts root/var/www/html/.well-known/acme-challenge "${@:2}"
    open_folders
    export PATH=$DIR/bin:$PATH
    begin one.test two.test three.test four.test five.test
    ln -s "$MTA_STS" root/usr/local/bin/mta-sts
    ln -s ../../../policies.ini root/etc/mta-sts/policies.ini
    WRAPPER=$INSIDE start_on root/run/mta-sts/mta-sts.sock fcgi.log -f "$DIR/policies.ini"
    install -d -m 700 root/etc/ssl/mta-sts
    rooted <"$EXAMPLES/certificates/deploy" | sed "s/^front=.*/front=$1/" >root/etc/mta-sts/deploy
    chmod 755 root/etc/mta-sts/deploy
    DEPLOY=$DIR/root/etc/mta-sts/deploy
    command_is systemctl </dev/null
}

# as_told FRONT EXAMPLE-FOLDER: runs the commands for the front server that the README has, in the folder of the example.
as_told() {
    local commands file
    commands=$(awk -v front="**$1**" '/^(\*\*|## )/ { here = index($0, front) == 1 } here && sub(/^    /, "")' "$EXAMPLES/certificates/README.md" | rooted)
    [ -n "$commands" ]
    mkdir -p examples/certificates examples/front
    for file in certificates/h2o-port-80.conf certificates/haproxy-port-80.cfg; do
        rooted <"$EXAMPLES/$file" >"examples/$file"
    done
    for file in "$EXAMPLES/$2"/*.c*; do
        rooted <"$file" >"examples/front/${file##*/}"
    done
    env -C examples/front bash -euc "$commands"
}

# reloads SIGNAL: from now on, the front server that was started last is reloaded by SIGNAL.
reloads() {
    FRONT=$STARTED
    command_is systemctl <<<"kill -$1 $FRONT"
}

# gives_up_privileges USER: the processes that answer run as USER, who may not read the keys, except lighttpd's.
gives_up_privileges() {
    local user
    user=$(ps -o user:32= -p "$(pgrep -P "$FRONT" | head -n 1 || true)" 2>/dev/null || ps -o user:32= -p "$FRONT")
    [ "$user" = "$1" ]
    run ! setpriv --reuid=nobody --regid=nogroup --clear-groups cat root/etc/ssl/mta-sts/default.pem
    [ "$(stat -c %a root/etc/ssl/mta-sts/mta-sts.one.test.pem)" = 640 ]
}

# client_certbot, client_lego, client_dehydrated: the script client, for the ACME client. Their argument is a sed script.
client_certbot() {
    mkdir -p root/etc/letsencrypt
    rooted <"$EXAMPLES/certificates/certbot" | sed -e "s|certbot certonly|& --config-dir root/etc/letsencrypt --work-dir work --logs-dir logs|" -e "${1:-}" >client
}

client_lego() {
    rooted <"$EXAMPLES/certificates/lego" | sed -e "${1:-}" >client
}

client_dehydrated() {
    mkdir -p root/etc/dehydrated root/var/lib/dehydrated
    rooted <"$EXAMPLES/certificates/dehydrated.conf" >root/etc/dehydrated/config
    rooted <"$EXAMPLES/certificates/dehydrated.hook" >root/etc/dehydrated/hook
    chmod 755 root/etc/dehydrated/hook
    rooted <"$EXAMPLES/certificates/dehydrated" | sed -e "${1:-}" >client
}

run_client() {
    PATIENCE=400 inside sh client
}

serial() {
    inside openssl s_client -connect 127.0.0.1:443 -servername "mta-sts.$1" </dev/null 2>/dev/null | openssl x509 -noout -serial
}

changed() {
    [ "$(serial one.test)" != "$1" ]
}

# settled DOMAIN: 50 requests, one after the other, get the policy. For a moment after a reload the old processes may still answer, without a name that is new.
settled() {
    local i
    for ((i = 0; i < 50; i++)); do
        served "$1" || return 1
    done
}

# five_and_a_sixth USER CLIENT SED-SCRIPT [SED-SCRIPT]: the front server runs, without a policy host. The first SED-SCRIPT makes the CLIENT renew, the second
# one is for all runs. LOST is a pattern of answers that may be lost at a reload.
five_and_a_sixth() {
    local domain before observer
    "client_$2" "${4:-}"
    run_client
    for domain in one two three four five; do
        until_true served "$domain.test"
    done
    until_true settled five.test
    gives_up_privileges "$1"
    [ "$(md5sum mta-sts.*.test.txt | cut -c 1-32 | sort -u | wc -l)" -eq 5 ]

    start observer.log "$BATS_TEST_DIRNAME/ask_hosts.py" root.pem mta-sts.{one,two,three,four,five}.test
    observer=$STARTED
    # A name that is not in the DNS does not stop the sixth.
    printf '[nowhere.invalid]\nmx = m.test\n[six.test]\nmx = mail.six.test\n' >>policies.ini
    run run_client
    [ "$status" -ne 0 ]
    until_true served six.test

    sed -i '/nowhere/,+1d' policies.ini
    before=$(serial one.test)
    "client_$2" "${4:-};$3"
    run_client
    until_true changed "$before"
    for domain in one two three four five six; do
        until_true served "$domain.test"
    done
    kill "$observer"
    wait "$observer" || true
    cat observer.log
    [ "$(grep -cvE "${LOST:-^$}" observer.log)" -eq 1 ]
    [ "$(wc -l <observer.log)" -lt 5 ]
    grep -qE '^[1-9][0-9]+ answers$' observer.log
}

# refused_for_permissions: a handshake fails, since nginx may not read the certificate.
refused_for_permissions() {
    ! served one.test && grep -q 'cannot load certificate .*Permission denied' nginx.log
}

@test "nginx and certbot: five domains, a sixth, a renewal" {
    prepare nginx root/etc/nginx/conf.d
    as_told nginx nginx
    nginx_config www-data >root/etc/nginx/nginx.conf <<CONF
access_log off;
include $DIR/root/etc/nginx/conf.d/*.conf;
server { listen 80 default_server; root $DIR/root/var/www/html; }
CONF
    command_is nginx <<<"exec /usr/sbin/nginx -p $DIR -e $DIR/nginx.log -c $DIR/root/etc/nginx/nginx.conf \"\$@\""
    inside "$DEPLOY"
    start nginx.out nginx
    reloads HUP
    is_up nginx listens_inside 443
    five_and_a_sixth www-data certbot s/--keep-until-expiring/--force-renewal/

    # One block for all, with the name in the certificate's path: nginx -t finds nothing, and each handshake fails.
    [ "$(grep -c ssl_certificate root/etc/nginx/conf.d/mta-sts-hosts.conf)" -eq 12 ]
    cat >root/etc/nginx/conf.d/mta-sts-hosts.conf <<CONF
server {
    server_name $("$MTA_STS" -f policies.ini hosts | paste -sd ' ');
    ssl_certificate $DIR/root/etc/letsencrypt/live/\$ssl_server_name/fullchain.pem;
    ssl_certificate_key $DIR/root/etc/letsencrypt/live/\$ssl_server_name/privkey.pem;
    include mta-sts.inc;
}
CONF
    inside nginx -t
    inside systemctl
    until_true refused_for_permissions
}

@test "deploy: what the front server does not take is taken back; a host whose section is gone is taken out" {
    prepare nginx root/etc/nginx/conf.d
    as_told nginx nginx
    nginx_config www-data >root/etc/nginx/nginx.conf <<<"include $DIR/root/etc/nginx/conf.d/*.conf;"
    command_is nginx <<<"exec /usr/sbin/nginx -p $DIR -e $DIR/nginx.log -c $DIR/root/etc/nginx/nginx.conf \"\$@\""
    certificate one mta-sts.one.test
    certificate two mta-sts.two.test
    inside "$DEPLOY" mta-sts.one.test one.crt one.key
    inside "$DEPLOY" mta-sts.two.test two.crt two.key
    cp root/etc/nginx/conf.d/mta-sts-hosts.conf before
    [ "$(grep -c server_name before)" -eq 2 ]
    run -1 inside "$DEPLOY" mta-sts.three.test one.crt two.key
    cmp before root/etc/nginx/conf.d/mta-sts-hosts.conf
    rm root/etc/ssl/mta-sts/mta-sts.three.test.pem

    policies two.test
    inside "$DEPLOY"
    [ "$(grep -c server_name root/etc/nginx/conf.d/mta-sts-hosts.conf)" -eq 1 ]
    # A file that cannot be read leaves all as it is.
    mv policies.ini gone
    run -1 inside "$DEPLOY"
    [ "$(grep -c server_name root/etc/nginx/conf.d/mta-sts-hosts.conf)" -eq 1 ]
}

@test "lighttpd and lego: five domains, a sixth, a renewal" {
    prepare lighttpd root/etc/lighttpd/conf-enabled root/var/log/lighttpd
    as_told lighttpd lighttpd-external
    chown www-data root/var/log/lighttpd
    rooted >root/etc/lighttpd/lighttpd.conf <<'CONF'
server.modules = ("mod_indexfile", "mod_access")
server.document-root = "/var/www/html"
server.errorlog = "/var/log/lighttpd/error.log"
server.username = "www-data"
server.groupname = "www-data"
server.port = 80
server.feature-flags += ("server.graceful-shutdown-timeout" => 5)
include "/etc/lighttpd/conf-enabled/*.conf"
server.modules += ("mod_staticfile")
CONF
    inside "$DEPLOY"
    start lighttpd.out lighttpd -D -f "$DIR/root/etc/lighttpd/lighttpd.conf"
    reloads USR1
    is_up lighttpd listens_inside 443
    five_and_a_sixth www-data lego 's/--days 30/--days 99999/'
}

@test "Apache and dehydrated: five domains, a sixth, a renewal" {
    prepare apache root/etc/apache2/sites-available root/etc/apache2/sites-enabled
    as_told Apache apache-proxy-fcgi
    ln -s ../sites-available/mta-sts.conf root/etc/apache2/sites-enabled/
    {
        PORT=443 apache_base event allowmethods proxy proxy_fcgi ssl http2 authz_host
        sed 's/^ *//' <<CONF
        ServerRoot $DIR/root/etc/apache2
        Listen 127.0.0.1:80
        <VirtualHost *:80>
            DocumentRoot $DIR/root/var/www/html
        </VirtualHost>
        <Directory $DIR/root/var/www/html>
            Require all granted
        </Directory>
        IncludeOptional sites-enabled/*.conf
CONF
    } >apache.conf
    command_is apachectl <<<"exec apache2 -f $DIR/apache.conf \"\$@\""
    inside "$DEPLOY"
    start apache.out apache2 -D NO_DETACH -f "$DIR/apache.conf"
    reloads USR1
    is_up apache listens_inside 443
    five_and_a_sixth nobody dehydrated 's/--cron/& --force/'
}

@test "HAProxy and lego: five domains, a sixth, a renewal" {
    prepare haproxy root/etc/haproxy
    {
        printf 'global\n    log stdout format raw local0\n    chroot %s/root\n    user nobody\n    group nogroup\n' "$DIR"
        # Its socket is below the chroot.
        sed "s|/etc|$DIR/root/etc|" "$EXAMPLES/haproxy/haproxy.cfg"
    } >root/etc/haproxy/haproxy.cfg
    as_told HAProxy haproxy
    inside "$DEPLOY"
    start haproxy.log haproxy -W -db -f "$DIR/root/etc/haproxy/haproxy.cfg"
    reloads USR2
    is_up haproxy listens_inside 443
    # HAProxy 2.6 answers 502 now and then where its old process stops during a FastCGI request. No retry-on prevents that.
    LOST=' 502 ' five_and_a_sixth nobody lego 's/--days 30/--days 99999/' 's|--http.webroot [^ ]*|--http.port 127.0.0.1:8080|'
}

# bats test_tags=h2o
@test "h2o and dehydrated: five domains, a sixth, a renewal" {
    prepare h2o root/etc/h2o root/var/log/h2o
    as_told h2o h2o
    inside "$DEPLOY"
    start h2o.out h2o -m master -c "$DIR/root/etc/h2o/h2o.conf"
    reloads HUP
    is_up h2o listens_inside 443
    five_and_a_sixth debian-h2o dehydrated 's/--cron/& --force/'
}
