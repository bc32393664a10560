# policies.ini is edited while the program runs: the answers before and after, and one line in the log for each edit.

load helpers/suite
load helpers/program
load helpers/lighttpd

start() {
    start_fastcgi -f policies.ini "$@"
    start_lighttpd < <(lighttpd_fastcgi)
    is_policy example_org <(fetch mta-sts.example.org)
}

# await_look: the program looks at the file once a second. What has to stay as it is is looked at after this; what has to happen is waited for.
await_look() {
    sleep 1.3
}

# await_reading N: until the log says of N readings after the start.
await_reading() {
    until_true logged "$1" 'policies.ini: read again'
}

write_new() {
    printf '[example.org]\nmode = enforce\nmx = new.example.org\n' >"$1"
}

@test "a save by rename is served with the next look" {
    start
    write_new new.ini
    leave_alone new.ini
    mv new.ini policies.ini
    until_true serves mta-sts.example.org 'mx: new.example.org'
    [ "$(status mta-sts.example.net)" = 404 ]
    until_true logged 1 'policies.ini: read again: 1 domain'
}

@test "a save by rename of a file written just now is served within two seconds" {
    start
    local n=0
    save_now() {
        n=$((n + 1))
        printf '[example.org]\nmx = new%d.example.org\n' "$n" >new.ini
        mv new.ini policies.ini
        until_true serves mta-sts.example.org "mx: new$n.example.org"
    }
    takes_less 2200 save_now
}

# in_two_halves: a save of which the program sees the first half. What is served then is in the file half. TOOK is the time from the first half to the
# second, in microseconds: the answer may take its time.
in_two_halves() {
    local began asking
    start
    await_look
    began=${EPOCHREALTIME/[.,]/}
    printf '[example.org]\nmode = enforce\nmx = one.example.org\n' >policies.ini
    fetch mta-sts.example.org >half 3>&- &
    asking=$!
    sleep 0.5
    echo 'mx = two.example.org' >>policies.ini
    TOOK=$((${EPOCHREALTIME/[.,]/} - began))
    wait "$asking"
}

# is_after FILE: it is the policy after that save.
is_after() {
    grep -q 'mx: one.example.org' "$1" && grep -q 'mx: two.example.org' "$1"
}

@test "a save in place, in two halves half a second apart: never half a file" {
    cp -p policies.ini whole.ini
    local i
    for i in 1 2 3 4 5; do
        in_two_halves
        # After a second the half counts as complete, and an answer that came late tells nothing of it: where this machine took so long, once more.
        [ "$TOOK" -ge 900000 ] || is_after half || break
        echo "took $TOOK us"
        [ "$i" -lt 5 ]
        kill "$PROGRAM" "$FRONT"
        ended "$PROGRAM"
        ended "$FRONT"
        rm fcgi.log
        cp -p whole.ini policies.ini
    done
    is_policy example_org half
    for ((i = 0; i < 20; i++)); do
        fetch mta-sts.example.org >body
        is_policy example_org body || is_after body
        sleep 0.1
    done
    until_true serves mta-sts.example.org 'mx: two.example.org'
    await_reading 1
}

@test "a file that keeps changing is reported once" {
    start
    while sleep 0.1; do
        echo "; more" >>policies.ini
    done 3>&- &
    PIDS+=($!)
    local i
    for ((i = 0; i < 26; i++)); do
        is_policy example_org <(fetch mta-sts.example.org)
        sleep 0.5
    done
    # On a busy machine the file may have been left alone for a moment, and was read.
    until_true grep -qF 'policies.ini: keeps changing' fcgi.log
    logged 1 'policies.ini: keeps changing, and was not read; write it elsewhere and rename it into place; the old policies'
}

@test "a broken [*]: the domains that it answers for keep its last good policy, also after the check" {
    printf '[*]\nmode = enforce\nmx = any.example.net, mail.{domain}\n' >>policies.ini
    leave_alone policies.ini
    start
    serves mta-sts.other.example 'mx: any.example.net'
    serves mta-sts.other.example 'mx: mail.other.example'
    sed -i 's/any.example.net/any.example.net./' policies.ini
    leave_alone policies.ini
    kill -HUP "$PROGRAM"
    # On a busy machine the second look may come first.
    until_true grep -qF '[*] mx: "any.example.net." ends in a dot' fcgi.log
    sleep 0.3
    serves mta-sts.other.example 'mx: any.example.net'
    serves mta-sts.other.example 'mx: mail.other.example'
    serves mta-sts.more.example 'mx: mail.more.example'
    is_policy example_org <(fetch mta-sts.example.org)
}

@test "a broken save: the domain keeps its policy, the others go live" {
    start
    printf '[example.org]\nnmx = new.example.org\n[example.net]\nmx = new.example.net\n[fresh.example]\nmode = on\n' >policies.ini
    leave_alone policies.ini
    await_reading 1
    is_policy example_org <(fetch mta-sts.example.org)
    serves mta-sts.example.net 'mx: new.example.net'
    [ "$(status mta-sts.fresh.example)" = 500 ]
    [ "$(status mta-sts.example.com)" = 404 ]
    logged 1 'policies.ini:2: [example.org] nmx: unknown key; did you mean "mx"?'
    await_look
    is_policy example_org <(fetch mta-sts.example.org)
    logged 1 'policies.ini:2: [example.org] nmx'

    # Saved again, and still broken: the last good policy is from two readings ago.
    printf '[example.org]\nmode = nome\n' >policies.ini
    leave_alone policies.ini
    await_reading 2
    is_policy example_org <(fetch mta-sts.example.org)

    # The mistake is gone.
    write_new policies.ini
    leave_alone policies.ini
    await_reading 3
    serves mta-sts.example.org 'mx: new.example.org'
    [ "$(status mta-sts.fresh.example)" = 404 ]
}

@test "a broken save, seen for the first time by the request after the check" {
    start
    printf '[example.org]\nmx = 192.0.2.1\n' >policies.ini
    leave_alone policies.ini
    kill -HUP "$PROGRAM"
    until_true grep -qF 'policies.ini:2: [example.org] mx' fcgi.log
    is_policy example_org <(fetch mta-sts.example.org)
}

@test "a header that lost its bracket or got a dot: its domain keeps its policy" {
    start
    printf '[example.org\nmx = new.example.org\n[example.net.]\nmx = new.example.net\n[mta-sts.example.com]\nmx = new.example.com\n' >policies.ini
    leave_alone policies.ini
    await_reading 1
    is_policy example_org <(fetch mta-sts.example.org)
    is_policy example_net <(fetch mta-sts.example.net)
    is_policy example_net <(fetch mta-sts.example.com)
}

# reads: how often the program has read the file, successfully or not.
reads() {
    grep -cE "read again|stay in force" fcgi.log || true
}

read_more_than() {
    [ "$(reads)" -gt "$1" ]
}

# save LINE: saves standard input as policies.ini, an hour ago, and has it read. LINE has to appear in the log.
save() {
    local before
    before=$(reads)
    cat >saved.ini
    leave_alone saved.ini
    mv saved.ini policies.ini
    kill -HUP "$PROGRAM"
    until_true read_more_than "$before"
    grep -q "$1" fcgi.log
}

@test "a header hidden by a backslash: neither [*] nor 404, nor a mode that [defaults] does not have" {
    printf '[defaults]\nmode = enforce\n[a.test]\nmx = a.test\n[b.test]\nmx = b.test\n[*]\nmode = testing\nmx = any.test\n' >policies.ini
    leave_alone policies.ini
    start_fastcgi -f policies.ini
    start_lighttpd < <(lighttpd_fastcgi)
    serves mta-sts.a.test 'mode: enforce'

    # A list whose last host was deleted.
    printf '[defaults]\nmode = enforce\n[a.test]\nmx = a.test, \\\n  \\\n[b.test]\nmx = b2.test\n[*]\nmx = any.test\n' | save 'a.test.: the'
    serves mta-sts.a.test 'mx: a.test'
    serves mta-sts.b.test 'mx: b2.test'

    printf '; note \\\n \\\n[defaults]\nmode = enforce\n[a.test]\nmx = a3.test\n[b.test, \\\nc.test]\nmx = b3.test\n[*]\nmx = any.test\n' | save 'b.test [.]*.: the'
    serves mta-sts.a.test 'mx: a3.test'
    serves mta-sts.a.test 'mode: enforce'
    serves mta-sts.b.test 'mx: b2.test'
    [ "$(status mta-sts.c.test)" = 500 ]
    serves mta-sts.other.test 'mx: any.test'
}

@test "a header that cannot be read: who is named nowhere else keeps its policy, a lost [defaults] its mode" {
    start
    printf '[*]\nmx = any.test\n' >>policies.ini
    leave_alone policies.ini
    kill -HUP "$PROGRAM"
    until_true serves mta-sts.other.test 'mx: any.test'

    # Two domains lose their bracket, then [defaults] loses a letter and a bracket. [*] changes.
    sed 's/\[example.com /example.com /; s/any.test/new.test/' policies.ini | save '"example.com example.net.*" may be a header'
    is_policy example_org <(fetch mta-sts.example.org)
    is_policy example_net <(fetch mta-sts.example.net)
    serves mta-sts.other.test 'mx: new.test'

    sed 's/^\[defaults\]/[efaults./' policies.ini | save 'the header has no "]"'
    is_policy example_org <(fetch mta-sts.example.org)
    is_policy example_net <(fetch mta-sts.example.net)

    # Without an earlier reading the program knows no domain.
    kill -TERM "$PROGRAM"
    ends_well
    rm -f fcgi.sock
    start_fastcgi -f policies.ini
    [ "$(status mta-sts.example.net)" = 500 ]
    [ "$(status mta-sts.other.test)" = 500 ]
    SERVER_NAME=mta-sts.other.test "$MTA_STS" >cgi.out 2>cgi.log
    grep -q '^Status: 500' cgi.out
    grep -q 'this line may be the header of a domain that the file names nowhere else' cgi.log
}

@test "[*] never answers for a domain that has a section, not with an old policy either" {
    start
    printf '[*]\nmx = any.test\n' >>policies.ini
    leave_alone policies.ini
    kill -HUP "$PROGRAM"
    until_true serves mta-sts.fresh.example 'mx: any.test'
    { cat policies.ini; printf '[fresh.example]\nmode = on\n'; } | save 'fresh.example. mode'
    [ "$(status mta-sts.fresh.example)" = 500 ]
    serves mta-sts.other.example 'mx: any.test'
    { cat policies.ini; echo 'max_age = 1 day'; } | save 'fresh.example. max_age'
    [ "$(status mta-sts.fresh.example)" = 500 ]
}

@test "a file that lost its last domain, and one with CR alone: what was served stays, told once" {
    start
    printf '[defaults]\nmode = testing\n[google]\nmx = smtp.google.com\n' | save 'names no domain'
    is_policy example_org <(fetch mta-sts.example.org)
    await_look
    logged 1 'policies.ini: names no domain; write at least one, as in [example.org], or mode = none to leave; the old policies'
    printf '[example.org]\rmx = new.example.org\r' | save 'has CR alone'
    is_policy example_org <(fetch mta-sts.example.org)
    is_policy example_net <(fetch mta-sts.example.net)
}

@test "no line end after the last line: taken, and warned about" {
    start
    printf '[example.org]\nmode = enforce\nmx = new.example.org' | save 'policies.ini:3: warning: the last line has no line end; the file may have been cut off'
    until_true serves mta-sts.example.org 'mx: new.example.org'
    ! grep -q 'keeps its last good policy' fcgi.log
    logged 1 'policies.ini: 1 mistake, in 1 domain: a domain with a mistake is answered 500 until it is corrected'
    run -0 "$MTA_STS" -f policies.ini check
    grep -q 'warning: the last line has no line end' <<<"$output"
}

@test "a mistake of [defaults]: the log says how many domains it concerns" {
    printf '[defaults]\nmode = enforc\nmx = mx.example.org\n[example.org example.net]\n[example.com]\nmode = none\n' >policies.ini
    start_fastcgi -f policies.ini
    until_true logged 1 'policies.ini: 1 mistake, in 2 domains: a domain with a mistake is answered 500 until it is corrected'
}

@test "policies.ini became a folder: told as such" {
    start
    rm policies.ini
    mkdir policies.ini
    until_true logged 1 'policies.ini: is a folder; give the name of the INI file in it'
    is_policy example_org <(fetch mta-sts.example.org)
    await_look
    logged 1 'policies.ini: is a folder; give the name of the INI file in it'
}

# in_ramfs COMMAND...: runs COMMAND in a folder whose file system has a coarse clock.
in_ramfs() {
    local options=-m
    [ "$(id -u)" -eq 0 ] || options=-rm
    # shellcheck disable=SC2016 # its own arguments
    unshare $options sh -ec 'mount -t ramfs none "$1"; cd "$1"; shift; exec "$@"' sh "$@"
}

@test "two states of the file within one tick of the file system's clock: the last one is found" {
    mkdir coarse
    in_ramfs "$DIR/coarse" "$(dirname "$MTA_STS")/unit/config/look" coarse
}

# by_cgi TEXT: a line of the policy of example.org begins so.
by_cgi() {
    SERVER_NAME=mta-sts.example.org "$MTA_STS" | grep -q "^$1"
}

@test "a file from the future: CGI does not wait, dns names no id before it is served" {
    start
    touch -d 'next year' policies.ini
    local served
    takes_less 500 by_cgi 'mx: mail.example.org'
    write_new policies.ini
    touch -d 'next year' policies.ini
    "$MTA_STS" -f policies.ini dns example.org | grep -q '^_mta-sts'
    served=$(fetch mta-sts.example.org)
    grep -q 'mx: new.example.org' <<<"$served"
}

@test "an emptied file: the last good one keeps serving, told once" {
    start
    : >policies.ini
    leave_alone policies.ini
    until_true logged 1 'policies.ini: contains no section'
    is_policy example_org <(fetch mta-sts.example.org)
    await_look
    is_policy example_org <(fetch mta-sts.example.org)
    logged 1 'policies.ini: contains no section'
}

@test "a removed file, and one that comes back" {
    start
    mv policies.ini away.ini
    until_true logged 1 'policies.ini: cannot be read: No such file or directory; the old policies stay in force'
    is_policy example_org <(fetch mta-sts.example.org)
    await_look
    is_policy example_org <(fetch mta-sts.example.org)
    logged 1 'policies.ini: cannot be read: No such file or directory; the old policies stay in force'
    write_new policies.ini
    leave_alone policies.ini
    until_true logged 1 'read again: 1 domain'
    serves mta-sts.example.org 'mx: new.example.org'
    logged 1 'No such file or directory'
}

@test "permissions taken away, and given back" {
    # root can read every file, so the program runs without that privilege.
    if [ "$(id -u)" -eq 0 ]; then
        WRAPPER="$(command -v setpriv) --inh-caps=-dac_override,-dac_read_search --bounding-set=-dac_override,-dac_read_search"
    fi
    start
    chmod 000 policies.ini
    until_true logged 1 'policies.ini: cannot be read: Permission denied; let user id'
    is_policy example_org <(fetch mta-sts.example.org)
    await_look
    is_policy example_org <(fetch mta-sts.example.org)
    logged 1 'policies.ini: cannot be read: Permission denied; let user id'
    chmod 644 policies.ini
    await_reading 1
    is_policy example_org <(fetch mta-sts.example.org)
}

@test "SIGHUP looks at once, also at a file that was modified just now" {
    start
    write_new policies.ini
    kill -HUP "$PROGRAM"
    until_true logged 1 'read again: 1 domain'
    serves mta-sts.example.org 'mx: new.example.org'
}

@test "a modification time in the future does not keep a file out" {
    start
    write_new policies.ini
    touch -d 'next year' policies.ini
    await_look
    fetch mta-sts.example.org >/dev/null
    until_true serves mta-sts.example.org 'mx: new.example.org'
}

@test "a broken [defaults]: who takes the value from there keeps its policy" {
    start
    sed -i 's/^mode = testing/mode = tasting/' policies.ini
    leave_alone policies.ini
    await_reading 1
    is_policy example_net <(fetch mta-sts.example.net)
    is_policy example_org <(fetch mta-sts.example.org)
    logged 1 'policies.ini:2: [defaults] mode: "tasting" is not a valid mode; write enforce, testing or none (RFC 8461 3.2)'
}

@test "reloads under load: no answer is lost, each is the old policy or the new" {
    start
    write_new new.ini
    cp policies.ini old.ini
    client <<'PY' 3>&- &
seen = {}
def ask():
    end = time.monotonic() + 4
    while time.monotonic() < end:
        s = connect(path)
        s.sendall(request("mta-sts.example.org"))
        policy = body(answer(s))
        seen[policy] = seen.get(policy, 0) + 1
threads = [threading.Thread(target=ask) for i in range(8)]
for t in threads: t.start()
for t in threads: t.join()
with open("seen", "w") as f:
    for policy, n in seen.items():
        print(n, policy, file=f)
assert len(seen) == 2, seen
assert all(b"mx: mail.example.org" in policy or b"mx: new.example.org" in policy for policy in seen)
PY
    local clients=$! i
    for ((i = 0; i < 30; i++)); do
        if ((i % 2)); then cp new.ini next.ini; else cp old.ini next.ini; fi
        leave_alone next.ini
        mv next.ini policies.ini
        kill -HUP "$PROGRAM"
        sleep 0.1
    done
    wait "$clients"
    cat seen
    kill -TERM "$PROGRAM"
    ends_well
}
