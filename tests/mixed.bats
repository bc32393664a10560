# mta-sts-reports reads a mixed folder of 1,000 reports, always the same ones.

load helpers/suite

REPORTS=$(dirname "$MTA_STS")/mta-sts-reports

@test "1,000 reports of all kinds are read as a model reads them that has other libraries" {
    local model=$BATS_TEST_DIRNAME/reports/model.py server
    "$BATS_TEST_DIRNAME/reports/mixed.py" in
    leave_alone policies.ini
    for server in '' mx.example.org; do
        "$REPORTS" -f policies.ini --now 2026-11-26T07:00:00Z --json ${server:+--authserv-id "$server"} in >out 2>err || [ $? -eq 2 ]
        {
            "$model" --trim <out
            sed -n 's/^mta-sts-reports: \(not counted: \)/\1/p' err
        } >got
        # shellcheck disable=SC2086 # one argument, or none
        diff <("$model" in $server) got
        # Every verdict is there.
        [ "$(grep -o '"verdict":"[^"]*"' out | sort -u | wc -l)" -eq 8 ]
        grep -q '"fault":"sender"' out
    done
}

# The name of a file says when it arrived, and mails arrive in any order.
@test "the order in which reports are read changes nothing" {
    local format name number=9999
    "$BATS_TEST_DIRNAME/reports/mixed.py" in
    cp -r in reversed
    while read -r name; do
        mv "$name" "$(dirname "$name")/$((number--))"
    done < <(find reversed -type f | sort)
    leave_alone policies.ini
    for format in -v --json --html; do
        for name in in reversed; do
            "$REPORTS" -f policies.ini --now 2026-11-26T07:00:00Z "$format" $name >out.$name 2>/dev/null || [ $? -eq 2 ]
        done
        diff out.in out.reversed
    done
}
