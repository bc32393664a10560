# mta-sts-static by another compiler: FOREIGN, which tools/elsewhere sets.

load ../helpers/suite
load ../helpers/repository

setup_file() {
    : "${FOREIGN:?run this by make test-elsewhere}"
}

@test "one file that needs no other, position-independent, for the processor of its compiler" {
    local program=$TREE/build/$FOREIGN/mta-sts-static machine
    case $FOREIGN in
    aarch64-*) machine=AArch64 ;;
    *) machine=$(LC_ALL=C readelf -h /bin/sh | sed -n 's/ *Machine: *//p') ;;
    esac
    LC_ALL=C readelf -hlWd "$program" >headers
    grep -q "Machine: *$machine$" headers
    grep -q 'Type: *DYN' headers
    grep -q GNU_RELRO headers
    run ! grep -E 'INTERP|NEEDED|TEXTREL|GNU_STACK.* RWE' headers
    [ "$(stat -c %s "$program")" -lt 1200000 ]
}

@test "--version says which libraries were linked, and not which packages are there" {
    run -0 "$MTA_STS" --version
    local sources=$TREE/build/$FOREIGN/libraries/lib
    [[ $output == *"$(cat "$sources/libfcgi.a.version"), $(cat "$sources/libiniparser.a.version"), "* ]]
    if [ "$FOREIGN" = musl-gcc ]; then
        [[ $output == *", musl $(dpkg-query -W -f '${Version}' musl-dev)"* ]]
    else
        [[ $output == *", glibc $(dpkg-query -W -f '${Version}' libc6-arm64-cross)"* ]]
    fi
    # A library of nobody's is named with its path.
    [ "$FOREIGN" = musl-gcc ] || return 0
    cp "$sources/libfcgi.a" .
    run -0 "$TREE/tools/linked" musl-gcc -L"$DIR" -L"$sources"
    [[ $output == "libfcgi ($DIR/libfcgi.a), iniparser "*", musl "* ]]
}
