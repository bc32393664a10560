# A machine with a systemd that has booted: a copy of this machine's root file system (an overlay in memory) with the units and files of the folder root,
# where tested.target names what is started. It has the network that INSIDE enters. One for each suite, whose teardown_file calls machine_stop.
# A suite loads suite.bash and network.bash before this.

# machine_stop: removes what the machine, which has ended by now, leaves in /sys.
machine_stop() {
    if [ -e "$BATS_FILE_TMPDIR/machine" ]; then
        find /sys/fs/cgroup -depth -type d -path "*/machine-$(cat "$BATS_FILE_TMPDIR/machine")*" -exec rmdir {} +
    fi
}

# needs_machine COMMAND...: skips the test where such a machine cannot be booted, or a command is missing.
needs_machine() {
    local command
    for command in systemd-nspawn "$@"; do
        command -v "$command" >/dev/null || skip_or_fail "no $command" || return
    done
    unshare --mount --pid --fork true || skip_or_fail "no namespaces here"
}

# boot: starts the machine, whose first process is MACHINE.
boot() {
    cat >boot <<'SH'
set -e
mount -t tmpfs -o mode=755 tmpfs machine
mkdir machine/{upper,work,root}
mount -t overlay -o lowerdir=/,upperdir=machine/upper,workdir=machine/work overlay machine/root
rm -rf machine/root/etc/systemd/system machine/root/var/mail/root machine/root/var/lib/mta-sts-probe machine/root/var/log/journal
cp -a root/. machine/root/
# Two machines in one cgroup would end each other's processes.
for groups in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
    [ ! -e "$groups/cgroup.procs" ] || ! mkdir "$groups/machine-$$" || echo $$ >"$groups/machine-$$/cgroup.procs" || true
done
exec setpriv --pdeathsig TERM systemd-nspawn -q -b --kill-signal=SIGKILL -D machine/root --network-namespace-path="$1" --register=no --keep-unit \
    --machine="machine-$$" systemd.unit=tested.target
SH
    mkdir machine
    [[ $INSIDE =~ --target\ ([0-9]+) ]]
    background machine.log unshare --mount bash boot "/proc/${BASH_REMATCH[1]}/ns/net" </dev/null
    echo "$STARTED" >"$BATS_FILE_TMPDIR/machine"
    local i
    for ((i = 0; i < 6; i++)); do
        ! until_true booted 2>/dev/null || return 0
    done
    cat machine.log
    return 1
}

booted() {
    MACHINE=$(pgrep -P "$STARTED") && on systemctl -q is-active tested.target 2>/dev/null
}

# on COMMAND...: runs COMMAND on the machine.
on() {
    timeout "${PATIENCE:-60}" nsenter --target "$MACHINE" --all -- "$@"
}
