# The exported Worker in workerd, the runtime of Cloudflare Workers: every answer is the same as the program's.

load ../helpers/suite

@test "the Worker's module, and what is made of it, are JavaScript without a syntax error" {
    cp "$BATS_TEST_DIRNAME/../../src/command/export/worker.js" module.mjs
    node --check module.mjs
    "$MTA_STS" -f policies.ini export --worker worker.mjs 2>export.log || true
    node --check worker.mjs
    # Everything that was to be filled in is.
    ! grep -q '__[A-Z_]*__' worker.mjs
}

start_worker() {
    "$MTA_STS" -f policies.ini export --worker worker.mjs 2>export.log || true
    cat >config.capnp <<CONF
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "unix:$DIR/worker.sock", http = (), service = "main")]
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  compatibilityDate = "2026-01-01"
);
CONF
    local workerd
    workerd=$("$BATS_TEST_DIRNAME/../../tools/workerd" "$BATS_TEST_DIRNAME/../../build/workerd")
    background workerd.log "$workerd" serve config.capnp
    is_up workerd listens worker.sock
}

# status_and_headers: the body, and the headers that the program sets, of the answer in the files headers and body.
status_and_headers() {
    grep -iE '^(content-type|content-length|cache-control|x-content-type-options|allow):' headers | tr 'A-Z\r' 'a-z ' | sort
    cat body
}

of_the_worker() {
    local flags=(-X "$2")
    [ "$2" != HEAD ] || flags=(-I)
    curl -s --max-time 60 --unix-socket worker.sock -H "Host: $1" "${flags[@]}" -D headers -o body http://localhost/.well-known/mta-sts.txt
    [ "$2" != HEAD ] || : >body
    sed -n '1s/^[^ ]* \([0-9]*\).*/\1/p' headers
    status_and_headers
}

of_the_program() {
    MTA_STS_POLICIES=policies.ini REQUEST_METHOD=$2 HTTP_HOST=$1 "$MTA_STS" >whole 2>>cgi.log
    sed '/^\r$/q' whole >headers
    tail -c +"$(($(wc -c <headers) + 1))" whole >body
    sed -n '1s/^Status: \([0-9]*\).*/\1/p' headers
    status_and_headers
}

compare_all() {
    start_worker
    local host method compared=0
    while IFS= read -r host; do
        for method in GET HEAD DELETE; do
            of_the_program "$host" "$method" >ours
            of_the_worker "$host" "$method" >theirs
            diff ours theirs
            compared=$((compared + 1))
        done
    done <"$1"
    [ "$compared" -ge 50 ]
}

hosts_of_all_kinds() {
    printf '%s\n' mta-sts.example.org mta-sts.example.com mta-sts.example.net MTA-STS.Example.ORG mta-sts.example.org. mta-sts.example.org:8443 \
        mta-sts.broken.example mta-sts.other.example mta-sts.google mta-sts.defaults www.example.org example.org mta-sts \
        mta-sts.-example.org mta-sts.example-.org mta-sts-example.org xmta-sts.example.org mta-sts.mta-sts.example.org \
        mta-sts.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.org
}

@test "the Worker's answers are the program's" {
    hosts_of_all_kinds >hosts
    compare_all hosts
    grep -q 'broken.example\] mx: "192.0.2.1" is an IP address' export.log
}

@test "the Worker's answers are the program's, with [*], too" {
    printf '[*]\nmx = any.example.net, mail.{domain}\n' >>policies.ini
    leave_alone policies.ini
    hosts_of_all_kinds >hosts
    compare_all hosts
    of_the_worker mta-sts.other.example GET | grep -q 'mx: mail.other.example'
}
