# mta-sts-reports as the receiver of reports, behind each front server of examples/reports.

load fronts
load ../helpers/apache
load ../helpers/caddy
load ../helpers/haproxy
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
    head -c 10000000 /dev/zero >huge
}

# filled FILE [FROM TO]...: a file of examples/reports with this test's names, ports and paths.
filled() {
    fill "reports/$1" "${@:2}" '\[::]:443' "127.0.0.2:$PORT" 'listen 443' "listen 127.0.0.1:$PORT" '#tls ' 'tls ' /etc/ssl/mta-sts "$DIR" \
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
    # A sender that sends no body until it is told to go on.
    [ "$(send large "$GZIP" example.com --http1.1 -H 'Expect: 100-continue' --expect100-timeout 60)" = 201 ]
    grep -q '^HTTP/1.1 100' headers
    [ "$(taken)" -eq 5 ]
    [ "$(send report.json "$JSON" other.example)" = 404 ]
    [ "$(send report.json text/plain example.org)" = 415 ]
    [ "$(send report.json "$JSON" example.org -X PUT)" = 405 ]
    grep -qi '^allow: POST' headers
    # The answer comes before the body. Over HTTP/2 Apache may end the stream with it, which curl takes for an error.
    [ "$(send too-large "$GZIP" example.org --http1.1)" = 413 ]
    [ "$(over_tls -o answer -w '%{http_code}' https://reports.example.org/example.org)" = 405 ]
    # The front server may refuse it by itself.
    [[ $(send huge "$GZIP" example.org || true) == @(413|000) ]]
    [ "$(taken)" -eq 5 ]
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

# is_down: without the program the answer is none, or one after which a sender tries again, and a report is taken as soon as the program is back.
is_down() {
    kill -TERM "$PROGRAM"
    ends_well
    rm fcgi.sock
    local file
    for file in report.json report.gz large; do
        # 000, and 100 after "100 Continue": the connection is cut while curl still sends.
        [[ $(send "$file" "$GZIP" example.org || true) == @(50[234]|[01]00) ]]
        [[ $(send "$file" "$GZIP" example.org --http1.1 || true) == @(50[234]|[01]00) ]]
    done
    [ "$(over_tls -o answer -w '%{http_code}' https://reports.example.org/example.org)" -ge 502 ]
    start_receiver
    back() { [ "$(send report.json "$JSON" example.org)" = 201 ]; }
    until_true back
}

@test "nginx: reports" {
    prepare_reports
    filled nginx.conf >reports.conf
    nginx_config www-data >nginx.conf <<<"include $DIR/reports.conf;"
    run_nginx
    is_up nginx is_answering
    post_everything
    cut_off
    is_down
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
    is_down
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
    is_down
}

@test "Apache: reports" {
    prepare_reports
    {
        apache_base event ssl http2 proxy proxy_fcgi
        filled apache.conf 443 "$PORT"
    } >apache.conf
    run_apache is_answering
    post_everything
    cut_off
    is_down
}

@test "HAProxy: reports" {
    prepare_reports
    {
        printf 'global\n    log stdout format raw local0\n'
        filled haproxy.cfg 'bind :443' "bind 127.0.0.1:$PORT"
    } >haproxy.cfg
    run_haproxy is_answering
    post_everything
    cut_off
    is_down
}

# bats test_tags=h2o
@test "h2o: reports" {
    prepare_reports
    local user=(user: user:)
    [ "$(id -u)" -eq 0 ] || user=('user:' '# user:')
    filled h2o.conf "${user[@]}" 'port: 443' "port: $PORT\\n  host: 127.0.0.1" /var/log/h2o/error.log "$DIR/h2o.log" >h2o.conf
    background h2o.out h2o -m worker -c "$DIR/h2o.conf"
    is_up h2o is_answering
    post_everything
    cut_off
    is_down
}
