# The privileges that the FastCGI program gives up at its start. The tests see them in what it can no longer read.

load helpers/suite
load helpers/program
load helpers/lighttpd

needs_landlock() {
    "$MTA_STS" --version | grep -q 'Landlock [1-9]' || skip_or_fail "this kernel does not have it, or the program was built without"
}

start() {
    start_fastcgi "$@"
    start_lighttpd < <(lighttpd_fastcgi)
}

# elsewhere: a file outside of the program's folder, with another policy for example.org.
elsewhere() {
    mkdir -p elsewhere
    sed 's/mail\.example\.org/other.example.org/' policies.ini >elsewhere/policies.ini
    leave_alone elsewhere/policies.ini
}

@test "no new privileges" {
    needs_landlock
    start_fastcgi -f policies.ini
    grep -qE '^NoNewPrivs:\s*1$' "/proc/$PROGRAM/status"
    grep -qE '^NoNewPrivs:\s*1$' "/proc/$PROGRAM/task/"*/status
}

@test "files outside of the policies' folder cannot be read; below it they can" {
    needs_landlock
    elsewhere
    mkdir folder
    mv policies.ini folder
    start -f folder/policies.ini
    grep -q 'file access limited to reading in its folder (Landlock)' fcgi.log
    ln -sf ../elsewhere/policies.ini folder/policies.ini
    until_true logged 1 'policies.ini: cannot be read: Permission denied; let user id'
    is_policy example_org <(fetch mta-sts.example.org)
    mkdir folder/below
    cp -p elsewhere/policies.ini folder/below
    ln -sfn below/policies.ini folder/policies.ini
    until_true serves mta-sts.example.org other.example.org
}

@test "a link at the start may be turned elsewhere, be it the file or a folder on its way" {
    needs_landlock
    elsewhere
    mkdir here
    mv policies.ini here
    ln -s here now
    start -f "$DIR/now/policies.ini"
    grep -q 'file access limited to reading (Landlock)' fcgi.log
    ln -sfn elsewhere now
    until_true serves mta-sts.example.org other.example.org
}

@test "a folder that is replaced is told of, with what to do" {
    needs_landlock
    elsewhere
    mkdir here
    mv policies.ini here
    start -f here/policies.ini
    mv here before
    mv elsewhere here
    until_true logged 1 'if its folder was replaced, restart mta-sts; the old policies stay in force'
    is_policy example_org <(fetch mta-sts.example.org)
}

# filtered ERRNO: WRAPPER is a command that runs another one under a filter by which Landlock's system calls fail with ERRNO.
filtered() {
    /usr/bin/python3 -c 'import seccomp' || skip_or_fail "no seccomp module for Python" || return
    cat >filtered <<'PY'
#!/usr/bin/python3
import errno, os, seccomp, sys
filter = seccomp.SyscallFilter(seccomp.ALLOW)
for name in "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self":
    filter.add_rule(seccomp.ERRNO(getattr(errno, sys.argv[1])), name)
filter.load()
os.execv(sys.argv[2], sys.argv[2:])
PY
    chmod 755 filtered
    WRAPPER="$DIR/filtered $1"
}

# modules NAMES: the same, where the kernel lists these security modules. Without NAMES, where it lists none.
modules() {
    local apart='unshare --mount'
    [ "$(id -u)" -eq 0 ] || apart+=' --user --map-root-user'
    # shellcheck disable=SC2016 # for the other shell
    WRAPPER="$apart sh $DIR/listed ${1:-none} $WRAPPER"
    cat >listed <<'SH'
mount -t tmpfs tmpfs /sys/kernel
mkdir /sys/kernel/security
[ "$1" = none ] || echo "$1" >/sys/kernel/security/lsm
shift
exec "$@"
SH
}

# version_is TEXT: --version ends so.
version_is() {
    # shellcheck disable=SC2086 # a command and its arguments
    run -0 $WRAPPER "$MTA_STS" --version
    echo "$output"
    [[ $output == *"; $1" ]]
}

@test "a filter forbids Landlock: it serves as well, and the first line of the log has the reason" {
    filtered EPERM
    start -f policies.ini
    grep -q 'policies.ini; file access not limited by Landlock: a filter of system calls (seccomp) forbids it$' fcgi.log
    is_policy example_org <(fetch mta-sts.example.org)
    grep -qE '^NoNewPrivs:\s*1$' "/proc/$PROGRAM/status"
}

@test "--version says why Landlock is missing: a filter, disabled at boot, no such kernel, or what cannot be told apart" {
    needs_landlock
    filtered EPERM
    version_is 'no Landlock: a filter of system calls (seccomp) forbids it'
    filtered EOPNOTSUPP
    version_is "no Landlock: it is disabled; add landlock to lsm= on the kernel's command line"
    filtered ENOSYS
    modules
    version_is 'no Landlock: this kernel does not have it, or a filter of system calls (seccomp) hides it'
    filtered ENOSYS
    modules lockdown,capability,landlock,yama
    version_is 'no Landlock: a filter of system calls (seccomp) hides it'
    filtered ENOSYS
    modules lockdown,capability,yama
    version_is "no Landlock: it is not among this kernel's security modules"
}

# faked VERSION ERRNO: WRAPPER runs a program, without a filter, on a kernel whose Landlock is of VERSION, -1 with ERRNO for none. It limits nothing.
faked() {
    cat >faked.c <<C
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
long syscall(long number, void *attributes)
{
    errno = $2;
    return number != SYS_landlock_create_ruleset ? 0 : attributes != 0 ? open("/dev/null", O_RDONLY) : $1;
}
C
    gcc -shared -fPIC -o faked.so faked.c
    WRAPPER="/usr/bin/env LD_PRELOAD=$DIR/faked.so"
}

@test "--version: a kernel without Landlock, and one that is too old for a part of it" {
    faked -1 ENOSYS
    version_is 'no Landlock: this kernel does not have it'
    faked -1 ENOMEM
    version_is 'no Landlock: Cannot allocate memory'
    faked 3 0
    version_is 'Landlock 3, which cannot limit TCP connections'
    faked 4 0
    version_is 'Landlock 4'
}

@test "a kernel whose Landlock is too old for a part: the log says which" {
    faked 3 0
    start -f policies.ini
    grep -q 'file access limited to reading in its folder (Landlock 3, which cannot limit TCP connections)$' fcgi.log
}

@test "mta-sts-reports may write its folder of reports" {
    needs_landlock
    MTA_STS=$(dirname "$MTA_STS")/mta-sts-reports
    mkdir in
    start -f policies.ini --receive in
    grep -q 'file access limited to reading in its folder and writing reports (Landlock)' fcgi.log
    grep -qE '^NoNewPrivs:\s*1$' "/proc/$PROGRAM/status"
}
