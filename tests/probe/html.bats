# mta-sts-probe --html: the page, in headless Chromium. page.py uses it as a person would, and looks at it.

bats_require_minimum_version 1.5.0
load ../helpers/suite
load probe

# One test at a time: the browser with a page of 10,000 domains would make answers slow, which the probe then says.
export BATS_NO_PARALLELIZE_WITHIN_FILE=true

# probe ARGUMENT...: as elsewhere, but without a trust anchor: two runs give the reason of a bogus answer in different words.
probe() {
    inside "$PROBE" --ca "$LAB/ca.pem" --timeout 10 "$@"
}

# page CHECK FILE [ARGUMENT...]: see page.py. There is no way out of the network it runs in.
page() {
    PATIENCE=200 inside env -C "$DIR" "$BATS_TEST_DIRNAME/page.py" "$@"
}

# page_of_file: file.html is the page about 30 domains, of which d2.example and d11.example have an old id.
page_of_file() {
    deploy 30
    sed -i -e '/^\[d2.example\]/a mode = testing' -e '/^\[d11.example\]/a mode = testing' policies.ini
    leave_alone policies.ini
    run -2 probe_deployed --html -f "$DIR/policies.ini"
    printf '%s\n' "$output" >file.html
}

# all_but_timeouts: the domains whose result is the same each time.
all_but_timeouts() {
    grep -v '^#' "$CASES" | cut -f 1 | grep -v 'silent$'
}

@test "all that was found is there, with the script and without; no text of others is markup" {
    # shellcheck disable=SC2046
    run -2 --separate-stderr probe -j 32 --html $(all_but_timeouts)
    [ -z "$stderr" ]
    printf '%s\n' "$output" >page.html
    # shellcheck disable=SC2046
    run -2 probe -j 32 --json $(all_but_timeouts)
    printf '%s\n' "$output" >found.json
    grep -c '&lt;img src=x onerror=document.title=1&gt;' page.html
    grep -c '&lt;script&gt;title=1&lt;/script&gt;.mx-markup.test' page.html
    page markup page.html
    page complete page.html found.json
    page ranks page.html
    page looks page.html
    tidy -qe page.html
    # Cut anywhere, it does not look like a whole one.
    head -c "$(($(wc -c <page.html) / 2))" page.html >cut.html
    page part cut.html
}

# bats test_tags=browser
@test "the table sorts and filters, by mouse and by keyboard; nothing else can run" {
    page_of_file
    page markup file.html
    page sorts file.html
    page filters file.html
    page forbids file.html
    page looks file.html
}

# bats test_tags=browser
@test "printed: all is open, and each page has the names of the columns" {
    page_of_file
    page prints file.html 'publish the record below in its place (RFC 8461 8.1) _mta-sts.d11.example. 300 IN TXT'
}

# bats test_tags=browser
@test "10,000 domains: less than 10 MB, and the table still sorts and filters" {
    page_of_file
    awk '/^<tr / { row[n++] = $0; next }
        n && !done { for (i = 0; i < 10000; i++) { text = row[i % n]; gsub(/d[0-9]+\.example/, "d" i + 1 ".customers.example", text); print text } done = 1 }
        { print }' file.html >large.html
    [ "$(wc -c <large.html)" -lt 10000000 ]
    page large large.html 10000 >figures || { cat figures; false; }
    echo "# $(cat figures)" >&3
}

@test "usage, exit statuses, --quiet, and the progress bar" {
    run -3 probe --html --json healthy.test
    [[ $output == *'--json: write only one of --json and --html' ]]
    run -3 probe --json --html healthy.test
    [[ $output == *'--html: write only one of --json and --html' ]]
    run -0 probe --html healthy.test
    [[ $output == '<!DOCTYPE html>'*'<p>1 domain in '*' s</p>'*'</html>' ]]
    run -1 probe --html tlsrpt-none.test
    run -3 probe --html smtp-later.test
    run -2 probe --html smtp-later.test txt-none.test
    # A page without a domain is a page.
    run -0 probe -q --html healthy.test mode-testing.test
    [[ $output == *'Domains that are ok are left out.'*'<strong>2</strong> <span>ok</span>'* && $output != *healthy.test* ]]
    # shellcheck disable=SC2086
    TERM=xterm script -qec "stty cols 80; $INSIDE $PROBE --ca $LAB/ca.pem --timeout 4 --html healthy.test answer-slow.test >$DIR/page.html" screen >/dev/null </dev/null || true
    grep -qE '\[[#.]{30}\] [01]/2' screen
    run -1 grep -q DOCTYPE screen
    run -1 grep -qE '\[[#.]{30}\]' page.html
    page markup page.html
}

@test "stopped, or not written: the page does not look complete" {
    local code
    begin_four 30 --html
    interrupted
    mv out page.html
    grep -qxE '<p>[0-9]+ domains? in [0-9.]+ s; stopped, [12] not looked at</p>' page.html
    page markup page.html

    page_of_file
    # Too large for the disk: nothing is written after what could not be written.
    trap '' XFSZ
    for size in 100 12000; do
        code=0
        inside prlimit --fsize=$size "$PROBE" --ca "$LAB/ca.pem" --dns 127.0.0.1:$DEPLOYED_DNS --html -f "$DIR/policies.ini" >cut.html 2>err || code=$?
        [ "$code" -eq 3 ]
        grep -qx 'mta-sts-probe: cannot write: File too large' err
        [ "$(wc -c <cut.html)" -eq "$size" ]
    done
    page part cut.html
    code=0
    probe --html healthy.test >/dev/full 2>err || code=$?
    [ "$code" -eq 3 ]
    grep -q 'cannot write: No space left on device' err
}

@test "examples/monitoring: the page is replaced as a whole, and stays if there is no new one" {
    local monitoring=$BATS_TEST_DIRNAME/../../examples/monitoring unit
    deploy 3
    cat >wrapped <<SH
#!/bin/sh
exec "$PROBE" --ca "$LAB/ca.pem" --dns 127.0.0.1:$DEPLOYED_DNS "\$@"
SH
    printf '#!/bin/sh\n"%s/wrapped" "$@" | head -c 9000\n' "$DIR" >cutting
    chmod +x wrapped cutting
    mkdir www
    echo old >www/page.html
    run -1 inside env MTA_STS_PROBE="$DIR/cutting" "$monitoring/probe-page" "$DIR/policies.ini" "$DIR/www/page.html"
    [[ $output == *'the new page is not complete'* ]]
    [ "$(cat www/page.html)" = old ]
    run -1 inside env MTA_STS_PROBE=false "$monitoring/probe-page" "$DIR/policies.ini" "$DIR/www/page.html"
    [ "$(cat www/page.html)" = old ]
    (umask 077 && inside env MTA_STS_PROBE="$DIR/wrapped" "$monitoring/probe-page" "$DIR/policies.ini" "$DIR/www/page.html")
    grep -q 'id="d3.example"' www/page.html
    [ "$(stat -c %a www/page.html)" = 644 ]
    # A fault is on the page: that is no failure of the run.
    sed -i '/^\[d2.example\]/a mode = testing' policies.ini
    leave_alone policies.ini
    inside env MTA_STS_PROBE="$DIR/wrapped" "$monitoring/probe-page" "$DIR/policies.ini" "$DIR/www/page.html"
    grep -q '^<tr class=s2 id="d2.example">' www/page.html
    [ "$(ls www)" = page.html ]

    for unit in service timer; do
        sed "s|/usr/local/lib/mta-sts/|$monitoring/|" "$monitoring/mta-sts-page.$unit" >"mta-sts-page.$unit"
    done
    timeout 60 systemd-analyze verify --man=no ./mta-sts-page.timer >verified 2>&1 || { cat verified; return 1; }
    run -1 grep mta-sts-page verified
}
