# dns --format: what each format's own tool makes of it is, in a name server, the same records.

load helpers/suite
load helpers/dns

ZONES='example.org example.com example.net long.example'

mta_sts() {
    "$MTA_STS" -f policies.ini "$@"
}

inside() {
    timeout 100 "$@"
}

start() {
    background "$@"
}

# ask ARGUMENT...: dig, at the name server on DNS_PORT. Over TCP: a question that UDP sends from a port of the same number comes back as its answer.
ask() {
    dig @127.0.0.1 -p "$DNS_PORT" +tcp "$@"
}

# serves: the name server on DNS_PORT has the zones.
serves() {
    ask +time=1 +tries=1 +short long.example NS | grep -qxF ns.invalid.
}

# The last two addresses of example.org have all that the formats give a meaning to and that policies.ini allows.
policies() {
    local long=mailto:a@long.example i
    for i in 1 2 3 4 5 6 7 8 9; do
        long+=,https://reports$i.example.net/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    done
    cat >policies.ini <<INI
[defaults]
mx = mail.example.net
host = policies.example.net
[example.org]
host = 192.0.2.1, 2001:db8::1, 192.0.2.2
tlsrpt = mailto:a%2Cb%3B@example.org, https://r.example/\${x}\$\${y}%{z}, https://r.example/\$'<>&{{t}}(\`)|~^*=%21
[example.com lists.example.net]
mode = none
[long.example]
mode = enforce
tlsrpt = $long
INI
    leave_alone policies.ini
    mta_sts check -q
}

# zone_of ZONE: its records without those of mta-sts.
zone_of() {
    echo "$1. 300 IN SOA ns.invalid. hostmaster.invalid. $((SERIAL += 1)) 3600 600 86400 300"
    echo "$1. 300 IN NS ns.invalid."
}

# answers: all records of mta-sts that the name server on DNS_PORT has.
answers() {
    local domain name type
    for domain in example.org example.com lists.example.net long.example; do
        for name in mta-sts _mta-sts _smtp._tls; do
            for type in A AAAA CNAME TXT; do
                echo "$name.$domain $type"
            done
        done
    done >questions
    # A CNAME is in the answers to each of the four.
    ask +keepopen -f questions +noall +answer +norecurse | tr -s '\t' ' ' | sort -u
}

# expected: the same, made from the lines of the zone format.
expected() {
    mta_sts dns | grep -v '^;' | grep . | sort
}

# knot: Knot DNS with the zones, of the file ZONE.zone each. Everybody may update them.
knot() {
    local zone
    DNS_PORT=$(free_port)
    {
        printf 'acl:\n  - id: all\n    address: 127.0.0.1\n    action: update\nzone:\n'
        for zone in $ZONES; do
            printf '  - domain: %s.\n    file: "%s"\n    zonefile-sync: -1\n    journal-content: none\n    acl: all\n' "$zone" "$DIR/$zone.zone"
        done
    } >zones.conf
    run_knot <zones.conf
    is_up knot serves
}

# bind: the same with BIND.
bind() {
    local zone
    DNS_PORT=$(free_port)
    {
        echo "options { directory \"$DIR\"; listen-on port $DNS_PORT { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none;"
        echo 'recursion no; notify no; dnssec-validation no; session-keyfile none; }; controls { };'
        for zone in $ZONES; do
            echo "zone \"$zone\" { type primary; file \"$zone.zone\"; allow-update { 127.0.0.1; }; };"
        done
    } >named.conf
    start named.log named -g -n 1 -c "$DIR/named.conf"
    is_up named serves
}

bare_zones() {
    local zone
    for zone in $ZONES; do
        zone_of "$zone" >"$zone.zone"
    done
}

# reload_zones: Knot DNS reads all zones again. Waits until it serves them.
reload_zones() {
    local zone
    reload_zone
    for zone in $ZONES; do
        until_true has_serial "$zone" "$(sed -n 's/.* hostmaster.invalid. \([0-9]*\) .*/\1/p' "$zone.zone")"
    done
}

has_serial() {
    ask +time=1 +tries=1 +short "$1" SOA | grep -qF " hostmaster.invalid. $2 "
}

# updates: what nsupdate reads, for the server on DNS_PORT.
updates() {
    echo "server 127.0.0.1 $DNS_PORT"
    mta_sts dns --format nsupdate "$@"
}

# The same for knsupdate, which does not ask for the zone.
zoned_updates() {
    updates | sed 's/^; lists\./; /; s/^; /zone /'
}

@test "formats: each one, read by its own tool and loaded into Knot DNS, gives the records of the zone format" {
    local format zone
    policies
    bare_zones
    knot
    expected >expected
    [ "$(wc -l <expected)" -eq 12 ]
    grep -qF "_smtp._tls.example.org. 300 IN TXT \"v=TLSRPTv1; rua=mailto:a%2Cb%3B@example.org,https://r.example/\${x}\$\${y}%{z},https://r.example/\$'<>&{{t}}(\`)|~^*=%21\"" expected
    for format in zone json dnscontrol octodns terraform external values; do
        mta_sts dns --format $format >"$format.out"
        if [ $format = zone ]; then
            cp zone.out records
        else
            python3 "$HELPERS/formats.py" $format <"$format.out" >records
        fi
        for zone in $ZONES; do
            { zone_of "$zone"; grep "[.]${zone//./\\.}\. " records; } >"$zone.zone"
            named-checkzone -q "$zone" "$zone.zone" || named-checkzone "$zone" "$zone.zone"
            kzonecheck -o "$zone" "$zone.zone"
        done
        reload_zones
        answers >"$format.answers"
        diff expected "$format.answers"
        # The next format's answers are its own.
        bare_zones
        reload_zones
        [ -z "$(answers)" ]
    done
}

@test "formats: nsupdate finds each zone, and BIND has the records; a second time, too" {
    policies
    bare_zones
    bind
    updates | nsupdate
    diff <(expected) <(answers)
    updates | nsupdate
    diff <(expected) <(answers)
    # Addresses instead of a name, and a name instead of addresses; a new id; other people's records stay.
    printf 'server 127.0.0.1 %s\nupdate add example.org. 300 TXT other\nupdate add mta-sts.example.org. 300 TXT other\nsend\n' "$DNS_PORT" | nsupdate
    sed -i 's/^host = policies.example.net/host = 192.0.2.7/; s/^mode = none/mode = testing/' policies.ini
    leave_alone policies.ini
    updates | nsupdate
    diff <({ expected; echo 'mta-sts.example.org. 300 IN TXT "other"'; } | sort) <(answers)
    [ "$(ask +short example.org TXT)" = '"other"' ]
}

@test "formats: an update that the name server would take in part changes nothing, and fails" {
    policies
    bare_zones
    bind
    printf 'server 127.0.0.1 %s\nupdate add _mta-sts.example.org. 300 CNAME other.example.\nsend\n' "$DNS_PORT" | nsupdate
    printf 'server 127.0.0.1 %s\nupdate add mta-sts.example.com. 300 TXT other\nsend\n' "$DNS_PORT" | nsupdate
    answers >before
    run -2 nsupdate <<<"$(updates example.org)"
    [[ $output == *'update failed: YXRRSET'* ]]
    run -2 nsupdate <<<"$(updates example.com)"
    [[ $output == *'update failed: YXRRSET'* ]]
    diff before <(answers)
    # The other domains are updated all the same.
    run -2 nsupdate <<<"$(updates)"
    diff <(expected | grep -v '\.example\.\(org\|com\)\. ') <(answers | grep -v '\.example\.\(org\|com\)\. ')
}

@test "formats: knsupdate, with a zone line for each domain, and Knot DNS has the records; a second time, too" {
    policies
    bare_zones
    knot
    zoned_updates | knsupdate
    diff <(expected) <(answers)
    zoned_updates | knsupdate
    diff <(expected) <(answers)
}

@test "formats: a domain with a mistake, [*], and no domain at all" {
    local format
    printf '[a.example]\nmx = 192.0.2.1\nhost = 192.0.2.2\n[b.example]\nmx = m.example\nhost = a b\n[*]\nmx = m.example\n' >policies.ini
    leave_alone policies.ini
    for format in json dnscontrol octodns terraform external values nsupdate; do
        run -1 --separate-stderr mta_sts dns --format $format
        [[ $stderr == *'[a.example] mx: "192.0.2.1" is an IP address'*'[b.example] host: write one name'* ]]
        [[ $output == *192.0.2.2* && $output == *'id='* ]]
        run -0 mta_sts dns --format $format c.example
        [[ $format == json || $output == *id=* ]]
    done
    run -1 --separate-stderr mta_sts dns --format json
    [ "$(python3 -c 'import json, sys; print([(m["name"], m["why"][:9]) for d in json.load(sys.stdin) for m in d["missing"]])' <<<"$output")" = \
        "[('_mta-sts.a.example', 'no record'), ('b.example', 'not all r'), ('[*]', 'name a do')]" ]
    for format in json terraform external; do
        run -1 --separate-stderr mta_sts dns --format $format
        python3 -m json.tool <<<"$output" >/dev/null
    done
    policies
    for format in json terraform external; do
        run -1 --separate-stderr mta_sts dns --format $format other.test
        python3 -m json.tool <<<"$output" >/dev/null
        [[ $output != *test* ]]
    done
    for format in nsupdate dnscontrol octodns values; do
        run -1 --separate-stderr mta_sts dns --format $format other.test
        [ -z "$output" ]
    done
}

@test "formats: the options, in any order; a name that is no format" {
    policies
    diff <(mta_sts dns --format zone) <(mta_sts dns)
    diff <(mta_sts dns -T 60 --format values example.com) <(mta_sts dns --format values -T 60 example.com)
    [[ $(mta_sts dns -T 60 --format json example.com) == *'"ttl":60,'* ]]
    run -2 mta_sts dns --format xml
    [[ ${lines[0]} == 'mta-sts: dns --format: write one of zone, json, nsupdate, dnscontrol, octodns, terraform, external, values' ]]
    [[ ${lines[1]} == 'usage: mta-sts [-f FILE] dns '* ]]
    run -2 mta_sts dns --format
    run -2 mta_sts dns --form json
    run -2 mta_sts dns -T
}

# delegated [ARGUMENT...]: what dns prints for the zone operator.example.
delegated() {
    mta_sts dns --delegate Operator.example. "$@"
}

# followed NAME TYPE: the data of these records where NAME's CNAME points to, as a resolver finds them: the name server does not follow into another zone.
followed() {
    ask +short "$(ask +short "$1" CNAME)" "$2"
}

@test "delegate: the owners publish three CNAMEs each, once; the zone they point to has the records, in each format" {
    local format zone
    policies
    ZONES+=' operator.example'
    bare_zones
    # There is no order in which the owner has to publish them.
    run ! grep '^; [12]\.' <(delegated --only owners)
    grep -q '^; 2\.' <(delegated --only zone)
    delegated --only owners | grep -v '^;' | grep . >owners
    [ "$(wc -l <owners)" -eq 12 ]
    [ "$(grep -c ' CNAME .*[.]operator[.]example[.]$' owners)" -eq 12 ]
    delegated --only zone | grep -v '^;' | grep . >operator
    for zone in $ZONES; do
        { zone_of "$zone"; grep -h "[.]${zone//./\\.}\. 300 " owners operator || true; } >"$zone.zone"
        named-checkzone -q "$zone" "$zone.zone"
    done
    knot
    diff <(followed _mta-sts.example.org TXT) <(mta_sts dns | sed -n 's/^_mta-sts.example.org. .* TXT //p')
    diff <(followed _smtp._tls.long.example TXT) <(mta_sts dns | sed -n 's/^_smtp._tls.long.example. .* TXT //p')
    [ "$(followed mta-sts.example.org A | sort | paste -sd ' ')" = '192.0.2.1 192.0.2.2' ]
    [ "$(followed mta-sts.lists.example.net CNAME)" = policies.example.net. ]
    for format in json dnscontrol octodns terraform external values; do
        delegated --format $format >"$format.out"
        diff <(sort owners operator) <(python3 "$HELPERS/formats.py" $format <"$format.out" | sort)
    done
    # An edit changes the operator's records alone; a mistake in the policy does not touch the owners'.
    cp operator before
    sed -i 's/^mode = enforce/mode = testing/; s/^\[example.com .*/&\nhost = 192.0.2.8/' policies.ini
    leave_alone policies.ini
    delegated --only owners | grep -v '^;' | grep . | cmp - owners
    delegated --only zone | grep -v '^;' | grep . >operator
    run -1 diff before operator
    [ "$(grep -c '^>' <<<"$output")" -eq 3 ]
    sed -i 's/^mode = testing/mode = on/' policies.ini
    leave_alone policies.ini
    delegated --only owners | grep -v '^;' | grep . | cmp - owners
    run -1 --separate-stderr delegated --only zone
    [[ $output == *'; _mta-sts.long.example.operator.example: no record'* ]]
}

@test "delegate: both lists, for the owner and for the operator; nsupdate replaces a TXT by the owner's CNAME" {
    policies
    bare_zones
    run -0 delegated example.com
    [[ $output == *$'\n; example.com. For the owner of this domain, to publish once:\nmta-sts.example.com. 300 IN CNAME mta-sts.example.com.operator.example.\n'*$'\n\n; operator.example. For the operator'*$'\nmta-sts.example.com.operator.example. 300 IN CNAME policies.example.net.\n'* ]]
    bind
    updates example.com | nsupdate
    { echo "server 127.0.0.1 $DNS_PORT"; delegated --only owners --format nsupdate example.com; } | nsupdate
    diff <(delegated --only owners example.com | grep -v '^;' | grep . | sort) <(answers)
}

@test "delegate: what cannot be, and what is no domain, is told once" {
    local label
    label=$(printf 'a%.0s' {1..60})
    printf '[%s.%s.%s]\nmx = m.example\n[b.example]\nmx = m.example\nhost = mta-sts.b.example.operator.example\n' "$label" "$label" "$label" >policies.ini
    leave_alone policies.ini
    run -1 --separate-stderr mta_sts dns --delegate "$label.example"
    [ "$stderr" = "mta-sts: _smtp._tls.$label.$label.$label.$label.example is longer than 253 characters; delegate to a zone with a shorter name" ]
    run -0 delegated --only zone b.example
    [[ $output == *'; mta-sts.b.example.operator.example: host is this name itself; write its addresses'* ]]
    run -1 --separate-stderr delegated other.example x..y b.example
    [ "$(grep -c . <<<"$stderr")" -eq 2 ]
    run -1 --separate-stderr delegated --only owners other.example x..y b.example
    [ "$(grep -c . <<<"$stderr")" -eq 2 ]
    run -2 mta_sts dns --delegate
    run -2 mta_sts dns --delegate x..y
    run -2 mta_sts dns --only zone
    run -2 delegated --only operator
    [[ ${lines[0]} == 'mta-sts: dns --only: write owners or zone, after --delegate ZONE' ]]
}

@test "delegate: check tells beforehand what cannot be delegated, or would lack a record" {
    local label
    label=$(printf 'a%.0s' {1..60})
    cat >policies.ini <<INI
[defaults]
mode = enforce
host = policies.example.net
[$label.$label.$label.${label:0:50}]
mx = m.example
[b.example mta-sts-b.example]
mx = m.example
[b.example.operator.example]
mode = on
mx = m.example
host = 192.0.2.1
[itself.example]
mx = m.example
host = mta-sts.itself.example.operator.example
INI
    leave_alone policies.ini
    run -1 mta_sts check --delegate Operator.example.
    [ "$output" = "policies.ini:9: [b.example.operator.example] mode: \"on\" is not a valid mode; write enforce, testing or none (RFC 8461 3.2)
policies.ini: [$label.$label.$label.${label:0:50}] _smtp._tls.$label.$label.$label.${label:0:50}.operator.example is longer than 253 characters; delegate to a zone with a shorter name
policies.ini: [b.example] the records of b.example would have the same names below operator.example as those of b.example.operator.example, which the file names, too; delegate to a zone with another name
policies.ini: [itself.example] mta-sts.itself.example.operator.example: host is this name itself; write its addresses
policies.ini: 5 domains, 4 errors, 0 warnings" ]
    run -1 --separate-stderr delegated b.example
    [ "$stderr" = 'mta-sts: the records of b.example would have the same names below operator.example as those of b.example.operator.example, which the file names, too; delegate to a zone with another name' ]
    # Other zones are fine for most of them; without a host, the owner's CNAME would lead nowhere.
    sed -i -e '/^\[aaa/,+1d' -e 's/= on/= none/' -e '/^\[itself/,$d' -e '3d' policies.ini
    leave_alone policies.ini
    mta_sts check
    run -1 mta_sts check policies.ini --delegate z.example
    [ "${lines[0]}" = 'policies.ini: [b.example] mta-sts.b.example.z.example: write host = in the file (a name, or addresses) to get its record here' ]
    [ "${lines[2]}" = 'policies.ini: 3 domains, 2 errors, 0 warnings' ]
    run -1 mta_sts check -q --delegate z.example
    [ -z "$output" ]
    sed -i '2ahost = 192.0.2.2' policies.ini
    leave_alone policies.ini
    run -0 mta_sts check --delegate z.example
    run -2 mta_sts check --delegate
    run -2 mta_sts check --delegate x..y
    [[ ${lines[1]} == 'usage: mta-sts [-f FILE] check '* ]]
}

# asked TYPE FORMAT: the data of the records of TYPE at the 10,000 names that FORMAT makes of the numbers 0 to 9999.
asked() {
    seq -f "$2 $1" 0 9999 >questions
    ask +keepopen -f questions +short
}

all_owners_are_served() {
    [ "$(asked SOA d%.0f.example | grep -c ' 1 3600 ')" -eq 10000 ]
}

@test "delegate: 10,000 owners' zones, and the operator's: 100 edits change 100 ids, and no owner's zone" {
    local i
    {
        printf '[defaults]\nmode = enforce\nhost = policies.example.net\n'
        seq -f $'[d%.0f.example]\nmx = mail.example.net' 0 9999
    } >policies.ini
    leave_alone policies.ini
    delegated --only owners | grep -v '^;' | grep . | awk '{
        name = $1; sub(/^(mta-sts|_mta-sts|_smtp\._tls)\./, "", name); file = name "zone"
        if (file != last) {
            close(last); last = file
            print name " 300 IN SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 300\n" name " 300 IN NS ns.invalid." >file
        }
        print >file
    }'
    { zone_of operator.example; delegated --only zone; } >operator.example.zone
    {
        printf 'template:\n  - id: default\n    file: "%s/%%s.zone"\n    zonefile-sync: -1\n    journal-content: none\n' "$DIR"
        printf 'zone:\n  - domain: operator.example\n'
        seq -f '  - domain: d%.0f.example' 0 9999
    } >zones.conf
    DNS_PORT=$(free_port)
    run_knot <zones.conf
    is_up knot has_serial operator.example "$SERIAL"
    # Knot DNS loads zones in threads, in no order.
    until_true all_owners_are_served
    asked TXT _mta-sts.d%.0f.example.operator.example >before
    [ "$(sort -u before)" = "$(mta_sts dns d1.example | sed -n 's/.* TXT //p')" ]
    [ "$(wc -l <before)" -eq 10000 ]
    sed -i '/^\[d[1-9]\?[0-9]\.example\]/{n; s/mail/new/}' policies.ini
    leave_alone policies.ini
    { zone_of operator.example; delegated --only zone; } >operator.example.zone
    inside knotc -b -s "$DIR/knot.sock" zone-reload operator.example
    until_true has_serial operator.example "$SERIAL"
    asked TXT _mta-sts.d%.0f.example.operator.example >after
    run -1 diff before after
    [ "$(grep -c '^>' <<<"$output")" -eq 100 ]
    all_owners_are_served
    [ "$(asked CNAME _mta-sts.d%.0f.example | grep -c '^_mta-sts\.d[0-9]*\.example\.operator\.example\.$')" -eq 10000 ]
}
