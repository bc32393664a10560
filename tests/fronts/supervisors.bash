# For the suites of supervisors: the examples with the test's paths, and a client that runs as any user.
# Each supervisor's own means are in its suite.

load fronts

# prepare: the program and its file, readable for other users, and the units of systemd with the test's paths.
prepare() {
    cp "$MTA_STS" "$DIR/mta-sts"
    open_folders
    chmod 644 policies.ini
    mkdir units
    local unit
    for unit in mta-sts.socket mta-sts.service; do
        fill "systemd/$unit" /usr/local/bin/mta-sts "$DIR/mta-sts" /etc/mta-sts/policies.ini "$DIR/policies.ini" >"units/$unit"
    done
}

# fails COMMAND...: COMMAND fails. bats ignores the status of a command behind `!`.
fails() {
    if "$@"; then
        echo "did not fail: $*" >&2
        return 1
    fi
}

as_root() {
    [ "$(id -u)" -eq 0 ] || skip_or_fail "needs root"
}

needs() {
    local command
    for command in "$@"; do
        command -v "$command" >/dev/null || skip_or_fail "no $command"
    done
}

# asks [COMMAND...]: the answer on the socket fcgi.sock is the policy of example.org, byte for byte. COMMAND runs the client.
asks() {
    cat >asks.py <<'PY'
import sys
from fastcgi_client import *
connection = connect(sys.argv[1])
connection.sendall(request("mta-sts.example.org"))
sys.stdout.buffer.write(body(answer(connection)))
PY
    # Beside the script, where each user can import it.
    cp "$HELPERS/fastcgi_client.py" .
    timeout 90 "$@" "$(command -v /usr/bin/python3 || command -v python3)" asks.py "$DIR/fcgi.sock" >answer 2>>asks.log && is_policy example_org answer
}
