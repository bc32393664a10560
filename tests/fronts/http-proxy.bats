# examples/http-proxy: proxies that speak HTTP, not FastCGI, to a lighttpd that runs the program.

load fronts
load ../helpers/lighttpd
load ../helpers/nginx
load ../helpers/haproxy
load ../helpers/caddy
load ../helpers/apache
load ../helpers/network
load ../helpers/machine

teardown_file() {
    machine_stop
}

# --- the chain ---

# prepare_chain: prepare_front, and a port for lighttpd in BRIDGE. With BROKEN, c.test has a section with a mistake.
prepare_chain() {
    prepare_front
    if [ -n "${BROKEN:-}" ]; then
        printf '[c.test]\nmx = 192.0.2.1\n' >>policies.ini
        leave_alone policies.ini
    fi
    BRIDGE=$(free_port)
    mkdir run
}

# filled FILE [FROM TO]...: a file of examples/ with this test's names, ports and paths.
filled() {
    fill "$@" 8461 "$BRIDGE" /usr/local/bin/mta-sts "$MTA_STS" /etc/mta-sts/policies.ini "$DIR/policies.ini" /run/mta-sts-http "$DIR/run" \
        /etc/ssl/mta-sts "$DIR"
}

# start_bridge [SED ARGUMENT...]: lighttpd, with the example changed by sed.
start_bridge() {
    filled http-proxy/lighttpd.conf | sed "${@:-p;d}" >lighttpd.conf
    run_lighttpd
    is_up lighttpd grep -q 'mta-sts: ready' lighttpd.out
    # lighttpd knows every directive, and none is deprecated.
    run ! grep -iE 'warning|unknown|deprecated' lighttpd.out
}

# Each of the functions below starts a proxy with the example, changed by sed. NAMES are more names for it, each with a space before.

proxy_nginx() {
    filled http-proxy/nginx.conf example.org a.test example.net "b.test${NAMES:-}" '\[::]:443' "127.0.0.2:$PORT" \
        'listen 443' "listen 127.0.0.1:$PORT" | sed "${@:-p;d}" >mta-sts.conf
    [ -z "${HTTP2:-}" ] || with_http2 mta-sts.conf
    # With more compression than in Debian's http block.
    nginx_config www-data >nginx.conf <<CONF
access_log $DIR/access.log;
gzip on; gzip_types text/plain; gzip_min_length 1; gzip_proxied any;
include $DIR/mta-sts.conf;
CONF
    run_nginx
    is_up nginx front_answers
    [ ! -s nginx.out ] || { cat nginx.out; return 1; }
}

proxy_haproxy() {
    {
        printf 'global\n    log stdout format raw local0\n'
        filled http-proxy/haproxy.cfg 'bind :443' "bind 127.0.0.1:$PORT" | sed "${@:-p;d}"
    } >haproxy.cfg
    run_haproxy front_answers
}

proxy_caddy() {
    local names=${NAMES:-}
    filled http-proxy/Caddyfile example.org a.test example.net "b.test${names// /, }" '#tls ' 'tls ' | sed "${@:-p;d}" >mta-sts.caddy
    {
        caddy_options "https_port $PORT"
        echo 'import mta-sts.caddy'
    } >Caddyfile
    run_caddy
    is_up caddy front_answers
}

proxy_apache() {
    {
        apache_base event ssl http2 proxy proxy_http filter deflate
        filled http-proxy/apache.conf example.org a.test example.net "b.test${NAMES:-}" '\*:443' "*:$PORT" | sed "${@:-p;d}"
    } >apache.conf
    run_apache front_answers
}

# start_chain PROXY [SED ARGUMENT...]: lighttpd and the proxy, whose example is changed by sed.
start_chain() {
    prepare_chain
    start_bridge
    "proxy_$1" "${@:2}"
}

# keeping PROXY [SED ARGUMENT...]: the same after prepare_chain, and the proxy keeps connections to lighttpd and shares them among its clients as much as it
# can. lighttpd writes a line for each request into requests.log: the name, and the proxy's port.
keeping() {
    case $1 in
    nginx) set -- nginx -e 's|proxy_pass .*|proxy_pass http://kept; proxy_http_version 1.1; proxy_set_header Connection "";|' \
        -e "1i upstream kept { server 127.0.0.1:$BRIDGE; keepalive 32; }" ;;
    haproxy) set -- haproxy -e 's/^backend .*/&\n    http-reuse always/' ;;
    esac
    start_bridge -e 's/^server.modules .*/server.modules = ("mod_accesslog", "mod_fastcgi")/' -e "\$a accesslog.filename = \"$DIR/requests.log\"" \
        -e "\$a accesslog.format = \"%{Host}i %{remote}p\""
    "proxy_$1" "${@:2}"
}

# --- every answer is the program's ---

# everything PROXY: every case is answered as the table says, and the program has logged no mistake in the names.
everything() {
    start_chain "$1"
    ask_everything "http-proxy-$1"
    ! grep 'the front server passes' lighttpd.out
}

@test "nginx over HTTP: every case is answered as the table says" {
    everything nginx
}

@test "HAProxy over HTTP: every case is answered as the table says" {
    everything haproxy
}

@test "Caddy over HTTP: every case is answered as the table says" {
    everything caddy
}

@test "Apache over HTTP: every case is answered as the table says" {
    everything apache
}

# equal PROXY: answers through the proxy, with names of every kind over one connection and forged headers, are the program's own.
equal() {
    BROKEN=1 NAMES=' mta-sts.c.test mta-sts.d.test www.a.test' start_chain "$1"
    "$BATS_TEST_DIRNAME/proxied.py" "$PORT" "$DIR" "$DIR/run/mta-sts.sock-0"
}

@test "nginx over HTTP: every answer is the program's" {
    equal nginx
}

# The lines that it writes for a proxy host, and its way to name the backend.
@test "Nginx Proxy Manager's lines: every answer is the program's" {
    # shellcheck disable=SC2016 # variables of nginx
    local settings='set $forward_scheme http; set $server 127.0.0.1; set $port BRIDGE; add_header X-Served-By $host; proxy_set_header X-Forwarded-Scheme $scheme;'
    # shellcheck disable=SC2016
    settings+=' proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Real-IP $remote_addr;'
    # shellcheck disable=SC2016
    settings+=' proxy_pass $forward_scheme://$server:$port$request_uri;'
    BROKEN=1 prepare_chain
    start_bridge
    NAMES=' mta-sts.c.test mta-sts.d.test www.a.test' proxy_nginx "s|proxy_pass .*|${settings/BRIDGE/$BRIDGE}|"
    "$BATS_TEST_DIRNAME/proxied.py" "$PORT" "$DIR" "$DIR/run/mta-sts.sock-0"
}

@test "HAProxy over HTTP: every answer is the program's" {
    equal haproxy
}

@test "Caddy over HTTP: every answer is the program's" {
    equal caddy
}

@test "Apache over HTTP: every answer is the program's" {
    equal apache
}

@test "lighttpd over HTTP: every answer is the program's" {
    BROKEN=1 prepare_chain
    start_bridge
    "$BATS_TEST_DIRNAME/proxied.py" "$BRIDGE" "$DIR" "$DIR/run/mta-sts.sock-0" plain
}

# --- kept connections ---

# written N: lighttpd has logged N requests for our names at least.
written() {
    [ "$(grep -c '^mta-sts\.[ab]\.test ' requests.log)" -ge "$1" ]
}

# shared PROXY: 40 clients, each with a connection of its own, ask for a and b in turn. The proxy sends all of that over a few connections.
shared() {
    prepare_chain
    keeping "$1"
    local i
    for ((i = 0; i < 20; i++)); do
        ask mta-sts.a.test | cmp - a.txt
        ask mta-sts.b.test | cmp - b.txt
    done
    until_true written 40
    sed 's/.* //' requests.log | sort | uniq -c >ports
    cat ports
    [ "$(wc -l <ports)" -le 5 ]
}

@test "nginx over HTTP: clients of two names share connections, and each gets its policy" {
    shared nginx
}

@test "HAProxy over HTTP: clients of two names share connections, and each gets its policy" {
    shared haproxy
}

@test "Caddy over HTTP: clients of two names share connections, and each gets its policy" {
    shared caddy
}

@test "Apache over HTTP: clients of two names share connections, and each gets its policy" {
    shared apache
}

# --- what goes wrong without the lines that keep the Host ---

# host_is_lost PASSED: with a mistake in the proxy's configuration no name gets another's policy. The program's log has the name that the proxy passed.
host_is_lost() {
    [ "$(ask mta-sts.b.test -o body -w '%{http_code}')" = 404 ]
    grep -q '^Policies are asked for at' body
    until_true grep -qF "HTTP_HOST is \"$1\": neither is a policy host" lighttpd.out
}

@test "nginx over HTTP, without proxy_set_header Host: 404, and the log has the name that it passes" {
    start_chain nginx /proxy_set_header/d
    host_is_lost "127.0.0.1:$BRIDGE"
}

@test "Apache over HTTP, without ProxyPreserveHost: 404, and the log has the name that it passes" {
    start_chain apache /ProxyPreserveHost/d
    host_is_lost "127.0.0.1:$BRIDGE"
}

@test "Caddy over HTTP, with header_up Host: 404, and the log has the name that it passes" {
    start_chain caddy 's/reverse_proxy .*/& {\nheader_up Host {upstream_hostport}\n}/'
    host_is_lost "127.0.0.1:$BRIDGE"
}

@test "HAProxy over HTTP, with another Host: 404, and the log has the name that it passes" {
    start_chain haproxy 's/^backend .*/&\n    http-request set-header Host inner.test/'
    host_is_lost inner.test
}

# --- lighttpd alone ---

# direct [CURL OPTION...]: a request to lighttpd. Its answer with the headers is in the file given.
direct() {
    curl -s --max-time 60 -i -o given "http://127.0.0.1:$BRIDGE/.well-known/mta-sts.txt" "$@"
}

# given_is TEXT: the answer has a line that begins so.
given_is() {
    grep -q "^$1" given || {
        cat given
        return 1
    }
}

@test "lighttpd over HTTP: only the one path, and no part of a policy" {
    prepare_chain
    start_bridge
    local path
    for path in / /.well-known/ /.well-known/mta-sts.txt/ /.well-known/mta-sts.txt/more /.well-known/mta-sts.txt.bak \
        /.well-known/mta-sts.txt/../policies.ini /policies.ini; do
        [ "$(curl -s --path-as-is -H 'Host: mta-sts.b.test' -o /dev/null -w '%{http_code}' "http://127.0.0.1:$BRIDGE$path")" = 404 ]
    done
    direct -H 'Host: mta-sts.b.test' -r 0-9
    given_is 'HTTP/1.1 200'
    run ! grep -i '^accept-ranges' given
}

@test "lighttpd over HTTP: HTTP/1.0 with a Host is answered, without one it is 404; a port in the Host does not matter" {
    prepare_chain
    start_bridge
    direct -0 -H 'Host: mta-sts.b.test:443'
    given_is 'HTTP/1.0 200'
    given_is 'mx: mail.b.test'
    direct -0 -H 'Host:'
    given_is 'HTTP/1.0 404'
    given_is 'Policies are asked for at'
}

@test "lighttpd over HTTP: HTTP/2 is refused, also as an upgrade: a proxy that passes it opens no tunnel" {
    prepare_chain
    start_bridge
    direct -H 'Host: mta-sts.b.test' --http2
    given_is 'HTTP/1.1 200'
    run ! direct -H 'Host: mta-sts.b.test' --http2-prior-knowledge
}

@test "lighttpd over HTTP: a large body is refused, and a connection that was idle for longer than lighttpd's default stays open" {
    prepare_chain
    start_bridge
    head -c 200000 /dev/zero >large
    direct -H 'Host: mta-sts.b.test' --data-binary @large
    given_is 'HTTP/1.1 413'
    direct -H 'Host: mta-sts.b.test' -H 'Transfer-Encoding: chunked' --data-binary @large
    given_is 'HTTP/1.1 413'
    BRIDGE=$BRIDGE python3 - <<'PY'
import http.client, os, time
connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["BRIDGE"]), timeout=10)
for wait in 0, 8:
    time.sleep(wait)
    connection.request("GET", "/.well-known/mta-sts.txt", headers={"Host": "mta-sts.b.test"})
    answer = connection.getresponse()
    assert answer.status == 200 and not answer.will_close and b"mail.b.test" in answer.read()
    connection.auto_open = 0  # a new connection is a fault
PY
}

# gone PID[,PID]: no such process runs.
gone() {
    ! ps -o stat= -p "$1" | grep -qv '^Z'
}

# SIGINT is what the unit and the container send.
@test "lighttpd over HTTP: SIGINT ends it and the program, kept connections or not" {
    prepare_chain
    start_bridge
    local program
    program=$(pgrep -f "^$MTA_STS -f $DIR/policies.ini")
    # As a proxy has them: open until lighttpd closes, one after a request, one before.
    cat >hold.py <<'PY'
import os, socket, threading
def hold(request):
    with socket.create_connection(("127.0.0.1", int(os.environ["BRIDGE"]))) as connection:
        connection.sendall(request)
        while data := connection.recv(65536):
            print(data.decode(), flush=True)
for request in b"", b"GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts.b.test\r\n\r\n":
    threading.Thread(target=hold, args=[request]).start()
PY
    BRIDGE=$BRIDGE background kept.out python3 hold.py
    until_true grep -q mail.b.test kept.out
    SECONDS=0
    kill -INT "$FRONT"
    until_true gone "$FRONT,$program"
    # lighttpd's default is 8 s.
    [ "$SECONDS" -le 7 ]
}

# has_answer TEXT: lighttpd answers for b.test, with a line that begins so.
has_answer() {
    direct -H 'Host: mta-sts.b.test' && grep -q "^$1" given
}

@test "lighttpd over HTTP: it starts a program that was killed again, and says why one does not start" {
    prepare_chain
    start_bridge
    local program
    program=$(pgrep -f "^$MTA_STS -f $DIR/policies.ini")
    kill -KILL "$program"
    until_true gone "$program"
    until_true has_answer 'mx: mail.b.test'
    [ "$(pgrep -f "^$MTA_STS -f $DIR/policies.ini")" != "$program" ]

    kill "$FRONT"
    ended "$FRONT"
    : >lighttpd.out
    mv policies.ini elsewhere.ini
    run_lighttpd
    # lighttpd ends where it sees at once that the program has ended, else it tries again.
    until_true grep -q "mta-sts: $DIR/policies.ini: cannot be read" lighttpd.out
}

@test "lighttpd over HTTP, on a Unix socket: nginx reaches it, and only the socket's group may connect" {
    prepare_chain
    start_bridge -e '/^server.port/d' -e '/^server.bind/d' -e 's/^#\(server\.\)/\1/'
    [ "$(stat -c %a run/http.sock)" = 660 ]
    [ "$(id -u)" -ne 0 ] || chgrp www-data run/http.sock
    proxy_nginx "s|proxy_pass .*|proxy_pass http://unix:$DIR/run/http.sock:;|"
    ask mta-sts.a.test | cmp - a.txt
    ask mta-sts.b.test | cmp - b.txt
}

# --- the name in a forwarded header ---

@test "a forged X-Forwarded-Host or Forwarded changes nothing, however the request comes" {
    start_chain nginx
    local header
    for header in 'X-Forwarded-Host: mta-sts.a.test' 'Forwarded: for=192.0.2.9;host=mta-sts.a.test' 'X-Original-Host: mta-sts.a.test' 'X-Host: mta-sts.a.test'; do
        ask mta-sts.b.test -H "$header" | cmp - b.txt
        direct -H 'Host: mta-sts.b.test' -H "$header"
        given_is 'mx: mail.b.test'
        # Nor does it stand in for a Host that is no policy host.
        direct -H 'Host: inner.test' -H "$header"
        given_is 'Policies are asked for at'
    done
}

# extforward: the lines of README.md that tell lighttpd to take the name from Forwarded.
extforward() {
    sed -n 's/^    \(server.modules.*extforward.*\|extforward.*\)/\1/p' "$EXAMPLES/http-proxy/README.md"
}

# lighttpd before 1.4.72 ignores extforward.params.
@test "told to, lighttpd takes the name from the Forwarded header of the proxy's address alone" {
    prepare_chain
    [ "$(extforward | wc -l)" -eq 4 ]
    start_bridge -e "\$r "<(extforward | sed 's/192\.0\.2\.1/127.0.0.1/')
    direct -H 'Host: inner.test' -H 'Forwarded: for=192.0.2.9;host=mta-sts.a.test'
    if dpkg --compare-versions "$(lighttpd -v | sed -n 's,.*/\([0-9.]*\) .*,\1,p')" ge 1.4.72; then
        given_is 'mx: mail.a.test'
    else
        given_is 'Policies are asked for at'
    fi
    direct -H 'Host: mta-sts.b.test' -H 'X-Forwarded-Host: mta-sts.a.test'
    given_is 'mx: mail.b.test'
    # From another address it is not believed.
    direct --interface 127.0.0.2 -H 'Host: mta-sts.b.test' -H 'Forwarded: for=192.0.2.9;host=mta-sts.a.test'
    given_is 'mx: mail.b.test'
}

# --- what cannot be started here: it is read ---

@test "YAML: Traefik, Docker, ingress-nginx and Gateway name the path, both policy hosts, and lighttpd's port; none changes the Host" {
    python3 - "$EXAMPLES/http-proxy" <<'PY'
import re, sys, yaml
folder = sys.argv[1]
PATH, HOSTS = "/.well-known/mta-sts.txt", ["mta-sts.example.org", "mta-sts.example.net"]
PORT = int(re.search(r"^server.port = (\d+)$", open(f"{folder}/lighttpd.conf").read(), re.M).group(1))
RULE = "(%s) && Path(`%s`)" % (" || ".join(f"Host(`{host}`)" for host in HOSTS), PATH)

http = yaml.safe_load(open(f"{folder}/traefik.yaml"))["http"]
router = http["routers"]["mta-sts"]
assert router["rule"] == RULE and router["tls"]["certResolver"] and router["entryPoints"], router
balancer = http["services"][router["service"]]["loadBalancer"]
assert balancer == {"passHostHeader": True, "servers": [{"url": f"http://127.0.0.1:{PORT}"}]}, balancer

service = yaml.safe_load(open(f"{folder}/compose.yaml"))["services"]["mta-sts"]
labels = service["labels"]
assert all(isinstance(value, str) for value in labels.values()), labels
assert labels["traefik.http.routers.mta-sts.rule"] == RULE
assert labels["traefik.http.services.mta-sts.loadbalancer.server.port"] == str(PORT)
assert service["build"]["dockerfile"] == "examples/http-proxy/Dockerfile" and service["volumes"] == ["/etc/mta-sts:/etc/mta-sts:ro"]

objects = {each["kind"]: each for each in yaml.safe_load_all(open(f"{folder}/kubernetes.yaml"))}
assert sorted(objects) == ["Deployment", "Ingress", "Service"], objects
pod = objects["Deployment"]["spec"]["template"]
container = pod["spec"]["containers"][0]
probe = container["readinessProbe"]["exec"]["command"][2]
assert f"/dev/tcp/127.0.0.1/{PORT}" in probe and f"GET {PATH} " in probe, probe
assert container["ports"] == [{"containerPort": PORT}]
assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["spec"]["volumes"]}
labels = pod["metadata"]["labels"]
assert labels == objects["Service"]["spec"]["selector"] == objects["Deployment"]["spec"]["selector"]["matchLabels"]
assert objects["Service"]["spec"]["ports"][0]["targetPort"] == PORT
ingress = objects["Ingress"]["spec"]
assert ingress["tls"][0]["hosts"] == HOSTS == [rule["host"] for rule in ingress["rules"]]
for rule in ingress["rules"]:
    (path,) = rule["http"]["paths"]
    assert (path["path"], path["pathType"]) == (PATH, "Exact")
    assert path["backend"]["service"] == {"name": objects["Service"]["metadata"]["name"], "port": {"number": PORT}}
assert not [name for name in objects["Ingress"]["metadata"]["annotations"] if "upstream-vhost" in name or "rewrite" in name]

route = yaml.safe_load(open(f"{folder}/gateway.yaml"))
assert route["kind"] == "HTTPRoute" and route["spec"]["hostnames"] == HOSTS
(rule,) = route["spec"]["rules"]
assert rule == {"matches": [{"path": {"type": "Exact", "value": PATH}}], "backendRefs": [{"name": objects["Service"]["metadata"]["name"], "port": PORT}]}, rule
PY
}

# ready: what Kubernetes runs in the container.
ready() {
    python3 -c 'import sys, yaml
(deployment, *_) = yaml.safe_load_all(sys.stdin)
sys.stdout.write(deployment["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]["exec"]["command"][2])' <<<"$(filled http-proxy/kubernetes.yaml)" >ready
    bash ready
}

@test "Kubernetes: ready is what answers, whatever the file has, and nothing else" {
    prepare_chain
    run ! ready
    # A header cannot be read; then all domains are gone; then every name has a policy.
    printf '[other.test\nmode = none\n' >policies.ini
    leave_alone policies.ini
    start_bridge
    has_answer 'HTTP/1.1 500 '
    ready
    printf '[other.test]\nmode = none\n' >policies.ini
    leave_alone policies.ini
    until_true has_answer 'HTTP/1.1 404 '
    ready
    printf '[*]\nmode = none\n' >policies.ini
    leave_alone policies.ini
    until_true has_answer 'HTTP/1.1 200 '
    ready
    # lighttpd is there, and the program does not answer it.
    kill "$FRONT"
    ended "$FRONT"
    sed -i "s,$MTA_STS.*\",/bin/sleep 600\"," lighttpd.conf
    run_lighttpd
    until_true listens_on "$BRIDGE"
    run ! ready
}

@test "Dockerfile: its lighttpd.conf is valid, and listens for other containers" {
    prepare_chain
    filled http-proxy/lighttpd.conf >lighttpd.conf
    sed -n "s|^RUN sed -i '\([^']*\)' .*|\1|p" "$EXAMPLES/http-proxy/Dockerfile" >script
    sed -i -f script lighttpd.conf
    grep -q '^server.bind = "0.0.0.0"$' lighttpd.conf
    lighttpd -tt -f lighttpd.conf
    # CMD is what the unit runs.
    [ "$(sed -n 's/^CMD //p' "$EXAMPLES/http-proxy/Dockerfile" | tr -d '[]",')" = "$(sed -n 's,^ExecStart=/usr/sbin/,,p' "$EXAMPLES/http-proxy/mta-sts-http.service")" ]
}

@test "systemd: the unit is valid, and shut in: exposure below 1.5" {
    local unit=$EXAMPLES/http-proxy/mta-sts-http.service
    run timeout 60 systemd-analyze verify --man=no "$unit"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output != *mta-sts* ]]
    timeout 60 systemd-analyze security --offline=true --no-pager --threshold=15 "$unit"
}

# machine_files: what the machine has besides its copy of /, in the folder root.
machine_files() {
    local units=root/etc/systemd/system
    mkdir -p "$units" root/etc/{mta-sts,lighttpd} root/usr/local/bin
    cp "$EXAMPLES/http-proxy/mta-sts-http.service" "$units"
    cp "$EXAMPLES/http-proxy/lighttpd.conf" root/etc/lighttpd/mta-sts.conf
    cp "$MTA_STS" root/usr/local/bin/mta-sts
    cp policies.ini root/etc/mta-sts/
    printf '[Unit]\nRequires=basic.target mta-sts-http.service\nAfter=basic.target mta-sts-http.service\n' >"$units/tested.target"
    chmod -R a+rX root
}

# there HOST: what is answered for HOST on the machine.
there() {
    on curl -s --max-time 60 -H "Host: $1" http://127.0.0.1:8461/.well-known/mta-sts.txt
}

there_is_policy() {
    there mta-sts.example.org >there.txt && is_policy example_org there.txt
}

# journal_has TEXT: the machine's journal has a line with TEXT.
journal_has() {
    on journalctl -o cat --no-pager >journal && grep -qF -- "$1" journal
}

@test "a booted systemd: the unit serves policies, on the port and on a Unix socket; its journal has the log; it stops in time" {
    needs_machine lighttpd
    own_network
    machine_files
    boot
    until_true there_is_policy
    # Its processes have a user of their own, one of those that systemd makes.
    local users
    users=$(on ps -C lighttpd,mta-sts -o uid= | sort -u)
    [ "$users" -ge 61184 ] && [ "$users" -le 65519 ]
    there www.example.org >there.txt
    until_true journal_has 'neither is a policy host'
    journal_has 'mta-sts: ready'

    # As README.md says. The proxy's user may connect, another may not.
    on sed -i -e '/^server.port/d' -e '/^server.bind/d' -e 's/^#\(server\.\)/\1/' /etc/lighttpd/mta-sts.conf
    on sed -i 's/^#Group=/Group=/' /etc/systemd/system/mta-sts-http.service
    on systemctl daemon-reload
    on systemctl restart mta-sts-http.service
    until_true on test -S /run/mta-sts-http/http.sock
    on runuser -u www-data -- curl -s --unix-socket /run/mta-sts-http/http.sock http://mta-sts.example.org/.well-known/mta-sts.txt >there.txt
    is_policy example_org there.txt
    run ! on runuser -u nobody -- curl -s --unix-socket /run/mta-sts-http/http.sock http://mta-sts.example.org/.well-known/mta-sts.txt

    on systemctl stop mta-sts-http.service
    [ "$(on systemctl is-failed mta-sts-http.service)" = inactive ]
}
