# policies.ini is edited while the program runs: what is served before and after, and that the log says it once.

load helper

start() {
    start_fastcgi -f policies.ini "$@"
    start_lighttpd < <(lighttpd_fastcgi)
    is_policy example_org <(fetch mta-sts.example.org)
}

write_new() {
    printf '[example.org]\nmode = enforce\nmx = new.example.org\n' >"$1"
}

@test "a save by rename is served with the next look" {
    start
    write_new new.ini
    leave_alone new.ini
    mv new.ini policies.ini
    sleep 1
    serves mta-sts.example.org 'mx: new.example.org'
    [ "$(status mta-sts.example.net)" = 404 ]
    logged 1 'policies.ini: read again: 1 domain'
}

@test "a save by rename of a file written just now is served within two seconds" {
    start
    write_new new.ini
    mv new.ini policies.ini
    sleep 2
    serves mta-sts.example.org 'mx: new.example.org'
}

@test "a save in place, in two halves half a second apart: never half a file" {
    start
    printf '[example.org]\nmode = enforce\nmx = one.example.org\n' >policies.ini
    sleep 0.5
    is_policy example_org <(fetch mta-sts.example.org)
    echo 'mx = two.example.org' >>policies.ini
    local i
    for i in 1 2 3 4; do
        fetch mta-sts.example.org >body
        is_policy example_org body || { grep -q 'mx: one.example.org' body && grep -q 'mx: two.example.org' body; }
        sleep 0.5
    done
    serves mta-sts.example.org 'mx: two.example.org'
    logged 1 'read again'
}

@test "a broken save: the domain keeps its policy, the others go live" {
    start
    printf '[example.org]\nnmx = new.example.org\n[example.net]\nmx = new.example.net\n[fresh.example]\nmode = on\n' >policies.ini
    leave_alone policies.ini
    sleep 1.1
    is_policy example_org <(fetch mta-sts.example.org)
    serves mta-sts.example.net 'mx: new.example.net'
    [ "$(status mta-sts.fresh.example)" = 500 ]
    [ "$(status mta-sts.example.com)" = 404 ]
    until_true logged 1 'policies.ini:2: [example.org] nmx: there is no such key; did you mean "mx"?'
    sleep 1.1
    is_policy example_org <(fetch mta-sts.example.org)
    logged 1 'policies.ini:2: [example.org] nmx'

    # Still broken, saved again: the last good policy is two readings old by now.
    printf '[example.org]\nmode = nome\n' >policies.ini
    leave_alone policies.ini
    sleep 1.1
    is_policy example_org <(fetch mta-sts.example.org)

    # Mended.
    write_new policies.ini
    leave_alone policies.ini
    sleep 1.1
    serves mta-sts.example.org 'mx: new.example.org'
    [ "$(status mta-sts.fresh.example)" = 404 ]
}

@test "a broken save, seen for the first time by the request after the check" {
    start
    printf '[example.org]\nmx = 192.0.2.1\n' >policies.ini
    leave_alone policies.ini
    kill -HUP "$PROGRAM"
    until_true logged 1 'policies.ini:2: [example.org] mx'
    is_policy example_org <(fetch mta-sts.example.org)
}

@test "a header that lost its bracket or got a dot: its domain keeps its policy" {
    start
    printf '[example.org\nmx = new.example.org\n[example.net.]\nmx = new.example.net\n[mta-sts.example.com]\nmx = new.example.com\n' >policies.ini
    leave_alone policies.ini
    sleep 1.1
    is_policy example_org <(fetch mta-sts.example.org)
    is_policy example_net <(fetch mta-sts.example.net)
    is_policy example_net <(fetch mta-sts.example.com)
}

@test "an emptied file: the last good one keeps serving, told once" {
    start
    : >policies.ini
    leave_alone policies.ini
    sleep 1.1
    is_policy example_org <(fetch mta-sts.example.org)
    sleep 1.1
    is_policy example_org <(fetch mta-sts.example.org)
    logged 1 'policies.ini: holds no section'
}

@test "a removed file, and one that comes back" {
    start
    mv policies.ini away.ini
    sleep 1.1
    is_policy example_org <(fetch mta-sts.example.org)
    sleep 1.1
    is_policy example_org <(fetch mta-sts.example.org)
    logged 1 'policies.ini: cannot be read: No such file or directory; what was read before stays in force'
    write_new policies.ini
    leave_alone policies.ini
    sleep 1.1
    serves mta-sts.example.org 'mx: new.example.org'
    logged 1 'read again: 1 domain'
    logged 1 'No such file or directory'
}

@test "permissions taken away, and given back" {
    # root may read all: the program runs without that privilege.
    if [ "$(id -u)" -eq 0 ]; then
        WRAPPER="$(command -v setpriv) --inh-caps=-dac_override,-dac_read_search --bounding-set=-dac_override,-dac_read_search"
    fi
    start
    chmod 000 policies.ini
    sleep 1.1
    is_policy example_org <(fetch mta-sts.example.org)
    sleep 1.1
    is_policy example_org <(fetch mta-sts.example.org)
    logged 1 'policies.ini: cannot be read: Permission denied; what was read before stays in force'
    chmod 644 policies.ini
    sleep 1.1
    is_policy example_org <(fetch mta-sts.example.org)
    logged 1 'read again'
}

@test "SIGHUP looks at once, also at a file that was modified just now" {
    start
    write_new policies.ini
    kill -HUP "$PROGRAM"
    until_true logged 1 'read again: 1 domain'
    serves mta-sts.example.org 'mx: new.example.org'
}

@test "a modification time in the future does not keep a file out" {
    start
    write_new policies.ini
    touch -d 'next year' policies.ini
    sleep 1.1
    fetch mta-sts.example.org >/dev/null
    sleep 2.1
    serves mta-sts.example.org 'mx: new.example.org'
}

@test "a broken [defaults]: who takes the value from there keeps its policy" {
    start
    sed -i 's/^mode = testing/mode = tasting/' policies.ini
    leave_alone policies.ini
    sleep 1.1
    is_policy example_net <(fetch mta-sts.example.net)
    is_policy example_org <(fetch mta-sts.example.org)
    until_true logged 1 'policies.ini:2: [defaults] mode: "tasting" is no mode; write enforce, testing or none (RFC 8461 3.2)'
}

@test "reloads under load: no answer is lost, each is the old policy or the new" {
    start
    write_new new.ini
    cp policies.ini old.ini
    python3 - "$DIR/fcgi.sock" 3>&- <<'PY' &
import socket, struct, sys, threading, time
def record(kind, content):
    return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content
def pair(name, value):
    return bytes([len(name), len(value)]) + name + value
request = (record(1, struct.pack(">HB5x", 1, 0)) + record(4, pair(b"REQUEST_METHOD", b"GET") + pair(b"SERVER_NAME", b"mta-sts.example.org"))
           + record(4, b"") + record(5, b""))
seen = {}
def client():
    end = time.monotonic() + 4
    while time.monotonic() < end:
        s = socket.socket(socket.AF_UNIX)
        s.connect(sys.argv[1])
        s.sendall(request)
        data = b""
        while more := s.recv(65536):
            data += more
        s.close()
        body = data[8:8 + struct.unpack(">H", data[4:6])[0]].split(b"\r\n\r\n", 1)[1] if data[1:2] == b"\6" else data
        seen[body] = seen.get(body, 0) + 1
threads = [threading.Thread(target=client) for i in range(8)]
for t in threads: t.start()
for t in threads: t.join()
with open("seen", "w") as f:
    for body, n in seen.items():
        print(n, body, file=f)
assert len(seen) == 2, seen
assert all(b"mx: mail.example.org" in body or b"mx: new.example.org" in body for body in seen)
PY
    local clients=$! i
    for ((i = 0; i < 30; i++)); do
        if ((i % 2)); then cp new.ini next.ini; else cp old.ini next.ini; fi
        leave_alone next.ini
        mv next.ini policies.ini
        kill -HUP "$PROGRAM"
        sleep 0.1
    done
    wait "$clients"
    cat seen
    kill -TERM "$PROGRAM"
    wait "$PROGRAM"
}
