# For the suites of the Debian packages: a root file system of their own, with what the packages depend on, a systemd and an nginx. It is made once by
# debootstrap, in build/deb-root. Each test has an overlay of it in memory. `make deb` has built the packages, in build/deb.

load ../helpers/suite

TREE=$(realpath "$BATS_TEST_DIRNAME/../..")
BUILT=$TREE/build/deb
LOWER=$TREE/build/deb-root
VERSION=$(sed -n 's/^VERSION := //p' "$TREE/Makefile")

setup_file() {
    [ "$(id -u)" -eq 0 ] || skip_or_fail "a root can be made by root only" || return
    make_root
}

teardown_file() {
    [ ! -e "$BATS_FILE_TMPDIR/machine" ] || find /sys/fs/cgroup -depth -type d -path "*/deb-$(cat "$BATS_FILE_TMPDIR/machine")*" -exec rmdir {} +
}

# make_root: makes LOWER if it is not there, one at a time. Its release is that of this machine.
make_root() {
    local release mirror packages
    exec {lock}>"$TREE/build/deb-root.lock"
    flock "$lock"
    if [ ! -e "$LOWER/made" ]; then
        release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
        # shellcheck disable=SC2016 # apt fills it in
        mirror=$(apt-get indextargets --format '$(REPO_URI)' "Codename: $release" 'Origin: Debian' 'Component: main' 'Created-By: Packages')
        packages=$(depends)
        rm -rf "$LOWER"
        debootstrap --variant=minbase --include="$packages,systemd-sysv,nginx-light,curl,openssl,procps" "$release" "$LOWER" "${mirror%%$'\n'*}" \
            >"$LOWER.log" 2>&1 || {
            tail "$LOWER.log" >&2
            return 1
        }
        rm -f "$LOWER"/var/cache/apt/archives/*.deb
        touch "$LOWER/made"
    fi
    flock -u "$lock"
}

# depends: the packages that the built ones depend on, with commas between.
depends() {
    local package
    for package in mta-sts mta-sts-probe; do
        dpkg-deb -f "$(built "$package")" Depends
    done | sed 's/([^)]*)//g; s/ //g' | paste -sd,
}

# built PACKAGE: the path of the built package.
built() {
    echo "$BUILT/$1_${VERSION}_$(dpkg --print-architecture).deb"
}

# repack PACKAGE VERSION [SED]: PACKAGE_VERSION.deb: the built package with another version, and with SED's changes to the policies.ini that it ships.
repack() {
    local folder=repacked/$1_$2
    mkdir -p repacked
    dpkg-deb -R "$(built "$1")" "$folder"
    sed -i "s/^Version: .*/Version: $2/" "$folder/DEBIAN/control"
    [ -z "${3:-}" ] || sed -i "$3" "$folder/etc/mta-sts/policies.ini"
    dpkg-deb --root-owner-group -b "$folder" "$1_$2.deb" >/dev/null
}

# hold COMMAND...: starts COMMAND in a mount namespace in which machine/root is the test's copy of the root. HOLDER is its process.
hold() {
    cat >hold.sh <<SH
set -e
mount -t tmpfs -o mode=755 tmpfs machine
mkdir machine/{upper,work,root}
mount -t overlay -o lowerdir=$LOWER,upperdir=machine/upper,workdir=machine/work overlay machine/root
exec "\$@"
SH
    mkdir machine
    background machine.log unshare --mount bash hold.sh "$@" </dev/null
    HOLDER=$STARTED
}

# own_root: a root without a systemd that runs.
own_root() {
    hold bash -ec 'mount -t proc proc machine/root/proc
        mount --rbind /dev machine/root/dev
        touch held
        exec sleep 600'
    is_up machine test -e held
    ON=(nsenter --target "$HOLDER" --mount chroot "$DIR/machine/root")
}

# boot: a root whose systemd has booted.
boot() {
    # Two machines in one cgroup would end each other's processes.
    # shellcheck disable=SC2016 # for the other shell
    hold bash -ec 'for groups in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
            [ ! -e "$groups/cgroup.procs" ] || ! mkdir "$groups/deb-$$" || echo $$ >"$groups/deb-$$/cgroup.procs" || true
        done
        exec setpriv --pdeathsig TERM systemd-nspawn -q -b --kill-signal=SIGKILL -D machine/root --private-network --register=no --keep-unit --machine="deb-$$"'
    echo "$HOLDER" >"$BATS_FILE_TMPDIR/machine"
    local i
    for ((i = 0; i < 6; i++)); do
        ! until_true booted 2>/dev/null || return 0
    done
    cat machine.log
    return 1
}

booted() {
    local machine
    machine=$(pgrep -P "$HOLDER") && ON=(nsenter --target "$machine" --all --) && on systemctl is-system-running | grep -qxE 'running|degraded'
}

# on COMMAND...: runs COMMAND in the root.
on() {
    timeout "${PATIENCE:-120}" "${ON[@]}" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# put FILE...: copies the files into the root's folder /root.
put() {
    local file
    for file in "$@"; do
        on tee "/root/${file##*/}" <"$file" >/dev/null
    done
}

# install_debs [OPTION...] FILE...: dpkg installs the packages. Nobody answers its questions.
install_debs() {
    local argument words=()
    for argument in "$@"; do
        case $argument in
        -*) words+=("$argument") ;;
        *)
            put "$argument"
            words+=("/root/${argument##*/}")
            ;;
        esac
    done
    on dpkg -i "${words[@]}" </dev/null
}

# files: all files of the root, without what dpkg and systemd keep about every package and unit.
files() {
    on find / -xdev ! -path '/proc/*' ! -path '/dev/*' ! -path '/sys/*' ! -path '/root/*' ! -path '/tmp/*' ! -path '/var/tmp/*' ! -path '/var/log/*' \
        ! -path '/var/lib/dpkg/*' ! -path '/var/cache/debconf/*' ! -path '/run/systemd/*' ! -path '/var/lib/systemd/timers/*' ! -path '/run/log/*' | sort
}
