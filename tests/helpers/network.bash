# A network namespace for a test, and commands in it.
# A suite loads suite.bash before this.

# own_network [NAME=VALUE...]: makes the namespace. Names are looked up at 127.0.0.1 alone there.
# INSIDE is the command that runs another command in it: in the test's folder, with the variables NAME=VALUE, trusting the authority in ca.pem.
# The other command gets SIGTERM if the test dies.
own_network() {
    local bound='setpriv --pdeathsig TERM' apart='--net --mount' enter='--net --mount'
    if [ "$(id -u)" -ne 0 ]; then
        apart+=' --user --map-root-user'
        enter+=' --user --preserve-credentials'
    fi
    # shellcheck disable=SC2086 # lists of options, here and below
    unshare $apart true || skip_or_fail "no network namespace of its own can be made here" || return
    echo 'nameserver 127.0.0.1' >resolv.conf
    echo '127.0.0.1 localhost' >hosts
    printf '%s: files\n' passwd group services >nsswitch.conf
    echo 'hosts: files dns' >>nsswitch.conf
    # shellcheck disable=SC2016,SC2086
    background network.log unshare $apart $bound bash -ec '
        ip link set lo up
        for file in resolv.conf hosts nsswitch.conf; do
            mount --bind "$file" "/etc/$file"
        done
        touch network
        exec sleep 3600'
    is_up network test -e network
    INSIDE="$(command -v nsenter) --target $STARTED $enter $bound env -C $DIR SSL_CERT_FILE=$DIR/ca.pem $*"
    # What a test trusts does not depend on the machine.
    unset SSL_CERT_DIR https_proxy HTTPS_PROXY http_proxy HTTP_PROXY
}

# inside COMMAND...: runs COMMAND in the namespace, for up to PATIENCE (100) seconds: only against hanging.
inside() {
    # shellcheck disable=SC2086
    timeout "${PATIENCE:-100}" $INSIDE "$@"
}

# listens_inside PORT [ADDRESS]: something accepts TCP connections there, in the namespace.
listens_inside() {
    inside bash -c ": <>/dev/tcp/${2:-127.0.0.1}/$1" 2>/dev/null
}

# start LOG COMMAND...: starts COMMAND in the namespace, in the background. STARTED is its process.
start() {
    local log=$1
    shift
    # shellcheck disable=SC2086
    background "$log" $INSIDE "$@"
}
