# Caddy: its configuration and its start.
# A suite loads suite.bash before this.

# caddy_options [LINE...]: the global options that keep Caddy away from the ports, folders and certificates of others.
caddy_options() {
    echo '{'
    printf '\t%s\n' 'admin off' 'default_bind 127.0.0.1' 'auto_https disable_redirects' 'skip_install_trust' "$@"
    echo '}'
}

# run_caddy [WRAPPER...]: with Caddyfile, and its data in the folder data. WRAPPER is a command that runs it. Its log is caddy.log.
run_caddy() {
    background caddy.log "$@" env HOME="$DIR" XDG_DATA_HOME="$DIR/data" XDG_CONFIG_HOME="$DIR/config" caddy run --config Caddyfile
}
