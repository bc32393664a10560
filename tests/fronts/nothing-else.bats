# The examples that no other suite starts, caddy-on-demand and try, do not give policies.ini away. And each example names the policies that it serves.

load fronts
load ../helpers/caddy

# Caddy signs the certificates itself, on demand. It asks the program about names as in the example.
start_caddy_on_demand() {
    prepare_front
    start_fastcgi -f policies.ini
    ASK_PORT=$(free_port)
    fill caddy-on-demand/Caddyfile /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" 9123 "$ASK_PORT" 'acme_ca .*' local_certs 'email .*' \
        "admin unix/$DIR/admin.sock\\n	default_bind 127.0.0.1\\n	https_port $PORT\\n	auto_https disable_redirects\\n	skip_install_trust" >Caddyfile
    run_caddy
    until_true cp data/caddy/pki/authorities/local/root.crt ca.pem
    is_up caddy front_answers
}

@test "Caddy, certificates on demand: nobody gets policies.ini" {
    start_caddy_on_demand
    nobody_gets_the_file
    # Nor does the port that Caddy asks for certificates.
    local target
    while read -r target; do
        curl -s -i --path-as-is --max-time 60 "http://127.0.0.1:$ASK_PORT$target?domain=mta-sts.b.test" >>asked
    done < <(file_targets | head -20)
    grep -q 'mx: mail.b.test' asked
    if grep -aF "$MARKER" asked; then
        return 1
    fi
}

@test "make run: nobody gets policies.ini, nor the key" {
    prepare_front
    mkdir tmp
    background run.log env TMPDIR="$DIR/tmp" PORT="$PORT" "$EXAMPLES/try/run" "$MTA_STS" policies.ini
    until_true grep -q 'Serving until Ctrl-C' run.log
    cp tmp/*/cert.pem ca.pem
    nobody_gets_the_file
    local file
    for file in key.pem both.pem cert.pem lighttpd.conf; do
        over_tls -o body -w '%{http_code}\n' "https://mta-sts.b.test/$file" >status
        [ "$(cat status)" = 404 ]
    done
}

# Without -f the program uses policies.ini in the working directory. In the source folder that is the sample.
@test "examples and README.md: each start of the program as FastCGI names its policies" {
    local tree=$EXAMPLES/..
    # Joins lines that end in a backslash. Text in `...` ends at the second `.
    grep -rlZE 'spawn-fcgi|bin-path|^ExecStart=' "$EXAMPLES" "$tree/README.md" | xargs -0 sed -e ':more' -e '/\\$/{N;s/\\\n *//;b more' -e '}' >lines
    grep -oE '(-- |bin-path" => "|^ExecStart=)[^ `]*(mta-sts|mta_sts_program|\$program"?)( .*|`.*|$)' lines | grep -v mta-sts-probe >starts
    cat starts
    [ "$(wc -l <starts)" -ge 12 ]
    run ! grep -vE '^[^`]*(mta-sts|program"?) -f ' starts
}

# With two paths, a front server and a supervisor that are both copied as they stand do not meet: 502. lighttpd makes a socket of its own if it starts the program (the one of
# http-proxy has one for the proxy, too), and HAProxy's chroot comes before the path.
@test "examples, README.md and the manuals: one path of the socket, and one of that of mta-sts-reports" {
    local tree=$EXAMPLES/..
    grep -rohE '/[a-z/-]*/[a-z-]+\.sock\b' "$EXAMPLES" "$tree/README.md" "$tree/man" | grep -vE '^/?/run/(lighttpd|mta-sts-http)/' |
        sed -E 's,^(/var/lib/haproxy|/)/,/,' | sort -u >paths
    cat paths
    [ "$(cat paths)" = "$(printf '%s\n' /run/mta-sts-reports/mta-sts-reports.sock /run/mta-sts/mta-sts.sock)" ]
}

@test "each example says what it is for, where the files go, how to see that it works, and where the log is" {
    local folder
    for folder in systemd openrc spawn-fcgi; do
        [ "$(wc -l <"$EXAMPLES/$folder/README.md")" -ge 10 ]
        [ "$(wc -l <"$EXAMPLES/$folder/README.md")" -le 24 ]
        grep -q 'Does it work?' "$EXAMPLES/$folder/README.md"
        grep -q 'The log' "$EXAMPLES/$folder/README.md"
        # The paths are those of `make install`.
        grep -rqF '/usr/local/bin/mta-sts' "$EXAMPLES/$folder"
        grep -rqF '/etc/mta-sts/policies.ini' "$EXAMPLES/$folder"
    done
}
