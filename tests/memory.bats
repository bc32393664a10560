# mta-sts-reports under limits of memory: GLib, under GMime, would end it where it gets none. A sanitizer needs more than any of these limits.

load helpers/suite

REPORTS=$(dirname "$MTA_STS")/mta-sts-reports

# under LIMIT FILE: the program's exit status with LIMIT KB of memory, and its messages in the file err.
under() {
    local status=0
    (ulimit -c 0 -v "$1" && exec "$REPORTS" -f policies.ini --now 2026-11-26T07:00:00Z --days 1 --reporters 1 "$2" >out 2>err) || status=$?
    echo "$status"
}

# starts LIMIT: with LIMIT KB of memory its libraries get as far as main(). GLib may end the process before.
starts() {
    (ulimit -c 0 -v "$1" && exec "$REPORTS" --version >/dev/null 2>&1)
}

@test "a mail for which memory is lacking is named, the exit status is 3, and no limit ends the program" {
    printf '[example.org]\nmx = mail.example.org, *.backup.example.org\n' >policies.ini
    leave_alone policies.ini
    python3 - <<'PY'
import random
from tlsrpt import *
draw = random.Random(1)
good = mail(zipped(report()))
large = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
save("mail", good)
save("one", mail(draw.randbytes(2_900_000)))
save("parts", large + b"--b\nContent-Type: application/tlsrpt+json\n\n{}\n" * 900)
save("many", large + b"".join(b"--b\n" + part(draw.randbytes(360_000), "application/tlsrpt+gzip") for _ in range(8)) + b"--b--\n")
save("fields", HEAD + b"".join(b"X-%d: " % n + b"a" * 120 + b"\n" for n in range(1900)) + b"\nx\n")
save("addresses", HEAD + b"Cc: " + b"a:" * 490 + b"\n" + (b"Cc: " + b"a@b.c," * 5000 + b"\n") * 7 + b"\nx\n")
save("lines", HEAD + b"Content-Type: application/tlsrpt+json\nContent-Transfer-Encoding: quoted-printable\n\n" + (b"=41" * 25 + b"=\n") * 50000)
line = b"From a@b.example Thu Nov 26 07:00:00 2026\n"
save("mbox", line + good + b"\n" + line + mail(draw.randbytes(2_900_000)) + b"\n")
PY
    local file limit status lacking
    for file in mail one parts many fields addresses lines mbox; do
        lacking=0
        for limit in $(seq 12000 3000 69000); do
            starts "$limit" || continue
            status=$(under "$limit" "$file")
            [ "$status" -le 3 ] || {
                echo "$file: exit status $status with $limit KB"
                return 1
            }
            if grep -q 'out of memory' err; then
                lacking=$((lacking + 1))
                [ "$status" -eq 3 ]
            fi
        done
        [ "$lacking" -gt 0 ]
        run -1 grep 'out of memory' err
    done
    [ "$(under 100000 mail)" -eq 0 ]
    [ "$(under 100000 mbox)" -eq 0 ]
}
