# For every suite: the program under test, a folder with policies.ini for each test, and the end of all processes that the test started.
# tests/run.sh sets MTA_STS, the path of the program under test.

: "${MTA_STS:?name the program to test in MTA_STS}"
MTA_STS=$(realpath "$MTA_STS")
HELPERS=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
bats_require_minimum_version 1.5.0
# Python scripts of the tests import the modules of this folder.
export PATH=$PATH:/usr/sbin:/sbin PYTHONPATH=$HELPERS PYTHONDONTWRITEBYTECODE=1

# A finding of a sanitizer fails the test, whatever exit status the test expects.
export ASAN_OPTIONS="abort_on_error=0:exitcode=99:detect_leaks=1"
export UBSAN_OPTIONS="print_stacktrace=1:exitcode=99"
export TSAN_OPTIONS="exitcode=99:halt_on_error=0"

# shellcheck source=tests/helpers/processes.bash
source "$HELPERS/processes.bash"

# skip_or_fail WHY: skips the test. In CI it fails instead.
skip_or_fail() {
    [ -z "${CI:-}" ] || {
        echo "skipped in CI: $*" >&2
        return 1
    }
    skip "$@"
}

setup() {
    DIR=$BATS_TEST_TMPDIR
    cd "$DIR" || return 1
    chmod 755 "$DIR"
    PIDS=()
    cat >policies.ini <<'INI'
[defaults]
mode = testing

[example.org]
mode = enforce
mx = mail.example.org
mx = *.backup.example.net
max_age = 4w

[google]
mx = smtp.google.com

[example.com example.net]
use = google

[broken.example]
mx = 192.0.2.1
INI
    leave_alone policies.ini
}

teardown() {
    stop "${PIDS[@]}"
    # A test that fails after "run" tells by this of a crash, and of a finding.
    [ -z "${status:-}" ] || echo "the last run ended with status $status"
    local found
    # No file of a copy of this repository has these words as they are printed.
    found=$(find "$DIR" -xdev -type f -exec grep -IlE '=ERROR: (Address|Leak)Sanitizer: |WARNING: ThreadSanitizer: .*\(pid=[0-9]|[0-9]: runtime error: ' {} + 2>/dev/null) || true
    [ -z "$found" ] || {
        echo "$found"
        xargs -d '\n' cat <<<"$found"
        return 1
    }
}

# open_folders: lets other users enter the folders above the test's folder. Some servers run as another user.
open_folders() {
    local folder=$DIR
    while [ "$folder" != /tmp ] && [ "$folder" != / ]; do
        chmod a+rx "$folder"
        folder=$(dirname "$folder")
    done
}

# without_privileges COMMAND...: runs COMMAND without root's privilege to ignore permissions.
without_privileges() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --bounding-set -all --inh-caps -all timeout 60 "$@"
    else
        timeout 60 "$@"
    fi
}

# leave_alone FILE...: sets the time of the last change to an hour ago. The program waits before it reads a file that has just changed.
leave_alone() {
    touch -d '1 hour ago' "$@"
}

# The policies of policies.ini, as the program has to serve them.
example_org() {
    printf 'version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmx: *.backup.example.net\r\nmax_age: 2419200\r\n'
}

example_net() {
    printf 'version: STSv1\r\nmode: testing\r\nmx: smtp.google.com\r\nmax_age: 604800\r\n'
}

# is_policy NAME FILE: FILE is, byte for byte, what the function NAME prints.
is_policy() {
    cmp <("$1") "$2"
}
