# nginx: its configuration and its start.
# A suite loads suite.bash before this.

# nginx_config USER [WORKERS]: the whole nginx.conf. What belongs in its http block comes on standard input.
# Only root can have its workers run as USER.
nginx_config() {
    local folder
    echo "daemon off; worker_processes ${2:-1}; pid $DIR/nginx.pid; error_log $DIR/nginx.log;"
    [ "$(id -u)" -ne 0 ] || echo "user $1;"
    echo 'events { worker_connections 1024; }'
    echo 'http {'
    for folder in client_body proxy fastcgi uwsgi scgi; do
        echo "${folder}_temp_path $DIR/nginx-$folder;"
    done
    cat
    echo '}'
}

# run_nginx [WRAPPER...]: with nginx.conf. WRAPPER is a command that runs it.
run_nginx() {
    background nginx.out "$@" nginx -p "$DIR" -e "$DIR/nginx.log" -c "$DIR/nginx.conf"
}

# with_http2 FILE: switches HTTP/2 on, as this version of nginx has it (examples/nginx/README.md).
with_http2() {
    if printf '%s\n' 1.25.1 "$(nginx -v 2>&1 | grep -oE '[0-9]+(\.[0-9]+)+' | head -n 1)" | sort -VC; then
        sed -i 's/^server {/&\n    http2 on;/' "$1"
    else
        sed -i 's/\(listen .* ssl\)/\1 http2/' "$1"
    fi
}
