# Apache: the examples apache-cgi, apache-proxy-fcgi and apache-fcgid as they stand; and cgi-bin, where a query string may become arguments (RFC 3875 4.4).

load ../helper
load fronts

# apache_base MPM MODULE...: the parts that Debian's apache2.conf and its links in mods-enabled have, to read a configuration after.
apache_base() {
    local module
    cat <<CONF
ServerRoot "$DIR"
ServerName front.test
PidFile "$DIR/apache.pid"
ErrorLog "$DIR/apache.log"
DefaultRuntimeDir "$DIR"
Mutex file:$DIR default
Listen 127.0.0.1:$PORT
CONF
    [ "$(id -u)" -ne 0 ] || printf 'User nobody\nGroup nogroup\n'
    for module in "mpm_$1" authz_core alias env "${@:2}"; do
        echo "LoadModule ${module}_module /usr/lib/apache2/modules/mod_$module.so"
    done
    case " $* " in
    *" cgid "*) echo "ScriptSock \"$DIR/cgid.sock\"" ;;
    *" fcgid "*) printf 'FcgidIPCDir "%s"\nFcgidProcessTableFile "%s"\n' "$DIR/fcgid" "$DIR/fcgid_shm" ;;
    esac
    # It compresses text/plain, and Debian has it on.
    case " $* " in *" deflate "*) echo 'Include /etc/apache2/mods-available/deflate.conf' ;; esac
}

# NO_DETACH: in the foreground, in a process group of its own, all of which it ends when it is told to end.
run_apache() {
    apache2 -D NO_DETACH -f "$DIR/apache.conf" >apache.out 2>&1 3>&- &
    PIDS+=($!)
    until_true "$@" || {
        cat apache.out apache.log
        return 1
    }
}

TLS=(ssl http2 rewrite filter deflate)

# cgi_bin MPM MODULE: cgi-bin and no more.
cgi_bin() {
    mkdir -p cgi-bin htdocs
    cp "$MTA_STS" cgi-bin/mta-sts
    {
        apache_base "$@"
        cat <<CONF
DocumentRoot "$DIR/htdocs"
SetEnv MTA_STS_POLICIES "$DIR/policies.ini"
ScriptAlias "/cgi-bin/" "$DIR/cgi-bin/"
<Directory "$DIR/cgi-bin">
    Options +ExecCGI
    Require all granted
</Directory>
CONF
    } >apache.conf
    run_apache curl -s -o /dev/null "http://127.0.0.1:$PORT/"
}

# shared_hosting MPM MODULE: what a hoster has, with the example's .htaccess and the program uploaded.
shared_hosting() {
    prepare_front
    mkdir -p cgi-bin htdocs
    cp "$MTA_STS" cgi-bin/mta-sts
    cp policies.ini cgi-bin
    leave_alone cgi-bin/policies.ini
    fill apache-cgi/.htaccess >htdocs/.htaccess
    {
        apache_base "$@" "${TLS[@]}"
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
<Directory "$DIR/cgi-bin">
    Options +ExecCGI
    Require all granted
</Directory>
CONF
    } >apache.conf
    run_apache front_answers
}

# site FOLDER MODULE... [-- SED ARGUMENT...]: the site of an example, the program at another place.
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

ask() {
    curl -s --max-time 20 --cacert ca.pem --connect-to "::127.0.0.1:$PORT" "https://$1/.well-known/mta-sts.txt" "${@:2}"
}

# The file, what editors and a careful upload leave, and what `mta-sts export` leaves.
LEFT_BESIDE=(policies.ini policies.ini~ .policies.ini.swp policies.ini.bak policies.ini.orig '#policies.ini#' policies.ini.new policies-old.ini .mta-sts-export)

# upload FOLDER PROGRAM: what is uploaded, at PROGRAM in FOLDER, and copies of policies.ini.
upload() {
    local name
    mkdir -p "$1"
    cp "$MTA_STS" "$1/$2"
    for name in "${LEFT_BESIDE[@]}"; do
        cp policies.ini "$1/$name"
    done
    leave_alone "$1"/policies.ini
}

# htaccess PATH [FOLDER]: the example's file in FOLDER (default: the document root), the program's path in the URL being PATH.
htaccess() {
    fill apache-cgi/.htaccess /cgi-bin/mta-sts "$1" >"${2:-htdocs}/.htaccess"
}

# hoster MPM MODULE... [-- LINE...]: plain HTTP, as few rights for .htaccess as rewriting needs, and the lines.
hoster() {
    local modules=()
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        modules+=("$1")
        shift
    done
    [ $# -eq 0 ] || shift
    {
        apache_base "${modules[@]}" mime negotiation rewrite
        cat <<CONF
DocumentRoot "$DIR/htdocs"
TypesConfig /dev/null
AddType text/plain .ini
<Directory "$DIR/htdocs">
    AllowOverride FileInfo
    Options +ExecCGI +FollowSymLinks +MultiViews
    Require all granted
</Directory>
CONF
        printf '%s\n' "$@"
    } | sed "${WITHOUT:-p;d}" >apache.conf
    run_apache curl -s -o /dev/null "http://127.0.0.1:$PORT/"
}

# get TARGET: the answer's body is in the file body; prints the status.
get() {
    curl -s --max-time 20 --path-as-is -H 'Host: mta-sts.b.test' -o body -w '%{http_code}' "http://127.0.0.1:$PORT$1"
}

# refused TARGET [STATUS]...: it is answered with one of these (default: 403, 404), and with nothing of the file.
refused() {
    local target=$1 status
    shift
    [ $# -gt 0 ] || set -- 403 404
    : >body
    status=$(get "$target")
    if grep -aF "$MARKER" body || [[ " $* " != *" $status "* ]]; then
        echo "$target: $status"
        return 1
    fi
}

# policies_stay FOLDER [STATUS...]: b's policy is served, policies.ini and all beside it are not, FOLDER being its path in the URL.
policies_stay() {
    local folder=$1 name
    shift
    [ "$(get "${POLICY_AT:-/.well-known/mta-sts.txt}")" = 200 ]
    cmp b.txt body
    for name in "${LEFT_BESIDE[@]}"; do
        refused "$folder/${name//#/%23}" "$@"
    done
    for name in policies%2eini policies%2Eini %70olicies.ini ./policies.ini x/../policies.ini /policies.ini; do
        refused "$folder/$name" "$@"
    done
    # As a folder, in capitals, without the extension (MultiViews finds it), at other places: not everything here is refused by .htaccess.
    for name in "$folder"/{policies.ini/,policies.ini/x,POLICIES.INI,policies} /policies.ini /cgi-bin/policies.ini \
        /.well-known/{policies.ini,mta-sts.txt/policies.ini,../policies.ini,%2e%2e/policies.ini}; do
        refused "$name" 403 404 "$@"
    done
}

# The line of the mistake is in Apache's log, and b's policy is still b's.
fixed_name_is_named() {
    ask mta-sts.b.test -o body
    cmp b.txt body
    until_true grep -q 'the front server passes one fixed SERVER_NAME' apache.log
}

# No request of the table made the program doubt the configuration.
nothing_wrong_with_the_names() {
    ! grep 'the front server passes' apache.log
}

ask_cgi_bin() {
    curl -s --max-time 20 -H "Host: mta-sts.example.org" "http://127.0.0.1:$PORT/cgi-bin/mta-sts$1" "${@:2}"
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

# A request for a name that is no policy host reaches the program; its line is in Apache's log.
no_policy_host_is_logged() {
    [ "$(ask mta-sts.b.test -H 'Host: www.example.org' -o /dev/null -w '%{http_code}')" = 404 ]
    until_true grep -q 'HTTP_HOST is "www.example.org": no policy host' apache.log
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

@test "Apache, shared hosting, programs called .cgi: policies.ini is refused" {
    prepare_front
    upload htdocs/cgi-bin mta-sts.cgi
    htaccess /cgi-bin/mta-sts.cgi
    hoster event cgid -- 'AddHandler cgi-script .cgi'
    policies_stay /cgi-bin
}

@test "Apache, shared hosting, programs called .cgi (mod_cgi): policies.ini is refused" {
    prepare_front
    upload htdocs/cgi-bin mta-sts.cgi
    htaccess /cgi-bin/mta-sts.cgi
    hoster prefork cgi -- 'AddHandler cgi-script .cgi'
    policies_stay /cgi-bin
}

@test "Apache, shared hosting, .htaccess in both folders: policies.ini is refused" {
    prepare_front
    upload htdocs/cgi-bin mta-sts.cgi
    htaccess /cgi-bin/mta-sts.cgi
    htaccess /cgi-bin/mta-sts.cgi htdocs/cgi-bin
    hoster event cgid -- 'AddHandler cgi-script .cgi'
    policies_stay /cgi-bin
}

@test "Apache, shared hosting, .htaccess in the program's folder alone: policies.ini is refused" {
    prepare_front
    upload htdocs/cgi-bin mta-sts.cgi
    htaccess /cgi-bin/mta-sts.cgi htdocs/cgi-bin
    hoster event cgid -- 'AddHandler cgi-script .cgi'
    POLICY_AT=/cgi-bin/mta-sts.cgi policies_stay /cgi-bin
}

@test "Apache, shared hosting, the program's folder rewrites by itself: policies.ini is refused" {
    prepare_front
    upload htdocs/cgi-bin mta-sts.cgi
    htaccess /cgi-bin/mta-sts.cgi
    printf 'RewriteEngine On\nRewriteRule ^old$ new\n' >htdocs/cgi-bin/.htaccess
    hoster event cgid -- 'AddHandler cgi-script .cgi'
    policies_stay /cgi-bin
}

@test "Apache, shared hosting, the program in the document root: policies.ini is refused" {
    prepare_front
    upload htdocs mta-sts.cgi
    htaccess /mta-sts.cgi
    hoster event cgid -- 'AddHandler cgi-script .cgi'
    policies_stay ''
}

@test "Apache, shared hosting, the program has a handler: policies.ini is refused" {
    prepare_front
    upload htdocs/cgi-bin mta-sts
    htaccess /cgi-bin/mta-sts
    hoster event cgid -- '<Files mta-sts>' 'SetHandler cgi-script' '</Files>'
    policies_stay /cgi-bin
}

@test "Apache, shared hosting, all of a folder is programs (SetHandler): policies.ini is refused" {
    prepare_front
    upload htdocs/cgi-bin mta-sts
    htaccess /cgi-bin/mta-sts
    hoster event cgid -- "<Directory \"$DIR/htdocs/cgi-bin\">" 'SetHandler cgi-script' '</Directory>'
    policies_stay /cgi-bin
}

@test "Apache, shared hosting, ScriptAlias to a folder in the document root: policies.ini is refused" {
    prepare_front
    upload htdocs/cgi-bin mta-sts
    htaccess /cgi-bin/mta-sts
    hoster event cgid -- "ScriptAlias /cgi-bin/ \"$DIR/htdocs/cgi-bin/\""
    policies_stay /cgi-bin
}

# scripts OVERRIDE: ScriptAlias to a folder outside the document root, where .htaccess may do what OVERRIDE says.
scripts() {
    prepare_front
    mkdir htdocs
    upload cgi-bin mta-sts
    htaccess /cgi-bin/mta-sts
    htaccess /cgi-bin/mta-sts cgi-bin
    hoster event cgid -- "ScriptAlias /cgi-bin/ \"$DIR/cgi-bin/\"" "<Directory \"$DIR/cgi-bin\">" "AllowOverride $1" 'Options +ExecCGI +FollowSymLinks' \
        'Require all granted' '</Directory>'
}

@test "Apache, shared hosting, ScriptAlias to another folder: policies.ini is refused" {
    scripts FileInfo
    policies_stay /cgi-bin
}

# Apache takes it for a program that it cannot start.
@test "Apache, shared hosting, ScriptAlias to a folder where .htaccess is not read: policies.ini is a 500" {
    scripts None
    policies_stay /cgi-bin 500
}

@test "Apache, shared hosting, without mod_alias: policies.ini is refused" {
    prepare_front
    upload htdocs/cgi-bin mta-sts.cgi
    htaccess /cgi-bin/mta-sts.cgi
    WITHOUT=/mod_alias/d hoster event cgid -- 'AddHandler cgi-script .cgi'
    policies_stay /cgi-bin
}

# The script stands in README.md.
@test "Apache, shared hosting, program and policies.ini above the document root: a script finds them" {
    prepare_front
    upload home mta-sts
    mkdir -p htdocs/cgi-bin
    fill apache-cgi/README.md /home/you "$DIR/home" | sed -n '/^ *#!/,/^$/s/^ *//p' >htdocs/cgi-bin/mta-sts.cgi
    grep -q "^MTA_STS_POLICIES=$DIR/home/policies.ini exec $DIR/home/mta-sts\$" htdocs/cgi-bin/mta-sts.cgi
    chmod 755 htdocs/cgi-bin/mta-sts.cgi
    htaccess /cgi-bin/mta-sts.cgi
    hoster event cgid -- 'AddHandler cgi-script .cgi'
    # Not because of .htaccess: nothing is there.
    local name
    [ "$(get '/.well-known/mta-sts.txt?-h')" = 200 ]
    cmp b.txt body
    for name in "${LEFT_BESIDE[@]}" ../home/policies.ini ../../home/policies.ini %2e%2e/%2e%2e/home/policies.ini; do
        refused "/cgi-bin/${name//#/%23}" 400 403 404
    done
}
