# The pages of mta-sts-reports in headless Chromium, by page.py.

bats_require_minimum_version 1.5.0
load ../helpers/suite
load probe

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
