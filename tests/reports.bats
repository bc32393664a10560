# mta-sts-reports: every form in which reports come, what is broken, and the verdicts.

load helpers/suite

REPORTS=$(dirname "$MTA_STS")/mta-sts-reports

# reports ARGUMENT...: the program on the morning of 2026-11-26.
reports() {
    "$REPORTS" -f policies.ini --now 2026-11-26T07:00:00Z "$@"
}

# make_files: runs the Python on standard input, which has the functions of tlsrpt.py.
make_files() {
    {
        echo 'import gzip, json, os'
        echo 'from tlsrpt import *'
        cat
    } | python3 -
}

# counted N: the program has read the reports of example.org with N sessions in all, and nothing was refused.
counted() {
    reports --json "${@:2}" >out 2>err || [ $? -le 3 ]
    if grep -v 'not counted' err; then
        return 1
    fi
    grep -q "^{\"domain\":\"example.org\",.*\"sessions\":$1,\"failed\":0" out || {
        cat out err
        return 1
    }
}

write_policies() {
    cat >policies.ini <<'INI'
[defaults]
mode = testing
[example.org]
mx = mail.example.org, *.backup.example.org
[example.net]
mx = mx1.example.net, mx2.example.net
[example.com]
mx = mail.example.com
max_age = 2w
[example.edu]
mx = mail.example.edu
INI
    leave_alone policies.ini
}

@test "verdicts: ready, not yet, wait, no reports; with -v whose fault it is and what to do" {
    write_policies
    make_files <<'PY'
os.mkdir("in")
net = ["version: STSv1", "mode: testing", "mx: mx1.example.net", "mx: mx2.example.net", "max_age: 604800"]
com = ["version: STSv1", "mode: testing", "mx: mail.example.com", "max_age: 1209600"]
old = ["version: STSv1", "mode: testing", "mx: old.example.com", "max_age: 1209600"]
expired = [failure("certificate-expired", "mx2.example.net")]
for ago in range(1, 22):
    for i, org in enumerate(["Google", "Microsoft", "Yahoo"]):
        bad = ago == 2 and i < 2
        of = [report("example.org", org, ago), report("example.net", org, ago, 5, int(bad), net, expired if bad else []),
              report("example.com", org, ago, 5, 0, old if i == 0 or ago > 7 else com)]
        for n, one in enumerate(of):
            save(f"in/{ago}-{i}-{n}.json", text(one))
PY
    run -2 --separate-stderr reports in
    diff - <(echo "$output") <<'TEXT'
example.org  ready: 21 days, 3 reporters, 630 sessions, 0 failed; all applied the policy in force
example.net  not yet: 2 of 317 sessions failed at mx2.example.net: certificate expired (Google, Microsoft)
example.com  wait: one reporter still applies an older policy, until 2026-12-09 at the latest
example.edu  no reports: publish the record that "mta-sts dns example.edu" prints
TEXT
    [ -z "$stderr" ]
    run -2 reports -v in
    [[ $output == *'mx2.example.net: certificate expired: 2 sessions, the last on 2026-11-24'* ]]
    [[ $(tr -s ' \n' ' ' <<<"$output") == *'the MX host is at fault; renew the certificate, and have the server load it; "mta-sts-probe example.net" shows it'* ]]
    run -1 grep -nE '^ .{80,}$' <<<"$output"
    run -2 reports -q in
    [ "${#lines[@]}" -eq 3 ]
    # The options change what is enough, and the time changes what is old.
    run -2 reports --days 22 in
    [[ ${lines[0]} == 'example.org  wait: 21 days, 3 reporters, 630 sessions, 0 failed; needs 22 days' ]]
    run -2 reports --reporters 4 in
    [[ ${lines[0]} == *'needs 4 reporters' ]]
    run -2 reports --window 16 in
    [[ ${lines[0]} == 'example.org  ready: 16 days'* || ${lines[0]} == 'example.org  ready: 17 days'* ]]
    run -3 --separate-stderr "$REPORTS" -f policies.ini --now 2027-11-26T07:00:00Z in
    [[ ${lines[0]} == 'example.org  no reports: '* ]]
    [[ $stderr == 'mta-sts-reports: not counted: 189 reports older than the window' ]]
}

@test "exit statuses: that of the worst domain, and 3 if a path cannot be read" {
    printf '[example.org]\nmx = mail.example.org, *.backup.example.org\n' >policies.ini
    leave_alone policies.ini
    make_files <<'PY'
os.mkdir("in")
for ago in range(1, 15):
    for org in ("Google", "Microsoft"):
        save(f"in/{ago}-{org}", text(report(org=org, ago=ago)))
save("bad.json", text(report(org="Google", bad=1, number=2)))
PY
    run -0 reports in
    run -1 reports --days 20 in
    run -2 reports in bad.json
    run -3 reports in nowhere
    [[ $output == *'mta-sts-reports: nowhere: cannot be read: No such file or directory'* ]]
    run -3 reports nowhere
    [[ $output == *'example.org  no reports: not all files can be read; see the messages about them'* ]]
    run -2 reports in bad.json nowhere
    run -3 reports </dev/null
    # A broken file costs itself alone.
    echo '{' >in/broken.json
    run -0 reports in
    mkdir in/empty
    run -0 reports in
    # What the system refuses may hold anything.
    mkdir in/closed
    chmod 000 in/closed
    # Root could read it but for its capabilities.
    local as_user=()
    [ "$(id -u)" -ne 0 ] || as_user=(setpriv --bounding-set -all --inh-caps -all)
    run -3 "${as_user[@]}" "$REPORTS" -f policies.ini --now 2026-11-26T07:00:00Z in
    chmod 755 in/closed
    [[ $output == *'mta-sts-reports: in/closed: cannot be read: Permission denied; run this as its owner, or as a member of its group'* ]]
}

@test "progress: a bar on a terminal, wiped at the end, and none with -q" {
    write_policies
    make_files <<'PY'
os.mkdir("in")
for ago in range(1, 20):
    save(f"in/{ago}", text(report(ago=ago)))
PY
    bar() {
        TERM=xterm script -qec "$REPORTS -f policies.ini --now 2026-11-26T07:00:00Z $*" screen >/dev/null </dev/null || true
        tr '\r' '\n' <screen
    }
    bar in | grep -qE '\[#+\.+\] [0-9]+%, 0:00 left, [0-9]+ reports'
    bar in | grep -q '19 days, 1 reporter'
    run -1 grep -q '%' <(bar -q in)
}

@test "forms: JSON, gzip named .json, JSON named .gz, several archives in one, with a byte order mark, without a name" {
    write_policies
    make_files <<'PY'
save("plain.json", text(report()))
save("zipped.json", zipped(report()))
save("plain.json.gz", text(report()))
save("twice.gz", gzip.compress(text(report())[:50]) + gzip.compress(text(report())[50:]) + b"\0\0")
save("bom", b"\xef\xbb\xbf\r\n " + text(report()) + b"\r\n")
PY
    for file in plain.json zipped.json plain.json.gz twice.gz bom; do
        counted 10 "$file"
        counted 10 <"$file"
        counted 10 - <"$file"
    done
    # One report in five forms is one report.
    counted 10 plain.json zipped.json plain.json.gz twice.gz bom
    grep -qx 'mta-sts-reports: not counted: 4 reports read before' err
}

@test "forms: mails: multipart/report, a single part, other types, CRLF, forwarded, two reports in one" {
    write_policies
    make_files <<'PY'
z, j = zipped(report()), text(report())
save("report.eml", mail(z))
save("json.eml", mail(j, "application/tlsrpt+json"))
save("single.eml", single(z))
save("single_json.eml", single(j, "application/tlsrpt+json"))
save("octets.eml", single(z, "application/octet-stream"))
save("x-gzip.eml", mail(z, "application/x-gzip"))
save("crlf.eml", mail(z).replace(b"\n", b"\r\n"))
save("named_wrong.json", mail(z))
forward = HEAD + b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\n"
save("forwarded.eml", forward + mail(z) + b"--o--\n")
two = mail(z)[:-6] + b"--b\n" + part(zipped(report(number=2)), "application/tlsrpt+gzip") + b"--b--\n"
save("two.eml", two)
PY
    for file in report json single single_json octets x-gzip crlf forwarded; do
        counted 10 "$file.eml"
    done
    counted 10 named_wrong.json
    counted 20 two.eml
    counted 10 <report.eml
}

@test "forms: an mbox, a Maildir, nested folders, and all of it mixed with other files" {
    write_policies
    make_files <<'PY'
def box(count, first):
    line = b"From tls@sender.example Thu Nov 26 07:00:00 2026\n"
    return b"\n".join(line + mail(zipped(report(number=first + n))) for n in range(count)) + b"\n"
save("mbox", box(70, 1000))
save("mbox_crlf", box(3, 2000).replace(b"\n", b"\r\n"))
other = HEAD + b"\nhello\nFrom here on, nothing\n\n>From here on, neither\n"
save("mbox_other", box(1, 3000) + b"\nFrom x Thu Nov 26 07:00:00 2026\n" + other + b"\n" + box(1, 3001))
for sub in ("cur", "new", "tmp", ".Reports/cur", ".Reports/new", ".Reports/tmp"):
    os.makedirs(f"Maildir/{sub}")
save("Maildir/cur/1.host:2,S", mail(zipped(report(number=4000))))
save("Maildir/cur/2.host:2,", other)
save("Maildir/new/3.host", mail(zipped(report(number=4001))))
save("Maildir/tmp/4.host", mail(zipped(report(number=4002))))
save("Maildir/.Reports/new/5.host", mail(zipped(report(number=4003))))
save("Maildir/dovecot.index.log", b"\x01\x02\x03\0\0")
os.makedirs("deep/a/b/c")
save("deep/a/b/c/r.json", text(report(number=5000)))
save("deep/a/r.gz", zipped(report(number=5001)))
save("deep/notes.txt", b"nothing\n")
os.symlink("../mbox", "deep/link")
os.mkfifo("deep/fifo")
PY
    counted 700 mbox
    counted 700 <mbox
    counted 30 mbox_crlf
    counted 20 mbox_other
    counted 30 Maildir
    grep -qx 'mta-sts-reports: not counted: 2 files without a report' err
    counted 20 deep
    counted 800 mbox mbox_crlf mbox_other Maildir deep/
}

@test "broken: each is named with the reason, and costs itself alone" {
    write_policies
    make_files <<'PY'
os.mkdir("in")
good = report()
save("in/good.json", text(good))
save("in/cut.gz", zipped(report(number=2))[:-20])
save("in/damaged.gz", zipped(report(number=2))[:40] + b"\xff" * 40)
save("in/bomb.gz", gzip.compress(b"{" + b" " * (40 << 20)))
save("in/ratio.gz", gzip.compress(b"{" + b" " * (2 << 20)))
save("in/deep.json", b'{"a":' + b"[" * 40 + b"]" * 40 + b"}")
save("in/deeper.json", b'{"a":' + b"[" * 100000)
save("in/latin1.json", text(report(org="x"))[:-1] + b',"y":"\xe9"}')
save("in/keys.gz", gzip.compress(b"{" + b",".join(b'"%x":0' % n for n in range(600000)) + b"}"))
save("in/huge.json", b"{" + b" " * (5 << 20) + b"}")
save("in/negative.json", text(report(good=-1, number=2)))
save("in/large.json", text(report(number=2)).replace(b": 10,", b": 1e300,"))
save("in/overflow.json", text(report(number=2)).replace(b": 10,", b": 99999999999999999999999,"))
save("in/dates.json", text(report(number=2)).replace(b"T00:00:00Z", b"T99:00:00Z"))
save("in/empty.eml", mail(b""))
save("in/xml.eml", mail(gzip.compress(b"<feedback/>")))
save("in/escape\x1b[2J\n.json", b'{"\x1b')
save("in/parts.eml", HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 400000)
save("in/nested.eml", HEAD + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(40)) + b"\nx\n")
save("in/headers.eml", HEAD + b"a:\n" * 1000000 + b"\nx")
save("in/groups.eml", HEAD + b"Cc: " + b"a:" * 10000 + b"\n\nx")
save("in/folded.eml", HEAD + b"Cc: a" + b"\n a@b.example," * 3000 + b"\n\nx")
padded = gzip.compress(text(report("foreign.example"))[:-1] + b" " * 1000000 + b"}")
save("in/unpacks.eml", HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + (b"--b\n" + part(padded, "application/gzip")) * 40 + b"--b--\n")
save("in/many.eml", HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: application/tlsrpt+json\n\n{}\n" * 900)
PY
    reports --json in >out 2>err || [ $? -le 3 ]
    grep -q '^{"domain":"example.org",.*"reports":1,"left_out":0,"sessions":10,"failed":0' out
    diff - <(grep -v 'not counted' err | sed 's/^mta-sts-reports: //; s/near .*/near/' | sort) <<'TEXT'
in/bomb.gz: unpacks to more than 32 MB, or to 50 times its size
in/cut.gz: is cut off: its gzip has no end
in/damaged.gz: is damaged: its gzip cannot be unpacked
in/dates.json: has no date-range with two dates by RFC 3339
in/deep.json: has more than 32 levels of JSON
in/deeper.json: is not JSON: line 1: maximum parsing depth reached near
in/empty.eml: is no TLS report: it holds no JSON object
in/escape\x1b[2J\x0a.json: is not JSON: line 1: control character 0x1b near
in/folded.eml: is a mail with a header field of more than 32 KB, or 256 KB of them
in/groups.eml: is a mail with more than 1,000 colons in a header field
in/headers.eml: is a mail of more than 2,000 header fields
in/huge.json: is larger than 4 MB
in/keys.gz: has more than 1000000 values
in/large.json: has total-successful-session-count that is no number from 0 to 1000000000
in/latin1.json: is not JSON: line 1: unable to decode byte 0xe9 near
in/many.eml: is no TLS report: it has no policies
in/negative.json: has total-successful-session-count that is no number from 0 to 1000000000
in/nested.eml: has parts more than 32 levels deep
in/overflow.json: has total-successful-session-count that is no number from 0 to 1000000000
in/parts.eml: is a mail of more than 1,000 parts
in/ratio.gz: unpacks to more than 32 MB, or to 50 times its size
in/unpacks.eml: has parts that unpack to more than 32 MB
in/xml.eml: is no TLS report: it holds no JSON object
TEXT
    grep -q 'not counted: 34 reports of domains that policies.ini does not name, 23 files not readable$' err
    # What the user names has to be a report.
    echo hello >hello.txt
    : >empty
    printf 'Subject: x\n\nhello\n' >other.eml
    run reports hello.txt empty other.eml
    [[ $output == *'hello.txt: is no TLS report: it holds no JSON object'* ]]
    [[ $output == *'empty: is no TLS report: it holds no JSON object'* ]]
    [[ $output == *'other.eml: is a mail without a TLS report'* ]]
}

@test "broken: a mail of 4 MB in an mbox costs itself alone" {
    write_policies
    make_files <<'PY'
line = b"From tls@sender.example Thu Nov 26 07:00:00 2026\n"
large = line + HEAD + b"\n" + b"x" * 70 + b"\n" + b"y\n\n" * 3000000
save("mbox", line + mail(zipped(report())) + b"\n" + large + b"\n" + line + mail(zipped(report(number=2))))
PY
    run --separate-stderr reports --json mbox
    [[ $output == *'"domain":"example.org"'*'"sessions":20,"failed":0'* ]]
    [[ $stderr == *'mta-sts-reports: mbox: mail 2: is larger than 4 MB'* ]]
}

@test "text of a report never reaches the terminal as it is, and its length is bounded" {
    write_policies
    make_files <<'PY'
evil = "\x1b[2J\u202eGoogle\u009b\n" + "x" * 5000
save("evil.json", text(report(org=evil, bad=1, details=[failure("\x1b]0;x\x07" * 50, "evil\x1b.example")])))
PY
    reports -v evil.json >out 2>&1 || [ $? -eq 2 ]
    run -1 env LC_ALL=C grep -nP '[^\x20-\x7e]' out
    grep -q '^example.org  not yet: 1 of 11 sessions failed: a reason that is not known here, .*(.x1b\[2J' out
    [ "$(wc -c <out)" -lt 3000 ]
    reports --json evil.json >out || [ $? -eq 2 ]
    python3 -c 'import json; [json.loads(line) for line in open("out")]'
    run -1 env LC_ALL=C grep -nP '[\x00-\x09\x0b-\x1f\x7f]' out
    reports --html evil.json >out || [ $? -eq 2 ]
    run -1 env LC_ALL=C grep -nP '[^\x20-\x7e]' out
    [ "$(wc -c <out)" -lt 25000 ]
}

@test "--html: one page; it says what was not read, and is not complete if it cannot be written" {
    write_policies
    make_files <<'PY'
os.mkdir("in")
for ago in range(1, 20):
    for org in ("Google", "Yahoo"):
        save(f"in/{ago}-{org}", text(report(org=org, ago=ago)))
save("broken.json", b"{")
PY
    run -3 --separate-stderr reports --html in in broken.json nowhere
    [[ $output == '<!DOCTYPE html>'*'<tr class=s0 id="example.org"><td><b>ready</b>'*'<figure>'*'</html>' ]]
    [[ $output == *'<p>76 reports read; not counted: 38 reports read before, 2 files not readable; some files or folders cannot be read, and reports may be missing.</p>'* ]]
    [[ $stderr == *'not counted: 38 reports read before, 2 files not readable'* ]]
    # A domain that is left out is counted.
    run -3 --separate-stderr reports -q --html in in
    [[ $output == *'<strong>1</strong> <span>ready</span>'* && $output != *'id="example.org"'* && -z $stderr ]]
    run -3 reports --html --json in
    [[ $output == *'--json: write only one of --json and --html' ]]
    run -3 reports --json --html in
    [[ $output == *'--html: write only one of --json and --html' ]]
    trap '' XFSZ
    for size in 100 9000; do
        local code=0
        prlimit --fsize=$size "$REPORTS" -f policies.ini --html in >page.html 2>err || code=$?
        [ "$code" -eq 3 ]
        grep -qx 'mta-sts-reports: cannot write: File too large' err
        [ "$(wc -c <page.html)" -eq "$size" ]
        run -1 grep 'id="_summary"' page.html
    done
}

@test "--authserv-id: only mails that this server found signed count, under the name of the signer" {
    write_policies
    make_files <<'PY'
def auth(text):
    return b"Authentication-Results: " + text.encode() + b"\n"
ours, other = "mx.example.org; dkim=%s header.d=%s", "elsewhere.example; dkim=%s header.d=%s"
os.mkdir("in")
genuine, lie = report(org="Google", good=5), report(org="Google", good=1000, bad=7)
save("in/1-posted.json", text(lie))
save("in/2-unsigned.eml", mail(zipped(lie)))
save("in/3-other.eml", auth(other % ("pass", "google.com")) + mail(zipped(lie)))
save("in/4-failed.eml", auth(ours % ("fail", "google.com")) + mail(zipped(lie)))
# The field of our server is on top of the one that came with the mail.
save("in/5-below.eml", auth(ours % ("none", "x.example")) + auth(ours % ("pass", "google.com")) + mail(zipped(lie)))
# That in a mail within the mail counts for nothing.
forward = b"From: a@evil.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\n"
save("in/6-within.eml", forward + auth(ours % ("pass", "google.com")) + mail(zipped(lie)) + b"--o--\n")
save("in/7-signed.eml", auth(other % ("fail", "google.com")) + auth("mx.example.org; spf=pass") + auth(ours % ("pass", "Google.com"))
     + mail(zipped(genuine)))
# Who signs by another name is another reporter, whatever the report says of itself.
save("in/8-liar.eml", auth(ours % ("pass", "evil.example")) + mail(zipped(report(org="Google", good=6))))
PY
    figures() {
        python3 -c 'import json; d = json.loads(input()); print(*[d[key] for key in ("reports", "unsigned", "sessions", "failed")],
            *[reporter["name"] for reporter in d["reporters"]])' <<<"${lines[0]}"
    }
    run -3 --separate-stderr reports --authserv-id mx.example.org --json in
    diff - <(figures) <<<'2 6 11 0 evil.example google.com'
    [[ $stderr == 'mta-sts-reports: not counted: 6 reports unsigned' ]]
    run -3 reports --authserv-id mx1.example.org,MX.example.org -v in
    [[ $output == *$'\n    6 reports unsigned, left out'* ]]
    run -3 reports --authserv-id mx2.example.org in
    [[ ${lines[0]} == 'example.org  no reports: 8 reports unsigned, which do not count' ]]
    # Without the option the first one that says so is Google's, and hides the genuine one.
    run -2 --separate-stderr reports --json in
    diff - <(figures) <<<'1 0 1007 7 Google'
}

@test "usage, options, version" {
    write_policies
    run -0 reports --help
    [[ $output == 'usage: mta-sts-reports '* ]]
    run -1 grep -nE '^.{81,}$' <<<"$output"
    run -0 reports --version
    [[ ${lines[1]} =~ ^with\ jansson\ [0-9.]+,\ zlib\ [0-9.]+,\ GMime\ [0-9.]+$ ]]
    run -3 reports --nothing
    [[ $output == 'mta-sts-reports: --nothing: there is no such option; "mta-sts-reports -h" lists them' ]]
    run -3 reports --json=yes
    [[ $output == *'--json=yes: takes no value; write --json' ]]
    run -3 reports --days
    [[ $output == *'--days: needs a value; write --days N' ]]
    run -3 reports --days 0 x
    [[ $output == *'--days: write a number of days, from 1 to 366' ]]
    run -3 reports --days 31 x
    [[ $output == *'--days 31: write --window 31 or more, too: only reports of the last 30 days count' ]]
    for value in '' , 'mx.example.org; dkim=pass'; do
        run -3 reports --authserv-id "$value" x
        [[ $output == *'--authserv-id: write the name that your mail server puts into Authentication-Results, as in mx.example.org' ]]
    done
    run -3 reports --now yesterday x
    [[ $output == *'--now: write a time in UTC, as in 2026-11-26T07:00:00Z' ]]
    run -3 reports -f nowhere.ini x
    [[ $output == *'nowhere.ini'* ]]
    printf '[defaults]\nmode = testing\n' >policies.ini
    run -3 reports x
    run -3 "$REPORTS" -qvf policies.ini -- -x
    # What cannot be written is not well.
    write_policies
    reports /dev/null >/dev/full 2>err || [ $? -eq 3 ]
    grep -q 'cannot write: No space left on device' err
}

@test "bash completion: options, files" {
    complete_words() {
        (
            # shellcheck disable=SC1091
            source "$BATS_TEST_DIRNAME/../examples/bash-completion/mta-sts-reports"
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
            _mta_sts_reports
            printf '%s\n' "${COMPREPLY[@]}"
        )
    }
    [ "$(complete_words mta-sts-reports --js)" = --json ]
    [ "$(complete_words mta-sts-reports -f pol)" = policies.ini ]
    [ "$(complete_words mta-sts-reports --color a | paste -sd ' ')" = 'auto always' ]
    complete_words mta-sts-reports - | sort >offered
    reports --help | sed -n 's/^  \(-[a-z], \|    \)\(--[a-z-]*\).*/\2/p' | sort >options
    [ -s options ]
    [ -z "$(comm -13 offered options)" ]
}
