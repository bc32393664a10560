# examples/dns-update under a systemd that has booted: the timer publishes what policies.ini says, shut in and with the key from root's file.

load ../helpers/suite
load probe
load dynamic
load ../helpers/machine
load update

teardown_file() {
    lab_stop
    machine_stop
}

# root_files: what the machine has besides its copy of /, in the folder root.
root_files() {
    local units=root/etc/systemd/system
    mkdir -p "$units" root/etc/mta-sts root/usr/local/{bin,lib/mta-sts}
    cp "$DNS_UPDATE"/mta-sts-update.{service,timer} "$units"
    # The laboratory's name servers and authority, and less time between two runs.
    sed -i "s|^Environment=SERVER=.*|Environment=SERVER=127.0.0.1:$UPDATED_DNS|; s|\${SERVER}\$|& --ca /etc/mta-sts/ca.pem --dns 127.0.0.1:$((UPDATED_DNS + 100))|" \
        "$units/mta-sts-update.service"
    sed -i 's/=30s$/=1s/' "$units/mta-sts-update.timer"
    cp "$PROBE" root/usr/local/bin/
    cp "$DNS_UPDATE/dns-update" root/usr/local/lib/mta-sts/
    cp "$LAB/ca.pem" policies.ini tsig.key root/etc/mta-sts/
    chmod 644 root/etc/mta-sts/*
    chmod 600 root/etc/mta-sts/tsig.key
    printf '[Unit]\nRequires=basic.target mta-sts-update.timer\nAfter=basic.target\n' >"$units/tested.target"
    echo probe >root/etc/hostname
}

# shown COMMAND...: like until_true. If COMMAND never succeeds, it shows the journal.
shown() {
    until_true "$@" && return 0
    on journalctl -o cat --no-pager -u mta-sts-update
    return 1
}

# logged_there TEXT: the machine's journal has it. The journal does not know the unit of a process that ended at once.
logged_there() {
    on journalctl -o cat --no-pager >journal && grep -q -- "$1" journal
}

is_published() {
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
}

@test "a booted systemd: the timer publishes a domain, and then what changes; a refused change fails the unit" {
    needs_machine nsupdate
    policies testing
    dynamic bind
    serve
    root_files
    boot
    shown is_published
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    [ "$(seen _smtp._tls.d1.example TXT)" = '"v=TLSRPTv1; rua=mailto:tls@example.test"' ]

    # The file changes, and is not served yet: the journal says so, and the unit is well.
    cp policies.ini served.ini
    serve_file served.ini
    policies enforce
    on tee /etc/mta-sts/policies.ini <policies.ini >/dev/null
    shown logged_there 'the id waits: ini: another policy is served'
    run ! is_published
    run ! on systemctl is-failed mta-sts-update
    serve_file policies.ini
    shown is_published

    # A key that the name server does not know.
    tsig-keygen -a hmac-sha256 mta-sts >other.key
    on systemctl stop mta-sts-update.timer mta-sts-update.service
    on tee /etc/mta-sts/tsig.key <other.key >/dev/null
    by_hand 'update delete _smtp._tls.d1.example. TXT'
    run ! on systemctl start mta-sts-update
    on systemctl is-failed mta-sts-update
    shown logged_there 'dns-update: 127.0.0.1:[0-9]* refused a change'
}

@test "the units are valid, and the service is shut in" {
    local unit
    for unit in mta-sts-update.service mta-sts-update.timer; do
        sed "s|/usr/local/lib/mta-sts/|$DNS_UPDATE/|" "$DNS_UPDATE/$unit" >"$unit"
    done
    timeout 60 systemd-analyze verify --man=no ./mta-sts-update.timer >verified 2>&1 || { cat verified; return 1; }
    run -1 grep mta-sts-update verified
    timeout 60 systemd-analyze security --offline=true --no-pager --threshold=15 ./mta-sts-update.service
}
