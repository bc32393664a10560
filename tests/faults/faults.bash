# What the suites of faults share: fronts on ports, load from wrk with every answer counted, and the table that the figures go to.

load ../helper

FAULTS=$BATS_TEST_DIRNAME
export FAULTS_LOAD
FAULTS_LOAD=$(realpath "$FAULTS/../..")/build/load
FAULTS_TABLE=${FAULTS_TABLE:-$(realpath "$BATS_TEST_DIRNAME/../..")/build/faults.tsv}
export HOSTS="mta-sts.example.org mta-sts.example.net"
# For client().
export PYTHONPATH=$BATS_TEST_DIRNAME/..
# Each suite has the machine to itself: what one test does to another's latency is not what is looked for.
export BATS_NO_PARALLELIZE_WITHIN_FILE=true

setup_file() {
    ulimit -n 4096
}

# expect NAME FILE: the bodies that are right are those of the policies in FILE, also: the NAMEth (1, 2, ...) of each host.
expect() {
    local host
    for host in $HOSTS; do
        "$MTA_STS" -f "$2" show "${host#mta-sts.}" >"$host.$1"
    done
}

# start_program SOCKET [ARGUMENT...]: on a socket of that name, its log in SOCKET.log. PROGRAM is its process.
start_program() {
    local name=$1
    shift
    rm -f "$name.log"
    # shellcheck disable=SC2086 # a command and its arguments, or nothing
    spawn-fcgi -n -s "$DIR/$name" -b 1024 -M 0666 -- ${WRAPPER:-} "$MTA_STS" "$@" >>"$name.log" 2>&1 3>&- &
    PROGRAM=$!
    PIDS+=("$PROGRAM")
    until_true grep -q 'mta-sts: ready' "$name.log"
}

# start_kept SOCKET N [ARGUMENT...]: N processes on one socket, which outlives them.
start_kept() {
    local name=$1 count=$2
    shift 2
    "$FAULTS/keep.py" "$DIR/$name" "$count" "$MTA_STS" "$@" >>"$name.log" 2>&1 3>&- &
    KEEPER=$!
    PIDS+=("$KEEPER")
    until_true is_ready "$name.log" "$count"
}

is_ready() {
    [ "$(grep -c 'mta-sts: ready' "$1")" -ge "$2" ]
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

answers_on() {
    curl -s -o /dev/null --max-time 5 "http://127.0.0.1:$1/"
}

declare -gA PORT

# front_lighttpd SOCKET...: lighttpd in front of the program on all of these.
front_lighttpd() {
    local name hosts=
    PORT[lighttpd]=$(free_port)
    for name in "$@"; do
        hosts+="(\"socket\" => \"$DIR/$name\", \"check-local\" => \"disable\"),"
    done
    start_lighttpd <<CONF
server.modules += ("mod_fastcgi")
fastcgi.server = ("/.well-known/mta-sts.txt" => ($hosts))
\$SERVER["socket"] == "127.0.0.1:${PORT[lighttpd]}" { }
CONF
}

# front_nginx [kept] SOCKET...: nginx; with "kept" it keeps its connections to the program.
front_nginx() {
    local name folder keep='' upstream='' port
    if [ "$1" = kept ]; then
        keep='fastcgi_keep_conn on;'
        upstream='keepalive 32;'
        shift
    fi
    for name in "$@"; do
        upstream="server unix:$DIR/$name max_fails=0; $upstream"
    done
    port=$(free_port)
    PORT[nginx]=$port
    {
        echo "daemon off; worker_processes 2; pid $DIR/nginx.pid; error_log $DIR/nginx.log;"
        [ "$(id -u)" -ne 0 ] || echo 'user root;'
        echo 'events { worker_connections 1024; }'
        echo 'http { access_log off;'
        for folder in client_body proxy fastcgi uwsgi scgi; do
            echo "${folder}_temp_path $DIR/$folder;"
        done
        echo "upstream program { $upstream }"
        echo "server { listen 127.0.0.1:$port; location / { return 404; }"
        echo "location = /.well-known/mta-sts.txt { fastcgi_pass program; $keep fastcgi_param SERVER_NAME \$host; fastcgi_param HTTP_HOST \$host;"
        echo "fastcgi_param REQUEST_METHOD \$request_method; fastcgi_param REQUEST_URI \$request_uri; fastcgi_param SCRIPT_NAME \$uri; } } }"
    } >nginx.conf
    nginx -c "$DIR/nginx.conf" >nginx.out 2>&1 3>&- &
    PIDS+=($!)
    until_true answers_on "$port"
}

# front_haproxy SOCKET: HAProxy, which keeps its connections unless told otherwise.
front_haproxy() {
    PORT[haproxy]=$(free_port)
    cat >haproxy.cfg <<CONF
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend web
    bind 127.0.0.1:${PORT[haproxy]}
    default_backend program
backend program
    use-fcgi-app program
    server one unix@$DIR/$1 proto fcgi
fcgi-app program
    docroot /
    set-param SERVER_NAME %[req.fhdr(host),host_only,lower]
CONF
    haproxy -db -f haproxy.cfg >haproxy.out 2>&1 3>&- &
    PIDS+=($!)
    until_true answers_on "${PORT[haproxy]}"
}

# begin_load SECONDS [CLIENTS]: through every front that there is; end_load waits for its end.
begin_load() {
    local front
    LOADS=()
    for front in "${!PORT[@]}"; do
        wrk -t2 -c"${2:-16}" -d "$1" --timeout 10s -s "$FAULTS/count.lua" "http://127.0.0.1:${PORT[$front]}/.well-known/mta-sts.txt" >"load.$front" 2>&1 3>&- &
        LOADS+=($!)
        PIDS+=($!)
    done
}

end_load() {
    wait "${LOADS[@]}"
}

# count FRONT: what became of its load, in ASKED, RIGHT, REFUSED, WRONG, LOST and SLOWEST (in ms).
count() {
    grep -v '^  ' "load.$1"
    read -r ASKED RIGHT REFUSED WRONG LOST SLOWEST < <(sed -n 's/^counted //p' "load.$1")
    # Without load there is no fault.
    [ "$RIGHT" -gt 100 ]
}

# tell FAULT FRONT TRIES [NOTE]: one line of the table, of what count() found last.
tell() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$ASKED" "$RIGHT" "$REFUSED" "$WRONG" "$LOST" "${4:-slowest $SLOWEST ms}" >>"$FAULTS_TABLE"
}

# all_right FAULT TRIES: through every front, each answer was right and none was lost.
all_right() {
    local front
    for front in "${!PORT[@]}"; do
        count "$front"
        tell "$1" "$front" "$2"
        [ "$REFUSED $WRONG $LOST" = "0 0 0" ]
    done
}

# back_to_normal: a second after the fault, a second of load loses nothing.
back_to_normal() {
    local front
    sleep "${1:-1}"
    begin_load 1
    end_load
    for front in "${!PORT[@]}"; do
        count "$front"
        [ "$REFUSED $WRONG $LOST" = "0 0 0" ]
    done
}

# still_runs: the program that start_program() started is there, and ends as it should.
still_runs() {
    kill -0 "$PROGRAM"
    kill -TERM "$PROGRAM"
    ends_well
}
