# mta-sts-probe on a machine that lacks memory: nothing is said of the servers. Not for the sanitizers, which have a malloc of their own.

bats_require_minimum_version 1.5.0
load ../helpers/suite
load probe

# blames_nobody CODE FILE: FILE, an output with exit status CODE, has no fault of a server.
blames_nobody() {
    [ "$1" -eq 0 ] || [ "$1" -eq 3 ] || [ "$1" -eq 127 ] || { echo "exit status $1"; cat "$2"; return 1; }
    if grep -E 'FAIL|mail:' "$2"; then return 1; fi
}

@test "too little memory: unknown, and no fault of the servers" {
    local kB code unknown=0
    # In small steps while libraries start.
    for kB in $(seq 20000 100 30000) $(seq 31000 1500 65000); do
        code=0
        limited --as=$((kB * 1024)) healthy.test >out 2>&1 || code=$?
        blames_nobody "$code" out
        [ "$code" -ne 3 ] || unknown=$((unknown + 1))
    done
    [ "$unknown" -gt 0 ]
}

@test "one call for memory fails, or all from then on: unknown, and no fault of the servers" {
    local calls n all code unknown=0 preload
    preload=LD_PRELOAD=$(dirname "$MTA_STS")/failnth.so
    inside env FAILNTH=0 FAILNTH_LOG="$DIR/calls" "$preload" "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" healthy.test >/dev/null
    calls=$(sed -n 's/^calls //p' calls)
    for n in $(seq 7 $((calls / 70)) "$calls"); do
        for all in '' FAILNTH_ALL=1; do
            rm -f failed
            code=0
            # shellcheck disable=SC2086 # perhaps nothing
            inside env FAILNTH="$n" $all FAILNTH_LOG="$DIR/failed" "$preload" "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --timeout 10 healthy.test >out 2>&1 || code=$?
            # libcurl 7.88 does not hand its allocator on to nghttp2.
            ! grep -q libnghttp2 failed || continue
            blames_nobody "$code" out
            [ "$code" -ne 3 ] || unknown=$((unknown + 1))
        done
    done
    [ "$unknown" -gt 50 ]
}

# changes FILE: the lines of an update that add a record.
changes() {
    grep '^update add ' "$1" | sort || true
}

@test "--update, one call for memory fails, or all from then on: what is printed is what would be printed with enough" {
    local calls n all code fewer=0 preload
    preload=LD_PRELOAD=$(dirname "$MTA_STS")/failnth.so
    printf '[healthy.test]\nmode = enforce\nmx = mail.healthy.test\n[txt-other.test]\nmode = enforce\nmx = mail.txt-other.test\n[host-other.test]\nmode = enforce\nmx = mail.host-other.test\n' >update.ini
    leave_alone update.ini
    # Where libunbound loses an answer with a call, the probe waits for that one, and for those behind it: a minute for each of the three domains.
    update() {
        PATIENCE=200 inside env "$@" FAILNTH_LOG="$DIR/failed" "$preload" "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --timeout 10 -j 1 -f "$DIR/update.ini" \
            --update nsupdate >out 2>err
    }
    run -2 update FAILNTH=0
    calls=$(sed -n 's/^calls //p' failed)
    changes out >all
    [ "$(wc -l <all)" -eq 2 ]
    for n in $(seq 7 $((calls / 25)) "$calls"); do
        for all in FAILNTH_ALL=0 FAILNTH_ALL=1; do
            rm -f failed
            code=0
            update FAILNTH="$n" ${all#FAILNTH_ALL=0} || code=$?
            ! grep -q libnghttp2 failed || continue
            # libunbound crashes in some places. Then nothing was printed in half, either.
            [ "$code" -ne 139 ] || ! grep -q libunbound failed || code=3
            # 127: a library could not be loaded. Nothing but what is safe is printed, and without all of it there is a reason.
            [ "$code" -eq 2 ] || [ "$code" -eq 3 ] || [ "$code" -eq 127 ] || { echo "exit status $code"; cat out err failed; return 1; }
            [ -z "$(comm -13 all <(changes out))" ]
            cmp -s all <(changes out) || { [ -s err ] && fewer=$((fewer + 1)); }
        done
    done
    [ "$fewer" -gt 10 ]
}

@test "libunbound's thread has no memory left to end: the probe ends all the same" {
    inside env FAILNTH=0 FAILNTH_END=1 FAILNTH_LOG="$DIR/calls" "LD_PRELOAD=$(dirname "$MTA_STS")/failnth.so" \
        "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" healthy.test
}

@test "mta-sts-reports that prints without end: the probe runs out of memory, and ends" {
    printf '[d1.example]\nmx = a.example\n' >policies.ini
    leave_alone policies.ini
    mkdir in bin
    cp "$PROBE" bin/mta-sts-probe
    printf '#!/bin/sh\nyes "d1.example  ready: x"\n' >bin/mta-sts-reports
    chmod +x bin/mta-sts-reports
    run -3 prlimit --as=400000000 timeout 60 ./bin/mta-sts-probe -f policies.ini --reports in
    [[ $output == 'mta-sts-probe: this machine is out of memory'* ]]
}
