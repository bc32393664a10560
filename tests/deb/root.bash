# For the suites of the Debian packages: a root file system of their own, with what the packages depend on, a systemd, an nginx and a mail server. It is
# made once by mmdebstrap, in build/deb-root. Each test has an overlay of it in memory. `make deb` has built the packages, in build/deb.

load ../helpers/suite
load ../helpers/machine

TREE=$(realpath "$BATS_TEST_DIRNAME/../..")
BUILT=$TREE/build/deb
LOWER=$TREE/build/deb-root
VERSION=$(sed -n 's/^VERSION := //p' "$TREE/Makefile")

setup_file() {
    [ "$(id -u)" -eq 0 ] || skip_or_fail "a root can be made by root only" || return
    make_root
}

teardown_file() {
    machine_stop
}

# make_root: makes LOWER, one at a time, if it is not there or has other packages. Its release is that of this machine.
make_root() {
    local release packages proxy=${http_proxy:-}
    release=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    packages=$(depends),systemd-sysv,nginx-light,curl,openssl,procps,postfix,msmtp
    exec {lock}>"$TREE/build/deb-root.lock"
    flock "$lock"
    if [ "$(cat "$LOWER/made" 2>/dev/null)" != "$packages" ]; then
        rm -rf "$LOWER"
        eval "$(apt-config shell proxy Acquire::http::Proxy)"
        http_proxy=$proxy mmdebstrap --variant=minbase --include="$packages" --dpkgopt=force-unsafe-io "$release" "$LOWER" "$("$TREE/tools/mirror")" \
            >"$LOWER.log" 2>&1 || {
            tail "$LOWER.log" >&2
            return 1
        }
        echo "$packages" >"$LOWER/made"
    fi
    flock -u "$lock"
}

# depends: the packages that the built ones depend on, of alternatives the first, with commas between.
depends() {
    local package
    for package in mta-sts mta-sts-probe mta-sts-reports; do
        dpkg-deb -f "$(built "$package")" Depends
    done | sed 's/([^)]*)//g; s/|[^,]*//g; s/ //g' | paste -sd,
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

# own_root: a copy of the root in which no systemd runs.
own_root() {
    copy_root "$LOWER"
    "${IN_KEEPER[@]}" mount -t proc proc machine/root/proc
    "${IN_KEEPER[@]}" mount --rbind /dev machine/root/dev
    # shellcheck disable=SC2034 # for machine.bash
    ON=(nsenter --target "$KEEPER" --mount chroot "$DIR/machine/root")
}

# boot_root [ARGUMENT...]: a copy of the root whose systemd has booted, by systemd-nspawn with the arguments.
boot_root() {
    copy_root "$LOWER"
    power_on --private-network "$@"
}

# reboot_root [ARGUMENT...]: reboots it.
reboot_root() {
    on systemctl reboot || true
    # Its exit status asks for a start.
    wait "$NSPAWN" || [ $? -eq 133 ]
    power_on --private-network "$@"
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
