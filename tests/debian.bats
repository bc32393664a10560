# The script that runs a command on another release of Debian, with a debootstrap that installs little more than a shell.

load helpers/suite
load helpers/repository

# fake NAME: makes the program bin/NAME from standard input.
fake() {
    mkdir -p bin
    cat >"bin/$1"
    chmod 755 "bin/$1"
}

# The release "other", for a clone in the folder tree. $WAIT is a file that debootstrap waits for, when it has made half of it.
fakes() {
    [ "$(id -u)" -eq 0 ] && unshare --mount --pid --fork true || skip_or_fail "no namespaces here" || return
    a_repository
    DEBIAN=$DIR/tree/tools/debian
    export DIR DEBIAN_ROOTS=$DIR/roots PATH=$DIR/bin:$PATH
    fake dpkg-query <<<'echo all installed'
    fake apt-get <<<'printf "%s\n" "elsewhere http://wrong.test/" "$(. /etc/os-release && echo "$VERSION_CODENAME") http://mirror.test/debian/"'
    fake debootstrap <<'SH'
#!/bin/bash
set -e
echo "$*" >>"$DIR/debootstrap.log"
root=${@: -3:1}
mkdir -p "$root"/{etc/dpkg/dpkg.cfg.d,proc,dev,sys,tmp,run,mnt,usr/local/share/ca-certificates}
[ -z "$WAIT" ] || { touch "$WAIT.reached"; until [ -e "$WAIT" ]; do sleep 0.02; done; }
for file in umount sh env ls cat sleep touch true; do
    file=$(type -P "$file")
    mkdir -p "$root/usr/bin" "$root/usr/sbin"
    cp "$file" "$root/usr/bin"
    for library in $(ldd "$file" | grep -o '/[^ ]*'); do
        mkdir -p "$root${library%/*}"
        cp "$library" "$root$library"
    done
done
ln -s usr/bin "$root/bin"
cp "$root/usr/bin/true" "$root/usr/sbin/update-ca-certificates"
SH
}

# nobody_there: no process of this machine has the root among its mounts. These have its path below its file system, such as one at /tmp.
nobody_there() {
    local above
    above=$(stat -c %m "$DIR")
    [ -z "$(grep -lsF "${DIR#"$above"}/roots" /proc/[0-9]*/mountinfo)" ]
}

@test "debian: a release is installed once, from this machine's mirror; a command sees the checkout, and nothing of the machine" {
    fakes
    touch "$DIR/mark"
    run -3 "$DEBIAN" other sh -c "cat README.md; ls -a; ls /tmp; ls $DIR; cat /proc/1/cmdline; touch build; exit 3"
    echo "$output"
    [[ $output == "Installing Debian other into $DIR/roots/other"*'# mta-sts'* ]]
    [[ $output == *$'\n.git\n'*$'\nMakefile\n'* ]]
    [[ $output != *$'\nbuild\n'* && $output != *$'\nmark'* ]]
    # This debootstrap does not know the release.
    [[ $(cat debootstrap.log) == *" other $DIR/roots/other.new http://mirror.test/debian/ sid" ]]
    nobody_there
    run -0 --separate-stderr "$DEBIAN" other cat Makefile
    [ "$output" = "$(cat "$BATS_TEST_DIRNAME/../Makefile")" ]
    [ "$(wc -l <debootstrap.log)" -eq 1 ]
}

@test "debian: killed or not, no process and no mount is left" {
    fakes
    local signal
    for signal in TERM HUP KILL; do
        rm -f roots/other/reached
        # Under nohup this shell ignores SIGHUP, and so would the script.
        background "$signal.log" env --default-signal=HUP "$DEBIAN" other sh -c 'touch /reached; sleep 1000 & sleep 1000'
        until_true test -e roots/other/reached
        run ! nobody_there
        kill -"$signal" "$STARTED"
        until_true nobody_there
    done
}

# waits_for_lock PID: a child of it is flock.
waits_for_lock() {
    pgrep -P "$1" -x flock >/dev/null
}

@test "debian: an installation that was interrupted begins anew" {
    fakes
    WAIT=$DIR/go background first.log "$DEBIAN" other true
    until_true test -e go.reached
    local first=$STARTED
    # Who waits for it ends at a signal, too.
    background second.log "$DEBIAN" other true
    until_true waits_for_lock "$STARTED"
    kill -TERM "$STARTED"
    ended "$STARTED"
    kill -TERM "$first"
    until_true nobody_there
    [ ! -e roots/other ]
    run -0 "$DEBIAN" other sh -c 'ls /'
    [ "$(wc -l <debootstrap.log)" -eq 2 ]
}

@test "debian: a name that is a path is no release" {
    fakes
    run -1 "$DEBIAN" ../other true
    [ "$output" = 'mta-sts: "../other" is no name of a release, such as trixie' ]
    [ ! -e other ]
}

@test "debian: outside of a clone it says so, and installs nothing" {
    fakes
    rm -rf tree/.git
    run -1 "$DEBIAN" other true
    [ "$output" = 'mta-sts: this folder is not a clone of the repository, and git tells what is copied: run it in a clone' ]
    [ ! -e roots ]
}
