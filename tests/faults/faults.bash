# For the suites of faults: front servers on ports, load from wrk with a count of every answer, and the table of the results.

load ../helpers/suite
load ../helpers/program
load ../helpers/lighttpd
load ../helpers/nginx
load ../helpers/haproxy

FAULTS=$BATS_TEST_DIRNAME
export FAULTS_LOAD
FAULTS_LOAD=$(dirname "$MTA_STS")/load
FAULTS_TABLE=${FAULTS_TABLE:-$(dirname "$MTA_STS")/faults.tsv}
export HOSTS="mta-sts.example.org mta-sts.example.net"
# One test at a time: another test would make answers slower.
export BATS_NO_PARALLELIZE_WITHIN_FILE=true

setup_file() {
    ulimit -n 4096
}

# expect N FILE: the policies in FILE are the Nth (1, 2, ...) right answer of each host.
expect() {
    local host
    for host in $HOSTS; do
        "$MTA_STS" -f "$2" show "${host#mta-sts.}" >"$host.$1"
    done
}

# start_program SOCKET [ARGUMENT...]: starts the program on SOCKET, with its log in SOCKET.log. PROGRAM is its process.
start_program() {
    rm -f "$1.log"
    start_on "$1" "$1.log" "${@:2}"
}

# start_kept SOCKET N [ARGUMENT...]: N processes of the program on SOCKET. keep.py holds the socket, so it outlives them.
start_kept() {
    local name=$1 count=$2
    shift 2
    background "$name.log" "$FAULTS/keep.py" "$DIR/$name" "$count" "$MTA_STS" "$@"
    until_true is_ready "$name.log" "$count"
}

declare -gA PORT

# front_lighttpd SOCKET...: lighttpd in front of the program on these sockets.
front_lighttpd() {
    PORT[lighttpd]=$(free_port)
    start_lighttpd < <(
        lighttpd_fastcgi_to "$@"
        echo "\$SERVER[\"socket\"] == \"127.0.0.1:${PORT[lighttpd]}\" { }"
    )
}

# front_nginx [kept] SOCKET...: nginx. With "kept" it keeps its connections to the program.
front_nginx() {
    local name keep='' upstream=''
    if [ "$1" = kept ]; then
        keep='fastcgi_keep_conn on;'
        upstream='keepalive 32;'
        shift
    fi
    for name in "$@"; do
        upstream="server unix:$DIR/$name max_fails=0; $upstream"
    done
    PORT[nginx]=$(free_port)
    nginx_config root 2 >nginx.conf <<CONF
access_log off;
keepalive_requests 10000000;
upstream program { $upstream }
server {
    listen 127.0.0.1:${PORT[nginx]};
    location / { return 404; }
    location = /.well-known/mta-sts.txt {
        fastcgi_pass program;
        $keep
        add_header X-Client \$connection;
        fastcgi_param SERVER_NAME \$host;
        fastcgi_param HTTP_HOST \$host;
        fastcgi_param REQUEST_METHOD \$request_method;
        fastcgi_param REQUEST_URI \$request_uri;
        fastcgi_param SCRIPT_NAME \$uri;
    }
}
CONF
    run_nginx
    is_up nginx listens_on "${PORT[nginx]}"
}

# front_haproxy: HAProxy in front of the program on fcgi.sock. By default it keeps its connections.
front_haproxy() {
    PORT[haproxy]=$(free_port)
    haproxy_config "${PORT[haproxy]}" 'http-response set-header X-Client %cp' >haproxy.cfg
    run_haproxy listens_on "${PORT[haproxy]}"
}

# behind_both [ARGUMENT...]: the program, with lighttpd and nginx in front of it.
behind_both() {
    start_program fcgi.sock -f policies.ini "$@"
    front_lighttpd fcgi.sock
    front_nginx fcgi.sock
}

# be_rude KIND N SECONDS: rude.py, in the background. RUDE is its process.
be_rude() {
    background rude.count "$FAULTS/rude.py" fcgi.sock "$@"
    # shellcheck disable=SC2034 # for the suites
    RUDE=$STARTED
}

# begin_load SECONDS [CLIENTS]: load through every front server. end_load waits for its end.
begin_load() {
    local front
    LOADS=()
    for front in "${!PORT[@]}"; do
        rm -f "load.$front"
        background "load.$front" wrk -t2 -c"${2:-16}" -d "$1" --timeout 10s -s "$FAULTS/count.lua" "http://127.0.0.1:${PORT[$front]}/.well-known/mta-sts.txt"
        LOADS+=("$STARTED")
    done
}

end_load() {
    wait "${LOADS[@]}"
}

# stop_load: ends the load now. wrk takes this signal so, and prints its results.
stop_load() {
    kill -INT "${LOADS[@]}"
    end_load
}

# read_counts FRONT: the results of the load through FRONT, in ASKED, RIGHT, REFUSED, WRONG, LOST, SLOWEST (in ms) and, behind nginx and HAProxy, CLIENTS.
read_counts() {
    grep -v '^  ' "load.$1"
    # shellcheck disable=SC2034 # for the suites
    read -r ASKED RIGHT REFUSED WRONG LOST SLOWEST CLIENTS < <(sed -n 's/^counted //p' "load.$1")
}

# count FRONT: the same, of a load during a fault. With less load than this, the fault may not have hit any request.
count() {
    read_counts "$1"
    [ "$RIGHT" -gt 100 ]
}

# add_row FAULT FRONT TRIES [NOTE]: adds the results of the last count() to the table.
add_row() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$ASKED" "$RIGHT" "$REFUSED" "$WRONG" "$LOST" "${4:-slowest $SLOWEST ms}" >>"$FAULTS_TABLE"
}

# all_right FAULT TRIES: through every front server, each answer was right and none was lost.
all_right() {
    local front
    for front in "${!PORT[@]}"; do
        count "$front"
        add_row "$1" "$front" "$2"
        [ "$REFUSED $WRONG $LOST" = "0 0 0" ]
    done
}

# loses_nothing SECONDS: load through every front server: each answer is right. ENOUGH tells whether each gave more than 100 a second.
loses_nothing() {
    local front
    ENOUGH=yes
    begin_load "$1"
    end_load
    for front in "${!PORT[@]}"; do
        read_counts "$front"
        [ "$REFUSED $WRONG $LOST" = "0 0 0" ]
        [ "$RIGHT" -gt $((100 * $1)) ] || ENOUGH=no
    done
}

# back_to_normal [SECONDS]: a second (SECONDS) after the fault, a second of load loses nothing. Where it gets few answers, this machine stood still meanwhile, or
# a server does: ten seconds tell which.
back_to_normal() {
    local seconds
    sleep "${1:-1}"
    for seconds in 1 10; do
        loses_nothing "$seconds"
        [ "$ENOUGH" = no ] || return 0
        echo "few answers in $seconds s"
    done
    return 1
}

# still_runs: the program still runs, and ends well.
still_runs() {
    kill -0 "$PROGRAM"
    kill -TERM "$PROGRAM"
    ends_well
}
