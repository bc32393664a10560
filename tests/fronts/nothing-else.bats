# What the other suites do not start: examples/caddy-on-demand and examples/try give nobody policies.ini; and each example says which policies are served.

load ../helper
load fronts

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Caddy signs the certificates itself, and on demand: the names are asked for as in the example.
start_caddy_on_demand() {
    prepare_front
    start_fastcgi -f policies.ini
    ASK_PORT=$(free_port)
    fill caddy-on-demand/Caddyfile /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" 9123 "$ASK_PORT" 'acme_ca .*' local_certs 'email .*' \
        "admin unix/$DIR/admin.sock\\n	default_bind 127.0.0.1\\n	https_port $PORT\\n	auto_https disable_redirects\\n	skip_install_trust" >Caddyfile
    HOME=$DIR XDG_DATA_HOME=$DIR/data XDG_CONFIG_HOME=$DIR/config caddy run --config Caddyfile >caddy.log 2>&1 3>&- &
    PIDS+=($!)
    until_true cp data/caddy/pki/authorities/local/root.crt ca.pem
    until_true front_answers || {
        cat caddy.log
        return 1
    }
}

@test "Caddy, certificates on demand: nobody gets policies.ini" {
    start_caddy_on_demand
    nobody_gets_the_file
    # Nor from the port that says who may have a certificate.
    local target
    while read -r target; do
        curl -s -i --path-as-is --max-time 20 "http://127.0.0.1:$ASK_PORT$target?domain=mta-sts.b.test" >>asked
    done < <(file_targets | head -20)
    grep -q 'mx: mail.b.test' asked
    if grep -aF "$MARKER" asked; then
        return 1
    fi
}

@test "make run: nobody gets policies.ini, nor the key" {
    prepare_front
    mkdir tmp
    TMPDIR=$DIR/tmp PORT=$PORT "$EXAMPLES/try/run" "$MTA_STS" policies.ini >run.log 2>&1 3>&- &
    PIDS+=($!)
    until_true grep -q 'Serving until Ctrl-C' run.log
    cp tmp/*/cert.pem ca.pem
    nobody_gets_the_file
    local file
    for file in key.pem both.pem cert.pem lighttpd.conf; do
        curl -s --max-time 20 --cacert ca.pem --connect-to "::127.0.0.1:$PORT" -o body -w '%{http_code}\n' "https://mta-sts.b.test/$file" >status
        [ "$(cat status)" = 404 ]
    done
}

# Without -f the program takes a policies.ini of the working directory: in the source folder that is the sample.
@test "examples and README.md: each start of the program as FastCGI names its policies" {
    local tree=$EXAMPLES/..
    # A line that ends in a backslash goes on; what is in `...` ends there.
    grep -rlZE 'spawn-fcgi|bin-path|^ExecStart=' "$EXAMPLES" "$tree/README.md" | xargs -0 sed -e ':more' -e '/\\$/{N;s/\\\n *//;b more' -e '}' >lines
    grep -oE '(-- |bin-path" => "|^ExecStart=)[^ `]*(mta-sts|mta_sts_program|\$program"?)( .*|`.*|$)' lines | grep -v mta-sts-probe >starts
    cat starts
    [ "$(wc -l <starts)" -ge 12 ]
    run ! grep -vE '^[^`]*(mta-sts|program"?) -f ' starts
}

# With two paths a front server and a supervisor, each copied as it stands, do not meet: 502. lighttpd has a socket of its own where it starts the program itself, and HAProxy's
# chroot stands before the path.
@test "examples, README.md and the manuals: one path of the socket" {
    local tree=$EXAMPLES/..
    grep -rohE '/[a-z/-]*/[a-z-]+\.sock\b' "$EXAMPLES" "$tree/README.md" "$tree/man" | grep -vxF /run/lighttpd/mta-sts.sock |
        sed -E 's,^(/var/lib/haproxy|/)/,/,' | sort -u >paths
    cat paths
    [ "$(cat paths)" = /run/mta-sts/mta-sts.sock ]
}
