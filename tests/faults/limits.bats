# Descriptors run out, memory runs out, nobody reads the log, the disk is full.

load faults

# starts_with LIMIT: the program starts with so many open files, and logs that it is ready.
starts_with() {
    local pid i
    rm -f try.sock try.log
    spawn-fcgi -n -s "$DIR/try.sock" -- "$(command -v prlimit)" --nofile="$1:$1" "$MTA_STS" -f policies.ini -t 4 >try.log 2>&1 3>&- &
    pid=$!
    for ((i = 0; i < 200; i++)); do
        if grep -q 'mta-sts: ready' try.log; then
            kill -TERM "$pid"
            wait "$pid"
            return 0
        fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.01
    done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" || true
    return 1
}

# lowest_limit: the lowest limit of open files with which four threads start.
lowest_limit() {
    local n
    for ((n = 5; n < 64; n++)); do
        if starts_with "$n" >/dev/null 2>&1; then
            echo "$n"
            return 0
        fi
    done
    return 1
}

@test "ulimit -n: where it says that it is ready, it answers" {
    local n
    n=$(lowest_limit)
    echo "starts with ulimit -n $n"
    WRAPPER="$(command -v prlimit) --nofile=$n:$n"
    start_program fcgi.sock -f policies.ini -t 4
    client <<'PY'
for i in range(20):
    s = connect(path)
    s.sendall(request("mta-sts.example.org"))
    assert b"mx: mail.example.org" in answer(s)
    s.close()
PY
    expect 1 policies.ini
    front_lighttpd fcgi.sock
    front_nginx fcgi.sock
    begin_load 2
    end_load
    all_right "ulimit -n $n, the lowest that 4 threads start with" 1
    back_to_normal
    still_runs
}

@test "ulimit -n: more connections than descriptors" {
    local n
    n=$(($(lowest_limit) + 8))
    WRAPPER="$(command -v prlimit) --nofile=$n:$n"
    expect 1 policies.ini
    behind_both -t 4
    be_rude silent 200 4
    until_true test -e rude
    begin_load 3
    end_load
    wait "$RUDE"
    # The program closes the connections that have waited longest, mostly before descriptors run out.
    all_right "ulimit -n $n, 200 silent connections" "$(tail -1 rude.count)"
    [ "$(tail -1 rude.count)" -gt 200 ]
    back_to_normal
    still_runs
}

# large MB NAME: makes a file of that size.
large() {
    awk -v bytes="$(($1 * 1000000))" 'BEGIN { for (i = 0; n < bytes; i++) { s = sprintf("[d%07d.example]\nmx = mail%07d.example\n", i, i); n += length(s); printf "%s", s } }' >"$2"
    cat policies.ini >>"$2"
    leave_alone "$2"
}

small_is_served() {
    curl -s -H 'Host: mta-sts.example.org' "http://127.0.0.1:${PORT[nginx]}/.well-known/mta-sts.txt" | grep -qF small.example.org
}

@test "ulimit -v: what does not fit is told and not taken, whatever its size; what fits is taken" {
    local i kB
    start_program fcgi.sock -f policies.ini -t 4
    kB=$(awk '/^VmPeak/ { print $2 }' "/proc/$PROGRAM/status")
    kill -TERM "$PROGRAM"
    ends_well
    WRAPPER="$(command -v prlimit) --as=$(((kB + 8000) * 1024))"
    cp -p policies.ini small.ini
    expect 1 policies.ini
    behind_both -t 4
    begin_load 4
    for i in 2 3 4 5 6 8 10 12 16 24 32; do
        large "$i" next.ini
        mv next.ini policies.ini
        kill -HUP "$PROGRAM"
        sleep 0.2
    done
    until_true grep -qF 'policies.ini: cannot be read: Cannot allocate memory; the old policies stay in force' fcgi.sock.log
    end_load
    all_right "ulimit -v $((kB + 8000)), files of 2 to 32 MB" 11
    sed 's/mail.example.org/small.example.org/' small.ini >policies.ini
    leave_alone policies.ini
    kill -HUP "$PROGRAM"
    until_true small_is_served
    expect 1 policies.ini
    back_to_normal
    still_runs
}

@test "the log's reader is gone: every answer is given all the same" {
    mkfifo pipe
    background /dev/null cat pipe
    local reader=$STARTED i
    background pipe spawn-fcgi -n -s "$DIR/fcgi.sock" -M 0666 -- "$MTA_STS" -f policies.ini
    PROGRAM=$STARTED
    until_true test -S fcgi.sock
    expect 1 policies.ini
    front_lighttpd fcgi.sock
    front_nginx fcgi.sock
    kill -KILL "$reader"
    begin_load 3
    for ((i = 0; i < 20; i++)); do
        # The program logs a line for each reading, for each mistake, and with the answer.
        kill -HUP "$PROGRAM"
        [ "$(status mta-sts.broken.example)" = 500 ]
        sleep 0.1
    done
    end_load
    all_right "the log's reader is gone" 20
    back_to_normal
    still_runs
}

@test "CGI: nobody reads the log: the answer is given all the same" {
    python3 - "$MTA_STS" <<'PY'
import os, subprocess, sys
reader, writer = os.pipe()
os.close(reader)
for host, status in ("mta-sts.example.org", "200"), ("mta-sts.broken.example", "500"), ("www.example.org", "404"):
    done = subprocess.run([sys.argv[1]], env={"SERVER_NAME": host, "MTA_STS_POLICIES": "policies.ini"}, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=writer)
    assert done.returncode == 0 and done.stdout.startswith(b"Status: " + status.encode()), (host, done)
PY
}

# on_a_small_disk: runs the script on standard input. The folder disk is a file system of DISK (256k) bytes there.
on_a_small_disk() {
    local options=-m
    [ "$(id -u)" -eq 0 ] || options=-rm
    mkdir -p disk
    {
        echo 'set -euo pipefail'
        echo "mount -t tmpfs -o size=${DISK:-256k} tmpfs disk"
        cat
    } >script
    MTA_STS=$MTA_STS unshare "$options" bash script
}

@test "disk full behind export: exit status 1, told, what was there stays, nothing half-written" {
    large_policy() {
        echo "[example.net]"
        seq -f "mx = $1%03.0f.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.example" 120
    }
    { large_policy a; printf '[example.com]\nmx = one.example.com\n'; } >policies.ini
    { large_policy b; printf '[example.com]\nmx = two.example.com\n[new.example]\nmx = mail.new.example\n'; } >second.ini
    leave_alone policies.ini second.ini
    on_a_small_disk <<'SH'
"$MTA_STS" -f policies.ini export disk/out
"$MTA_STS" -f policies.ini export --worker disk/worker.js
cp -r disk/out disk/worker.js .
head -c 300000 /dev/zero >disk/rest 2>/dev/null || true
for arguments in disk/out '--delete disk/out' '--worker disk/worker.js'; do
    code=0
    "$MTA_STS" -f second.ini export $arguments 2>log || code=$?
    cat log
    [ "$code" -eq 1 ]
    grep -q "cannot be written: No space left on device" log
    [ -z "$(find disk -name '*.tmp')" ]
    [ -z "$(find disk -type f -empty)" ]
    diff -r out disk/out
    cmp worker.js disk/worker.js
done
rm disk/rest
"$MTA_STS" -f second.ini export disk/out
"$MTA_STS" -f second.ini export --worker disk/worker.js
for domain in example.net example.com new.example; do
    "$MTA_STS" -f second.ini show "$domain" | cmp - "disk/out/mta-sts.$domain/.well-known/mta-sts.txt"
done
grep -q two.example.com disk/worker.js
SH
}

@test "the disk fills up in the middle of an export: each file is the old policy or the new one" {
    printf '[d%.0f.example]\nmx = one.example\n' {1..120} >policies.ini
    sed 's/one/two/' policies.ini >second.ini
    printf '[e%.0f.example]\nmx = mail.example\n' {1..120} >>second.ini
    leave_alone policies.ini second.ini
    DISK=512k on_a_small_disk <<'SH'
"$MTA_STS" -f policies.ini export disk/out
code=0
"$MTA_STS" -f second.ini export disk/out 2>log || code=$?
cat log
[ "$code" -eq 1 ]
[ "$(wc -l <log)" -eq 1 ]
grep -q "cannot be written: No space left on device" log
for file in disk/out/*/.well-known/*; do
    domain=${file#disk/out/mta-sts.}
    domain=${domain%%/*}
    "$MTA_STS" -f second.ini show "$domain" | cmp -s - "$file" || "$MTA_STS" -f policies.ini show "$domain" | cmp - "$file"
done
# The list has all files, so --delete finds them later.
for folder in disk/out/*; do
    grep -qxF "${folder##*/}" disk/out/.mta-sts-export
done
mount -o remount,size=2m disk
"$MTA_STS" -f policies.ini export --delete disk/out 2>/dev/null
[ "$(find disk/out -name mta-sts.txt | wc -l)" -eq 120 ]
[ "$(find disk/out -mindepth 1 -maxdepth 1 -type d | wc -l)" -eq 120 ]
SH
}
