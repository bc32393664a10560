# Every small edit of good files (tests/fixtures/edits): in a running store, at a fresh start and as CGI. The answers are compared with a model in Python,
# which is written from policies.ini(5) and shares no code with the program.

load helpers/suite

setup() {
    cd "$BATS_TEST_TMPDIR" || return 1
    EDITS=$BATS_TEST_DIRNAME/edits DRIVER=$(dirname "$MTA_STS")/edits
    export PYTHONDONTWRITEBYTECODE=1
}

teardown() {
    :
}

@test "edits: the model says of plain files what the manual does" {
    python3 "$EDITS/model_test.py"
}

@test "edits: levels, continued lists" {
    python3 "$EDITS/edits.py" "$DRIVER" levels.ini continued.ini
}

@test "edits: CRLF, a section's defaults in the middle" {
    python3 "$EDITS/edits.py" "$DRIVER" windows.ini middle.ini
}

@test "edits: many names, lists of several lines, templates" {
    python3 "$EDITS/edits.py" "$DRIVER" names.ini lists.ini templates.ini
}

@test "edits: lines joined, commented out" {
    python3 "$EDITS/edits.py" "$DRIVER" joined.ini
}

@test "edits: quotes, comments, {domain}" {
    python3 "$EDITS/edits.py" "$DRIVER" quoted.ini remarks.ini domain.ini
}

@test "edits: two at once, 10,000 pairs" {
    python3 "$EDITS/edits.py" "$DRIVER" double:10000
}
