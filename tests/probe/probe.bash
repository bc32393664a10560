# For each suite that runs the probe in the laboratory.
# A suite loads suite.bash before this.

load ../helpers/program
load ../helpers/network
load ../helpers/dns
load ../helpers/certificates
load ../helpers/nginx
load ../helpers/lighttpd
load lab
load deployment

IN_TIME=$BATS_TEST_DIRNAME/in_time
PROBE=$(realpath "${MTA_STS_PROBE:-$(dirname "$MTA_STS")/mta-sts-probe}")

setup_file() {
    lab_start
}

teardown_file() {
    lab_stop
}

# probe ARGUMENT...: runs the probe in the laboratory.
probe() {
    inside "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --timeout 10 "$@"
}

# probe_in_time ARGUMENT...: probe, for many domains at once, or an exact result about a name server: see in_time.
probe_in_time() {
    inside "$IN_TIME" "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --timeout 10 "$@"
}

# limited LIMIT ARGUMENT...: the probe with a limit of prlimit. Its servers are in time.
limited() {
    local limit=$1
    shift
    inside "$IN_TIME" prlimit "$limit" "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --timeout 10 "$@"
}

# begin_four SECONDS [OPTION...]: the probe in the background, two domains at a time, of which the second one and the third hang for up to SECONDS. Waits until it is
# at the third one: then the first is done, and the fourth was not looked at. PROBING is its process; its output is in out.
begin_four() {
    local at
    at=$(inside kdig +short mail.smtp-hung.test A)
    [ -n "$at" ]
    # shellcheck disable=SC2086
    $INSIDE "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" -j 2 --timeout "$@" healthy.test answer-hung.test smtp-hung.test txt-none.test >out 2>err 3>&- &
    PROBING=$!
    PIDS+=("$PROBING")
    until_true is_connected "$PROBING" "$at"
}

is_connected() {
    inside ss -Htnp dst "$2" | grep -q "pid=$1,"
}

# interrupted: Ctrl-C ends it, with the status of what is known so far.
interrupted() {
    local code=0
    kill -INT "$PROBING"
    ended "$PROBING"
    wait "$PROBING" || code=$?
    [ "$code" -eq 2 ] || [ "$code" -eq 3 ]
}
