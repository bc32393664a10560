# For the suites of front servers: two policy hosts with a certificate, a configuration from examples/ with the test's names and paths,
# requests over TLS, and the table of cases.

load ../helpers/suite
load ../helpers/program
load ../helpers/certificates

# A comment in policies.ini. An answer that contains it has given the file away.
MARKER='all of our customers'
EXAMPLES=$(realpath "$BATS_TEST_DIRNAME/../../examples")

# prepare_front: policies.ini for a.test and b.test, a free port in PORT, and a certificate in cert.pem and key.pem, and in both.pem with its key.
# Front servers may run as other users, so all of this is readable for them.
prepare_front() {
    # Other users may not have access to the source tree.
    mkdir program
    cp "$MTA_STS" program/mta-sts
    MTA_STS=$DIR/program/mta-sts
    printf '; %s\n' "$MARKER" >policies.ini
    printf '[a.test]\nmode = enforce\nmx = mail.a.test\nmax_age = 2w\n[b.test]\nmode = testing\nmx = mail.b.test\n' >>policies.ini
    leave_alone policies.ini
    "$MTA_STS" -f policies.ini show a.test >a.txt
    "$MTA_STS" -f policies.ini show b.test >b.txt
    certificate both mta-sts.a.test mta-sts.b.test mta-sts.c.test
    cp both.crt cert.pem
    cp both.key key.pem
    PORT=$(free_port)
    open_folders
}

# fill EXAMPLE-FILE [FROM TO]...: prints a file of examples/ with each FROM, a name, path or port of the example, replaced by TO.
fill() {
    local file=$EXAMPLES/$1 script=()
    shift
    while [ $# -gt 0 ]; do
        script+=(-e "s|$1|$2|g")
        shift 2
    done
    [ "${#script[@]}" -gt 0 ] || script=(-e '')
    sed "${script[@]}" "$file"
}

# start_documented README-TEXT: starts the program with the spawn-fcgi line of an example's README.md, in the foreground.
start_documented() {
    sed -n 's/^ *spawn-fcgi /exec spawn-fcgi -n /p' <<<"$1" >start
    background fcgi.log sh start
    until_true grep -q 'mta-sts: ready' fcgi.log
}

# over_tls CURL ARGUMENT...: curl, which connects to the front server on PORT whatever the URL's host.
over_tls() {
    curl -s --max-time 60 --cacert ca.pem --connect-to "::127.0.0.1:$PORT" "$@"
}

front_answers() {
    over_tls --max-time 5 -o /dev/null https://mta-sts.b.test/.well-known/mta-sts.txt
}

# ask HOST [CURL OPTION...]: the policy, over a connection for HOST.
ask() {
    over_tls "https://$1/.well-known/mta-sts.txt" "${@:2}"
}

# request HOST [CURL OPTION...]: the policy of HOST, over a connection for mta-sts.b.test.
request() {
    ask mta-sts.b.test -H "Host: $1" "${@:2}"
}

# mistake_is_logged TEXT LOG: with a mistake in the front server's configuration both policies are still right. TEXT is in the program's log once, and
# in the front server's LOG.
mistake_is_logged() {
    request mta-sts.a.test | cmp - a.txt
    request mta-sts.b.test | cmp - b.txt
    until_true logged 1 "$1"
    until_true grep -qF "$1" "$2"
}

# ask_everything NAME: sends every case to the front server on PORT. The answers have to be those in tests/fronts/expected/NAME.tsv.
ask_everything() {
    "$BATS_TEST_DIRNAME/ask.py" "$PORT" "$DIR" >answers.tsv
    cat answers.tsv
    # No front server may answer one domain with the other's policy.
    if grep -P '^(b|upper case|a port|another port|a trailing dot|HEAD|\?.*)(, HTTP/2)?\tpolicy-a' answers.tsv; then
        return 1
    fi
    grep -qP '^a\tpolicy-a' answers.tsv
    grep -qP '^b\tpolicy-b' answers.tsv
    diff "$BATS_TEST_DIRNAME/expected/$1.tsv" answers.tsv
    nobody_gets_the_file
}

# file_targets: the paths where somebody looks for policies.ini, one a line. The file's real path is among them.
file_targets() {
    local folder name
    for folder in '' /cgi-bin /.well-known /.well-known/mta-sts.txt /.well-known/.. /.well-known/../.. /.well-known/mta-sts.txt/.. /etc/mta-sts /mta-sts \
        /%2e%2e /.well-known/%2e%2e /.well-known/%2E%2E/%2E%2E /.well-known/mta-sts.txt/%2e%2e /.well-known%2f.. /.well-known/..%2f..%2f /cgi-bin/%2e \
        /CGI-BIN /.WELL-KNOWN /ETC/MTA-STS "$DIR" "/..$DIR" "/.well-known/../../../../../../../..$DIR" "/%2e%2e$DIR"; do
        for name in policies.ini policies%2eini policies%2Eini %70olicies.ini POLICIES.INI Policies.ini; do
            echo "$folder/$name"
        done
    done
    printf '%s\n' /policies.ini~ /policies.ini.bak /.policies.ini.swp /.mta-sts-export /.well-known/mta-sts.txt~ /.well-known/mta-sts.txt%00policies.ini
}

# ask_for_the_file [CURL OPTION...]: asks b's server for all of them. The answers are added to the file given, the statuses to the file statuses.
ask_for_the_file() {
    local url=https://mta-sts.b.test
    # shellcheck disable=SC2046 # one argument a line, none with a space
    over_tls -i --path-as-is --max-time 60 -w '%{stderr}%{http_code} %{url}\n' "$@" \
        $(file_targets | sed "s|^|$url|") >>given 2>>statuses
}

# nobody_gets_the_file: no answer contains the file's comment, whatever the path, on a policy host's name and on another.
nobody_gets_the_file() {
    grep -qF "$MARKER" policies.ini
    rm -f given statuses
    ask_for_the_file || true
    ask_for_the_file -H 'Host: www.example.org' || true
    # Each was answered.
    [ "$(grep -c '^[1-5][0-9][0-9] ' statuses)" -eq "$(($(file_targets | wc -l) * 2))" ] || {
        grep -v '^[1-5]' statuses
        return 1
    }
    if grep -aF "$MARKER" given; then
        return 1
    fi
    front_answers
}
