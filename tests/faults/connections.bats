# Front servers that open connections and send nothing, that keep connections, and that hang up.

load faults

# held_up_nobody FAULT TRIES: every answer through every front server was right. Whom a silent connection holds up waits until it is given up, after five seconds:
# nobody waited so long.
held_up_nobody() {
    local front
    all_right "$1" "$2"
    for front in "${!PORT[@]}"; do
        count "$front"
        [ "$SLOWEST" -lt 4500 ]
    done
}

descriptors() {
    find "/proc/$PROGRAM/fd" -mindepth 1 | wc -l
}

# gave_back N: the program has no more than N descriptors open.
gave_back() {
    [ "$(descriptors)" -le "$1" ]
}

rude_under_load() {
    local kind=$1 n=$2 fault=$3 before
    expect 1 policies.ini
    behind_both -t 4
    before=$(descriptors)
    # Who is held up from now on is answered before the load ends.
    begin_load 9
    sleep 0.3
    be_rude "$kind" "$n" 7
    end_load
    wait "$RUDE"
    held_up_nobody "$fault" "$(tail -1 rude.count)"
    back_to_normal
    until_true gave_back "$before"
    still_runs
}

@test "64 connections that say nothing, 4 threads: load is answered as if they were not there" {
    rude_under_load silent 64 "64 silent connections, 4 threads"
}

@test "64 connections that send half a request, 4 threads: the same" {
    rude_under_load half 64 "64 half requests, 4 threads"
}

@test "a front that hangs up before the answer, and in the middle of it" {
    rude_under_load hang-up 12 "hangs up"
}

@test "kept connections, more of them than threads: nginx and HAProxy, each client is answered" {
    expect 1 policies.ini
    start_program fcgi.sock -f policies.ini -t 4
    front_nginx kept fcgi.sock
    front_haproxy
    begin_load 4 32
    end_load
    all_right "kept connections, 32 clients, 4 threads" 32
    local front
    for front in nginx haproxy; do
        count "$front"
        [ "$CLIENTS" -eq 32 ]
    done
    back_to_normal
    still_runs
}
