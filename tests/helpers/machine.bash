# A copy of a root file system (an overlay in memory), and a machine on it: a systemd that has booted. The suite's teardown_file calls machine_stop.
# A suite loads suite.bash before this.

# machine_stop: removes what the suite's machines, which have ended by now, leave in /sys.
machine_stop() {
    local machine
    for machine in "$BATS_FILE_TMPDIR"/machine-*; do
        [ ! -e "$machine" ] || find /sys/fs/cgroup -depth -type d -path "*/${machine##*/}*" -exec rmdir {} +
    done
}

# needs_machine COMMAND...: skips the test where such a machine cannot be booted, or a command is missing.
needs_machine() {
    local command
    for command in systemd-nspawn "$@"; do
        command -v "$command" >/dev/null || skip_or_fail "no $command" || return
    done
    unshare --mount --pid --fork true || skip_or_fail "no namespaces here"
}

# copy_root LOWER: machine/root is a copy of the root LOWER, in a mount namespace that the process KEEPER has. IN_KEEPER is the command that runs another
# one there.
copy_root() {
    mkdir machine
    # shellcheck disable=SC2016 # for the other shell
    background machine.log unshare --mount setpriv --pdeathsig TERM bash -ec '
        mount -t tmpfs -o mode=755 tmpfs machine
        mkdir machine/{upper,work,root}
        mount -t overlay -o lowerdir="$1",upperdir=machine/upper,workdir=machine/work overlay machine/root
        touch copied
        exec sleep 1200' copy "$1" </dev/null
    KEEPER=$STARTED
    IN_KEEPER=(nsenter --target "$KEEPER" --mount env -C "$DIR")
    is_up machine test -e copied
}

# power_on ARGUMENT...: systemd-nspawn, with the arguments, boots the copy's systemd. NSPAWN is its process. After a reboot or shutdown it has ended, and
# this can be called again.
power_on() {
    # Two machines in one cgroup would end each other's processes. Another release's run has a PID namespace of its own, so KEEPER is not enough.
    local name
    name=machine-$KEEPER-$(stat -L -c %i /proc/self/ns/pid)
    # shellcheck disable=SC2016 # for the other shell
    background machine.log "${IN_KEEPER[@]}" bash -c '
        for groups in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
            [ ! -e "$groups/cgroup.procs" ] || ! mkdir -p "$groups/$1" || echo $$ >"$groups/$1/cgroup.procs" || true
        done
        exec setpriv --pdeathsig TERM systemd-nspawn -q -b --kill-signal=SIGKILL -D machine/root --register=no --keep-unit --machine="$1" "${@:2}"
        ' power_on "$name" "$@" </dev/null
    NSPAWN=$STARTED
    touch "$BATS_FILE_TMPDIR/$name"
    until_true booted 2>/dev/null || is_up machine booted
}

booted() {
    local machine
    machine=$(pgrep -P "$NSPAWN") && ON=(nsenter --target "$machine" --all --) && on systemctl is-system-running | grep -qxE 'running|degraded'
}

# boot: starts the units and files of the folder root on a copy of this machine's root file system. tested.target names what is started. The machine has
# the network that INSIDE, of network.bash, enters.
boot() {
    copy_root /
    "${IN_KEEPER[@]}" rm -rf machine/root/{etc/systemd/system,var/mail/root,var/lib/mta-sts-probe,var/log/journal}
    "${IN_KEEPER[@]}" cp -a root/. machine/root/
    [[ $INSIDE =~ --target\ ([0-9]+) ]]
    power_on --network-namespace-path="/proc/${BASH_REMATCH[1]}/ns/net" systemd.unit=tested.target
    on systemctl -q is-active tested.target
}

# on COMMAND...: runs COMMAND on the machine, for up to PATIENCE (120) seconds.
on() {
    timeout "${PATIENCE:-120}" "${ON[@]}" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}

# mail_arrives: root's newest mail on the machine is in the file mail, and in no mailbox any more.
mail_arrives() {
    until_true on test -s /var/mail/root
    on cat /var/mail/root >mail
    on rm /var/mail/root
    cat mail
    [ "$(grep -c '^From ' mail)" -eq 1 ]
}
