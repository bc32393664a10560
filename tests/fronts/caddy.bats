# Caddy: examples/caddy, and the program's log when Caddy passes another name than the client's.

load fronts
load ../helpers/caddy

# caddy_example [SED ARGUMENT...]: the example with the test's names and paths, changed by sed.
caddy_example() {
    fill caddy/Caddyfile mta-sts.example.org mta-sts.a.test mta-sts.example.net mta-sts.b.test '#tls ' 'tls ' \
        /etc/ssl/mta-sts "$DIR" /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" | sed "$@" >mta-sts.caddy
    {
        caddy_options "https_port $PORT"
        echo 'import mta-sts.caddy'
    } >Caddyfile
}

start_caddy() {
    prepare_front
    start_fastcgi -f policies.ini
    caddy_example "$@"
    run_caddy
    is_up caddy front_answers
}

@test "Caddy: every case is answered as the table says" {
    start_caddy -e ''
    ask_everything caddy
    # The program has logged no mistake in the configuration.
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
    until_true logged 1 'neither is a policy host'
}
