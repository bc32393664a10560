# Each role of the program under valgrind: no invalid access, no use of uninitialized memory, no leak, no descriptor left open. Exit status 9: a finding.

load ../helpers/suite
load ../helpers/program
load ../helpers/lighttpd

VALGRIND=("$(command -v valgrind)" -q --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,indirect,possible --errors-for-leak-kinds=definite,indirect,possible
    --track-origins=yes --child-silent-after-fork=no)

# checked STATUS COMMAND...: the program ends with this exit status, and valgrind finds nothing.
checked() {
    local want=$1 got=0
    shift
    timeout 60 "${VALGRIND[@]}" --log-file=valgrind.log "$MTA_STS" "$@" >out 2>err </dev/null || got=$?
    nothing_found
    [ "$got" -eq "$want" ] || {
        echo "exit status $got: $*"
        cat out err
        return 1
    }
}

nothing_found() {
    # --track-fds lists inherited descriptors too. valgrind 3.19 does not know Landlock's system calls, and fails them.
    sed -i -e '/WARNING: unhandled .* syscall: 44[456]$/,/bug_reports/d' -e '/FILE DESCRIPTORS/d' -e '/Open .*/{N;/<inherited from parent>/d}' -e '/^==[0-9]*== *$/d' valgrind.log
    if [ -s valgrind.log ]; then
        cat valgrind.log
        return 1
    fi
}

# cgi STATUS NAME=VALUE...: the answer to one request has this status.
cgi() {
    local want=$1
    shift
    env MTA_STS_POLICIES=policies.ini "$@" timeout 60 "${VALGRIND[@]}" --log-file=valgrind.log "$MTA_STS" >out 2>err </dev/null
    nothing_found
    grep -q "^Status: $want " out || {
        cat out err
        return 1
    }
}

# all_mistakes: mistakes.ini, with a mistake of every kind.
all_mistakes() {
    cat "$BATS_TEST_DIRNAME"/../fixtures/mistakes/*.ini >mistakes.ini
    leave_alone mistakes.ini
}

@test "valgrind finds what is there to be found" {
    printf '#include <stdlib.h>\nint main(void) { return malloc(8) == NULL; }\n' >leak.c
    cc -O0 -o leak leak.c
    MTA_STS=./leak run checked 0
    [ "$status" -ne 0 ]
    [[ $output == *'definitely lost'* ]]
}

@test "CGI" {
    all_mistakes
    cgi 200 REQUEST_METHOD=GET SERVER_NAME=mta-sts.example.org
    cgi 200 REQUEST_METHOD=HEAD HTTP_HOST=mta-sts.example.net:443 SERVER_NAME=www.example.org
    cgi 404 REQUEST_METHOD=GET SERVER_NAME=mta-sts.other.example
    cgi 404 REQUEST_METHOD=GET SERVER_NAME=www.example.org
    cgi 404 REQUEST_METHOD=GET HTTP_HOST="$(printf 'mta-sts.%060000d.test' 0)"
    cgi 405 REQUEST_METHOD=POST SERVER_NAME=mta-sts.example.org CONTENT_LENGTH=100
    cgi 500 REQUEST_METHOD=GET SERVER_NAME=mta-sts.broken.example
    cgi 500 REQUEST_METHOD=GET SERVER_NAME=mta-sts.example.org MTA_STS_POLICIES=nowhere.ini
    local domain
    for domain in $(sed -n 's/^\[\([a-z.-]*\)\].*/\1/p' mistakes.ini | sort -u | head -12); do
        env MTA_STS_POLICIES=mistakes.ini SERVER_NAME="mta-sts.$domain" timeout 60 "${VALGRIND[@]}" --log-file=valgrind.log "$MTA_STS" >out 2>err
        nothing_found
    done
}

@test "check, hosts, dns, show" {
    all_mistakes
    checked 1 -f policies.ini check
    checked 1 -f mistakes.ini check
    [ "$(wc -l <err)" -ge 20 ] || [ "$(wc -l <out)" -ge 20 ]
    checked 1 -f mistakes.ini check -q
    checked 1 -f nowhere.ini check
    checked 0 -f policies.ini hosts
    checked 0 -f policies.ini dns example.org
    checked 1 -f mistakes.ini dns
    checked 1 -f policies.ini dns other.example
    checked 0 -f policies.ini show example.org
    is_policy example_org out
    checked 1 -f policies.ini show broken.example
    checked 1 -f policies.ini show other.example
}

@test "export, once and again" {
    checked 1 -f policies.ini export tree
    is_policy example_org tree/mta-sts.example.org/.well-known/mta-sts.txt
    sed -i '/^\[broken/,$d; s/ example.net\]/]/' policies.ini
    leave_alone policies.ini
    checked 0 -f policies.ini export --delete tree
    [ ! -e tree/mta-sts.example.net/.well-known/mta-sts.txt ]
    checked 0 -f policies.ini export --worker worker.mjs
    [ -s worker.mjs ]
    checked 1 -f policies.ini export policies.ini
    checked 1 -f policies.ini export --worker nowhere/worker.mjs
}

@test "-h, --version, and what is wrong" {
    checked 0 -h
    checked 0 --version
    checked 2
    checked 2 -x
    checked 2 -t 0 check
    checked 2 nothing
    checked 2 -f policies.ini export
    checked 2 -f policies.ini check -x
}

# loaded SECONDS: 8 clients ask for each kind of answer, and get at least one answer a second.
loaded() {
    python3 - "$DIR/front.sock" "$1" <<'PY' 3>&-
import socket, sys, threading, time
hosts = ["mta-sts.example.org", "mta-sts.example.com", "mta-sts.example.net", "mta-sts.broken.example", "mta-sts.other.example", "www.example.org"]
answers, end = [], time.monotonic() + float(sys.argv[2])

def client(n):
    while time.monotonic() < end:
        s = socket.socket(socket.AF_UNIX)
        s.settimeout(60)
        s.connect(sys.argv[1])
        method = ["GET", "HEAD", "PUT"][len(answers) % 3]
        s.sendall(f"{method} /.well-known/mta-sts.txt HTTP/1.0\r\nHost: {hosts[(n + len(answers)) % 6]}\r\n\r\n".encode())
        answers.append(s.recv(100).split(b" ")[1])
        s.close()

threads = [threading.Thread(target=client, args=(n,)) for n in range(8)]
[t.start() for t in threads]
[t.join() for t in threads]
print(len(answers), "answers:", sorted(set(answers)))
assert set(answers) == {b"200", b"404", b"405", b"500"}, set(answers)
assert len(answers) > float(sys.argv[2])
PY
}

@test "FastCGI: load, a reload, one with mistakes, one of an empty file, SIGTERM" {
    # To valgrind 3.24 inherited descriptors are errors: its findings are read from the log, and the exit status is the program's.
    WRAPPER="${VALGRIND[*]} --error-exitcode=0 --track-fds=yes --log-file=$DIR/valgrind.log" start_fastcgi -f policies.ini -t 4
    start_lighttpd < <(lighttpd_fastcgi)
    loaded 3
    # The file is good, broken, broken again, empty, gone, good. Broken domains keep their policy.
    sed 's/mail.example.org/new.example.org/' policies.ini >next
    leave_alone next
    cp -p next good
    mv next policies.ini
    until_true serves mta-sts.example.org 'mx: new.example.org'
    local broken
    for broken in one two; do
        sed "s/^mx = smtp.*/mx = $broken./" good >next
        leave_alone next
        mv next policies.ini
        kill -HUP "$PROGRAM"
        until_true grep -qF "\"$broken.\" ends in a dot" fcgi.log
        is_policy example_net <(fetch mta-sts.example.net)
        loaded 1
    done
    : >policies.ini
    kill -HUP "$PROGRAM"
    until_true logged 1 'the old policies stay in force'
    rm policies.ini
    kill -HUP "$PROGRAM"
    until_true logged 2 'the old policies stay in force'
    loaded 1
    printf '[example.org]\nmx = last.example.org\n[example.com example.net]\nmx = last.example.net\n[broken.example]\nmx=a b\nmode=x\n' >next
    leave_alone next
    mv next policies.ini
    kill -HUP "$PROGRAM"
    until_true serves mta-sts.example.org 'mx: last.example.org'
    loaded 1
    # At the end only inherited descriptors are open. The connections of the front server are closed.
    kill -TERM "$PROGRAM"
    until_true ended "$PROGRAM"
    wait "$PROGRAM"
    nothing_found
}

@test "FastCGI: silent connections, half requests and odd ones, SIGTERM in the midst of it" {
    WRAPPER="${VALGRIND[*]} --log-file=$DIR/valgrind.log" start_fastcgi -f policies.ini -t 4
    client <<'PY'
whole = request("mta-sts.example.org")
for bytes_sent in (whole, whole[:-20], whole[:9], b"\0" * 100, b"\xff" * 5000, record(PARAMS, b"\xff" * 300), record(9, pair(b"FCGI_MAX_CONNS", b"")), record(2) + whole,
                   whole.replace(pair(b"REQUEST_METHOD", b"GET"), b"\xff\xff\xff\xff\xff\xff\xff\xffREQUEST_MET"), request("mta-sts." + "a" * 200 + ".test"), whole * 3):
    s = connect(path, 30)
    s.sendall(bytes_sent)
    time.sleep(0.1)
    s.close()
kept = [connect(path, 30) for i in range(6)]
for s in kept[:3]:
    s.sendall(request("mta-sts.example.org", KEEP))
time.sleep(1)
for s in kept[3:]:
    try:
        s.sendall(whole[:-20])
    except OSError:
        pass  # given up already
s = connect(path, 30)
s.sendall(whole)
assert b"mx: mail.example.org" in answer(s)
PY
    kill -TERM "$PROGRAM"
    until_true ended "$PROGRAM"
    wait "$PROGRAM"
    nothing_found
}
