# mta-sts-reports as the receiver of reports: FastCGI and CGI behind a real lighttpd, each status, the limits, a full disk, and kill -9.

load helpers/suite
load helpers/program
load helpers/lighttpd
load helpers/receive

# reporter: runs the Python on standard input as a FastCGI client. There begin(LENGTH) sends all of a request for example.org but its body, and status(C) waits
# for the answer.
reporter() {
    {
        cat <<'PY'
def begin(length, domain="example.org"):
    variables = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/tlsrpt+json", "REQUEST_URI": "/" + domain, "CONTENT_LENGTH": length}
    c = connect(path)
    c.sendall(record(BEGIN, struct.pack(">HB5x", 1, 0)) + stream(PARAMS, b"".join(pair(n.encode(), v.encode()) for n, v in variables.items())))
    return c

def status(c):
    return answer(c)[16:19]
PY
        cat
    } | client
}

# start_all [OPTION...]: the receiver with lighttpd in front of it, which passes every path.
start_all() {
    start_receiver "$@"
    start_lighttpd <<CONF
server.modules += ("mod_fastcgi")
fastcgi.server = ("" => (("socket" => "$DIR/fcgi.sock", "check-local" => "disable")))
CONF
    make_report report.json
}

# start_cgi: the receiver as a CGI program of lighttpd.
start_cgi() {
    mkdir -p in cgi-bin
    cp "$MTA_STS" cgi-bin/reports
    start_lighttpd <<CONF
server.modules += ("mod_cgi", "mod_alias", "mod_setenv")
alias.url = ("/reports" => "$DIR/cgi-bin/reports")
cgi.assign = ("reports" => "")
setenv.set-environment = ("MTA_STS_POLICIES" => "$DIR/policies.ini", "MTA_STS_REPORTS" => "$DIR/${1-in}", "ASAN_OPTIONS" => "$ASAN_OPTIONS")
CONF
    make_report report.json
}

# is_report: the only report that was taken has the bytes of report.json.
is_report() {
    [ "$(taken)" -eq 1 ]
    cmp report.json in/*/*/*
}

@test "a report is on the disk when 201 comes, under its domain and day, byte for byte" {
    start_all
    [ "$(post example.org)" = 201 ]
    is_report
    [[ $(echo in/*/*/*) == in/example.org/20??-??-??/*.json ]]
    gzip -c report.json >zipped
    [ "$(BODY=zipped TYPE="$GZIP" post example.net)" = 201 ]
    [[ $(echo in/example.net/*/*) == *.json.gz ]]
}

@test "what was taken is read by mta-sts-reports DIR" {
    start_all
    local i
    for i in 1 2 3; do
        make_report report.json "$i"
        [ "$(post example.org)" = 201 ]
        gzip -c report.json >zipped
        [ "$(BODY=zipped TYPE="$GZIP" post example.org)" = 201 ]
    done
    # Half a report of a writer that is not done.
    head -c 100 report.json >"$(dirname "$(find in -name '*.json' | head -n 1)")/.1.2-0.json.part"
    "$MTA_STS" -f policies.ini --json --now 2026-11-26T07:00:00Z in >out 2>err || [ $? -le 3 ]
    grep -q '"domain":"example.org",.*"reports":3,.*"sessions":30,' out
    [ "$(cat err)" = "mta-sts-reports: not counted: 3 reports read before" ]
}

@test "each refusal has its status, leaves nothing, and lets the next report in" {
    start_all
    [ "$(METHOD=PUT post example.org)" = 405 ]
    grep -qi '^allow: POST.$' headers
    [ "$(post other.example)" = 404 ]
    [ "$(post google)" = 404 ]
    [ "$(post '')" = 404 ]
    [ "$(TYPE="application/json" post example.org)" = 415 ]
    [ "$(TYPE="" post example.org)" = 415 ]
    [ "$(BODY=/dev/null post example.org)" = 400 ]
    head -c 4194305 /dev/zero >large
    [ "$(BODY=large post example.org)" = 413 ]
    [ "$(taken)" -eq 0 ]
    [ "$(parts)" -eq 0 ]
    logged 1 'refused a report for other.example: the path does not end in a domain'
    truncate -s 4194304 large
    [ "$(BODY=large post example.org)" = 201 ]
    cmp large in/example.org/*/*
}

@test "a domain with a mistake in policies.ini gets its reports, and one that a lost header may name is asked to wait" {
    start_all
    [ "$(post broken.example)" = 201 ]
    cat policies.ini >new
    printf '[two.example] [new.example]\nmx = mail.new.example\n' >>new
    leave_alone new
    mv new policies.ini
    until_true logged 1 'policies.ini: read again'
    logged 1 'policies.ini: 2 mistakes'
    [ "$(post new.example)" = 503 ]
    retries 600
    [ "$(post example.org)" = 201 ]
}

@test "a domain that policies.ini names since the start gets its reports" {
    start_all
    [ "$(post new.example)" = 404 ]
    printf '[new.example]\nmx = mail.new.example\n' >>policies.ini
    leave_alone policies.ini
    kill -HUP "$PROGRAM"
    posted() { [ "$(post new.example)" = 201 ]; }
    until_true posted
}

@test "a flood of one domain costs its limit, and takes nothing from another" {
    start_all --max-reports 5
    local i
    for ((i = 0; i < 5; i++)); do
        [ "$(post example.org)" = 201 ]
    done
    for ((i = 0; i < 5; i++)); do
        [ "$(post example.org)" = 503 ]
        retries 86400
    done
    [ "$(taken example.org)" -eq 5 ]
    [ "$(parts)" -eq 0 ]
    [ "$(post example.net)" = 201 ]
    logged 1 'refused a report for example.org: the limit of this domain for today is reached'
}

# Else eight requests that send nothing would turn the reports of a day away.
@test "reports that only begin make the others wait for minutes, not for a day" {
    start_all
    reporter <<'PY' 3>&- &
half = [begin("4194304") for i in range(8)]
time.sleep(60)
PY
    PIDS+=($!)
    begun() { [ "$(parts)" -eq 8 ]; }
    until_true begun
    [ "$(post example.org)" = 503 ]
    retries 600
    logged 1 'refused a report for example.org: too many reports of this domain are on their way'
    [ "$(post example.net)" = 201 ]
}

@test "a flood of bytes costs its limit" {
    start_all --max-mb 1
    head -c 600000 /dev/urandom >large
    [ "$(BODY=large post example.org)" = 201 ]
    [ "$(BODY=large post example.org)" = 503 ]
    [ "$(post example.org)" = 201 ]
    [ "$(BODY=large post example.net)" = 201 ]
}

# A client of its own, since lighttpd passes a body when it has the whole.
@test "what is half there is no report; what its front server gives up leaves nothing" {
    start_receiver
    reporter <<'PY'
import glob, os
complete, half = lambda: glob.glob("in/*/*/[!.]*"), lambda: glob.glob("in/*/*/.*.part")
def gone():
    for i in range(1000):
        if not half():
            return True
        time.sleep(0.01)

c = begin("10")
c.sendall(record(STDIN, b"12345"))
for i in range(1000):
    if half():
        break
    time.sleep(0.01)
assert len(half()) == 1 and not complete()
c.sendall(record(STDIN, b"67890"))
assert not complete()
c.sendall(record(STDIN))
assert status(c) == b"201" and len(complete()) == 1 and not half()

# Gone in the middle; an abort; the end too early; too much; a body of unknown length, whole and too long.
c = begin("10")
c.sendall(record(STDIN, b"12345"))
c.close()
assert gone()
c = begin("10")
c.sendall(record(STDIN, b"12345") + record(ABORT))
assert closed(c) and gone()
c = begin("10")
c.sendall(record(STDIN, b"12345") + record(STDIN))
assert status(c) == b"400" and gone()
c = begin("10")
c.sendall(record(STDIN, b"12345678901"))
assert status(c) == b"400" and gone()
c = begin("")
c.sendall(stream(STDIN, b"x" * 100000))
assert status(c) == b"201"
c = begin("-1")
for i in range(65):
    c.sendall(record(STDIN, b"x" * 65535))
assert status(c) == b"413" and gone()
c = begin("")
c.sendall(record(STDIN))
assert status(c) == b"400" and gone()
sizes = sorted(os.path.getsize(name) for name in complete())
assert sizes == [10, 100000], sizes
PY
}

@test "SIGTERM while a report is on its way: it is taken" {
    start_receiver
    echo "$PROGRAM" >pid
    reporter <<'PY'
import os, signal
c = begin("10")
c.sendall(record(STDIN, b"12345"))
time.sleep(0.5)
os.kill(int(open("pid").read()), signal.SIGTERM)
time.sleep(0.5)
c.sendall(record(STDIN, b"67890") + record(STDIN))
assert status(c) == b"201"
PY
    ends_well
    [ "$(cat in/*/*/*)" = 1234567890 ]
}

@test "bodies that stop halfway, more of them than threads, hold up nobody" {
    start_all -t 2
    reporter <<'PY' 3>&- &
slow = [begin("10", "example.net") for i in range(20)]
for c in slow:
    c.sendall(record(STDIN, b"12345"))
time.sleep(60)
PY
    PIDS+=($!)
    begun() { [ "$(parts)" -eq 20 ]; }
    until_true begun
    [ "$(post example.org)" = 201 ]
    # They leave nothing at the end of the program.
    kill -TERM "$PROGRAM"
    ends_well
    [ "$(parts)" -eq 0 ]
}

@test "a writer that is stuck in the folder of one domain holds up no other, and no end" {
    start_all -t 2
    [ "$(post example.org)" = 201 ]
    flock -F in/example.org sleep 60 3>&- &
    PIDS+=($!)
    held() { ! flock -n in/example.org true; }
    until_true held
    mkdir others
    local i waiting=()
    for i in 1 2 3 4; do
        (cd others && BODY=../report.json post example.org >/dev/null) 3>&- &
        waiting+=($!)
    done
    [ "$(post example.net)" = 201 ]
    [ "$(post example.org)" = 503 ]
    retries 600
    wait "${waiting[@]}"
    kill -TERM "$PROGRAM"
    ends_well
}

# interrupted: WRAPPER runs a program on a disk that ends the first reservation with EINTR, and that writes slowly, unless a signal comes: then that ends with
# EINTR, too.
interrupted() {
    cat >interrupted.c <<'C'
#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
int fsync(int fd)
{
    struct stat st;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? poll(0, 0, 5000) : 0;
}
int posix_fallocate(int fd, off_t offset, off_t size)
{
    static int tried;
    (void)fd, (void)offset, (void)size;
    return tried++ == 0 ? EINTR : 0;
}
C
    gcc -shared -fPIC -o interrupted.so interrupted.c
    WRAPPER="/usr/bin/env LD_PRELOAD=$DIR/interrupted.so ASAN_OPTIONS=$ASAN_OPTIONS:verify_asan_link_order=0"
}

@test "the end of the program cuts off no report that is being written" {
    interrupted
    start_all
    post example.org >first 3>&- &
    local posting=$!
    written() { find in -name '.*.part' -size +0 | grep -q .; }
    until_true written
    kill -TERM "$PROGRAM"
    [ "$(parts)" -eq 1 ]
    ends_well
    wait "$posting"
    [ "$(cat first)" = 201 ]
    is_report
}

@test "a full disk: 503, to be tried again, and nothing half; with room again 201" {
    [ "$(id -u)" -eq 0 ] && unshare --mount true || skip_or_fail "no namespaces here"
    cat >small <<SH
#!/bin/sh
exec unshare --mount --propagation private sh -c 'mount -t tmpfs -o size=256k,mode=777 tmpfs "$DIR/in" && exec "\$0" "\$@"' "\$@"
SH
    chmod +x small
    WRAPPER=$DIR/small start_all
    local inside=/proc/$PROGRAM/root$DIR/in
    head -c 200000 /dev/urandom >large
    [ "$(BODY=large post example.org)" = 201 ]
    [ "$(BODY=large post example.org)" = 503 ]
    retries 3600
    # Of unknown length, so that it is full in the middle.
    reporter <<'PY'
c = begin("")
c.sendall(stream(STDIN, b"x" * 100000))
assert status(c) == b"503"
PY
    logged 1 'refused a report for example.org: the disk is full'
    [ "$(find "$inside" -type f | wc -l)" -eq 1 ]
    cmp large "$inside"/example.org/*/*
    rm "$inside"/example.org/*/*
    [ "$(BODY=large post example.org)" = 201 ]
}

@test "a limit of a file's size: 503, to be tried again, and the program goes on" {
    cat >limited <<'SH'
#!/bin/bash
ulimit -f 100
exec "$@"
SH
    chmod +x limited
    WRAPPER=$DIR/limited start_all
    head -c 200000 /dev/urandom >large
    [ "$(BODY=large post example.org)" = 503 ]
    retries 600
    logged 1 'refused a report for example.org: the report cannot be written: File too large'
    [ "$(parts)" -eq 0 ]
    [ "$(post example.org)" = 201 ]
    is_report
}

@test "a folder that cannot be written to: at the start it is named, later 503" {
    run timeout 60 spawn-fcgi -n -s "$DIR/fcgi.sock" -- "$MTA_STS" -f policies.ini --receive "$DIR/nowhere"
    [ "$status" -eq 1 ]
    [[ $output == "mta-sts-reports: $DIR/nowhere: reports cannot be written there: No such file or directory; make this folder, and let user id "* ]]
    rm -f fcgi.sock
    run timeout 60 env -u MTA_STS_REPORTS spawn-fcgi -n -s "$DIR/fcgi.sock" -- "$MTA_STS" -f policies.ini
    [ "$status" -eq 1 ]
    [ "$output" = "mta-sts-reports: no folder for reports: set MTA_STS_REPORTS, or write --receive DIR" ]
    rm -f fcgi.sock
    start_all
    rmdir in
    [ "$(post example.org)" = 503 ]
    retries 600
    logged 1 'refused a report for example.org: the report cannot be written: No such file or directory'
}

# 2 threads hold a connection and 2 files each, 16 connections wait for their bodies with as much, and 16 files are open besides. Each thread and the poller
# take 4 more when a day begins.
@test "too few descriptors for its threads and their files: it does not start, and says how many it needs" {
    mkdir in
    run timeout 60 bash -c 'ulimit -n 81 && exec spawn-fcgi -n -s "$1/fcgi.sock" -- "$2" -f policies.ini --receive in -t 2' - "$DIR" "$MTA_STS"
    [ "$status" -eq 1 ]
    [[ $output == *"2 threads need 82 descriptors, but the limit is 81; "* ]]
}

@test "by hand --receive names what starts it" {
    run "$MTA_STS" -f policies.ini --receive in
    [ "$status" -eq 3 ]
    [[ $output == "mta-sts-reports: --receive in: reports come by FastCGI: "* ]]
}

@test "SIGTERM under load: each report that was answered 201 is there, and none is half" {
    python3 "$HELPERS/killing.py" "$MTA_STS" 2000 SIGTERM
}

@test "kill -9 under load: no report that was answered 201 is lost or torn" {
    python3 "$HELPERS/killing.py" "$MTA_STS" 3000 SIGKILL
}

@test "CGI: a report is taken" {
    start_cgi
    [ "$(post reports/example.org)" = 201 ]
    is_report
    [ "$(TYPE="$GZIP; x=y" post reports/EXAMPLE.net/)" = 201 ]
    [[ $(echo in/example.net/*/*) == *.json.gz ]]
}

@test "CGI: refusals" {
    start_cgi
    [ "$(post reports/other.example)" = 404 ]
    [ "$(METHOD=PUT post reports/example.org)" = 405 ]
    [ "$(TYPE="text/plain" post reports/example.org)" = 415 ]
    head -c 4194305 /dev/zero >large
    [ "$(BODY=large post reports/example.org)" = 413 ]
    mv policies.ini away
    [ "$(post reports/example.org)" = 503 ]
    retries 600
    [ "$(taken)" -eq 0 ]
}

@test "CGI: without a folder 503, and the log says what to set" {
    start_cgi nowhere
    [ "$(post reports/example.org)" = 503 ]
    until_true grep -q "nowhere: reports cannot be written there" breakage.log
}

@test "CGI by hand: a body that is too short or has no end is refused, arguments are ignored" {
    mkdir in
    by_hand() {
        env -i REQUEST_METHOD=POST CONTENT_TYPE=$JSON REQUEST_URI=/example.org MTA_STS_POLICIES="$DIR/policies.ini" MTA_STS_REPORTS="$DIR/in" \
            ASAN_OPTIONS="$ASAN_OPTIONS" "$@"
    }
    printf 12345 | by_hand CONTENT_LENGTH=10 "$MTA_STS" | grep -q '^Status: 400 '
    printf 12345 | by_hand CONTENT_LENGTH=5 "$MTA_STS" --help | grep -q '^Status: 201 '
    printf 123456 | by_hand "$MTA_STS" -f /dev/null | grep -q '^Status: 201 '
    # Standard input that cannot be read.
    by_hand CONTENT_LENGTH=5 "$MTA_STS" <. | grep -q '^Status: 503 '
    head -c 5000 /dev/zero | (ulimit -f 1 && by_hand CONTENT_LENGTH=5000 "$MTA_STS") | grep -q '^Status: 503 '
    [ "$(taken)" -eq 2 ]
    [ "$(parts)" -eq 0 ]
    [ "$(cat in/*/*/* | wc -c)" -eq 11 ]
}
