# mta-sts-probe against the laboratory: the result of each case, and its output.

bats_require_minimum_version 1.5.0
load ../helpers/suite
load probe

# in_terminal COMMAND...: runs COMMAND in a terminal of 80 columns. The file screen has all that it wrote there.
in_terminal() {
    local command
    printf -v command '%q ' "$@"
    TERM=xterm script -qec "stty cols 80; $command" screen >/dev/null </dev/null || true
}

# is_ascii FILE: FILE has only printable ASCII and line ends.
is_ascii() {
    LC_ALL=C grep -qvP '^[\x20-\x7e]*$' "$1" || return 0
    LC_ALL=C grep -nvP '^[\x20-\x7e]*$' "$1" | cat -v
    return 1
}

all_cases() {
    grep -v '^#' "$CASES" | cut -f 1
}

@test "every case of the table: its check, its severity, JSON by the schema" {
    # shellcheck disable=SC2046
    probe_in_time --json $(all_cases) >out 2>err || [ $? -eq 2 ]
    [ ! -s err ]
    "$BATS_TEST_DIRNAME/check_cases.py" "$CASES" out
}

@test "every case as text: 80 columns, ASCII, and a summary" {
    # shellcheck disable=SC2046
    probe $(all_cases) >out 2>err || [ $? -eq 2 ]
    [ ! -s err ]
    is_ascii out
    # Words that are longer than a line are not cut.
    run -1 grep -nE '^.{81,}$' <(grep -v '[^ ]\{60,\}' out | head -n -1)
    grep -cE '^(ok|warn|FAIL|\?) +[a-z0-9.-]+(: mode [a-z]+)?$' out | grep -qx "$(all_cases | wc -l)"
    tail -n 1 out | grep -qE "^$(all_cases | wc -l) domains in [0-9.]+ s: [0-9]+ ok, [0-9]+ with warnings, [0-9]+ failing, [0-9]+ unknown\$"
}

@test "exit statuses: ok, warning, critical, unknown, and the worst of them" {
    probe healthy.test
    run -1 probe tlsrpt-none.test
    run -2 probe txt-none.test
    run -3 probe smtp-later.test
    run -1 probe healthy.test tlsrpt-none.test
    run -3 probe tlsrpt-none.test smtp-later.test
    run -2 probe smtp-later.test txt-none.test healthy.test
}

@test "usage: what is wrong is said, and the status is that of who cannot tell" {
    run -3 probe
    [[ $output == *'nothing to look at'* ]]
    run -3 probe --nothing healthy.test
    [[ $output == *'--nothing: there is no such option; "mta-sts-probe -h" lists them' ]]
    run -3 probe -j 0 healthy.test
    [[ $output == *'-j: write a number from 1 to 256'* || $output == *'0: write a number from 1 to 256'* ]]
    run -3 probe --json=yes healthy.test
    [[ $output == *'--json=yes: takes no value; write --json' ]]
    run -3 probe -f
    [[ $output == *'-f: needs a value; write -f FILE' ]]
    run -3 probe -f one.ini -f two.ini
    [[ $output == *'-f: write only one file, and call the program once for each' ]]
    run -3 probe mta-sts.healthy.test
    [[ $output == *'is the policy host; write healthy.test'* ]]
    run -3 probe healthy..test
    run -3 probe -f nowhere.ini
    [[ $output == *nowhere.ini* ]]
    run -3 probe nowhere.ini
    [[ $output == *'nowhere.ini is a file and no domain; write -f nowhere.ini' ]]
    run -3 probe "$DIR/policies.ini"
    [[ $output == *'is a file and no domain; write -f '*/policies.ini ]]
    # A file that names domains is meant, and a zone file is not.
    cp policies.ini policies.conf
    run -3 inside env -C "$DIR" "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" healthy.test policies.conf
    [[ $output == *'policies.conf is a file and no domain; write -f policies.conf' ]]
    echo 'const policies = {};' >"$DIR/worker.js"
    run -3 probe --import "$DIR/worker.js"
    [[ $output == *'worker.js is a file, and names no domain as policies.ini does; write a domain, or "mta-sts import '*'worker.js"' ]]
    printf '@ 300 IN SOA ns hostmaster 1 1 1 1 1\n@ 300 IN TXT "a=b"\n' >healthy.test
    inside env -C "$DIR" "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" healthy.test
    run -3 probe bücher.example
    [[ $output == 'mta-sts-probe: "bücher.example" is not ASCII; write xn--bcher-kva.example' ]]
    LC_ALL=C run -3 probe --suggest 'Faß.de.'
    [[ $output == *'write xn--fa-hia.de' ]]
    run -3 probe --tlsa $'mx.bu\xcc\x88cher.example'
    [[ $output == *'write mx.xn--bcher-kva.example' ]]
    run -3 probe mta-sts.bücher.example
    [[ $output == *'mta-sts.xn--bcher-kva.example is the policy host; write xn--bcher-kva.example' ]]
    run -3 probe $'b\xfccher.example'
    [[ $output == *'is not ASCII; write its A-label (xn--...), as "idn2" prints it' ]]
    run -3 "$PROBE" --explain nothing
    [[ $output == 'mta-sts-probe: --explain nothing: write a kind of finding'*tlsrpt* ]]
    run -3 probe --suggest healthy.test --tlsa mail.healthy.test
    [[ $output == *'--tlsa: write only one of --explain, --import, --suggest, --tlsa, --update and --version, and that once' ]]
    run -3 probe --suggest healthy.test --suggest txt-none.test
    run -3 probe -
    run -3 probe --ca nowhere.pem healthy.test
    run -0 "$PROBE" --help
    [[ $output == *--suggest* ]]
    run -0 "$PROBE" --version
    [[ ${lines[0]} == mta-sts-probe\ * && ${lines[1]} =~ ^with\ libcurl\ [0-9.]+,\ [a-z-]+\ [0-9.]+,\ OpenSSL\ [0-9.]+$ ]]
    [[ ${lines[1]} == *"OpenSSL $(openssl version | cut -d ' ' -f 2)" ]]
}

# value OPTION: a value that OPTION takes.
value() {
    case $1 in
    --file | --ca | --trust-anchor) echo none ;;
    --at | --dns | --primary) echo 127.0.0.1 ;;
    --color) echo never ;;
    --helo | --delegate) echo a.example ;;
    *) echo 1 ;;
    esac
}

@test "usage: no option that has an effect only without --suggest, --tlsa, --update, --explain or --version is taken with it" {
    local -A takes=(
        ['--suggest a.example']=' --warn-days --timeout --domain-timeout --dns --trust-anchor --ca --helo --https-port --smtp-port '
        ['--tlsa a.example']=' --timeout --domain-timeout --dns --trust-anchor --ca --helo --smtp-port '
        ['--update zone']=' --file --jobs --quiet --replace --delegate --primary --warn-days --timeout --domain-timeout --dns --trust-anchor --ca --helo --https-port --smtp-port '
        ['--explain txt']=' ' ['--version']=' '
    )
    local action option argument arguments
    "$PROBE" --help | sed -n 's/^  \(-[a-z],\|   \) \(--[a-z-]*\) *\([A-Z]*\).*/\2 \3/p' | grep -vE -- '--(import|suggest|tlsa|update|explain|version|help)' >options
    [ "$(wc -l <options)" -eq 25 ]
    for action in "${!takes[@]}"; do
        while read -r option argument; do
            arguments=("$option")
            [ -z "$argument" ] || arguments+=("$(value "$option")")
            # With no network, and a file that is not there, nothing is asked.
            # shellcheck disable=SC2086 # an option and its value
            run inside unshare --net "$PROBE" $action --ca nowhere "${arguments[@]}"
            if [[ ${takes[$action]} == *" $option "* ]]; then
                [[ $output != *"$option: has no effect here"* ]]
            else
                [[ $status -eq 3 && $output == *"$option: has no effect here; write $action without it"* ]]
            fi
        done <options
        [[ $action != --update* ]] || continue
        # shellcheck disable=SC2086
        run -3 "$PROBE" $action b.example
        [[ $output == "mta-sts-probe: b.example: has no effect here; write $action without it" ]]
    done
    run -3 "$PROBE" --replace b.example
    [[ $output == 'mta-sts-probe: --replace: has no effect here; write --update, too' ]]
    run -3 "$PROBE" --update zone b.example
    [[ $output == 'mta-sts-probe: --update: write -f FILE with it' ]]
    run -0 "$PROBE" --json --help b.example
    [[ $output == usage:* ]]
}

@test "enforce, testing, none: what a fault does to mail" {
    run -2 probe smtp-nostarttls.test
    [[ $(tr -s ' \n' ' ' <<<"$output") == *'mail: Senders that honour MTA-STS are deferring mail for mail.smtp-nostarttls.test now (RFC 8461 5)'* ]]
    run -2 probe mx-other.test
    [[ $(tr -s ' \n' ' ' <<<"$output") == *'deferring mail for mx.elsewhere.test now (RFC 8461 5); it goes to mail.mx-other.test instead'* ]]
    run -2 probe txt-none.test
    [[ $(tr -s ' \n' ' ' <<<"$output") == *'Senders without a policy in their cache find none'*'Those that have one keep to it'* ]]
    run -0 probe healthy.test
    [[ $output != *mail:* ]]
}

# words: what the last run printed, on one line.
words() {
    tr -s ' \n' ' ' <<<"$output"
}

@test "every address of the policy host: which one fails is told, and what that does to mail" {
    run -1 probe host-six.test
    [[ $(words) == *'; at 1 of 2 addresses'*'at 2a00:1::1: "mta-sts.host-six.test" accepts no connection'* ]]
    [[ $(words) == *'mail: A sender that asks an address of the policy host that fails keeps to the policy in its cache, or delivers without MTA-STS'* ]]
    run -1 probe host-name.test
    [[ $(words) == *'at 11.0.0.20: "mta-sts.host-name.test" is not among the certificate'* ]]
    run -1 probe host-404.test
    [[ $(words) == *'at 11.0.0.23: "404" is the status'* && $output != *implementations* ]]
    run -2 probe host-other.test
    [[ $(words) == *'at 11.0.0.21: another policy is served there'*'Which policy a sender keeps depends on the address'* ]]
    # Each of them is judged by what it says: the other one matches no MX host.
    [[ $(words) == *'FAIL mx'*'at 11.0.0.21: "mail.host-other.test" is matched by no pattern'*'are deferring mail for it now'* ]]
    [[ $output != *implementations* ]] # no figure says how many senders ask which address
    # The certificate is good at one address, and the answer at the other: no sender gets a policy.
    run -2 probe host-split.test
    [[ $(words) == *'FAIL answer'*'Senders without a policy in their cache find none'* ]]
    run -0 probe host-noroute.test
    [[ $(words) == *'at 12.0.0.1: "mta-sts.host-noroute.test" was not asked there'* && $output != *mail:* ]]
    # The second address may be good: nobody here can say that no sender gets the policy.
    run -2 probe host-unseen.test
    [[ $(words) == *'at 12.0.0.1: "mta-sts.host-unseen.test" was not asked there'*'mail: A sender that asks an address of the policy host that fails'* ]]
    [[ $(words) != *'find none'* ]]
    run -2 probe host-unseen-404.test
    [[ $(words) == *'mail: A sender that asks an address of the policy host that fails'* && $(words) != *'find none'* ]]
    # What is wrong at all addresses is said once.
    run -2 probe host-all.test
    [[ $(words) == *'at 11.0.0.1, 2a00:1::1: "mta-sts.host-all.test" accepts no connection;'*'[Connection refused]'* ]]
}

@test "--at: a policy host is asked at this address alone, whatever the DNS says about it" {
    run -0 probe --at 11.0.0.2 host-name.test
    [[ $output != *11.0.0.20* && $output == 'ok    host-name.test: mode enforce, at 11.0.0.2'* ]]
    [[ $(words) == *'host 11.0.0.2, because of --at: the DNS was not asked'* ]]
    run -2 probe --at 11.0.0.20 host-name.test
    [[ $(words) == *'"mta-sts.host-name.test" is not among the certificate'* ]]
    # No one has this address.
    run -2 probe --at 2a00:1::1 healthy.test
    [[ $(words) == *'"mta-sts.healthy.test" accepts no connection'* ]]
    run -3 probe --at mail.healthy.test healthy.test
    [[ $output == 'mta-sts-probe: --at: write an address of the policy host, as in 192.0.2.80 or 2001:db8::80'* ]]
    run -3 probe -f none --update zone --at 11.0.0.2
    [[ $output == 'mta-sts-probe: --at: has no effect here; write --update zone without it' ]]
}

@test "every address of an MX host: which one fails is told, and what that does to mail" {
    run -1 probe mail-name.test
    [[ $(words) == *'at 11.0.3.'*': mail.mail-name.test: "mail.mail-name.test" is not among'* ]]
    [[ $(words) == *'mail: At the addresses that fail of mail.mail-name.test, senders that honour MTA-STS deliver nothing: each tries the next address'* ]]
    run -1 probe mail-six.test
    [[ $(words) == *'at 2a00:1::1: "mail.mail-six.test" accepts no connection'* ]]
    run -2 probe mail-unseen.test
    [[ $(words) == *'0 of 1 MX host'*'at 12.0.0.1: "mail.mail-unseen.test" was not asked there'*'mail: At the addresses that fail of mail.mail-unseen.test'* ]]
    [[ $(words) != *'are deferring'* ]]
    run -2 probe mail-all.test
    [[ $(words) == *'Senders that honour MTA-STS are deferring mail for mail.mail-all.test now'* ]]
    # Why it is not known is told beside what is.
    run -3 probe mail-link.test
    [[ $(words) == *'? smtp 0 of 1 MX host '*'; mail.mail-link.test: no way there from this machine'*'"169.254.1.1" is not a public address'* ]]
    run -2 probe mx-repeated.test
    [ "$(words | grep -o '"mx.elsewhere.test" is matched by no pattern' | wc -l)" -eq 1 ]
    run -0 probe mail-noroute.test
    [[ $(words) == *'at 12.0.0.1: "mail.mail-noroute.test" was not asked there'* && $output != *mail:\ * ]]
}

@test "32 MX hosts that do not greet: side by side, and no longer than --domain-timeout" {
    local begin=$SECONDS
    run -3 probe --timeout 5 smtp-tarpits.test
    [[ $(words) == *'0 of 32 MX hosts'*'mx31.smtp-tarpits.test" gave no answer in time'* ]]
    # Eight at a time would take 20 s.
    [ $((SECONDS - begin)) -lt 19 ]
    begin=$SECONDS
    run -3 probe --timeout 60 --domain-timeout 3 smtp-tarpits.test healthy.test
    [[ $(words) == *'? smtp 0 of 32 MX hosts'*'mx0.smtp-tarpits.test: there was no time left to wait for it'*'; and 29 more'* ]]
    [[ $output == *'ok    healthy.test'* && $output == *'ok    tlsrpt  mailto:tls@smtp-tarpits.test'* ]]
    [ $((SECONDS - begin)) -lt 50 ]
    run -3 probe --domain-timeout 0 healthy.test
    [[ $output == *'write seconds, from 1 to 3600'* ]]
}

@test "no more than 8 connections at a time to one address" {
    local at most=0 n
    at=$(inside kdig +short mx1.smtp-tarpit.test A)
    # shellcheck disable=SC2086
    $INSIDE "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --timeout 30 --domain-timeout 4 -j 4 smtp-tarpit.test smtp-hung.test mail-hung.test >out 2>err 3>&- &
    local pid=$!
    PIDS+=("$pid")
    while kill -0 "$pid" 2>/dev/null; do
        n=$(inside ss -Htnp dst "$at" | grep -c "pid=$pid,") || true # other tests ask it, too
        [ "$n" -le "$most" ] || most=$n
        sleep 0.1
    done
    wait "$pid" || true
    echo "$most at most"
    [ "$most" -eq 8 ]
}

@test "an address that accepts no connection: two wait in vain, and all other domains there need not" {
    local n
    {
        root_zone
        for n in $(seq 64); do
            echo "_mta-sts.n$n.example. 300 IN TXT \"v=STSv1; id=1;\""
            echo "mta-sts.n$n.example. 300 IN A 11.0.0.39"
            echo "n$n.example. 300 IN MX 0 ."
        done
    } >zone
    DNS_PORT=$DEPLOYED_DNS start_knot mta-sts.n1.example 11.0.0.39
    # A queue that is full: whatever comes after that gets no answer.
    start full.log python3 -c '
import socket, threading
keep = [socket.create_server(("11.0.0.39", 443), backlog=0)]
for _ in range(4):
    keep.append(socket.socket())
    keep[-1].setblocking(False)
    keep[-1].connect_ex(("11.0.0.39", 443))
print("ready", flush=True)
threading.Event().wait()'
    until_true grep -qx ready full.log
    # shellcheck disable=SC2046 # one a line
    run -2 probe_deployed --timeout 3 $(printf 'n%d.example\n' $(seq 64))
    [ "$(grep -c '^FAIL  n' <<<"$output")" -eq 64 ]
    # Besides the two, those wait that came before: eight at a time.
    [ "$(words | grep -oF '[no connection in time]' | wc -l)" -le 16 ]
    [ "$(words | grep -oF '[no connection in time, for other domains, a moment ago]' | wc -l)" -ge 48 ]
}

@test "the shares of senders: a record and a policy that some take" {
    run -2 probe txt-bad.test
    [[ $(words) == *'mail: The record is refused by 8 to 9 of 16 sender implementations: those deliver without MTA-STS, unprotected,'* ]]
    run -2 probe policy-blank.test
    [[ $(words) == *'mail: The policy is refused by 3 of 17 sender implementations:'* ]]
    run -2 probe smtp-noaddress.test
    [[ $(words) == *'mail: No sender at all can deliver to mail.smtp-noaddress.test (RFC 5321 5.1), and smtp-noaddress.test has no other'* ]]
}

@test "a domain that does not exist, and one without MX records" {
    run -2 probe txt-gone.test
    [[ $(words) == *'FAIL txt "txt-gone.test" does not exist (NXDOMAIN);'*'not looked at since the domain does not exist'* ]]
    [[ $(words) == *'mail: Mail for txt-gone.test is returned to its authors at once'* && $output != *publish* ]]
    run -2 probe mx-none.test
    [[ $(words) == *'FAIL mx '*'publish an MX record for its mail host: mail.mx-none.test, if mail for it is taken there '* && $output != *remove* ]]
    run -2 probe mx-lost.test
    [[ $(words) == *'FAIL smtp '*'has no MX record and no address'*'publish an MX record for its mail host'* && $output != *remove* ]]
}

@test "records in the wrong form, and where a DNS form puts them" {
    run -2 probe txt-twice.test
    [[ $(words) == *'"_mta-sts.txt-twice.test.txt-twice.test" has such a record, and no sender looks there; publish it at the right name: _mta-sts.txt-twice.test '* ]]
    run -2 probe txt-under.test
    [[ $(words) == *'"_mta_sts.txt-under.test" has such a record'* ]]
    run -2 probe txt-hidden.test
    [[ $(words) == *'"v=spf1 -all" is not a record of MTA-STS'*'"_mta_sts.txt-hidden.test" has such a record'* ]]
    run -2 probe txt-wildcard.test
    [[ $(words) == *'there is no TXT record'* && $(words) != *'has such a record'* ]]
    run -1 probe tlsrpt-twice.test
    [[ $(words) == *'"_smtp._tls.tlsrpt-twice.test.tlsrpt-twice.test" has such a record'* ]]
    run -2 probe txt-quotes.test
    [[ $(words) == *'has quotation marks within it, which the form of a DNS provider adds by itself'* ]]
    run -1 probe tlsrpt-both.test
    [[ $(words) == *'in one, with commas between: rua=mailto:a@x.test,https://b.test/c (RFC 8460 3)'* ]]
    probe host-private.test >out || [ $? -ne 0 ]
    [[ $(tr -s ' \n' ' ' <out) == *'"10.0.0.1" is not a public address'*'[for private networks] (RFC 6890)'* ]]
    run -0 probe signed.test
    [[ $(words) == *'"mail.signed.test" is protected by DANE'*'there, too: _smtp._tls.mail.signed.test '* ]]
}

@test "--quiet: nothing of what is fine" {
    run -0 probe -q healthy.test mode-testing.test
    [ -z "$output" ]
    run -0 probe -q --json healthy.test
    [ -z "$output" ]
    run -1 probe -q healthy.test tlsrpt-none.test
    [[ $output != *healthy.test* && $output == *'warn  tlsrpt-none.test'* && $output == *'2 domains'* ]]
}

@test "colour: on a terminal, and where it is asked for; never with NO_COLOR" {
    probe healthy.test >plain
    is_ascii plain
    probe --color=always healthy.test >coloured
    grep -q $'\033\[32mok\033\[m' coloured
    sed 's/\x1b\[[0-9;]*m//g' coloured | sed 's/[0-9]* ms//' | cmp - <(sed 's/[0-9]* ms//' plain)
    # shellcheck disable=SC2086
    in_terminal $INSIDE env TERM=xterm "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" healthy.test
    grep -q $'\033\[32mok' screen
    # shellcheck disable=SC2086
    in_terminal $INSIDE env TERM=xterm NO_COLOR=1 "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" healthy.test
    grep -q healthy.test screen
    run -1 grep -q $'\033' screen
    # shellcheck disable=SC2086
    in_terminal $INSIDE env TERM=xterm "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --color never healthy.test
    run -1 grep -q $'\033' screen
}

@test "a progress bar: on a terminal's standard error, and nowhere else" {
    # shellcheck disable=SC2086
    in_terminal $INSIDE env TERM=xterm "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --timeout 4 healthy.test answer-slow.test
    grep -qE '\[[#.]{30}\] [01]/2' screen
    probe healthy.test answer-slow.test >out 2>err || [ $? -eq 1 ]
    [ ! -s err ]
    run -1 grep -q '\[#' out
}

@test "a chain of CNAMEs is told by its first target, which the owner wrote" {
    run -0 probe host-chain.test txt-chain.test
    [[ $(words) == *'ok host 11.0.0.2, by way of steps.chain.test '*'ok txt id 1, by way of one.chain.test '* ]]
}

@test "what servers say controls no terminal" {
    probe --color never answer-escape.test smtp-escape.test txt-escape.test >out || [ $? -eq 2 ]
    is_ascii out
    grep -qF 'x1b[31m' out
    probe --json answer-escape.test smtp-escape.test txt-escape.test >out || [ $? -eq 2 ]
    is_ascii out
}

@test "--explain: each check, and each kind that is ever found" {
    local check kind
    for check in txt host https answer policy mx smtp tlsrpt ini dane; do
        run -0 "$PROBE" --explain "$check"
        [[ $output == "$check: "*'What a fault does to mail'*'What to do'* ]]
        [[ $output == *RFC* ]]
    done
    # shellcheck disable=SC2046
    probe --json $(all_cases) >out || [ $? -eq 2 ]
    for kind in $(grep -oE '"kind":"[a-z0-9-]+"' out | cut -d '"' -f 4 | sort -u); do
        "$PROBE" --explain "$kind" | paste -sd ' ' | tr -s ' ' >explained
        grep -qF "$kind (" explained
        # Where the findings name what is wrong, the explanation has dots.
        grep -oE "\"kind\":\"$kind\",[^}]*" out | grep -oE '"text":"(at [^ ]*(, [^ ]*)*: )?([a-z0-9.-]+: )?(..|)' | sort -u >begins
        if grep -qE '(:"|: )\\"$' begins; then grep -qF '): "..." ' explained; else run -1 grep -qF '): "..." ' explained; fi
    done
    "$PROBE" --explain smtp-later | grep -qF 'smtp-later (warn; the check is ?): "..." asks to try again later'
}

# suggests STATUS DOMAIN TEXT...: the section is one that check takes, and each TEXT stands in it, spaces and line ends aside.
suggests() {
    local status=$1 domain=$2 plain
    shift 2
    run "-$status" probe --suggest "$domain"
    printf '%s\n' "$output" >suggested.ini
    plain=$(tr '\n' ' ' <suggested.ini | sed 's/ ; / /g' | tr -s ' ')
    while [ $# -gt 0 ]; do
        [[ $plain == *"$1"* ]] || { echo "$plain"; echo "not said: $1"; return 1; }
        shift
    done
    "$MTA_STS" -f suggested.ini check
}

@test "--suggest: a section that check takes, with what would fail" {
    probe --suggest healthy.test >suggested.ini
    [ "$("$MTA_STS" -f suggested.ini check)" = 'suggested.ini: 1 domain, 0 errors, 0 warnings' ]
    "$MTA_STS" -f suggested.ini show healthy.test | grep -qx $'mx: mail.healthy.test\r'
    suggests 2 smtp-self.test 'mail.smtp-self.test would get no mail once the mode is enforce'
    suggests 2 many.test
    suggests 3 mail-link.test 'mail.mail-link.test could not be looked at: no way there from this machine' '"169.254.1.1" is not a public address'
    suggests 1 mx-beside.test 'has a null MX record (".") beside others' 'mx = mail.mx-beside.test'
    suggests 1 host-hidden.test 'has no public address' 'host = 10.0.0.25'
    run -1 probe --suggest parked.test
    [[ $(words) == *'and needs no policy; if one is served'* ]]
    # What is planned is not lost.
    suggests 0 mx-unused.test 'mx = mail.mx-unused.test mx = old.mx-unused.test served now, but no MX record matches it; keep it for'
    # As the owner wrote it, wherever that leads to.
    suggests 0 host-chain.test 'host = steps.chain.test'
    suggests 1 mx-alias.test 'mx = mail.mx-alias.test' 'is a CNAME, which the host of an MX record must not be'
    run -3 probe --suggest txt-timeout.silent
    suggests 3 smtp-later.test
}

# imported STATUS DOMAIN...: --import of the domains; the sections are those that check takes.
imported() {
    local status=$1
    shift
    run "-$status" --separate-stderr probe --import "$@"
    printf '%s\n' "$output" >imported.ini
    [ -z "$output" ] || "$MTA_STS" -f imported.ini check
}

@test "--import: sections for what is served; equal policies share one, and what is not imported is a comment" {
    imported 0 healthy.test mode-testing.test policy-lf.test host-lf.test tlsrpt-none.test
    [ -z "$stderr" ]
    local domain
    for domain in healthy.test mode-testing.test policy-lf.test host-lf.test tlsrpt-none.test; do
        "$MTA_STS" -f imported.ini show "$domain" >shown
        inside curl -s --cacert "$LAB/ca.pem" "https://mta-sts.$domain/.well-known/mta-sts.txt" | sed 's/\r*$/\r/' | diff - shown
    done
    probe --import healthy.test >once
    probe --import healthy.test HEALTHY.test. healthy.test | diff once -
    # Two addresses with different policies; no policy; no certificate that is valid.
    imported 2 healthy.test host-other.test answer-404.test cert-expired.test
    grep -qx '\[healthy.test\]' imported.ini
    [ "$(grep -c '^\[' imported.ini)" -eq 1 ]
    [ "$(grep -c '^;\[host-other.test\]$' imported.ini)" -eq 2 ]
    grep -qx ';\[cert-expired.test\]' imported.ini
    [[ $stderr == *'[host-other.test] https://mta-sts.host-other.test/.well-known/mta-sts.txt at '*' and https://'*' do not have the same policy; '* ]]
    [[ $stderr == *'mta-sts-probe: https://mta-sts.answer-404.test/.well-known/mta-sts.txt: [answer-404.test] '*404* ]]
    # Whether there is a policy is not known.
    imported 3 healthy.test txt-timeout.silent
    # All domains of the laboratory: no error in what comes out.
    # shellcheck disable=SC2046
    imported 2 $(all_cases)
    [ "$(sed -n 's/^;*\[\(.*\)\]$/\1/p' imported.ini | tr ' ' '\n' | sort -u | grep -c '\.')" -eq "$(all_cases | sort -u | wc -l)" ]
    run -3 probe --import
    [[ $output == *': --import: write the domains to import behind it' ]]
    run -3 probe --import --json healthy.test
    [[ $output == *': --json: has no effect here; write --import without it' ]]
}

@test "--suggest: all MX hosts, each once" {
    suggests 0 crowd.test
    [ "$(grep -c '^mx ' suggested.ini)" -eq 34 ]
    [ "$(sort -u suggested.ini | grep -c '^mx ')" -eq 34 ]
    run -1 grep -qi served suggested.ini
}

@test "--suggest: what is served now stands there, and enforce is not lost without a word" {
    suggests 0 healthy.test '; Served now: mode enforce, max_age 1w. This section keeps it: all MX hosts are good. [healthy.test] mode = enforce max_age'
    suggests 2 smtp-self.test '; Served now: mode enforce, max_age 1w. This section goes back to testing, because senders defer mail' 'mode = testing'
    suggests 3 smtp-refused.test '; Served now: mode enforce, max_age 1w. This section goes back to testing, because an MX host could not be looked at' 'mode = testing'
    suggests 0 mode-testing.test '; Served now: mode testing, max_age 1w. [mode-testing.test] mode = testing'
    suggests 0 mode-none.test '; Served now: mode none, max_age 1w. This section begins again with testing. [mode-none.test] mode = testing'
    suggests 0 cert-expired.test '; Served now: mode enforce, max_age 1w. Not all senders find that, or take it' 'mode = testing'
    suggests 0 txt-none.test 'Not all senders find that, or take it'
    suggests 3 txt-circle.test 'Whether all senders find that could not be found out' 'mode = testing'
    suggests 1 mail-name.test 'This section keeps it: senders can deliver to all MX hosts. The comments below say what to mend'
    suggests 0 host-dangling.test 'is a CNAME that leads to no address' ';host = policies.example.net'
    suggests 2 mx-lost.test 'publish an MX record for its mail host'
    [[ $output != *'remove it'* ]]
    suggests 0 answer-404.test '; The TXT record says that there is a policy, but none could be fetched that says its mode: mta-sts-probe without --suggest says why.' 'mode = testing'
    suggests 3 https-noroute.test '; Whether a policy is served now could not be found out: mta-sts-probe without --suggest says why. If one is, in mode enforce, keep that mode.' 'mode = testing'
}

@test "--tlsa: the record that the zone has, and a word where it is not signed" {
    probe --tlsa mail.signed.test >records
    inside kdig +short _25._tcp.mail.signed.test TLSA | tr -d '\n ' | grep -qi "$(awk '$6 == 3 { print $9 }' records)"
    { echo '. 300 IN SOA ns. h. 1 1 1 1 1'; echo '. 300 IN NS ns.'; echo 'ns. 300 IN A 127.0.0.1'; cat records; } >zone
    named-checkzone . zone
    grep -q ' TLSA 2 1 1 ' records
    run -1 probe --tlsa mail.healthy.test
    [[ $output == *'This zone is not signed'*' TLSA 3 1 1 '* ]]
    run -1 probe --dns 127.0.0.1:5397 --tlsa mail.signed.test
    [[ $output == *'Whether this zone is signed was not validated: the name servers leave out DNSSEC records'* ]]
    run -3 probe --tlsa mail.bogus.test
    [[ $output == *'DNSSEC validation failed: '* ]]
    run -3 probe --tlsa mail.smtp-refused.test
    run -2 probe --tlsa mail.smtp-nostarttls.test
}

@test "DANE: records that senders ignore, a zone that is not signed, one that is bogus, no key" {
    run -0 probe some.signed.test
    [[ $(words) == *'ok dane mail.some.signed.test: 2 TLSA records (senders use 1), signed, matched by its certificate "mail.some.signed.test" has a TLSA record 1 1 1 with 32 bytes, which senders ignore: usages 0 and 1 are not for SMTP'* ]]
    run -1 probe none.signed.test
    [[ $(words) == *'warn dane mail.none.signed.test: 6 TLSA records (senders use 0), signed "mail.none.signed.test" has '* && $output != *mail:\ * ]]
    run -2 probe other.signed.test
    [[ $(words) == *'FAIL dane '*'not matched by its certificate "mail.other.signed.test" shows no certificate that one of its signed TLSA records matches'*'mail: Senders that honour DANE are deferring mail'* ]]
    run -1 probe part.signed.test
    [[ $(words) == *'warn dane '*'matched by its certificate at some addresses only "mail.part.signed.test" shows a certificate that none'* ]]
    # In mode testing, too.
    run -2 probe notls.signed.test
    [[ $(words) == *'FAIL dane '*'"mail.notls.signed.test" shows no certificate'*'mail: '*'Senders that honour DANE are deferring mail'* ]]
    run -3 probe bogus.test
    [[ $(words) == *'? txt DNSSEC validation failed: '*'? mx DNSSEC validation failed: '* && $output != *mail:\ * ]]
    run -0 probe --dns 127.0.0.1:5397 signed.test
    [[ $(words) == *'1 TLSA record, not validated: the name servers leave out DNSSEC records, '*'; matched by its certificate'* ]]
    run -3 probe --trust-anchor nowhere signed.test
    [[ $output == 'mta-sts-probe: nowhere: No such file or directory' ]]
    run -3 probe --trust-anchor '' signed.test
}

@test "too few descriptors: unknown, and no fault of the servers" {
    local n code unknown=0 domains
    for n in 7 9 11 13 15 17 18 19 20 21 22 23 24; do
        code=0
        limited --nofile=$n:$n healthy.test >out 2>&1 || code=$?
        [ "$code" -eq 0 ] || [ "$code" -eq 3 ]
        [ "$code" -eq 0 ] || unknown=$((unknown + 1))
        run -1 grep -E 'FAIL|mail:' out
    done
    [ "$unknown" -gt 0 ]
    mapfile -t domains < <(yes healthy.test | head -n 256)
    # The soft limit is raised.
    limited --nofile=64:8192 -j 256 "${domains[@]}" >out 2>err || { cat out err; false; }
    [ ! -s err ]
    # The hard one is kept to, with a message.
    limited --nofile=1024:1024 -j 256 "${domains[@]}" >out 2>err || { cat out err; false; }
    grep -qx 'mta-sts-probe: 256 domains at once need 1764 open files, but the limit here is 1024: only 132 are probed at once; raise it (ulimit -n), or write -j 132' err
    limited --nofile=64:64 -j 256 "${domains[@]}" >out 2>err || { cat out err; false; }
    grep -q ': only 4 are probed at once' err
    [ "$(grep -c '^ok ' out)" -eq 256 ]
}

@test "no network: all is unknown, and nothing is said of mail" {
    run -3 inside unshare --net "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" healthy.test
    [[ $output != *FAIL* && $output != *warn* && $output != *mail:* ]]
    run -3 inside unshare --net "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --suggest healthy.test
    run -3 probe --dns nowhere healthy.test tlsrpt-none.test
    [[ $output == 'mta-sts-probe: nowhere: is not a list of name servers; write '* ]]
    run -3 probe --dns nowhere --suggest healthy.test
    [[ $output == 'mta-sts-probe: nowhere: is not a list of name servers; write '* ]]
}

@test "a resolver that has to look a name up for two seconds is waited for, though it answers others at once" {
    start resolver.log python3 -c '
import socket, threading, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 5396))
known = {}
def answer(query, client):
    end = query.index(b"\0", 12) + 5
    since = known.setdefault(query[12:end], time.monotonic())
    time.sleep(max(since + (2 if b"slow" in query else 0.02) - time.monotonic(), 0))
    s.sendto(query[:2] + b"\x81\x83" + query[4:6] + bytes(6) + query[12:end], client)
while True:
    threading.Thread(target=answer, args=s.recvfrom(65535), daemon=True).start()'
    until_true inside kdig +short +timeout=4 @127.0.0.1 -p 5396 a.test
    # shellcheck disable=SC2046 # one a line
    run -2 probe --dns 127.0.0.1:5396 -j 8 $(seq -f 'd%g.test' 100) slow.test $(seq -f 'd%g.test' 101 500)
    run -1 grep -F 'name server' <<<"$output"
}

@test "Ctrl-C: ends with what is known so far" {
    begin_four 30
    interrupted
    grep -q '^ok    healthy.test' out
    grep -q 'stopped before it was looked at' out
    tail -n 1 out | grep -qE 'stopped, [12] not looked at'
}

@test "-f: a deployment as it should be, then each way in which it differs from the file" {
    deploy 3
    run -0 probe_deployed -f "$DIR/policies.ini"
    [[ ${lines[0]} == 'ok    d1.example: mode enforce, 1 MX host, matched' && ${#lines[@]} -eq 4 ]]
    run -0 probe_deployed -v -f "$DIR/policies.ini" d2.example
    [[ $output == *'ok    ini     served as the file has it, under its id'* && $output != *' d1.example'* ]]

    # The id was not renewed: the record to publish is the one that mta-sts dns prints.
    sed -i '/^\[d2.example\]/a mode = testing' "$DIR/policies.ini"
    run -2 probe_deployed -f "$DIR/policies.ini"
    [[ $output == *'FAIL  d2.example'*'FAIL  ini'* && $output == *'ok    d3.example'* ]]
    [[ $output == *"$("$MTA_STS" dns d2.example | grep '^_mta-sts')"* ]]
    published
    run -0 probe_deployed -f "$DIR/policies.ini"

    # The file is not the one that is served.
    sed 's/mail.healthy.test/mail.other.test/' policies.ini >other.ini
    run -2 probe_deployed -f "$DIR/other.ini" d1.example
    [[ $(tr -s ' \n' ' ' <<<"$output") == *'another policy is served than the file has'* ]]

    # A mistake in the file, and a domain that is not in it.
    sed -i '/^\[d1.example\]/a mx = 192.0.2.1' "$DIR/policies.ini"
    run -2 probe_deployed -f "$DIR/policies.ini"
    [[ $output == *'FAIL  d1.example'*'policies.ini:'*'[d1.example] mx:'* ]]
    run -2 probe_deployed -f "$DIR/policies.ini" d4.example
    [[ $(tr -s ' \n' ' ' <<<"$output") == *'d4.example is not in '*' write a section [d4.example]'* ]]
}

@test "--at with -f: nothing is said of what senders get now, and no record is to be published yet" {
    deploy 3
    # The DNS leads to another server, with an older id, no record, and the right one.
    sed -i "s/^\(mta-sts.*\) A .*/\1 A 11.0.0.1/; /^_mta-sts.d2/d; s/^\(_mta-sts.d1.*id=\)[^;]*/\1old1/" zone
    reload_zone
    run -2 probe_deployed -f "$DIR/policies.ini" --at "$DEPLOYED"
    [[ $output == *"ok    d3.example: mode enforce, at $DEPLOYED, 1 MX host, matched"* ]]
    [[ $output != *' IN TXT '* && $output != *'publish the record below'* ]]
    [[ $(words) == *"FAIL d2.example: mode enforce, at $DEPLOYED"*'FAIL txt there is no TXT record'*'first let the policy be served'* ]]
    run -0 probe_deployed -f "$DIR/policies.ini" --at "$DEPLOYED" d1.example
    [[ $(words) == *'ok ini the id of the policy in the file is not published; publish it when the DNS leads to this address, and not before'* ]]
    # Whoever serves another policy there, or none, defers no mail now.
    sed 's/= mail.healthy.test/= mail.other.test/' policies.ini >other.ini
    leave_alone other.ini
    probe_deployed --json -f "$DIR/other.ini" --at "$DEPLOYED" d3.example >out || [ $? -eq 2 ]
    jq -e --arg at "$DEPLOYED" '.at == $at and .publish == null' out
    run -2 probe_deployed -f "$DIR/policies.ini" --at 11.0.0.1 d3.example
    [[ $(words) == *'mail: If the DNS led to 11.0.0.1 now: Senders without a policy'* ]]
    # Neither does a step of a removal come next.
    sed -i 's/^mode = enforce/mode = none/' policies.ini
    leave_alone policies.ini
    serves_none() {
        inside curl -s --cacert "$LAB/ca.pem" --connect-to "::$DEPLOYED:" https://mta-sts.d1.example/.well-known/mta-sts.txt | grep -q 'mode: none'
    }
    until_true serves_none
    published
    probe_deployed --json -f "$DIR/policies.ini" d1.example >out || [ $? -eq 1 ]
    jq -e '.checks.ini.findings[0].kind == "ini-removal"' out
    probe_deployed --json -f "$DIR/policies.ini" --at "$DEPLOYED" d1.example >out || [ $? -eq 1 ]
    jq -e '.checks.ini.findings == []' out
    run -3 probe --at 11.0.0.2 --at 2a00:1::1 healthy.test
    [[ $output == *'--at: write only one address, and call the program once for each' ]]
}

@test "-f: nothing names an id or a record before the policy is served (RFC 8461 8.1)" {
    local domain
    for domain in served 404 down bytes cert; do
        printf '[order-%s.test]\nmode = enforce\nmx = mail.order-%s.test\n\n' "$domain" "$domain"
    done >order.ini
    leave_alone order.ini
    run -2 probe -f "$DIR/order.ini" order-served.test
    [[ $(words) == *'publish the record below'* && $output == *"$("$MTA_STS" -f "$DIR/order.ini" dns order-served.test | grep '^_mta-sts')"* ]]
    for domain in 404 down bytes cert; do
        run -2 probe -f "$DIR/order.ini" "order-$domain.test"
        [[ $output != *id=* && $(words) != *'publish "'* && $(words) != *'publish the record below'* ]]
        [[ $(words) == *'first let the policy be served, and publish the record after that'* ]]
        [ "$domain" = bytes ] || [[ $(words) == *'senders cannot fetch the policy of the file; first mend what fails above'* ]]
    done
    run -2 probe order-404.test
    [[ $output != *id=* ]]
    # Beside a CNAME there is no place for the record.
    printf '[txt-chain.test]\nmode = enforce\nmx = mail.txt-chain.test\n\n[txt-two.test]\nmode = enforce\nmx = mail.txt-two.test\n' >order.ini
    leave_alone order.ini
    run -2 probe -f "$DIR/order.ini" txt-chain.test
    [[ $output == *'  two.chain.test. 300 IN TXT "v=STSv1; id='* && $output != *_mta-sts.txt-chain.test.* ]]
    run -2 probe -f "$DIR/order.ini" txt-two.test
    [[ $(words) == *'not exactly one valid TXT record; publish the record below, and no other at this name'* ]]
}

@test "delegated domains: by way of which names, what is wrong with the delegation, and who changes it" {
    local domain zone
    run -0 probe zone.test
    [[ $(words) == *'ok host 11.0.0.2, by way of mta-sts.zone.test.operator.test and policies.test '* ]]
    [[ $(words) == *'ok txt id 1, by way of _mta-sts.zone.test.operator.test '* ]]
    [[ $(words) == *'ok tlsrpt mailto:tls@zone.test, by way of _smtp._tls.zone.test.operator.test'* ]]
    [[ $(words) != *'let the'* ]]
    run -2 probe zone-empty.test
    [[ $(words) == *'"_mta-sts.zone-empty.test" is a CNAME to the right name, but the zone has no record there; let its operator publish what this command prints: mta-sts dns --delegate operator.test --only zone zone-empty.test (RFC'* ]]
    [[ $(words) != *'there is no TXT record'* && $(words) != *'first let'* && $(words) != *'leads nowhere'* ]]
    run -2 probe zone-early.test
    [[ $(words) == *'zone zone-early.test; but first let the policy be served (RFC'* ]]
    run -2 probe zone-nohost.test
    [[ $(words) == *'let its operator set host in policies.ini, and publish what this command prints: mta-sts dns --delegate operator.test --only zone zone-nohost.test'* ]]
    [[ $(words) != *'leads to no address'* ]]
    run -1 probe zone-norpt.test
    [[ $(words) == *'warn tlsrpt'*'let its operator set tlsrpt in policies.ini, and publish what this command prints: mta-sts dns --delegate operator.test --only zone zone-norpt.test'* ]]
    [[ $(words) != *'there is no TXT record'* ]]
    # Half a delegation works, and is not renewed.
    run -0 probe zone-half.test
    [[ $(words) == *'"mta-sts.zone-half.test" is not delegated, as other names of this domain are'*'publish a CNAME in its place: mta-sts.zone-half.test.operator.test. (RFC'* ]]
    [[ $(words) == *'"_smtp._tls.zone-half.test" is not delegated'* ]]
    run -1 probe zone-own.test
    [[ $(words) == *"the zone's operator cannot renew its record; let the domain's owner publish a CNAME in its place: _mta-sts.zone-own.test.operator.test. (RFC"* ]]
    run -2 probe zone-none.test
    [[ $(words) == *"let the domain's owner publish a CNAME here, too: _mta-sts.zone-none.test.operator.test. (RFC"* ]]
    run -1 probe zone-name.test
    [[ $(words) == *"correct the target: _mta-sts.zone-name.test.operator.test. (RFC"* ]]
    run -2 probe zone-lost.test
    [[ $(words) == *"correct the target: _mta-sts.zone-lost.test.operator.test. (RFC"* ]]
    run -2 probe zone-dot.test
    [[ $(words) == *'let the owner end it with a dot'* ]]

    # With -f: the record is in the zone, and its operator publishes it; but for the owner's own record, and for one that CNAMEs lead on to.
    for domain in zone zone-empty zone-name zone-within zone-own zone-chain; do
        printf '[%s.test]\nmode = enforce\nmx = mail.%s.test\n\n' "$domain" "$domain"
    done >order.ini
    leave_alone order.ini
    for domain in zone zone-empty zone-name zone-within; do
        run -2 probe -f "$DIR/order.ini" "$domain.test"
        [[ $(words) == *"\"operator.test\" has the record, since the domain is delegated to it; let its operator publish it there, as this command prints it: mta-sts dns --delegate operator.test --only zone $domain.test ("* ]]
        zone=$("$MTA_STS" -f "$DIR/order.ini" dns --delegate operator.test --only zone "$domain.test" | grep '^_mta-sts')
        [[ $output == *"  $zone"* && $zone == "_mta-sts.$domain.test.operator.test. "* ]]
    done
    run -2 probe -f "$DIR/order.ini" zone-own.test
    [[ $output == *'  _mta-sts.zone-own.test. 300 IN TXT "v=STSv1; id='* && $(words) != *'has the record, since'* ]]
    run -2 probe -f "$DIR/order.ini" zone-chain.test
    [[ $output == *'  two.chain.test. 300 IN TXT "v=STSv1; id='* && $(words) != *'has the record, since'* ]]
    run -0 "$PROBE" --explain txt-zone-empty
    [[ $(words) == *'the zone has no record there; let its operator publish'* ]]
    run -0 "$PROBE" --explain tlsrpt
    [[ $output == *tlsrpt-zone-none* ]]
}

@test "no advice, followed alone, has senders defer mail that they deliver now" {
    local domain mend='first mend what fails in mx and smtp'
    run -2 probe held-none.test
    [[ $(words) == *"there is no TXT record; $mend, or serve mode testing, and publish the record after that"* && $output != *id=* ]]
    run -2 probe held-two.test
    [[ $(words) == *"keep one, but $mend, or serve mode testing (RFC 8461 3.1; 13 of 16"* ]]
    run -2 probe held-cert.test
    [[ $(words) == *"FAIL https $mend, or serve mode testing (RFC 8461 5); "* ]]
    run -2 probe held-type.test
    [[ $(words) == *"warn answer $mend, or serve mode testing (RFC 8461 5); 200, text/html"* ]]
    # The policy comes first, for what is second, too.
    run -2 probe txt-dangling-404.test
    [[ $(words) == *'or in its place, but first let the policy be served [nowhere.test]'* ]]
    run -2 probe txt-twice-404.test
    [[ $(words) == *'before the zone), but first let the policy be served ('* ]]
    run -2 probe txt-two-404.test
    [[ $(words) == *'keep one, but first let the policy be served ('* ]]
    # With the file: neither the first id, nor a new one, nor mode enforce in place of testing.
    for domain in held-none smtp-self held-testing; do
        printf '[%s.test]\nmode = enforce\nmx = mail.%s.test\n\n' "$domain" "$domain"
    done >held.ini
    leave_alone held.ini
    run -2 probe -f "$DIR/held.ini" held-none.test
    [[ $(words) == *'with one, senders defer mail for what fails'* && $output != *id=* ]]
    run -2 probe -f "$DIR/held.ini" smtp-self.test
    [[ $(words) == *'"1" is not the id of the policy that is served; under the new one, senders defer mail for what fails in mx and smtp'* ]]
    [[ $output != *' IN TXT '* ]]
    run -2 probe -f "$DIR/held.ini" held-testing.test
    [[ $(words) == *'with that of the file, senders defer mail for what fails in mx and smtp, since its mode is enforce: first mend that'* ]]
}

@test "-f: mode none, step by step to the end (RFC 8461 8.3)" {
    deploy 2
    sed -i '/^\[d1.example\]/a mode = none' policies.ini
    leave_alone policies.ini
    published
    run -1 probe_deployed -f "$DIR/policies.ini"
    [[ $(words) == *'ok ini served as the file has it, under its id "d1.example" is being removed: mode none is served under its id; keep both for 7 days at least (max_age), and until every policy'* ]]
    [[ $output == *'ok    d2.example: mode enforce, 1 MX host, matched'* ]]
    # The record is gone, then the policy host, too. What is wrong there is no finding.
    printf '[defaults]\nmode = none\n' >removed.ini
    printf '[%s.test]\nmx = mail.%s.test\n' removed{,} removed-record{,} removed-wild{,} >>removed.ini
    leave_alone removed.ini
    run -0 probe -v -f "$DIR/removed.ini" removed-record.test removed-wild.test
    [[ $(words) == *'- txt nothing to look at, since MTA-STS is removed (RFC 8461 8.3)'*'there is no TXT record any more; next remove the policy host, then this section'* ]]
    [[ $(words) == *'ok removed-wild.test '*'- answer nothing to look at'* && $output != *'mail: '* && $output != *FAIL* && $output != *' IN TXT '* ]]
    run -0 probe -f "$DIR/removed.ini" removed.test
    [[ $(words) == *'- host nothing to look at'*'- tlsrpt nothing'*'"removed.test" has neither a TXT record nor a policy host any more: the removal is finished, and this section can be deleted now'* ]]
    # In a run of many it is said, too.
    run -0 probe -f "$DIR/removed.ini" removed.test removed-record.test
    [[ $(words) == *'ok removed.test ok ini "removed.test" has neither '* ]]
    # In another order: the policy host went first, or another policy is served without a record.
    printf '[%s.test]\nmx = mail.%s.test\n' host-none{,} txt-none{,} >>removed.ini
    leave_alone removed.ini
    run -2 probe -f "$DIR/removed.ini" host-none.test
    [[ $(words) == *'ok ini "host-none.test" is being removed, and the policy host is gone before the TXT record; if every policy'* ]]
    run -2 probe -f "$DIR/removed.ini" txt-none.test
    [[ $(words) == *'FAIL ini another policy is served than the file has'* ]]
    # It is no removal where the file has another mode, or the domain itself is gone.
    sed -i 's/none/enforce/' removed.ini
    leave_alone removed.ini
    run -2 probe -f "$DIR/removed.ini" removed.test
    [[ $(words) == *'FAIL ini '*'senders cannot fetch the policy of the file'* ]]
}

@test "-f: 1,000 domains, in the file's order, one line each" {
    deploy 1000
    local before
    before=$(grep -c ' connect from ' "$LAB/maillog")
    PATIENCE=300 probe_deployed -f "$DIR/policies.ini" >out || { grep -v '^ok ' out | head -n 50; false; }
    echo "# $(tail -n 1 out)" >&3
    [ "$(wc -l <out)" -eq 1001 ]
    [ "$(sed -n 's/^ok    \(d[0-9]*\)\.example: .*/\1/p' out)" = "$(printf 'd%d\n' $(seq 1000))" ]
    # The probe asks the only MX host once. What other tests ask it meanwhile is less than half of a thousand.
    [ $(($(grep -c ' connect from ' "$LAB/maillog") - before)) -lt 500 ]
}

@test "examples/monitoring: the text file for Prometheus, the units, the Icinga command's call" {
    local monitoring=$BATS_TEST_DIRNAME/../../examples/monitoring
    deploy 2
    cat >wrapped <<SH
#!/bin/sh
exec "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --dns 127.0.0.1:$DEPLOYED_DNS "\$@"
SH
    chmod +x wrapped
    inside env MTA_STS_PROBE="$DIR/wrapped" "$monitoring/probe-textfile" "$DIR/policies.ini" "$DIR/out.prom"
    grep -qx 'mta_sts_probe_status{domain="d2.example"} 0' out.prom
    grep -qx 'mta_sts_probe_check_status{domain="d1.example",check="ini"} 0' out.prom
    sed -i '/^\[d2.example\]/a mode = testing' policies.ini
    inside env MTA_STS_PROBE="$DIR/wrapped" "$monitoring/probe-textfile" "$DIR/policies.ini" "$DIR/out.prom"
    grep -qx 'mta_sts_probe_status{domain="d2.example"} 2' out.prom

    local unit
    for unit in mta-sts-probe.service mta-sts-probe-mail.service mta-sts-probe.timer; do
        sed "s|/usr/local/lib/mta-sts/|$monitoring/|; s|/usr/local/bin/mta-sts-probe|$PROBE|" "$monitoring/$unit" >"$unit"
    done
    timeout 60 systemd-analyze verify --man=no ./mta-sts-probe.timer >verified 2>&1 || { cat verified; return 1; }
    run -1 grep mta-sts-probe verified
    timeout 60 systemd-analyze security --offline=true --no-pager --threshold=15 ./mta-sts-probe.service
    timeout 60 systemd-analyze security --offline=true --no-pager --threshold=35 ./mta-sts-probe-mail.service
    # Every option in the command exists.
    grep -oE '"--[a-z]+"' "$monitoring/mta-sts-probe.conf" | tr -d '"' | while read -r option; do
        "$PROBE" --help | grep -q -- "$option"
    done
}

@test "examples/monitoring: what its README says to install and to run from cron" {
    local monitoring=$BATS_TEST_DIRNAME/../../examples/monitoring manual=$BATS_TEST_DIRNAME/../../man/mta-sts-probe.1
    deploy 2
    cat >wrapped <<SH
#!/bin/sh
exec "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --dns 127.0.0.1:$DEPLOYED_DNS "\$@"
SH
    grep -oE 'install -D probe-(textfile|page) [^`]+' "$monitoring/README.md" >installs
    # A % ends the command of a line of cron.
    sed -nE 's/.*[^0-9]([0-9]+ [0-9]+ \* \* \* [^`%]+)(`.*|$)/\1/p' "$monitoring/README.md" "$manual" | sort -u | cut -d ' ' -f 6- >lines
    [[ $(wc -l <installs) -eq 2 && $(wc -l <lines) -eq 3 ]]
    mkdir layers
    cat >cron <<'SH'
set -e
mount -t tmpfs tmpfs layers
for top in etc usr/local var; do
    mkdir -p "layers/$top"/{upper,work}
    mount -t overlay -o "lowerdir=/$top,upperdir=layers/$top/upper,workdir=layers/$top/work" overlay "/$top"
done
mkdir -p /etc/mta-sts /var/lib/prometheus/node-exporter /var/www/html
install wrapped /usr/local/bin/mta-sts-probe
cp policies.ini /etc/mta-sts/
touch -d '1 minute ago' /etc/mta-sts/policies.ini
(cd "$1" && sh -e) <installs
# As Debian's cron calls them.
while read -r line; do
    env -i -C / HOME=/root LOGNAME=root SHELL=/bin/sh PATH=/usr/bin:/bin /bin/sh -c "$line" </dev/null >>printed 2>&1
done <lines
cat /var/lib/prometheus/node-exporter/mta_sts.prom >out.prom
cat /var/www/html/mta-sts.html >out.html
SH
    inside env -C "$DIR" unshare --mount bash cron "$(realpath "$monitoring")" || { cat printed; false; }
    [ ! -s printed ] # it would be mailed
    grep -qx 'mta_sts_probe_status{domain="d2.example"} 0' out.prom
    grep -q '<strong>2</strong> <span>ok</span>' out.html
    [ ! -e /usr/local/lib/mta-sts/probe-page ]
}

@test "bash completion: options, checks, and the domains of the file" {
    complete_words() {
        (
            # shellcheck disable=SC1091
            source "$BATS_TEST_DIRNAME/../../examples/bash-completion/mta-sts-probe"
            mta-sts() { "$MTA_STS" "$@"; }
            mta-sts-probe() { "$PROBE" "$@"; }
            env() { while [ "$1" = -u ]; do shift 2; done; "$@"; }
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
            _mta_sts_probe
            printf '%s\n' "${COMPREPLY[@]}"
        )
    }
    [ "$(complete_words mta-sts-probe --su)" = --suggest ]
    complete_words mta-sts-probe --explain tl | grep -qx tlsrpt
    [ "$(complete_words mta-sts-probe --explain txt-se)" = txt-several ]
    [ "$(complete_words mta-sts-probe --update ns)" = nsupdate ]
    [ "$(complete_words mta-sts-probe --color a | paste -sd ' ')" = 'auto always' ]
    [ "$(complete_words mta-sts-probe -f policies.ini example.o)" = example.org ]
    [ -z "$(complete_words mta-sts-probe example.o)" ]
    # Completion offers every option in the usage text.
    complete_words mta-sts-probe - | sort >offered
    "$PROBE" --help | sed -n 's/^  \(-[a-z], \|    \)\(--[a-z-]*\).*/\2/p' | sort >options
    [ -s options ]
    [ -z "$(comm -13 offered options)" ]
}
