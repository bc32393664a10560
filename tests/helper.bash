# What the suites share: the program under test, front servers on Unix sockets, requests, and the end of what was started.
# MTA_STS is the program under test; it is set by tests/run.sh.

: "${MTA_STS:?name the program to test in MTA_STS}"
MTA_STS=$(realpath "$MTA_STS")
bats_require_minimum_version 1.5.0
export PATH=$PATH:/usr/sbin:/sbin

# The sanitizers' findings fail a test, whatever the program's exit status is taken for.
export ASAN_OPTIONS="abort_on_error=0:exitcode=99:detect_leaks=1"
export UBSAN_OPTIONS="print_stacktrace=1:exitcode=99"
export TSAN_OPTIONS="exitcode=99:halt_on_error=0"

# A skipped test is a failure where CI says so.
skip_or_fail() {
    [ -z "${CI:-}" ] || {
        echo "skipped in CI: $*" >&2
        return 1
    }
    skip "$@"
}

setup() {
    DIR=$BATS_TEST_TMPDIR
    cd "$DIR" || return 1
    chmod 755 "$DIR"
    PIDS=()
    cat >policies.ini <<'INI'
[defaults]
mode = testing

[example.org]
mode = enforce
mx = mail.example.org
mx = *.backup.example.net
max_age = 4w

[google]
mx = smtp.google.com

[example.com example.net]
use = google

[broken.example]
mx = 192.0.2.1
INI
    leave_alone policies.ini
}

teardown() {
    local pid
    for pid in "${PIDS[@]}"; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in "${PIDS[@]}"; do
        ended "$pid" || kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    if grep -lE 'ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:' "$DIR"/*.log 2>/dev/null; then
        cat "$DIR"/*.log
        return 1
    fi
}

# open_folders: the folders above a test's are for their owner alone; servers that run as other users have to get through.
open_folders() {
    local folder=$DIR
    while [ "$folder" != /tmp ] && [ "$folder" != / ]; do
        chmod a+rx "$folder"
        folder=$(dirname "$folder")
    done
}

# A file that was modified just now is waited for: the tests that are not about that put it an hour back.
leave_alone() {
    touch -d '1 hour ago' "$@"
}

# until_true COMMAND...: for up to 10 seconds.
until_true() {
    local i
    for ((i = 0; i < 1000; i++)); do
        "$@" && return 0
        sleep 0.01
    done
    echo "not within 10 seconds: $*" >&2
    return 1
}

ended() {
    local i
    for ((i = 0; i < 500; i++)); do
        kill -0 "$1" 2>/dev/null || return 0
        [ "$(ps -o stat= -p "$1" | cut -c1)" != Z ] || return 0
        sleep 0.01
    done
    return 1
}

# The program ends within five seconds, exit status 0.
ends_well() {
    ended "$PROGRAM"
    wait "$PROGRAM"
}

listens() {
    [ -S "$1" ] && curl -s -o /dev/null --unix-socket "$1" http://localhost/ 2>/dev/null
}

# start_fastcgi [ARGUMENT...]: the program, spawned by spawn-fcgi on the socket fcgi.sock; its log is in fcgi.log.
# PROGRAM is its process.
start_fastcgi() {
    # shellcheck disable=SC2086 # a command and its arguments, or nothing
    spawn-fcgi -n -s "$DIR/fcgi.sock" -M 0666 -- ${WRAPPER:-} "$MTA_STS" "$@" >>fcgi.log 2>&1 3>&- &
    PROGRAM=$!
    PIDS+=("$PROGRAM")
    until_true grep -q 'mta-sts: ready' fcgi.log
}

# start_lighttpd: reads the configuration's own part from standard input, listens on front.sock.
start_lighttpd() {
    {
        echo "server.document-root = \"$DIR\""
        echo "server.bind = \"$DIR/front.sock\""
        echo "server.errorlog = \"$DIR/lighttpd.log\""
        echo "server.breakagelog = \"$DIR/breakage.log\""
        echo 'server.max-fds = 1024'
        cat
    } >lighttpd.conf
    lighttpd -D -f lighttpd.conf >lighttpd.out 2>&1 3>&- &
    FRONT=$!
    PIDS+=("$FRONT")
    until_true listens "$DIR/front.sock"
}

# What lighttpd needs to hand everything to the socket fcgi.sock.
lighttpd_fastcgi() {
    echo 'server.modules += ("mod_fastcgi")'
    echo "fastcgi.server = (\"/.well-known/mta-sts.txt\" => ((\"socket\" => \"$DIR/fcgi.sock\", \"check-local\" => \"disable\")))"
}

# fetch HOST [CURL OPTION...]: through the front server.
fetch() {
    local host=$1
    shift
    curl -s --max-time 20 --unix-socket "$DIR/front.sock" -H "Host: $host" "$@" "http://localhost/.well-known/mta-sts.txt"
}

# status HOST [CURL OPTION...]: the number.
status() {
    fetch "$@" -o /dev/null -w '%{http_code}'
}

# serves HOST TEXT: is TEXT in what is answered?
serves() {
    fetch "$1" | grep -qF -- "$2"
}

# logged N TEXT: TEXT is in the program's log N times.
logged() {
    [ "$(grep -cF -- "$2" fcgi.log)" -eq "$1" ] || {
        cat fcgi.log
        return 1
    }
}

example_org() {
    printf 'version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmx: *.backup.example.net\r\nmax_age: 2419200\r\n'
}

example_net() {
    printf 'version: STSv1\r\nmode: testing\r\nmx: smtp.google.com\r\nmax_age: 604800\r\n'
}

# is_policy NAME FILE: FILE is, byte for byte, what the function NAME prints.
is_policy() {
    cmp <("$1") "$2"
}

# client: runs the Python on standard input with what tests/fastcgi_client.py has, PATH being the program's socket.
client() {
    {
        printf 'import socket, struct, sys, threading, time\nsys.path.insert(0, "%s")\nfrom fastcgi_client import *\n' "$BATS_TEST_DIRNAME"
        printf 'path = "%s"\n' "$DIR/fcgi.sock"
        cat
    } | PYTHONDONTWRITEBYTECODE=1 python3 -
}
