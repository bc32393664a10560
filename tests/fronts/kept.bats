# Connections to the program that a front server keeps and shares among its clients. The body of one client's request must never be read as another
# client's request. TLS plays no part in this, so it is left out. Each configuration passes bodies of any method, and keeps as many connections as it
# can: the hardest case. KEPT_REQUESTS (default: 2000) is the number of hostile requests to each front server. build/kept.tsv has one line for each
# front server with the results.
#
# The front servers lose nothing by themselves. With a program that reads each request to its end and keeps the connection, all six lost 0 of 50,000
# requests. If the program closes a connection that it was asked to keep, some front servers send the next request before they notice, and answer it
# with 502 or 503. Two runs with such programs lost, of about 5,000:
#   closed after each answer: Apache 39 and 75, HAProxy 4 and 3, HAProxy with http-reuse always 13 and 9, h2o 14 and 2
#   closed after those of more than 8192 bytes: Apache 126 and 77, HAProxy 4 and 1, HAProxy with http-reuse always 0 and 2, h2o 2 and 2
# nginx tries again, and Caddy keeps no connection: they lost 0 with both.

load ../helpers/suite
load ../helpers/program
load ../helpers/nginx
load ../helpers/apache
load ../helpers/haproxy
load ../helpers/caddy
load ../helpers/lighttpd

TABLE=$BATS_TEST_DIRNAME/../../build/kept.tsv
DOMAINS="asker.test smuggled.test victim.test b.test c.test"

setup_file() {
    mkdir -p "$(dirname "$TABLE")"
    printf 'front\thostile requests\tother requests\twrong\tlost\trequests a second\tnote\n' >"$TABLE"
}

prepare() {
    local domain
    for domain in $DOMAINS; do
        printf '[%s]\nmode = testing\nmx = mail.%s\n' "$domain" "$domain"
    done >policies.ini
    leave_alone policies.ini
    for domain in $DOMAINS; do
        "$MTA_STS" -f policies.ini show "$domain" >"$domain.txt"
    done
    PORT=$(free_port)
    open_folders
}

# attack FRONT: waits until the front server is up. First kept.py takes the program's place, and measures what the front server makes of a request.
attack() {
    local code=0
    is_up "${1%-*}" listens_on "$PORT"
    : >fcgi.log
    "$BATS_TEST_DIRNAME/kept.py" measure "$1" "$PORT" "$DIR" >sizes
    start_fastcgi -f policies.ini
    "$BATS_TEST_DIRNAME/kept.py" attack "$1" "$PORT" "$DIR" "${KEPT_REQUESTS:-2000}" >line || code=$?
    cat sizes line
    cat line >>"$TABLE"
    [ "$code" -eq 0 ]
    kill -TERM "$PROGRAM"
    ends_well
}

# as_root LINE...: prints the lines if root starts the front server.
as_root() {
    [ "$(id -u)" -ne 0 ] || printf '%s\n' "$@"
}

@test "kept connections: nginx" {
    prepare
    nginx_config www-data >nginx.conf <<CONF
    access_log off; keepalive_requests 1000000; client_max_body_size 1m;
    upstream program { server unix:$DIR/fcgi.sock max_fails=0; keepalive 32; keepalive_requests 1000000; }
    server {
        listen 127.0.0.1:$PORT;
        location = /.well-known/mta-sts.txt {
            fastcgi_pass program;
            fastcgi_keep_conn on;
            fastcgi_param SERVER_NAME \$host;
            fastcgi_param HTTP_HOST \$host;
            fastcgi_param REQUEST_METHOD \$request_method;
        }
    }
CONF
    run_nginx
    attack nginx
}

# haproxy_reusing WHEN: HAProxy keeps connections by default.
haproxy_reusing() {
    prepare
    {
        printf 'global\n    nbthread 1\n'
        as_root '    user nobody' '    group nogroup'
        haproxy_config "$PORT" "http-reuse $1"
    } >haproxy.cfg
    run_haproxy listens_on "$PORT"
    attack "haproxy-$1"
}

@test "kept connections: HAProxy" {
    haproxy_reusing safe
}

@test "kept connections: HAProxy, http-reuse always" {
    haproxy_reusing always
}

@test "kept connections: Apache, mod_proxy_fcgi with enablereuse=on" {
    prepare
    {
        apache_base event proxy proxy_fcgi
        # One process, whose threads share the kept connections.
        cat <<CONF
UseCanonicalName Off
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
MaxKeepAliveRequests 0
<Proxy "fcgi://program/" enablereuse=on max=16>
</Proxy>
<Location "/.well-known/mta-sts.txt">
    Require all granted
    SetHandler "proxy:unix:$DIR/fcgi.sock|fcgi://program/"
</Location>
CONF
    } >apache.conf
    run_apache listens_on "$PORT"
    attack apache
}

# bats test_tags=h2o
@test "kept connections: h2o" {
    prepare
    {
        as_root 'user: nobody'
        cat <<CONF
num-threads: 1
listen:
  port: $PORT
  host: 127.0.0.1
error-log: $DIR/h2o.log
fastcgi.timeout.keepalive: 5000
hosts:
  # Each entry has connections of its own. One entry for all names makes all clients share them.
  "*":
    paths:
      "/.well-known/mta-sts.txt":
        fastcgi.connect:
          port: $DIR/fcgi.sock
          type: unix
CONF
    } >h2o.conf
    background h2o.out h2o -m worker -c "$DIR/h2o.conf"
    attack h2o
}

@test "kept connections: Caddy" {
    prepare
    cat >Caddyfile <<CONF
{
	admin off
	auto_https off
}
http://:$PORT {
	bind 127.0.0.1
	reverse_proxy unix/$DIR/fcgi.sock {
		transport fastcgi
	}
}
CONF
    run_caddy
    attack caddy
}

# The same between a proxy that speaks HTTP and the lighttpd of examples/http-proxy, whose connections all clients of the proxy share. There a body must never
# be read as an HTTP request.

# bridge: lighttpd, which starts the program, on the port BRIDGE.
bridge() {
    prepare
    BRIDGE=$(free_port)
    mkdir run
    sed -e "s|8461|$BRIDGE|; s|/usr/local/bin/mta-sts|$MTA_STS|; s|/etc/mta-sts/policies.ini|$DIR/policies.ini|; s|/run/mta-sts-http|$DIR/run|" \
        "$BATS_TEST_DIRNAME/../../examples/http-proxy/lighttpd.conf" >lighttpd.conf
    run_lighttpd
    is_up lighttpd grep -q 'mta-sts: ready' lighttpd.out
}

# smuggle NAME: waits until the proxy is up, and attacks it.
smuggle() {
    local code=0
    is_up "$1" listens_on "$PORT"
    "$BATS_TEST_DIRNAME/kept.py" smuggle "$1, HTTP" "$PORT" "$DIR" "${KEPT_REQUESTS:-2000}" >line || code=$?
    cat line
    cat line >>"$TABLE"
    [ "$code" -eq 0 ]
}

@test "kept connections, HTTP to lighttpd: nginx" {
    bridge
    nginx_config www-data >nginx.conf <<CONF
    access_log off; keepalive_requests 1000000; client_max_body_size 1m;
    upstream kept { server 127.0.0.1:$BRIDGE; keepalive 32; keepalive_requests 1000000; }
    server {
        listen 127.0.0.1:$PORT;
        location = /.well-known/mta-sts.txt {
            proxy_pass http://kept;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host \$host;
            proxy_request_buffering off;
        }
    }
CONF
    run_nginx
    smuggle nginx
}

@test "kept connections, HTTP to lighttpd: HAProxy, http-reuse always" {
    bridge
    {
        printf 'global\n    nbthread 1\n'
        haproxy_web "$PORT"
        printf '    http-reuse always\n    server one 127.0.0.1:%s\n' "$BRIDGE"
    } >haproxy.cfg
    run_haproxy listens_on "$PORT"
    smuggle haproxy
}

@test "kept connections, HTTP to lighttpd: Apache" {
    bridge
    {
        apache_base event proxy proxy_http
        cat <<CONF
StartServers 1
ServerLimit 1
ThreadsPerChild 16
MaxRequestWorkers 16
MaxKeepAliveRequests 0
ProxyPreserveHost On
ProxyPass "/.well-known/mta-sts.txt" "http://127.0.0.1:$BRIDGE/.well-known/mta-sts.txt" max=16 ttl=60
CONF
    } >apache.conf
    run_apache listens_on "$PORT"
    smuggle apache
}

@test "kept connections, HTTP to lighttpd: Caddy" {
    bridge
    cat >Caddyfile <<CONF
{
	admin off
	auto_https off
}
http://:$PORT {
	bind 127.0.0.1
	reverse_proxy 127.0.0.1:$BRIDGE
}
CONF
    run_caddy
    smuggle caddy
}
