# nginx: the examples, with the program started by spawn-fcgi, and through fcgiwrap.

load fronts
load ../helpers/nginx

# filled FILE: a file of examples/ with this test's names, ports and paths. NAMES are further names for the server block.
filled() {
    fill "$1" example.org a.test example.net "b.test${NAMES:-}" '\[::]:443' "127.0.0.2:$PORT" 'listen 443' "listen 127.0.0.1:$PORT" \
        /etc/ssl/mta-sts "$DIR" /usr/local/bin/mta-sts "$MTA_STS" /etc/mta-sts/policies.ini "$DIR/policies.ini" \
        /run/mta-sts "$DIR" /run/fcgiwrap.socket "$DIR/fcgi.sock"
}

# start_front [FILE]: nginx with the example in FILE, in an http block like that of Debian's nginx.conf.
start_front() {
    # With more compression than in Debian's http block.
    nginx_config www-data >nginx.conf <<CONF
access_log $DIR/access.log;
gzip on; gzip_types text/plain; gzip_min_length 1; gzip_proxied any;
include $DIR/${1:-mta-sts.conf};
CONF
    run_nginx
    is_up nginx front_answers
    # nginx knows every directive of the example, and none is deprecated.
    [ ! -s nginx.out ] || { cat nginx.out; return 1; }
    run ! grep -F "[emerg]" nginx.log
}

# start_fcgiwrap: as Debian's fcgiwrap.socket and fcgiwrap.service do.
start_fcgiwrap() {
    background fcgi.log spawn-fcgi -n -s "$DIR/fcgi.sock" -u www-data -U www-data -- /usr/sbin/fcgiwrap -f
    until_true test -S fcgi.sock
}

start_example() {
    prepare_front
    if [ "$1" = nginx ]; then
        start_documented "$(filled nginx/README.md)"
    else
        start_fcgiwrap
    fi
    filled "$1/mta-sts.conf" >mta-sts.conf
    [ -z "${HTTP2:-}" ] || with_http2 mta-sts.conf
    start_front
}

# with_mistake SED-SCRIPT: the example, changed by SED-SCRIPT.
with_mistake() {
    prepare_front
    start_documented "$(filled nginx/README.md)"
    filled nginx/mta-sts.conf | sed "$1" >mistake.conf
    run ! cmp -s mistake.conf <(filled nginx/mta-sts.conf)
    start_front mistake.conf
}

@test "nginx: everything" {
    start_example nginx
    ask_everything nginx
}

@test "nginx-fcgiwrap: everything" {
    start_example nginx-fcgiwrap
    ask_everything nginx-fcgiwrap
}

@test "nginx, with HTTP/2: everything" {
    HTTP2=yes start_example nginx
    ask_everything nginx-http2
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
    until_true grep -qF 'SERVER_NAME is "www.a.test", HTTP_HOST is "www.a.test": neither is a policy host' nginx.log
    logged 1 'neither is a policy host'
}

@test "nginx-fcgiwrap: the error log says what is wrong with the name" {
    NAMES=' www.a.test' start_example nginx-fcgiwrap
    request www.a.test
    until_true grep -qF 'SERVER_NAME is "www.a.test", HTTP_HOST is "www.a.test": neither is a policy host' nginx.log
}

@test "include fastcgi_params: both policies are right, and the log tells of the fixed name" {
    with_mistake 's|fastcgi_param SERVER_NAME .*|include /etc/nginx/fastcgi_params;|'
    mistake_is_logged 'the front server passes one fixed SERVER_NAME' nginx.log
}

@test "a fixed HTTP_HOST: both policies are right, and the log tells of it" {
    with_mistake 's|fastcgi_param HTTP_HOST .*|fastcgi_param HTTP_HOST localhost;|'
    mistake_is_logged "the front server passes another Host than the client's" nginx.log
}

@test "nginx: a long policy host needs a larger server_names_hash_bucket_size, which the example has" {
    local long
    long=$(printf 'a%.0s' {1..60})
    NAMES=" mta-sts.$long.$long.$long.b.test" start_example nginx
    ask mta-sts.b.test | cmp b.txt
    filled nginx-fcgiwrap/mta-sts.conf | grep '^server_names_hash_bucket_size'
    # Without it nginx does not start.
    sed -i '/^server_names_hash_bucket_size/d' mta-sts.conf
    run -1 nginx -t -p "$DIR" -e "$DIR/nginx.log" -c "$DIR/nginx.conf"
    [[ $output == *'could not build server_names_hash'* ]]
}
