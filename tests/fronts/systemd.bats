# The examples for systemd: the units, as far as they can be checked on a system that systemd has not booted, and the socket that systemd hands over.

load supervisors

# setting FILE NAME: the value of each line NAME=value.
setting() {
    sed -n "s/^$2=//p" "$1"
}

# python [ARGUMENT...]: runs the Python on standard input.
python() {
    timeout 60 python3 - "$@"
}

# allowed_calls: the system calls that the service allows, one a line.
allowed_calls() {
    python units/mta-sts.service <<'PY'
import re, subprocess, sys

sets, last = {}, None
for line in subprocess.run(["systemd-analyze", "syscall-filter"], capture_output=True, text=True, check=True).stdout.splitlines():
    if line.startswith("@"):
        last = sets[line.strip()] = []
    elif last is not None and re.match(r"\s+[@\w-]+$", line):
        last.append(line.strip())

def members(name):
    """The system calls of a group, those of the groups in it included."""
    return set().union(*map(members, sets[name])) if name.startswith("@") else {name}

allowed = members("@default")  # always
for line in open(sys.argv[1]):
    if line.startswith("SystemCallFilter="):
        value = line.strip().partition("=")[2]
        calls = set().union(*map(members, value.lstrip("~").split()))
        allowed = allowed - calls if value.startswith("~") else allowed | calls
assert len(allowed) > 100, allowed
print(*sorted(allowed), sep="\n")
PY
}

# hold RESTARTS COMMAND...: does what systemd does with StandardInput=socket. It listens on fcgi.sock, keeps that open, and starts COMMAND with it as
# descriptor 0. RESTARTS times it ends COMMAND with SIGTERM, and starts it again 0.2 seconds later. The program's process is in the file pid, its log
# in fcgi.log, the holder's log in hold.log. When the holder gets SIGTERM, it ends COMMAND too.
hold() {
    cat >hold.py <<'PY'
import os, signal, socket, subprocess, sys, time
path, restarts, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
os.chmod(path, 0o666)
listener.listen(4096)
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
program = None
try:
    for left in range(restarts, -1, -1):
        program = subprocess.Popen(command, stdin=listener, stdout=subprocess.DEVNULL, stderr=open("fcgi.log", "ab"))
        with open("pid.new", "w") as pid:
            print(program.pid, file=pid)
        os.rename("pid.new", "pid")
        if left:
            time.sleep(0.5)
            program.terminate()
            print("ended, exit status %d" % program.wait(60), flush=True)
            time.sleep(0.2)
    print("exit status %d" % program.wait(), flush=True)
finally:
    if program and program.poll() is None:
        program.terminate()
        program.wait(60)
PY
    : >fcgi.log
    background hold.log timeout 100 python3 hold.py "$DIR/fcgi.sock" "$@"
    HOLDER=$STARTED
    until_true grep -q 'mta-sts: ready' fcgi.log
}

@test "systemd: the units are valid" {
    needs systemd-analyze
    prepare
    cd units
    run timeout 60 systemd-analyze verify --man=no ./mta-sts.socket ./mta-sts.service
    echo "$output"
    [ "$status" -eq 0 ]
    # systemd-analyze only warns of settings that it does not know.
    [[ $output != *mta-sts.* ]]
}

@test "systemd: the service is shut in, exposure below 1.5" {
    needs systemd-analyze
    prepare
    cd units
    run timeout 60 systemd-analyze security --offline=true --no-pager --threshold=15 ./mta-sts.service
    echo "$output"
    [ "$status" -eq 0 ]
    echo "# ${output##*→ }" >&3
}

@test "systemd: socket, user, mode and what is handed over" {
    local socket=$EXAMPLES/systemd/mta-sts.socket service=$EXAMPLES/systemd/mta-sts.service
    [ "$(setting "$socket" ListenStream)" = /run/mta-sts/mta-sts.sock ]
    [ "$(setting "$socket" SocketUser)" = www-data ]
    [ "$(setting "$socket" SocketMode)" = 0600 ]
    # With Accept=yes systemd would not start the program as a FastCGI program.
    [ -z "$(setting "$socket" Accept)" ]
    [ "$(setting "$service" StandardInput)" = socket ]
    [ "$(setting "$service" StandardOutput)" = journal ]
    [ "$(setting "$service" StandardError)" = journal ]
    # systemd removes the RuntimeDirectory when the service stops, and the socket with it.
    [ -z "$(setting "$service" RuntimeDirectory)" ]
}

@test "systemd: the program makes only the system calls that the service lets through" {
    needs systemd-analyze strace
    prepare
    strace -o trace.true true || skip_or_fail "nothing can be traced here"
    local start reload
    read -ra start <<<"$(setting units/mta-sts.service ExecStart)"
    read -ra reload <<<"$(setting units/mta-sts.service ExecReload)"
    hold 0 strace -f -qq -e signal=none -o trace "${start[@]}"
    asks
    PROGRAM=$(pgrep -P "$(cat pid)")
    PIDS+=("$PROGRAM")
    strace -f -qq -e signal=none -o trace.reload "${reload[@]/\$MAINPID/$PROGRAM}"
    until_true grep -q 'read again' fcgi.log
    asks
    kill -TERM "$PROGRAM"
    ended "$HOLDER"
    sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' trace trace.reload | sort -u >made
    grep -qx accept made
    grep -qx rt_sigtimedwait made
    grep -qx kill made
    allowed_calls >allowed
    sort -u allowed made | comm -3 - <(sort -u allowed) >missing
    echo "$(wc -l <made) system calls made, not let through: $(cat missing)"
    [ ! -s missing ]
}

@test "systemd: it runs under a filter of those system calls, on a read-only root, without network and /proc" {
    needs systemd-analyze unshare
    /usr/bin/python3 -c 'import seccomp' || skip_or_fail "no seccomp module for Python"
    prepare
    allowed_calls >allowed
    cat >shut-in <<'SH'
#!/bin/bash
# shut-in COMMAND...: runs COMMAND without write access, without network, and without /proc.
set -e
mount --make-rprivate /
mount --rbind / /
mount -o remount,bind,ro /
# /tmp may be a file system of its own, whose flags cannot be taken away here.
here=$(dirname "$0")
mount --bind "$here" "$here"
mount -o remount,bind,ro,nosuid,nodev "$here"
mount -t tmpfs -o ro none /proc
if touch "$here/written" 2>/dev/null || [ -e /proc/self ]; then
    echo "this is not shut in" >&2
    exit 9
fi
exec /usr/bin/python3 "$here/filter.py" "$here/allowed" "$@"
SH
    chmod 755 shut-in
    cat >filter.py <<'PY'
import errno, os, seccomp, sys
filter = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
for name in open(sys.argv[1]).read().split():
    try:
        filter.add_rule(seccomp.ALLOW, name)
    except (OSError, ValueError, RuntimeError):
        pass  # another architecture's
filter.load()
try:
    os.sched_setaffinity(0, {0})  # of @resources
    sys.exit("there is no filter")
except PermissionError:
    os.execv(sys.argv[2], sys.argv[2:])
PY
    local start
    read -ra start <<<"$(setting units/mta-sts.service ExecStart)"
    hold 0 unshare --user --map-root-user --mount --net "$DIR/shut-in" "${start[@]}"
    asks
    touch -d yesterday policies.ini
    until_true grep -q 'read again' fcgi.log
    asks
    kill -HUP "$(cat pid)"
    until_true logged 2 'read again'
    kill -TERM "$(cat pid)"
    ended "$HOLDER"
    grep -qx 'exit status 0' hold.log
    if grep -q 'Landlock [1-9]' <("$MTA_STS" --version); then
        grep -q Landlock fcgi.log
    fi
}

@test "systemd: StandardInput=socket: the listening socket is descriptor 0" {
    prepare
    local start
    read -ra start <<<"$(setting units/mta-sts.service ExecStart)"
    hold 0 "${start[@]}"
    asks
    kill -TERM "$(cat pid)"
    ended "$HOLDER"
    grep -qx 'exit status 0' hold.log
}

@test "systemd: ExecReload reads the file now, ExecStart's process goes on" {
    prepare
    local start reload
    read -ra start <<<"$(setting units/mta-sts.service ExecStart)"
    read -ra reload <<<"$(setting units/mta-sts.service ExecReload)"
    [ "${reload[*]}" = "/bin/kill -HUP \$MAINPID" ]
    hold 0 "${start[@]}"
    # The file has not changed, so only the signal makes the program read it.
    sleep 1.2
    logged 0 'read again'
    "${reload[@]/\$MAINPID/$(cat pid)}"
    until_true logged 1 'policies.ini: read again: 4 domains'
    asks
    kill -0 "$(cat pid)"
}

@test "systemd: plain socket activation, descriptor 3" {
    needs systemd-socket-activate
    prepare
    background fcgi.log systemd-socket-activate -l "$DIR/fcgi.sock" "$DIR/mta-sts" -f "$DIR/policies.ini"
    PROGRAM=$STARTED
    until_true test -S fcgi.sock
    # systemd-socket-activate starts the program with the first connection, and not before.
    sleep 0.2
    fails grep -q ready fcgi.log
    asks
    grep -q 'mta-sts: ready' fcgi.log
    kill -TERM "$PROGRAM"
    ends_well
}

@test "a restart on a socket that the supervisor keeps open loses no answer" {
    prepare
    hold 4 "$DIR/mta-sts" -f "$DIR/policies.ini"
    example_org >expected
    python "$DIR/fcgi.sock" >counts <<'PY' || { cat counts; return 1; }
import sys, threading, time
from fastcgi_client import *

expected = open("expected", "rb").read()
asked, answered, slowest, wrong = [0] * 16, [0] * 16, [0.0] * 16, []
end = time.monotonic() + 4

def load(i):
    while time.monotonic() < end:
        begin = time.monotonic()
        asked[i] += 1
        try:
            connection = connect(sys.argv[1])
            connection.sendall(request("mta-sts.example.org"))
            got = body(answer(connection))
            connection.close()
            assert got == expected, got
            answered[i] += 1
        except (AssertionError, OSError) as error:
            wrong.append(repr(error))
        slowest[i] = max(slowest[i], time.monotonic() - begin)

threads = [threading.Thread(target=load, args=(i,)) for i in range(16)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sum(asked), "asked,", sum(answered), "answered, the slowest after %.2f s" % max(slowest), *wrong[:3])
assert sum(asked) == sum(answered) > 100
# Some clients asked while no process was there.
assert max(slowest) > 0.15
PY
    echo "# $(cat counts)" >&3
    local asked answered
    read -r asked _ answered _ <counts
    [ "$asked" -eq "$answered" ]
    # It got SIGTERM four times, and ended well each time.
    [ "$(grep -cx 'ended, exit status 0' hold.log)" -eq 4 ]
    logged 5 'mta-sts: ready'
    asks
}

@test "shut in as the service is: read-only, no /proc, no network, no right" {
    as_root
    needs unshare setpriv mount
    prepare
    unshare --mount --net --ipc --uts --propagation private true || skip_or_fail "no namespaces here"
    # The service's settings, by means of util-linux. The script logs what it can do but should not, and becomes the program.
    cat >shut_in <<'SH'
set -e
while read -r _ _ _ _ folder _; do
    case $folder in /proc/* | /sys/*) ;; *) mount -o remount,bind,ro "$folder" 2>/dev/null || true ;; esac
done </proc/self/mountinfo
mount -t tmpfs -o mode=000 tmpfs /sys
mount -t tmpfs -o mode=000 tmpfs /dev
mount -t tmpfs -o mode=000 tmpfs /proc
exec setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs /bin/sh -c '
    touch "$0/written" 2>&- && echo "it can write" >&2
    for folder in /proc /sys /dev; do ls "$folder/" 2>&- && echo "it has $folder" >&2; done
    exec "$@"' "$@"
SH
    chmod 1777 "$DIR"
    hold 0 unshare --mount --net --ipc --uts --propagation private /bin/sh "$DIR/shut_in" "$DIR" "$DIR/mta-sts" -f "$DIR/policies.ini"
    fails grep -E 'it (can|has)' fcgi.log
    [ ! -e written ]
    PROGRAM=$(cat pid)
    [ "$(ps -o comm= -p "$PROGRAM")" = mta-sts ]
    # Another user, no capability, another network.
    grep -q '^Uid:.65534.65534.65534.65534$' "/proc/$PROGRAM/status"
    grep -q '^CapBnd:.0*$' "/proc/$PROGRAM/status"
    grep -q '^NoNewPrivs:.1$' "/proc/$PROGRAM/status"
    [ "$(readlink "/proc/$PROGRAM/ns/net")" != "$(readlink /proc/self/ns/net)" ]
    [ "$(wc -l <"/proc/$PROGRAM/net/route")" -le 1 ]
    asks
    # An edit by rename takes effect.
    printf '[example.org]\nmx = other.example.org\n' >new.ini
    leave_alone new.ini
    chmod 644 new.ini
    mv new.ini policies.ini
    # As the program's own user: ExecReload needs no privilege either.
    setpriv --reuid=65534 --regid=65534 --clear-groups /bin/kill -HUP "$PROGRAM"
    until_true logged 1 'policies.ini: read again: 1 domain'
    fails asks
    grep -q 'mx: other.example.org' answer
    kill -TERM "$PROGRAM"
    ended "$HOLDER"
    grep -qx 'exit status 0' hold.log
}
