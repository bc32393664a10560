# nginx, as examples/ has it: with the program started by spawn-fcgi, and through fcgiwrap.

load ../helper
load fronts

# filled FILE: a file of examples/ with this test's names, ports and paths. NAMES are names that the block has besides.
filled() {
    fill "$1" example.org a.test example.net "b.test${NAMES:-}" '\[::]:443' "127.0.0.2:$PORT" 'listen 443' "listen 127.0.0.1:$PORT" \
        /etc/ssl/mta-sts "$DIR" /usr/local/bin/mta-sts "$MTA_STS" /etc/mta-sts/policies.ini "$DIR/policies.ini" \
        /run/mta-sts "$DIR" /run/fcgiwrap.socket "$DIR/fcgi.sock"
}

# start_front [FILE]: nginx with what Debian's nginx.conf has around the example, which is in FILE.
start_front() {
    local folder
    {
        echo "pid $DIR/nginx.pid;"
        echo "error_log $DIR/nginx.log;"
        [ "$(id -u)" -ne 0 ] || echo 'user www-data;'
        echo 'daemon off; worker_processes 1; events { worker_connections 64; }'
        echo 'http {'
        for folder in client_body proxy fastcgi uwsgi scgi; do
            echo "${folder}_temp_path $DIR/$folder;"
        done
        # As an http block that has more compression than Debian's.
        echo "access_log $DIR/access.log; gzip on; gzip_types text/plain; gzip_min_length 1; gzip_proxied any;"
        echo "include $DIR/${1:-mta-sts.conf};"
        echo '}'
    } >nginx.conf
    nginx -c "$DIR/nginx.conf" >nginx.out 2>&1 3>&- &
    PIDS+=($!)
    until_true front_answers || {
        cat nginx.out nginx.log
        return 1
    }
    # Nothing in the example is unknown or old.
    [ ! -s nginx.out ] || { cat nginx.out; return 1; }
    run ! grep -F "[emerg]" nginx.log
}

# start_program: as README.md says, in the foreground.
start_program() {
    filled nginx/README.md | sed -n 's/^ *spawn-fcgi /exec spawn-fcgi -n /p' >start
    sh start >fcgi.log 2>&1 3>&- &
    PIDS+=($!)
    until_true grep -q 'mta-sts: ready' fcgi.log
}

# start_fcgiwrap: as Debian's fcgiwrap.socket and fcgiwrap.service do.
start_fcgiwrap() {
    spawn-fcgi -n -s "$DIR/fcgi.sock" -u www-data -U www-data -- /usr/sbin/fcgiwrap -f >fcgi.log 2>&1 3>&- &
    PIDS+=($!)
    until_true test -S fcgi.sock
}

start_example() {
    prepare_front
    if [ "$1" = nginx ]; then
        start_program
    else
        start_fcgiwrap
    fi
    filled "$1/mta-sts.conf" >mta-sts.conf
    start_front
}

# with_mistake SED-SCRIPT: nginx's example, changed by it.
with_mistake() {
    prepare_front
    start_program
    filled nginx/mta-sts.conf | sed "$1" >mistake.conf
    run ! cmp -s mistake.conf <(filled nginx/mta-sts.conf)
    start_front mistake.conf
}

# request HOST [CURL OPTION...]: to the policy's path, whatever host the connection was opened for.
request() {
    local host=$1
    shift
    curl -s --max-time 20 --cacert ca.pem --connect-to "::127.0.0.1:$PORT" -H "Host: $host" "$@" https://mta-sts.b.test/.well-known/mta-sts.txt
}

@test "nginx: everything" {
    start_example nginx
    ask_everything nginx
}

@test "nginx-fcgiwrap: everything" {
    start_example nginx-fcgiwrap
    ask_everything nginx-fcgiwrap
}

@test "nginx-fcgiwrap: a body is no reason for a 502" {
    start_example nginx-fcgiwrap
    head -c 900000 /dev/zero >large
    for _ in 1 2 3; do
        [ "$(request mta-sts.b.test --data-binary @large -o /dev/null -w '%{http_code}')" = 405 ]
    done
}

@test "nginx: the error log says what is wrong with the name" {
    NAMES=' www.a.test' start_example nginx
    request www.a.test
    until_true grep -qF 'SERVER_NAME is "www.a.test", HTTP_HOST is "www.a.test": no policy host' nginx.log
    logged 1 'no policy host'
}

@test "nginx-fcgiwrap: the error log says what is wrong with the name" {
    NAMES=' www.a.test' start_example nginx-fcgiwrap
    request www.a.test
    until_true grep -qF 'SERVER_NAME is "www.a.test", HTTP_HOST is "www.a.test": no policy host' nginx.log
}

@test "include fastcgi_params: both policies are right, and the log tells of the fixed name" {
    with_mistake 's|fastcgi_param SERVER_NAME .*|include /etc/nginx/fastcgi_params;|'
    request mta-sts.a.test | cmp - a.txt
    request mta-sts.b.test | cmp - b.txt
    until_true logged 1 'the front server passes one fixed SERVER_NAME'
    until_true grep -qF 'the front server passes one fixed SERVER_NAME' nginx.log
}

@test "a fixed HTTP_HOST: both policies are right, and the log tells of it" {
    with_mistake 's|fastcgi_param HTTP_HOST .*|fastcgi_param HTTP_HOST localhost;|'
    request mta-sts.a.test | cmp - a.txt
    request mta-sts.b.test | cmp - b.txt
    until_true logged 1 "the front server passes another Host than the client's"
    until_true grep -qF "the front server passes another Host than the client's" nginx.log
}
