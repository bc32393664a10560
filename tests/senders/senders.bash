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

# query DOMAIN [ID]: what mta-sts-query, of postfix-mta-sts-resolver, finds, in the file queried; ID is of the policy that it has. It waits for 4 seconds for
# the DNS, and for the policy, which no option changes. A failure that took so long may be this machine's: it is run again, up to four times.
query() {
    local i began code
    for i in 1 2 3 4 5; do
        began=$SECONDS code=0
        inside mta-sts-query "$@" >queried 2>&1 || code=$?
        cat queried
        [ "$code" -eq 0 ] || return "$code"
        grep -q FETCH_ERROR queried && [ $((SECONDS - began)) -ge 4 ] || return 0
        echo "# mta-sts-query, run $i: $((SECONDS - began)) s" >&3
    done
}

# printed_id DOMAIN [FILE]: the id in the records that `mta-sts dns` prints, or has printed to FILE.
printed_id() {
    if [ $# -gt 1 ]; then cat "$2"; else "$MTA_STS" dns "$1"; fi | sed -n "s/^_mta-sts\\.$1\\. .*\"v=STSv1; id=\\([A-Za-z0-9]\\{1,32\\}\\);\"\$/\\1/p"
}
