# What installs the packages that make needs (as root): a stand-in for apt and dpkg, and a policy-rc.d of the test's own.

load helper

stand_in() {
    mkdir -p bin
    { echo '#!/bin/sh'; cat; } >"bin/$1"
    chmod 755 "bin/$1"
}

setup() {
    DIR=$BATS_TEST_TMPDIR
    PIDS=()
    cd "$DIR" || return 1
    PACKAGES=$BATS_TEST_DIRNAME/../.ci/packages
    export POLICY_RC_D=$DIR/policy-rc.d PACKAGES_LOCK=$DIR/lock DIR
    stand_in dpkg <<<'echo amd64'
    # shellcheck disable=SC2016 # theirs
    {
        stand_in dpkg-query <<<'[ "$1" = -L ] || cat "$DIR/installed.$4" 2>/dev/null'
        stand_in sudo <<<'exec "$@"'
        stand_in update-rc.d <<<'exit 0'
        stand_in systemctl <<<'exit 0'
        # Installs when it is told to go on, and asks first whether a service may be started.
        stand_in apt-get <<'APT'
echo "$*" >>"$DIR/apt"
case "$*" in
*--simulate*) cat "$DIR/simulated" 2>/dev/null; exit 0 ;;
*--download-only* | *update) exit 0 ;;
esac
echo begun >>"$DIR/begun"
while [ -e "$DIR/hold" ]; do sleep 0.05; done
"$POLICY_RC_D" x start; echo "$?" >>"$DIR/policy"
APT
    }
    PATH=$DIR/bin:$PATH
}

@test "what is there is not installed, also beside another architecture's" {
    printf 'amd64 installed\ni386 installed\n' >installed.libc6-dev
    printf 'all installed\n' >installed.git
    "$PACKAGES" libc6-dev git
    [ ! -e apt ]
    printf 'i386 installed\namd64 config-files\n' >installed.libc6-dev
    "$PACKAGES" libc6-dev git
    grep -q 'install -y --no-install-recommends libc6-dev$' apt
}

@test "while it installs no service may start; after it policy-rc.d is gone" {
    "$PACKAGES" one
    [ "$(cat policy)" = 101 ]
    [ ! -e policy-rc.d ]
}

@test "two at once: neither takes the other's policy-rc.d away" {
    touch hold
    "$PACKAGES" one 3>&- &
    PIDS+=($!)
    until_true [ -e begun ]
    "$PACKAGES" two 3>&- &
    PIDS+=($!)
    sleep 0.3
    [ "$(wc -l <begun)" = 1 ]
    rm hold
    wait "${PIDS[@]}"
    [ "$(cat policy)" = $'101\n101' ]
    [ ! -e policy-rc.d ]
}

@test "killed: policy-rc.d says no while apt goes on, then yes, and goes" {
    touch hold
    setsid "$PACKAGES" one 3>&- &
    PIDS+=($!)
    until_true [ -e begun ]
    # The script and the part of it that runs as root, and not apt.
    pkill -KILL -f "bash -s -- $POLICY_RC_D"
    kill -KILL "${PIDS[0]}" 2>/dev/null || true
    run ./policy-rc.d x start
    [ "$status" = 101 ]
    rm hold
    until_true [ -e policy ]
    [ "$(cat policy)" = 101 ]
    until_true flock -n lock true
    ./policy-rc.d x start
    [ ! -e policy-rc.d ]
}

@test "a policy-rc.d of the administrator's own stays, and one that was left behind does not" {
    printf '#!/bin/sh\nexit 104\n' >policy-rc.d
    chmod 755 policy-rc.d
    "$PACKAGES" one
    [ "$(cat policy)" = 104 ]
    grep -q 104 policy-rc.d
    printf '#!/bin/sh\n# Written by the build of mta-sts: x\nexit 0\n' >policy-rc.d
    "$PACKAGES" one
    [ "$(cat policy)" = $'104\n101' ]
    [ ! -e policy-rc.d ]
}

@test "where apt would remove something, nothing is installed, and it is named" {
    printf 'Remv exim4-daemon-light [4.96]\nRemv exim4-base [4.96]\nInst postfix\n' >simulated
    run "$PACKAGES" postfix
    [ "$status" = 1 ]
    grep -q 'nothing was installed, since that would remove exim4-daemon-light exim4-base' <<<"$output"
    [ ! -e begun ]
    [ ! -e policy-rc.d ]
}
