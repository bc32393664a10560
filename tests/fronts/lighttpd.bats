# lighttpd: the examples, with the program as CGI, started by lighttpd, and started by spawn-fcgi.

load fronts
load ../helpers/lighttpd

# filled FILE: a file of examples/ with this test's names, ports and paths.
filled() {
    fill "$1" example.org a.test example.net b.test '0\.0\.0\.0:443' "127.0.0.1:$PORT" '\[::]:443' "127.0.0.2:$PORT" \
        /etc/ssl/mta-sts "$DIR" /usr/local/bin/mta-sts "$MTA_STS" /etc/mta-sts/policies.ini "$DIR/policies.ini" \
        /run/lighttpd "$DIR/spawned" /run/mta-sts "$DIR" /var/log/lighttpd "$DIR/log"
}

# start_front EXAMPLE [LINE]...: lighttpd with a configuration like Debian's lighttpd.conf, then the lines, then the example.
start_front() {
    local example=$1
    shift
    mkdir -p spawned log uploads
    filled "$example/50-mta-sts.conf" >50-mta-sts.conf
    {
        echo 'server.modules = ("mod_indexfile", "mod_access", "mod_alias", "mod_redirect")'
        echo "server.document-root = \"$DIR/log\""
        echo "server.upload-dirs = (\"$DIR/uploads\")"
        echo "server.bind = \"$DIR/plain.sock\""
        echo "server.errorlog = \"$DIR/log/error.log\""
        if [ "$(id -u)" -eq 0 ]; then
            chown www-data spawned log uploads
            printf 'server.username = "www-data"\nserver.groupname = "www-data"\n'
        fi
        printf '%s\n' "$@" "include \"$DIR/50-mta-sts.conf\""
    } >lighttpd.conf
    run_lighttpd
    is_up lighttpd front_answers || {
        cat log/error.log
        return 1
    }
    # lighttpd knows every directive of the example, and none is deprecated.
    [ ! -s lighttpd.out ]
    run ! grep -iE 'warning|unknown|deprecated' log/error.log
}

# start_example NAME [LINE]...: all that the example NAME needs.
start_example() {
    prepare_front
    [ "$1" != lighttpd-external ] || start_documented "$(filled "$1/README.md")"
    start_front "$@"
}

@test "lighttpd-cgi: everything" {
    start_example lighttpd-cgi
    ask_everything lighttpd-cgi
}

@test "lighttpd-fastcgi: everything" {
    start_example lighttpd-fastcgi
    ask_everything lighttpd-fastcgi
}

@test "lighttpd-external: everything" {
    start_example lighttpd-external
    ask_everything lighttpd-external
}

@test "lighttpd-cgi: the error log says what is wrong with the name" {
    start_example lighttpd-cgi "server.breakagelog = \"$DIR/log/breakage.log\""
    request www.a.test
    until_true grep -qF 'SERVER_NAME is "www.a.test", HTTP_HOST is "www.a.test": neither is a policy host' log/breakage.log
}

@test "lighttpd-cgi: only the one path runs a program" {
    start_example lighttpd-cgi
    local path
    for path in /.well-known/mta-sts.txt/more /.well-known/mta-sts.txt/../policies.ini /.well-known/mta-sts.txt.bak /.well-known/; do
        [ "$(over_tls --path-as-is -o /dev/null -w '%{http_code}' "https://mta-sts.b.test$path")" = 404 ]
    done
}

@test "lighttpd-fastcgi: the error log says what is wrong with the name, the breakage log what is wrong with policies.ini" {
    start_example lighttpd-fastcgi
    request www.a.test
    until_true grep -qF 'SERVER_NAME is "www.a.test", HTTP_HOST is "www.a.test": neither is a policy host' log/error.log
    grep -q 'mta-sts: ready: 2 domains' log/mta-sts.log
}

@test "lighttpd-fastcgi: it ends with lighttpd" {
    start_example lighttpd-fastcgi
    local program
    program=$(pgrep -f "^$MTA_STS -f $DIR/policies.ini")
    kill "$FRONT"
    ended "$FRONT"
    ended "$program"
}

@test "lighttpd-external: the error log says what is wrong with the name" {
    start_example lighttpd-external
    request www.a.test
    until_true grep -qF 'SERVER_NAME is "www.a.test", HTTP_HOST is "www.a.test": neither is a policy host' log/error.log
    logged 1 'neither is a policy host'
}

@test "server.name: both policies are right, and the log tells of the fixed name" {
    start_example lighttpd-external 'server.name = "mta-sts.a.test"'
    mistake_is_logged 'the front server passes one fixed SERVER_NAME' log/error.log
}
