# Nobody runs a command: a save of policies.ini is all. In a network namespace are a name server that takes dynamic updates, Caddy with certificates on demand from
# a real ACME server, mta-sts, and a timer that runs examples/dns-update.
#
# Two tests: a new section is saved, and within 30 seconds its record, its certificate and its policy are there. A real Postfix delivers by it, and follows the edits.
#
# Two tests: the programs are killed with SIGKILL at random and started again, while policies.ini is saved again and again. Two observers ask the name server and the
# policy hosts, as fast as they can. The property: if an answer of the name server has the id of version N of a domain's policy, then each fetch that begins after that
# answer has come, and that succeeds, gets version N or a newer one. Fetches that fail because a program is dead are counted apart. How the observers prove it, and why
# caches do not matter, is in observe.py. With BIND, mta-sts reads a copy of policies.ini that comes seconds later; with Knot DNS, the file itself.
#
# One test: the observers find the fault of a timer that does not wait for the policy.
#
# NO_CLICK_KILLS (default: 6), NO_CLICK_SAVES (6) and NO_CLICK_OBSERVATIONS (1000) are for each of the two name servers. build/no-click.txt has the results.
# A run with 200 kills each, 373 saves of 50 domains in nine minutes: 7.3 million observations, 712 ids published, no fault.

load senders
load acme
load delivery
load no-click

RESULTS=$BATS_TEST_DIRNAME/../../build/no-click.txt

setup_file() {
    mkdir -p "$(dirname "$RESULTS")"
    : >"$RESULTS"
}

policies() {
    printf '[defaults]\nmode = enforce\nhost = 11.0.0.1\n[first.test]\nmx = mail.test\n' >policies.ini
}

# saved WHAT COMMAND...: COMMAND changes policies.ini. Waits for the record, and not with requests over HTTPS: the first one makes Caddy get the certificate.
saved() {
    local begin=$EPOCHREALTIME took
    "${@:2}"
    eventually published new.test
    took=$(((${EPOCHREALTIME/.} - ${begin/.}) / 1000))
    echo "$SERVER: $1: the record came $took ms after the save" >>"$RESULTS"
    [ "$took" -lt 30000 ]
    inside curl -sf --max-time 10 https://mta-sts.new.test/.well-known/mta-sts.txt | cmp - <("$MTA_STS" show new.test)
}

new_section() {
    printf '[new.test]\nmx = mail.test\n' >>policies.ini
}

# mx_record HOST: the owner of the domain changes its MX record.
mx_record() {
    inside nsupdate -k timer.key <<<"update delete new.test. MX
update add new.test. 300 MX 10 $1.
send"
}

verified() {
    grep -qF "Verified TLS connection established to $1:25" maillog
}

# delivers_and_follows DNS
delivers_and_follows() {
    deployment "$1" policies.ini
    start_resolver
    start_postfix

    saved 'a new section' new_section
    send to@new.test first
    eventually arrived 11.0.0.2 to@new.test first
    eventually verified 'mail.test[11.0.0.2]'

    # To another MX host, in the order of RFC 8461 8.1: the policy has it before the MX record does.
    saved 'one mx more' sed -i '$s/$/, other.test/' policies.ini
    mx_record other.test
    send to@new.test second
    eventually arrived 11.0.0.3 to@new.test second
    eventually verified 'other.test[11.0.0.3]'

    # The old MX host leaves the policy. From then on a forged MX record leads nowhere.
    saved 'one mx less' sed -i '$s/mail.test, //' policies.ini
    mx_record mail.test
    send to@new.test third
    eventually held to@new.test 'Server certificate not verified'
    mx_record other.test
    eventually arrived 11.0.0.3 to@new.test third
    eventually queue_is_empty
    [ "$(wc -l <arrived)" -eq 3 ]
}

# storm KILLS SAVES OBSERVATIONS
storm() {
    PATIENCE=3600 inside "$BATS_TEST_DIRNAME/storm.py" "$@" >storm.out 2>&1 || {
        cat storm.out
        [ ! -e faults ] || head -n 20 faults
        tail -n 20 ./*.log
        return 1
    }
    sed "s/^/$SERVER: /" storm.out >>"$RESULTS"
}

@test "no click: a new section is published, Postfix delivers under enforce and follows the next saves: BIND" {
    delivers_and_follows bind
}

@test "no click: a new section is published, Postfix delivers under enforce and follows the next saves: Knot DNS" {
    delivers_and_follows knot
}

@test "no click: kills and saves, and never an id whose policy is not served: BIND" {
    deployment bind served.ini
    storm "${NO_CLICK_KILLS:-6}" "${NO_CLICK_SAVES:-6}" "${NO_CLICK_OBSERVATIONS:-1000}"
}

@test "no click: kills and saves, and never an id whose policy is not served: Knot DNS" {
    deployment knot policies.ini
    storm "${NO_CLICK_KILLS:-6}" "${NO_CLICK_SAVES:-6}" "${NO_CLICK_OBSERVATIONS:-1000}"
}

@test "no click: the observers find the ids of a timer that publishes what is in policies.ini, served or not" {
    deployment bind served.ini "'$MTA_STS' -f policies.ini dns --format nsupdate | nsupdate -k timer.key"
    run storm 0 8 0
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *'stale policy'*'id of version'* ]]
}
