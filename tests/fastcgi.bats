# The program as a FastCGI program: behind a real lighttpd, started in each way, stopped under load.

load helper

# through_front [ARGUMENT...]: the program and lighttpd.
through_front() {
    start_fastcgi "$@"
    start_lighttpd < <(lighttpd_fastcgi)
}

# load SECONDS: as many requests as 16 clients can make; lost and wrong answers are in wrk.out.
load_for() {
    local port
    port=$(cat port)
    wrk -t1 -c16 -d "$1" -H 'Host: mta-sts.example.org' "http://127.0.0.1:$port/.well-known/mta-sts.txt" >wrk.out 2>&1 3>&-
}

# wrk speaks TCP only: lighttpd is handed a port that the system picked.
on_a_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' >port
    echo "\$SERVER[\"socket\"] == \"127.0.0.1:$(cat port)\" { }"
}

nothing_lost() {
    grep -q 'requests in' wrk.out || { cat wrk.out; return 1; }
    if grep -E 'Non-2xx|Socket errors' wrk.out; then
        return 1
    fi
}

@test "spawn-fcgi: every answer of the table" {
    through_front -f policies.ini
    fetch mta-sts.example.org -D headers -o body
    is_policy example_org body
    grep -qi '^content-type: text/plain; charset=utf-8.$' headers
    grep -qi "^content-length: $(example_org | wc -c).\$" headers
    grep -qi '^cache-control: max-age=60.$' headers
    grep -qi '^x-content-type-options: nosniff.$' headers
    fetch mta-sts.example.net -o body
    is_policy example_net body
    [ "$(status mta-sts.example.org -I)" = 200 ]
    [ "$(status mta-sts.other.example -D headers)" = 404 ]
    grep -qi '^cache-control: no-store.$' headers
    [ "$(status mta-sts.example.org -X PUT -D headers)" = 405 ]
    grep -qi '^allow: GET, HEAD.$' headers
    [ "$(status mta-sts.google)" = 404 ]
    [ "$(status mta-sts.broken.example)" = 500 ]
}

@test "a mistake is in the log from the start, and in the front server's with each 500" {
    through_front -f policies.ini
    until_true logged 1 'policies.ini:17: [broken.example] mx: "192.0.2.1" is an IP address; write a host name (RFC 8461 3.2)'
    status mta-sts.broken.example
    until_true grep -qF '[broken.example] mx: "192.0.2.1" is an IP address' lighttpd.log
}

@test "no policy host: logged once a minute, with the hint" {
    through_front -f policies.ini
    local i
    for i in 1 2 3; do
        [ "$(status www.example.org)" = 404 ]
    done
    logged 1 'no policy host (mta-sts.<domain>); let the front server pass the client'
}

@test "lighttpd starts it by bin-path" {
    start_lighttpd <<CONF
server.modules += ("mod_fastcgi")
fastcgi.server = ("/.well-known/mta-sts.txt" => (("socket" => "$DIR/spawned.sock", "bin-path" => "$MTA_STS -f $DIR/policies.ini",
    "max-procs" => 1, "check-local" => "disable")))
CONF
    fetch mta-sts.example.org -o body
    is_policy example_org body
}

@test "LISTEN_FDS: a socket handed over as systemd does" {
    command -v systemd-socket-activate >/dev/null || skip_or_fail "no systemd-socket-activate"
    systemd-socket-activate -l "$DIR/fcgi.sock" -E MTA_STS_POLICIES="$DIR/policies.ini" -E TSAN_OPTIONS -E ASAN_OPTIONS "$MTA_STS" >fcgi.log 2>&1 3>&- &
    PIDS+=($!)
    until_true test -S fcgi.sock
    start_lighttpd < <(lighttpd_fastcgi)
    fetch mta-sts.example.org -o body
    is_policy example_org body
}

@test "at start: no file, an empty file and a folder are told, exit status 1" {
    : >empty.ini
    local file
    for file in nowhere.ini empty.ini "$DIR"; do
        leave_alone empty.ini
        run timeout 10 spawn-fcgi -n -s "$DIR/fcgi.sock" -- "$MTA_STS" -f "$file"
        [ "$status" -eq 1 ]
        [[ $output == *"mta-sts: $file: "* ]]
        rm -f fcgi.sock
    done
}

@test "the query string and a body of 2 MB change nothing" {
    through_front -f policies.ini
    curl -s --unix-socket front.sock -H 'Host: mta-sts.example.org' -o body 'http://localhost/.well-known/mta-sts.txt?-f+/etc/passwd'
    is_policy example_org body
    head -c 2000000 /dev/zero >large
    [ "$(status mta-sts.example.org --data-binary @large)" = 405 ]
    [ "$(status mta-sts.example.org)" = 200 ]
}

@test "SIGTERM: an idle one ends within a second, exit status 0" {
    through_front -f policies.ini
    [ "$(status mta-sts.example.org)" = 200 ]
    local begin=${EPOCHREALTIME/./}
    kill -TERM "$PROGRAM"
    wait "$PROGRAM"
    [ $((${EPOCHREALTIME/./} - begin)) -lt 1000000 ]
}

@test "SIGTERM: silent connections do not hold it up" {
    start_fastcgi -f policies.ini
    python3 - "$DIR/fcgi.sock" 3>&- <<'PY' &
import socket, sys, time
silent = []
for i in range(20):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    silent.append(s)
open("connected", "w").close()
time.sleep(30)
PY
    PIDS+=($!)
    until_true test -e connected
    local begin=${EPOCHREALTIME/./}
    kill -INT "$PROGRAM"
    wait "$PROGRAM"
    [ $((${EPOCHREALTIME/./} - begin)) -lt 1000000 ]
}

@test "silent connections, more of them than threads, hold up nobody" {
    through_front -f policies.ini -t 4
    python3 - "$DIR/fcgi.sock" 3>&- <<'PY' &
import socket, sys, time
silent = []
for i in range(20):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    silent.append(s)
open("connected", "w").close()
time.sleep(30)
PY
    PIDS+=($!)
    until_true test -e connected
    local begin=${EPOCHREALTIME/./}
    [ "$(status mta-sts.example.org)" = 200 ]
    echo "answered after $((${EPOCHREALTIME/./} - begin)) us"
    [ $((${EPOCHREALTIME/./} - begin)) -lt 5000000 ]
}

@test "a silent connection is given up after five seconds, a half request, too" {
    start_fastcgi -f policies.ini
    python3 - "$DIR/fcgi.sock" <<'PY'
import socket, sys, time
for sent in b"", b"\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0\1\4":
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    s.sendall(sent)
    begin = time.monotonic()
    assert s.recv(100) == b"", "answered?"
    took = time.monotonic() - begin
    assert 4.5 < took < 7.5, took
PY
}

@test "SIGTERM under load loses no answer, where another process holds the socket, too" {
    spawn-fcgi -s "$DIR/fcgi.sock" -M 0666 -F 2 -P pids -- "$MTA_STS" -f policies.ini >fcgi.log 2>&1 3>&-
    local first second
    { read -r first && read -r second; } < <(tr ' ' '\n' <pids; echo)
    PIDS+=("$first" "$second")
    start_lighttpd < <(lighttpd_fastcgi; on_a_port)
    [ "$(status mta-sts.example.org)" = 200 ]
    load_for 3 &
    local wrk=$!
    sleep 1
    kill -TERM "$first"
    ended "$first"
    wait "$wrk"
    cat wrk.out
    nothing_lost
    kill -0 "$second"
}

@test "under load: every answer is whole" {
    start_fastcgi -f policies.ini
    start_lighttpd < <(lighttpd_fastcgi; on_a_port)
    load_for 2
    cat wrk.out
    nothing_lost
    kill -TERM "$PROGRAM"
    wait "$PROGRAM"
}

@test "kept connections do not hold up others" {
    start_fastcgi -f policies.ini -t 4
    python3 - "$DIR/fcgi.sock" <<'PY'
import socket, struct, sys, time
def record(kind, content):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content
def pair(name, value):
    return bytes([len(name), len(value)]) + name + value
KEEP = 1
request = (record(1, struct.pack(">HB5x", 1, KEEP)) + record(4, pair(b"REQUEST_METHOD", b"GET") + pair(b"SERVER_NAME", b"mta-sts.example.org"))
           + record(4, b"") + record(5, b""))
def ask(s):
    s.sendall(request)
    data = b""
    while not data.endswith(record(3, b"\0" * 8)):
        more = s.recv(65536)
        assert more, "closed"
        data += more
    assert b"mx: mail.example.org" in data
kept = []
for i in range(12):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(5)
    s.connect(sys.argv[1])
    ask(s)
    if i == 0:
        ask(s)
    kept.append(s)
PY
}
