# Processes in the background: start and stop them, and wait for a socket, a line of a log, or an end.
# PIDS has the processes that a test has started. DIR is the test's folder.

# background LOG COMMAND...: starts COMMAND, with its output in LOG. STARTED is its process.
background() {
    local log=$1
    shift
    "$@" >>"$log" 2>&1 3>&- &
    STARTED=$!
    PIDS+=("$STARTED")
}

# stop PID...: sends SIGTERM to all of them, and SIGKILL to those that have not ended five seconds later. The processes of a server that leads a
# process group, as Apache does, may outlive it: the whole group gets SIGKILL, too.
stop() {
    local pid
    for pid in "$@"; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in "$@"; do
        ended "$pid" 5 || kill -KILL "$pid" 2>/dev/null || true
        kill -KILL -- "-$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}

# until_true COMMAND...: repeats COMMAND until it succeeds, for up to 100 seconds: a busy machine is no fault of the program.
until_true() {
    local end=$((SECONDS + 100))
    while [ "$SECONDS" -lt "$end" ]; do
        "$@" && return 0
        sleep 0.01
    done
    echo "not within 100 seconds: $*" >&2
    return 1
}

# takes_less MS COMMAND...: what makes it wait does so each time, a busy machine only now and then: the quickest of five counts.
takes_less() {
    local most=$1 began took i
    shift
    for ((i = 0; i < 5; i++)); do
        began=${EPOCHREALTIME/[.,]/}
        "$@" || return
        took=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
        [ "$took" -ge "$most" ] || return 0
        echo "took $took ms: $*"
    done
    return 1
}

# is_up NAME COMMAND...: like until_true. If COMMAND never succeeds, it shows the server's NAME.out and NAME.log.
is_up() {
    local name=$1
    shift
    until_true "$@" || {
        cat "$name.out" "$name.log" 2>/dev/null
        return 1
    }
}

# ended PID [SECONDS]: waits up to 20 seconds (SECONDS) for the end of the process.
ended() {
    local end=$((SECONDS + ${2:-20}))
    while [ "$SECONDS" -le "$end" ]; do
        kill -0 "$1" 2>/dev/null || return 0
        [ "$(ps -o stat= -p "$1" | cut -c1)" != Z ] || return 0
        sleep 0.01
    done
    return 1
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# listens SOCKET: a web server listens on the Unix socket.
listens() {
    [ -S "$1" ] && curl -s -o /dev/null --unix-socket "$1" http://localhost/ 2>/dev/null
}

# listens_on PORT [ADDRESS]: something accepts TCP connections there.
listens_on() {
    (: <>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null
}
