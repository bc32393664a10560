# mta-sts-probe over the laboratory: what each case is told, and how.

bats_require_minimum_version 1.5.0
load ../helper
load ../senders/network
load lab

PROBE=$(realpath "${MTA_STS_PROBE:-$(dirname "$MTA_STS")/mta-sts-probe}")

setup_file() {
    lab_start
}

teardown_file() {
    lab_stop
}

# probe ARGUMENT...: in the laboratory.
probe() {
    PATIENCE=120 inside "$PROBE" --ca "$LAB/ca.pem" "$@"
}

@test "look" {
    probe healthy.test || true
}
