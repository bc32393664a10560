# .ci/run, with a make, a tools/packages and a tools/debian that only count: it is green where all tiers ran and passed, and nowhere else.

bats_require_minimum_version 1.5.0
load helpers/suite

# fake FILE: makes this program from standard input.
fake() {
    mkdir -p "${1%/*}"
    cat >"$1"
    chmod 755 "$1"
}

# In a tier five tests pass. WRONG is what a tier or a release does first; NAME is its name there. Lint counts nothing itself, as in the Makefile.
fakes() {
    mkdir tmp
    fake tree/.ci/run <"$BATS_TEST_DIRNAME/../.ci/run"
    fake tree/tools/packages <<<'eval "${WRONG_PACKAGES:-}"'
    fake tree/tools/debian <<'SH'
#!/bin/bash
NAME=$1
shift
eval "${WRONG:-}"
exec "$@"
SH
    fake bin/make <<'SH'
#!/bin/bash
NAME=${!#}
eval "${WRONG:-}"
[ "$NAME" = lint ] || { echo "5 passed, 0 failed"; echo "5 0" >>"$COUNTS"; }
SH
    export PATH=$DIR/bin:$PATH TMPDIR=$DIR/tmp RELEASES=other
}

# ci WRONG [TIER...]: runs it here, and on the release other.
ci() {
    WRONG=$1 run tree/.ci/run "${@:2}"
    echo "$1: $status"
    echo "$output"
    [ -z "$(ls -A tmp)" ]
}

# ends STATUS LINE
ends() {
    [[ $status -eq $1 && ${lines[-1]} == "$2" ]]
}

# tells LINE...: these, with their "failed: " or "again: ", are those before the last one.
tells() {
    [ "$(sed '$d' <<<"$output" | tac | sed -nE '/^(again|failed): /!q; p' | tac)" = "$(printf '%s\n' "$@")" ]
}

# began COUNT PREFIX: so many tiers.
began() {
    [ "$(grep -c "^$2== make [a-z-]*$" <<<"$output")" -eq "$1" ]
}

@test "ci: all tiers, here and there; the named ones; here alone" {
    fakes
    ci ''
    ends 0 '112 passed, 0 failed'
    began 12 ''
    began 12 'other: '
    ci '' test lint
    ends 0 '12 passed, 0 failed'
    RELEASES='' ci ''
    ends 0 '56 passed, 0 failed'
    began 12 ''
}

# shellcheck disable=SC2016 # here and below: for the fakes
@test "ci: a tier that fails, dies or tests nothing, here and there: a failure each" {
    fakes
    local wrong tier
    for tier in test fuzz sanitize; do
        for wrong in 'exit 1' 'exit 0' 'kill -KILL $$'; do
            ci "[ \$NAME != $tier ] || $wrong"
            ends 1 '102 passed, 2 failed'
        done
    done
    ci '[ $NAME != lint ] || exit 2'
    ends 1 '110 passed, 2 failed'
    # Failures that it counted are enough; without one, its end is one.
    ci '[ $NAME != test ] || { echo "3 2" >>"$COUNTS"; exit 1; }; [ $NAME != fuzz ] || exit 1'
    ends 1 '98 passed, 6 failed'
    ci '[ $NAME != test ] || { echo "3 0" >>"$COUNTS"; exit 1; }'
    ends 1 '108 passed, 2 failed'
}

@test "ci: a release that does not come, or dies after a sum of one of its tiers: a failure" {
    fakes
    local wrong
    for wrong in 'exit 1' 'exit 0' 'kill -KILL $$' 'echo "5 passed, 0 failed, or so"; exit 0'; do
        ci "[ \$NAME != other ] || { $wrong; }"
        ends 1 '56 passed, 2 failed'
        ci "[ \$NAME != other ] || { $wrong; }" test
        ends 1 '5 passed, 1 failed'
    done
    for wrong in 'exit 1' 'kill -KILL $$'; do
        ci "[ \$NAME != other ] || { echo '7 passed, 0 failed'; $wrong; }" test
        ends 1 '12 passed, 1 failed'
    done
    # Its log cannot be written.
    ci 'mkdir "${COUNTS%/*}/0.log"' test
    ends 1 '5 passed, 1 failed'
}

@test "ci: what failed is told once more at the end, here and there" {
    fakes
    ci '[ $NAME != test ] || { printf "not ok 7 a name\n# why\n\n" >>"$COUNTS.failed"; echo "4 1" >>"$COUNTS"; exit 1; }; [ $NAME != lint ] || exit 1'
    ends 1 '108 passed, 4 failed'
    tells 'failed: '{'not ok 7 a name','# why','','make lint','other: make lint','other: not ok 7 a name','other: # why','other: '}
    # Who counts a failure and tells none is told by its name; so is who dies.
    ci '[ $NAME != test ] || { echo "4 1" >>"$COUNTS"; exit 1; }; [ $NAME != other ] || { echo "7 passed, 1 failed"; kill -KILL $$; }' test
    ends 1 '11 passed, 2 failed'
    tells 'failed: make test' 'failed: other: .ci/run'
    WRONG_PACKAGES='exit 1' ci ''
    tells 'failed: tools/packages make'
    # A line of a tier that only looks like one.
    ci 'echo "failed: not"' test
    ends 0 '10 passed, 0 failed'
    tells
    # What passed when it was run again does not hide the name of who fails, and is told where nothing fails, too.
    local again='[ $NAME != test ] || { printf "not ok 7 a name\n# why\n" >>"$COUNTS.again"; }'
    ci "$again"
    ends 0 '112 passed, 0 failed'
    tells 'again: '{'not ok 7 a name','# why','other: not ok 7 a name','other: # why'}
    ci "$again; [ \$NAME != test ] || exit 1" test
    ends 1 '0 passed, 2 failed'
    tells 'again: '{'not ok 7 a name','# why','other: not ok 7 a name','other: # why'} 'failed: make test' 'failed: other: make test'
}

@test "ci: no packages, no folder for what it counts, no test: a failure" {
    fakes
    WRONG_PACKAGES='exit 1' ci ''
    ends 1 '0 passed, 1 failed'
    TMPDIR=$DIR/nowhere run ! tree/.ci/run
    ci 'rm -r "${COUNTS%/*}"' test
    [ "$status" -ne 0 ]
    ci 'exit 0' --version
    ends 1 '0 passed, 2 failed'
}

# all_reached: each of the two lines here, and the other release, is within a tier.
all_reached() {
    [ "$(ls reached 2>/dev/null | wc -l)" -eq 3 ]
}

# As in a recipe of make, a shell that does not pass the signal on is between make and the tests.
@test "ci: at a signal, no tier goes on" {
    fakes
    local signal pid pids
    fake bin/suites <<'SH'
#!/bin/bash
echo $$ >"$DIR/reached/$$"
exec sleep 1000
SH
    for signal in TERM HUP INT; do
        rm -rf reached
        mkdir reached
        # shellcheck disable=SC2016
        WRONG='[ "$NAME" = other ] || { sh -c "suites; :"; exit; }' DIR=$DIR background "$signal.log" env --default-signal tree/.ci/run
        until_true all_reached
        mapfile -t pids < <(cat reached/*)
        PIDS+=("${pids[@]}")
        kill -"$signal" "$STARTED"
        for pid in "${pids[@]}"; do
            ended "$pid"
        done
    done
}
