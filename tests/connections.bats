# FastCGI clients that behave as no front server does: silent, slow, deaf, hostile, and with kept connections. helpers/fastcgi_client.py sends the records.

load helpers/suite
load helpers/program

# start_on_a_port [ARGUMENT...]: the program on a TCP port. The file port has its number.
start_on_a_port() {
    cat >listen.py <<'PY'
import os, socket, sys
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen(64)
with open("port", "w") as file:
    print(s.getsockname()[1], file=file)
os.dup2(s.fileno(), 0)
os.execv(sys.argv[1], sys.argv[1:])
PY
    background fcgi.log python3 listen.py "$MTA_STS" "$@"
    PROGRAM=$STARTED
    until_true grep -q 'mta-sts: ready' fcgi.log
}

# large_policy: large.ini, with a policy of 60 kB for large.example and a small one for example.org.
large_policy() {
    {
        echo '[large.example]'
        seq -f 'mx = mx%05.0f.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.example' 800
        printf '[example.org]\nmx = mail.example.org\n'
    } >large.ini
    leave_alone large.ini
}

@test "a silent connection is given up after five seconds, a half request, too" {
    start_fastcgi -f policies.ini
    client <<'PY'
for sent in b"", request("mta-sts.example.org")[:-20]:
    s = connect(path)
    s.sendall(sent)
    begin = time.monotonic()
    assert closed(s), "answered?"
    took = time.monotonic() - begin
    assert 4.5 < took < 9.5, took
PY
}

@test "kept connections do not hold up others" {
    start_fastcgi -f policies.ini -t 4
    client <<'PY'
kept = []
for i in range(12):
    s = connect(path)
    for j in range(2 if i == 0 else 1):
        s.sendall(request("mta-sts.example.org", KEEP))
        assert b"mx: mail.example.org" in answer(s)
    kept.append(s)
PY
}

@test "a request in pieces is answered, also where the front server wants to keep the connection" {
    start_fastcgi -f policies.ini
    client <<'PY'
for flags in 0, KEEP:
    s = connect(path)
    whole = request("mta-sts.example.org", flags)
    for i in range(0, len(whole), 3):
        s.sendall(whole[i:i + 3])
    assert b"mx: mail.example.org" in answer(s)
    s = connect(path)
    s.sendall(request("mta-sts.example.org", flags, stdin=False))
    assert b"mx: mail.example.org" in answer(s)
    s.sendall(record(STDIN))
    if flags == KEEP:
        s.sendall(request("mta-sts.example.net", KEEP))
        assert b"mx: smtp.google.com" in answer(s)
    else:
        assert closed(s), "not closed"
PY
}

@test "kept connections: whatever a request's size, and its body's, the next one is answered" {
    start_fastcgi -f policies.ini
    client <<'PY'
s = connect(path)


def kept(sent, name):
    for part, want in (sent, b"mx: mail.example.org"), (request("mta-sts.example.net", KEEP), b"mx: smtp.google.com"):
        s.sendall(part)
        got = answer(s)
        assert want in got and got.count(END) == 1, (name, got)


sizes = [*range(8185, 8211), *range(16380, 16390), *range(65600, 65620), 160000]
for size in sizes:
    kept(request_of(size, "mta-sts.example.org", KEEP), "a request of %d bytes" % size)
for size in [0, 1, *sizes, *range(65530, 65541), 200000]:
    kept(request("mta-sts.example.org", KEEP, content=b"b" * size), "a body of %d bytes" % size)
for size in 0, 1, 8192, 65535:
    body = record(STDIN, b"b" * size) if size > 0 else b""
    kept(request("mta-sts.example.org", KEEP, stdin=False) + body + record(ABORT), "an abort behind %d bytes" % size)
PY
}

@test "kept connections: what a body holds is no request, at whatever offset" {
    start_fastcgi -f policies.ini
    client <<'PY'
evil = request("mta-sts.example.com", KEEP) * 3
s = connect(path)
for offset in [*range(0, 40), *range(7900, 8300, 8), 65535 - len(evil), 100000]:
    s.sendall(request("mta-sts.example.org", KEEP, content=b"\0" * offset + evil))
    assert b"mx: mail.example.org" in answer(s)
    s.sendall(request("mta-sts.other.example", KEEP))
    got = answer(s)
    assert b"Status: 404" in got and got.count(END) == 1, (offset, got)
s.settimeout(0.3)
try:
    raise AssertionError(s.recv(1000))
except TimeoutError:
    pass
PY
}

@test "several requests in one piece are answered in order" {
    start_fastcgi -f policies.ini
    client <<'PY'
s = connect(path)
both = request("mta-sts.example.org", KEEP, content=b"b" * 9000) + request("mta-sts.example.net", KEEP)
sender = threading.Thread(target=s.sendall, args=(both * 40,))
sender.start()
got = answer(s, 80).split(END)
sender.join()
assert len(got) == 81 and got[80] == b""
for i in range(80):
    assert (b"mx: smtp.google.com" if i % 2 else b"mx: mail.example.org") in got[i], i
PY
}

# in_pieces [PORT]: requests in small pieces, to the program's socket or to PORT.
in_pieces() {
    {
        [ $# -eq 0 ] || echo "path = $1"
        cat <<'PY'
import random

def send(whole, most, pause=0):
    s = connect(path)
    if isinstance(path, int):
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    draw, at = random.Random(most), 0
    while at < len(whole):
        n = draw.randint(1, most)
        s.sendall(whole[at:at + n])
        at += n
        if pause > 0:
            time.sleep(pause)
    assert b"mx: mail.example.org" in answer(s), (len(whole), most)

short = request("mta-sts.example.org")
assert len(short) >= 91
for pause in 0, 0.003:
    send(short, 1, pause)
send(request_of(30000, "mta-sts.example.org"), 1)
send(request_of(160000, "mta-sts.example.org"), 100)
PY
    } | client
}

@test "a request byte by byte is answered, and one of 160,000 bytes in small pieces: on a Unix socket" {
    start_fastcgi -f policies.ini
    in_pieces
}

@test "a request byte by byte is answered, and one of 160,000 bytes in small pieces: over TCP" {
    start_on_a_port -f policies.ini
    in_pieces "$(cat port)"
}

@test "half a request and a hang-up cost no processor time" {
    start_fastcgi -f policies.ini
    local before after
    before=$(awk '{ print $14 + $15 }' "/proc/$PROGRAM/stat")
    client <<'PY'
half = request("mta-sts.example.org")[:-20]
for i in range(50):
    s = connect(path)
    s.sendall(half)
    time.sleep(0.05)
    s.close()
PY
    after=$(awk '{ print $14 + $15 }' "/proc/$PROGRAM/stat")
    echo "$((after - before)) of $(getconf CLK_TCK) ticks a second"
    [ $(((after - before) * 5)) -lt "$(getconf CLK_TCK)" ]
}

@test "clients that do not read their answers hold up nobody, and get them when they do" {
    large_policy
    start_fastcgi -f large.ini -t 4
    client <<'PY'
deaf = [connect(path, 20) for i in range(20)]
for s in deaf:
    s.sendall(request("mta-sts.large.example", KEEP) * 10)
time.sleep(0.5)
slowest = 0
for i in range(20):
    s = connect(path)
    whole = request("mta-sts.example.org")
    begin = time.monotonic()
    # Every second request comes in two parts.
    s.sendall(whole[:30])
    time.sleep(0.05 * (i % 2))
    s.sendall(whole[30:])
    assert b"mx: mail.example.org" in answer(s), i
    slowest = max(slowest, time.monotonic() - begin)
print("slowest: %.3f s" % slowest)
# Who does not read is given up after 30 seconds.
assert slowest < 5, slowest
for s in deaf:
    assert answer(s, 10).count(b"mx: mx00800.") == 10
PY
}

@test "more idle connections than there may be: the longest idle ones go, and no request is lost" {
    WRAPPER="$(command -v prlimit) --nofile=60:60"
    start_fastcgi -f policies.ini -t 4
    client <<'PY'
def is_open(s):
    s.settimeout(0)
    try:
        return s.recv(1) != b""
    except BlockingIOError:
        return True

idle = []
for i in range(200):
    idle.append(connect(path))
    idle[i].sendall(request("mta-sts.example.org", KEEP))
    assert b"mx: mail.example.org" in answer(idle[i]), i
time.sleep(0.2)
still = [i for i in range(200) if is_open(idle[i])]
# Connections that became idle in the same millisecond may be closed in any order.
assert 20 < len(still) < 60 and still[0] > 120 and still[-20:] == list(range(180, 200)), still
PY
}

# keep_idle: 20 kept connections that were idle for six seconds and stay open until the test ends.
keep_idle() {
    rm -f asked
    client <<'PY' 3>&- &
kept = [connect(path) for i in range(20)]
for n in range(2):
    for s in kept:
        s.sendall(request("mta-sts.example.org", KEEP))
        assert b"mx: mail.example.org" in answer(s)
    time.sleep(6 * (1 - n))
open("asked", "w").close()
time.sleep(30)
PY
    PIDS+=($!)
    until_true test -e asked
}

@test "a kept connection may idle for as long as it likes, and does not hold up the end" {
    ends_at_once TERM keep_idle
}

@test "HTTP, or TLS, in place of FastCGI: logged once a minute, with what to write" {
    start_fastcgi -f policies.ini
    client <<'PY'
for sent in (b"GET /.well-known/mta-sts.txt HTTP/1.0\r\nHost: mta-sts.example.org\r\n\r\n", b"\x16\x03\x01\0\xa5\1\0\0\xa1\3\3",
             b"HEAD / HTTP/1.1\r\n"):
    s = connect(path)
    s.sendall(sent)
    assert closed(s)
PY
    logged 1 'mta-sts: received HTTP instead of FastCGI'
    logged 1 'nginx: fastcgi_pass instead of proxy_pass'
    logged 0 TLS
}

@test "FCGI_GET_VALUES is answered, however often it names a value, and a request after it" {
    start_fastcgi -f policies.ini -t 4
    client <<'PY'
for times in 1, 3000:
    s = connect(path)
    s.sendall(record(GET_VALUES, pair(b"FCGI_MAX_CONNS", b"") * times, 0))
    assert s.recv(100) == record(GET_VALUES_RESULT, pair(b"FCGI_MAX_CONNS", b"4"), 0)
    s.sendall(request("mta-sts.example.org"))
    assert b"mx: mail.example.org" in answer(s)
PY
}

@test "what is no request gets no answer, and hurts nobody: lengths beyond all bounds, other versions, roles, order" {
    start_fastcgi -f policies.ini -t 4
    client <<'PY'
begin = record(BEGIN, struct.pack(">HB5x", 1, 0))
variables = pair(b"SERVER_NAME", b"mta-sts.example.org")
hostile = {
    "a sum of lengths that overflows": begin + record(PARAMS, b"\xff" * 8 + b"x" * 100) + record(PARAMS),
    "a value of 2 GiB": begin + record(PARAMS, b"\x01\xff\xff\xff\xffx") + record(PARAMS),
    "a value that goes on": begin + record(PARAMS, variables[:-1]) + record(PARAMS),
    "another version": b"\x02" + begin[1:] + record(PARAMS, variables) + record(PARAMS),
    "an authorizer": record(BEGIN, struct.pack(">HB5x", 2, 0)) + record(PARAMS),
    "values in the middle": begin + record(GET_VALUES, pair(b"FCGI_MAX_CONNS", b"") * 3000, 0) + record(PARAMS),
    "an abort": begin + record(2),
    "a second request in the first": begin + begin + record(PARAMS),
    "no beginning": record(PARAMS, variables) + record(PARAMS) + record(STDIN),
    "200 kB of variables": begin + record(PARAMS, pair(b"A", b"b" * 100) * 500) * 4 + record(PARAMS),
}
for name, sent in hostile.items():
    s = connect(path)
    try:
        s.sendall(sent)
        got = s.recv(100)
    except (BrokenPipeError, ConnectionResetError):
        got = b""
    assert got == b"", name
    s = connect(path)
    s.sendall(request("mta-sts.example.org"))
    assert b"mx: mail.example.org" in answer(s), name
PY
    kill -TERM "$PROGRAM"
    ends_well
}

@test "two names of 60 kB are answered" {
    start_fastcgi -f policies.ini
    client <<'PY'
variables = long_pair(b"HTTP_HOST", b"a" * 60000) + long_pair(b"SERVER_NAME", b"a" * 60000)
s = connect(path)
s.sendall(record(BEGIN, struct.pack(">HB5x", 1, 0)) + stream(PARAMS, variables, 40000) + record(STDIN))
assert b"Status: 404" in answer(s)
PY
}

@test "SIGTERM: a client that does not take its answers holds it up for two seconds at most" {
    large_policy
    start_fastcgi -f large.ini
    client <<'PY' 3>&- &
s = connect(path)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
for i in range(8):
    s.sendall(request("mta-sts.large.example", KEEP))
    time.sleep(0.05)
open("asked", "w").close()
time.sleep(30)
PY
    PIDS+=($!)
    until_true test -e asked
    kill -TERM "$PROGRAM"
    ended "$PROGRAM" 10
    ends_well
}
