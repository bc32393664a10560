# The suites can fail: they do with a program that gives wrong answers.

load helpers/suite
load helpers/program

@test "a program that answers another domain's policy fails the suites" {
    cat >wrong <<'SH'
#!/bin/sh
printf 'Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 75\r\n\r\n'
printf 'version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmax_age: 2419200\r\n'
SH
    chmod 755 wrong
    run env -u BATS_TEST_FILTER MTA_STS="$DIR/wrong" bats --jobs 1 --filter '^by hand|^lighttpd: the' "$BATS_TEST_DIRNAME/cgi.bats"
    [ "$status" -eq 1 ]
    [ "$(grep -c '^not ok' <<<"$output")" -ge 8 ]
}

@test "a suite that hangs ends when its time is over, and fails by name" {
    echo '@test "hangs" { sleep 60; }' >hangs.bats
    # A program of that name does not run: its processes would count as left running.
    run -1 env -u BATS_TEST_FILTER -u COUNTS TEST_SECONDS=2 "$BATS_TEST_DIRNAME/run.sh" no-build "$DIR/hangs.bats"
    [[ $output == *'not ok 0 - bats: ended after 2 s, while these ran: hangs.bats; TEST_SECONDS=4 allows more'* ]]
}

@test "what failed is listed with its reason, also where the rest of a long log is gone" {
    printf '%s\n' '@test "passes" { echo none; }' 'fails() { within; }; within() { seq 9; [ 1 = 2 ]; }' '@test "fails" { fails; }' '@test "is skipped" { skip "no hat"; }' >reasons.bats
    export COUNTS=$DIR/counts
    run -1 env -u BATS_TEST_FILTER CI=true "$BATS_TEST_DIRNAME/run.sh" no-build "$DIR/reasons.bats"
    [ "$(cat counts)" = '1 2' ]
    diff counts.failed - <<TEXT
not ok 2 fails
# (from function \`within' in file $DIR/reasons.bats, line 2,
#  from function \`fails' in file $DIR/reasons.bats, line 2,
#  in test file $DIR/reasons.bats, line 3)
#   \`@test "fails" { fails; }' failed
# 6
# 7
# 8
# 9
ok 3 is skipped # skip no hat
TEXT
    # A unit test that ends before its time.
    mkdir unit
    printf '#!/bin/sh\necho "ok 1 - one"\necho "ERROR: a leak"\nexit 23\n' >unit/leaks
    chmod 755 unit/leaks
    rm counts*
    run -1 env CI=true "$BATS_TEST_DIRNAME/run.sh" "$DIR" units
    [ "$(cat counts)" = '1 1' ]
    grep -q '^not ok 0 - .*/unit/leaks: exit status 23$' counts.failed
    grep -qx '# ERROR: a leak' counts.failed
}

@test "a server that hangs is stopped with all its processes" {
    printf '#!/bin/bash\ntrap "" TERM\nsleep 60 &\necho $! >child\nwait\n' >server
    chmod 755 server
    background server.log setsid ./server
    until_true test -s child
    stop "$STARTED"
    ended "$(cat child)"
}

@test "a process that a suite leaves behind fails it, and is ended" {
    printf '%s\n' 'setup() { cd "$BATS_TEST_TMPDIR"; }' '@test "leaves one" {' \
        'cp "$(command -v sleep)" left; "$PWD/left" 60 3>&- >/dev/null 2>&1 &' '}' >leaves.bats
    run -1 env -u BATS_TEST_FILTER -u COUNTS "$BATS_TEST_DIRNAME/run.sh" no-build "$DIR/leaves.bats"
    [[ $output == *'not ok 0 - left running:'*'/left 60'* ]]
    ended "$(grep -o '^[0-9]* .*/left 60$' <<<"$output" | cut -d' ' -f1)"
}

@test "a program that is started again is waited for: the log has the line of the one before" {
    printf '#!/bin/sh\nsleep "$SLOW"\nexec "$@"\n' >slow
    chmod 755 slow
    export SLOW=0
    WRAPPER=$DIR/slow start_fastcgi -f policies.ini
    kill "$PROGRAM"
    ends_well
    SLOW=1
    WRAPPER=$DIR/slow start_fastcgi -f policies.ini
    logged 2 ': ready: '
}
