# mta-sts-reports as the receiver of reports, behind nginx, Caddy and lighttpd with the examples of examples/reports.

load fronts
load ../helpers/caddy
load ../helpers/lighttpd
load ../helpers/nginx
load ../helpers/receive

# prepare_reports: policies, a certificate, the receiver on fcgi.sock, and reports to post.
prepare_reports() {
    certificate both reports.example.org
    cp both.crt cert.pem
    cp both.key key.pem
    PORT=$(free_port)
    open_folders
    start_receiver
    make_report report.json
    gzip -c report.json >report.gz
    # More than nginx takes by default.
    head -c 3000000 /dev/urandom >large
    head -c 4194305 /dev/zero >too-large
    head -c 9000000 /dev/zero >huge
}

# filled FILE: a file of examples/reports with this test's names, ports and paths.
filled() {
    fill "reports/$1" '\[::]:443' "127.0.0.2:$PORT" 'listen 443' "listen 127.0.0.1:$PORT" '#tls ' 'tls ' /etc/ssl/mta-sts "$DIR" \
        /run/mta-sts-reports/mta-sts-reports.sock "$DIR/fcgi.sock"
}

# send FILE TYPE DOMAIN [CURL OPTION...]: posts it; prints the status.
send() {
    over_tls -o answer -D headers -w '%{http_code}' --data-binary "@$1" -H "Content-Type: $2" "https://reports.example.org/$3" "${@:4}"
}

is_answering() {
    [ "$(send report.json "$JSON" other.example)" = 404 ] && grep -q 'a domain of this host' answer
}

# chunked FILE: posts a body of unknown length.
chunked() {
    send "$1" "$GZIP" example.net --http1.1 -H 'Transfer-Encoding: chunked'
}

# post_everything: each kind of request has the answer that the manual says, whatever the front server.
post_everything() {
    [ "$(send report.json "$JSON" example.org)" = 201 ]
    cmp report.json in/example.org/*/*.json
    [ "$(send report.gz "$GZIP" example.org)" = 201 ]
    cmp report.gz in/example.org/*/*.json.gz
    [ "$(send large "$GZIP" example.com/)" = 201 ]
    cmp large in/example.com/*/*
    [ "$(chunked report.gz)" = 201 ]
    cmp report.gz in/example.net/*/*
    [ "$(taken)" -eq 4 ]
    [ "$(send report.json "$JSON" other.example)" = 404 ]
    [ "$(send report.json text/plain example.org)" = 415 ]
    [ "$(send report.json "$JSON" example.org -X PUT)" = 405 ]
    grep -qi '^allow: POST' headers
    [ "$(send too-large "$GZIP" example.org)" = 413 ]
    [ "$(over_tls -o answer -w '%{http_code}' https://reports.example.org/example.org)" = 405 ]
    # The front server may refuse it by itself.
    [[ $(send huge "$GZIP" example.org || true) == @(413|000) ]]
    [ "$(taken)" -eq 4 ]
    [ "$(parts)" -eq 0 ]
    [ "$(send report.json "$JSON" example.org)" = 201 ]
}

# cut_off: a client that goes in the middle of its body leaves no report.
cut_off() {
    local before
    before=$(taken)
    timeout 10 openssl s_client -quiet -connect "127.0.0.1:$PORT" -servername reports.example.org >cut.out 2>&1 < <(
        printf 'POST /example.org HTTP/1.1\r\nHost: reports.example.org\r\nContent-Type: %s\r\nContent-Length: 100000\r\n\r\n' "$JSON"
        head -c 50000 /dev/zero
        sleep 1
    ) || true
    no_parts() { [ "$(parts)" -eq 0 ]; }
    until_true no_parts
    [ "$(taken)" -eq "$before" ]
}

@test "nginx: reports" {
    prepare_reports
    filled nginx.conf >reports.conf
    nginx_config www-data >nginx.conf <<<"include $DIR/reports.conf;"
    run_nginx
    is_up nginx is_answering
    post_everything
    cut_off
}

@test "Caddy: reports" {
    prepare_reports
    filled Caddyfile >reports.caddy
    {
        caddy_options "https_port $PORT"
        echo 'import reports.caddy'
    } >Caddyfile
    run_caddy
    is_up caddy is_answering
    post_everything
    cut_off
}

@test "lighttpd: reports" {
    prepare_reports
    filled lighttpd.conf >reports.conf
    {
        lighttpd_config 127.0.0.1
        printf '%s\n' "server.port = $PORT" 'server.modules += ("mod_openssl")' 'ssl.engine = "enable"' "ssl.pemfile = \"$DIR/both.pem\""
        echo "include \"$DIR/reports.conf\""
    } >lighttpd.conf
    run_lighttpd
    is_up lighttpd is_answering
    post_everything
    cut_off
}
