# Apache, as on shared hosting: cgi-bin, where a query string may become arguments (RFC 3875 4.4).

load ../helper

start_apache() {
    mkdir -p cgi-bin htdocs
    cp "$MTA_STS" cgi-bin/mta-sts
    cat >apache.conf <<CONF
ServerRoot "$DIR"
ServerName front.test
PidFile "$DIR/apache.pid"
ErrorLog "$DIR/apache.log"
DefaultRuntimeDir "$DIR"
Mutex file:$DIR default
Listen 127.0.0.1:$(cat port)
LoadModule mpm_$1_module /usr/lib/apache2/modules/mod_mpm_$1.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
LoadModule env_module /usr/lib/apache2/modules/mod_env.so
LoadModule $2_module /usr/lib/apache2/modules/mod_$2.so
$([ "$2" = cgid ] && echo "ScriptSock \"$DIR/cgid.sock\"")
$([ "$(id -u)" -eq 0 ] && printf 'User nobody\nGroup nogroup\n')
DocumentRoot "$DIR/htdocs"
SetEnv MTA_STS_POLICIES "$DIR/policies.ini"
ScriptAlias "/cgi-bin/" "$DIR/cgi-bin/"
<Directory "$DIR/cgi-bin">
    Options +ExecCGI
    Require all granted
</Directory>
CONF
    apache2 -X -f "$DIR/apache.conf" >apache.out 2>&1 3>&- &
    PIDS+=($!)
    until_true curl -s -o /dev/null "http://127.0.0.1:$(cat port)/"
}

a_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])' >port
    # The folders above are for their owner alone; the front server runs as another user.
    local folder=$DIR
    while [ "$folder" != /tmp ] && [ "$folder" != / ]; do
        chmod a+rx "$folder"
        folder=$(dirname "$folder")
    done
}

ask() {
    curl -s --max-time 20 -H "Host: mta-sts.example.org" "http://127.0.0.1:$(cat port)/cgi-bin/mta-sts$1" "${@:2}"
}

query_is_no_argument() {
    a_port
    start_apache "$1" "$2"
    local query
    for query in '' '?-h' '?check' '?-f+/etc/passwd' '?%2dh' '?--version'; do
        ask "$query" -o body
        is_policy example_org body
    done
    head -c 2000000 /dev/zero >large
    [ "$(ask '' --data-binary @large -o /dev/null -w '%{http_code}')" = 405 ]
    [ "$(ask '' -I -o /dev/null -w '%{http_code}')" = 200 ]
}

@test "mod_cgi: a query string is no argument" {
    query_is_no_argument prefork cgi
}

@test "mod_cgid: a query string is no argument" {
    query_is_no_argument event cgid
}
