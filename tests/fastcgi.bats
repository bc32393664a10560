# The program as a FastCGI program: behind a real lighttpd, started in each way, stopped under load.

load helpers/suite
load helpers/program
load helpers/lighttpd
load helpers/wrk

# through_front [ARGUMENT...]: the program, with lighttpd in front of it.
through_front() {
    start_fastcgi "$@"
    start_lighttpd < <(lighttpd_fastcgi)
}

# load_for SECONDS: as many requests as 16 clients can make. wrk.out has the results.
load_for() {
    wrk -t1 -c16 -d "$1" -H 'Host: mta-sts.example.org' "http://127.0.0.1:$(cat port)/.well-known/mta-sts.txt" >wrk.out 2>&1 3>&-
}

# on_a_port: lighttpd listens on a free port too. wrk does not connect to Unix sockets.
on_a_port() {
    free_port >port
    echo "\$SERVER[\"socket\"] == \"127.0.0.1:$(cat port)\" { }"
}

# connect_silently: 20 connections that send nothing until the test ends.
connect_silently() {
    rm -f connected
    client <<'PY' 3>&- &
silent = [connect(path) for i in range(20)]
open("connected", "w").close()
time.sleep(30)
PY
    PIDS+=($!)
    until_true test -e connected
}

@test "the log names the file, also one that is named from the working folder" {
    start_fastcgi -f policies.ini
    grep -qF "mta-sts: ready: 4 domains, 16 threads, policies from $DIR/policies.ini" fcgi.log
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
    logged 1 'neither is a policy host (mta-sts.<domain>); let the front server pass the client'
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
    background fcgi.log systemd-socket-activate -l "$DIR/fcgi.sock" -E MTA_STS_POLICIES="$DIR/policies.ini" -E TSAN_OPTIONS -E ASAN_OPTIONS "$MTA_STS"
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
        run timeout 60 spawn-fcgi -n -s "$DIR/fcgi.sock" -- "$MTA_STS" -f "$file"
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

# ask_once: a request is answered, and its connection closed.
ask_once() {
    client <<'PY'
s = connect(path)
s.sendall(request("mta-sts.example.org"))
assert b"mx: mail.example.org" in answer(s)
PY
}

@test "SIGTERM: an idle one ends at once, exit status 0" {
    ends_at_once TERM ask_once
}

@test "SIGTERM: silent connections do not hold it up" {
    ends_at_once INT connect_silently
}

@test "silent connections, more of them than threads, hold up nobody" {
    through_front -f policies.ini -t 4
    connect_silently
    local begin=${EPOCHREALTIME/./}
    [ "$(status mta-sts.example.org)" = 200 ]
    echo "answered after $((${EPOCHREALTIME/./} - begin)) us"
    [ $((${EPOCHREALTIME/./} - begin)) -lt 5000000 ]
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
    ends_well
}

@test "a log that nobody reads holds up nothing" {
    {
        cat policies.ini
        seq -f '[d%.0f.example]
mx = 192.0.2.1' 30
    } >many.ini
    leave_alone many.ini
    mkfifo pipe
    # A reader that does not read.
    sleep 60 <pipe 3>&- &
    PIDS+=($!)
    background pipe spawn-fcgi -n -s "$DIR/fcgi.sock" -M 0666 -- "$MTA_STS" -f many.ini
    PROGRAM=$STARTED
    until_true test -S fcgi.sock
    start_lighttpd < <(lighttpd_fastcgi)
    # Its log cannot be waited for.
    is_policy example_org <(fetch mta-sts.example.org)
    local i
    for ((i = 0; i < 60; i++)); do
        kill -HUP "$PROGRAM"
        sleep 0.02
    done
    is_policy example_org <(fetch mta-sts.example.org)
    kill -TERM "$PROGRAM"
    ends_well
}

# An emulator catches all signals from its start: when the program does cannot be seen.
# bats test_tags=native
@test "SIGHUP while it starts, and waits for a file that was just written, does not end it" {
    touch policies.ini
    background fcgi.log spawn-fcgi -n -s "$DIR/fcgi.sock" -M 0666 -- "$MTA_STS" -f policies.ini
    PROGRAM=$STARTED
    until_true takes_hangup "$PROGRAM"
    kill -HUP "$PROGRAM"
    until_true grep -q 'mta-sts: ready' fcgi.log
}

# listens_by_itself PLACE: the program listens there by -l, and answers on each of the addresses; a family that this machine does not have is left out.
listens_by_itself() {
    local place=$1
    shift
    background fcgi.log "$MTA_STS" -f policies.ini -l "$place"
    PROGRAM=$STARTED
    until_true grep -q 'mta-sts: ready' fcgi.log
    client <<PY
for address in "$*".split():
    s = socket.create_connection((address, ${place##*:}), 10)
    s.sendall(request("mta-sts.example.org"))
    assert b"mx: mail.example.org" in s.recv(65536), address
PY
    kill "$PROGRAM"
    ends_well
    rm fcgi.log
}

@test "-l: a port of each address, or of one; again at once after a restart" {
    local port ipv6=
    port=$(free_port)
    ! python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::1", 0))' || ipv6=::1
    listens_by_itself "$port" 127.0.0.1 $ipv6
    listens_by_itself "127.0.0.1:$port" 127.0.0.1
    listens_by_itself "127.0.0.1:$port" 127.0.0.1
    [ -z "$ipv6" ] || listens_by_itself "[::1]:$port" ::1
    background fcgi.log "$MTA_STS" -f policies.ini -l "127.0.0.2:$port"
    until_true listens_on "$port" 127.0.0.2
    run ! listens_on "$port" 127.0.0.1
}

@test "-l: what is wrong is said" {
    local place port
    for place in '' 0 65536 99999999999999999999 -1 9000x x:9000 127.0.0.1: 127.0.0.1:0 :9000 ::1:9000 '[127.0.0.1]:9000' '[::1]9000' '[]:9000' "[$(printf ':%.0s' {1..99})]:9000"; do
        run -2 timeout 60 "$MTA_STS" -l "$place"
        [[ $output == "mta-sts: -l $place: write a port from 1 to 65535"* ]]
    done
    run -2 timeout 60 "$MTA_STS" -l
    [[ $output == 'mta-sts: -l: its value is missing'* ]]
    run -2 timeout 60 "$MTA_STS" -l 9000 check
    [ "$output" = 'mta-sts: check: -l is for FastCGI; leave out -l or the command' ]
    run -2 timeout 60 spawn-fcgi -n -s "$DIR/fcgi.sock" -- "$MTA_STS" -l 9000
    [ "$output" = 'mta-sts: -l 9000: there is a listening socket already; leave out one of them' ]

    port=$(free_port)
    background fcgi.log "$MTA_STS" -f policies.ini -l "127.0.0.1:$port"
    until_true grep -q 'mta-sts: ready' fcgi.log
    run -1 timeout 60 "$MTA_STS" -f policies.ini -l "127.0.0.1:$port"
    # musl says "Address in use".
    [[ $output == "mta-sts: cannot listen on 127.0.0.1:$port: Address "*"in use" ]]
    # The query string of a CGI request opens no port (CVE-2012-1823).
    run -0 timeout 60 env MTA_STS_POLICIES=policies.ini SERVER_NAME=mta-sts.example.org REQUEST_METHOD=GET "$MTA_STS" -l "127.0.0.1:$(free_port)"
    [[ $output == *'mx: mail.example.org'* ]]
}
