# The privileges that the FastCGI program gives up at its start. The tests see them in what it can no longer read.

load helpers/suite
load helpers/program
load helpers/lighttpd

needs_landlock() {
    "$MTA_STS" --version | grep -q 'Landlock [1-9]' || skip_or_fail "this kernel has no Landlock, or the program was built without"
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

@test "without Landlock it serves as well" {
    /usr/bin/python3 -c 'import seccomp' || skip_or_fail "no seccomp module for Python"
    cat >without <<'PY'
#!/usr/bin/python3
import errno, os, seccomp, sys
filter = seccomp.SyscallFilter(seccomp.ALLOW)
for name in "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self":
    filter.add_rule(seccomp.ERRNO(errno.ENOSYS), name)
filter.load()
os.execv(sys.argv[1], sys.argv[1:])
PY
    chmod 755 without
    WRAPPER=$DIR/without
    start -f policies.ini
    if grep Landlock fcgi.log; then
        return 1
    fi
    is_policy example_org <(fetch mta-sts.example.org)
}

@test "mta-sts-reports may write its folder of reports" {
    needs_landlock
    MTA_STS=$(dirname "$MTA_STS")/mta-sts-reports
    mkdir in
    start -f policies.ini --receive in
    grep -q 'file access limited to reading in its folder and writing reports (Landlock)' fcgi.log
    grep -qE '^NoNewPrivs:\s*1$' "/proc/$PROGRAM/status"
}
