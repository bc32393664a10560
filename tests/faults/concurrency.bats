# Many clients while the file is replaced all the time: each answer is the old policy or the new one, byte for byte. FAULTS_ANSWERS is the number of answers.

load faults

ask_many() {
    local answers=$1 fault="$2"
    "$FAULTS_LOAD" fcgi.sock policies.ini 0 64 1000
    start_program fcgi.sock -f policies.ini "${@:3}"
    "$FAULTS_LOAD" fcgi.sock policies.ini "$PROGRAM" 64 1000 "$answers" >load.fcgi || {
        cat load.fcgi
        return 1
    }
    local versions seconds
    read -r ASKED RIGHT REFUSED WRONG LOST SLOWEST versions seconds < <(sed -n 's/^counted //p' load.fcgi)
    add_row "$fault" none "$((versions - 1))" "in $seconds s; slowest $SLOWEST ms"
    cat load.fcgi
    [ "$RIGHT" -eq "$answers" ]
    # There were several versions to mix up.
    [ "$versions" -ge 3 ]
    still_runs
}

@test "64 clients, 1,000 domains, reloads all the time: each answer is a version that was in force" {
    ask_many "${FAULTS_ANSWERS:-100000}" "64 clients, 1,000 domains, reloads"
}

@test "64 clients and a single thread: the same" {
    ask_many "$((${FAULTS_ANSWERS:-100000} / 2))" "64 clients, 1,000 domains, reloads; -t 1" -t 1
}
