# HAProxy: its configuration and its start.
# A suite loads suite.bash before this.

# haproxy_web PORT: its defaults, and plain HTTP on PORT for the backend "program", which is to follow.
haproxy_web() {
    cat <<CONF
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend web
    bind 127.0.0.1:$1
    default_backend program
backend program
CONF
}

# haproxy_config PORT [BACKEND LINE...]: plain HTTP on PORT, in front of the program on fcgi.sock. HAProxy keeps its connections to it.
haproxy_config() {
    haproxy_web "$1"
    cat <<CONF
$(printf '    %s\n' "${@:2}")
    use-fcgi-app program
    server one unix@$DIR/fcgi.sock proto fcgi
fcgi-app program
    docroot /
    set-param SERVER_NAME %[req.fhdr(host),host_only,lower]
CONF
}

# run_haproxy COMMAND...: with haproxy.cfg; waits until COMMAND succeeds. What it logs to standard output is in haproxy.log.
run_haproxy() {
    background haproxy.log haproxy -db -f haproxy.cfg
    is_up haproxy "$@"
}
