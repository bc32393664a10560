# The examples for supervisors: systemd's units as far as they can be checked without being booted by it, the socket that it hands over, OpenRC's script and
# spawn-fcgi's line as they are, with other paths.

load ../helper
load fronts

# Whoever runs as another user than root must get at the program and its file.
prepare() {
    cp "$MTA_STS" "$DIR/mta-sts"
    local folder=$DIR
    while [ "$folder" != /tmp ] && [ "$folder" != / ]; do
        chmod a+rx "$folder"
        folder=$(dirname "$folder")
    done
    chmod 644 policies.ini
    mkdir units
    local unit
    for unit in mta-sts.socket mta-sts.service; do
        fill "systemd/$unit" /usr/local/bin/mta-sts "$DIR/mta-sts" /etc/mta-sts/policies.ini "$DIR/policies.ini" >"units/$unit"
    done
}

# setting FILE NAME: the value of a line NAME=value, as many as there are.
setting() {
    sed -n "s/^$2=//p" "$1"
}

# fails COMMAND...: bats takes no notice of what stands behind a `!`.
fails() {
    if "$@"; then
        echo "did not fail: $*" >&2
        return 1
    fi
}

as_root() {
    [ "$(id -u)" -eq 0 ] || skip_or_fail "needs root"
}

needs() {
    local command
    for command in "$@"; do
        command -v "$command" >/dev/null || skip_or_fail "no $command"
    done
}

# python [ARGUMENT...]: runs the Python on standard input; fastcgi_client can be imported.
python() {
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$BATS_TEST_DIRNAME/.. timeout 60 python3 - "$@"
}

# The system calls that the service lets through, one a line.
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

# asks [COMMAND...]: is the policy of example.org, byte for byte, what the socket fcgi.sock answers with? COMMAND runs the client.
asks() {
    cat >asks.py <<'PY'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from fastcgi_client import *
connection = connect(sys.argv[2])
connection.sendall(request("mta-sts.example.org"))
sys.stdout.buffer.write(body(answer(connection)))
PY
    cp "$BATS_TEST_DIRNAME/../fastcgi_client.py" .
    timeout 20 "$@" "$(command -v /usr/bin/python3 || command -v python3)" asks.py "$DIR" "$DIR/fcgi.sock" >answer 2>>asks.log && is_policy example_org answer
}

# hold RESTARTS COMMAND...: what systemd does with StandardInput=socket: binds and listens on fcgi.sock, keeps that open, and starts COMMAND with it as descriptor 0.
# RESTARTS times it ends COMMAND by SIGTERM, and starts it again 0.2 seconds later. The program's process is in the file pid, its log in fcgi.log, the holder's in hold.log.
# Ended by SIGTERM, it ends COMMAND, too.
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
            print("ended, exit status %d" % program.wait(5), flush=True)
            time.sleep(0.2)
    print("exit status %d" % program.wait(), flush=True)
finally:
    if program and program.poll() is None:
        program.terminate()
        program.wait(5)
PY
    : >fcgi.log
    timeout 100 python3 hold.py "$DIR/fcgi.sock" "$@" >hold.log 2>&1 3>&- &
    HOLDER=$!
    PIDS+=("$HOLDER")
    until_true grep -q 'mta-sts: ready' fcgi.log
}

@test "systemd: the units are valid" {
    needs systemd-analyze
    prepare
    cd units
    run timeout 60 systemd-analyze verify --man=no ./mta-sts.socket ./mta-sts.service
    echo "$output"
    [ "$status" -eq 0 ]
    # What it does not know it only warns of.
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
    # With one socket for each connection the program would not be started as a FastCGI program.
    [ -z "$(setting "$socket" Accept)" ]
    [ "$(setting "$service" StandardInput)" = socket ]
    [ "$(setting "$service" StandardOutput)" = journal ]
    [ "$(setting "$service" StandardError)" = journal ]
    # A folder of the service's is removed when it stops, and the socket with it.
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
# shut-in COMMAND...: in a world in which nothing can be written, nobody be reached and nothing be known.
set -e
mount --make-rprivate /
mount --rbind / /
mount -o remount,bind,ro /
mount -t tmpfs -o ro none /proc
here=$(dirname "$0")
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
    # Nothing changed, so nothing else makes it read.
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
    systemd-socket-activate -l "$DIR/fcgi.sock" "$DIR/mta-sts" -f "$DIR/policies.ini" >fcgi.log 2>&1 3>&- &
    PROGRAM=$!
    PIDS+=("$PROGRAM")
    until_true test -S fcgi.sock
    # It starts the program with the first connection, and not before.
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
assert sum(asked) == sum(answered) > 1000
# They did ask while there was no process.
assert max(slowest) > 0.15
PY
    echo "# $(cat counts)" >&3
    local asked answered
    read -r asked _ answered _ <counts
    [ "$asked" -eq "$answered" ]
    # It was ended four times, and each time ended well.
    [ "$(grep -cx 'ended, exit status 0' hold.log)" -eq 4 ]
    logged 5 'mta-sts: ready'
    asks
}

@test "shut in as the service is: read-only, no /proc, no network, no right" {
    as_root
    needs unshare setpriv mount
    prepare
    unshare --mount --net --ipc --uts --propagation private true || skip_or_fail "no namespaces here"
    # What the service's settings stand for, with util-linux's means; then it says what it can do that it should not, and becomes the program.
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
    # No user, no right, another network.
    grep -q '^Uid:.65534.65534.65534.65534$' "/proc/$PROGRAM/status"
    grep -q '^CapBnd:.0*$' "/proc/$PROGRAM/status"
    grep -q '^NoNewPrivs:.1$' "/proc/$PROGRAM/status"
    [ "$(readlink "/proc/$PROGRAM/ns/net")" != "$(readlink /proc/self/ns/net)" ]
    [ "$(wc -l <"/proc/$PROGRAM/net/route")" -le 1 ]
    asks
    # An edit, renamed into place, gets through.
    printf '[example.org]\nmx = other.example.org\n' >new.ini
    leave_alone new.ini
    chmod 644 new.ini
    mv new.ini policies.ini
    # As the user that it runs as, so needs ExecReload no right, either.
    setpriv --reuid=65534 --regid=65534 --clear-groups /bin/kill -HUP "$PROGRAM"
    until_true logged 1 'policies.ini: read again: 1 domain'
    fails asks
    grep -q 'mx: other.example.org' answer
    kill -TERM "$PROGRAM"
    ended "$HOLDER"
    grep -qx 'exit status 0' hold.log
}

@test "spawn-fcgi: the script makes the socket as it says, and gives root up" {
    as_root
    needs setpriv
    prepare
    # The folder of the socket is not there.
    fill spawn-fcgi/run /run/mta-sts "$DIR/run" /usr/local/bin/mta-sts "$DIR/mta-sts" /etc/mta-sts/policies.ini "$DIR/policies.ini" >start
    chmod 755 start
    ln -s run/mta-sts.sock fcgi.sock
    local round
    # The second one finds the socket of a process that was killed.
    for round in 1 2; do
        (umask 077 && exec ./start) >fcgi.log 2>errors 3>&- &
        PROGRAM=$!
        PIDS+=("$PROGRAM")
        # The log is on standard output, where a supervisor's logger is.
        until_true grep -q 'mta-sts: ready' fcgi.log
        [ ! -s errors ]
        [ "$(stat -c '%U %a' run)" = 'root 755' ]
        [ "$(stat -c '%U %a' run/mta-sts.sock)" = 'www-data 600' ]
        # The process that was started is the program.
        [ "$(ps -o user=,comm= -p "$PROGRAM" | tr -s ' ')" = 'nobody mta-sts' ]
        asks setpriv --reuid=www-data --regid=www-data --clear-groups
        fails asks setpriv --reuid=daemon --regid=daemon --clear-groups
        grep -q PermissionError asks.log
        kill -HUP "$PROGRAM"
        until_true logged 1 'read again'
        if [ "$round" = 1 ]; then
            kill -KILL "$PROGRAM"
            ended "$PROGRAM"
        fi
    done
    kill -TERM "$PROGRAM"
    ends_well
}

@test "spawn-fcgi: without -U the front server is locked out; a program by its name is not found" {
    as_root
    prepare
    fill spawn-fcgi/run /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" /run/mta-sts "$DIR" /usr/local/bin/mta-sts "$DIR/mta-sts" \
        /etc/mta-sts/policies.ini "$DIR/policies.ini" ' -U www-data' '' >start
    sh start >fcgi.log 2>&1 3>&- &
    PROGRAM=$!
    PIDS+=("$PROGRAM")
    until_true grep -q 'mta-sts: ready' fcgi.log
    fails asks setpriv --reuid=www-data --regid=www-data --clear-groups
    kill -TERM "$PROGRAM"
    ends_well
    rm fcgi.sock
    fill spawn-fcgi/run /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" /run/mta-sts "$DIR" /usr/local/bin/mta-sts mta-sts /etc/mta-sts/policies.ini "$DIR/policies.ini" >start
    mkdir elsewhere
    cd elsewhere
    PATH=$DIR:$PATH run timeout 10 sh ../start
    echo "$output"
    [ "$status" -ne 0 ]
    [[ $output == *'No such file or directory'* ]]
}

@test "OpenRC: the files are in order" {
    sh -n "$EXAMPLES/openrc/mta-sts.initd"
    sh -n "$EXAMPLES/openrc/mta-sts.confd"
    sh -n "$EXAMPLES/spawn-fcgi/run"
    [ "$(head -1 "$EXAMPLES/openrc/mta-sts.initd")" = '#!/sbin/openrc-run' ]
    needs shellcheck
    shellcheck -s sh "$EXAMPLES/openrc/mta-sts.initd" "$EXAMPLES/spawn-fcgi/run"
    shellcheck -s sh -e SC2034 "$EXAMPLES/openrc/mta-sts.confd"
    # What conf.d shows as taken anyway is what the script takes.
    local name value
    while IFS='=' read -r name value; do
        grep -qF ": \"\${$name:=$value}\"" "$EXAMPLES/openrc/mta-sts.initd"
    done < <(sed -n 's/^#\([a-z_]*=.*\)/\1/p' "$EXAMPLES/openrc/mta-sts.confd")
}

# in_openrc COMMANDS: runs the shell commands in namespaces of their own, with a /run and an /etc of their own, as on a machine that OpenRC has booted.
# `mta-sts` is the init script there. With the shell all of its processes end.
in_openrc() {
    mkdir -p etc/init.d etc/conf.d
    cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache /etc/rc.conf etc/
    : >etc/insserv.conf
    cp "$EXAMPLES/openrc/mta-sts.initd" etc/init.d/mta-sts
    chmod 755 etc/init.d/mta-sts
    # Each line of conf.d in force, with the test's paths; /run is the shell's own.
    fill openrc/mta-sts.confd '^#\([a-z_]*=\)' '\1' /usr/local/bin/mta-sts "$DIR/mta-sts" \
        /etc/mta-sts/policies.ini "$DIR/policies.ini" /var/log/mta-sts.log "$DIR/fcgi.log" >etc/conf.d/mta-sts
    cat >in_openrc <<'SH'
set -eu
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /sys/fs/cgroup
mount --bind etc /etc
for folder in starting started stopping inactive wasinactive failed hotplugged daemons options exclusive scheduled tmp; do
    mkdir -p "/run/openrc/$folder"
done
touch /run/openrc/softlevel
mta-sts() { /etc/init.d/mta-sts "$@"; }
running() { pgrep -x -u nobody mta-sts; }
fails() { if "$@"; then return 1; fi; }
until_true() {
    for i in $(seq 500); do
        if "$@"; then return 0; fi
        sleep 0.02
    done
    echo "not within 10 seconds: $*"
    return 1
}
SH
    printf '%s\n' "$1" >>in_openrc
    timeout 60 unshare --mount --pid --fork --mount-proc --kill-child --propagation private bash in_openrc 3>&-
}

@test "OpenRC: start, status, reload, a death, restart, stop" {
    as_root
    needs unshare pgrep
    [ -x /sbin/openrc-run ] || skip_or_fail "no openrc-run"
    unshare --mount --pid --fork --mount-proc --kill-child --propagation private true || skip_or_fail "no namespaces here"
    prepare
    sed -i '/broken/,$d' policies.ini
    leave_alone policies.ini
    # shellcheck disable=SC2016 # expanded there
    run in_openrc '
mta-sts start
until_true grep -q "ready: 3 domains" fcgi.log
[ "$(stat -c "%U %a" /run/mta-sts)" = "root 755" ]
[ "$(stat -c "%U %a" /run/mta-sts/mta-sts.sock)" = "www-data 600" ]
mta-sts status
first=$(running)
mta-sts reload
until_true grep -q "read again: 3 domains" fcgi.log
[ "$(running)" = "$first" ]

# It dies, and is there again.
kill -KILL "$first"
until_true sh -c "[ \$(grep -c ready fcgi.log) = 2 ]"
second=$(running)
[ "$second" != "$first" ]

mta-sts restart
until_true sh -c "[ \$(grep -c ready fcgi.log) = 3 ]"
third=$(running)
[ "$third" != "$second" ]

# A mistake: no restart, the program goes on.
printf "[b.example]\nmx = 192.0.2.1\n" >>policies.ini
touch -d "1 hour ago" policies.ini
fails mta-sts check
fails mta-sts restart
[ "$(running)" = "$third" ]
mta-sts status

mta-sts stop
fails running
fails mta-sts status
mta-sts start
until_true sh -c "[ \$(grep -c ready fcgi.log) = 4 ]"
mta-sts stop
echo all of it'
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *'[b.example] mx: "192.0.2.1" is an IP address'*'not restarted, since their domains would be answered 500'* ]]
    [ "${lines[-1]}" = 'all of it' ]
}

@test "each example says what it is for, where the files go, how to see that it works, and where the log is" {
    local folder
    for folder in systemd openrc spawn-fcgi; do
        [ "$(wc -l <"$EXAMPLES/$folder/README.md")" -ge 10 ]
        [ "$(wc -l <"$EXAMPLES/$folder/README.md")" -le 24 ]
        grep -q 'Does it work?' "$EXAMPLES/$folder/README.md"
        grep -q 'The log' "$EXAMPLES/$folder/README.md"
        # The program and its file are where `make install` puts them.
        grep -rqF '/usr/local/bin/mta-sts' "$EXAMPLES/$folder"
        grep -rqF '/etc/mta-sts/policies.ini' "$EXAMPLES/$folder"
    done
}
