# diff: what an edit means for mail. tests/unit/change has the rules as a table; tests/diff holds them against a model of senders.

load helpers/suite
load helpers/program

NOW=2026-11-26T07:00:00Z

mta_sts_diff() {
    "$MTA_STS" diff --now "$NOW" "$@"
}

@test "diff: a new mx, an id to renew, the earliest safe time; exit status 1" {
    printf '[example.org]\nmode = enforce\nmax_age = 2w\nmx = mail.example.org\n[example.net]\nmx = mail.example.net\n' >old.ini
    printf '; a comment\n[example.net]\nmx=mail.example.net\n\n[example.org]\nmode = enforce\nmax_age = 2w\nmx = mail.example.org, new.example.org\n' >new.ini
    run -1 mta_sts_diff old.ini new.ini
    diff - <(echo "$output") <<'TEXT'
example.org: changed
   version: STSv1
   mode: enforce
   mx: mail.example.org
  +mx: new.example.org
   max_age: 1209600
  renew _mta-sts.example.org TXT: id e0d94dfeff7a9f4b, before: 8e12cd43fcdd2313
  unsafe: [mx-added] before 2026-12-10T07:00:00Z, senders that keep the old policy do not deliver to new.example.org; publish the MX record of a new host at 2026-12-10T07:00:00Z, not earlier (RFC 8461 5.1)

new.ini: 0 domains added, 0 removed, 1 changed; 1 unsafe
TEXT
    # The same without NEW: it is the file that every command reads.
    [ "$("$MTA_STS" -f new.ini diff --now "$NOW" old.ini)" = "$output" ]
    [ "$("$MTA_STS" diff old.ini --now "$NOW" -f new.ini)" = "$output" ]
    [ "$(MTA_STS_POLICIES=new.ini mta_sts_diff old.ini)" = "$output" ]
    # The ids are those that dns prints.
    "$MTA_STS" -f old.ini dns example.org | grep -F '"v=STSv1; id=8e12cd43fcdd2313;"'
    "$MTA_STS" -f new.ini dns example.org | grep -F '"v=STSv1; id=e0d94dfeff7a9f4b;"'
}

@test "diff: each domain that differs, in the order of the new file, then those that are gone; notes alone are exit status 0" {
    cat >old.ini <<'INI'
[defaults]
host = policies.example.net
[gone.example]
mode = none
[also-gone.example]
mx = mail.also-gone.example
[moved.example]
mx = mail.moved.example
[same.example]
mx = mail.same.example
[reports.example]
mx = mail.reports.example
INI
    cat >new.ini <<'INI'
[added.example]
mx = mail.added.example
[same.example]
mx = mail.same.example
host = policies.example.net
[reports.example]
mx = mail.reports.example
host = policies.example.net
tlsrpt = mailto:tls@example.net
[moved.example]
mode = enforce
mx = mail.moved.example
host = 192.0.2.1
INI
    run -0 mta_sts_diff old.ini new.ini
    [ "$(grep -o '^[a-z.-]*example: .*' <<<"$output")" = 'added.example: added
reports.example: changed
moved.example: changed
gone.example: removed
also-gone.example: removed' ]
    [ "$(grep -c '^  unsafe' <<<"$output")" = 0 ]
    # The records of what is gone are named, and when to remove them: before the section.
    [[ $output == *$'\n  remove _mta-sts.gone.example TXT: id '* && $output == *$'\n  remove mta-sts.gone.example: host '* ]]
    [ "$(grep -c 'remove the records, then the section' <<<"$output")" -eq 2 ]
    # Without another policy there is no new id.
    [ "$(grep -A 1 '^reports' <<<"$output" | tail -1)" = '  renew _smtp._tls.reports.example TXT: tlsrpt mailto:tls@example.net, before: none' ]
    [[ $output == *'  renew mta-sts.moved.example: host 192.0.2.1, before: policies.example.net'* ]]
    [[ $output == *$'\nnew.ini: 1 domain added, 2 removed, 2 changed; 0 unsafe' ]]
    run -0 mta_sts_diff new.ini new.ini
    [ "$output" = 'new.ini: 0 domains added, 0 removed, 0 changed; 0 unsafe' ]
}

@test "diff: [*] stands for a domain that has no section" {
    printf '[own.example]\nmode = enforce\nmx = own.example\n[*]\nmode = enforce\nmx = any.example\n' >old.ini
    printf '[*]\nmode = enforce\nmx = any.example\n' >new.ini
    run -1 mta_sts_diff old.ini new.ini
    [[ $output == 'own.example: changed'*'-mx: own.example'*'+mx: any.example'*'[mx-added]'*'any.example;'*'[mx-removed]'* ]]
    run -1 mta_sts_diff new.ini old.ini
    [[ $output == 'own.example: changed'* ]]
    printf '[a.example]\nmode = none\n' >none.ini
    run -1 mta_sts_diff new.ini none.ini
    # The domain was answered by [*] before; [*] itself has no records.
    [[ $output == 'a.example: changed'*'[none]'*$'\n*: removed'*'[removed]'* ]]
    [[ $output != *'renew _mta-sts.*'* ]]
}

@test "diff: errors of both files go to standard error; their domains are not compared, the others are; exit status 1" {
    printf '[a.example]\nmx = mail.a.example\n[b.example]\nmod = enforce\n[c.example]\nmx = mail.c.example\n' >old.ini
    printf '[a.example]\nmx = mail.a.example.\n[b.example]\nmx = mail.b.example\n[c.example]\nmx = mail.c.example, new.c.example\n' >new.ini
    run -1 --separate-stderr mta_sts_diff old.ini new.ini
    # shellcheck disable=SC2154 # bats sets it
    [ "$(cut -d ' ' -f 2,3 <<<"$stderr")" = 'old.ini:4: [b.example]
new.ini:2: [a.example]' ]
    [[ $output == $'a.example: not compared, because of a mistake\n\nb.example: not compared, because of a mistake\n\nc.example: changed\n'* ]]
    [[ $output == *$'\nnew.ini: 0 domains added, 0 removed, 1 changed; 0 unsafe, 2 not compared' ]]
    # A mistake that no policy needs is an error all the same, as for check.
    printf '[a.example]\nmx = mail.a.example\nhost = _\n' >new.ini
    printf '[a.example]\nmx = mail.a.example\nhost = one.example\n' >old.ini
    run -1 --separate-stderr mta_sts_diff old.ini new.ini
    [[ $stderr == 'mta-sts: new.ini:3: [a.example] host: '* ]]
    [ "$output" = 'new.ini: 0 domains added, 0 removed, 0 changed; 0 unsafe' ]
    # A header that cannot be read may be the one of a domain that seems to be gone.
    printf '[a.example\nmode = enforce\n[b.example]\nmx = b.example\n' >new.ini
    run -1 --separate-stderr mta_sts_diff old.ini new.ini
    [[ $output == *'a.example: not compared'* ]]
}

@test "diff: a file that cannot be read, has no section, or no domain left" {
    printf '[a.example]\nmx = mail.a.example\n' >good.ini
    : >empty.ini
    printf '[defaults]\nmode = enforce\n' >none.ini
    run -1 mta_sts_diff nowhere.ini good.ini
    [ "$output" = 'mta-sts: nowhere.ini: cannot be read: No such file or directory' ]
    run -1 mta_sts_diff good.ini nowhere.ini
    [ "$output" = 'mta-sts: nowhere.ini: cannot be read: No such file or directory' ]
    run -1 mta_sts_diff empty.ini good.ini
    [[ $output == 'mta-sts: empty.ini: contains no section'* ]]
    # The program would not serve it.
    run -1 mta_sts_diff good.ini none.ini
    [[ $output == 'mta-sts: none.ini: names no domain'* ]]
    run -0 mta_sts_diff none.ini good.ini
    [[ $output == *'a.example: added'* ]]
    run -2 "$MTA_STS" diff --now 2026-02-30T00:00:00Z good.ini good.ini
    [ "${lines[0]}" = 'mta-sts: diff --now: write a time in UTC, as in 2026-11-26T07:00:00Z' ]
    # Without --now it counts from now.
    printf '[a.example]\nmode = enforce\nmax_age = 0\nmx = a.example\n' >now.ini
    run -1 "$MTA_STS" diff --json good.ini now.ini
    python3 - "$output" <<'PY'
import calendar, json, sys, time
assert abs(calendar.timegm(time.strptime(json.loads(sys.argv[1])["now"], "%Y-%m-%dT%H:%M:%SZ")) - time.time()) < 60
PY
}

@test "diff --json: every member, whatever the name of the file" {
    printf '[a.example]\nmode = enforce\nmx = mail.a.example\nhost = 192.0.2.1, 192.0.2.2\n[b.example]\nmx = b.example\ntlsrpt = mailto:tls@b.example\n[c.example]\nmx = c.example\n' >old.ini
    printf '[a.example]\nmode = enforce\nmx = mail.a.example *.b.example\nhost = 192.0.2.2\ntlsrpt = mailto:tls@a.example\n[c.example]\nmod = x\n' >$'n"\\\n\xff\xc3\xa4.ini'
    run -1 --separate-stderr mta_sts_diff --json old.ini $'n"\\\n\xff\xc3\xa4.ini'
    python3 - "$output" <<'PY'
import json, sys
found = json.loads(sys.argv[1])
a, c, b = found["domains"]
assert found["now"] == "2026-11-26T07:00:00Z" and found["old"] == "old.ini" and found["new"] == 'n"\\\n\u00ff\u00e4.ini'
assert [found[k] for k in ("added", "removed", "changed", "unknown", "unsafe")] == [0, 1, 1, 1, 1]
assert list(found) == ["now", "old", "new", "domains", "added", "removed", "changed", "unknown", "unsafe"]
assert a["change"] == "changed" and a["renew"] == ["_mta-sts.a.example", "mta-sts.a.example", "_smtp._tls.a.example"]
assert a["before"] == {"mode": "enforce", "mx": ["mail.a.example"], "max_age": 604800, "id": a["before"]["id"],
                       "host": "192.0.2.1 192.0.2.2", "tlsrpt": None}
assert a["after"]["mx"] == ["mail.a.example", "*.b.example"] and a["after"]["tlsrpt"] == "mailto:tls@a.example"
added, moved = a["findings"]
assert (added["rule"], added["unsafe"], added["safe"], added["by"], added["refused"], added["mx"]) == (
    "mx-added", True, "2026-12-03T07:00:00Z", "old", "listed", ["*.b.example"])
assert (moved["rule"], moved["refused"], moved["mx"]) == ("host-moved", "others", ["mail.a.example"])
assert added["what"].startswith("before 2026-12-03T07:00:00Z, ") and added["advice"].endswith("(RFC 8461 5.1)")
assert (c["change"], c["before"]["mode"], c["after"], c["renew"], c["findings"]) == ("unknown", "testing", None, [], [])
assert (b["domain"], b["change"], b["after"], b["renew"]) == ("b.example", "removed", None, [])
assert b["remove"] == ["_mta-sts.b.example", "mta-sts.b.example", "_smtp._tls.b.example"] and a["remove"] == c["remove"] == []
assert [f["rule"] for f in b["findings"]] == ["removed-testing"]
PY
    run -0 mta_sts_diff --json old.ini old.ini
    [ "$(python3 -c 'import json, sys; print(json.load(sys.stdin)["domains"])' <<<"$output")" = '[]' ]
}

@test "diff: colour on a terminal only" {
    printf '[a.example]\nmode = enforce\nmx = a.example\n' >old.ini
    printf '[a.example]\nmode = enforce\nmx = b.example\n' >new.ini
    run -1 mta_sts_diff old.ini new.ini
    [[ $output != *$'\033'* ]]
    export MTA_STS TERM=xterm
    script -qec '"$MTA_STS" diff old.ini new.ini' /dev/null </dev/null >typed || true
    grep -q $'^\033\[31m  -mx: a.example\033\[m' typed
    grep -q $'^\033\[32m  +mx: b.example\033\[m' typed
    NO_COLOR=1 script -qec '"$MTA_STS" diff old.ini new.ini' /dev/null </dev/null >typed || true
    ! grep -q $'\033' typed
}

@test "diff: senders of a model do not deliver exactly where diff said so, in 1,000 histories of edits" {
    python3 "$BATS_TEST_DIRNAME/diff/histories.py" "$MTA_STS"
}

# On an idle machine it takes about a second; a sanitizer takes longer.
@test "diff: 100,000 domains that all change" {
    {
        printf '[defaults]\nmode = enforce\nmax_age = 2w\n'
        seq -f '[d%.0f.example]' 100000 | sed 's/.*/&\nmx = mail.example.net/'
    } >old.ini
    sed 's/2w/1w/' old.ini >new.ini
    timeout 60 "$MTA_STS" diff old.ini new.ini >out
    [ "$(tail -1 out)" = 'new.ini: 0 domains added, 0 removed, 100000 changed; 0 unsafe' ]
    [ "$(grep -c '^  note: \[max-age-lowered\]' out)" -eq 100000 ]
}

# commit FILE ARGUMENT...: commits FILE as policies.ini, with the arguments for git.
commit() {
    cp "$1" repository/policies.ini
    shift
    git -C repository add policies.ini
    PATH=$(dirname "$MTA_STS"):$PATH git -C repository -c user.name=test -c user.email=test@example.org "$@" commit -qm test
}

@test "examples/git-hook: errors and unsafe edits are refused, others are committed" {
    unset "${!GIT_@}"
    export HOME=$DIR GIT_CONFIG_NOSYSTEM=1 TMPDIR=$DIR/tmp
    mkdir tmp
    git init -q repository
    cp "$BATS_TEST_DIRNAME/../examples/git-hook/pre-commit" repository/.git/hooks/
    printf '[a.example]\nmode = enforce\nmx = a.example\n' >first.ini
    printf '[a.example]\nmode = enforce\nmx = a.example, b.example\n' >unsafe.ini
    printf '[a.example]\nmode = testing\nmx = a.example\n' >safe.ini
    printf '[a.example]\nmod = testing\nmx = a.example\n' >wrong.ini
    commit first.ini
    run -1 commit unsafe.ini
    [[ $output == *'unsafe: [mx-added] before '*'If you follow this advice: git -c hooks.allowunsafe=true commit' ]]
    run -1 commit wrong.ini -c hooks.allowunsafe=true
    [[ $output == *'commit/policies.ini:2: [a.example] mod: unknown key'* ]]
    commit safe.ini
    commit first.ini
    commit unsafe.ini -c hooks.allowunsafe=true
    # In git-http-backend's environment.
    SERVER_NAME=x REQUEST_METHOD=POST GATEWAY_INTERFACE=CGI/1.1 commit safe.ini
    # Another file is none of its business.
    echo "x" >repository/other
    git -C repository add other
    PATH=/usr/bin:/bin git -C repository -c user.name=test -c user.email=test@example.org commit -qm test
    [ "$(git -C repository rev-list --count HEAD)" -eq 6 ]
    [ -z "$(ls "$TMPDIR")" ]
}
