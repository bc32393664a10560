# lighttpd: its configuration and its start, on the Unix socket front.sock or with TLS; and requests to front.sock.
# A suite loads suite.bash before this.

# lighttpd_config ADDRESS [FOLDER]: what each configuration begins with. FOLDER is the document root (default: the test's folder).
lighttpd_config() {
    cat <<CONF
server.document-root = "${2:-$DIR}"
server.bind = "$1"
server.errorlog = "$DIR/lighttpd.log"
server.max-fds = 1024
CONF
}

# lighttpd_fastcgi: the policy's path goes to the program on fcgi.sock.
lighttpd_fastcgi() {
    lighttpd_fastcgi_to fcgi.sock
}

# lighttpd_fastcgi_to SOCKET...: the same for the program on several sockets.
lighttpd_fastcgi_to() {
    local socket hosts=
    for socket in "$@"; do
        hosts+="(\"socket\" => \"$DIR/$socket\", \"check-local\" => \"disable\"),"
    done
    echo 'server.modules += ("mod_fastcgi")'
    echo "fastcgi.server = (\"/.well-known/mta-sts.txt\" => ($hosts))"
}

# run_lighttpd [WRAPPER...]: with lighttpd.conf. WRAPPER is a command that runs it. FRONT is its process.
run_lighttpd() {
    background lighttpd.out "$@" lighttpd -D -f "$DIR/lighttpd.conf"
    # shellcheck disable=SC2034 # for the suites
    FRONT=$STARTED
}

# start_lighttpd: lighttpd on front.sock. The rest of its configuration comes on standard input.
start_lighttpd() {
    {
        lighttpd_config "$DIR/front.sock"
        echo "server.breakagelog = \"$DIR/breakage.log\""
        cat
    } >lighttpd.conf
    run_lighttpd
    is_up lighttpd listens "$DIR/front.sock"
}

# start_lighttpd_tls ADDRESS: lighttpd on port 443 in the network namespace, in front of the program, with the certificate in both.pem.
start_lighttpd_tls() {
    {
        lighttpd_config "$1"
        printf '%s\n' 'server.port = 443' 'server.modules = ("mod_openssl")' 'ssl.engine = "enable"' "ssl.pemfile = \"$DIR/both.pem\""
        lighttpd_fastcgi
    } >lighttpd.conf
    # shellcheck disable=SC2086 # a command and its arguments
    run_lighttpd $INSIDE
}

# fetch HOST [CURL OPTION...]: the policy, through front.sock.
fetch() {
    local host=$1
    shift
    curl -s --max-time 60 --unix-socket "$DIR/front.sock" -H "Host: $host" "$@" "http://localhost/.well-known/mta-sts.txt"
}

# status HOST [CURL OPTION...]: the status of the answer.
status() {
    fetch "$@" -o /dev/null -w '%{http_code}'
}

# serves HOST TEXT: the answer for HOST contains TEXT.
serves() {
    fetch "$1" | grep -qF -- "$2"
}
