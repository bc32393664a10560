# The example for spawn-fcgi: the script under a supervisor that only starts it.

load supervisors

@test "spawn-fcgi: the script makes the socket as it says, and gives root up" {
    as_root
    needs setpriv
    prepare
    # The folder of the socket is missing, as after a boot.
    fill spawn-fcgi/run /run/mta-sts "$DIR/run" /usr/local/bin/mta-sts "$DIR/mta-sts" /etc/mta-sts/policies.ini "$DIR/policies.ini" >start
    chmod 755 start
    ln -s run/mta-sts.sock fcgi.sock
    local round
    # The second one finds the socket of a killed process.
    for round in 1 2; do
        rm -f fcgi.log
        (umask 077 && exec ./start) >fcgi.log 2>errors 3>&- &
        PROGRAM=$!
        PIDS+=("$PROGRAM")
        # The log is on standard output, for the supervisor's logger.
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
    background fcgi.log sh start
    PROGRAM=$STARTED
    until_true grep -q 'mta-sts: ready' fcgi.log
    fails asks setpriv --reuid=www-data --regid=www-data --clear-groups
    kill -TERM "$PROGRAM"
    ends_well
    rm fcgi.sock
    fill spawn-fcgi/run /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" /run/mta-sts "$DIR" /usr/local/bin/mta-sts mta-sts \
        /etc/mta-sts/policies.ini "$DIR/policies.ini" >start
    mkdir elsewhere
    cd elsewhere
    PATH=$DIR:$PATH run timeout 60 sh ../start
    echo "$output"
    [ "$status" -ne 0 ]
    [[ $output == *'No such file or directory'* ]]
}

# Takes datagrams at log.sock, as a syslog server does; each is a line of the file syslog.
start_syslog() {
    cat >listen.py <<'PY'
import os, socket
log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
log.bind("log.sock")
os.chmod("log.sock", 0o777)
with open("syslog", "wb", 0) as file:
    while True:
        file.write(log.recv(9999) + b"\n")
PY
    background listen.log python3 listen.py
    until_true test -S log.sock
}

# with_syslog COMMAND...: in a mount namespace whose /dev/log is log.sock.
with_syslog() {
    mkdir -p dev
    # shellcheck disable=SC2016 # of the inner shell
    timeout 60 unshare --mount --propagation private bash -ec '
        mount --rbind /dev dev; mount -t tmpfs tmpfs /dev
        touch /dev/null /dev/urandom /dev/log
        mount --bind dev/null /dev/null; mount --bind dev/urandom /dev/urandom; mount --bind log.sock /dev/log
        exec "$@"' with_syslog "$@" 3>&-
}

@test "spawn-fcgi: without -n it is in syslog why the program did not start, and nothing else" {
    as_root
    needs unshare python3
    prepare
    start_syslog
    with_syslog spawn-fcgi -s "$DIR/fcgi.sock" -- "$DIR/mta-sts" -f "$DIR/nowhere.ini" >out 2>&1 || true
    grep -q 'child exited with: 1' out
    until_true grep -qF "<29>mta-sts: $DIR/nowhere.ini: cannot be read: No such file or directory" syslog
    # A program that serves opens no connection, whatever it has to log.
    printf '[wrong.example]\nnmx = x\n' >>policies.ini
    leave_alone policies.ini
    rm -f fcgi.sock
    with_syslog spawn-fcgi -s "$DIR/fcgi.sock" -P "$DIR/pid" -- "$DIR/mta-sts" -f "$DIR/policies.ini" >out 2>&1
    PIDS+=("$(<pid)")
    asks
    kill -TERM "$(<pid)"
    ended "$(<pid)"
    [ "$(wc -l <syslog)" -eq 1 ]
}
