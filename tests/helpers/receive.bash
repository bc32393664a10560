# mta-sts-reports as the receiver of reports: start it behind a front server, post to it, and count what it took.
# A suite loads suite.bash and program.bash before this.

# The program under test is mta-sts-reports, beside mta-sts.
MTA_STS=$(dirname "$MTA_STS")/mta-sts-reports
JSON=application/tlsrpt+json
# shellcheck disable=SC2034 # for the suites
GZIP=application/tlsrpt+gzip

# start_receiver [OPTION...]: takes reports into the folder in, on the socket fcgi.sock.
start_receiver() {
    mkdir -p in
    start_fastcgi -f policies.ini --receive in "$@"
}

# make_report FILE [NUMBER]: a report of example.org, in JSON, with this number in its id.
make_report() {
    python3 -c 'import sys
from tlsrpt import *
save(sys.argv[1], text(report(number=sys.argv[2])))' "$1" "${2:-1}"
}

# taken [DOMAIN]: prints how many reports the folder has. Parts do not count.
taken() {
    find "in/${1:-}" -type f ! -name '.*.part' 2>/dev/null | wc -l
}

# parts: prints how many are not complete.
parts() {
    find in -name '.*.part' | wc -l
}

# post DOMAIN: posts the file BODY (default: report.json) through front.sock, as TYPE (default: JSON); prints the status of the answer. Its headers are
# in the file headers. METHOD is another method than POST.
post() {
    curl -s --max-time 60 --unix-socket "$DIR/front.sock" -D headers -o answer -w '%{http_code}' -X "${METHOD:-POST}" \
        -H "Content-Type: ${TYPE-$JSON}" --data-binary "@${BODY:-report.json}" "http://localhost/$1"
}

# retries AFTER: the last answer has Retry-After, so many seconds at most.
retries() {
    local after
    after=$(sed -n 's/^[Rr]etry-[Aa]fter: \([0-9]*\).$/\1/p' headers)
    [ "$after" -ge 1 ] && [ "$after" -le "$1" ]
}
