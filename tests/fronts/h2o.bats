# h2o, as examples/ has it, with the program started by spawn-fcgi.

load ../helper
load fronts

# filled FILE: a file of examples/ with this test's names, ports and paths. Only root can have a user in it.
filled() {
    local user=(user: user:)
    [ "$(id -u)" -eq 0 ] || user=('user:' '# user:')
    fill "$1" "${user[@]}" example.org a.test example.net b.test 'port: 443' "port: $PORT\\n  host: 127.0.0.1" \
        /etc/ssl/mta-sts "$DIR" /usr/local/bin/mta-sts "$MTA_STS" /etc/mta-sts/policies.ini "$DIR/policies.ini" \
        /run/mta-sts "$DIR" /var/log/h2o/error.log "$DIR/h2o.log"
}

# start_front FILE
start_front() {
    h2o -m worker -c "$DIR/$1" >h2o.out 2>&1 3>&- &
    PIDS+=($!)
    until_true front_answers || {
        cat h2o.out h2o.log
        return 1
    }
}

# start_program: as README.md says, in the foreground.
start_program() {
    filled h2o/README.md | sed -n 's/^ *spawn-fcgi /exec spawn-fcgi -n /p' >start
    sh start >fcgi.log 2>&1 3>&- &
    PIDS+=($!)
    until_true grep -q 'mta-sts: ready' fcgi.log
}

# start_example [SED-SCRIPT]: changed by it.
start_example() {
    prepare_front
    start_program
    filled h2o/h2o.conf | sed "${1:-}" >h2o.conf
    [ -z "${1:-}" ] || run ! cmp -s h2o.conf <(filled h2o/h2o.conf)
    start_front h2o.conf
}

# request HOST: to the policy's path, whatever host the connection was opened for.
request() {
    curl -s --max-time 20 --cacert ca.pem --connect-to "::127.0.0.1:$PORT" -H "Host: $1" https://mta-sts.b.test/.well-known/mta-sts.txt
}

@test "h2o: everything" {
    start_example
    ask_everything h2o
}

@test "h2o: the error log says what is wrong with the name" {
    start_example
    request www.a.test
    until_true grep -qF 'SERVER_NAME is "no-policy-host", HTTP_HOST is "www.a.test": no policy host' h2o.log
    logged 1 'no policy host'
}

@test "\"*\": both policies are right, and the log tells of the fixed name" {
    start_example 's|"mta-sts.b.test":|"*":|'
    request mta-sts.a.test | cmp - a.txt
    request mta-sts.b.test | cmp - b.txt
    until_true logged 1 'the front server passes one fixed SERVER_NAME'
    until_true grep -qF 'the front server passes one fixed SERVER_NAME' h2o.log
}
