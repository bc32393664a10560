# Hostile requests through each front server, configured as in examples/: refused, or answered for the right name, and without any effect afterwards.

load fronts
load ../helpers/lighttpd
load ../helpers/nginx
load ../helpers/haproxy
load ../helpers/apache
load ../helpers/caddy

# nginx's examples are without HTTP/2.
HTTP2=yes

# front FILE: the functions of the suite FILE.bats, without its tests.
front() {
    # shellcheck disable=SC1090 # written on the way
    source <(sed -e '/^load /d' -e '/^@test/,/^}/d' "$BATS_TEST_DIRNAME/$1.bats")
}

eval "two_names() $(declare -f prepare_front | tail -n +2)"

# prepare_front, with a third policy that no request asks for.
prepare_front() {
    two_names
    printf '[unasked.test]\nmode = none\nmx = mail.unasked.test\n' >>policies.ini
    leave_alone policies.ini
    "$MTA_STS" -f policies.ini show unasked.test >unasked.txt
}

# programs: the processes of the program below the test's folder, one a line.
programs() {
    { pgrep -f "^$DIR/([a-z]*/)?mta-sts( |\$)" || true; } | sort
}

# hostile NAME: sends all hostile requests. Afterwards the processes are the same, and no log has a finding of a sanitizer.
hostile() {
    programs >before
    local code=0
    "$BATS_TEST_DIRNAME/hostile.py" "$1" "$PORT" "$DIR" "$BATS_TEST_DIRNAME/../fixtures/host.tsv" >line || code=$?
    cat line
    cat line >>"${FAULTS_TABLE:-$(dirname "$MTA_STS")/faults.tsv}"
    [ "$code" -eq 0 ]
    # mod_fcgid may have started more of them, but none has ended.
    [ -z "$(comm -23 before <(programs))" ]
    if grep -rlE 'ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:|exit signal' --include='*.log' .; then
        return 1
    fi
}

# lasting: a process of the program lasts from one request to the next.
lasting() {
    [ -n "$(programs)" ]
}

@test "lighttpd, FastCGI: hostile requests" {
    front lighttpd
    start_example lighttpd-external
    lasting
    hostile lighttpd-external
}

@test "lighttpd, FastCGI started by it: hostile requests" {
    front lighttpd
    start_example lighttpd-fastcgi
    lasting
    hostile lighttpd-fastcgi
}

@test "lighttpd, CGI: hostile requests" {
    front lighttpd
    start_example lighttpd-cgi
    hostile lighttpd-cgi
}

@test "nginx, FastCGI: hostile requests" {
    front nginx
    start_example nginx
    lasting
    hostile nginx
}

@test "nginx, fcgiwrap: hostile requests" {
    front nginx
    start_example nginx-fcgiwrap
    hostile nginx-fcgiwrap
}

@test "Caddy: hostile requests" {
    front caddy
    start_caddy -e ''
    lasting
    hostile caddy
}

@test "Apache, mod_proxy_fcgi: hostile requests" {
    front apache
    proxy_fcgi
    lasting
    hostile apache-proxy-fcgi
}

@test "Apache, mod_fcgid: hostile requests" {
    front apache
    fcgid
    lasting
    hostile apache-fcgid
}

@test "Apache, shared hosting (mod_cgid): hostile requests" {
    front apache
    shared_hosting event cgid
    hostile apache-cgi
}

@test "Apache, shared hosting (mod_cgi): hostile requests" {
    front apache
    shared_hosting prefork cgi
    hostile apache-cgi-prefork
}

# over_http PROXY: the proxy speaks HTTP to lighttpd, over connections that it keeps and shares among its clients. A request that ends elsewhere for one of
# the two than for the other would be answered to another client.
over_http() {
    front http-proxy
    prepare_chain
    keeping "$1"
    lasting
    hostile "http-proxy-$1"
}

@test "nginx, HTTP to lighttpd: hostile requests" {
    over_http nginx
}

@test "HAProxy, HTTP to lighttpd: hostile requests" {
    over_http haproxy
}

@test "Caddy, HTTP to lighttpd: hostile requests" {
    over_http caddy
}

@test "Apache, HTTP to lighttpd: hostile requests" {
    over_http apache
}
