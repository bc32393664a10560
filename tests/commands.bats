# The commands, as an operator calls them. dns.bats has the records that dns prints, export.bats the obstacles of an export.

load helpers/suite
load helpers/program
load helpers/lighttpd

mta_sts() {
    "$MTA_STS" -f policies.ini "$@"
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
policies.ini:2: warning: [defaults] max_age: 3600 seconds is less than a day and protects little; write a week or more (RFC 8461 10.2)
policies.ini:4: warning: [unused]: no section uses this template; write use = in a section, or delete it
policies.ini:9: [example.org] mx: "mail.example.org." ends in a dot; write "mail.example.org" (RFC 8461 3.2)
policies.ini:12: warning: [*]: answers for every domain that the front server passes on; write the domains if you know them
policies.ini:14: warning: [*] max_age: 2419200 seconds is long for mode = none; write 1d (RFC 8461 8.3)
policies.ini:18: warning: [example.net] mx: "*.example.net" matches every host of the domain itself; write the hosts of its MX records (RFC 8461 10.4)
policies.ini:18: warning: [example.net] mx: "mail" is a single label; write the host's full name (RFC 8461 3.2)
policies.ini: 2 domains and [*], 1 error, 6 warnings
TOLD
}

@test "check: the other warnings; they alone leave the exit status 0" {
    {
        printf '[example.org]\nmode = enforce\nmax_age = 2d\nmx = mail.example.org\n[example.net]\nmode = testing\n'
        seq -f 'mx = mx%05.0f.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.example' 200
    } >policies.ini
    run -0 mta_sts check
    [[ $output == *'policies.ini:3: warning: [example.org] max_age: 172800 seconds is less than a week, with mode = enforce'* ]]
    [[ $output == *'policies.ini:6: warning: [example.net] mode: testing without tlsrpt brings no reports'* ]]
    [[ $output == *'policies.ini:5: warning: [example.net] mx: the policy has '*' bytes, but one sender reads only 10240'* ]]
    [[ $output == *$'\npolicies.ini: 2 domains, 0 errors, 3 warnings' ]]
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
policies.ini:7: warning: [example.org] mx: "*.example.org" matches every host of the domain itself
policies.ini:8: warning: [example.org] mx: "local" is a single label
policies.ini:8: warning: [example.org] mx: "mail.example.org" is already in the list; delete it
policies.ini:9: [example.org] tlsrpt: "nobody" is not a valid report address
policies.ini:10: [example.org] host: write one name
policies.ini: 2 domains, 2 errors, 3 warnings
TOLD
    # The first of the file.
    run -1 --separate-stderr mta_sts dns example.org
    # shellcheck disable=SC2154 # bats sets it
    [[ $stderr == *'policies.ini:9: [example.org] tlsrpt'* ]]
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
    [[ $output == */policies.ini': 4 domains, 0 errors, 0 warnings' ]]
}

@test "the file: -f before or behind the command, and check FILE" {
    mkdir other
    printf '[x.example]\nmx = m.x.example\nmode = enforce\n' >other/x.ini
    leave_alone other/x.ini
    local call
    for call in '-f other/x.ini check' 'check -f other/x.ini' 'check other/x.ini'; do
        # shellcheck disable=SC2086 # several arguments
        run -0 "$MTA_STS" $call
        [ "$output" = 'other/x.ini: 1 domain, 0 errors, 0 warnings' ]
    done
    run -0 "$MTA_STS" check -q other/x.ini
    [ -z "$output" ]
    run -0 "$MTA_STS" show -f other/x.ini x.example
    [[ $output == *'mx: m.x.example'* ]]
    run -0 "$MTA_STS" show x.example -f other/x.ini
    run -2 "$MTA_STS" check -f
    [ "${lines[0]}" = 'usage: mta-sts [-f FILE] check [-q] [FILE]' ]
}

@test "help and version, as people write them" {
    local call
    for call in -h --help help; do
        run -0 "$MTA_STS" "$call"
        [[ $output == 'usage: mta-sts [-f FILE] COMMAND'* ]]
    done
    for call in -V --version version; do
        run -0 "$MTA_STS" "$call"
        [[ ${lines[0]} == 'mta-sts '[0-9]* ]]
    done
}

@test "check: colour on a terminal only" {
    run -1 mta_sts check
    [[ $output != *$'\033'* ]]
    export MTA_STS TERM=xterm
    script -qec '"$MTA_STS" -f policies.ini check' /dev/null </dev/null >typed || true
    grep -q $'\033\[31mpolicies.ini:17' typed
    NO_COLOR=1 script -qec '"$MTA_STS" -f policies.ini check' /dev/null </dev/null >typed || true
    ! grep -q $'\033' typed
}

@test "check: no file, no section: told, exit status 1" {
    run -1 "$MTA_STS" -f nowhere.ini check
    [ "$output" = 'mta-sts: nowhere.ini: cannot be read: No such file or directory' ]
    mkdir empty
    run -1 env -C empty MTA_STS_POLICIES=none.ini "$MTA_STS" hosts
    [ "$output" = 'mta-sts: none.ini: cannot be read: No such file or directory
mta-sts: "mta-sts -f FILE hosts" reads another file' ]
    : >empty/policies.ini.txt
    run -1 env -C empty MTA_STS_POLICIES=none.ini "$MTA_STS" check
    [ "${lines[1]}" = 'mta-sts: policies.ini.txt is in this folder: rename it to policies.ini, or write "mta-sts -f policies.ini.txt check"' ]
    : >empty.ini
    run -1 "$MTA_STS" -f empty.ini check
    [[ $output == 'mta-sts: empty.ini: contains no section'* ]]
}

@test "usage: each command's own, exit status 2" {
    local arguments
    for arguments in 'check policies.ini b' 'check -x' 'hosts all' 'show' 'show a.b c.d' 'export' 'export --worker' 'export a b' 'dns -T' 'dns -T x' 'dns -x' \
        diff 'diff -x policies.ini' 'diff policies.ini policies.ini policies.ini' 'diff policies.ini --now' 'diff --now now policies.ini'; do
        # shellcheck disable=SC2086 # several arguments
        run -2 mta_sts $arguments
        [[ $output == *"usage: mta-sts [-f FILE] ${arguments%% *}"* ]]
    done
}

@test "show takes the policy host, an address, a URL and a header for the domain; dns says what to write" {
    local form
    for form in mta-sts.example.org MTA-STS.Example.org. info@example.org https://mta-sts.example.org/.well-known/mta-sts.txt https://example.org '[example.org]'; do
        cmp <(mta_sts show "$form") <(mta_sts show example.org)
        run -1 mta_sts dns "$form"
        [[ $output == *"mta-sts: $form is "*'; write example.org'* ]]
    done
}

@test "a word that is no command: the command line that was meant; exit status 2" {
    local word meant
    while read -r word meant; do
        run -2 "$MTA_STS" "$word"
        [[ ${lines[0]} == "mta-sts: $word: "*"$meant"* ]]
    done <<'WORDS'
chek write "mta-sts check"
Hosts write "mta-sts hosts"
dsn write "mta-sts dns"
--check write "mta-sts check"
policies.ini write "mta-sts -f policies.ini check"
nowhere.ini write "mta-sts -f nowhere.ini check"
example.org write "mta-sts show example.org"
info@example.org write "mta-sts show info@example.org"
serve unknown command; "mta-sts -h" lists the commands
--serve unknown option
WORDS
    run -2 "$MTA_STS" -x
    [[ $output == *'-x: unknown option'* ]]
    run -2 "$MTA_STS" -f
    [[ $output == *'-f: its value is missing'* ]]
}

@test "an unknown option is named, with the usage of its command, also without a file; help for each command" {
    local call
    for call in 'check --quiet' 'dns --formt json' 'hosts -q' 'show -q example.org' 'export --clean dir' 'diff -q a b'; do
        # shellcheck disable=SC2086 # several arguments
        run -2 "$MTA_STS" -f nowhere.ini $call
        [[ ${lines[0]} == "mta-sts: ${call%% *}: -"*': unknown option' ]]
        [[ ${lines[1]} == "usage: mta-sts [-f FILE] ${call%% *}"* ]]
    done
    for call in 'help show' 'show -h' 'show --help'; do
        # shellcheck disable=SC2086 # several arguments
        run -0 "$MTA_STS" $call
        [ "$output" = 'usage: mta-sts [-f FILE] show DOMAIN' ]
    done
    run -2 "$MTA_STS" help shwo
    [[ $output == *'write "mta-sts show"'* ]]
}

@test "a file of another format: what it is, and what to write" {
    printf 'version: STSv1\r\nmode: enforce\r\nmx: mail.example.org\r\nmx: *.example.net\r\nmax_age: 86400\r\n' >mta-sts.txt
    run -1 "$MTA_STS" check mta-sts.txt
    diff - <(echo "$output") <<'TOLD'
mta-sts: mta-sts.txt: is a policy, without the name of its domain; write, with your domain in the first line:
    [example.org]
    mode = enforce
    mx = mail.example.org
    mx = *.example.net
    max_age = 86400
TOLD
    tail -n +2 <<<"$output" >written.ini
    leave_alone written.ini
    cmp <("$MTA_STS" -f written.ini show example.org) mta-sts.txt
    printf '\n{ "example.org": { "mode": "enforce" } }\n' >policies.json
    run -1 "$MTA_STS" check policies.json
    [[ $output == 'mta-sts: policies.json: is JSON; write it as INI:'*'[example.org]'* ]]
    printf '# policies\nexample.org:\n  mode: enforce\n' >policies.yaml
    run -1 "$MTA_STS" check policies.yaml
    [[ $output == 'mta-sts: policies.yaml: is YAML; write it as INI:'*'[example.org]'* ]]
    printf '\n// a Worker\nconst policies = {};\n' >worker.js
    run -1 "$MTA_STS" check worker.js
    [ "$output" = 'mta-sts: worker.js: is JavaScript; "mta-sts import" prints the sections for its policies' ]
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

@test "hosts: the policy hosts of all domains, of those with a mistake, too, and of no template" {
    printf '[*]\nmx = any.example\n[example.com]\nmx = twice.example\n[bad..example]\nmx = m.example\n' >>policies.ini
    run -1 --separate-stderr mta_sts hosts
    [[ $stderr == *'this line may be the header of a domain that the file names nowhere else'* ]]
    [ "$output" = $'mta-sts.example.org\nmta-sts.example.com\nmta-sts.example.net\nmta-sts.broken.example' ]
}

@test "hosts --for: what each front server takes, for all policy hosts or for those with a certificate" {
    mkdir pem
    touch pem/mta-sts.example.com.pem
    run -0 mta_sts hosts --for nginx
    [ "$output" = $'server_name mta-sts.example.org;\nserver_name mta-sts.example.com;\nserver_name mta-sts.example.net;\nserver_name mta-sts.broken.example;' ]
    run -0 mta_sts hosts --for caddy
    [ "$output" = $'mta-sts.example.org,\nmta-sts.example.com,\nmta-sts.example.net,\nmta-sts.broken.example' ]
    run -0 mta_sts hosts --for haproxy "$DIR/pem"
    [ "$output" = "$DIR/pem/mta-sts.example.com.pem mta-sts.example.com" ]
    run -0 "$MTA_STS" hosts --for lighttpd "$DIR/pem" -f policies.ini
    [ "$output" = "\$HTTP[\"host\"] == \"mta-sts.example.com\" { ssl.pemfile = \"$DIR/pem/mta-sts.example.com.pem\" }" ]
    # -f behind the command leaves no folder behind it.
    cmp <("$MTA_STS" hosts --for apache -f policies.ini) <(mta_sts hosts | sed 's/^/ServerAlias /')
    rm pem/*
    run -0 mta_sts hosts --for nginx "$DIR/pem"
    [ -z "$output" ]
}

@test "hosts --for: an unknown front server, and a folder that would lose a host" {
    run -2 --separate-stderr mta_sts hosts --for ngnix
    [ "${stderr_lines[0]}" = 'mta-sts: hosts --for: ngnix: unknown front server; write nginx; there are nginx, lighttpd, apache, haproxy, h2o, caddy' ]
    run -2 --separate-stderr mta_sts hosts --for lighttpd
    [ "${stderr_lines[0]}" = 'mta-sts: lighttpd: needs no list of names; name the folder of the certificates' ]
    run -2 --separate-stderr mta_sts hosts --for caddy "$DIR"
    [ "${stderr_lines[0]}" = 'mta-sts: caddy: gets the certificates itself; leave out the folder' ]
    run -2 mta_sts hosts --for
    mkdir "a folder"
    local folder
    for folder in pem nowhere "$DIR/nowhere" "$DIR/a folder" "$DIR/policies.ini"; do
        run -1 --separate-stderr mta_sts hosts --for nginx "$folder"
        [ -z "$output" ]
        # shellcheck disable=SC2154 # set by run
        [[ $stderr == "mta-sts: $folder: "* ]]
    done
    # A loop of links: whether the certificate is there cannot be found out.
    mkdir pem
    touch pem/mta-sts.example.org.pem
    ln -s mta-sts.example.com.pem pem/mta-sts.example.com.pem
    run -1 --separate-stderr mta_sts hosts --for nginx "$DIR/pem"
    [ -z "$output" ]
    [[ $stderr == "mta-sts: $DIR/pem/mta-sts.example.com.pem: "* ]]
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
    [ "$output" = 'mta-sts: other.example is not in the file; write a section [other.example]' ]
    run -1 mta_sts show google
    [ "$output" = 'mta-sts: google is a template, for other sections to use, and is not served; name a domain' ]
    run -1 mta_sts show defaults
    [[ $output == 'mta-sts: [defaults] has the values that all sections inherit'* ]]
    run -1 mta_sts show localhost
    [ "$output" = 'mta-sts: localhost is not in the file, and has no dot; name a domain, as in example.org' ]
    run -1 mta_sts show 'a b'
    [[ $output == 'mta-sts: "a b" is not a valid host name'* ]]
}

@test "a header of several lines: 300 domains with one policy; a domain in two places names both lines" {
    { echo '[' && seq -f '  d%.0f.example' 300 && printf ']\nmode = enforce\nmx = mail.example.net\nhost = policies.example.net\n'; } >policies.ini
    leave_alone policies.ini
    run -0 mta_sts check
    [ "$output" = 'policies.ini: 300 domains, 0 errors, 0 warnings' ]
    [ "$(mta_sts hosts | md5sum)" = "$(seq -f 'mta-sts.d%.0f.example' 300 | md5sum)" ]
    mta_sts show d300.example | grep -q 'mx: mail.example.net'
    [ "$(mta_sts dns | grep -c 'CNAME policies.example.net.')" -eq 300 ]
    sed -i 's/ d200.example/ d100.example/' policies.ini
    leave_alone policies.ini
    run -1 mta_sts check
    [ "${lines[0]}" = 'policies.ini:201: [d1.example ...]: "d100.example" is already named in line 101; keep one of the two' ]
    run -1 mta_sts show d100.example
    [ "$output" = 'mta-sts: policies.ini:201: [d100.example]: is already named in line 101; keep one of the two' ]
    mta_sts show d101.example | grep -q 'mx: mail.example.net'
}

# {domain} in a template, in [defaults] and in [*]. LONG is too long for one of them.
LONG=long-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx.example
domain_file() {
    cat >policies.ini <<INI
[defaults]
mode = enforce
mx = mail.{domain}, mail.a.example
tlsrpt = mailto:tls@{domain}
[mx]
mx = mx.example.net
mx = mail-{domain}
[a.example b.example]
[$LONG c.example]
use = mx
[d.example]
mx = mail.d.example, *.{Domain}
mx = MAIL.{domain}
[*]
use = mx
INI
    leave_alone policies.ini
}

# policy_of DOMAIN: its mx hosts in one line.
policy_of() {
    mta_sts show "$1" | tr -d '\r' | sed -n 's/^mx: //p' | paste -sd ' '
}

@test "{domain}: each command has the name of the domain in its place" {
    domain_file
    [ "$(policy_of a.example)" = 'mail.a.example mail.a.example' ]
    [ "$(policy_of b.example)" = 'mail.b.example mail.a.example' ]
    [ "$(policy_of c.example)" = 'mx.example.net mail-c.example' ]
    [ "$(policy_of d.example)" = 'mail.d.example *.d.example mail.d.example' ]
    [ "$(policy_of any.example)" = 'mx.example.net mail-any.example' ]
    # The ids are those of policies that are written in full.
    printf '[defaults]\nmode = enforce\n[b.example]\ntlsrpt = mailto:tls@b.example\nmx = mail.b.example, mail.a.example\n[any.example]\nmx = mx.example.net, mail-any.example\n' >full.ini
    leave_alone full.ini
    local domain
    for domain in b.example any.example; do
        mta_sts dns "$domain" >records
        grep -F "$("$MTA_STS" -f full.ini dns "$domain" | grep -o 'v=STSv1; id=[0-9a-f]*;')" records
        grep -F "_smtp._tls.$domain. 300 IN TXT \"v=TLSRPTv1; rua=mailto:tls@$domain\"" records
    done
    run -1 mta_sts export tree
    for domain in a.example b.example c.example d.example; do
        cmp <(mta_sts show "$domain") "tree/mta-sts.$domain/.well-known/mta-sts.txt"
    done
    [ ! -e "tree/mta-sts.$LONG/.well-known/mta-sts.txt" ]
    # To write a policy in full is no change.
    run -1 "$MTA_STS" -f policies.ini diff full.ini
    [[ $output != *$'\nb.example'* ]]
}

@test "{domain}: check names the domain for which a host is too long, and hosts that are then there twice" {
    domain_file
    run -1 mta_sts check
    diff - <(echo "$output") <<TOLD
policies.ini:8: warning: [a.example b.example] mx: "mail.a.example" and "mail.{domain}" are the same for a.example; delete one of the two
policies.ini:9: [$LONG c.example] mx: "mail-{domain}" has a label of over 63 characters with $LONG in it; write a shorter one (RFC 8461 3.2)
policies.ini:12: warning: [d.example] mx: "*.{domain}" matches every host of the domain itself; write the hosts of its MX records (RFC 8461 10.4)
policies.ini:13: warning: [d.example] mx: "mail.d.example" and "mail.{domain}" are the same for d.example; delete one of the two
policies.ini:14: warning: [*]: answers for every domain that the front server passes on; write the domains if you know them
policies.ini: 5 domains and [*], 1 error, 4 warnings
TOLD
    run -1 mta_sts show "$LONG"
    [[ $output == *"with $LONG in it; write a shorter one"* ]]
}

@test "{domain}: the Worker fills it in for the domains of [*]" {
    domain_file
    mta_sts export --worker worker.mjs || true
    cat >ask.mjs <<'JS'
import worker from "./worker.mjs";
for (const domain of process.argv.slice(2)) {
    const answer = await worker.fetch(new Request(`https://mta-sts.${domain}/.well-known/mta-sts.txt`));
    console.log(answer.status, [...(await answer.text()).matchAll(/^mx: (.*)\r$/gm)].map((match) => match[1]).join(" "));
}
JS
    run -0 node ask.mjs b.example any.example "$LONG" "o-$LONG"
    diff - <(echo "$output") <<'ANSWERS'
200 mail.b.example mail.a.example
200 mx.example.net mail-any.example
500 
500 
ANSWERS
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
    [[ $commands == check*dns*diff*import*hosts*show*export ]]
    [ "$(complete_words d)" = 'dns diff' ]
    [ "$(complete_words check -)" = '-q --delegate' ]
    [ "$(complete_words check --delegate z.example pol)" = policies.ini ]
    [ "$(complete_words check -q pol)" = policies.ini ]
    [ "$(complete_words dns -)" = '-T --format --delegate --only' ]
    [ "$(complete_words diff -)" = '--json --now' ]
    [ "$(complete_words diff pol)" = policies.ini ]
    [ "$(complete_words diff --now 2026-11-26T07:00:00Z policies.ini pol)" = policies.ini ]
    [ -z "$(complete_words diff --json policies.ini policies.ini pol)" ]
    [ "$(complete_words dns --delegate z.example --only o)" = owners ]
    [ "$(complete_words dns -T 60 --f)" = --format ]
    [ "$(complete_words dns --format t)" = terraform ]
    [ "$(complete_words dns --format '')" = "$("$MTA_STS" dns --format xml 2>&1 | sed -n 's/.*write one of //p' | tr -d ,)" ]
    [ "$(complete_words hosts -)" = --for ]
    [ "$(complete_words hosts --for l)" = lighttpd ]
    mkdir pem
    [ "$(complete_words hosts --for nginx p)" = pem ]
    [ "$(complete_words -f policies.ini dns --format json exa)" = 'example.org example.com example.net' ]
    [ "$(complete_words export -)" = '--delete --site --worker' ]
    [ "$(complete_words export --site g)" = github-pages ]
    [ "$(complete_words export --site github-pages --d)" = --delete ]
    [ "$(complete_words -f policies.ini show example.)" = 'example.org example.com example.net' ]
    [ "$(complete_words -f policies.ini dns -T 60 example.org br)" = broken.example ]
    [ -z "$(complete_words -f policies.ini show example.org e)" ]
    # In a CGI's environment, too.
    [ "$(SERVER_NAME=x complete_words sh)" = show ]
}

@test "a wrong command: the line to write is whole, and a shell takes it as it is" {
    local file="it's \"my\" file.ini" line
    printf '[a.example]\nmx = mail.a.example\ntlsrpt = mailto:tls@a.example\n' >"$file"
    leave_alone "$file"
    # writes ARGUMENT...: does what the message says to write, with the arguments.
    writes() {
        run -2 "$MTA_STS" "$@"
        line=${output#*write \"mta-sts }
        output=$(eval "\"\$MTA_STS\" ${line%\"}")
        echo "$line -> $output"
    }
    writes -f "$file" chekc
    [ "$output" = "$file: 1 domain, 0 errors, 0 warnings" ]
    writes cehck "$file"
    [ "$output" = "$file: 1 domain, 0 errors, 0 warnings" ]
    writes "$file"
    [ "$output" = "$file: 1 domain, 0 errors, 0 warnings" ]
    writes "$file" hosts
    [ "$output" = mta-sts.a.example ]
    writes -f "$file" mta-sts.a.example
    [[ $output == *'mx: mail.a.example'* ]]
    run -2 "$MTA_STS" $'\e[31m.ini'
    ! grep -q $'\e' <<<"$output"
}
