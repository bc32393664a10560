# policies.ini is replaced, and broken, under load through lighttpd and nginx.

load faults

# write_second N: second.ini, with another version of both policies. They are the Nth right answer.
write_second() {
    sed -e 's/mail.example.org/second.example.org/' -e 's/smtp.google.com/second.google.com/' policies.ini >second.ini
    leave_alone second.ini
    expect "$1" second.ini
}

# put FILE: replaces policies.ini by rename.
put() {
    cp -p "$1" next.ini
    mv next.ini policies.ini
    kill -HUP "$PROGRAM"
}

# was_read N: the file was read again at least N times.
was_read() {
    [ "$(grep -c 'read again' fcgi.sock.log)" -ge "$1" ]
}

@test "200 reloads: each answer is the old policy or the new one" {
    local i
    cp -p policies.ini first.ini
    expect 1 first.ini
    write_second 2
    behind_both
    begin_load 1000
    for ((i = 0; i < 200; i++)); do
        if ((i % 2)); then put first.ini; else put second.ini; fi
        until_true was_read $((i + 1))
    done
    stop_load
    all_right "200 reloads" 200
    # Only the last version is served.
    rm -f ./*.2
    back_to_normal
    still_runs
}

@test "a reload that is broken: the policies stay; a good one is taken" {
    expect 1 policies.ini
    write_second later
    behind_both
    begin_load 5
    sleep 0.3
    # Mistakes in sections, in a template, in a header. A file that is no INI, an empty one, a folder, none.
    sed -e 's/^mode = enforce/mode = enforced/' -e 's/smtp.google.com/192.0.2.1/' policies.ini >a.ini
    sed -e 's/^\[example.org\]/[example.org/' -e 's/^use = google/use = goggle/' policies.ini >b.ini
    sed 's/^mode = .*/mode = /' policies.ini >c.ini
    head -c 100000 /dev/urandom | tr -d '[' >d.ini
    : >e.ini
    leave_alone ?.ini
    local file
    for file in a b c d e; do
        put "$file.ini"
        sleep 0.5
    done
    rm policies.ini
    mkdir policies.ini
    kill -HUP "$PROGRAM"
    sleep 0.5
    rmdir policies.ini
    kill -HUP "$PROGRAM"
    end_load
    all_right "a broken reload" 7
    until_true grep -qF 'policies.ini: cannot be read: No such file or directory; the old policies stay in force' fcgi.sock.log
    put second.ini
    local host
    for host in $HOSTS; do
        mv "$host.later" "$host.1"
    done
    back_to_normal
    still_runs
}
