# The pages of mta-sts-reports in headless Chromium, by page.py; and its verdicts in what mta-sts-probe prints.

bats_require_minimum_version 1.5.0
load ../helpers/suite
load probe

# One test at a time: the browser with a page of 10,000 domains would make answers slow, which the probe then says.
export BATS_NO_PARALLELIZE_WITHIN_FILE=true

REPORTS=$(dirname "$MTA_STS")/mta-sts-reports

# reports ARGUMENT...: the program on the morning of 2026-11-26.
reports() {
    "$REPORTS" --now 2026-11-26T07:00:00Z "$@"
}

# page CHECK FILE [ARGUMENT...]: see page.py. There is no way out of the network it runs in.
page() {
    PATIENCE=200 inside env -C "$DIR" "$BATS_TEST_DIRNAME/page.py" "$@"
}

# make_reports COUNT: policies.ini of the domains d1.example to dCOUNT.example, and reports about them in the folder in. The first
# four are: failing, not yet, no reports, wait. One reporter is hostile.
make_reports() {
    PYTHONPATH=$BATS_TEST_DIRNAME/../helpers python3 - "$1" <<'PY'
import os
import sys
from tlsrpt import *
count = int(sys.argv[1])
hostile = "</dd></table><img src=x onerror=document.title=1>\u202e\x1b]0;\x07"
lines = ["version: STSv1", "mode: testing", "mx: mail.example.org", "max_age: 604800"]
with open("policies.ini", "w") as file:
    for n in range(1, count + 1):
        file.write(f"[d{n}.example]\nmode = {'enforce' if n == 1 else 'testing'}\nmx = mail.example.org\n")
os.mkdir("in")
for ago in range(1, 21):
    for org in ("Google", "Yahoo", hostile):
        blocks = []
        for n in range(1, count + 1):
            mode = [line.replace("testing", "enforce") if n == 1 else line for line in lines]
            bad = n < 3 and ago % 7 == 2
            details = [failure(hostile, hostile, ago, hostile), failure("certificate-expired", "mx2.example.net", 1)] if bad else []
            if n != 3 and (n != 4 or ago < 9):
                blocks += report(f"d{n}.example", org, ago, n + ago if ago != 5 else 0, ago + 1 if bad else 0, mode, details)["policies"]
        made = report(org=org, ago=ago)
        made["policies"] = blocks
        save(f"in/{ago}-{len(org)}.json", text(made))
PY
    leave_alone policies.ini
}

@test "mta-sts-reports: all is there, with the script and without; no text of others is markup; each domain has a plot" {
    make_reports 12
    run -2 --separate-stderr reports -f policies.ini --html in
    [ -z "$stderr" ]
    printf '%s\n' "$output" >page.html
    run -2 --separate-stderr reports -f policies.ini --json in
    printf '%s\n' "$output" >found.json
    grep -c '&lt;img src=x onerr' page.html
    for check in markup filters looks ranks; do
        page "$check" page.html
    done
    page plots page.html found.json
    page forbids page.html
    tidy -qe page.html
    head -c "$(($(wc -c <page.html) / 2))" page.html >cut.html
    page part cut.html
    page prints page.html 'mx2.example.net: not in mx: 9 sessions, the last on 2026-11-24' 'the last report on'
}

# bats test_tags=browser
@test "mta-sts-reports: pages of 100 and 10,000 domains: a browser loads, sorts and filters them" {
    make_reports 100
    run -2 reports -f policies.ini --html in
    printf '%s\n' "$output" >page.html
    [ "$(wc -c <page.html)" -lt 300000 ]
    page large page.html 100 >figures || { cat figures; false; }
    echo "# $(cat figures)" >&3
    # All of them fail. Not all of them have their details.
    PYTHONPATH=$BATS_TEST_DIRNAME/../helpers python3 - <<'PY'
import os
from tlsrpt import *
os.mkdir("many")
with open("policies.ini", "w") as file:
    for n in range(1, 10001):
        name = f"d{n}.customers.example"
        file.write(f"[{name}]\nmx = mail.example.org\n")
        for ago in (1, 2):
            save(f"many/{n}-{ago}", text(report(name, "Google Inc.", ago, n, 2, None, [failure("certificate-expired"), failure("validation-failure")])))
PY
    leave_alone policies.ini
    run -2 reports -f policies.ini --html many
    printf '%s\n' "$output" >page.html
    [ "$(wc -c <page.html)" -lt 12000000 ]
    grep -q '^<p>The page would be too large: [0-9]* domains are without plot and details' page.html
    page large page.html 10000 >figures || { cat figures; false; }
    echo "# $(cat figures)" >&3
}

# make_recent: reports of the last three weeks in the folder in: d1.example failed, d2.example did not, and d3.example has none.
make_recent() {
    PYTHONPATH=$BATS_TEST_DIRNAME/../helpers python3 - <<'PY'
import datetime
import os
import tlsrpt
from tlsrpt import *
tlsrpt.TODAY = datetime.datetime.now(datetime.timezone.utc).date()
policy = ["version: STSv1", "mode: enforce", "mx: mail.healthy.test", "max_age: 604800"]
os.mkdir("in")
for ago in range(1, 21):
    for org in ("Google", "<b>\u202e"):
        bad = ago == 2 and org == "Google"
        save(f"in/1-{ago}-{len(org)}", text(report("d1.example", org, ago, 9, int(bad), policy, [failure("certificate-expired", "mail.healthy.test")] if bad else [])))
        save(f"in/2-{ago}-{len(org)}", text(report("d2.example", org, ago, 10, 0, policy)))
PY
}

@test "mta-sts-probe --reports: the verdict beside its own, as text, JSON and page; it changes no status" {
    deploy 3
    make_recent
    local failing='1 of 361 sessions failed at mail.healthy.test: certificate expired (Google)'
    local enforced='20 days, 2 reporters, 400 sessions, 0 failed; all applied the policy in force'
    local none='publish the record that "mta-sts dns d3.example" prints'
    run -0 --separate-stderr probe_deployed -f "$DIR/policies.ini" --reports "$DIR/in"
    [ -z "$stderr" ]
    tr -s ' \n' ' ' <<<"$output" >flat
    grep -qF "ok d1.example: mode enforce, 1 MX host, matched reports: failing: $failing ok d2.example: mode enforce, 1 MX host, matched reports: enforced: $enforced ok" flat
    grep -qF "reports: no reports: $none 3 domains in" flat
    run -0 --separate-stderr probe_deployed -f "$DIR/policies.ini" --json --reports "$DIR/in" d2.example d1.example d3.example
    python3 - "$failing" "$enforced" "$none" 3< <(echo "$output") <<'PY'
import json, os, sys
found = {one["domain"]: one for one in map(json.loads, os.fdopen(3))}
for domain, verdict, text in zip(("d1.example", "d2.example", "d3.example"), ("failing", "enforced", "no-reports"), sys.argv[1:]):
    assert found[domain]["reports"] == {"verdict": verdict, "text": text}, found[domain]["reports"]
PY
    run -0 probe_deployed -f "$DIR/policies.ini" --html --reports "$DIR/in"
    printf '%s\n' "$output" >page.html
    grep -qF "<td>1 MX host, matched<p>reports: failing: $failing" page.html
    page markup page.html
    page looks page.html
    # With -q, only what is not fine by both.
    run -0 probe_deployed -q -f "$DIR/policies.ini" --reports "$DIR/in"
    [ -z "$output" ]
    # Without it, nothing of this is there.
    run -0 probe_deployed -f "$DIR/policies.ini" --json
    [[ $output == *'"reports":null'* && $output != *'"reports":{'* ]]
}

# alone ARGUMENT...: the probe in the folder bin, with programs of that folder and of PATH.
alone() {
    PATH=$DIR/path:/usr/bin:/bin ./bin/mta-sts-probe --dns 127.0.0.9 --domain-timeout 1 "$@"
}

# makes FOLDER SCRIPT: a program mta-sts-reports that is SCRIPT.
makes() {
    mkdir -p "$1"
    printf '#!/bin/sh\n%s\n' "$2" >"$1/mta-sts-reports"
    chmod +x "$1/mta-sts-reports"
}

@test "mta-sts-probe --reports: which program is run, how, and what is said if it fails" {
    printf '[d1.example]\nmx = a.example\n[d2.example]\nmx = a.example\n' >policies.ini
    leave_alone policies.ini
    mkdir in bin
    cp "$PROBE" bin/mta-sts-probe
    run -3 alone -f policies.ini --reports in
    [ "$output" = 'mta-sts-probe: cannot run mta-sts-reports: No such file or directory; install it, or leave out --reports' ]
    # That of PATH, then the one beside the probe, which is called by its path, and in PATH.
    makes path 'printf "d2.example   wait: of path\n"'
    run -3 alone -f policies.ini --reports in
    [[ $output == *'reports: wait: of path'* ]]
    makes bin 'printf "%s\n" "$@" >args; cat >input; printf "d2.example  ready: beside\nd1.example  not yet: beside\n"; exit 2'
    run -3 alone -f policies.ini --reports in
    [[ $output == *'d1.example'*'reports: not yet: beside'*'d2.example'*'reports: ready: beside'* ]]
    [ "$(paste -sd ' ' args)" = '--color=never -f policies.ini -- in' ]
    [ ! -s input ]
    run -3 alone -f policies.ini --days 7 --authserv-id=mx.example.org --reports in --window 9 --reporters 3
    [ "$(paste -sd ' ' args)" = '--color=never -f policies.ini --days 7 --reporters 3 --window 9 --authserv-id mx.example.org -- in' ]
    for option in days reporters window authserv-id; do
        run -3 alone -f policies.ini --$option 7
        [ "$output" = "mta-sts-probe: --$option: write --reports with it" ]
    done
    run -3 alone -qf policies.ini --reports in
    [ "$(paste -sd ' ' args)" = '--color=never -qf policies.ini -- in' ]
    PATH=$DIR/bin:/usr/bin:/bin run -3 mta-sts-probe --dns 127.0.0.9 --domain-timeout 1 -f policies.ini --reports in
    [[ $output == *'reports: not yet: beside'* ]]
    # What is no line of a domain is nothing.
    makes bin 'printf "\n\nx\nd1.example\nd2.example  \n  \nd1.example  wait: last"'
    run -3 alone --json -f policies.ini --reports in
    [[ $output == *'"domain":"d1.example"'*'"reports":{"verdict":"wait","text":"last"}'*'"domain":"d2.example"'*'"reports":null'* ]]
    for script in 'exit 3' 'echo "d1.example  ready: x"; exit 4' 'echo "d1.example  ready: x"; kill -9 $$'; do
        makes bin "$script"
        run -3 alone -f policies.ini --reports in
        [ "$output" = 'mta-sts-probe: mta-sts-reports failed; see its message above, or leave out --reports' ]
    done
    # Text of a program that is not this one is made harmless.
    makes bin 'printf "d1.example  ready: \033[31m\303\274\001\n"'
    run -3 alone --json -f policies.ini --reports in
    [[ $output == *'"reports":{"verdict":"ready","text":"?[31m???"}'* ]]
    # All that it prints is read, and it is waited for.
    makes bin 'i=0; while [ $i -lt 3000 ]; do printf "d%d.example  ready: %0100d\n" $i 0; i=$((i + 1)); done; sleep 0.5; echo "d2.example  wait: late" >&2'
    run -3 alone -f policies.ini --reports in
    [ "$(grep -c '^ *0\{100\}$' <<<"$output")" -eq 2 ]
    grep -qx 'd2.example  wait: late' <<<"$output"
    run -3 alone --reports in d1.example
    [ "$output" = 'mta-sts-probe: --reports: write -f FILE with it' ]
    run -3 alone -f policies.ini --reports nowhere
    [ "$output" = 'mta-sts-probe: --reports nowhere: cannot be read: No such file or directory' ]
    run -3 alone -f policies.ini --reports in --reports in
    [ "$output" = 'mta-sts-probe: --reports: write it once, with the folder that has all reports' ]
    run -3 alone -f policies.ini --reports=
    [ "$output" = 'mta-sts-probe: --reports=: write the name of a report, a mailbox or a folder' ]
    run -3 alone -f policies.ini --update nsupdate --reports in
    [ "$output" = 'mta-sts-probe: --reports: has no effect here; write --update nsupdate without it' ]
}
