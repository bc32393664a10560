# The Debian packages on a machine of their own, which has booted systemd: what runs, and what does not, and that an upgrade loses no answer.

load root

# states STATE UNIT...: each unit has the state, which is one of is-active or is-enabled.
states() {
    local state=$1 unit
    shift
    for unit in "$@"; do
        [ "$(on systemctl is-active "$unit")/$(on systemctl is-enabled "$unit")" = "$state" ] || {
            on systemctl status --no-pager "$unit"
            return 1
        }
    done
}

SERVED='mta-sts.socket mta-sts.service'
PROBED='mta-sts-probe.timer'

pid() {
    on systemctl show -P MainPID mta-sts.service
}

since() {
    on systemctl show -P ActiveEnterTimestampMonotonic mta-sts.socket
}

# load: eight clients ask through nginx until the file stop is there. Each line of asked is an answer's status, 000 for none.
ask_on_and_on() {
    cat >ask.sh <<'SH'
ask() {
    until [ -e /root/stop ]; do
        curl -s -o /dev/null -w '%{http_code}\n' --cacert /etc/ssl/mta-sts/cert.pem --resolve mta-sts.example.org:443:127.0.0.1 \
            'https://mta-sts.example.org/.well-known/mta-sts.txt?[1-100]'
    done
}
for i in 1 2 3 4 5 6 7 8; do ask >"/root/asked.$i" & done
wait
SH
    put ask.sh
    PATIENCE=300 on bash /root/ask.sh 3>&- &
    PIDS+=($!)
}

answers() {
    on sh -c 'cat /root/asked.*' | sort | uniq -c
}

@test "booted: nothing runs that was not asked for; served through nginx; upgrades lose no answer; nothing is left" {
    repack mta-sts 9.9
    repack mta-sts 9.9.1
    repack mta-sts-probe 9.9
    boot_root
    on systemctl stop nginx
    files >before
    install_debs "$(built mta-sts)" "$(built mta-sts-probe)"
    # shellcheck disable=SC2086 # several units
    states inactive/disabled $SERVED $PROBED
    states inactive/static mta-sts-probe.service mta-sts-probe-mail.service
    run ! on test -e /run/mta-sts
    # An upgrade and a second installation do not start them, either.
    install_debs mta-sts_9.9.deb mta-sts-probe_9.9.deb
    install_debs "$(built mta-sts)" "$(built mta-sts-probe)"
    # shellcheck disable=SC2086
    states inactive/disabled $SERVED $PROBED
    run ! on test -e /run/mta-sts
    on systemctl --failed --no-legend --plain >failed
    run ! grep mta-sts failed

    # The package's own test.
    put "$TREE/debian/tests/served"
    PATIENCE=200 on bash /root/served
    on systemctl enable --now mta-sts-probe.timer
    on systemd-analyze security --no-pager --threshold=5 mta-sts.service

    # Restarts and an upgrade under load.
    local first held
    first=$(pid) held=$(since)
    ask_on_and_on
    until_true on test -s /root/asked.8
    on systemctl restart mta-sts.service
    on systemctl restart mta-sts.service
    install_debs mta-sts_9.9.deb mta-sts-probe_9.9.deb
    [ "$(pid)" != "$first" ]
    [ "$(since)" = "$held" ]
    # shellcheck disable=SC2086
    states active/enabled $SERVED $PROBED

    # With a mistake in the file the program goes on running, with its last good policies.
    first=$(pid)
    on sed -i 's/^mx *= mail.{domain}/nmx = mail/' /etc/mta-sts/policies.ini
    sleep 3
    install_debs --force-confold mta-sts_9.9.1.deb >upgraded 2>&1
    grep -q 'systemctl restart mta-sts.service' upgraded
    [ "$(pid)" = "$first" ]
    sleep 1
    on touch /root/stop
    wait "${PIDS[-1]}"
    answers | tee answers
    [ "$(grep -vc ' 200$' answers)" -eq 0 ]
    [ "$(awk '{ print $1 }' answers)" -ge 100 ]

    # Disabled, they stay so; removed, nothing runs or is enabled.
    on systemctl disable --now mta-sts-probe.timer
    install_debs "$(built mta-sts-probe)"
    states inactive/disabled mta-sts-probe.timer
    on systemctl enable --now mta-sts-probe.timer
    on mkdir -p /var/lib/mta-sts-probe
    on touch /var/lib/mta-sts-probe/mailed /run/mta-sts-probe.txt
    on dpkg --remove mta-sts mta-sts-probe
    run ! on pgrep -x mta-sts
    run ! on test -e /run/mta-sts
    on sh -c 'systemctl list-units --all --no-legend --plain "mta-sts*"' >units
    cat units
    run ! grep -v ' not-found inactive ' units
    on dpkg --purge mta-sts mta-sts-probe
    on rm -r /etc/ssl/mta-sts /etc/nginx/conf.d/mta-sts.conf
    on systemctl stop nginx
    files | diff before -
}
