# For the suites of senders: a network namespace with a name server, certificates, lighttpd in front of the program, and the zone with what
# `mta-sts dns` prints.

load ../helpers/suite
load ../helpers/program
load ../helpers/network
load ../helpers/dns
load ../helpers/certificates
load ../helpers/lighttpd

# zone: writes the file zone: the policy host, and what is in the files mail.zone and records, if they exist.
zone() {
    local file
    {
        root_zone
        echo 'policies.example.net. 300 IN A 127.0.0.1'
        for file in mail.zone records; do
            [ ! -e "$file" ] || echo "\$INCLUDE $file"
        done
    } >zone
    named-checkzone . zone
}

start_dns() {
    zone
    start_knot policies.example.net
}

# publish: puts what `mta-sts dns` prints into the zone.
publish() {
    "$MTA_STS" dns >records
    zone
    reload_zone
}
