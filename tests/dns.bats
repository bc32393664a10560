# dns: the records of each domain, and when their ids change.

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
    [[ ${lines[0]} == *'is longer than 242 characters; write a shorter one: _smtp._tls.<domain> may have 253'* ]]
    run -1 mta_sts show "${domain}aa"
    [[ $output == *'is longer than 242 characters'* ]]
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

mta-sts.example.org. 300 IN CNAME policies.example.net.
_mta-sts.example.org. 300 IN TXT "v=STSv1; id=aae1d07d88d2ee53;"
_smtp._tls.example.org. 300 IN TXT "v=TLSRPTv1; rua=mailto:tls@example.org,https://reports.example.net/v1?d=example.org%2Cx"
ZONE
    [[ $output == '; 1. Publish mta-sts.<domain>'*'the policy first, then its new id (RFC 8461 8.1).'* ]]
    run -0 mta_sts dns -T 3600 EXAMPLE.org.
    [[ $output == *'_mta-sts.example.org. 3600 IN TXT'* ]]
}

@test "dns: a domain that is named several times, in several spellings, has its records once" {
    printf '[example.org a.example]\nmx = mail.example.org\nhost = policies.example.net\n' >policies.ini
    leave_alone policies.ini
    mta_sts dns example.org a.example >once
    mta_sts dns example.org EXAMPLE.org a.example example.org. a.EXAMPLE. | diff - once
    for format in json nsupdate dnscontrol octodns terraform; do
        mta_sts dns --format $format example.org a.example >once
        mta_sts dns --format $format example.org a.example example.org | diff - once
    done
    mta_sts dns --delegate zone.example example.org >once
    mta_sts dns --delegate zone.example example.org Example.org | diff - once
    # What is none is named, and the others are printed.
    run -1 --separate-stderr mta_sts dns a..example example.org b.example example.org
    [ "$(grep -c '^_mta-sts.example.org' <<<"$output")" -eq 1 ]
    [[ $stderr == *'a..example'*'b.example is not in the file'* ]]
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

@test "dns: what can be made for a domain with a mistake, and nothing for one that is not there" {
    run -1 --separate-stderr mta_sts dns
    [[ $output != *'_mta-sts.broken.example.'* ]]
    [[ $output == *'; _mta-sts.broken.example: no record, since the domain has no policy'* ]]
    [[ $output == *'_mta-sts.example.net. '* ]]
    [[ $stderr == *'policies.ini:17: [broken.example] mx: "192.0.2.1" is an IP address'* ]]
    run -1 mta_sts dns other.example
    [[ $output == *'mta-sts: other.example is not in the file; write a section [other.example]'* ]]
    run -1 mta_sts dns mta-sts.example.org
    [[ $output == *'mta-sts.example.org is the policy host; write example.org'* ]]
}

@test "dns: a header that cannot be read, whose domains are missing, is told, exit status 1" {
    local arguments
    printf '[example.org]\nmx = mail.example.org\nhost = 192.0.2.1\n[sub_.example.org]\nmx = mail.example.org\n' >policies.ini
    for arguments in '' '--format json' '--delegate sts.example' '--delegate sts.example --only owners'; do
        # shellcheck disable=SC2086 # several
        run -1 --separate-stderr mta_sts dns $arguments
        # Once.
        [ "$stderr" = 'mta-sts: policies.ini:4: this line may be the header of a domain that the file names nowhere else; correct it, as "mta-sts check" says' ]
        [[ $output == *example.org* ]]
    done
    # A host that is missing would be taken out of service.
    run -1 --separate-stderr mta_sts hosts
    [[ $output == mta-sts.example.org && $stderr == *'policies.ini:4: this line may be the header of a domain'* ]]
    run -1 --separate-stderr mta_sts hosts --for nginx
    [[ -z $output && $stderr == *'policies.ini:4: this line may be the header of a domain'* ]]
    mta_sts dns example.org
}

@test "dns: a mistake in the policy costs its own record; the others are printed" {
    printf '[m365]\nmx = m.example\n[a.example]\nuse = m356\nhost = 192.0.2.2\ntlsrpt = mailto:t@a.example\n[b.example]\nmode = on\n[defaults]\nhost = p.example\n' >policies.ini
    printf '[c.example]\nhost = 192.0.2.3\nmx = m.example\n[c.example]\nhost = 192.0.2.4\nmx = m.example\n' >>policies.ini
    leave_alone policies.ini
    run -1 --separate-stderr mta_sts dns
    [[ $stderr == *'[a.example] use: there is no template [m356]; did you mean "m365"?'* ]]
    [[ $output == *$'\nmta-sts.a.example. 300 IN A 192.0.2.2\n; _mta-sts.a.example: no record'* ]]
    [[ $output == *$'\n_smtp._tls.a.example. 300 IN TXT "v=TLSRPTv1; rua=mailto:t@a.example"'* ]]
    [[ $output == *$'\nmta-sts.b.example. 300 IN CNAME p.example.\n; _mta-sts.b.example: no record'* ]]
    # Which of the two is meant is not known.
    [[ $output != *$'\nmta-sts.c.example. '* ]]
}

@test "dns: a mistake in host or tlsrpt is told, exit status 1; the other records are there" {
    printf '[defaults]\nhost = 192.0.2.1 policies.example.net\n[a.example]\nmx = m.a.example\n[b.example]\nmx = m.b.example\nhost = 192.0.2.2\ntlsrpt = nobody\n' >policies.ini
    leave_alone policies.ini
    run -1 --separate-stderr mta_sts dns
    [[ $stderr == *'policies.ini:2: [defaults] host: write one name'* ]]
    [[ $stderr == *'policies.ini:8: [b.example] tlsrpt: "nobody" is not a valid report address'* ]]
    [[ $output == *$'\n_mta-sts.a.example. '* ]]
    [[ $output != *$'\nmta-sts.a.example. '* ]]
    [[ $output == *$'\nmta-sts.b.example. 300 IN A 192.0.2.2\n_mta-sts.b.example. '* ]]
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
