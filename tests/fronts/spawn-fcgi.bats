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
    PATH=$DIR:$PATH run timeout 10 sh ../start
    echo "$output"
    [ "$status" -ne 0 ]
    [[ $output == *'No such file or directory'* ]]
}
