# `make run`, as a new user sees it.

load helpers/suite

@test "make run shows a policy over HTTPS, serves it, and leaves nothing behind" {
    free_port >port
    mkdir tmp
    cat >ours.ini <<'INI'
[defaults]
mx = mail.example.net
[one.example two.example]
INI
    leave_alone ours.ini
    background fcgi.log env TMPDIR="$DIR/tmp" PORT="$(cat port)" "$BATS_TEST_DIRNAME/../examples/try/run" "$MTA_STS" ours.ini
    local run=$STARTED
    until_true grep -q 'Serving until Ctrl-C' fcgi.log
    grep -q '    mx: mail.example.net' fcgi.log
    # The command that it prints works as it is.
    local command
    command=$(grep -o 'curl -k .*two.example.*' fcgi.log)
    $command -s -o body
    is_policy two_example body
    pgrep -P "$run" >children
    kill -TERM "$run"
    wait "$run"
    [ -z "$(ls tmp)" ]
    local child
    while read -r child; do
        ended "$child"
    done <children
    [ "$(wc -l <children)" -eq 2 ]
}

two_example() {
    printf 'version: STSv1\r\nmode: testing\r\nmx: mail.example.net\r\nmax_age: 604800\r\n'
}

@test "make run says what is wrong: no domain in the file, a port in use" {
    echo '; nothing yet' >ours.ini
    run "$BATS_TEST_DIRNAME/../examples/try/run" "$MTA_STS" ours.ini
    [ "$status" -eq 1 ]
    [[ $output == *"names no domain"* ]]
    python3 -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(); open("port", "w").write(str(s.getsockname()[1])); time.sleep(20)' 3>&- &
    PIDS+=($!)
    until_true test -s port
    run env PORT="$(cat port)" "$BATS_TEST_DIRNAME/../examples/try/run" "$MTA_STS" policies.ini
    [ "$status" -eq 1 ]
    [[ $output == *"port $(cat port) is in use by another program; write PORT="*" make run"* ]]
}
