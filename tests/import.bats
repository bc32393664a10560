# import: policies from files, folders, Workers and nginx become sections. tests/unit/import has what each kind of text becomes.

load helpers/suite

POLICY='version: STSv1\nmode: enforce\nmx: mail.example.net\nmax_age: 604800\n'
VALUES=$'mode    = enforce\nmx      = mail.example.net\nmax_age = 1w'

# policy PATH...: writes the policy to each PATH.
policy() {
    local path
    for path in "$@"; do
        mkdir -p "$(dirname "$path")"
        # shellcheck disable=SC2059 # it has \n in it
        printf "$POLICY" >"$path"
    done
}

# imports ARGUMENT...: everything is imported, without a complaint; the sections go to new.ini, and have no error.
imports() {
    "$MTA_STS" import "$@" >new.ini 2>complaints
    [ ! -s complaints ]
    is_right new.ini
}

# is_right FILE: check finds no error.
is_right() {
    leave_alone "$1"
    "$MTA_STS" -f "$1" check | tail -n 1 | grep -q ' 0 errors, '
}

# exports_alike: policies.ini and new.ini are the same policies.
exports_alike() {
    "$MTA_STS" -f policies.ini export old
    "$MTA_STS" -f new.ini export new
    diff -r -x .mta-sts-export old new | head -n 20
    diff -rq -x .mta-sts-export old new
}

@test "import: policies of the senders' cases, exported again, are the same; those with a mistake are comments" {
    local senders=$BATS_TEST_DIRNAME/import/senders.py table=$BATS_TEST_DIRNAME/fixtures/policy_senders.tsv
    "$senders" make "$table" tree
    [ "$(find tree -name mta-sts.txt | wc -l)" -ge 500 ]
    "$senders" expect "$table" >expected
    "$MTA_STS" import tree >new.ini 2>complaints && return 1
    is_right new.ini
    "$MTA_STS" -f new.ini export new
    "$senders" served new expected >served
    diff expected served
    [ "$(find new -name mta-sts.txt | wc -l)" -eq "$(grep -vc null expected)" ]
    # Each of the others is a comment, and has a complaint with its file and line.
    grep null expected | sed 's/^\["\([^"]*\).*/\1/' | sort >wrong
    diff wrong <(sed -n 's/^;\[\(.*\)\]$/\1/p' new.ini | sort)
    diff wrong <(sed -n '/: warning: /d; s/^mta-sts: tree\/[^:]*mta-sts.txt:[0-9]*: \[\([^]]*\)\] .*/\1/p' complaints | sort -u)
}

@test "import: what the Worker and the files of export have is what policies.ini has, with templates and [defaults]" {
    printf '[defaults]\nmax_age = 2w\nmode = enforce\n' >policies.ini
    local i
    for ((i = 0; i < 300; i++)); do
        printf '[customer-number-%d.example]\nmx = mail%d.example.net\n' "$i" $((i % 3))
    done >>policies.ini
    printf '[*]\nmx = mail0.example.net\n' >>policies.ini
    leave_alone policies.ini
    "$MTA_STS" -f policies.ini export --worker worker.js
    imports worker.js
    exports_alike
    head -n 3 new.ini | diff - <(printf '[defaults]\nmode    = enforce\nmax_age = 2w\n')
    [ "$(grep -c '^use ' new.ini)" -gt 3 ]
    [ "$(grep -c '^mx ' new.ini)" -eq 3 ]
    [ "$(awk '{ if (length > most) most = length } END { print most }' new.ini)" -le 1022 ]
    # A section of one policy alone needs no template: [defaults] has all of it.
    sed -i 's/mail[12]/mail0/' policies.ini
    leave_alone policies.ini
    rm -r old new
    "$MTA_STS" -f policies.ini export tree
    imports tree
    sed -i '/^\[\*\]$/,$d' policies.ini
    exports_alike
    ! grep -q '^use ' new.ini
}

@test "import: the domain is in the path, in CNAME, or in --domain" {
    policy tree/mta-sts.a.example/.well-known/mta-sts.txt tree/b.example/mta-sts.txt tree/vhosts/c.example/httpdocs/.well-known/mta-sts.txt
    policy tree/pages/.well-known/mta-sts.txt tree/d.example/repository/mta-sts.txt
    echo mta-sts.pages.example >tree/pages/CNAME
    printf 'MTA-STS.d.example\r\n' >tree/d.example/repository/CNAME
    imports tree
    diff new.ini <(printf '[a.example b.example c.example d.example pages.example]\n%s\n' "$VALUES")
    imports tree/pages/.well-known/mta-sts.txt
    grep -qx '\[pages.example\]' new.ini
    cd tree/mta-sts.a.example/.well-known
    "$MTA_STS" import mta-sts.txt | grep -qx '\[a.example\]'
    "$MTA_STS" import . | grep -qx '\[a.example\]'
    "$MTA_STS" import --domain e.example - <mta-sts.txt | grep -qx '\[e.example\]'
    run -1 "$MTA_STS" import - <mta-sts.txt
    [ "$output" = 'mta-sts: standard input: no folder names its domain; write --domain NAME, or name its folder as its host, mta-sts.example.org' ]
}

@test "import: a CNAME that names another host than the folder is a warning" {
    policy tree/mta-sts.a.example/.well-known/mta-sts.txt tree/mta-sts.b.example/.well-known/mta-sts.txt tree/c.github.io/mta-sts.txt
    echo mta-sts.a.example >tree/mta-sts.a.example/CNAME
    echo mta-sts.a.example >tree/mta-sts.b.example/CNAME
    echo mta-sts.c.example >tree/c.github.io/CNAME
    run -0 --separate-stderr "$MTA_STS" import tree
    [ "$output" = "$(printf '[a.example c.example]\n%s' "$VALUES")" ]
    [ "$stderr" = 'mta-sts: tree/mta-sts.b.example/.well-known/mta-sts.txt: warning: [a.example] the file CNAME names this domain, but the folder is mta-sts.b.example; correct CNAME, or rename the folder' ]
}

@test "import: without its semicolons, a section that was not imported has an error for each value that could not be read" {
    mkdir -p tree/{a,b,c}.example
    printf 'version: STSv1\nmode: enforce\nmx: mail.example.org.\nmx: b.example.org\nmax_age: 604800\n' >tree/a.example/mta-sts.txt
    printf 'version: STSv1\nmode: enforce\nmax_age: 1 week\n' >tree/b.example/mta-sts.txt
    printf 'version: STSv1\nmode: on\nmx: mail.example.org\nmax_age: 604800\n' >tree/c.example/mta-sts.txt
    run -1 --separate-stderr "$MTA_STS" import tree
    # Nothing is in force before somebody edits it.
    echo "$output" >new.ini
    run -1 "$MTA_STS" check new.ini
    [[ $output == *'contains no section'* ]]
    "$MTA_STS" import tree 2>complaints | sed 's/^;\([^ ]\)/\1/' >new.ini
    grep -v '^;' new.ini | grep . | diff - <(printf '%s\n' '[a.example]' 'mode    = enforce' 'mx      =' 'mx      = b.example.org' 'max_age = 1w' \
        '[b.example]' 'mode    = enforce' 'mx      =' 'max_age =' '[c.example]' 'mode    =' 'mx      = mail.example.org' 'max_age = 1w')
    run -1 "$MTA_STS" check new.ini
    [[ $output == *': 3 domains, 4 errors, 0 warnings' ]]
}

@test "import: two different policies of one domain: both files are named, none is taken" {
    policy one/a.example/mta-sts.txt two/a.example/mta-sts.txt two/b.example/mta-sts.txt
    imports one two
    sed -i s/enforce/testing/ two/a.example/mta-sts.txt
    run -1 --separate-stderr "$MTA_STS" import one two
    [ "$stderr" = 'mta-sts: [a.example] one/a.example/mta-sts.txt:1 and two/a.example/mta-sts.txt:1 do not have the same policy; leave one of them out
mta-sts: 1 of 2 domains imported; the others are comments in the output, each with its reason' ]
    [ "$(grep -c '^;\[a.example\]$' <<<"$output")" -eq 2 ]
    grep -qx '\[b.example\]' <<<"$output"
    ! grep -qx '\[a.example\]' <<<"$output"
    # Nor is the right one taken if the other is wrong.
    echo '# a comment' >>two/a.example/mta-sts.txt
    run -1 --separate-stderr "$MTA_STS" import one two
    ! grep -qx '\[a.example\]' <<<"$output"
}

@test "import: a folder with Workers, nginx and other files" {
    mkdir -p tree/nginx/sites-available tree/nginx/empty tree/src
    printf 'server {\n server_name mta-sts.n.example;\n location /.well-known/mta-sts.txt { return 200 "%s"; }\n}\n' "$POLICY" >tree/nginx/sites-available/default
    printf 'server { server_name x.example; }\n' >tree/nginx/nginx.conf
    printf 'const m = {"mta-sts.w.example": "%s"}\n' "$POLICY" >tree/src/worker.js
    printf 'other();\n' >tree/src/other.js
    policy tree/.git/a.example/mta-sts.txt tree/node_modules/a.example/mta-sts.txt
    imports tree
    diff new.ini <(printf '[n.example w.example]\n%s\n' "$VALUES")
    # A server whose policy is not in the configuration, and that of no other source, is not forgotten.
    printf 'server {\n server_name mta-sts.n.example;\n return 301 https://$host;\n}\n' >tree/nginx/sites-available/http
    printf 'server {\n server_name mta-sts.%s.example;\n root /var/www/mta-sts.%s.example;\n}\n' r r >tree/nginx/sites-available/files
    run -1 --separate-stderr "$MTA_STS" import tree
    diff <(echo "$output") new.ini
    [ "$stderr" = 'mta-sts: tree/nginx/sites-available/files:2: [r.example] this server returns no policy; import the folder of its mta-sts.txt, too, or import it from where it is served: mta-sts-probe --import' ]
    policy www/mta-sts.r.example/.well-known/mta-sts.txt
    imports tree www
    grep -qx '\[n.example r.example w.example\]' new.ini
    # Nor is a policy without its version.
    printf 'server {\n server_name mta-sts.v.example;\n location = /.well-known/mta-sts.txt { return 200 "mode: none\\nmax_age: 86400\\n"; }\n}\n' >tree/nginx/v.conf
    run -1 --separate-stderr "$MTA_STS" import tree www
    [[ $stderr == 'mta-sts: tree/nginx/v.conf:3: [v.example] "version" is missing; '* ]]
    # A file that is named needs no name of that kind, but a policy.
    cp tree/src/worker.js no-name
    imports no-name
    run -1 "$MTA_STS" import tree/src/other.js
    [ "$output" = 'mta-sts: tree/src/other.js: no policy is in it: a policy has to be a string behind the name of its host' ]
    run -1 "$MTA_STS" import tree/nginx/empty
    [[ $output == *': no policy is below this folder: no mta-sts.txt, no Worker, no configuration of nginx' ]]
}

@test "import: a FIFO, a socket, large files, names with control bytes, links that lead out, in circles or nowhere are harmless" {
    policy "tree/mta-sts.good.example/.well-known/mta-sts.txt" $'tree/mta-sts.\e[31mred.example/mta-sts.txt' secret.txt tree/shared.txt
    mkdir -p tree/{fifo,socket,large,out,nowhere,in,loop}.example
    mkfifo tree/fifo.example/mta-sts.txt tree/fifo.js
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("tree/socket.example/mta-sts.txt")'
    truncate -s 1G tree/large.example/mta-sts.txt tree/large.js
    ln -s "$DIR/secret.txt" tree/out.example/mta-sts.txt
    ln -s missing tree/nowhere.example/mta-sts.txt
    ln -s ../shared.txt tree/in.example/mta-sts.txt
    ln -s .. tree/loop.example/up
    ln -s "$DIR" tree/loop.example/outside
    run -1 --separate-stderr timeout 60 "$MTA_STS" import tree
    grep -qx '\[good.example in.example\]' <<<"$output"
    [ "$(grep -c '^\[' <<<"$output")" -eq 1 ]
    [ "$(grep -c . <<<"$stderr")" -eq 8 ]
    ! grep -q $'\e' <<<"$stderr$output"
    grep -qF 'tree/fifo.example/mta-sts.txt: is a FIFO; ' <<<"$stderr"
    grep -qF 'tree/socket.example/mta-sts.txt: is a socket; ' <<<"$stderr"
    grep -qF '[large.example] the policy is over 65,536 bytes' <<<"$stderr"
    grep -qF 'tree/out.example/mta-sts.txt: is a symbolic link that leads out of the folder; ' <<<"$stderr"
    grep -qF 'tree/nowhere.example/mta-sts.txt: is a symbolic link that leads nowhere' <<<"$stderr"
    # It keeps no more of them than it needs.
    python3 -c 'import resource, subprocess, sys
subprocess.run([sys.argv[1], "import", "tree"], capture_output=True)
sys.exit(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 150_000)' "$MTA_STS"
    run -1 timeout 60 "$MTA_STS" import tree/fifo.js /dev/null tree/large.js missing
    diff - <(echo "$output") <<'TEXT'
mta-sts: tree/fifo.js: is a FIFO; read it with "mta-sts import - <FILE"
mta-sts: /dev/null: is a device; name a file
mta-sts: tree/large.js: is over 64 MB: too large for a Worker or a configuration
mta-sts: missing: cannot be read: No such file or directory
TEXT
}

@test "import: hosts that are links to others; files that no server uses, or that cannot be read" {
    policy tree/mta-sts.a.example/.well-known/mta-sts.txt
    ln -s mta-sts.a.example tree/mta-sts.b.example
    ln -s . tree/mta-sts.loop.example
    ln -s mta-sts.self.example tree/mta-sts.self.example
    # An old file, another name, a site that is not enabled.
    policy tree/mta-sts.c.example/.well-known/old-mta-sts.txt
    mkdir -p tree/nginx/sites-{available,enabled} tree/nginx/conf.d
    local host
    for host in d e f; do
        printf 'server {\n server_name mta-sts.%s.example;\n return 200 "%s";\n}\n' "$host" "$POLICY" >"tree/nginx/sites-available/$host"
    done
    ln -s ../sites-available/d tree/nginx/sites-enabled/d
    mv tree/nginx/sites-available/e tree/nginx/conf.d/e.conf.old
    imports tree
    diff new.ini <(printf '[a.example b.example d.example]\n%s\n' "$VALUES")
    local folder
    for folder in tree/nginx/sites-available{,/}; do
        imports "$folder"
        grep -qx '\[d.example f.example\]' new.ini
    done
    ln -s "$DIR" tree/mta-sts.out.example
    run -1 --separate-stderr "$MTA_STS" import tree
    [ "$stderr" = 'mta-sts: tree/mta-sts.out.example: is a symbolic link that leads out of the folder; name its target itself' ]
    rm tree/mta-sts.{out,loop}.example
    printf 'x' >tree/worker.js
    chmod 0 tree/worker.js
    run -1 --separate-stderr without_privileges "$MTA_STS" import tree
    [ "$stderr" = 'mta-sts: tree/worker.js: cannot be read: Permission denied' ]
}

@test "import: added to a file, no policy in it changes" {
    policy tree/a.example/mta-sts.txt tree/b.example/mta-sts.txt
    sed -i s/enforce/testing/ tree/b.example/mta-sts.txt
    # The last line has no end.
    printf '[c.example]\nmx = mail.c.example\n[d.example]\nmode = none' >policies.ini
    cp policies.ini old.ini
    "$MTA_STS" import tree >>policies.ini
    is_right policies.ini
    ! grep -q '^\[defaults\]' policies.ini
    run "$MTA_STS" diff old.ini policies.ini
    [[ $output == *': 2 domains added, 0 removed, 0 changed'* ]]
    : >new.ini
    "$MTA_STS" import tree >>new.ini
    grep -q '^\[defaults\]' new.ini
}

@test "import: wrong arguments" {
    local arguments
    for arguments in '' '--domain a.example'; do
        # shellcheck disable=SC2086 # several words
        run -2 "$MTA_STS" import $arguments
        [ "$output" = 'usage: mta-sts import [--domain NAME] FILE|DIR|-...' ]
    done
    for arguments in '--into x' '-f x y'; do
        # shellcheck disable=SC2086 # several words
        run -2 "$MTA_STS" import $arguments
        [ "${lines[0]}" = "mta-sts: import: ${arguments%% *}: unknown option" ]
        [ "${lines[1]}" = 'usage: mta-sts import [--domain NAME] FILE|DIR|-...' ]
    done
    run -2 "$MTA_STS" import --domain mta-sts.a.example x
    [ "${lines[0]}" = 'mta-sts: mta-sts.a.example is the policy host; write a.example' ]
    # No policies.ini is needed.
    rm policies.ini
    policy a.example/mta-sts.txt
    imports a.example
}

@test "import: domains whose policies differ only in their own names share a header, with {domain}" {
    local domain
    policy tree/provider.example/mta-sts.txt tree/customer.example/mta-sts.txt
    sed -i 's/mail.example.net/mail.provider.example/' tree/{provider,customer}.example/mta-sts.txt
    policy tree/{a,b,c,d}.example/mta-sts.txt
    for domain in a b c d; do
        sed -i "s/^mx: .*/mx: mail.$domain.example\\nmx: *.not$domain.example\\nmx: $domain.example/; s/not[abc]/not/" "tree/$domain.example/mta-sts.txt"
    done
    imports tree
    diff new.ini - <<'TEXT'
[defaults]
mode    = enforce
max_age = 1w

[a.example b.example c.example]
mx      = mail.{domain}
mx      = *.not.example
mx      = {domain}

[customer.example provider.example]
mx      = mail.provider.example

[d.example]
mx      = mail.d.example
mx      = *.notd.example
mx      = d.example
TEXT
    # The program serves what was imported.
    "$MTA_STS" -f new.ini export new
    diff <(tr -d '\r' <new/mta-sts.b.example/.well-known/mta-sts.txt) tree/b.example/mta-sts.txt
}
