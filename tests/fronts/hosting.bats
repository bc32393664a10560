# examples/apache-cgi in every layout of shared hosting: the policy is served, and nobody can download policies.ini.

load fronts
load ../helpers/apache

# policies.ini, the copies that editors and a careful upload leave, and the list that `mta-sts export` leaves.
LEFT_BESIDE=(policies.ini policies.ini~ .policies.ini.swp policies.ini.bak policies.ini.orig '#policies.ini#' policies.ini.new policies-old.ini .mta-sts-export)

# upload FOLDER PROGRAM: uploads the program to FOLDER/PROGRAM, and policies.ini and its copies to FOLDER.
upload() {
    local name
    mkdir -p "$1"
    cp "$MTA_STS" "$1/$2"
    for name in "${LEFT_BESIDE[@]}"; do
        cp policies.ini "$1/$name"
    done
    leave_alone "$1"/policies.ini
}

# htaccess PATH [FOLDER]: the example's .htaccess in FOLDER (default: the document root). PATH is the program's path in the URL.
htaccess() {
    fill apache-cgi/.htaccess /cgi-bin/mta-sts "$1" >"${2:-htdocs}/.htaccess"
}

# in_document_root PROGRAM: uploads the program to PROGRAM, a path below the document root, with the .htaccess for it.
in_document_root() {
    local folder
    folder=$(dirname "/$1")
    prepare_front
    upload "htdocs${folder%/}" "${1##*/}"
    htaccess "/$1"
}

# hoster MPM MODULE... [-- LINE...]: Apache with plain HTTP, no more rights for .htaccess than rewriting needs, and the lines.
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
    run_apache listens_on "$PORT"
}

# get TARGET: prints the status of the answer. Its body is in the file body.
get() {
    curl -s --max-time 60 --path-as-is -H 'Host: mta-sts.b.test' -o body -w '%{http_code}' "http://127.0.0.1:$PORT$1"
}

# refused TARGET [STATUS]...: the answer has one of these statuses (default: 403, 404), and nothing of the file.
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

# policies_stay FOLDER [STATUS...]: b's policy is served, but no file from LEFT_BESIDE. FOLDER is their path in the URL.
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
    # As a folder, in capitals, without the extension (MultiViews finds it), and elsewhere. .htaccess is not what refuses all of these.
    for name in "$folder"/{policies.ini/,policies.ini/x,POLICIES.INI,policies} /policies.ini /cgi-bin/policies.ini \
        /.well-known/{policies.ini,mta-sts.txt/policies.ini,../policies.ini,%2e%2e/policies.ini}; do
        refused "$name" 403 404 "$@"
    done
}

@test "Apache, shared hosting, programs called .cgi: policies.ini is refused" {
    in_document_root cgi-bin/mta-sts.cgi
    hoster event cgid -- 'AddHandler cgi-script .cgi'
    policies_stay /cgi-bin
}

@test "Apache, shared hosting, programs called .cgi (mod_cgi): policies.ini is refused" {
    in_document_root cgi-bin/mta-sts.cgi
    hoster prefork cgi -- 'AddHandler cgi-script .cgi'
    policies_stay /cgi-bin
}

@test "Apache, shared hosting, .htaccess in both folders: policies.ini is refused" {
    in_document_root cgi-bin/mta-sts.cgi
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
    in_document_root cgi-bin/mta-sts.cgi
    printf 'RewriteEngine On\nRewriteRule ^old$ new\n' >htdocs/cgi-bin/.htaccess
    hoster event cgid -- 'AddHandler cgi-script .cgi'
    policies_stay /cgi-bin
}

@test "Apache, shared hosting, the program in the document root: policies.ini is refused" {
    in_document_root mta-sts.cgi
    hoster event cgid -- 'AddHandler cgi-script .cgi'
    policies_stay ''
}

@test "Apache, shared hosting, the program has a handler: policies.ini is refused" {
    in_document_root cgi-bin/mta-sts
    hoster event cgid -- '<Files mta-sts>' 'SetHandler cgi-script' '</Files>'
    policies_stay /cgi-bin
}

@test "Apache, shared hosting, all of a folder is programs (SetHandler): policies.ini is refused" {
    in_document_root cgi-bin/mta-sts
    hoster event cgid -- "<Directory \"$DIR/htdocs/cgi-bin\">" 'SetHandler cgi-script' '</Directory>'
    policies_stay /cgi-bin
}

@test "Apache, shared hosting, ScriptAlias to a folder in the document root: policies.ini is refused" {
    in_document_root cgi-bin/mta-sts
    hoster event cgid -- "ScriptAlias /cgi-bin/ \"$DIR/htdocs/cgi-bin/\""
    policies_stay /cgi-bin
}

# scripts OVERRIDE: ScriptAlias to a folder outside the document root. OVERRIDE is what .htaccess may change there.
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

# Apache takes policies.ini for a program, and cannot start it.
@test "Apache, shared hosting, ScriptAlias to a folder where .htaccess is not read: policies.ini is a 500" {
    scripts None
    policies_stay /cgi-bin 500
}

@test "Apache, shared hosting, without mod_alias: policies.ini is refused" {
    in_document_root cgi-bin/mta-sts.cgi
    WITHOUT=/mod_alias/d hoster event cgid -- 'AddHandler cgi-script .cgi'
    policies_stay /cgi-bin
}

# The script is the one in README.md.
@test "Apache, shared hosting, program and policies.ini above the document root: a script finds them" {
    prepare_front
    upload home mta-sts
    mkdir -p htdocs/cgi-bin
    fill apache-cgi/README.md /home/you "$DIR/home" | sed -n '/^ *#!/,/^$/s/^ *//p' >htdocs/cgi-bin/mta-sts.cgi
    grep -q "^MTA_STS_POLICIES=$DIR/home/policies.ini exec $DIR/home/mta-sts\$" htdocs/cgi-bin/mta-sts.cgi
    chmod 755 htdocs/cgi-bin/mta-sts.cgi
    htaccess /cgi-bin/mta-sts.cgi
    hoster event cgid -- 'AddHandler cgi-script .cgi'
    # They are refused because they are not there, not because of .htaccess.
    local name
    [ "$(get '/.well-known/mta-sts.txt?-h')" = 200 ]
    cmp b.txt body
    for name in "${LEFT_BESIDE[@]}" ../home/policies.ini ../../home/policies.ini %2e%2e/%2e%2e/home/policies.ini; do
        refused "/cgi-bin/${name//#/%23}" 400 403 404
    done
}
