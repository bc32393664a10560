# Hostile requests through each front server, as examples/ has it: refused, or answered for the name that was asked for; and nothing is left of them after.

load ../helper
load fronts
load apache

# front FILE: what the suite FILE.bats starts its front server with.
front() {
    # shellcheck disable=SC1090 # written on the way
    source <(sed -e '/^load /d' -e '/^@test/,/^}/d' "$BATS_TEST_DIRNAME/$1.bats")
}

eval "two_names() $(declare -f prepare_front | tail -n +2)"

# A third policy that nobody asks for.
prepare_front() {
    two_names
    printf '[unasked.test]\nmode = none\nmx = mail.unasked.test\n' >>policies.ini
    leave_alone policies.ini
    "$MTA_STS" -f policies.ini show unasked.test >unasked.txt
}

# programs NAME: the processes that run a program of this name below the test's folder, one a line.
programs() {
    { pgrep -f "^$DIR/([a-z]*/)?mta-sts( |\$)" || true; } | sort
}

# hostile NAME: all of it. The processes are the same afterwards, and no sanitizer has said a word, wherever that lands.
hostile() {
    programs >before
    local code=0
    "$BATS_TEST_DIRNAME/hostile.py" "$1" "$PORT" "$DIR" "$BATS_TEST_DIRNAME/../fixtures/host.tsv" >line || code=$?
    cat line
    mkdir -p "$BATS_TEST_DIRNAME/../../build"
    cat line >>"${FAULTS_TABLE:-$BATS_TEST_DIRNAME/../../build/faults.tsv}"
    [ "$code" -eq 0 ]
    # An mod_fcgid may have started more of them; none has ended.
    [ -z "$(comm -23 before <(programs))" ]
    if grep -rlE 'ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:|exit signal' --include='*.log' .; then
        return 1
    fi
}

# There is a process that lasts from one request to the next.
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
