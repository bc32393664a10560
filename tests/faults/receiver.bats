# mta-sts-reports: each call of the allocator, and of the system, fails once. No 201 without a whole file, no crash, and no report that is lacking silently.

load faults

MTA_STS=$(dirname "$MTA_STS")/mta-sts-reports
SYSTEM="openat mkdirat fallocate ftruncate fsync renameat flock newfstatat getdents64 close read"

# every_call SCENARIO...: receiver.py with each. The sum of their results becomes a row of the table, with the name FAULT.
every_call() {
    local scenario runs=0 asked=0 right=0 refused=0 lost=0 own=0 one
    ulimit -c 0
    for scenario in "$@"; do
        "$FAULTS/receiver.py" "$MTA_STS" "$(dirname "$MTA_STS")/failnth.so" "$scenario" >outcome 2>&1 || {
            cat outcome
            return 1
        }
        cat outcome
        read -r -a one < <(sed -n 's/^counted //p' outcome)
        runs=$((runs + one[0])) asked=$((asked + one[1])) right=$((right + one[2])) refused=$((refused + one[3])) lost=$((lost + one[5])) own=$((own + one[6]))
    done
    # shellcheck disable=SC2034 # for add_row
    ASKED=$asked RIGHT=$right REFUSED=$refused WRONG=0 LOST=$lost
    add_row "$FAULT" none "$runs" "libfcgi's own: $own"
}

# every_system_call ROLE [CALL...]: the same with each call of the system, and these.
every_system_call() {
    local call scenarios=()
    for call in $SYSTEM "${@:2}"; do
        scenarios+=("$1 $call")
    done
    FAULT="a call of the system fails: a report by $1" every_call "${scenarios[@]}"
}

@test "a report by CGI: every call of the allocator fails once" {
    FAULT="a call of the allocator fails: a report by CGI" every_call "CGI memory"
}

@test "a report by FastCGI: every call of the allocator fails once" {
    FAULT="a call of the allocator fails: a report by FastCGI" every_call "FastCGI memory"
}

@test "reports are read: every call of the allocator fails once" {
    FAULT="a call of the allocator fails: reports are read" every_call "reading memory"
}

@test "a report by CGI: every call of the system fails once" {
    every_system_call CGI write
}

@test "a report by FastCGI: every call of the system fails once" {
    every_system_call FastCGI
}
