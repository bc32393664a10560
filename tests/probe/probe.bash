# For each suite that runs the probe in the laboratory.
# A suite loads suite.bash before this.

load ../helpers/program
load ../helpers/network
load ../helpers/dns
load ../helpers/certificates
load ../helpers/nginx
load ../helpers/lighttpd
load lab
load deployment

PROBE=$(realpath "${MTA_STS_PROBE:-$(dirname "$MTA_STS")/mta-sts-probe}")

setup_file() {
    lab_start
}

teardown_file() {
    lab_stop
}

# probe ARGUMENT...: runs the probe in the laboratory.
probe() {
    PATIENCE=${PATIENCE:-100} inside "$PROBE" --ca "$LAB/ca.pem" --trust-anchor "$LAB/anchor" --timeout 10 "$@"
}
