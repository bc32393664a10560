# HAProxy: examples/haproxy as it stands, and what the program says of a configuration that passes another name than the client's.

load ../helper
load fronts

# haproxy_example [SED ARGUMENT...]: the example with the test's names and paths, below a global section that logs to standard output, and has a chroot, as
# Debian's has, where the user may have one.
haproxy_example() {
    local socket=$DIR/fcgi.sock
    printf 'global\n    log stdout format raw local0\n'
    if [ "$(id -u)" -eq 0 ]; then
        printf '    chroot %s\n    user nobody\n    group nogroup\n' "$DIR"
        socket=/fcgi.sock
    fi
    fill haproxy/haproxy.cfg 'bind :443' "bind 127.0.0.1:$PORT" /etc/ssl/mta-sts "$DIR" /run/mta-sts/mta-sts.sock "$socket" | sed "$@"
}

start_haproxy() {
    prepare_front
    start_fastcgi -f policies.ini
    haproxy_example "$@" >haproxy.cfg
    haproxy -db -f haproxy.cfg >haproxy.log 2>&1 3>&- &
    PIDS+=($!)
    until_true front_answers || {
        cat haproxy.log
        return 1
    }
}

ask() {
    curl -s --max-time 20 --cacert ca.pem --connect-to "::127.0.0.1:$PORT" "https://$1/.well-known/mta-sts.txt" "${@:2}"
}

@test "HAProxy: every case is answered as the table says" {
    start_haproxy -e ''
    ask_everything haproxy
    # None of them made the program doubt the configuration.
    ! grep 'the front server passes' fcgi.log
}

@test "HAProxy: a 405 names the methods" {
    start_haproxy -e ''
    ask mta-sts.b.test -X PUT -D headers
    grep -qi '^allow: GET, HEAD.$' headers
}

@test "HAProxy: no policy host is in its log" {
    start_haproxy -e ''
    [ "$(ask mta-sts.b.test -H 'Host: www.example.org' -o /dev/null -w '%{http_code}')" = 404 ]
    until_true logged 1 'no policy host'
    until_true grep -q 'HTTP_HOST is "www.example.org": no policy host' haproxy.log
}

@test "HAProxy: a fixed SERVER_NAME is named in its log, and answers stay right" {
    start_haproxy 's/set-param SERVER_NAME .*/set-param SERVER_NAME mta-sts.a.test/'
    ask mta-sts.b.test -o body
    cmp b.txt body
    until_true grep -q 'the front server passes one fixed SERVER_NAME' haproxy.log
}

@test "HAProxy: another Host is named in its log" {
    start_haproxy -e 's/set-param SERVER_NAME .*/set-param SERVER_NAME %[ssl_fc_sni]/' -e 's/default_backend .*/&\n    http-request set-header Host inner.test/'
    ask mta-sts.b.test -o body
    cmp b.txt body
    until_true grep -q 'the front server passes another Host than the client' haproxy.log
}
