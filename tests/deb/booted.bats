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

# journal_has UNIT TEXT: a line of the unit's log has the text.
journal_has() {
    on journalctl --no-pager -o cat -u "$1" >journal && grep -qF -- "$2" journal
}

# served_there: nginx on the machine serves example.org.
served_there() {
    on curl -sS --fail --cacert /etc/ssl/mta-sts/cert.pem --resolve mta-sts.example.org:443:127.0.0.1 \
        https://mta-sts.example.org/.well-known/mta-sts.txt >served && grep -q '^version: STSv1' served
}

SERVED='mta-sts.socket mta-sts.service'
PROBED='mta-sts-probe.timer'
TAKEN='mta-sts-reports.socket mta-sts-reports.service'

# pid [UNIT]: the service's process.
pid() {
    on systemctl show -P MainPID "${1:-mta-sts}.service"
}

# since [UNIT]: when the socket was bound.
since() {
    on systemctl show -P ActiveEnterTimestampMonotonic "${1:-mta-sts}.socket"
}

# shut_in UNIT: its process has no privileges, and the unit's filter.
shut_in() {
    on grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):' "/proc/$(pid "$1")/status" | tee status
    [ "$(grep -cE '^(CapEff:\s0+|CapBnd:\s0+|NoNewPrivs:\s1|Seccomp:\s2)$' status)" -eq 4 ]
    journal_has "$1.service" "file access limited to ${2:-reading in its folder} (Landlock"
    on systemd-analyze security --no-pager --threshold=5 "$1.service"
}

# ask_on_and_on: eight clients ask through nginx until the file stop is there. Each line of asked is an answer's status, 000 for none.
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
    on test -e /var/lib/systemd/timers/stamp-mta-sts-probe.timer
    on dpkg --purge mta-sts mta-sts-probe
    run ! on test -e /var/lib/systemd/timers/stamp-mta-sts-probe.timer
    on rm -r /etc/ssl/mta-sts /etc/nginx/conf.d/mta-sts.conf
    on systemctl stop nginx
    files | diff before -
}

# The filter of Debian 12's systemd-nspawn forbids these system calls, that of Debian 13's does not.
LANDLOCK='landlock_create_ruleset landlock_add_rule landlock_restrict_self'

@test "booted: the program is shut in, reads again at a reload, and is back after a reboot; the journal has its log" {
    boot_root --system-call-filter="$LANDLOCK"
    install_debs "$(built mta-sts)"
    put "$TREE/debian/tests/served"
    PATIENCE=200 on bash /root/served

    shut_in mta-sts
    # A user of its own.
    awk '$1 == "Uid:" { exit !($2 >= 61184 && $2 <= 65519) }' status

    on sh -c 'printf "\n[reload.example]\nmx = mail.reload.example\n" >>/etc/mta-sts/policies.ini; sleep 1; systemctl reload mta-sts.service'
    until_true journal_has mta-sts.service 'read again: '
    on journalctl --no-pager -o json --output-fields=MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_COMM,_UID -u mta-sts.service -g '^mta-sts: ready' >ready.json
    [ "$(grep -c '"SYSLOG_IDENTIFIER":"mta-sts"' ready.json)" -ge 1 ]

    # This time Landlock is forbidden, and the first line says so.
    reboot_root --system-call-filter="~$LANDLOCK"
    until_true served_there
    # shellcheck disable=SC2086 # several units
    states active/enabled $SERVED
    on journalctl --no-pager -o cat -b -u mta-sts.service | tee booted.log
    grep -q 'ready: .*; file access not limited by Landlock: a filter of system calls (seccomp) forbids it' booted.log

    on systemctl disable --now mta-sts.socket mta-sts.service
}

# writable UNIT: the folders in which the unit's user, who has its name, may write where the unit runs, before Landlock.
writable() {
    on nsenter --target "$(pid "$1")" --mount setpriv --reuid "$1" --regid "$1" --clear-groups \
        find / \( -path /proc -o -path /dev -o -path /sys \) -prune -o -type d -writable -print 2>find.log
}

@test "booted: reports are taken by a program that is shut in, restarted and upgraded under load; they stay at a purge" {
    repack mta-sts-reports 9.9
    boot_root --system-call-filter="$LANDLOCK"
    on systemctl stop nginx
    install_debs "$(built mta-sts)"
    files >before
    install_debs "$(built mta-sts-reports)"
    # shellcheck disable=SC2086 # several units
    states inactive/disabled $TAKEN
    run ! on sh -c 'ls -d /run/mta-sts-reports /var/lib/mta-sts-reports 2>/dev/null'

    # The package's own test.
    put "$TREE/debian/tests/received"
    PATIENCE=200 on bash /root/received
    # shellcheck disable=SC2086
    states active/enabled $TAKEN
    shut_in mta-sts-reports 'reading in its folder and writing reports'
    writable mta-sts-reports | tee writable
    run ! grep -vE '^(/tmp|/var/tmp|/run/lock|/var/lib/mta-sts-reports(/.*)?)$' writable
    grep -qx /var/lib/mta-sts-reports writable

    # Restarts and an upgrade under load.
    local first held posting
    printf '[d%s.example]\nmx = mail.example.org\n' {0..99} >domains
    on tee -a /etc/mta-sts/policies.ini <domains >appended
    until_true journal_has mta-sts-reports.service 'read again: '
    first=$(pid mta-sts-reports) held=$(since mta-sts-reports)
    ln -s "/proc/$(pgrep -P "$NSPAWN")/root/run/mta-sts-reports/mta-sts-reports.sock" killed.sock
    python3 "$TREE/tests/deb/posting.py" post 100 3>&- &
    posting=$!
    PIDS+=("$posting")
    until_true test -s answered.7
    on systemctl restart mta-sts-reports.service
    on systemctl restart mta-sts-reports.service
    install_debs mta-sts-reports_9.9.deb
    [ "$(pid mta-sts-reports)" != "$first" ]
    [ "$(since mta-sts-reports)" = "$held" ]
    sleep 1
    touch stop
    wait "$posting"
    # A sender tries again after that: on a busy machine a report may wait too long for others of its domain. For no other reason is one refused.
    on journalctl --sync
    on journalctl --no-pager -o short-precise -u mta-sts-reports.service >journal
    grep 'refused a report for d[0-9]*[.]example: ' journal >refused || true
    cat refused
    run ! grep -v ': too many reports of this domain are on their way$' refused

    # Removed and purged, nothing runs, and only the reports are left.
    on dpkg --remove mta-sts-reports
    run ! on pgrep -x mta-sts-reports
    run ! on test -e /run/mta-sts-reports
    on sh -c 'systemctl list-units --all --no-legend --plain "mta-sts-reports*"' >units
    run ! grep -v ' not-found inactive ' units
    run -0 on dpkg --purge mta-sts-reports
    [[ $output == *'reports stay in /var/lib/mta-sts-reports'* ]]
    on tar -C /var/lib -cf - mta-sts-reports | tar -xf -
    python3 "$TREE/tests/deb/posting.py" compare mta-sts-reports
    on rm -r /var/lib/mta-sts-reports /etc/ssl/mta-sts /etc/nginx/conf.d/mta-sts-reports.conf
    on systemctl stop nginx
    files | diff before -
}

# mailed: the newest mail to root is in the file mail, and in no mailbox any more.
mailed() {
    mail_arrives
    grep -q '^Subject: MTA-STS: ' mail
    grep -q '^Sent by mta-sts-probe on ' mail
}

# rung: the timer has started the probe, whose mail is a new one.
rung() {
    on rm -f /var/lib/mta-sts-probe/mailed
    on systemctl restart mta-sts-probe.timer
    mailed
    until_true states inactive/static mta-sts-probe.service mta-sts-probe-mail.service
}

@test "booted: the timer of mta-sts-probe mails, through Postfix and through msmtp" {
    boot_root
    install_debs "$(built mta-sts)" "$(built mta-sts-probe)"
    on sh -c 'printf "\n[example.org]\nmx = mail.example.org\n" >>/etc/mta-sts/policies.ini'
    on mkdir -p /etc/systemd/system/mta-sts-probe.timer.d
    printf '[Timer]\nOnCalendar=\nOnActiveSec=1s\nRandomizedDelaySec=0\nAccuracySec=1ms\n' >now.conf
    on tee /etc/systemd/system/mta-sts-probe.timer.d/now.conf <now.conf
    on systemctl daemon-reload
    on systemctl enable mta-sts-probe.timer
    rung
    journal_has mta-sts-probe-mail.service 'mailed to root: '

    printf 'account default\nhost 127.0.0.1\nfrom probe@localhost\nlogfile /var/log/msmtp\n' >msmtprc
    on sh -c 'umask 077; cat >/etc/msmtprc' <msmtprc
    on ln -sf ../bin/msmtp /usr/sbin/sendmail
    rung
    on grep -q 'smtpstatus=250' /var/log/msmtp
    on systemd-analyze security --no-pager mta-sts-probe.service mta-sts-probe-mail.service
}
