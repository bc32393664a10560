# examples/monitoring under a systemd that has booted: the probe is shut in, and its mail arrives, through Postfix and through msmtp. What boots is a
# copy of this machine's root file system (an overlay in memory) with the units of the example. It has the laboratory's network.

load ../helpers/suite
load probe
load ../helpers/machine

teardown_file() {
    lab_stop
    machine_stop
}

MONITORING=$(realpath "$BATS_TEST_DIRNAME/../../examples/monitoring")
MAIL_SERVER=127.0.0.99

# root_files: what the machine has besides its copy of /, in the folder root.
root_files() {
    local units=root/etc/systemd/system
    mkdir -p "$units" root/etc/postfix root/etc/mta-sts root/usr/local/{bin,lib/mta-sts}
    cp "$MONITORING"/mta-sts-probe{.service,-mail.service,.timer} "$units"
    # The laboratory's name server and authority.
    sed -i "s|/mta-sts-probe -q |&--ca /etc/mta-sts/ca.pem --dns 127.0.0.1:$DEPLOYED_DNS |" "$units/mta-sts-probe.service"
    cp "$PROBE" root/usr/local/bin/
    cp "$MONITORING/probe-mail" root/usr/local/lib/mta-sts/
    cp "$LAB/ca.pem" policies.ini root/etc/mta-sts/
    chmod 644 root/etc/mta-sts/*
    cat >root/etc/postfix/main.cf <<CONF
compatibility_level = 3.6
myhostname = probe.example
mydestination = probe.example
inet_interfaces = 127.0.0.1
alias_maps =
maillog_file = /var/log/mail.log
CONF
    # No service in a chroot, which Debian's init script would have to fill.
    sed -E "s/^smtp +inet/$MAIL_SERVER:&/"'; s/^([a-z0-9.:]+ +(inet|unix) +\S+ +\S+ +)y/\1n/' /usr/share/postfix/master.cf.dist >root/etc/postfix/master.cf
    printf '[Service]\nExecStart=/usr/sbin/postfix start-fg\n' >"$units/mail.service"
    # No service of this machine's own.
    printf '[Unit]\nRequires=basic.target mail.service\nAfter=basic.target mail.service\n' >"$units/tested.target"
    echo probe >root/etc/hostname
    echo '127.0.0.1 localhost probe probe.example' >root/etc/hosts
    cat >root/etc/msmtprc <<CONF
account default
host $MAIL_SERVER
from probe@probe.example
logfile /var/log/msmtp
CONF
    # It could hold a password.
    chmod 600 root/etc/msmtprc
}

# alarm: what the timer starts.
alarm() {
    on systemctl start mta-sts-probe-mail
}

# headers FROM SUBJECT: the mail has these headers, and the others that it needs.
headers() {
    sed '/^$/,$d' mail >header
    grep -qx "From: MTA-STS probe <$1>" header
    grep -qx "Subject: MTA-STS: $2" header
    grep -qE '^To: root(@probe.example)?$' header
    grep -qx 'Auto-Submitted: auto-generated' header
    grep -qx 'Content-Type: text/plain; charset=utf-8' header
    grep -qx 'MIME-Version: 1.0' header
    [ "$(grep -ciE '^(date|from|to|message-id):' header)" -eq 4 ]
}

log() {
    on journalctl -o cat --no-pager -u mta-sts-probe-mail
}

@test "a booted systemd: the mail arrives through Postfix and msmtp, when something changes; a failing mail is seen" {
    needs_machine msmtp postfix
    deploy 2
    root_files
    boot

    # The first mail, through Postfix.
    alarm || { log; on cat /run/mta-sts-probe.txt; false; }
    mail_arrives
    headers root@probe.example 'all domains are ok'
    grep -q 'mta-sts-probe has found nothing wrong' mail
    # No second one without a change.
    alarm
    log | grep -x 'no mail, since nothing has changed: all domains are ok'

    on sed -i '/^\[d2.example\]/a mode = testing' /etc/mta-sts/policies.ini
    alarm
    mail_arrives
    headers root@probe.example '1 failing of 2 domains'
    grep -q '^FAIL  d2.example' mail
    grep -q '^Sent by mta-sts-probe on probe' mail
    run -1 grep d1.example mail
    alarm
    on touch -d '160 hours ago' /var/lib/mta-sts-probe/mailed
    alarm
    mail_arrives
    headers root@probe.example 'still 1 failing of 2 domains'

    # Through msmtp, as msmtp-mta installs it.
    on ln -sf ../bin/msmtp /usr/sbin/sendmail
    on sed -i 's/^host .*/host 127.0.0.98/' /etc/msmtprc
    on sed -i '/^mode = testing/d' /etc/mta-sts/policies.ini
    run ! alarm
    on systemctl is-failed mta-sts-probe-mail
    log >failed
    grep -q 'sendmail: cannot connect to 127.0.0.98' failed
    grep -q 'the mail to root could not be sent (exit status 75).*try again: systemctl start mta-sts-probe-mail' failed
    # The mail that was not sent is not forgotten.
    on sed -i 's/^host .*/host 127.0.0.99/' /etc/msmtprc
    alarm
    mail_arrives
    headers probe@probe.example 'all domains are ok'

    # A probe that finds nothing since it does not run.
    on mv /etc/mta-sts/policies.ini /etc/mta-sts/gone
    alarm
    mail_arrives
    headers probe@probe.example 'the check did not work'
    grep -q 'mta-sts-probe: /etc/mta-sts/policies.ini: cannot be read' mail
    on mv /usr/local/bin/mta-sts-probe /usr/local/bin/gone
    alarm
    mail_arrives
    grep -q 'did not check all domains (result exit-code)' mail

    # No program takes the mail.
    on rm /usr/sbin/sendmail
    on rm /var/lib/mta-sts-probe/mailed
    run ! alarm
    log | grep 'there is no /usr/sbin/sendmail'
}
