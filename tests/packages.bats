# The script that installs Debian packages, with an apt-get and a dpkg that only log how they are called. Nothing is installed.

load helpers/suite

PACKAGES=$BATS_TEST_DIRNAME/../tools/packages

# fake NAME: makes the program bin/NAME from standard input.
fake() {
    mkdir -p bin
    {
        printf '#!/bin/bash\nDIR=%q\n' "$DIR"
        cat
    } >"bin/$1"
    chmod 755 "bin/$1"
}

# plan/NAME has what apt would do for a package. status/NAME has what dpkg knows of it, a line for each architecture. The script of an installed package
# starts a service in each of the three ways, and started lists the results.
fakes() {
    local name
    mkdir plan status real
    fake dpkg <<<'[ "$*" != --print-architecture ] || echo amd64'
    fake dpkg-query <<'SH'
case $1 in
-W) cat "$DIR/status/$4" 2>/dev/null ;;
-L) [ -e "$DIR/status/$2" ] && printf '%s\n' /. "/etc/init.d/$2" "/lib/systemd/system/$2.service" "/lib/systemd/system/$2@.service" ;;
esac
SH
    fake apt-get <<'SH'
echo "$*" >>"$DIR/apt.log"
path=/usr/sbin:/usr/bin:/bin simulate= names=()
for word in "$@"; do
    case $word in
    -s) simulate=yes ;;
    DPkg::Path=*) path=${word#*=} ;;
    -* | DPkg::Lock::Timeout=* | install | update) ;;
    *) names+=("$word") ;;
    esac
done
case " $* " in *" update "*) touch "$DIR/updated" && exit 0 ;; esac
[ -e "$DIR/updated" ] || [ ! -e "$DIR/stale" ] || { echo "E: Unable to locate package"; exit 100; }
[ -z "$simulate" ] || {
    for name in "${names[@]}"; do
        cat "$DIR/plan/$name" 2>/dev/null
    done
    exit 0
}
case " $* " in *" --download-only "*) exit 0 ;; esac
[ -z "$WAIT" ] || { touch "$WAIT.reached"; until [ -e "$WAIT" ]; do sleep 0.02; done; }
for name in "${names[@]}"; do
    (
        PATH=${path//\/usr\/sbin/$DIR/real}
        invoke-rc.d "$name" start
        deb-systemd-invoke start "$name.service"
        service "$name" start
    )
    echo 'amd64 installed' >"$DIR/status/$name"
done
echo "${names[*]}" >>"$DIR/installed"
SH
    for name in invoke-rc.d deb-systemd-invoke service; do
        printf '#!/bin/sh\necho "%s $*" >>%s/started\n' "$name" "$DIR" >"real/$name"
        chmod 755 "real/$name"
    done
    for name in update-rc.d systemctl; do
        fake "$name" <<<"echo \"$name \$*\" >>\"\$DIR/disabled\""
    done
    fake id <<<'echo 0'
    # Not the lock of this machine's dpkg.
    fake flock <<<'[ "$1 $2" = "-o /var/lib/dpkg" ] && touch "$DIR/lock" && exec /usr/bin/flock -o "$DIR/lock" "${@:3}"'
}

# packages NAME...: runs the script, which finds these programs before all others.
packages() {
    mkdir -p tmp
    PATH=$DIR/bin:$PATH TMPDIR=$DIR/tmp "$PACKAGES" "$@"
}

@test "packages: what is there is not asked for again, what is missing is installed, and starts nothing" {
    fakes
    echo 'amd64 installed' >status/there
    echo 'all installed' >status/for-all
    echo 'amd64 config-files' >status/removed
    run -0 packages there for-all
    [ "$output" = '' ]
    [ ! -e apt.log ]
    run -0 packages there for-all removed absent
    [ "$output" = 'Installing removed absent' ]
    [ "$(cat installed)" = 'removed absent' ]
    [ ! -e started ]
    # The services do not start at the next boot either.
    [ "$(cat disabled)" = "$(printf '%s\n' 'update-rc.d removed disable' 'systemctl disable removed.service' 'update-rc.d absent disable' 'systemctl disable absent.service')" ]
    [ -z "$(ls -A tmp)" ]
    # The package scripts of this test do start services if nothing keeps them from it.
    PATH=$DIR/bin:$PATH apt-get -o DPkg::Path=/usr/sbin:/usr/bin:/bin install other
    [ "$(wc -l <started)" -eq 3 ]
}

@test "packages: another architecture's package is none of ours, and in nobody's way" {
    fakes
    printf '%s\n' 'amd64 installed' 'i386 installed' >status/both
    echo 'i386 installed' >status/foreign
    printf '%s\n' 'amd64 not-installed' 'i386 installed' >status/half
    run -0 packages both
    [ "$output" = '' ]
    run -0 packages both foreign half
    [ "$output" = 'Installing foreign half' ]
    [ "$(cat installed)" = 'foreign half' ]
}

@test "packages: where apt would remove a package it is named, and nothing is installed" {
    fakes
    printf '%s\n' 'Remv exim4-daemon-light [4.96-15]' 'Remv exim4-base [4.96-15]' 'Inst postfix (3.7.11 Debian:12 [amd64])' >plan/postfix
    echo 'Inst knot (3.2.6 Debian:12 [amd64])' >plan/knot
    run -1 packages knot postfix
    echo "$output"
    [[ $output == *'nothing is installed, since apt would remove: exim4-daemon-light exim4-base'* ]]
    [[ $output == *'postfix does not go with: exim4-daemon-light exim4-base'*'in a container'* ]]
    [[ $output != *'knot does not'* ]]
    [[ $output != *'Is there a network'* ]]
    [ ! -e installed ]
    run ! grep -v -e '-s install' apt.log
    # The same with old package lists.
    touch stale
    run -1 packages knot postfix
    [[ $output == *'postfix does not go with: exim4-daemon-light exim4-base'* ]]
    [ ! -e installed ]
    # The command that installs cannot remove anything, whatever was planned.
    run -0 packages knot
    grep -- ' install ' apt.log | grep -v -e '-s install' >real.log
    [ -s real.log ]
    run ! grep -v -e --no-remove real.log
}

@test "packages: old lists are read anew; what apt says is shown where it fails" {
    fakes
    touch stale
    run -0 packages absent
    [ -e updated ]
    [ "$(cat installed)" = absent ]
    fake apt-get <<<'echo "E: no such thing" >&2; exit 100'
    run -1 packages another
    [[ $output == *'E: no such thing'*'Is there a network'*'install these, then try again: another' ]]
    # Of what cannot be fetched, two lines are enough, whatever comes after them.
    fake apt-get <<'SH'
printf 'Reading package lists...\nThe following NEW packages will be installed:\n  one\n  two\n'
for i in $(seq 50); do printf "Err:$i http://deb.example $i amd64 1.0\n  Temporary failure resolving\n"; done
for i in $(seq 50); do echo "E: Failed to fetch http://deb.example/$i.deb  Temporary failure"; done
echo "E: the last line"
exit 100
SH
    run -1 packages another
    [ "$(grep -c 'Failed to fetch' <<<"$output")" -eq 2 ]
    [ -z "$(grep -E '^Err|^The following|^  ' <<<"$output")" ]
    [[ $output == *'E: the last line'*'Is there a network'* ]]
    [ -z "$(ls -A tmp)" ]
}

@test "packages: where apt finds no way beside what is there, its words are shown" {
    fakes
    fake apt-get <<<'case " $* " in *" -s "*) echo "E: systemd-sysv conflicts" >&2; exit 100 ;; esac'
    run -1 packages openrc
    echo "$output"
    [[ $output == *'E: systemd-sysv conflicts'*'nothing is installed, since apt cannot (above)'*'in a container'* ]]
    [ -z "$(ls -A tmp)" ]
}

@test "packages --offered: what this release does not have is named, by new lists, and the rest is installed" {
    fakes
    echo 'amd64 installed' >status/there
    fake apt-cache <<<'[ -e "$DIR/updated" ] && [ "$2" != elsewhere ]'
    run -0 --separate-stderr packages --offered there elsewhere absent
    [ "$output" = elsewhere ]
    [[ $stderr == *'Installing absent'* ]]
    [ "$(cat installed)" = absent ]
    # Nothing is left out where the lists are not to be had.
    rm updated
    # apt takes that for a warning by default.
    fake apt-get <<<'echo "E: no network" >&2; [[ " $* " != *" APT::Update::Error-Mode=any "* ]] || exit 100'
    run -1 --separate-stderr packages --offered elsewhere
    [ "$output" = '' ]
    [[ $stderr == *'E: no network'* ]]
}

@test "packages: through sudo, which keeps nothing of the environment" {
    fakes
    fake id <<<'echo 1000'
    fake sudo <<<'echo sudo >>"$DIR/sudo.log"; exec env -i PATH="$PATH" "$@"'
    run -0 packages absent
    [ "$output" = 'Installing absent, through sudo' ]
    [ "$(cat sudo.log)" = sudo ]
    [ "$(cat installed)" = absent ]
    [ ! -e started ]
}

@test "packages: two at once: the second waits; a third that gives up installs nothing" {
    fakes
    WAIT=$DIR/go packages one >first.log 2>&1 3>&- &
    local first=$!
    PIDS+=("$first")
    until_true test -e go.reached
    packages two >second.log 2>&1 3>&- &
    local second=$!
    PIDS+=("$second")
    packages three >third.log 2>&1 3>&- &
    local third=$!
    PIDS+=("$third")
    until_true grep -q Installing second.log
    until_true grep -q Installing third.log
    sleep 1
    [ ! -e installed ]
    # Who gives up while it waits installs nothing later.
    pkill -TERM -P "$third" -f tools/packages || kill "$third"
    wait "$third" || true
    touch go
    wait "$first"
    wait "$second"
    until_true flock "$DIR/lock" true
    [ "$(cat installed)" = "$(printf 'one\ntwo')" ]
    [ ! -e started ]
    [ -z "$(ls -A tmp)" ]
}

# in_own_sbin COMMAND...: runs COMMAND with the folder sbin as its /usr/sbin, which is writable. Its process group is in the file group.
in_own_sbin() {
    local enter=(setsid --wait unshare --mount --propagation private)
    [ "$(id -u)" -eq 0 ] || enter+=(--map-root-user)
    DIR=$DIR PACKAGES=$PACKAGES PATH=$DIR/bin:$PATH TMPDIR=$DIR/tmp "${enter[@]}" bash -c 'echo $$ >"$DIR/group" && mount --bind "$DIR/sbin" /usr/sbin && exec "$@"' - "$@" 3>&-
}

in_order() {
    (cd sbin && find . -type f -exec md5sum {} + | sort)
}

@test "packages: a policy-rc.d of the administrator's own is what it was; where there was none, there is none, killed or not" {
    fakes
    mkdir sbin tmp
    in_own_sbin true || skip_or_fail "no namespaces here"
    local owner before
    for owner in nobody administrator; do
        if [ "$owner" = administrator ]; then
            # A policy-rc.d that allows everything.
            printf '#!/bin/sh\nexit 0\n' >sbin/policy-rc.d
            chmod 755 sbin/policy-rc.d
        fi
        before=$(in_order)
        in_own_sbin "$PACKAGES" "for-$owner"
        [ "$(in_order)" = "$before" ]
        [ ! -e started ]

        # Both are killed in the middle of it: the script, and the part that runs as root.
        WAIT=$DIR/never-$owner in_own_sbin "$PACKAGES" "killed-$owner" &
        PIDS+=($!)
        until_true test -e "never-$owner.reached"
        [ "$(in_order)" = "$before" ]
        kill -KILL -- "-$(cat group)"
        wait "${PIDS[-1]}" || true
        [ "$(in_order)" = "$before" ]
        # The next run works.
        in_own_sbin "$PACKAGES" "after-$owner"
        [ ! -e started ]
    done
}

@test "packages: no Debian, neither root nor sudo: says so" {
    mkdir bare
    local program
    for program in bash env dirname id grep; do
        ln -s "$(command -v "$program")" "bare/$program"
    done
    PATH=$DIR/bare run -1 "$PACKAGES" absent
    [[ $output == *'this is no Debian'*'install these, then try again: absent'* ]]
    printf '#!/bin/sh\necho 1000\n' >bin-id
    chmod 755 bin-id
    ln -sf "$DIR/bin-id" bare/id
    ln -s /bin/true bare/apt-get
    PATH=$DIR/bare run -1 "$PACKAGES" absent
    [[ $output == *'neither root nor have sudo'* ]]
}
