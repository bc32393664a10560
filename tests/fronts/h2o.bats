# h2o: the example, with the program started by spawn-fcgi.
# bats file_tags=h2o

load fronts

# filled FILE: a file of examples/ with this test's names, ports and paths. Only root can set a user.
filled() {
    local user=(user: user:)
    [ "$(id -u)" -eq 0 ] || user=('user:' '# user:')
    fill "$1" "${user[@]}" example.org a.test example.net b.test 'port: 443' "port: $PORT\\n  host: 127.0.0.1" \
        /etc/ssl/mta-sts "$DIR" /usr/local/bin/mta-sts "$MTA_STS" /etc/mta-sts/policies.ini "$DIR/policies.ini" \
        /run/mta-sts "$DIR" /var/log/h2o/error.log "$DIR/h2o.log"
}

# start_front FILE: h2o with the configuration FILE.
start_front() {
    background h2o.out h2o -m worker -c "$DIR/$1"
    is_up h2o front_answers
}

# start_example [SED-SCRIPT]: the example, changed by SED-SCRIPT.
start_example() {
    prepare_front
    start_documented "$(filled h2o/README.md)"
    filled h2o/h2o.conf | sed "${1:-}" >h2o.conf
    [ -z "${1:-}" ] || run ! cmp -s h2o.conf <(filled h2o/h2o.conf)
    start_front h2o.conf
}

@test "h2o: everything" {
    start_example
    ask_everything h2o
}

@test "h2o: the error log says what is wrong with the name" {
    start_example
    request www.a.test
    until_true grep -qF 'SERVER_NAME is "no-policy-host", HTTP_HOST is "www.a.test": neither is a policy host' h2o.log
    logged 1 'neither is a policy host'
}

@test "\"*\": both policies are right, and the log tells of the fixed name" {
    start_example 's|"mta-sts.b.test":|"*":|'
    mistake_is_logged 'the front server passes one fixed SERVER_NAME' h2o.log
}
