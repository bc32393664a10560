# HAProxy: examples/haproxy, and the program's log when HAProxy passes another name than the client's.

load fronts
load ../helpers/haproxy
load ../helpers/wrk

# haproxy_example [SED ARGUMENT...]: the example with the test's names and paths, changed by sed, below a global section that logs to standard output.
# Root can have a chroot too, as in Debian's configuration.
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
    run_haproxy front_answers
}

@test "HAProxy: every case is answered as the table says" {
    start_haproxy -e ''
    ask_everything haproxy
    # The program has logged no mistake in the configuration.
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
    until_true logged 1 'neither is a policy host'
    until_true grep -q 'HTTP_HOST is "www.example.org": neither is a policy host' haproxy.log
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

# start_backend NUMBER [FILE]: the program on TCP. BACKEND_PORTS has its port, BACKENDS its process.
start_backend() {
    background "backend$1.log" spawn-fcgi -n -a 127.0.0.1 -p "${BACKEND_PORTS[$1]}" -- "$MTA_STS" -f "${2:-policies.ini}"
    BACKENDS[$1]=$STARTED
}

# start_several: the example with several.cfg instead of its backend, and two programs.
start_several() {
    prepare_front
    BACKENDS=() BACKEND_PORTS=()
    local i
    for i in 0 1; do
        BACKEND_PORTS[i]=$(free_port)
        start_backend "$i"
    done
    {
        haproxy_example -e '/^backend /,$d'
        fill haproxy/several.cfg 192.0.2.1:9000 "127.0.0.1:${BACKEND_PORTS[0]}" 192.0.2.2:9000 "127.0.0.1:${BACKEND_PORTS[1]}" mta-sts.example.org mta-sts.a.test
    } >haproxy.cfg
    run_haproxy front_answers
}

@test "HAProxy, two backends: every case is answered as with one" {
    start_several
    ask_everything haproxy
}

@test "HAProxy, two backends, one taken away and put back under load, then the other: no failed answer" {
    start_several
    background wrk.out wrk -t1 -c16 -d 120 -H 'Host: mta-sts.b.test' "https://127.0.0.1:$PORT/.well-known/mta-sts.txt"
    local wrk=$STARTED i name=(one two)
    for i in 0 1; do
        sleep 0.5
        kill -KILL "${BACKENDS[i]}"
        until_true grep -q "Server mta-sts/${name[i]} is DOWN" haproxy.log
        start_backend "$i"
        until_true grep -q "Server mta-sts/${name[i]} is UP" haproxy.log
    done
    sleep 0.5
    kill -TERM "${BACKENDS[0]}"
    ended "${BACKENDS[0]}"
    sleep 0.5
    # wrk stops, and prints its results.
    kill -INT "$wrk"
    wait "$wrk"
    cat wrk.out
    nothing_lost
}

@test "HAProxy, two backends: one without the policies is left out" {
    start_several
    kill -TERM "${BACKENDS[1]}"
    ended "${BACKENDS[1]}"
    until_true grep -q 'Server mta-sts/two is DOWN' haproxy.log
    : >haproxy.log
    printf '[other.test]\nmx = mail.other.test\n' >other.ini
    leave_alone other.ini
    start_backend 1 other.ini
    until_true grep -q 'ready: 1 domain,' backend1.log
    # Time for two checks.
    sleep 2.5
    if grep 'Server mta-sts/two is UP' haproxy.log; then
        return 1
    fi
    local i
    for ((i = 0; i < 10; i++)); do
        ask mta-sts.b.test | cmp b.txt
    done
}
