# The Debian packages: built twice, and installed, upgraded, removed and purged in a root of their own, in which no systemd runs.

load root

@test "the same bytes, whatever the path, the time, the umask and the locale" {
    cd "$TREE"
    (umask 077 && TZ=Pacific/Auckland LC_ALL=C.UTF-8 DEB_BUILD_OPTIONS=nocheck CFLAGS=-O0 tools/deb "$VERSION" "$DIR/another/folder" >"$DIR/out" 2>&1)
    local file
    for file in "$BUILT"/*.deb "$BUILT"/*.dsc "$BUILT"/*.tar.*; do
        cmp "$file" "$DIR/another/folder/${file##*/}"
    done
    [ "$(find "$BUILT" -name '*.deb' | wc -l)" -eq 6 ]
}

@test "lintian finds nothing" {
    # Debian 12 asks for an init script, of which Debian 13 knows no more, and refuses the tag's name: an override would be wrong in one of them. System V
    # init holds no socket for a program; examples/spawn-fcgi and examples/openrc are for systems without systemd. The version of the standards is that of
    # Debian 12.
    local suppressed
    suppressed=$(lintian-explain-tags --list-tags | grep -xE 'package-supports-alternative-init-but-no-init.d-script|out-of-date-standards-version' | paste -sd,)
    run lintian --allow-root --pedantic -EI --fail-on error,warning,info,pedantic,experimental --suppress-tags "$suppressed" "$BUILT"/*.changes
    echo "$output"
    [ "$status/$output" = 0/ ]
}

@test "another version in the changelog than in the Makefile is refused" {
    cd "$TREE"
    run -1 tools/deb 9.9.9 "$DIR/none"
    [[ $output == *"debian/changelog is of version $VERSION, the Makefile of 9.9.9"* ]]
    [ ! -e "$DIR/none" ]
}

@test "the units of the packages are those of the examples, for programs in /usr; each path in them is there" {
    own_root
    install_debs "$(built mta-sts)" "$(built mta-sts-probe)" "$(built mta-sts-reports)" >/dev/null
    local unit path
    for unit in systemd/mta-sts.{service,socket} monitoring/mta-sts-probe{.service,.timer,-mail.service} reports/mta-sts-reports.{service,socket}; do
        on cat "/lib/systemd/system/${unit#*/}" >unit
        diff "$TREE/examples/$unit" unit | grep '^[<>]' >differs || true
        run ! grep -vE '^[<>] (ExecStart=|# /etc/systemd|# mta-sts)' differs
        run ! grep /usr/local unit
        path=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' unit)
        [ -z "$path" ] || on test -x "$path"
    done
    on sh -c 'grep -rn /usr/local/bin/mta-sts /usr/share/doc/mta-sts /usr/share/doc/mta-sts-probe || true' >named
    [ ! -s named ]
}

@test "installed: valid, serves nobody, finds its file; upgraded: an edit stays; removed: the file stays; purged: nothing is left" {
    repack mta-sts 0.1.0 's/^max_age = 1w/max_age = 2w/'
    repack mta-sts-probe 0.1.0
    repack mta-sts-reports 0.1.0
    repack mta-sts 9.9 's/^max_age = 1w/max_age = 3w/'
    own_root
    files >before

    install_debs mta-sts_0.1.0.deb mta-sts-probe_0.1.0.deb mta-sts-reports_0.1.0.deb
    run -0 on mta-sts check
    [[ $output == */etc/mta-sts/policies.ini:*'names no domain'*'0 domains, 0 errors, 1 warning' ]]
    run -1 on mta-sts dns
    on mta-sts-probe --version
    on grep -q '^max_age = 2w' /etc/mta-sts/policies.ini
    # Not edited, so the new one replaces it.
    install_debs "$(built mta-sts)" "$(built mta-sts-probe)" "$(built mta-sts-reports)"
    on grep -q '^max_age = 1w' /etc/mta-sts/policies.ini

    # Edited, with modes of its own.
    on sh -c 'printf "\n[example.org]\nmx = mail.example.org\n" >>/etc/mta-sts/policies.ini; chmod 640 /etc/mta-sts/policies.ini; echo secret >/etc/mta-sts/tsig.key'
    on cat /etc/mta-sts/policies.ini >edited
    # The same is shipped: no question.
    install_debs "$(built mta-sts)"
    on cat /etc/mta-sts/policies.ini | cmp - edited
    # Another one is shipped: it comes beside.
    install_debs --force-confdef mta-sts_9.9.deb
    on cat /etc/mta-sts/policies.ini | cmp - edited
    [ "$(on stat -c %a /etc/mta-sts/policies.ini)" = 640 ]
    on grep -q '^max_age = 3w' /etc/mta-sts/policies.ini.dpkg-dist

    on dpkg --remove mta-sts mta-sts-probe mta-sts-reports
    on cat /etc/mta-sts/policies.ini | cmp - edited
    run ! on test -e /usr/bin/mta-sts
    install_debs mta-sts_9.9.deb
    on cat /etc/mta-sts/policies.ini | cmp - edited

    # What is not the package's stays at a purge.
    on dpkg --purge mta-sts mta-sts-probe mta-sts-reports
    [ "$(on cat /etc/mta-sts/tsig.key)" = secret ]
    on rm -r /etc/mta-sts
    files | diff before -
}

@test "mta-sts-reports: reads a report in a mail, and policies.ini where the package has it" {
    own_root
    install_debs "$(built mta-sts)" "$(built mta-sts-reports)" >/dev/null
    on sh -c 'printf "\n[example.org]\nmx = mail.example.org\nmx = *.backup.example.org\n" >>/etc/mta-sts/policies.ini'
    python3 -c 'from tlsrpt import *; save("mail", mail(zipped(report())))'
    run -1 on mta-sts-reports --now 2026-11-26T07:00:00Z - <mail
    echo "$output"
    [[ $output == 'example.org  wait: 1 day, 1 reporter, 10 sessions, 0 failed; needs '* ]]
    on mta-sts-reports --version
}

@test "over what make install has installed: policies.ini stays, asked or not; without it the package's program reads the same file" {
    make -s -j "$(nproc)" -C "$TREE" install DESTDIR="$DIR/dest" >/dev/null
    echo '; edited' >>dest/etc/mta-sts/policies.ini
    mkdir -p dest/etc/systemd/system
    cp "$TREE"/examples/systemd/mta-sts.* dest/etc/systemd/system/
    own_root
    tar -C dest --owner=0 --group=0 -cf - . | on tar -C / --no-overwrite-dir -xf -

    # Nobody answers dpkg's question.
    run -1 install_debs "$(built mta-sts)"
    [[ $output == *'end of file on stdin at conffile prompt'* ]]
    on cat /etc/mta-sts/policies.ini | cmp - dest/etc/mta-sts/policies.ini
    on dpkg --force-confold --configure mta-sts
    on cat /etc/mta-sts/policies.ini | cmp - dest/etc/mta-sts/policies.ini
    on grep -q '^ExecStart=/usr/local/bin/mta-sts ' /etc/systemd/system/mta-sts.service
    on cat /usr/local/bin/mta-sts | cmp - dest/usr/local/bin/mta-sts

    on rm -r /usr/local/bin/mta-sts
    run -0 on /usr/bin/mta-sts check
    [[ $output == *'/etc/mta-sts/policies.ini: 4 domains, 0 errors, '* ]]
}
