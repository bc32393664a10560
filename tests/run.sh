#!/usr/bin/env bash
# run.sh BUILD [units] SUITE...: runs the unit tests in the folder BUILD and the bats suites against BUILD/mta-sts, in parallel. Prints what failed, and
# last a line "N passed, N failed". Ends bats after TEST_SECONDS (default: 600). In CI (the variable CI is set) a skipped test counts as failed.
# TEST_JOBS tests run at once (default: four for each processor).
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

# reasons: each failed or skipped test, what failed in it, and the last four lines of what it printed.
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
        END { tell() }' "$out/tap"
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
        without+=(--filter-tags "!$name")
    done
    # A session of its own, by which its processes are found: GNU parallel gives each file a process group.
    TMPDIR=$out setsid bats --tap --jobs "${TEST_JOBS:-$(($(nproc) * 4))}" --no-parallelize-across-files "${without[@]}" "$@" >"$out/bats" 2>&1 &
    session=$!
    setpriv --pdeathsig TERM sleep "$limit" &
    timer=$!
    wait -n "$session" "$timer"
    code=$?
    if ! kill "$timer" 2>/dev/null; then
        running=$(pgrep -s "$session" -af bats-exec-file | grep -o '[^ /]*\.bats' | sort -u | tr '\n' ' ')
        echo "not ok 0 - bats: ended after $limit s, while these ran: ${running% }; TEST_SECONDS=$((limit * 2)) allows more" >>"$out/tap"
        end_session
    # The same if a test vanishes.
    elif [ "$code" -ne 0 ] && ! grep -q '^not ok [0-9]' "$out/bats"; then
        echo "not ok 0 - bats: exit status $code" >>"$out/tap"
    fi
    cat "$out/bats" >>"$out/tap"
    session=
fi
# All processes that a test has started must be gone.
if left=$(pgrep -af -- "$MTA_STS|$out"); then
    printf 'not ok 0 - left running:\n%s\n' "$left" >>"$out/tap"
    pkill -KILL -f -- "$out" # by the folder of this run: another run may test the same program
fi

passed=$(grep -cE '^ok [0-9]+' "$out/tap")
failed=$(grep -cE '^not ok [0-9]+' "$out/tap")
skipped=$(grep -cE '^ok .* # skip' "$out/tap")
if [ -n "${CI:-}" ]; then
    failed=$((failed + skipped))
    passed=$((passed - skipped))
fi
if [ "$failed" -gt 0 ]; then
    grep -vE '^ok|^[0-9]+\.\.|^# ok' "$out/tap"
fi
[ "$passed" -gt 0 ] || failed=$((failed + 1))
echo "$passed passed, $failed failed"
if [ -n "${COUNTS:-}" ]; then
    reasons >>"$COUNTS.failed"
    echo "$passed $failed" >>"$COUNTS"
fi
[ "$failed" -eq 0 ]
