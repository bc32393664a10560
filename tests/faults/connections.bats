# Front servers that open connections and send nothing, that keep connections, and that hang up.

load faults

# right_within MS FAULT TRIES: every answer through every front server was right, and took less than MS.
right_within() {
    local ms=$1 front
    for front in "${!PORT[@]}"; do
        count "$front"
        add_row "$2" "$front" "$3"
        [ "$REFUSED $WRONG $LOST" = "0 0 0" ]
        [ "$SLOWEST" -lt "$ms" ]
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
    be_rude "$kind" "$n" 4
    sleep 0.3
    begin_load 3
    end_load
    wait "$RUDE"
    right_within 1000 "$fault" "$(tail -1 rude.count)"
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

@test "kept connections, more of them than threads: nginx and HAProxy" {
    expect 1 policies.ini
    start_program fcgi.sock -f policies.ini -t 4
    front_nginx kept fcgi.sock
    front_haproxy
    begin_load 4 32
    end_load
    right_within 2000 "kept connections, 32 clients, 4 threads" 32
    back_to_normal
    still_runs
}
