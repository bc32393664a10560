#!/usr/bin/env bash
# run.sh BUILD [units] SUITE...: runs the unit tests in the folder BUILD and the bats suites against BUILD/mta-sts, in parallel. Prints what failed, and
# last a line "N passed, N failed". Ends bats after TEST_SECONDS (default: 600). In CI (the variable CI is set) a skipped test counts as failed.
# TEST_JOBS tests run at once (default: four for each processor).
# In CI a test of bats that failed is run three times more when all others have ended, and counts as passed where it then passes each time: on a machine that
# stands still for seconds, now one and now another of ten thousand tests does not end in time. It is told as such. What slowness does not explain counts at once.
# ABSENT has what is not here: packages that this release of Debian does not have; native, where the program is emulated; browser, where only the program
# counts. The tests with such a tag are left out.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

build=$1 limit=${TEST_SECONDS:-600}
shift
out=$(mktemp -d) || exit 1
session=
# Tests that run end with this script.
trap 'end_session; rm -rf "$out"' EXIT
trap 'exit 1' HUP INT TERM

# end_session: ends what runs in it, and what a test keeps in a session of its own: that has the name of a file of the test.
end_session() {
    [ -n "$session" ] || return 0
    pkill -TERM -s "$session"
    sleep 2
    pkill -KILL -s "$session"
    pkill -KILL -f -- "$out"
    session=
}

export MTA_STS=$PWD/$build/mta-sts

# reasons: each failed or skipped test of those in standard input, what failed in it, and the last four lines of what it printed.
reasons() {
    awk -v last=4 '
        function tell(i) {
            if (failed) {
                print name
                for (i = 1; i <= n; i++) {
                    if (i <= what || i > n - last) {
                        print substr(line[i], 1, 200)
                    }
                }
            }
        }
        /^(not )?ok [0-9]|^[0-9]+\.\./ { tell(); name = $0; failed = /^not|^ok .* # skip/; n = what = 0; next }
        { line[++n] = $0 }
        /^#   `.*. failed/ && !what { what = n }
        END { tell() }'
}

# run_bats SECONDS OUTPUT ARGUMENT...: bats, in a session of its own, by which its processes are found: GNU parallel gives each file a process group. 124 where
# the time is over: the suites that it was at are then in $out/running.
run_bats() {
    local timer code
    TMPDIR=$out setsid bats --tap --print-output-on-failure "${without[@]}" "${@:3}" >"$2" 2>&1 &
    session=$!
    setpriv --pdeathsig TERM sleep "$1" &
    timer=$!
    wait -n "$session" "$timer"
    code=$?
    if ! kill "$timer" 2>/dev/null; then
        pgrep -s "$session" -af bats-exec-file | grep -o '[^ /]*\.bats' | sort -u | paste -sd ' ' >"$out/running"
        end_session
        return 124
    fi
    session=
    return "$code"
}

# block N: what bats printed of its test N.
block() {
    awk -v first="^(not )?ok $1 " '/^(not )?ok [0-9]/ { on = $0 ~ first } on' "$out/bats"
}

# passes_three_times NAME SUITE...: whether this test does, alone. Each time it has five minutes.
passes_three_times() {
    local name
    # The filter of older releases of bats sees the backslashes that are in the suite.
    name=$(printf '%s' "$1" | sed 's/[][\.*^$+?(){}|]/\\&/g; s/\(\\\$\|["`]\)/\\\\?&/g')
    for _ in 1 2 3; do
        run_bats 300 "$out/once-more" --filter "^$name\$" "${@:2}" || return 1
        grep -q '^ok [0-9]' "$out/once-more" && ! grep -q '^ok .* # skip' "$out/once-more" || return 1
    done
}

# What slowness does not explain: a finding of a sanitizer or of valgrind, a crash (also by the exit status), another policy than the right one or a part of it (as
# cmp and diff say it), a wrong answer under load, a call that failed as it should not.
unexplained='Sanitizer|runtime error:|^# ==[0-9]+== |Segmentation fault|Aborted|Bus error|Illegal instruction|Floating point exception|stack smashing'
unexplained+='|Bad system call|Trace/breakpoint|\*\*\* .*: terminated|(free|malloc|realloc|_chunk|_consolidate)\(\): |double free|corrupted |Assertion .*failed'
unexplained+='|(with status|code [0-9]+, got) (99|13[2-69]|159)$|differ: (byte|char)|EOF on .* after byte|^# [0-9,]+c[0-9,]+$'
unexplained+='|^# counted [0-9]+ [0-9]+ [0-9]+ [1-9]|Non-2xx|: call [0-9, ]+ fails:'

# end_left: all processes that a test has started must be gone.
end_left() {
    local left
    # Another run may look for the same program, or test it.
    if left=$(pgrep -af -- "$MTA_STS|$out" | grep -vE '^[0-9]+ (pgrep|pkill) '); then
        printf 'not ok 0 - left running:\n%s\n' "$left" >>"$out/tap"
        pkill -KILL -f -- "$out" # by the folder of this run
    fi
}

# is_complete: bats tells of each test that it began.
is_complete() {
    [ "$(sed -n 's/^1\.\.//p' "$out/bats")" = "$(grep -cE '^(not )?ok [1-9]' "$out/bats")" ]
}

# run_again SUITE...: what failed, unless it is more than a slow machine makes fail.
run_again() {
    local number name failures
    mapfile -t failures < <(sed -n 's/^not ok \([1-9][0-9]* .*\)/\1/p' "$out/bats")
    if [ "${#failures[@]}" -gt 3 ] || ! is_complete; then
        return
    fi
    for name in "${failures[@]}"; do
        number=${name%% *} name=${name#* }
        block "$number" >"$out/block"
        if ! grep -aqE "$unexplained" "$out/block" && passes_three_times "$name" "$@"; then
            reasons <"$out/block" >>"$out/again"
            sed '1 s/^/Failed, and passed three times when it was run again: /' "$out/block"
            awk -v first="^not ok $number " '/^(not )?ok [0-9]/ { on = $0 ~ first; sub(first, "ok '"$number"' ") } !on || /^ok/' "$out/bats" >"$out/rest"
            mv "$out/rest" "$out/bats"
        fi
    done
}

if [ "${1:-}" = units ]; then
    shift
    for test in $(find "$build/unit" -type f -perm -100 | sort); do
        CMOCKA_MESSAGE_OUTPUT=TAP "$test" >"$out/unit" 2>&1
        code=$?
        cat "$out/unit" >>"$out/tap"
        # A test that crashes or leaks prints no "not ok".
        if [ "$code" -ne 0 ] && ! grep -q '^not ok [0-9]' "$out/unit"; then
            echo "not ok 0 - $test: exit status $code" >>"$out/tap"
            tail -n 4 "$out/unit" | sed 's/^/# /' >>"$out/tap"
        fi
    done
fi
if [ $# -gt 0 ]; then
    without=()
    for name in ${ABSENT:-}; do
        echo "Left out, since this is not here: $name"
        without=(--filter-tags "${without[1]:+${without[1]},}!$name")
    done
    code=0
    run_bats "$limit" "$out/bats" --jobs "${TEST_JOBS:-$(($(nproc) * 4))}" --no-parallelize-across-files "$@" || code=$?
    if [ "$code" -eq 124 ]; then
        echo "not ok 0 - bats: ended after $limit s, while these ran: $(cat "$out/running"); TEST_SECONDS=$((limit * 2)) allows more" >>"$out/tap"
    # The same if a test vanishes.
    elif [ "$code" -ne 0 ] && ! grep -q '^not ok [0-9]' "$out/bats"; then
        echo "not ok 0 - bats: exit status $code" >>"$out/tap"
    elif [ "$code" -ne 0 ] && [ -n "${CI:-}" ]; then
        end_left
        run_again "$@"
    fi
    cat "$out/bats" >>"$out/tap"
fi
end_left

passed=$(grep -cE '^ok [0-9]+' "$out/tap")
failed=$(grep -cE '^not ok [0-9]+' "$out/tap")
skipped=$(grep -cE '^ok .* # skip' "$out/tap")
if [ -n "${CI:-}" ]; then
    failed=$((failed + skipped))
    passed=$((passed - skipped))
fi
if [ "$failed" -gt 0 ]; then
    grep -avE '^ok|^[0-9]+\.\.|^# ok' "$out/tap"
fi
[ "$passed" -gt 0 ] || failed=$((failed + 1))
echo "$passed passed, $failed failed"
if [ -n "${COUNTS:-}" ]; then
    reasons <"$out/tap" >>"$COUNTS.failed"
    [ ! -f "$out/again" ] || cat "$out/again" >>"$COUNTS.again"
    echo "$passed $failed" >>"$COUNTS"
fi
[ "$failed" -eq 0 ]
