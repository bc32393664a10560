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

# in_time COMMAND...: COMMAND, which runs the probe, with its output in the file out. It is run again, up to five times, where an answer of another domain
# than answer-slow.test took the two seconds that the probe calls slow: on a busy machine, answers to many at once do.
in_time() {
    local i code meant=0
    [[ " $* " != *' answer-slow.test '* ]] || meant=1
    for i in 1 2 3 4 5; do
        code=0
        "$@" >out || code=$?
        [ "$(tr -s ' \n' ' ' <out | grep -o 'is slow for the whole answer, also' | wc -l)" -gt "$meant" ] || break
        echo "answers were slow, run $i: $(tail -n 1 out | cut -c 1-200)"
    done
    return "$code"
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
