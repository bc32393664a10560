# make install, make uninstall, make static, make dist.

load helpers/suite
load helpers/program
load helpers/lighttpd
load helpers/repository

# Built once, outside of the tree. It does not depend on the build under test.
setup_file() {
    BUILD=$BATS_FILE_TMPDIR/build
    export BUILD
    make_in "$TREE" "$BUILD/mta-sts" "$BUILD/mta-sts-probe" "$BUILD/mta-sts-reports" "$BUILD/mta-sts-static" >"$BATS_FILE_TMPDIR/make.out" 2>&1 || {
        cat "$BATS_FILE_TMPDIR/make.out" >&2
        return 1
    }
}

# make_in FOLDER ARGUMENT...: runs make without the caller's environment: no SANITIZE, CFLAGS or MAKEFLAGS, and none of git's settings.
make_in() {
    local folder=$1
    shift
    env -i PATH="$PATH" HOME="$BATS_FILE_TMPDIR" LC_ALL=C.UTF-8 make --no-print-directory -C "$folder" B="$BUILD" "$@"
}

# as_package TARGET [ARGUMENT...]: runs make with a package's folders, below $DIR/dest.
as_package() {
    make_in "$TREE" "$@" DESTDIR="$DIR/dest" PREFIX=/usr
}

# to_install: every file that make install has to install, with its mode.
to_install() {
    local page
    echo '755 dest/usr/bin/mta-sts'
    echo '644 dest/etc/mta-sts/policies.ini'
    printf '644 dest/usr/share/doc/mta-sts/%s\n' policies.ini README.md LICENSE CHANGES.md SECURITY.md bench/README.md bench/growth.svg bench/probe.svg
    (cd "$TREE" && find examples -type f -printf '%m dest/usr/share/doc/mta-sts/%p\n') | sed 's/^7../755/; s/^6../644/'
    for page in "$TREE"/man/*.[158]; do
        [ ! -e "$page" ] || echo "644 dest/usr/share/man/man${page##*.}/${page##*/}"
    done
    [ ! -e "$TREE/examples/bash-completion/mta-sts" ] || echo '644 dest/usr/share/bash-completion/completions/mta-sts'
    printf '755 dest/usr/bin/%s\n' mta-sts-probe mta-sts-reports
    printf '644 dest/usr/share/bash-completion/completions/%s\n' mta-sts-probe mta-sts-reports
}

# in_chroot NAME=VALUE...: runs the static binary as a CGI program, in a folder with nothing but itself and policies.ini.
in_chroot() {
    local enter=(chroot)
    [ "$(id -u)" -eq 0 ] || enter=(unshare -r chroot)
    env -i PATH="$PATH:/usr/sbin:/sbin" "$@" "${enter[@]}" empty /mta-sts </dev/null 2>err.log
}

empty_root() {
    [ "$(id -u)" -eq 0 ] || unshare -r true || skip_or_fail "no user namespaces here"
    mkdir empty
    cp -p "$BUILD/mta-sts-static" empty/mta-sts
    cp -p policies.ini empty/
}

@test "install: every file, its mode and its text" {
    # A front server can read it whatever root's umask.
    (umask 077 && as_package install) >out
    [ "$(find dest -type f -printf '%m %p\n' | sort)" = "$(to_install | sort)" ]
    [ -z "$(find dest -mindepth 1 -type d ! -perm 755)" ]
    cmp "$BUILD/mta-sts" dest/usr/bin/mta-sts
    cmp "$TREE/policies.ini" dest/etc/mta-sts/policies.ini
    cmp "$TREE/policies.ini" dest/usr/share/doc/mta-sts/policies.ini
    cmp "$TREE/LICENSE" dest/usr/share/doc/mta-sts/LICENSE
    local page
    for page in "$TREE"/man/*.[158]; do
        [ ! -e "$page" ] || cmp "$page" dest/usr/share/man/man?/"${page##*/}"
    done
    [ "$(grep -c '^  INSTALL ' out)" -eq "$(to_install | wc -l)" ]
    # Nothing is built twice.
    [ "$(grep -vc '^  INSTALL ' out)" -eq 0 ]
}

@test "install: each link of an installed page leads to an installed file" {
    as_package install >/dev/null
    local page link
    for page in dest/usr/share/doc/mta-sts/{,bench/,examples/,examples/*/}*.md; do
        grep -oE '\]\([^)#]+' "$page" | cut -c3- | grep -v '^https:' | while read -r link; do
            [ -e "$(dirname "$page")/$link" ] || echo "$page: $link"
        done
    done >lost
    cat lost
    [ ! -s lost ]
}

@test "install: without PREFIX below /usr/local, and where else each folder is told to be" {
    make_in "$TREE" install DESTDIR="$DIR/local" >/dev/null
    [ -x local/usr/local/bin/mta-sts ]
    [ -e local/usr/local/share/doc/mta-sts/README.md ]
    [ -e local/etc/mta-sts/policies.ini ]
    as_package install BINDIR=/cgi-bin MANDIR=/manuals >/dev/null
    [ -x dest/cgi-bin/mta-sts ]
    [ ! -e dest/usr/bin ]
    [ ! -e dest/usr/share/man ]
}

@test "install: the program looks for policies.ini where it was installed to" {
    # In a separate folder, since this has to be built again.
    cp -a "$BUILD" build
    BUILD=$DIR/build make_in "$TREE" install PREFIX="$DIR/opt" SYSCONFDIR="$DIR/opt/etc" >/dev/null
    leave_alone opt/etc/mta-sts/policies.ini
    rm policies.ini
    env -i SERVER_NAME=mta-sts.example.org opt/bin/mta-sts </dev/null >out
    grep -q '^mx: mail.example.org' out
    env -i opt/bin/mta-sts -h | grep -qF "$DIR/opt/etc/mta-sts/policies.ini"
    env -i "$BUILD/mta-sts" -h | grep -qF ' /etc/mta-sts/policies.ini'

    # With another one in the working directory, commands say which one they read.
    printf '[example.org]\nmode = enforce\nmx = here.example.org\n' >policies.ini
    leave_alone policies.ini
    local call
    for call in check hosts 'show example.org' 'dns example.org'; do
        # shellcheck disable=SC2086 # several arguments
        run -0 --separate-stderr env -i opt/bin/mta-sts $call
        # shellcheck disable=SC2154 # bats sets it
        [ "$stderr" = "mta-sts: read ./policies.ini, and not $DIR/opt/etc/mta-sts/policies.ini; \"mta-sts -f FILE ${call%% *}\" reads another" ]
    done
    run -0 env -i opt/bin/mta-sts -f policies.ini check
    [ "$output" = 'policies.ini: 1 domain, 0 errors, 0 warnings' ]
    run -0 env -i MTA_STS_POLICIES=policies.ini opt/bin/mta-sts check
    [ "$output" = 'policies.ini: 1 domain, 0 errors, 0 warnings' ]
    ln -sf opt/etc/mta-sts/policies.ini policies.ini
    run -0 --separate-stderr env -i opt/bin/mta-sts hosts
    [ -z "$stderr" ]
}

@test "install: an edited policies.ini stays, and that is told" {
    as_package install >/dev/null
    echo '; edited' >>dest/etc/mta-sts/policies.ini
    cp -p dest/etc/mta-sts/policies.ini edited
    echo '; old' >>dest/usr/share/doc/mta-sts/policies.ini
    as_package install >out
    cmp edited dest/etc/mta-sts/policies.ini
    [ "$(stat -c '%Y' edited)" = "$(stat -c '%Y' dest/etc/mta-sts/policies.ini)" ]
    grep -qF "KEPT    $DIR/dest/etc/mta-sts/policies.ini" out
    cmp "$TREE/policies.ini" dest/usr/share/doc/mta-sts/policies.ini
    # A link to a place that does not exist at this moment stays too.
    ln -sf /nowhere/policies.ini dest/etc/mta-sts/policies.ini
    as_package install >out
    [ "$(readlink dest/etc/mta-sts/policies.ini)" = /nowhere/policies.ini ]
    grep -qF "KEPT    $DIR/dest/etc/mta-sts/policies.ini" out
}

@test "uninstall: leaves policies.ini, says so, and touches nothing of others" {
    as_package install >/dev/null
    touch dest/usr/bin/other
    as_package uninstall >out
    [ "$(find dest ! -type d | sort)" = "$(printf '%s\n' dest/etc/mta-sts/policies.ini dest/usr/bin/other)" ]
    [ ! -e dest/usr/share/doc/mta-sts ]
    grep -qF "KEPT    $DIR/dest/etc/mta-sts/policies.ini" out
    # A second time there is nothing to do, and that is no error.
    rm dest/etc/mta-sts/policies.ini
    as_package uninstall >out
    run ! grep KEPT out
}

@test "static: small, stripped, position-independent, asks for no other file, and is linked without a warning" {
    local static=$BUILD/mta-sts-static
    [ "$(stat -c %s "$static")" -lt 1200000 ]
    LC_ALL=C readelf -lW "$static" >headers
    grep -q 'GNU_RELRO' headers
    grep -q '^Elf file type is DYN' headers
    run ! grep -E 'INTERP|GNU_STACK.* RWE' headers
    LC_ALL=C readelf -dW "$static" >dynamic
    run ! grep -E 'NEEDED|TEXTREL' dynamic
    LC_ALL=C readelf -SW "$static" >sections
    run ! grep -E ' \.(symtab|debug_)' sections
    run ! grep -E '/ld|statically linked' "$BATS_FILE_TMPDIR/make.out"
    LC_ALL=C readelf -SW "$BUILD/mta-sts" | grep -q ' \.symtab'
}

@test "static: answers from an empty chroot, several mx lines and all" {
    empty_root
    in_chroot SERVER_NAME=mta-sts.example.org >out
    sed '1,/^\r$/d' out >body
    is_policy example_org body
    grep -q '^Status: 200 OK' out
    [ ! -s err.log ]
    in_chroot SERVER_NAME=www.example.com HTTP_HOST=mta-sts.example.net >out
    sed '1,/^\r$/d' out >body
    is_policy example_net body
    [ "$(find empty -mindepth 1 | wc -l)" -eq 2 ]
}

@test "static: a mistake is answered 500 from an empty chroot, and told" {
    empty_root
    in_chroot SERVER_NAME=mta-sts.broken.example >out
    grep -q '^Status: 500' out
    grep -q '^mta-sts: policies.ini:17: \[broken.example\] mx: "192.0.2.1" is an IP address; write a host name' err.log
    [ "$(wc -l <err.log)" -eq 1 ]
    rm empty/policies.ini
    in_chroot SERVER_NAME=mta-sts.example.org >out
    grep -q '^Status: 500' out
    grep -q 'policies.ini: cannot be read: No such file or directory' err.log
}

@test "static: FastCGI, an edit of the file, and the end" {
    MTA_STS=$BUILD/mta-sts-static start_fastcgi
    start_lighttpd < <(lighttpd_fastcgi)
    fetch mta-sts.example.org -o body
    is_policy example_org body
    sed 's/mail.example.org/new.example.org/' policies.ini >edited.ini
    leave_alone edited.ini
    mv edited.ini policies.ini
    until_true serves mta-sts.example.org 'mx: new.example.org'
    kill -TERM "$PROGRAM"
    ends_well
}

@test "dist: one folder of what git tracks, the same bytes each time; it builds" {
    a_repository
    BUILD=$DIR/tree/build
    mkdir "$BUILD"
    touch tree/mta-sts tree/mta-sts-static tree/src/base/left.o tree/untracked "$BUILD/main.o"
    make_in tree dist >out 2>&1
    local name
    name=$(cd tree && echo mta-sts-*.tar.gz)
    [[ $name =~ ^(mta-sts-[0-9]+\.[0-9]+\.[0-9]+)\.tar\.gz$ ]]
    local folder=${BASH_REMATCH[1]}
    run ! grep 'not committed' out

    mv "tree/$name" first.tar.gz
    touch tree/policies.ini
    (umask 077 && make_in tree dist >out 2>&1)
    run ! grep 'not committed' out
    cmp first.tar.gz "tree/$name"
    # make dist warns of a change that is not in the tarball.
    echo '; edited' >>tree/policies.ini
    make_in tree dist >out 2>&1
    grep -q 'not committed' out
    cmp first.tar.gz "tree/$name"

    mkdir unpacked
    tar -C unpacked -xzf first.tar.gz
    [ "$(ls -A unpacked)" = "$folder" ]
    git --git-dir=tree/.git ls-files | sort >tracked
    (cd "unpacked/$folder" && find . ! -type d -printf '%P\n' | sort) >files
    cmp tracked files
    run ! grep -E '^(build/|mta-sts$|mta-sts-static$|untracked$)|\.(o|d|gz)$' files
    [ -x "unpacked/$folder/tests/run.sh" ]

    BUILD=build make_in "unpacked/$folder" mta-sts >/dev/null
    cd "unpacked/$folder"
    leave_alone policies.ini
    env -i SERVER_NAME=mta-sts.example.org ./mta-sts </dev/null | grep -q '^mx: mail.example.org'
}
