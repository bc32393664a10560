# The program as a CGI program: by hand, and behind a real lighttpd.

load helpers/suite
load helpers/lighttpd

# by_hand [NAME=VALUE...] [-- ARGUMENT...]: runs the program with these variables and no others.
by_hand() {
    local variables=()
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        variables+=("$1")
        shift
    done
    shift || true
    env -i "${variables[@]}" ASAN_OPTIONS="$ASAN_OPTIONS" UBSAN_OPTIONS="$UBSAN_OPTIONS" "$MTA_STS" "$@" 2>err.log </dev/null
}

lighttpd_cgi() {
    mkdir cgi-bin
    cp "$MTA_STS" cgi-bin/mta-sts
    echo 'server.modules += ("mod_cgi", "mod_alias", "mod_setenv")'
    echo "alias.url = (\"/.well-known/mta-sts.txt\" => \"$DIR/cgi-bin/mta-sts\", \"/cgi-bin/\" => \"$DIR/cgi-bin/\")"
    echo 'cgi.assign = ("mta-sts" => "")'
    echo "setenv.set-environment = (\"MTA_STS_POLICIES\" => \"$DIR/policies.ini\", \"ASAN_OPTIONS\" => \"$ASAN_OPTIONS\")"
}

@test "by hand: headers and policy, byte for byte" {
    by_hand SERVER_NAME=mta-sts.example.org >out
    {
        printf 'Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n' "$(example_org | wc -c)"
        printf 'Cache-Control: max-age=60\r\nX-Content-Type-Options: nosniff\r\n\r\n'
        example_org
    } >expected
    cmp out expected
    [ ! -s err.log ]
}

@test "by hand: each of the environment's three names starts it" {
    by_hand GATEWAY_INTERFACE=CGI/1.1 SERVER_NAME=mta-sts.example.org | grep -q 'mx: mail.example.org'
    by_hand GATEWAY_INTERFACE=CGI/1.1 HTTP_HOST=mta-sts.example.org | grep -q 'mx: mail.example.org'
    by_hand REQUEST_METHOD=GET HTTP_HOST=mta-sts.example.org | grep -q 'mx: mail.example.org'
    by_hand GATEWAY_INTERFACE=CGI/1.1 | grep -q 'Status: 404'
}

@test "by hand: arguments are ignored, whatever they are" {
    local arguments
    for arguments in -h --version '-f /etc/passwd' check '-t 0' 'show example.org'; do
        # shellcheck disable=SC2086 # several arguments in one word
        by_hand SERVER_NAME=mta-sts.example.org -- $arguments >out
        grep -q 'mx: mail.example.org' out
    done
}

@test "by hand: HEAD has the length of GET and no body" {
    by_hand SERVER_NAME=mta-sts.example.org REQUEST_METHOD=GET | sed -n '1,/^\r$/p' >get
    by_hand SERVER_NAME=mta-sts.example.org REQUEST_METHOD=HEAD >head
    cmp get head
}

@test "by hand: templates, [defaults] and names without a dot are never served" {
    local name
    for name in google defaults GOOGLE localhost '*'; do
        by_hand "SERVER_NAME=mta-sts.$name" | grep -q 'Status: 404'
    done
}

@test "by hand: a mistake is answered 500, and told on standard error" {
    by_hand SERVER_NAME=mta-sts.broken.example >out
    grep -q '^Status: 500' out
    grep -q 'mta-sts: policies.ini:17: \[broken.example\] mx: "192.0.2.1" is an IP address; write a host name (RFC 8461 3.2)' err.log
    [ "$(wc -l <err.log)" -eq 1 ]
}

@test "by hand: no file is answered 500, and told" {
    rm policies.ini
    by_hand SERVER_NAME=mta-sts.example.org MTA_STS_POLICIES=nowhere.ini >out
    grep -q '^Status: 500' out
    grep -q 'nowhere.ini: cannot be read: No such file or directory' err.log
}

@test "by hand: no file in the program's folder is told with the folder, if no other was named" {
    rm policies.ini
    # A machine may have the system's file.
    [ -e /etc/mta-sts/policies.ini ] || by_hand SERVER_NAME=mta-sts.example.org >out
    [ -e /etc/mta-sts/policies.ini ] || grep -qxF "mta-sts: there is no policies.ini in $PWD either; put it there, named in lower case, or set MTA_STS_POLICIES" err.log
    by_hand SERVER_NAME=mta-sts.example.org MTA_STS_POLICIES="$PWD/nowhere.ini" >out
    [ "$(wc -l <err.log)" -eq 1 ]
}

@test "by hand: no policy host is told with a hint" {
    by_hand SERVER_NAME=www.example.org HTTP_HOST=$'a\nb' >out
    grep -q '^Status: 404' out
    grep -qF 'SERVER_NAME is "www.example.org", HTTP_HOST is "a\x0ab": neither is a policy host (mta-sts.<domain>); let the front server pass' err.log
}

@test "by hand: a file modified just now is waited for until it is left alone" {
    printf '[example.org]\nmx = one.example.org\n' >policies.ini
    (
        sleep 0.4
        echo 'mx = two.example.org' >>policies.ini
    ) 3>&- &
    by_hand SERVER_NAME=mta-sts.example.org >out
    wait $!
    grep -q 'mx: one.example.org' out
    grep -q 'mx: two.example.org' out
}

@test "without a role: the usage, exit status 2; -h and --version" {
    run -2 env -i "$MTA_STS" </dev/null
    [[ $output == usage:* ]]
    run -0 env -i "$MTA_STS" -h </dev/null
    [[ $output == usage:* ]]
    run -0 env -i "$MTA_STS" --version </dev/null
    [[ ${lines[0]} =~ ^mta-sts\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
    [[ ${lines[1]} =~ ^built\ with\ .*libfcgi.*iniparser.*\;\ (no\ )?Landlock ]]
    [ "${#lines[@]}" -eq 2 ]
    run -2 env -i "$MTA_STS" -t 0 </dev/null
    [[ $output == *"-t 0: write a number from 1 to"* ]]
    run -2 env -i "$MTA_STS" nonsense </dev/null
    [[ $output == *"nonsense: unknown command"* ]]
}

@test "where the file is: -f is for commands, then MTA_STS_POLICIES, then the working directory" {
    printf '[example.org]\nmx = other.example.org\n' >other.ini
    leave_alone other.ini
    by_hand SERVER_NAME=mta-sts.example.org MTA_STS_POLICIES=other.ini | grep -q 'mx: other.example.org'
    by_hand SERVER_NAME=mta-sts.example.org MTA_STS_POLICIES= | grep -q 'mx: mail.example.org'
}

@test "lighttpd: the policies of two names" {
    start_lighttpd < <(lighttpd_cgi)
    fetch mta-sts.example.org -D headers -o body
    is_policy example_org body
    grep -qi '^content-type: text/plain; charset=utf-8.$' headers
    grep -qi "^content-length: $(example_org | wc -c).\$" headers
    fetch MTA-STS.Example.NET.:8443 -o body
    is_policy example_net body
}

@test "lighttpd: 404, 405 and 500" {
    start_lighttpd < <(lighttpd_cgi)
    [ "$(status mta-sts.other.example)" = 404 ]
    [ "$(status www.example.org)" = 404 ]
    [ "$(status mta-sts.broken.example)" = 500 ]
    [ "$(status mta-sts.example.org -X DELETE)" = 405 ]
    [ "$(status mta-sts.example.org -I)" = 200 ]
    grep -q 'broken.example\] mx: "192.0.2.1" is an IP address' breakage.log
}

@test "lighttpd: a query string is no argument" {
    start_lighttpd < <(lighttpd_cgi)
    local query
    for query in '?-h' '?check' '?-f+/etc/passwd' '?%2dh' '?--version'; do
        curl -s --unix-socket front.sock -H 'Host: mta-sts.example.org' -o body "http://localhost/cgi-bin/mta-sts$query"
        is_policy example_org body
    done
}

@test "lighttpd: a body of 2 MB is answered 405" {
    head -c 2000000 /dev/zero >large
    start_lighttpd < <(lighttpd_cgi)
    [ "$(status mta-sts.example.org --data-binary @large)" = 405 ]
}
