# The commands, as an operator calls them.

load helpers/suite
load helpers/program
load helpers/lighttpd

mta_sts() {
    "$MTA_STS" -f policies.ini "$@"
}

# All that a domain's zone needs for a check.
zone_around() {
    echo '. 300 IN SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 300'
    echo '. 300 IN NS ns.invalid.'
    echo 'ns.invalid. 300 IN A 192.0.2.53'
    cat
}

@test "check: errors and warnings in file order, then a summary; exit status 1" {
    cat >policies.ini <<'INI'
[defaults]
max_age = 3600

[unused]
mx = mail.example.org

[example.org]
mode = enforce
mx = mail.example.org.
mx = *.example.org

[*]
mode = none
max_age = 4w

[example.net]
mode = enforce
mx = *.example.net, mail
INI
    run -1 mta_sts check
    diff - <(echo "$output") <<'TOLD'
policies.ini:2: warning: [defaults] max_age: 3600 seconds are under a day, and protect little; write a week or more (RFC 8461 10.2)
policies.ini:4: warning: [unused]: nobody uses this template; write use = in a section, or delete it
policies.ini:9: [example.org] mx: "mail.example.org." ends in a dot; write "mail.example.org" (RFC 8461 3.2)
policies.ini:12: warning: [*]: answers for every name that the front server lets through; write the domains where you can
policies.ini:14: warning: [*] max_age: 2419200 seconds are long for mode = none; write 1d (RFC 8461 8.3)
policies.ini:18: warning: [example.net] mx: "*.example.net" lets any host of the domain itself be its MX; write the hosts of its MX records (RFC 8461 10.4)
policies.ini:18: warning: [example.net] mx: "mail" is a single label; write the host's full name (RFC 8461 3.2)
3 domains, 1 error, 6 warnings
TOLD
}

@test "check: the other warnings; they alone leave the exit status 0" {
    {
        printf '[example.org]\nmode = enforce\nmax_age = 2d\nmx = mail.example.org\n[example.net]\nmode = testing\n'
        seq -f 'mx = mx%05.0f.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.example' 200
    } >policies.ini
    run -0 mta_sts check
    [[ $output == *'policies.ini:3: warning: [example.org] max_age: 172800 seconds are under a week, with mode = enforce'* ]]
    [[ $output == *'policies.ini:6: warning: [example.net] mode: testing without tlsrpt tells you nothing'* ]]
    [[ $output == *'policies.ini:5: warning: [example.net] mx: makes a policy of '*' bytes; one sender reads only 10240'* ]]
    [[ $output == *$'\n2 domains, 0 errors, 3 warnings' ]]
}

@test "check: each mx line's warning names that line, also below other sections; one mistake is one message" {
    cat >policies.ini <<'INI'
[example.net]
mode = enforce
mx = mail.example.net

[example.org]
mx = mail.example.org
mx = *.example.org
mx = mail.example.org, local
tlsrpt = nobody
host = a b
INI
    run -1 mta_sts check
    diff - <(sed 's/ (.*//; s/; write.*//' <<<"$output") <<'TOLD'
policies.ini:7: warning: [example.org] mx: "*.example.org" lets any host of the domain itself be its MX
policies.ini:8: warning: [example.org] mx: "local" is a single label
policies.ini:8: warning: [example.org] mx: "mail.example.org" is in the list already; leave it out
policies.ini:9: [example.org] tlsrpt: "nobody" is no address for reports
policies.ini:10: [example.org] host: write one name
2 domains, 2 errors, 3 warnings
TOLD
    # The first of the file.
    run -1 --separate-stderr mta_sts dns example.org
    # shellcheck disable=SC2154 # bats sets it
    [[ $stderr == *'policies.ini:9: [example.org] tlsrpt'* ]]
}

@test "names: a domain whose records would not fit is a mistake; one that is a letter shorter makes a zone" {
    local label domain
    label=$(printf 'a%.0s' {1..59})
    domain=$label.$label.$label.${label}aa # 241
    printf '[%sa]\nmode = enforce\nmx = mail.example.org\ntlsrpt = mailto:tls@example.org\n' "$domain" >policies.ini
    mta_sts check -q
    mta_sts dns | cat <(printf '@ 300 IN SOA a. b. 1 2 3 4 5\n@ 300 IN NS a.\na. 300 IN A 192.0.2.1\n') - >zone
    named-checkzone . zone
    printf '[%saa]\nmode = enforce\nmx = mail.example.org\n' "$domain" >policies.ini
    run -1 mta_sts check
    [[ ${lines[0]} == *'is longer than 242 characters; write a shorter one: with _smtp._tls. before it'* ]]
    run -1 mta_sts show "${domain}aa"
    [[ $output == *'is longer than 242 characters'* ]]
}

@test "check: a warning about a template is told once, however many use it" {
    {
        printf '[t]\nmode = testing\nmx = mail.example.org\n'
        seq -f '[d%.0f.example]
use = t' 50
    } >policies.ini
    run -0 mta_sts check
    [ "${#lines[@]}" -eq 2 ]
    [[ ${lines[0]} == 'policies.ini:2: warning: [t] mode: testing without tlsrpt'* ]]
}

@test "check -q prints nothing: the exit status says it" {
    run -1 mta_sts check -q
    [ -z "$output" ]
    sed -i '/broken.example/,$d' policies.ini
    run -0 mta_sts check -q
    [ -z "$output" ]
}

@test "check: the shipped policies.ini is without a word" {
    run -0 "$MTA_STS" -f "$BATS_TEST_DIRNAME/../policies.ini" check
    [ "$output" = '3 domains, 0 errors, 0 warnings' ]
}

@test "check: colour on a terminal only" {
    run -1 mta_sts check
    [[ $output != *$'\033'* ]]
    export MTA_STS
    script -qec '"$MTA_STS" -f policies.ini check' /dev/null </dev/null >typed || true
    grep -q $'\033\[31mpolicies.ini:17' typed
    NO_COLOR=1 script -qec '"$MTA_STS" -f policies.ini check' /dev/null </dev/null >typed || true
    ! grep -q $'\033' typed
}

@test "check: no file, no section: told, exit status 1" {
    run -1 "$MTA_STS" -f nowhere.ini check
    [ "$output" = 'mta-sts: nowhere.ini: cannot be read: No such file or directory' ]
    : >empty.ini
    run -1 "$MTA_STS" -f empty.ini check
    [[ $output == 'mta-sts: empty.ini: holds no section'* ]]
}

@test "usage: each command's own, exit status 2" {
    local arguments
    for arguments in 'check now' 'hosts all' 'show' 'show a.b c.d' 'export' 'export --worker' 'export a b' 'dns -T' 'dns -T x' 'dns -x'; do
        # shellcheck disable=SC2086 # several arguments
        run -2 mta_sts $arguments
        [[ $output == *"usage: mta-sts [-f FILE] ${arguments%% *}"* ]]
    done
}

@test "output that cannot be written is told, exit status 1" {
    local command
    # The large output does not fit into stdio's buffer.
    { printf '[large.example]\n' && seq -f 'mx = mail%.0f.large.example' 500; } >>policies.ini
    leave_alone policies.ini
    for command in hosts 'show large.example'; do
        run -1 bash -c '"$1" -f policies.ini $2 >/dev/full' _ "$MTA_STS" "$command"
        [[ $output == 'mta-sts: cannot write: '* ]]
    done
}

@test "dns: the records of one domain, byte for byte" {
    cat >policies.ini <<'INI'
[example.org]
mode = enforce
mx = mail.example.org
host = policies.example.net
tlsrpt = mailto:tls@example.org, https://reports.example.net/v1?d=example.org%2Cx
INI
    run -0 mta_sts dns example.org
    diff - <(grep -v '^;' <<<"$output") <<'ZONE'

_mta-sts.example.org. 300 IN TXT "v=STSv1; id=aae1d07d88d2ee53;"
mta-sts.example.org. 300 IN CNAME policies.example.net.
_smtp._tls.example.org. 300 IN TXT "v=TLSRPTv1; rua=mailto:tls@example.org,https://reports.example.net/v1?d=example.org%2Cx"
ZONE
    [[ $output == '; 1. Publish mta-sts.<domain>'*'the policy first, then its new id (RFC 8461 8.1).'* ]]
    run -0 mta_sts dns -T 3600 EXAMPLE.org.
    [[ $output == *'_mta-sts.example.org. 3600 IN TXT'* ]]
}

@test "dns: addresses; no host; the host itself" {
    printf '[a.example]\nmx = m.a.example\nhost = 192.0.2.1, 192.0.2.2 2001:db8::1\n[b.example]\nmx = m.b.example\n[c.example]\nmx = m.c.example\nhost = mta-sts.c.example\n' >policies.ini
    run -0 mta_sts dns
    [[ $output == *$'\nmta-sts.a.example. 300 IN A 192.0.2.1\nmta-sts.a.example. 300 IN A 192.0.2.2\nmta-sts.a.example. 300 IN AAAA 2001:db8::1\n'* ]]
    [[ $output == *'; mta-sts.b.example: write host = in the file'* ]]
    [[ $output == *'; mta-sts.c.example: host is this name itself; write its addresses'* ]]
    [[ $output != *$'\nmta-sts.c.example. 300'* ]]
}

@test "dns: named-checkzone and kzonecheck take it, all domains, a long tlsrpt, too" {
    local long i
    long=mailto:a@example.org
    for i in 1 2 3 4 5 6 7 8; do
        long+=,https://reports$i.example.net/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
    done
    printf '[long.example]\nmx = m.long.example\nhost = 2001:db8::1\ntlsrpt = %s\n' "$long" >>policies.ini
    sed -i '/broken.example/,/192.0.2.1/d; s/^\[defaults\]/&\nhost = policies.example.net\ntlsrpt = mailto:tls@example.net/' policies.ini
    mta_sts dns >records
    zone_around <records >zone
    named-checkzone -q . zone || named-checkzone . zone
    kzonecheck -o . zone
    [ "$(grep -c '^_mta-sts\.' records)" -eq 4 ]
    # The long record, with its strings joined.
    grep '^_smtp._tls.long' records | grep -o '"[^"]*"' | tr -d '"\n' >joined
    [ "$(cat joined)" = "v=TLSRPTv1; rua=$long" ]
    [ "$(grep -o '"[^"]*"' records | awk '{ if (length($0) > 257) print }')" = "" ]
}

@test "dns: no records for a domain with a mistake, nor for one that is not there" {
    run -1 --separate-stderr mta_sts dns
    [[ $output != *'_mta-sts.broken.example.'* ]]
    [[ $output == *'; broken.example: no records'* ]]
    [[ $output == *'_mta-sts.example.net. '* ]]
    [[ $stderr == *'policies.ini:17: [broken.example] mx: "192.0.2.1" is an IP address'* ]]
    run -1 mta_sts dns other.example
    [[ $output == *'mta-sts: other.example is not in the file; write a section [other.example]'* ]]
    run -1 mta_sts dns mta-sts.example.org
    [[ $output == *'mta-sts.example.org is the policy host; write example.org'* ]]
}

@test "dns: a mistake in host or tlsrpt is told, exit status 1; the other records are there" {
    printf '[defaults]\nhost = 192.0.2.1 policies.example.net\n[a.example]\nmx = m.a.example\n[b.example]\nmx = m.b.example\nhost = 192.0.2.2\ntlsrpt = nobody\n' >policies.ini
    leave_alone policies.ini
    run -1 --separate-stderr mta_sts dns
    [[ $stderr == *'policies.ini:2: [defaults] host: write one name'* ]]
    [[ $stderr == *'policies.ini:8: [b.example] tlsrpt: "nobody" is no address for reports'* ]]
    [[ $output == *$'\n_mta-sts.a.example. '* ]]
    [[ $output != *$'\nmta-sts.a.example. '* ]]
    [[ $output == *$'\nmta-sts.b.example. 300 IN A 192.0.2.2' ]]
    [[ $output != *'_smtp._tls'* ]]
}

@test "dns: the id of a file that was written just now is printed when its policy is served, not before" {
    start_fastcgi -f policies.ini
    start_lighttpd < <(lighttpd_fastcgi)
    local i
    for i in 1 2 3; do
        fetch mta-sts.example.org >/dev/null
        sleep "0.$i"
        sed -i "s/^max_age = .*/max_age = ${i}w/" policies.ini
        mta_sts dns example.org >records
        cmp <(fetch mta-sts.example.org) <(mta_sts show example.org)
        fetch mta-sts.example.org | grep -q "max_age: $((i * 604800))"
    done
}

@test "dns: mode none gets the steps of leaving" {
    printf '[example.org]\nmode = none\nmax_age = 1d\nmx = mail.example.org\n' >policies.ini
    run -0 mta_sts dns
    [[ $output == *'; Leaving MTA-STS (RFC 8461 8.3):'*'1. Serve this policy'*'2. Wait until'*'3. Remove these records'* ]]
}

@test "dns: the id changes when and only when the policy does" {
    local id other
    id_of() { mta_sts dns example.org | grep -o 'id=[0-9a-f]*'; }
    id=$(id_of)
    [ "$id" = id=ce7ca372e695f308 ]
    # Other comments, other white space, and the sections in another order.
    printf '[new.example]\nmx = m.new.example ; note\n\n[example.org] ; note\n  max_age=2419200\n\n mx = MAIL.example.org, *.backup.example.net\n# note\nmode = "enforce"\nhost = 192.0.2.1\n' >policies.ini
    [ "$(id_of)" = "$id" ]
    sed -i 's/2419200/2419201/' policies.ini
    other=$(id_of)
    [ "$other" != "$id" ]
    sed -i 's/2419201/2419200/' policies.ini
    [ "$(id_of)" = "$id" ]
}

@test "hosts: the policy hosts of all domains, of those with a mistake, too, and of no template" {
    printf '[*]\nmx = any.example\n[example.com]\nmx = twice.example\n[bad..example]\nmx = m.example\n' >>policies.ini
    run -0 mta_sts hosts
    [ "$output" = $'mta-sts.example.org\nmta-sts.example.com\nmta-sts.example.net\nmta-sts.broken.example' ]
}

@test "show: the policy, byte for byte as it is served" {
    start_fastcgi -f policies.ini
    start_lighttpd < <(lighttpd_fastcgi)
    local domain
    for domain in example.org example.net; do
        mta_sts show "$domain" >shown
        fetch "mta-sts.$domain" >served
        cmp shown served
    done
    is_policy example_org <(mta_sts show example.org)
    run -1 mta_sts show broken.example
    [[ $output == 'mta-sts: policies.ini:17: [broken.example] mx: '* ]]
    run -1 mta_sts show other.example
    run -1 mta_sts show google
    run -1 mta_sts show 'a b'
    [[ $output == 'mta-sts: "a b" is no host name'* ]]
}

@test "export: the tree, served by a lighttpd, answers as the program does" {
    sed -i '/broken.example/,$d' policies.ini
    mta_sts export tree
    start_fastcgi -f policies.ini
    start_lighttpd < <(lighttpd_fastcgi)
    local domain
    for domain in example.org example.com example.net; do
        cmp <(fetch "mta-sts.$domain") "tree/mta-sts.$domain/.well-known/mta-sts.txt"
    done
    kill "$FRONT"
    ended "$FRONT"
    rm front.sock
    start_lighttpd <<CONF
server.modules += ("mod_simple_vhost")
simple-vhost.server-root = "$DIR/tree"
simple-vhost.document-root = "/"
mimetype.assign = (".txt" => "text/plain; charset=utf-8")
CONF
    for domain in example.org example.com example.net; do
        fetch "mta-sts.$domain" -D headers -o body
        cmp body <(mta_sts show "$domain")
        grep -qi '^content-type: text/plain; charset=utf-8.$' headers
    done
    [ "$(status mta-sts.other.example)" = 404 ]
    [ -z "$(find tree -name '*.tmp')" ]
}

@test "export: what is no longer in the file is named, and removed with --delete; what it did not write stays" {
    sed -i '/broken.example/,$d' policies.ini
    mkdir -p tree/mta-sts.foreign.example/.well-known tree/mta-sts.example.com
    echo ours >tree/mta-sts.foreign.example/.well-known/mta-sts.txt
    echo ours >tree/mta-sts.example.com/robots.txt
    mta_sts export tree
    printf '[example.org]\nmx = new.example.org\n' >policies.ini
    run -0 mta_sts export tree
    [[ $output == *'tree/mta-sts.example.com: no longer in policies.ini; --delete removes it'* ]]
    [[ $output == *'tree/mta-sts.example.net: no longer in policies.ini; --delete removes it'* ]]
    [[ $output != *foreign* ]]
    [ -e tree/mta-sts.example.net/.well-known/mta-sts.txt ]
    run -0 mta_sts export --delete tree
    [[ $output == *'tree/mta-sts.example.net: no longer in policies.ini; removed'* ]]
    [ ! -e tree/mta-sts.example.net ]
    [ ! -e tree/mta-sts.example.com/.well-known ]
    [ "$(cat tree/mta-sts.example.com/robots.txt)" = ours ]
    [ "$(cat tree/mta-sts.foreign.example/.well-known/mta-sts.txt)" = ours ]
    grep -q 'mx: new.example.org' tree/mta-sts.example.org/.well-known/mta-sts.txt
    run -0 mta_sts export --delete tree
    [ -z "$output" ]
    # A list that somebody has edited cannot point outside of the tree.
    mkdir -p outside/.well-known
    echo ours >outside/.well-known/mta-sts.txt
    printf '../outside\nmta-sts.../../outside\nmta-sts.gone.example/../../outside\n' >>tree/.mta-sts-export
    run -0 mta_sts export --delete tree
    [ -e outside/.well-known/mta-sts.txt ]
}

@test "export: a mistake costs its own domain; its last export stays; exit status 1" {
    sed -i 's/192.0.2.1/mail.broken.example/' policies.ini
    mta_sts export tree
    sed -i 's/mail.broken.example/192.0.2.1/; s/mail.example.org/new.example.org/' policies.ini
    run -1 mta_sts export --delete tree
    [[ $output == *'policies.ini:17: [broken.example] mx: "192.0.2.1" is an IP address'* ]]
    grep -q 'mx: mail.broken.example' tree/mta-sts.broken.example/.well-known/mta-sts.txt
    grep -q 'mx: new.example.org' tree/mta-sts.example.org/.well-known/mta-sts.txt
    grep -qx mta-sts.broken.example tree/.mta-sts-export
}

@test "export: a disk that is full, a folder that cannot be made: told, and nothing that was there is harmed" {
    sed -i '/broken.example/,$d' policies.ini
    run -1 mta_sts export policies.ini/tree
    [[ $output == *'policies.ini/tree: cannot be written: Not a directory'* ]]
    mta_sts export tree
    # No file may grow, as on a full disk.
    sed -i 's/mail.example.org/new.example.org/' policies.ini
    run -1 bash -c 'trap "" XFSZ; ulimit -f 0; exec "$1" -f policies.ini export tree 2>&1 | cat' _ "$MTA_STS" || true
    [[ $output == *'cannot be written: File too large'* ]]
    is_policy example_org tree/mta-sts.example.org/.well-known/mta-sts.txt
    [ -z "$(find tree -name '*.tmp')" ]
    mta_sts export tree
    grep -q 'mx: new.example.org' tree/mta-sts.example.org/.well-known/mta-sts.txt
}

@test "dns and export wait for a file written or put into place just now: a running program serves the old one until then" {
    local how begin
    for how in 'touch policies.ini' 'touch -d yesterday policies.ini' 'cp -p policies.ini new && mv new policies.ini'; do
        begin=${EPOCHREALTIME/./}
        eval "$how"
        "$MTA_STS" -f policies.ini dns example.org >records
        [ $((${EPOCHREALTIME/./} - begin)) -gt 1000000 ]
    done
    begin=${EPOCHREALTIME/./}
    touch policies.ini
    "$MTA_STS" -f policies.ini export --worker worker.js || true
    [ $((${EPOCHREALTIME/./} - begin)) -gt 1000000 ]
}

@test "export: a list of an earlier export that cannot be read is told, and nothing is written" {
    "$MTA_STS" -f policies.ini export out || true
    rm out/.mta-sts-export
    mkdir out/.mta-sts-export
    rm -r out/mta-sts.example.org
    run -1 "$MTA_STS" -f policies.ini export out
    [[ $output == *'out/.mta-sts-export: is a folder; remove it, or export elsewhere'* ]]
    [ ! -e out/mta-sts.example.org ]
}

# complete_words WORD...: what the installed completion offers for the last WORD.
complete_words() {
    (
        # shellcheck disable=SC1091
        source "$BATS_TEST_DIRNAME/../examples/bash-completion/mta-sts"
        COMP_WORDS=("$MTA_STS" "$@") COMP_CWORD=$#
        _mta_sts
        printf '%s\n' "${COMPREPLY[@]}" | paste -sd ' '
    )
}

@test "bash completion: every command and option of the usage, and the domains of the file" {
    local commands name arguments
    commands=$("$MTA_STS" -h | sed -n '/Commands:$/,/^$/s/^  \([a-z]*\) .*/\1/p' | uniq)
    [ "$(complete_words '')" = "$(paste -sd ' ' <<<"$commands")" ]
    [[ $commands == check*dns*hosts*show*export ]]
    [ "$(complete_words d)" = dns ]
    [ "$(complete_words check -)" = -q ]
    [ "$(complete_words dns -)" = -T ]
    [ "$(complete_words export -)" = '--delete --worker' ]
    [ "$(complete_words -f policies.ini show example.)" = 'example.org example.com example.net' ]
    [ "$(complete_words -f policies.ini dns -T 60 example.org br)" = broken.example ]
    [ -z "$(complete_words -f policies.ini show example.org e)" ]
    # In a CGI's environment, too.
    [ "$(SERVER_NAME=x complete_words sh)" = show ]
}
