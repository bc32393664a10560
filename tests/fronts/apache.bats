# Apache: the examples apache-cgi, apache-proxy-fcgi and apache-fcgid; and cgi-bin, where a query string may become arguments (RFC 3875 4.4).

load fronts
load ../helpers/apache

TLS=(ssl http2 rewrite filter deflate)

# cgi_folder: the program in cgi-bin. Prints the rights that Apache needs to run it.
cgi_folder() {
    mkdir -p cgi-bin htdocs
    cp "$MTA_STS" cgi-bin/mta-sts
    cat <<CONF
<Directory "$DIR/cgi-bin">
    Options +ExecCGI
    Require all granted
</Directory>
CONF
}

# cgi_bin MPM MODULE: Apache with cgi-bin and nothing else.
cgi_bin() {
    {
        apache_base "$@"
        cgi_folder
        cat <<CONF
DocumentRoot "$DIR/htdocs"
SetEnv MTA_STS_POLICIES "$DIR/policies.ini"
ScriptAlias "/cgi-bin/" "$DIR/cgi-bin/"
CONF
    } >apache.conf
    run_apache listens_on "$PORT"
}

# shared_hosting MPM MODULE: Apache as a hoster has it, with the example's .htaccess, the program and policies.ini uploaded.
shared_hosting() {
    prepare_front
    {
        apache_base "$@" "${TLS[@]}"
        cgi_folder
        cat <<CONF
Protocols h2 http/1.1
<VirtualHost *:$PORT>
    ServerName mta-sts.a.test
    ServerAlias mta-sts.b.test
    SSLEngine on
    SSLCertificateFile "$DIR/cert.pem"
    SSLCertificateKeyFile "$DIR/key.pem"
    DocumentRoot "$DIR/htdocs"
    ScriptAlias "/cgi-bin/" "$DIR/cgi-bin/"
    $CANONICAL
</VirtualHost>
<Directory "$DIR/htdocs">
    AllowOverride All
    Options +SymLinksIfOwnerMatch
    Require all granted
</Directory>
CONF
    } >apache.conf
    cp policies.ini cgi-bin
    leave_alone cgi-bin/policies.ini
    fill apache-cgi/.htaccess >htdocs/.htaccess
    run_apache front_answers
}

# site FOLDER MODULE... [-- SED ARGUMENT...]: Apache with the site of an example, changed by sed.
site() {
    local folder=$1 modules=()
    shift
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        modules+=("$1")
        shift
    done
    [ $# -eq 0 ] || shift
    cp "$MTA_STS" mta-sts
    {
        apache_base event allowmethods "${modules[@]}" "${TLS[@]}"
        fill "$folder/mta-sts.conf" mta-sts.example.org mta-sts.a.test mta-sts.example.net mta-sts.b.test '\*:443' "*:$PORT" \
            /etc/ssl/mta-sts "$DIR" /run/mta-sts/mta-sts.sock "$DIR/fcgi.sock" /usr/local/bin/mta-sts "$DIR/mta-sts" \
            /etc/mta-sts/policies.ini "$DIR/policies.ini" | sed "${@:-p;d}"
    } >apache.conf
    run_apache front_answers
}

proxy_fcgi() {
    prepare_front
    start_fastcgi -f policies.ini
    site apache-proxy-fcgi proxy proxy_fcgi "$@"
}

fcgid() {
    prepare_front
    site apache-fcgid fcgid "$@"
}

# fixed_name_is_named: Apache's log names the mistake, and b still gets b's policy.
fixed_name_is_named() {
    ask mta-sts.b.test -o body
    cmp b.txt body
    until_true grep -q 'the front server passes one fixed SERVER_NAME' apache.log
}

# nothing_wrong_with_the_names: the program has not logged a mistake in Apache's configuration.
nothing_wrong_with_the_names() {
    ! grep 'the front server passes' apache.log
}

ask_cgi_bin() {
    curl -s --max-time 60 -H "Host: mta-sts.example.org" "http://127.0.0.1:$PORT/cgi-bin/mta-sts$1" "${@:2}"
}

query_is_no_argument() {
    cp policies.ini example.ini
    prepare_front
    cp example.ini policies.ini
    leave_alone policies.ini
    cgi_bin "$1" "$2"
    local query
    for query in '' '?-h' '?check' '?-f+/etc/passwd' '?%2dh' '?--version'; do
        ask_cgi_bin "$query" -o body
        is_policy example_org body
    done
    head -c 2000000 /dev/zero >large
    [ "$(ask_cgi_bin '' --data-binary @large -o /dev/null -w '%{http_code}')" = 405 ]
    [ "$(ask_cgi_bin '' -I -o /dev/null -w '%{http_code}')" = 200 ]
}

@test "mod_cgi: a query string is no argument" {
    query_is_no_argument prefork cgi
}

@test "mod_cgid: a query string is no argument" {
    query_is_no_argument event cgid
}

@test "Apache, shared hosting (mod_cgid): every case is answered as the table says" {
    shared_hosting event cgid
    ask_everything apache-cgi
}

@test "Apache, shared hosting (mod_cgi): every case is answered as the table says" {
    shared_hosting prefork cgi
    ask_everything apache-cgi-prefork
}

@test "Apache, mod_proxy_fcgi: every case is answered as the table says" {
    proxy_fcgi
    ask_everything apache-proxy-fcgi
    nothing_wrong_with_the_names
}

@test "Apache, mod_fcgid: every case is answered as the table says" {
    fcgid
    ask_everything apache-fcgid
    nothing_wrong_with_the_names
}

# no_policy_host_is_logged: a request for a name that is no policy host reaches the program. The program's line is in Apache's log.
no_policy_host_is_logged() {
    [ "$(ask mta-sts.b.test -H 'Host: www.example.org' -o /dev/null -w '%{http_code}')" = 404 ]
    until_true grep -q 'HTTP_HOST is "www.example.org": neither is a policy host' apache.log
}

@test "Apache, shared hosting: no policy host is in the error log" {
    shared_hosting event cgid
    no_policy_host_is_logged
}

@test "Apache, mod_proxy_fcgi: no policy host is in the error log" {
    proxy_fcgi
    no_policy_host_is_logged
}

@test "Apache, mod_fcgid: no policy host is in the error log" {
    fcgid
    no_policy_host_is_logged
}

@test "Apache, shared hosting: UseCanonicalName On leaves the answers right" {
    CANONICAL='UseCanonicalName On' shared_hosting event cgid
    ask mta-sts.b.test -o body
    cmp b.txt body
}

@test "Apache: below another site both names are the example's, others are the other site's" {
    prepare_front
    start_fastcgi -f policies.ini
    site apache-proxy-fcgi proxy proxy_fcgi -- "1i <VirtualHost *:$PORT>\\
ServerName www.test\\
SSLEngine on\\
SSLCertificateFile $DIR/cert.pem\\
SSLCertificateKeyFile $DIR/key.pem\\
</VirtualHost>"
    ask mta-sts.a.test | cmp a.txt -
    ask mta-sts.b.test | cmp b.txt -
    ask mta-sts.c.test -o body
    ! grep -q 'MTA-STS' body
}

@test "Apache, mod_proxy_fcgi: UseCanonicalName On is named in the error log" {
    proxy_fcgi -- 's/UseCanonicalName Off/UseCanonicalName On/'
    fixed_name_is_named
}

@test "Apache, mod_fcgid: UseCanonicalName On is named in the error log" {
    fcgid -- 's/UseCanonicalName Off/UseCanonicalName On/'
    fixed_name_is_named
}
