# Caddy: examples/caddy as it stands, and what the program says of a configuration that passes another name than the client's.

load ../helper
load fronts

# caddy_example [SED ARGUMENT...]: the example with the test's names and paths; it is imported below the options that keep Caddy off the ports and folders of others.
caddy_example() {
    fill caddy/Caddyfile mta-sts.example.org mta-sts.a.test mta-sts.example.net mta-sts.b.test '#tls ' 'tls ' \
        /etc/ssl/mta-sts "$DIR" /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" | sed "$@" >mta-sts.caddy
    cat >Caddyfile <<CONF
{
	admin unix/$DIR/admin.sock
	default_bind 127.0.0.1
	https_port $PORT
	auto_https disable_redirects
	skip_install_trust
}
import mta-sts.caddy
CONF
}

start_caddy() {
    prepare_front
    start_fastcgi -f policies.ini
    caddy_example "$@"
    HOME=$DIR XDG_DATA_HOME=$DIR/data XDG_CONFIG_HOME=$DIR/config caddy run --config Caddyfile >caddy.log 2>&1 3>&- &
    PIDS+=($!)
    until_true front_answers
}

ask() {
    curl -s --max-time 20 --cacert ca.pem --connect-to "::127.0.0.1:$PORT" "https://$1/.well-known/mta-sts.txt" "${@:2}"
}

@test "Caddy: every case is answered as the table says" {
    start_caddy -e ''
    ask_everything caddy
    # None of them made the program doubt the configuration.
    ! grep 'the front server passes' fcgi.log
}

@test "Caddy: a 405 names the methods" {
    start_caddy -e ''
    ask mta-sts.b.test -X PUT -D headers
    grep -qi '^allow: GET, HEAD.$' headers
}

@test "Caddy: env SERVER_NAME is named in the program's log, and answers stay right" {
    start_caddy 's|transport fastcgi|& {\nenv SERVER_NAME mta-sts.a.test\n}|'
    ask mta-sts.b.test -o body
    cmp b.txt body
    until_true logged 1 'the front server passes one fixed SERVER_NAME'
}

@test "Caddy: env HTTP_HOST is named in the program's log" {
    start_caddy 's|transport fastcgi|& {\nenv HTTP_HOST inner.test\n}|'
    ask mta-sts.b.test -o body
    cmp b.txt body
    until_true logged 1 'the front server passes another Host than the client'
}

@test "Caddy: header_up Host is named in the program's log" {
    start_caddy 's|transport fastcgi|header_up Host inner.test\n&|'
    [ "$(ask mta-sts.b.test -o /dev/null -w '%{http_code}')" = 404 ]
    until_true logged 1 'no policy host'
}
