# Connections to the program that a front server keeps, and shares among its clients: what one client sends as a body is never read as another's request. TLS has no
# part in this, and is left out. Each configuration passes bodies of any method, and keeps as many connections as it can: the hardest case.
# KEPT_REQUESTS (default: 2000) is how many hostile requests each front server gets. build/kept.tsv has one line a front server: what became of them.
#
# The front servers lose nothing by themselves: where the program reads each request to its end, and keeps the connection, all six lost 0 of 50,000 requests. Where it
# closes a connection that it was asked to keep, some of them send the next request before they notice, and answer it 502 or 503. Two runs with such programs, lost of
# about 5,000:
#   closed after each answer: Apache 39 and 75, HAProxy 4 and 3, HAProxy with http-reuse always 13 and 9, h2o 14 and 2
#   closed after those of more than 8192 bytes: Apache 126 and 77, HAProxy 4 and 1, HAProxy with http-reuse always 0 and 2, h2o 2 and 2
# nginx, which tries again, and Caddy, which keeps none, lost 0 with both.

load ../helper

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
    PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    open_folders
}

listens_on() {
    (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# run_front COMMAND...: with its output in front.log.
run_front() {
    "$@" >front.log 2>&1 3>&- &
    PIDS+=($!)
    until_true listens_on "$PORT" || {
        cat front.log
        return 1
    }
}

# attack FRONT: first the size of what the front server makes of a request, for which kept.py stands in for the program.
attack() {
    local code=0
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

# as_root LINE...: prints them for a front server that root started.
as_root() {
    [ "$(id -u)" -ne 0 ] || printf '%s\n' "$@"
}

@test "kept connections: nginx" {
    prepare
    {
        as_root 'user www-data;'
        echo "daemon off; worker_processes 1; pid $DIR/nginx.pid; error_log $DIR/nginx.log; events { worker_connections 256; }"
        echo 'http { access_log off; keepalive_requests 1000000; client_max_body_size 1m;'
        for folder in client_body proxy fastcgi uwsgi scgi; do
            echo "${folder}_temp_path $DIR/$folder;"
        done
        cat <<CONF
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
}
CONF
    } >nginx.conf
    run_front nginx -c "$DIR/nginx.conf"
    attack nginx
}

# haproxy_reusing WHEN: option keep-conn is its default.
haproxy_reusing() {
    prepare
    {
        printf 'global\n    nbthread 1\n'
        as_root '    user nobody' '    group nogroup'
        cat <<CONF
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend web
    bind 127.0.0.1:$PORT
    default_backend program
backend program
    http-reuse $1
    use-fcgi-app program
    server one unix@$DIR/fcgi.sock proto fcgi
fcgi-app program
    docroot /nonexistent
    set-param SERVER_NAME %[req.fhdr(host),host_only,lower]
CONF
    } >haproxy.cfg
    run_front haproxy -db -f haproxy.cfg
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
        as_root 'User nobody' 'Group nogroup'
        for module in mpm_event authz_core env proxy proxy_fcgi; do
            echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
        done
        # One process, whose threads share what it keeps.
        cat <<CONF
ServerRoot "$DIR"
ServerName front.test
PidFile "$DIR/apache.pid"
ErrorLog "$DIR/apache.log"
DefaultRuntimeDir "$DIR"
Mutex file:$DIR default
Listen 127.0.0.1:$PORT
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
    run_front apache2 -D NO_DETACH -f "$DIR/apache.conf"
    attack apache
}

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
  # Each entry has connections of its own: clients share those of one that stands for all names.
  "*":
    paths:
      "/.well-known/mta-sts.txt":
        fastcgi.connect:
          port: $DIR/fcgi.sock
          type: unix
CONF
    } >h2o.conf
    run_front h2o -m worker -c "$DIR/h2o.conf"
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
    run_front env HOME="$DIR" XDG_DATA_HOME="$DIR/data" XDG_CONFIG_HOME="$DIR/config" caddy run --config Caddyfile
    attack caddy
}
