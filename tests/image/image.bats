# The images: built twice; the one-command host with a real ACME server; mta-sts behind a front server in another container; and the files for Docker Compose and
# Kubernetes, held against their schemas. There is no engine here: buildah runs the containers (chroot isolation).

load image

# one_volume: /etc/mta-sts of the container, with policies.ini; the tests find it as policies.ini, too. And /data.
one_volume() {
    mkdir -p etc
    mv policies.ini etc/policies.ini
    ln -s etc/policies.ini policies.ini
    install -d -m 700 -o 65532 -g 65532 data
    VOLUMES=(-v "$DIR/etc:/etc/mta-sts:ro" -v "$DIR/data:/data" -v "$DIR/ca.pem:/etc/ssl/certs/ca-certificates.crt:ro")
}

# a_host DOMAIN...: the container mta-sts-caddy, with policies for these domains and the ACME server.
a_host() {
    begin "$@"
    one_volume
    container mta-sts-caddy
    # buildah mounts a volume of the image over the one of the command line. An engine takes the latter.
    [ "$(configured Volumes)" = '{}' ]
    "${ENGINE[@]}" config --volume /data- "$CONTAINER"
}

start_host() {
    run_container caddy.log "${VOLUMES[@]}" -e ACME_CA="$DIRECTORY" -e ACME_EMAIL=hostmaster@example.org
    is_up caddy listens_inside 443
    is_up caddy listens_inside 9000
}

milliseconds_since() {
    echo $(((${EPOCHREALTIME/.} - ${1/.}) / 1000))
}

# child COMMAND: the process of the container that runs it.
child() {
    pgrep -P "$FIRST" -x "$1"
}

# build_again [COMMAND...]: builds the images into the folder again. COMMAND runs the script.
build_again() {
    "$@" "$BATS_TEST_DIRNAME/../../tools/image" "$(sed -n 's/^VERSION := //p' "$BATS_TEST_DIRNAME/../../Makefile")" "$(dirname "$MTA_STS")/mta-sts-static" "$DIR/again"
}

@test "the images have the same bytes each time, and only what they need" {
    (umask 077 && TZ=Pacific/Auckland LC_ALL=C.UTF-8 build_again >out)
    local name files
    for name in mta-sts mta-sts-caddy; do
        cmp "again/$name.tar" "$IMAGES/$name.tar"
        tar -xf "again/$name.tar" --wildcards '*.tar' --exclude '*/layer.tar' --transform "s/.*/$name.layer/"
        tar -tvf "$name.layer" --numeric-owner >"$name.files"
        run ! grep -vE '^(d|-)rwx?r?-?x?r?-?.* 0/0 ' <(grep -v ' data/$' "$name.files")
        run ! grep -E '^-..[sS]|^-.....[sS]|^-.......w' "$name.files"
    done
    [ "$(grep -c '^-..x' mta-sts.files)" -eq 1 ]
    run ! grep -E ' lib|/etc/ssl' mta-sts.files
    files=$(awk '/^-..x/ { print $6 }' mta-sts-caddy.files | grep -v '^lib' | paste -sd ' ')
    [ "$files" = 'bin/bash usr/bin/caddy usr/bin/mta-sts usr/bin/mta-sts-caddy' ]
    grep -qE '^drwx------ 65532/65532 .* data/$' mta-sts-caddy.files
}

@test "a file of this machine that is not the package's gets into no image" {
    local file=/usr/share/ca-certificates/mozilla/ISRG_Root_X1.crt
    certificate theirs mta-sts.example.org
    # shellcheck disable=SC2016 # for the other shell
    run -1 build_again unshare --mount bash -ec 'mount --bind "$1" "$2"; shift 2; exec "$@"' - "$DIR/theirs.crt" "$file"
    [[ $output == *"these files are not those of the packages; install them again:"*"$file" ]]
    [ ! -e again/mta-sts-caddy.tar ]
}

@test "mta-sts-caddy: an edit is all: one certificate, one policy; it survives a restart; nothing else is written" {
    local began first edited
    a_host a.test
    root_files >before
    began=$EPOCHREALTIME
    start_host
    until_true served a.test
    first=$(milliseconds_since "$began")
    in_container mta-sts-caddy health
    # No HTTP/3, since UDP port 443 is not in the image's ports, nor in the files.
    inside curl -sfI --cacert root.pem https://mta-sts.a.test/.well-known/mta-sts.txt >head
    run ! grep -i '^alt-svc:' head
    [ -z "$(inside ss -Hlun 'sport = 443')" ]
    ordered mta-sts.a.test
    [ "$(ps -o uid= -p "$FIRST,$(child caddy),$(child mta-sts)" | sort -u | tr -d ' ')" = 65532 ]

    edited=$EPOCHREALTIME
    printf '[b.test]\nmode = enforce\nmx = mail.b.test\n' >>policies.ini
    until_true served b.test
    echo "# first certificate $first ms after the start, the next policy over HTTPS $(milliseconds_since "$edited") ms after the edit" >&3
    run ! sender mta-sts.c.test
    ordered mta-sts.a.test mta-sts.b.test
    # At once, by SIGHUP, and the mistake is in the log.
    printf '[c.test]\nmx = 192.0.2.1\n' >>policies.ini
    kill -HUP "$FIRST"
    until_true grep -q 'policies.ini:.*c.test' caddy.log
    until_true in_container mta-sts-caddy health
    run -1 in_container mta-sts check
    run ! sender mta-sts.c.test

    kill "$FIRST"
    container_ends 0
    start_host
    until_true served b.test
    ordered mta-sts.a.test mta-sts.b.test
    kill "$FIRST"
    container_ends 0
    # A read-only root would do. buildah itself writes the mount points.
    diff before <(root_files) | grep '^[<>]' | grep -vE '^> \./(dev|proc|sys|run|etc/(hosts|hostname|resolv.conf))( |$)' >written || true
    cat written
    [ ! -s written ]
}

@test "mta-sts-caddy: a header that cannot be read costs no other domain its certificate" {
    a_host a.test
    printf '[b.test\nmx = mail.b.test\n' >>policies.ini
    start_host
    until_true served a.test
    in_container mta-sts-caddy health
    run ! sender mta-sts.b.test
    run ! sender mta-sts.c.test
    ordered mta-sts.a.test
    kill "$FIRST"
    container_ends 0
}

@test "mta-sts-caddy: it ends when one of its processes does, and does not start without policies" {
    local name
    a_host a.test
    for name in mta-sts caddy; do
        start_host
        kill -KILL "$(child "$name")"
        container_ends 137
        run ! listens_inside 9000
        run ! listens_inside 443
    done
    # Where mta-sts does not answer, the container is unhealthy.
    start_host
    kill -STOP "$(child mta-sts)"
    run -1 in_container mta-sts-caddy health
    kill -CONT "$(child mta-sts)"
    kill "$FIRST"
    container_ends 0

    rm etc/policies.ini
    VOLUMES=(-v "$DIR/etc:/etc/mta-sts:ro")
    until_true does_not_start '/etc/mta-sts/policies.ini: cannot be read: No such file'
}

@test "mta-sts-caddy: where it cannot write to /data, the log says so" {
    a_host a.test
    start_host
    run ! grep -F '/data' <(grep '^mta-sts: ' caddy.log)
    kill "$FIRST"
    container_ends 0
    # A folder that Docker has made, and a copy that root has made.
    chown 0:0 data
    start_host
    grep -q '^mta-sts: /data: user id 65532 cannot write here' caddy.log
    kill "$FIRST"
    container_ends 0
    chown 65532 data
    install -d -m 700 -o 0 data/caddy
    start_host
    grep -q '^mta-sts: /data/caddy: user id 65532 cannot write here' caddy.log
    kill "$FIRST"
    container_ends 0
}

@test "mta-sts-caddy: an empty variable counts as none" {
    a_host a.test
    run_container caddy.log "${VOLUMES[@]}" -e ACME_CA= -e ACME_EMAIL= -e HTTP_PORT= -e HTTPS_PORT=
    is_up caddy listens_inside 443
    kill "$FIRST"
    container_ends 0
}

# buildah does not wait until it has passed on what a command prints: on a busy machine the end of it is lost. Hence until_true, around each of these.

# prints PATTERN COMMAND...: COMMAND in the container; its first line begins so.
prints() {
    in_container "${@:2}" >printed && head -n 1 printed | grep "^$1"
}

# shows COMMAND: mta-sts, called so, shows the policy.
shows() {
    in_container "$1" show example.net >shown && is_policy example_net shown
}

finds_the_mistake() {
    run in_container mta-sts-caddy check
    echo "exit status $status: $output"
    [ "$status" -eq 1 ] && [[ $output == *'/etc/mta-sts/policies.ini:17: [broken.example] mx: '*' 1 error, 1 warning'* ]]
}

# does_not_start TEXT: the container ends, and says so in its log.
does_not_start() {
    rm -f none.log
    run_container none.log "${VOLUMES[@]}" || true
    cat none.log
    container_ends 1 && grep -q "^mta-sts: .*$1" none.log
}

@test "mta-sts-caddy: with a command it is mta-sts" {
    own_network
    mkdir etc
    cp policies.ini etc/
    VOLUMES=(-v "$DIR/etc:/etc/mta-sts:ro")
    container mta-sts-caddy
    until_true finds_the_mistake
    until_true shows mta-sts-caddy
    until_true prints 'mta-sts [0-9]' mta-sts-caddy --version
}

@test "mta-sts-caddy: stopped, it ends as Caddy does, also when Caddy is the faster one" {
    local status=0
    mkdir bin
    printf '#!/bin/sh\nexec sleep 1000\n' >bin/mta-sts
    printf '#!/usr/bin/perl\n$SIG{TERM} = sub { exit 0 };\nopen(READY, ">ready");\nsleep 1 while 1;\n' >bin/caddy
    chmod 755 bin/*
    # After each signal Caddy has the time to end.
    # shellcheck disable=SC2317 # the script calls it
    kill() { builtin kill "$@" && sleep 0.3; }
    export -f kill
    start stopped.log env PATH="$DIR/bin:$PATH" bash "$EXAMPLES/container/mta-sts-caddy"
    until_true test -e ready
    builtin kill "$STARTED"
    wait "$STARTED" || status=$?
    [ "$status" -eq 0 ]
}

# front NAME EXAMPLE PATTERN: the configuration in examples/, with the test's certificate, and what the README's table has in place of PATTERN.
front() {
    local line
    line=$(sed -n "s/^| $1 | \`\(.*\)\` |\$/\1/p" "$EXAMPLES/container/README.md")
    [ -n "$line" ]
    sed -e "s#$3#$line#" -e "s#/etc/ssl/mta-sts#$DIR#g; s#0\.0\.0\.0:443#127.0.0.1:443#; s#\[::]:443#127.0.0.2:443#; s#\#tls #tls #" "$EXAMPLES/$2" >"$1.part"
    grep -qF "$line" "$1.part"
}

# reaches NAME COMMAND...: the front server, started by COMMAND, answers with the policy of the program in the other container.
reaches() {
    start "$@"
    is_up "${1%.log}" listens_inside 443
    inside curl -sf --max-time 60 --resolve mta-sts.example.org:443:127.0.0.1 --cacert ca.pem https://mta-sts.example.org/.well-known/mta-sts.txt >body
    is_policy example_org body
    stop "$STARTED"
}

@test "mta-sts: front servers in another container reach it by its port, as the README says; other commands run, too" {
    own_network
    printf '127.0.0.1 localhost mta-sts\n' >hosts
    mkdir etc
    cp policies.ini etc/
    container mta-sts
    run_container fcgi.log -v "$DIR/etc:/etc/mta-sts:ro"
    [ "$(ps -o uid= -p "$FIRST" | tr -d ' ')" = 65532 ]
    is_up fcgi listens_inside 9000
    certificate cert mta-sts.example.org mta-sts.example.net
    cp cert.crt both.pem
    cat cert.key >>both.pem
    cp cert.key key.pem
    cp cert.crt cert.pem

    front nginx nginx/mta-sts.conf 'fastcgi_pass .*;'
    nginx_config www-data >nginx.conf <<<"include $DIR/nginx.part;"
    reaches nginx.log nginx -p "$DIR" -e "$DIR/nginx.log" -c "$DIR/nginx.conf"

    front Caddy caddy/Caddyfile 'reverse_proxy .*{'
    { caddy_options && cat Caddy.part; } >Caddyfile
    reaches caddy.log env "HOME=$DIR" caddy run --config Caddyfile

    front lighttpd lighttpd-external/50-mta-sts.conf '"socket" => "[^"]*"'
    { lighttpd_config 127.0.0.1 && echo 'server.port = 8080' && cat lighttpd.part; } >lighttpd.conf
    reaches lighttpd.log lighttpd -D -f "$DIR/lighttpd.conf"

    front HAProxy haproxy/haproxy.cfg 'server mta-sts .*'
    { echo global && cat HAProxy.part; } >haproxy.cfg
    reaches haproxy.log haproxy -db -f "$DIR/haproxy.cfg"

    front Apache apache-proxy-fcgi/mta-sts.conf 'SetHandler .*'
    { PORT=443 apache_base event allowmethods proxy proxy_fcgi ssl http2 authz_host && cat Apache.part; } >apache.conf
    reaches apache.log apache2 -D NO_DETACH -f "$DIR/apache.conf"

    VOLUMES=(-v "$DIR/etc:/etc/mta-sts:ro")
    until_true shows /usr/bin/mta-sts
    kill "$FIRST"
    container_ends 0
}

@test "a ConfigMap: the kubelet's swaps under load lose no answer, and no answer has a wrong policy" {
    own_network
    mkdir volume
    "$BATS_TEST_DIRNAME/configmap.py" volume
    container mta-sts
    run_container fcgi.log -v "$DIR/volume:/etc/mta-sts:ro"
    is_up fcgi listens_inside 9000
    until_true grep -qE 'ready: 20 domains, .* file access limited to reading' fcgi.log
    run inside "$BATS_TEST_DIRNAME/configmap.py" volume 9000 6 2.5
    cat fcgi.log
    echo "$output"
    [ "$status" -eq 0 ]
    echo "# ConfigMap, a swap each 2.5 s: $output (answers, lost, wrong, swaps, slowest in s)" >&3
    kill "$FIRST"
    container_ends 0
}

# documents FILE: the documents of a YAML file, as JSON.
documents() {
    python3 -c 'import json, sys, yaml; json.dump(list(yaml.safe_load_all(open(sys.argv[1]))), sys.stdout)' "$1"
}

# allowed KIND [SED]: standard input is valid by the schema, after this change.
allowed() {
    sed -E "${2:-}" | "$BATS_TEST_DIRNAME/schema" "$BATS_TEST_DIRNAME/../../build/schemas" "$1"
}

@test "Docker Compose and Kubernetes: the files are valid by their schemas" {
    local file
    for file in "$EXAMPLES"/{container,http-proxy}/compose*.yaml; do
        documents "$file" >json
        allowed compose <json
        # The schema finds a key that it does not know, and a value of another type.
        run -1 allowed compose 's/"volumes": \[/"volume": [/' <json
        [[ $output == *'must NOT have additional properties'* ]]
        run -1 allowed compose 's/"unless-stopped"/{}/' <json
        [[ $output == *'restart must be string'* ]]
    done
    for file in "$EXAMPLES"/{container,http-proxy}/kubernetes.yaml; do
        documents "$file" >json
        allowed kubernetes <json
        run -1 allowed kubernetes 's/"readinessProbe"/"readynessProbe"/' <json
        [[ $output == *readynessProbe* ]]
        run -1 allowed kubernetes 's/"mountPath"/"path"/' <json
        [[ $output == *"must have required property mountPath"* ]]
        run -1 allowed kubernetes 's/"containerPort": [0-9]+/"containerPort": "x"/' <json
        [[ $output == *"containerPort must be integer"* ]]
    done
}

@test "Docker Compose and Kubernetes: the images, their users, volumes and ports are those that are built" {
    local paths
    own_network
    container mta-sts-caddy
    # shellcheck disable=SC2016 # JSON paths
    python3 - "$EXAMPLES/container" <<'PY' >named
import sys, yaml
compose = yaml.safe_load(open(sys.argv[1] + "/compose.yaml"))["services"]["mta-sts"]
pod = [d for d in yaml.safe_load_all(open(sys.argv[1] + "/kubernetes.yaml")) if d["kind"] == "Deployment"][0]["spec"]["template"]["spec"]
one = pod["containers"][0]
print(compose["image"], one["image"].split("/")[-1])
print(*sorted(v.split(":")[1] for v in compose["volumes"]), *sorted(v["mountPath"] for v in one["volumeMounts"]))
print(*compose["healthcheck"]["test"][1:], *one["readinessProbe"]["exec"]["command"])
print(*(p.split(":")[1] + "/tcp" for p in compose["ports"]), pod["securityContext"]["runAsUser"])
print(*compose["environment"], *(e["name"] for e in one["env"]))
PY
    cat named
    [ "$(sed -n 1p named)" = 'mta-sts-caddy mta-sts-caddy' ]
    [ "$(sed -n 2p named)" = '/data /etc/mta-sts /data /etc/mta-sts' ]
    [ "$(sed -n 3p named)" = 'mta-sts-caddy health /usr/bin/mta-sts-caddy health' ]
    [ "$(sed -n 4p named)" = '80/tcp 443/tcp 65532' ]
    paths=$("${ENGINE[@]}" mount "$CONTAINER")
    local name
    for name in $(sed -n 5p named); do
        grep -qF "{\$$name" "$paths/etc/caddy/Caddyfile"
    done
}
