# The suites can fail: they do with a program that gives wrong answers.

load helpers/suite

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
