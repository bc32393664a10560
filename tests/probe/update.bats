# mta-sts-probe --update: what is printed is applied by the real tools to real name servers, and nothing is printed before it is safe.

load ../helpers/suite
load probe
load dynamic
load update

# from_nothing SERVER: the whole way of a domain, from an empty zone to a changed policy.
from_nothing() {
    policies testing
    dynamic "$1"
    serve
    # First the policy host and the reports; the id waits.
    lets 2 publish
    diff - <(sort out) <<OUT
dns-update: added _smtp._tls.d1.example. 300 TXT "v=TLSRPTv1; rua=mailto:tls@example.test"
dns-update: added mta-sts.d1.example. 300 A $DEPLOYED
OUT
    grep -q 'd1.example: the id waits: _mta-sts.d1.example: apply the change of the policy host.s record first, then run it again' err
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    [ "$(seen _smtp._tls.d1.example TXT)" = '"v=TLSRPTv1; rua=mailto:tls@example.test"' ]
    [ -z "$(seen _mta-sts.d1.example TXT)" ]
    # The policy is served: the id.
    lets 0 publish
    [ ! -s err ]
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    [ "$(cat out)" = "dns-update: added _mta-sts.d1.example. 300 TXT $(id_of d1.example)" ]
    # Nothing is left to do.
    lets 0 publish
    [ ! -s out ] && [ ! -s err ]
    lets 0 update
    [ ! -s out ] && [ ! -s err ]

    # An edit that is not served yet: the program serves another file.
    cp policies.ini served.ini
    serve_file served.ini
    policies enforce
    lets 2 update
    [ ! -s out ]
    grep -q 'd1.example: the id waits: ini: another policy is served than the file has' err
    # It is served: the id moves.
    serve_file policies.ini
    lets 1 update
    cp out move
    # The policy host gets another address before it is applied, where nobody looked for the policy.
    by_hand 'update add mta-sts.d1.example. 300 A 192.0.2.7'
    run -2 apply move
    [[ $output == *'update failed: NXRRSET'* ]]
    by_hand 'update delete mta-sts.d1.example. A 192.0.2.7'
    # A person changes the record before it is applied: it stands.
    by_hand 'update delete _mta-sts.d1.example. TXT' 'update add _mta-sts.d1.example. 300 TXT "v=STSv1; id=hand;"'
    run -2 apply move
    [[ $output == *'update failed: NXRRSET'* ]]
    [ "$(seen _mta-sts.d1.example TXT)" = '"v=STSv1; id=hand;"' ]
    lets 0 publish
    printf 'dns-update: %s\n' 'deleted _mta-sts.d1.example. TXT "v=STSv1; id=hand;"' "added _mta-sts.d1.example. 300 TXT $(id_of d1.example)" | diff - out
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    lets 0 update
    [ ! -s out ]
    # The same without a record before.
    by_hand 'update delete _smtp._tls.d1.example. TXT'
    lets 1 update
    cp out first
    by_hand 'update add _smtp._tls.d1.example. 300 TXT "v=TLSRPTv1; rua=mailto:other@example.test"'
    run -2 apply first
    [[ $output == *'update failed: YXRRSET'* ]]

    # Other people's records stay, but with --replace.
    by_hand 'update delete mta-sts.d1.example. A' 'update add mta-sts.d1.example. 300 CNAME other.example.' 'update delete _mta-sts.d1.example. TXT' \
        'update add _mta-sts.d1.example. 300 TXT "a" "b\"c\\d\200"'
    lets 2 publish
    [ "$(seen mta-sts.d1.example CNAME)" = other.example. ]
    [ "$(seen _mta-sts.d1.example TXT)" = '"a" "b\"c\\d\200"' ]
    [ "$(seen _smtp._tls.d1.example TXT)" = '"v=TLSRPTv1; rua=mailto:other@example.test"' ]
    grep -qF "mta-sts.d1.example: another record is there: CNAME other.example.; change it to A $DEPLOYED, or change policies.ini, or give --replace" err
    grep -qF '_mta-sts.d1.example: another record is there: TXT "a" "b\"c\\d\200"; remove it, or give --replace' err
    grep -qF '_smtp._tls.d1.example: another record is there: TXT "v=TLSRPTv1; rua=mailto:other@example.test"; change it to TXT' err
    lets 2 publish --replace
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    [ "$(seen _smtp._tls.d1.example TXT)" = '"v=TLSRPTv1; rua=mailto:tls@example.test"' ]
    [ "$(seen _mta-sts.d1.example TXT)" = '"a" "b\"c\\d\200"' ]
    lets 0 publish --replace
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    lets 0 update
    lets 0 update --replace
    # A name in place of the address, with and without a record there.
    sed -i 's/^host = .*/host = policies.healthy.test/' policies.ini
    leave_alone policies.ini
    lets 0 publish --replace
    [ "$(seen mta-sts.d1.example CNAME)" = policies.healthy.test. ]
    by_hand 'update delete mta-sts.d1.example. CNAME'
    lets 0 publish
    [ "$(seen mta-sts.d1.example CNAME)" = policies.healthy.test. ]
    # Without the key nobody changes anything.
    { echo "server 127.0.0.1 $UPDATED_DNS"; printf '%s\n' 'zone d1.example.' 'update add _mta-sts.d1.example. 300 TXT x' send; } >keyless
    run -2 inside nsupdate "$DIR/keyless"
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
}

@test "--update: BIND, from nothing to a changed policy, and other people's records" {
    from_nothing bind
}

@test "--update: Knot DNS, the same" {
    from_nothing knot
}

@test "--update: PowerDNS, the same" {
    from_nothing powerdns
}

# knsupdate wants a zone line, and takes the same prerequisites.
@test "--update: knsupdate" {
    policies testing
    dynamic knot
    serve
    lets 2 update
    inside knsupdate -y "hmac-sha256:mta-sts:$SECRET" "$DIR/out" || { cat out; false; }
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    lets 1 update
    cp out move
    by_hand 'update add _mta-sts.d1.example. 300 TXT "v=STSv1; id=hand;"'
    run ! inside knsupdate -y "hmac-sha256:mta-sts:$SECRET" "$DIR/move"
    [ "$(seen _mta-sts.d1.example TXT)" = '"v=STSv1; id=hand;"' ]
    lets 1 update
    inside knsupdate -y "hmac-sha256:mta-sts:$SECRET" "$DIR/out"
    lets 0 update
    # A CNAME, which is added beside no other record.
    sed -i 's/^host = .*/host = policies.healthy.test/' policies.ini
    leave_alone policies.ini
    lets 1 update --replace
    by_hand 'update add mta-sts.d1.example. 300 TXT x'
    run ! inside knsupdate -y "hmac-sha256:mta-sts:$SECRET" "$DIR/out"
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    by_hand 'update delete mta-sts.d1.example. TXT'
    lets 1 update --replace
    inside knsupdate -y "hmac-sha256:mta-sts:$SECRET" "$DIR/out"
    [ "$(seen mta-sts.d1.example CNAME)" = policies.healthy.test. ]
}

# publish_all FILE [OPTION...]: what `mta-sts dns` prints for FILE is published.
publish_all() {
    local file=$1
    shift
    mapfile -t RECORDS < <("$MTA_STS" -f "$DIR/$file" dns "$@" | grep -v '^;' | grep .)
    by_hand "${RECORDS[@]/#/update add }"
}

# records FORMAT: the records in the file out, as lines of a zone file.
records() {
    if [ "$1" = zone ]; then
        grep -v '^;' out | grep .
    else
        python3 "$HELPERS/formats.py" "$1" <out
    fi | sort
}

WHOLE='zone dnscontrol octodns terraform external values'

@test "--update: the formats of whole sets have what is safe now, and else what is published" {
    local FORMAT
    policies testing '[sub.d1.example]' 'mode = testing'
    dynamic powerdns
    serve
    publish_all policies.ini
    for FORMAT in $WHOLE json nsupdate; do
        lets 0 update
        [ ! -s out ] && [ ! -s err ]
    done
    # One id is old, and its policy is served. The other policy is not served yet.
    by_hand 'update delete _mta-sts.d1.example. TXT' 'update add _mta-sts.d1.example. 300 TXT "v=STSv1; id=old;"'
    cp policies.ini served.ini
    serve_file served.ini
    sed -i '$s/testing/enforce/' policies.ini
    leave_alone policies.ini
    "$MTA_STS" -f served.ini dns | grep -v '^;' | grep . | sort >expected
    for FORMAT in $WHOLE; do
        lets 2 update
        grep -q '^mta-sts-probe: sub.d1.example: the id waits: ini: another policy' err
        diff expected <(records "$FORMAT")
        # Nothing is safe for the other domain alone, so its set stays as it is.
        lets 2 update sub.d1.example
        [ ! -s out ]
    done
    # Changes are those of one domain; JSON has the other's obstacle, too.
    FORMAT=nsupdate lets 2 update
    run ! grep -q sub.d1.example out
    FORMAT=json lets 2 update
    python3 - <<'PY' || { cat out; false; }
import json
one, two = json.load(open("out"))
assert one["domain"] == "d1.example" and one["obstacles"] == [] and two["domain"] == "sub.d1.example" and two["changes"] == []
assert any("another policy is served" in line for line in two["obstacles"])
change, = one["changes"]
assert change["name"] == "_mta-sts.d1.example" and change["zone"] == "d1.example" and change["order"] == 2 and change["why"]
assert change["old"] == [{"type": "TXT", "data": "v=STSv1; id=old;"}]
assert [r["ttl"] for r in change["new"]] == [300] and change["new"][0]["data"].startswith("v=STSv1; id=")
PY
    # Other people's records are a part of the set.
    by_hand 'update delete mta-sts.sub.d1.example. A' 'update add mta-sts.sub.d1.example. 300 CNAME other.example.' \
        'update add _mta-sts.d1.example. 300 TXT "other"'
    sed -i '/^mta-sts.sub/s/A .*/CNAME other.example./' expected
    echo '_mta-sts.d1.example. 300 IN TXT "other"' >>expected
    for FORMAT in $WHOLE; do
        lets 2 update
        diff <(sort expected) <(records "$FORMAT")
    done
    # Where records are not known, a set would remove them.
    printf '[healthy.test]\n' >>policies.ini
    leave_alone policies.ini
    for FORMAT in $WHOLE; do
        lets 2 update
        [ ! -s out ]
        grep -q "^mta-sts-probe: --update $FORMAT: nothing is printed" err
    done
    FORMAT=json lets 2 update
    [ -s out ]
}

# Without the domain, its records would be removed.
@test "--update: a whole set is not printed where the file may have more domains than it names" {
    local FORMAT header lost
    policies testing '[sub.d1.example]' 'mode = testing'
    dynamic powerdns
    serve
    publish_all policies.ini
    by_hand 'update delete _mta-sts.d1.example. TXT' 'update add _mta-sts.d1.example. 300 TXT "v=STSv1; id=old;"'
    cp policies.ini good.ini
    for header in '[sub_d1.example]' '[sub.d1.example'; do
        sed "s/^\[sub.*/$header/" good.ini >policies.ini
        leave_alone policies.ini
        lost="mta-sts-probe: $DIR/policies.ini:7: this line may be the header of a domain that the file names nowhere else; correct it, as \"mta-sts check\" says"
        for FORMAT in zone terraform; do
            lets 2 update
            [ ! -s out ]
            grep -qxF "$lost" err
            grep -q "^mta-sts-probe: --update $FORMAT: nothing is printed" err
            lets 2 update d1.example other.d1.example
            [ ! -s out ]
        done
        # A change of another domain is safe, and this one is not forgotten.
        FORMAT=nsupdate lets 2 update
        grep -q '^update add _mta-sts.d1.example. ' out
        grep -qxF "$lost" err
        FORMAT=json lets 2 update
        python3 -m json.tool <out
        FORMAT=zone lets 1 update d1.example
        [ -s out ]
    done
}

# committed FORMAT: the records of all files of the last commit.
committed() {
    git -C repository ls-files | sed 's|^|HEAD:|' | xargs git -C repository show >out
    records "$1"
}

@test "--update: examples/dns-update commits what is safe now to a git repository, for dnscontrol and octoDNS" {
    local format out
    policies testing
    dynamic powerdns
    serve
    publish_all policies.ini
    "$MTA_STS" dns | grep -v '^;' | grep . | sort >published
    export GIT_AUTHOR_NAME=dns GIT_AUTHOR_EMAIL=dns@d1.example GIT_COMMITTER_NAME=dns GIT_COMMITTER_EMAIL=dns@d1.example
    for format in dnscontrol octodns; do
        rm -rf repository
        git init -q repository
        out=mta-sts
        commit() {
            patient
            inside env -C "$DIR/repository" "MTA_STS_PROBE=$DIR/patient" HOME="$DIR" "$DNS_UPDATE/dns-commit" "$format" "$DIR/policies.ini" "$out" \
                --dns "127.0.0.1:$((UPDATED_DNS + 100))" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" >out 2>err
        }
        count() { git -C repository rev-list --count HEAD 2>/dev/null || echo 0; }
        policies testing
        serve_file policies.ini
        lets 0 commit
        [ "$(count)" -eq 0 ]
        # An edit, which is not served yet; then it is.
        cp policies.ini served.ini
        serve_file served.ini
        policies enforce
        lets 2 commit
        [ "$(count)" -eq 0 ]
        serve_file policies.ini
        lets 0 commit
        [ "$(count)" -eq 1 ]
        diff <("$MTA_STS" dns | grep -v '^;' | grep . | sort) <(committed "$format")
        # Until it is applied, nothing new is committed.
        lets 0 commit
        [ "$(count)" -eq 1 ]
        [ -z "$(git -C repository status --porcelain)" ]
    done
}

@test "--update: records of a wildcard are not at the name; delegated domains have theirs in another zone" {
    local zone=ops.d1.example
    policies testing
    dynamic powerdns
    serve
    by_hand 'update add *.d1.example. 300 A 192.0.2.9' 'update add *.d1.example. 300 TXT "v=spf1 -all"'
    lets 2 publish d1.example
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    [ "$(seen _smtp._tls.d1.example TXT)" = '"v=TLSRPTv1; rua=mailto:tls@example.test"' ]
    lets 0 publish d1.example
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    lets 0 update

    by_hand 'update delete *.d1.example. ANY' 'update delete mta-sts.d1.example. A' 'update delete _mta-sts.d1.example. TXT' 'update delete _smtp._tls.d1.example. TXT'
    publish_all policies.ini --delegate "$zone" --only owners
    lets 2 update
    grep -q '^mta-sts-probe: d1.example: _mta-sts.d1.example: another record is there: CNAME .*; the domain.s owner delegates the name: give --delegate ops.d1.example, or, if' err
    grep -q '^mta-sts-probe: d1.example: mta-sts.d1.example: another record is there: CNAME .*; the domain.s owner delegates the name: give --delegate ops.d1.example, or, if' err
    lets 2 publish --delegate "$zone"
    [ "$(seen "mta-sts.d1.example.$zone" A)" = "$DEPLOYED" ]
    lets 0 publish --delegate "$zone"
    [ "$(seen "_mta-sts.d1.example.$zone" TXT)" = "$(id_of d1.example)" ]
    lets 0 update --delegate "$zone"
    [ ! -s out ]
    # An edit moves the id in the zone; the owner's records stay.
    seen _mta-sts.d1.example CNAME >before
    policies enforce
    serve_file policies.ini
    lets 0 publish --delegate "$zone"
    [ "$(seen "_mta-sts.d1.example.$zone" TXT)" = "$(id_of d1.example)" ]
    seen _mta-sts.d1.example CNAME | cmp - before
    lets 0 update --delegate "$zone"
}

# asks_nobody PORT: as the primary of healthy.test, this is told to give no answer, once for the domain.
asks_nobody() {
    run --separate-stderr probe --dns "127.0.0.1:$((UPDATED_DNS + 100))" --primary "127.0.0.1:$1" -f "$DIR/policies.ini" --update nsupdate healthy.test
    echo "exit status $status: $output $stderr"
    [ "$status" -eq 2 ] && [ "$stderr" = "mta-sts-probe: healthy.test: mta-sts.healthy.test: it is not known what is published there: 127.0.0.1:$1 gives no answer about the zone test; check the address of --primary, and that this name server has the zone and answers questions from here" ] && [ -z "$output" ]
}

@test "--update: a name server that does not have the zone, or is not there" {
    policies testing '[healthy.test]'
    dynamic bind
    serve
    until_true asks_nobody "$UPDATED_DNS"
    until_true asks_nobody 1
}

# owner NAME [RECORD]: standard error tells the owner of the domain of this line in policies.ini to publish a CNAME at NAME, in place of RECORD.
owner() {
    grep -qxF "mta-sts-probe: $DOMAIN: $1.$DOMAIN: let the domain's owner publish CNAME $1.$DOMAIN.ops.d1.example.${2:+ in place of $2} (RFC 8461 8.2)" err
}

# lets_the_owner ZONE: without --primary, the owner of d1.example is asked for a CNAME.
lets_the_owner() {
    run --separate-stderr probe --dns "127.0.0.1:$((UPDATED_DNS + 100))" -f "$DIR/policies.ini" --update nsupdate --delegate "$1" d1.example
    echo "exit status $status: $stderr"
    [ "$status" -eq 2 ] && [[ $stderr == *"_mta-sts.d1.example: let the domain's owner publish CNAME _mta-sts.d1.example.$1. in place of TXT "* ]]
}

@test "--update --delegate: one run for a file with own domains, delegated ones, and those whose owner has not published all CNAMEs" {
    local zone=ops.d1.example DOMAIN
    policies testing '[sub.d1.example]' '[half.d1.example]' '[healthy.test]'
    dynamic powerdns
    serve
    # The name server has the zone of the first three, and not the one of healthy.test.
    publish_all policies.ini --delegate "$zone" --only owners sub.d1.example half.d1.example
    by_hand 'update delete mta-sts.half.d1.example. CNAME' 'update delete _smtp._tls.half.d1.example. CNAME' \
        'update add _smtp._tls.half.d1.example. 300 TXT "v=TLSRPTv1; rua=mailto:other@example.test"'
    lets 2 publish --delegate "$zone"
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    [ "$(seen _smtp._tls.d1.example TXT)" = '"v=TLSRPTv1; rua=mailto:tls@example.test"' ]
    [ -z "$(seen "mta-sts.d1.example.$zone" A)" ]
    for DOMAIN in sub.d1.example half.d1.example healthy.test; do
        [ "$(seen "mta-sts.$DOMAIN.$zone" A)" = "$DEPLOYED" ]
        [ "$(seen "_smtp._tls.$DOMAIN.$zone" TXT)" = '"v=TLSRPTv1; rua=mailto:tls@example.test"' ]
    done
    DOMAIN=half.d1.example
    owner mta-sts
    owner _smtp._tls 'TXT "v=TLSRPTv1; rua=mailto:other@example.test"'
    run ! owner _mta-sts
    DOMAIN=healthy.test
    owner mta-sts 'A 11.0.0.2'
    owner _mta-sts "$(inside dig @127.0.0.1 -p 5353 +short _mta-sts.healthy.test TXT | sed 's/^/TXT /')"
    [ "$(grep -c 'owner publish' err)" -eq 5 ]
    # The ids of the first two; nothing more is said of them.
    lets 2 publish --delegate "$zone"
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    [ "$(seen "_mta-sts.sub.d1.example.$zone" TXT)" = "$(id_of sub.d1.example)" ]
    run ! grep -E '^mta-sts-probe: (sub\.)?d1\.example:' err
    lets 0 update --delegate "$zone" d1.example sub.d1.example
    [ ! -s out ] && [ ! -s err ]
    # The owner publishes the others, and sets no record of a key that the file has not.
    by_hand 'update delete _smtp._tls.half.d1.example. TXT' "update add _smtp._tls.half.d1.example. 300 CNAME _smtp._tls.half.d1.example.$zone." \
        "update add mta-sts.half.d1.example. 300 CNAME mta-sts.half.d1.example.$zone."
    lets 0 publish --delegate "$zone" half.d1.example
    [ "$(seen "_mta-sts.half.d1.example.$zone" TXT)" = "$(id_of half.d1.example)" ]
    lets 0 update --delegate "$zone" half.d1.example
    [ ! -s err ]
    # Without --primary nobody says whose zone it is.
    until_true lets_the_owner "$zone"
    # The owner's wildcard can stay.
    by_hand 'update delete _smtp._tls.half.d1.example. CNAME' 'update add *.half.d1.example. 300 TXT "v=spf1 -all"'
    lets 2 update --delegate "$zone" half.d1.example
    DOMAIN=half.d1.example owner _smtp._tls
    # A CNAME of the owner's leads to nothing where the file has no host.
    sed -i '/^host/d' policies.ini
    leave_alone policies.ini
    by_hand "update delete mta-sts.sub.d1.example.$zone. A"
    lets 2 update --delegate "$zone" sub.d1.example
    grep -qxF "mta-sts-probe: sub.d1.example: mta-sts.sub.d1.example.$zone: a CNAME of the domain's owner leads there; write host = in policies.ini to get its record" err
}

@test "--update: an id waits while the resolver has other addresses of the policy host than the primary name server" {
    policies testing
    dynamic bind
    serve 600
    publish_all policies.ini
    by_hand 'update delete _mta-sts.d1.example. TXT' 'update add _mta-sts.d1.example. 300 TXT "v=STSv1; id=old;"'
    lets 1 update
    # Nobody serves the policy at the new address, and the resolver does not know it.
    sed -i 's/^host = .*/&, 11.0.0.1/' policies.ini
    leave_alone policies.ini
    by_hand 'update add mta-sts.d1.example. 300 A 11.0.0.1'
    lets 2 update
    [ ! -s out ]
    grep -q '^mta-sts-probe: d1.example: the id waits: mta-sts.d1.example: the resolver still has other records' err
}

# Both are as the wildcard's records.
@test "--update: records that are the same as those of a wildcard, but are at the name, are somebody's own" {
    policies testing
    dynamic bind '*.d1.example. 300 IN A 192.0.2.9' '*.d1.example. 300 IN TXT "v=spf1 -all"' 'mta-sts.d1.example. 300 IN A 192.0.2.9' \
        '_smtp._tls.d1.example. 300 IN TXT "v=spf1 -all"'
    serve
    lets 2 publish
    grep -qF "mta-sts.d1.example: another record is there: A 192.0.2.9; change it to A $DEPLOYED" err
    grep -qF '_smtp._tls.d1.example: another record is there: TXT "v=spf1 -all"; change it to TXT' err
    [ "$(seen mta-sts.d1.example A)" = 192.0.2.9 ]
    # The one at _mta-sts is the wildcard's.
    run ! grep -F 'd1.example: _mta-sts.d1.example: another' err
    lets 2 publish --replace
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
    [ "$(seen _smtp._tls.d1.example TXT)" = '"v=TLSRPTv1; rua=mailto:tls@example.test"' ]
    lets 0 publish
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    [ "$(seen other.d1.example A)" = 192.0.2.9 ]
}

# A name server takes no CNAME beside another record: it would delete the address, and ignore the CNAME.
no_cname() {
    local record ANY_RECORD=yes
    policies testing
    dynamic "$1" '*.d1.example. 300 IN TXT "v=spf1 -all"'
    serve
    sed -i 's/^host = .*/host = policies.elsewhere.test/' policies.ini
    leave_alone policies.ini
    # With and without an address. What the wildcard makes up is not there.
    for record in 'SSHFP 4 2 '"$(printf '%064d' 1)" 'TXT x'; do
        by_hand "update add mta-sts.d1.example. 300 $record"
        lets 2 update --replace
        run ! grep 'mta-sts.d1.example. .*CNAME policies' out
        grep -qxF "mta-sts-probe: d1.example: mta-sts.d1.example: a record of type ${record%% *} is there, beside which no CNAME can stand (RFC 1034 3.6.2); remove it, or write addresses in host =" err
        by_hand "update add mta-sts.d1.example. 300 A $DEPLOYED"
        lets 2 publish --replace
        [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
        # It is added before the change is applied.
        by_hand "update delete mta-sts.d1.example. ${record%% *}"
        lets 1 update --replace
        cp out change
        by_hand "update add mta-sts.d1.example. 300 $record"
        run -2 apply change
        [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
        by_hand 'update delete mta-sts.d1.example.'
    done
    lets 0 publish
    [ "$(seen mta-sts.d1.example CNAME)" = policies.elsewhere.test. ]
}

@test "--update: BIND, no CNAME is published beside records of other types" {
    no_cname bind
}

@test "--update: Knot DNS, no CNAME is published beside records of other types" {
    no_cname knot
}

# The name server does not look the target up.
@test "--update: the policy host is a CNAME into another name server's zone" {
    policies testing
    dynamic bind
    serve
    sed -i 's/^host = .*/host = policies.elsewhere.test/' policies.ini
    leave_alone policies.ini
    lets 2 publish
    lets 1 update
    grep -qxF 'zone d1.example.' out
    # The id changes only while the CNAME is as it was when the policy was looked at.
    by_hand 'update delete mta-sts.d1.example. CNAME' 'update add mta-sts.d1.example. 300 CNAME other.elsewhere.test.'
    run -2 apply out
    [[ $output == *'update failed: NXRRSET'* ]]
    [ -z "$(seen _mta-sts.d1.example TXT)" ]
    sed -i "s/^host = .*/host = $DEPLOYED/" policies.ini
    leave_alone policies.ini
    lets 2 update --replace
    [ "$(grep -c '^zone d1.example.$' out)" -eq "$(grep -c '^send$' out)" ]
}

# Names below a zone cut are in a zone of another name server, which this one names.
zone_cut() {
    policies testing '[sub.d1.example]' 'mode = testing'
    dynamic "$1" 'sub.d1.example. 300 IN NS ns.elsewhere.test.' 'sub.d1.example. 300 IN DS 1 13 2 '"$(printf '%064d' 1)" 'mta-sts.d1.example. 300 IN NS ns.elsewhere.test.'
    serve
    lets 2 update
    grep -q '^mta-sts-probe: d1.example: mta-sts.d1.example: it is not known what is published there: 127.0.0.1:[0-9]* gives no answer about' err
    grep -q '^mta-sts-probe: sub.d1.example: mta-sts.sub.d1.example: it is not known what is published there: 127.0.0.1:[0-9]* gives no answer about' err
    grep '^update' out >changes
    [ "$(cat changes)" = 'update add _smtp._tls.d1.example. 300 TXT "v=TLSRPTv1; rua=mailto:tls@example.test"' ]
    # It is no zone of the operator's.
    lets 2 update --delegate ops.d1.example sub.d1.example
    grep '^update' out >changes
    [ "$(wc -l <changes)" -eq 2 ]
    run ! grep -v '^update add [a-z._-]*\.sub\.d1\.example\.ops\.d1\.example\. ' changes
}

@test "--update: BIND, names that are in another name server's zone" {
    zone_cut bind
}

@test "--update: Knot DNS, names that are in another name server's zone" {
    zone_cut knot
}

@test "--update: PowerDNS, names that are in another name server's zone" {
    zone_cut powerdns
}

# The wildcard's records at the name below are as if the one above had made them up.
below_wildcard() {
    policies testing
    dynamic "$1" '*.d1.example. 300 IN A 192.0.2.9' '*.mta-sts.d1.example. 300 IN A 192.0.2.9' 'mta-sts.d1.example. 300 IN A 192.0.2.9'
    serve
    lets 2 publish
    grep -qF "mta-sts.d1.example: another record is there: A 192.0.2.9; change it to A $DEPLOYED" err
    [ "$(seen mta-sts.d1.example A)" = 192.0.2.9 ]
    lets 2 publish --replace
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
}

@test "--update: BIND, wildcards above and below the policy host" {
    below_wildcard bind
}

@test "--update: Knot DNS, wildcards above and below the policy host" {
    below_wildcard knot
}

@test "--update: PowerDNS, wildcards above and below the policy host" {
    below_wildcard powerdns
}

@test "--update: records that are too long for nsupdate stop no other change" {
    policies testing
    dynamic bind "_smtp._tls.d1.example. 300 IN TXT $(printf '"%s" ' $(yes "$(printf '\\200%.0s' {1..255})" | head -n 130))"
    serve
    lets 2 update --replace
    grep -q '^mta-sts-probe: d1.example: _smtp._tls.d1.example: .*: its records are too long for an update; remove' err
    apply out
    [ "$(seen mta-sts.d1.example A)" = "$DEPLOYED" ]
}

@test "--update: an id waits where the old addresses of the policy host expire while the probe runs" {
    policies testing
    dynamic powerdns
    serve 5
    publish_all policies.ini
    by_hand 'update delete _mta-sts.d1.example. TXT' 'update add _mta-sts.d1.example. 300 TXT "v=STSv1; id=old;"' \
        'update add d1.example. 300 MX 20 mail.smtp-silent.test.'
    # Nobody serves the policy at the new address. The MX host takes longer than the resolver keeps the old one.
    sed -i 's/^host = .*/&, 11.0.0.1/' policies.ini
    leave_alone policies.ini
    inside kdig @127.0.0.1 -p $((UPDATED_DNS + 100)) +short mta-sts.d1.example A
    by_hand 'update add mta-sts.d1.example. 300 A 11.0.0.1'
    lets 2 update
    [ ! -s out ]
}

# refuses NAME TYPE: RESOLVER is the port of one that knows what the one under test does, but not the records of this type (a number) there.
refuses() {
    RESOLVER=$((UPDATED_DNS + 200))
    start refuses.log python3 -c '
import socket, sys, threading
name, kind, port, under_test = sys.argv[1:]
refused = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + bytes([0, 0, int(kind)])
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", int(port)))
def answer(query, client):
    end = query.index(b"\0", 12) + 5
    if query[12:end].lower().startswith(refused):
        s.sendto(query[:2] + b"\x81\x82" + query[4:6] + bytes(6) + query[12:end], client)
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to:
        to.settimeout(10)
        to.sendto(query, ("127.0.0.1", int(under_test)))
        s.sendto(to.recv(65535), client)
while True:
    threading.Thread(target=answer, args=s.recvfrom(65535), daemon=True).start()' "$@" "$RESOLVER" "$((UPDATED_DNS + 100))"
    until_true inside kdig +short +timeout=4 @127.0.0.1 -p "$RESOLVER" d1.example MX
}

@test "--update: an id waits while the resolver does not say which records of the policy host it has" {
    local CNAME=5
    local -x DNS_FAILS=yes
    policies testing
    dynamic bind
    serve
    publish_all policies.ini
    by_hand 'update delete _mta-sts.d1.example. TXT' 'update add _mta-sts.d1.example. 300 TXT "v=STSv1; id=old;"'
    refuses mta-sts.d1.example "$CNAME"
    lets 2 update
    [ ! -s out ]
    grep -q '^mta-sts-probe: d1.example: the id waits: mta-sts.d1.example: it is not known whether the resolver has the records of it that are published now: .*; run it again$' err
    unset RESOLVER
    lets 1 update
}

# The address is that of the CNAME's target.
@test "--update: an id waits while the resolver has other addresses of the policy host's target than the primary name server" {
    local ANY_RECORD=yes
    policies testing
    dynamic bind
    serve 600
    sed -i 's/^host = .*/host = policies.d1.example/' policies.ini
    leave_alone policies.ini
    publish_all policies.ini
    by_hand 'update delete _mta-sts.d1.example. TXT' "update add policies.d1.example. 300 A $DEPLOYED"
    lets 1 update
    # Nobody serves the policy there.
    by_hand 'update delete policies.d1.example. A' 'update add policies.d1.example. 300 A 11.0.0.1'
    lets 2 update
    [ ! -s out ]
    grep -q '^mta-sts-probe: d1.example: the id waits: mta-sts.d1.example: the resolver still has other records' err
}

@test "--update: in mode none, records that are removed by hand stay away" {
    policies testing
    dynamic bind
    serve
    publish_all policies.ini
    policies none
    serve_file policies.ini
    lets 0 publish
    [ "$(seen _mta-sts.d1.example TXT)" = "$(id_of d1.example)" ]
    by_hand 'update delete _mta-sts.d1.example. TXT'
    lets 0 update
    [ ! -s out ]
    by_hand 'update delete mta-sts.d1.example. A'
    lets 0 update
    [ ! -s out ]
}

@test "--update: 1,000 domains; those that are up to date take DNS questions alone" {
    local begin
    deploy 1000
    sed -i 's/^mode = .*/mode = testing/' policies.ini
    leave_alone policies.ini
    serve_file policies.ini
    begin=$SECONDS
    PATIENCE=300 probe_deployed -f "$DIR/policies.ini" --update nsupdate >out || [ $? -eq 1 ]
    [ "$(grep -c '^update add _mta-sts\.d[0-9]*\.example\. 300 TXT "v=STSv1; id=' out)" -eq 1000 ]
    [ "$(grep -c '^send$' out)" -eq 1000 ]
    echo "# 1,000 ids that move: $((SECONDS - begin)) s" >&3
    published
    stop "$PROGRAM"
    begin=$SECONDS
    PATIENCE=300 probe_deployed -f "$DIR/policies.ini" --update nsupdate >out
    [ ! -s out ]
    echo "# 1,000 domains that are up to date: $((SECONDS - begin)) s" >&3
}

@test "--update: mistakes, domains that are not in the file, options that do not fit" {
    printf '[a.test]\nmx = 192.0.2.1\nhost = 192.0.2.2\n[healthy.test]\nmx = mail.healthy.test\nmode = enforce\nhost = a b\n' >wrong.ini
    leave_alone wrong.ini
    run -2 --separate-stderr probe -f "$DIR/wrong.ini" --update json
    [[ $stderr == *'mta-sts-probe: a.test: '*'wrong.ini:2: [a.test] mx: "192.0.2.1" is an IP address'* ]]
    [[ $stderr == *'mta-sts-probe: healthy.test: '*'[healthy.test] host: write one name'* ]]
    # What is right is published.
    [[ $output == *'"name":"mta-sts.a.test"'* && $output == *'"name":"_mta-sts.healthy.test"'* && $output != *'"name":"_mta-sts.a.test"'* ]]
    # A zone is found far above.
    printf '[%s.test]\nmx = mail.healthy.test\nhost = 192.0.2.1\n' "$(printf 'a.%.0s' {1..40})a" >deep.ini
    leave_alone deep.ini
    run --separate-stderr probe -f "$DIR/deep.ini" --update json
    [ "$(jq -r '.[0].changes[0].zone' <<<"$output")" = test ]
    # The probe of all domains reports that there may be more.
    printf '[txt-none.test]\nmx = mail.healthy.test\n[sub_.healthy.test]\nmx = mail.healthy.test\n' >lost.ini
    leave_alone lost.ini
    run -2 --separate-stderr probe -f "$DIR/lost.ini"
    [[ $stderr == *'lost.ini:3: this line may be the header of a domain that the file names nowhere else; '* ]]
    run --separate-stderr probe -f "$DIR/lost.ini" txt-none.test
    [ -z "$stderr" ]
    run -2 --separate-stderr probe -f "$DIR/wrong.ini" --update json a.test healthy.test A.test. a.test
    [ "$(jq -r '.[].domain' <<<"$output" | paste -sd ' ')" = 'a.test healthy.test' ]
    run -2 --separate-stderr probe -f "$DIR/wrong.ini" --update nsupdate b.test
    [[ $stderr == 'mta-sts-probe: b.test: b.test is not in '*'wrong.ini; write a section [b.test]' && -z $output ]]
    printf '[a.test]\n[a.test.sts.test]\n' >clash.ini
    leave_alone clash.ini
    run -2 --separate-stderr probe -f "$DIR/clash.ini" --update nsupdate --delegate sts.test a.test
    [[ $stderr == 'mta-sts-probe: a.test: the records of a.test would have the same names below sts.test as those of a.test.sts.test, which '* && -z $output ]]
    run -3 probe -f "$DIR/wrong.ini" --update xml
    [[ $output == 'mta-sts-probe: --update: write one of zone, json, nsupdate, '* ]]
    run -3 probe --update json
    [[ $output == 'mta-sts-probe: --update: write -f FILE with it' ]]
    run -3 probe -f "$DIR/wrong.ini" --replace
    [[ $output == *'--replace: has no effect here; write --update, too' ]]
    run -3 probe -f "$DIR/wrong.ini" --update json --delegate x..y
    run -3 probe -f "$DIR/wrong.ini" --update json --primary nowhere
    [[ $output == *'nowhere: is not a list of name servers; write addresses: '* ]]
    run -3 probe --update -f "$DIR/wrong.ini"
    [[ $output == 'mta-sts-probe: --update: write a format behind it, such as nsupdate' ]]
    run -3 probe -f "$DIR/wrong.ini" --update json --suggest a.test
    run -3 probe -f "$DIR/wrong.ini" --update json --json
    [[ $output == 'mta-sts-probe: --json: has no effect here; write --update json without it' ]]
}

# The laboratory's domains all have another id than the file: it moves only where each address serves the policy, and no MX host would lose mail.
@test "--update: an id moves only where it is safe" {
    local domain mode wanted
    cat >cases <<'CASES'
healthy.test enforce id
txt-none.test enforce id
txt-nodata.test enforce id
txt-two.test enforce id
txt-bad.test enforce id
txt-quotes.test enforce id
txt-other.test enforce id
txt-wildcard.test enforce id
mode-none.test none id
mode-testing.test testing id
cert-wildcard.test enforce id
mail-six.test enforce id
answer-html.test enforce id
txt-foreign.test enforce _mta-sts.txt-foreign.test: another record is there: TXT
txt-chain.test enforce _mta-sts.txt-chain.test: another record is there: CNAME .*; remove it, or give --replace
txt-servfail.example enforce _mta-sts.txt-servfail.example: it is not known what is published there: all name servers failed
txt-gone.test enforce the id waits: txt: .*does not exist
mode-testing.test enforce the id waits: ini: another policy is served
healthy.test testing the id waits: ini: another policy is served
host-two.test enforce the id waits: ini: .*some addresses of the policy host do not serve that policy
host-name.test enforce the id waits: ini: .*some addresses of the policy host do not serve that policy
host-404.test enforce the id waits: ini: .*some addresses of the policy host do not serve that policy
host-other.test enforce the id waits: ini: another policy is served
host-lf.test enforce the id waits: ini: .*different bytes
host-noroute.test enforce the id waits: ini: .*not all addresses of the policy host could be asked from here
host-many.test enforce the id waits: https: at 11.0.1.1, 
host-none.test enforce the id waits: ini: senders cannot fetch the policy
order-404.test enforce the id waits: ini: senders cannot fetch the policy
order-bytes.test enforce the id waits: ini: .*different bytes
order-cert.test enforce the id waits: https: .*expired
https-noroute.test enforce the id waits: https: .*
mx-other.test enforce the id waits: ini: .*senders defer mail for what fails in mx and smtp
smtp-nostarttls.test enforce the id waits: smtp: .*STARTTLS
smtp-expired.test enforce the id waits: smtp: .*expired
mx-null.test enforce id
CASES
    while read -r domain mode wanted; do
        printf '[defaults]\nmode = %s\n[%s]\nmx = mail.%s\n' "$mode" "$domain" "$domain" >"$domain.$mode.ini"
        leave_alone "$domain.$mode.ini"
        {
            local status=0
            probe -f "$DIR/$domain.$mode.ini" --update json >"$domain.$mode.out" 2>"$domain.$mode.err" || status=$?
            echo "$status" >"$domain.$mode.status"
        } &
        [ "$(jobs -rp | wc -l)" -lt 8 ] || wait -n || true
    done <cases
    wait
    while read -r domain mode wanted; do
        "$MTA_STS" -f "$domain.$mode.ini" dns | sed -n 's/^_mta-sts\..* TXT "\(.*\)"/\1/p' >id
        if [ "$wanted" = id ]; then
            [ "$(cat "$domain.$mode.status")" -eq 1 ] && [ ! -s "$domain.$mode.err" ] && grep -qF "$(cat id)" "$domain.$mode.out"
        else
            [ "$(cat "$domain.$mode.status")" -eq 2 ] && grep -qE "^mta-sts-probe: $domain: $wanted" "$domain.$mode.err" && ! grep -qF "$(cat id)" "$domain.$mode.out"
        fi || { head -n 100 "$domain.$mode".{status,err,out}; echo "$domain" >>wrong; }
    done <cases
    [ ! -e wrong ]
}
