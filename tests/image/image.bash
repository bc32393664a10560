# For the suite of the images: containers by buildah, in a network namespace of their own, with a name server and an ACME server.
# `make image` has built the images.

load ../senders/senders
load ../senders/acme
load ../helpers/nginx
load ../helpers/apache
load ../helpers/caddy

IMAGES=$(dirname "$MTA_STS")/image

setup_file() {
    [ "$(id -u)" -eq 0 ] || skip_or_fail "only root can run containers of other users" || return
}

# What an engine does by a process namespace: nothing outlives the first process.
teardown() {
    [ -z "${FIRST:-}" ] || pkill -KILL -P "$FIRST" || true
    [ -z "${FIRST:-}" ] || kill -KILL "$FIRST" 2>/dev/null || true
    stop "${PIDS[@]}"
}

# own_limits: the options, a line each, by which a container's limits are not above this machine's: not each root may raise one. buildah 1.28 has 32768
# processes for itself.
own_limits() {
    local limit
    limit=$(ulimit -Hn)
    [ "$limit" = unlimited ] || echo "--ulimit=nofile=$limit:$limit"
    limit=$(ulimit -Hu)
    [ "$limit" != unlimited ] && [ "$limit" -lt 32768 ] || limit=32768
    echo "--ulimit=nproc=$limit:$limit"
}

# container NAME: a container of this image. CONTAINER is its name, ENGINE the command that knows it. IDs of users below 1024 may not listen on low ports,
# but with an engine's default they may.
container() {
    local limits
    mapfile -t limits < <(own_limits)
    ENGINE=(buildah --root "$DIR/storage" --runroot "$DIR/run" --storage-driver vfs)
    CONTAINER=$("${ENGINE[@]}" from -q "${limits[@]}" "docker-archive:$IMAGES/$1.tar")
    inside sysctl -qw net.ipv4.ip_unprivileged_port_start=0
}

# configured FIELD: the lines of a list in the image's configuration.
configured() {
    "${ENGINE[@]}" inspect --format "{{range .OCIv1.Config.$1}}{{println .}}{{end}}" "$CONTAINER" | sed '/^$/d'
}

# run_container LOG [OPTION...]: as an engine runs it, by the image's user, environment, entry point and command. FIRST is its first process.
# RUNNING is buildah's.
run_container() {
    local log=$1 words
    shift
    mapfile -t words < <(configured Entrypoint && configured Cmd)
    start "$log" "${ENGINE[@]}" run --isolation chroot --cap-drop ALL "$@" "$CONTAINER" -- "${words[@]}"
    RUNNING=$STARTED
    is_up "${log%.log}" first_process "${words[0]##*/}"
}

# first_process NAME: finds it, below buildah's own. A script's is its shell's.
first_process() {
    local name at=$RUNNING
    while [ -n "$at" ]; do
        read -r -d '' name <"/proc/$at/cmdline" || true
        if [ "$name" = "/usr/bin/$1" ] || [ "$name" = /bin/bash ]; then
            FIRST=$at
            return 0
        fi
        at=$(pgrep -P "$at" | head -n 1)
    done 2>/dev/null
    return 1
}

# in_container COMMAND...: a command in the container, as `docker exec` runs it.
in_container() {
    inside "${ENGINE[@]}" run --isolation chroot "${VOLUMES[@]}" "$CONTAINER" -- "$@"
}

# container_ends STATUS: the container has ended with this status.
container_ends() {
    local status=0
    # Also where a failure does not end the test: wait has no limit.
    ended "$RUNNING" || return
    wait "$RUNNING" || status=$?
    FIRST=
    [ "$status" -eq "$1" ]
}

# root_files: all files of the container, with what tells of a change.
root_files() {
    local root
    root=$("${ENGINE[@]}" mount "$CONTAINER")
    (cd "$root" && find . -type d -printf '%p %m %U\n' -o -printf '%p %y %m %U %s %T@ %l\n' | sort)
}
