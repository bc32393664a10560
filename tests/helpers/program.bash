# The program as a FastCGI program: start it, ask it, stop it, and read its log.
# A suite loads suite.bash before this.

# start_fastcgi [ARGUMENT...]: spawn-fcgi starts the program on the socket fcgi.sock, with its log in fcgi.log.
# PROGRAM is its process. WRAPPER is a command that runs it.
start_fastcgi() {
    start_on fcgi.sock fcgi.log "$@"
}

# start_on SOCKET LOG [ARGUMENT...]: the same on another socket, with another log.
start_on() {
    local socket=$1 log=$2 before
    shift 2
    before=$(readies "$log")
    # shellcheck disable=SC2086 # WRAPPER is a command and its arguments, or empty
    background "$log" spawn-fcgi -n -s "$DIR/$socket" -M 0666 -- ${WRAPPER:-} "$MTA_STS" "$@"
    PROGRAM=$STARTED
    until_true is_ready "$log" $((before + 1))
}

# readies LOG: how many programs that are ready it tells of, those that have ended since included.
readies() {
    local count
    count=$(grep -cs ': ready: ' "$1") || true
    echo "${count:-0}"
}

# is_ready LOG N: N programs, or more, have been ready.
is_ready() {
    [ "$(readies "$1")" -ge "$2" ]
}

# ends_well: the program ends, with exit status 0.
ends_well() {
    ended "$PROGRAM"
    wait "$PROGRAM"
}

# ends_at_once SIGNAL COMMAND: connections that COMMAND makes do not hold up its end. What holds it up takes two seconds or more each time, a busy
# machine only now and then: the quickest of three counts.
ends_at_once() {
    local began took
    for _ in 1 2 3; do
        start_fastcgi -f policies.ini
        "$2"
        began=${EPOCHREALTIME/./}
        kill -"$1" "$PROGRAM"
        ends_well
        took=$((${EPOCHREALTIME/./} - began))
        [ "$took" -ge 1900000 ] || return 0
        echo "its end took $took us"
    done
    return 1
}

# logged N TEXT: the program's log has N lines with TEXT.
logged() {
    [ "$(grep -cF -- "$2" fcgi.log)" -eq "$1" ] || {
        cat fcgi.log
        return 1
    }
}

# client: runs the Python on standard input as a FastCGI client (fastcgi_client.py). PATH is the program's socket there.
client() {
    {
        printf 'import socket, struct, sys, threading, time\nfrom fastcgi_client import *\n'
        printf 'path = "%s"\n' "$DIR/fcgi.sock"
        cat
    } | python3 -
}

# takes_hangup PID: a SIGHUP no longer ends the process: it is blocked or caught. Before spawn-fcgi has become the program, it would. The shell from which the
# process comes may catch it, too: that one has this shell's name.
takes_hangup() {
    ! cmp -s "/proc/$1/comm" "/proc/$BASHPID/comm" && grep -Eq '^Sig(Blk|Cgt):.*[13579bdf]$' "/proc/$1/status"
}
