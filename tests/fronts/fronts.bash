# What the suites of front servers share: two names, a certificate for both from a throw-away CA, a configuration of examples/ with its placeholders filled in, and
# the table of cases.

# A comment in policies.ini: whoever sees it has been given the file.
MARKER='all of our customers'
EXAMPLES=$(realpath "$BATS_TEST_DIRNAME/../../examples")

# For every suite: policies.ini for a.test and b.test, a port in PORT, ca.pem, cert.pem and key.pem (both.pem: the two in one). Whoever runs as another user than
# root must get at them: the folders are opened for all.
prepare_front() {
    # The tree may stand where other users do not get to.
    mkdir program
    cp "$MTA_STS" program/mta-sts
    MTA_STS=$DIR/program/mta-sts
    printf '; %s\n' "$MARKER" >policies.ini
    printf '[a.test]\nmode = enforce\nmx = mail.a.test\nmax_age = 2w\n[b.test]\nmode = testing\nmx = mail.b.test\n' >>policies.ini
    leave_alone policies.ini
    "$MTA_STS" -f policies.ini show a.test >a.txt
    "$MTA_STS" -f policies.ini show b.test >b.txt
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=a throw-away CA' \
        -keyout ca.key -out ca.pem 2>openssl.log
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=mta-sts' -keyout key.pem -out request.pem 2>>openssl.log
    openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem \
        -extfile <(echo 'subjectAltName=DNS:mta-sts.a.test,DNS:mta-sts.b.test,DNS:mta-sts.c.test') 2>>openssl.log
    cat key.pem cert.pem >both.pem
    chmod 644 key.pem both.pem
    PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    open_folders
}

# fill EXAMPLE-FILE [FROM TO]...: prints a file of examples/ with the example's own names, paths and ports replaced by the test's, and nothing else.
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

front_answers() {
    curl -s -o /dev/null --max-time 5 --cacert ca.pem --connect-to "::127.0.0.1:$PORT" https://mta-sts.b.test/.well-known/mta-sts.txt
}

# ask_everything NAME: every case against the front server on PORT; what is answered has to be what tests/fronts/expected/NAME.tsv says.
ask_everything() {
    "$BATS_TEST_DIRNAME/ask.py" "$PORT" "$DIR" >answers.tsv
    cat answers.tsv
    # Whatever a front server does, one domain is never answered with the other's policy.
    if grep -P '^(b|upper case|a port|another port|a trailing dot|HEAD|\?.*)(, HTTP/2)?\tpolicy-a' answers.tsv; then
        return 1
    fi
    grep -qP '^a\tpolicy-a' answers.tsv
    grep -qP '^b\tpolicy-b' answers.tsv
    diff "$BATS_TEST_DIRNAME/expected/$1.tsv" answers.tsv
    nobody_gets_the_file
}

# file_targets: where somebody looks for policies.ini, one a line; also where it really is.
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

# ask_for_the_file [CURL OPTION...]: all of them from b's server; the answers are added to given, a line with each status to statuses.
ask_for_the_file() {
    local url=https://mta-sts.b.test
    # shellcheck disable=SC2046 # one argument a line, none with a space
    curl -s -i --path-as-is --max-time 60 --cacert ca.pem --connect-to "::127.0.0.1:$PORT" -w '%{stderr}%{http_code} %{url}\n' "$@" \
        $(file_targets | sed "s|^|$url|") >>given 2>>statuses
}

# nobody_gets_the_file: whatever path somebody tries, on a policy host's name and on another, no answer has the file's comment in it.
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
