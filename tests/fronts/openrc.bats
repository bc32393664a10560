# The example for OpenRC: the script in namespaces that look like a machine that OpenRC has booted.

load supervisors

@test "OpenRC: the files are in order" {
    sh -n "$EXAMPLES/openrc/mta-sts.initd"
    sh -n "$EXAMPLES/openrc/mta-sts.confd"
    sh -n "$EXAMPLES/spawn-fcgi/run"
    [ "$(head -1 "$EXAMPLES/openrc/mta-sts.initd")" = '#!/sbin/openrc-run' ]
    needs shellcheck
    shellcheck -s sh "$EXAMPLES/openrc/mta-sts.initd" "$EXAMPLES/spawn-fcgi/run"
    shellcheck -s sh -e SC2034 "$EXAMPLES/openrc/mta-sts.confd"
    # conf.d shows the defaults of the script.
    local name value
    while IFS='=' read -r name value; do
        grep -qF ": \"\${$name:=$value}\"" "$EXAMPLES/openrc/mta-sts.initd"
    done < <(sed -n 's/^#\([a-z_]*=.*\)/\1/p' "$EXAMPLES/openrc/mta-sts.confd")
}

# in_openrc COMMANDS: runs the shell commands as on a machine that OpenRC has booted: in their own namespaces, with their own /run and /etc.
# `mta-sts` is the init script there. All processes end with the shell.
in_openrc() {
    mkdir -p etc/init.d etc/conf.d
    cp /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache /etc/rc.conf etc/
    : >etc/insserv.conf
    cp "$EXAMPLES/openrc/mta-sts.initd" etc/init.d/mta-sts
    chmod 755 etc/init.d/mta-sts
    # Each line of conf.d is active, with the test's paths.
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
SH
    {
        declare -f until_true
        printf '%s\n' "$1"
    } >>in_openrc
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

# It is killed, and starts again.
kill -KILL "$first"
until_true sh -c "[ \$(grep -c ready fcgi.log) = 2 ]"
second=$(running)
[ "$second" != "$first" ]

mta-sts restart
until_true sh -c "[ \$(grep -c ready fcgi.log) = 3 ]"
third=$(running)
[ "$third" != "$second" ]

# With a mistake in the file there is no restart, and the program keeps running.
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
