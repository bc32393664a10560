# The folder of export --worker in wrangler, Cloudflare's own tool: it takes the configuration, and every answer is the program's. No network is there.

load ../helpers/suite
load ../helpers/certificates
load ../helpers/network

# thousand_domains: policies.ini with 1,000 domains; of some the policy has a mistake, or is for several.
thousand_domains() {
    {
        printf '[defaults]\nmode = testing\nmax_age = 1w\n[broken.example]\nmx = 192.0.2.1\n[several.example sub.several.example]\nmx = mail.{domain}\n'
        seq 997 | sed 's/.*/[d&.example]\nmode = enforce\nmx = mail.d&.example, *.backup.example/'
    } >policies.ini
    leave_alone policies.ini
}

# prepare_wrangler: WRANGLER is the command, and the network is one without a way out.
prepare_wrangler() {
    local root=$BATS_TEST_DIRNAME/../..
    WRANGLER=$("$root/tools/wrangler" "$root/build/wrangler")
    mkdir home
    # workerd does not start without an authority that it trusts.
    authority
    own_network "HOME=$DIR/home" "XDG_CONFIG_HOME=$DIR/home" WRANGLER_SEND_METRICS=false CLOUDFLARE_CF_FETCH_ENABLED=false NO_COLOR=1 CI=true
}

# wrangler ARGUMENT...: as the example starts it.
wrangler() {
    # shellcheck disable=SC2086 # two words
    inside $WRANGLER "$@" --cwd cloudflare
}

# start_wrangler ARGUMENT...: starts a server on PORT, and ends its processes with it.
start_wrangler() {
    PORT=8787
    # shellcheck disable=SC2086
    start wrangler.log unshare --pid --fork --kill-child env -C cloudflare $WRANGLER "$@" --ip 127.0.0.1 --port "$PORT" --inspector-port 9229
    is_up wrangler wrangler_answers
}

wrangler_answers() {
    inside curl -s -o /dev/null --max-time 5 "http://127.0.0.1:$PORT/"
}

# compare_answers: for each request of standard input.
compare_answers() {
    PATIENCE=120 inside "$BATS_TEST_DIRNAME/answers.py" "$MTA_STS" policies.ini "$PORT"
}

@test "wrangler deploy --dry-run takes the folder of export --worker: the module, and a custom domain for each policy host" {
    thousand_domains
    prepare_wrangler
    run -1 "$MTA_STS" -f policies.ini export --worker cloudflare
    run -0 wrangler deploy --dry-run --outdir ../sent
    grep -q 'Total Upload' <<<"$output"
    run ! grep -qiE 'warning|unexpected' <<<"$output"
    [ -s sent/worker.js ]
    cat >routes.js <<'JS'
const { unstable_readConfig } = require("wrangler");
const config = unstable_readConfig({ config: process.argv[2] });
console.error(config.name, config.workers_dev, config.preview_urls, config.routes.every((route) => route.custom_domain));
console.log(config.routes.map((route) => route.pattern).join("\n"));
JS
    NODE_PATH=$BATS_TEST_DIRNAME/../../build/wrangler/node_modules inside "${WRANGLER%% *}" routes.js cloudflare/wrangler.jsonc >routes 2>settings
    [ "$(cat settings)" = 'mta-sts false false true' ]
    "$MTA_STS" -f policies.ini hosts | diff - routes
    [ "$(wc -l <routes)" -eq 1000 ]
}

@test "wrangler dev with the folder of export --worker: of 1,000 domains each answer is the program's" {
    thousand_domains
    prepare_wrangler
    run -1 "$MTA_STS" -f policies.ini export --worker cloudflare
    start_wrangler dev --local --infer-origin-from-routes=false
    {
        "$MTA_STS" -f policies.ini hosts | sed 's/^/GET /'
        printf '%s\n' 'HEAD mta-sts.d1.example' 'POST mta-sts.d1.example' 'GET mta-sts.other.example' 'GET MTA-STS.D1.Example' 'GET www.d1.example' \
            'GET mta-sts.d1.example.:8787'
    } | compare_answers >compared || { cat compared; false; }
    [ "$(cat compared)" = '1006 compared, 0 differ' ]
}

@test "wrangler pages dev with export --worker DIR/_worker.js: one project answers for 1,000 domains as the program does" {
    thousand_domains
    prepare_wrangler
    mkdir cloudflare
    run -1 "$MTA_STS" -f policies.ini export --worker cloudflare/_worker.js
    start_wrangler pages dev . --compatibility-date=2025-01-01
    {
        "$MTA_STS" -f policies.ini hosts | sed 's/^/GET /'
        printf '%s\n' 'HEAD mta-sts.d1.example' 'POST mta-sts.d1.example' 'GET mta-sts.other.example'
    } | compare_answers >compared || { cat compared; false; }
    [ "$(cat compared)" = '1003 compared, 0 differ' ]
}

@test "wrangler pages dev with a folder of export --site cloudflare-pages: the policy, with the headers of the program" {
    thousand_domains
    prepare_wrangler
    run -1 "$MTA_STS" -f policies.ini export --site cloudflare-pages sites
    ln -s sites/mta-sts.d1.example cloudflare
    start_wrangler pages dev . --compatibility-date=2025-01-01
    inside curl -s -D headers -o body "http://127.0.0.1:$PORT/.well-known/mta-sts.txt"
    "$MTA_STS" -f policies.ini show d1.example | cmp - body
    tr 'A-Z\r' 'a-z ' <headers | sed 's/ *$//' >lower
    local header
    for header in 'http/1.1 200 ok' 'content-type: text/plain; charset=utf-8' 'cache-control: max-age=60' 'x-content-type-options: nosniff'; do
        grep -qx "$header" lower || { cat headers; false; }
    done
}
