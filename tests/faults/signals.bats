# Processes that end under load: behind front servers that try another backend, and with a socket that outlives them.

load faults

# The processes of two backends, by name.
declare -gA BACKEND

two_backends() {
    expect 1 policies.ini
    start_backend a
    start_backend b
}

# start_backend NAME: the program on NAME.sock.
start_backend() {
    start_program "$1.sock" -f policies.ini
    BACKEND[$1]=$PROGRAM
}

# restart_backend NAME: ends it with SIGTERM, which it does well, and starts it again.
restart_backend() {
    PROGRAM=${BACKEND[$1]}
    kill -TERM "$PROGRAM"
    ends_well
    start_backend "$1"
}

# keep_processes N: N processes of the program on one socket that keep.py holds, with lighttpd and nginx in front of it.
keep_processes() {
    expect 1 policies.ini
    start_kept kept.sock "$1" -f policies.ini
    front_lighttpd kept.sock
    front_nginx kept.sock
}

# nth_pid N: the Nth process of keep.py.
nth_pid() {
    sed -n "$1p" pids
}

# kill_kept N SIGNAL: the Nth process of keep.py gets SIGNAL. Waits until keep.py has replaced it.
kill_kept() {
    local pid
    pid=$(nth_pid "$1")
    kill "-$2" "$pid"
    until_true was_replaced "$1" "$pid"
}

# was_replaced N PID: the Nth process of keep.py is not PID.
was_replaced() {
    [ "$(nth_pid "$1")" != "$2" ]
}

@test "SIGTERM and restart of each of two backends, nginx: it asks the other one, nothing is lost" {
    two_backends
    front_nginx a.sock b.sock
    begin_load 5
    local i
    for i in 1 2 3; do
        sleep 0.4
        restart_backend a
        sleep 0.4
        restart_backend b
    done
    end_load
    all_right "SIGTERM and restart of one of two" 6
    back_to_normal
}

@test "SIGTERM and restart of each of two backends, lighttpd: what was begun is answered, what it does not try again is refused" {
    two_backends
    front_lighttpd a.sock b.sock
    begin_load 4
    sleep 1
    restart_backend a
    sleep 1
    end_load
    count lighttpd
    add_row "SIGTERM and restart of one of two" lighttpd 1 "it does not try again; slowest $SLOWEST ms"
    [ "$WRONG $LOST" = "0 0" ]
    back_to_normal
}

@test "SIGTERM of processes whose socket is kept: nothing is lost behind any front" {
    keep_processes 2
    begin_load 5
    local i
    for i in 1 2 3 4 5 6 7 8 9 10; do
        sleep 0.3
        kill_kept $((i % 2 + 1)) TERM
    done
    end_load
    all_right "SIGTERM, the socket kept" 10
    [ "$(grep -c 'keep: ended with 0' kept.sock.log)" -eq 10 ]
    back_to_normal
}

@test "SIGTERM of the only process whose socket is kept: who asks meanwhile waits, and nothing is lost" {
    keep_processes 1
    begin_load 4
    local i
    for i in 1 2 3 4 5; do
        sleep 0.5
        kill_kept 1 TERM
    done
    end_load
    all_right "SIGTERM of the only one, the socket kept" 5
    back_to_normal
}

@test "SIGKILL of one of two backends, nginx: it asks the other one, nothing is lost" {
    two_backends
    front_nginx a.sock b.sock
    begin_load 3
    sleep 1
    kill -KILL "${BACKEND[a]}"
    end_load
    all_right "SIGKILL of one of two" 1
    back_to_normal
}

@test "SIGKILL of one of two whose socket is kept: at most what it was answering is lost" {
    keep_processes 2
    begin_load 5
    local i front
    for i in 1 2 3 4 5; do
        sleep 0.5
        kill_kept 1 KILL
    done
    end_load
    for front in "${!PORT[@]}"; do
        count "$front"
        add_row "SIGKILL of one of two, the socket kept" "$front" 5
        # 16 threads, each with at most one request.
        [ $((REFUSED + LOST)) -le 80 ]
        [ "$WRONG" -eq 0 ]
    done
    back_to_normal
}
