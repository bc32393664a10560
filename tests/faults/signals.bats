# Processes that end under load: behind fronts that try another backend, and with a socket that outlives them.

load faults

two_backends() {
    expect 1 policies.ini
    start_program a.sock -f policies.ini
    A=$PROGRAM
    start_program b.sock -f policies.ini
    B=$PROGRAM
}

# nth_pid N: of the processes that keep.py holds.
nth_pid() {
    sed -n "$1p" pids
}

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
        kill -TERM "$A"
        ended "$A"
        wait "$A"
        start_program a.sock -f policies.ini
        A=$PROGRAM
        sleep 0.4
        kill -TERM "$B"
        ended "$B"
        wait "$B"
        start_program b.sock -f policies.ini
        B=$PROGRAM
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
    kill -TERM "$A"
    ended "$A"
    wait "$A"
    start_program a.sock -f policies.ini
    sleep 1
    end_load
    count lighttpd
    tell "SIGTERM and restart of one of two" lighttpd 1 "it does not try again; slowest $SLOWEST ms"
    [ "$WRONG $LOST" = "0 0" ]
    back_to_normal
}

@test "SIGTERM of processes whose socket is kept: nothing is lost behind any front" {
    expect 1 policies.ini
    start_kept kept.sock 2 -f policies.ini
    front_lighttpd kept.sock
    front_nginx kept.sock
    begin_load 5
    local i pid
    for i in 1 2 3 4 5 6 7 8 9 10; do
        sleep 0.3
        pid=$(nth_pid $((i % 2 + 1)))
        kill -TERM "$pid"
        until_true was_replaced $((i % 2 + 1)) "$pid"
    done
    end_load
    all_right "SIGTERM, the socket kept" 10
    [ "$(grep -c 'keep: ended with 0' kept.sock.log)" -eq 10 ]
    back_to_normal
}

@test "SIGTERM of the only process whose socket is kept: who asks meanwhile waits, and nothing is lost" {
    expect 1 policies.ini
    start_kept kept.sock 1 -f policies.ini
    front_lighttpd kept.sock
    front_nginx kept.sock
    begin_load 4
    local i pid
    for i in 1 2 3 4 5; do
        sleep 0.5
        pid=$(nth_pid 1)
        kill -TERM "$pid"
        until_true was_replaced 1 "$pid"
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
    kill -KILL "$A"
    end_load
    all_right "SIGKILL of one of two" 1
    back_to_normal
}

@test "SIGKILL of one of two whose socket is kept: at most what it was answering is lost" {
    expect 1 policies.ini
    start_kept kept.sock 2 -f policies.ini
    front_lighttpd kept.sock
    front_nginx kept.sock
    begin_load 5
    local i pid front
    for i in 1 2 3 4 5; do
        sleep 0.5
        pid=$(nth_pid 1)
        kill -KILL "$pid"
        until_true was_replaced 1 "$pid"
    done
    end_load
    for front in "${!PORT[@]}"; do
        count "$front"
        tell "SIGKILL of one of two, the socket kept" "$front" 5
        # 16 threads, each with one request at the most.
        [ $((REFUSED + LOST)) -le 80 ]
        [ "$WRONG" -eq 0 ]
    done
    back_to_normal
}
