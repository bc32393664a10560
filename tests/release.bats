# make release: what it refuses, and what it runs. The tests that it runs are a program that only logs.

load helpers/suite
load helpers/repository

# released [TIER...]: runs the script in the repository, with a make that logs its targets and their folder. A file fail-TARGET makes TARGET fail.
released() {
    local version
    version=$(sed -n 's/^VERSION := //p' tree/Makefile)
    mkdir -p bin
    cat >bin/make <<SH
#!/bin/bash
echo "\$* in \$PWD" >>"$DIR/make.log"
[ "\$1" != dist ] || exec tools/dist mta-sts-$version mta-sts-$version.tar.gz
printf '#!/bin/sh\necho "mta-sts %s"\n' "\$(cat "$DIR/prints" 2>/dev/null || echo $version)" >mta-sts
chmod 755 mta-sts
[ ! -e "$DIR/leave" ] || touch left-over
[ ! -e "$DIR/fail-\$1" ]
SH
    chmod 755 bin/make
    rm -f make.log
    (cd tree && tools/release "$version" "$DIR/bin/make" "${@:-test-all}")
}

# refuses TEXT...: nothing is tested, and the output has each TEXT.
refuses() {
    run -1 released
    local text
    for text in "$@"; do
        [[ $output == *"$text"* ]] || {
            echo "without \"$text\":"
            echo "$output"
            return 1
        }
    done
    [ ! -e make.log ]
    [[ $output != *'can be released'* ]]
    git -C tree checkout -q -f first
    git -C tree clean -qfd
}

setup_repository() {
    a_repository
    git -C tree tag first
    VERSION=$(sed -n 's/^VERSION := //p' tree/Makefile)
}

@test "release: what is committed is tested, made twice, unpacked and tested again" {
    setup_repository
    run -0 released one two
    [[ $output == *"mta-sts $VERSION can be released"*"v$VERSION"* ]]
    [ "$(grep -c . make.log)" -eq 3 ]
    [ "$(sed -n 1p make.log)" = "one two in $DIR/tree" ]
    [ "$(sed -n 2p make.log)" = "dist in $DIR/tree" ]
    [[ $(sed -n 3p make.log) =~ ^test\ in\ /.*/mta-sts-$VERSION$ ]]
    [[ $output == *"$(sha256sum "tree/mta-sts-$VERSION.tar.gz" | cut -d' ' -f1)"* ]]
    # The next commit may have the version as long as no other has its tag.
    git -C tree tag "v$VERSION"
    run -0 released
    git -C tree -c user.name=test -c user.email=test@example.org commit -q --allow-empty -m empty
    run -1 released
    [[ $output == *"the tag v$VERSION is on another commit"* ]]
}

@test "release: make release calls it, with all tiers or those that are named" {
    setup_repository
    printf '#!/bin/sh\necho "$@"\n' >tree/tools/release
    unset "${!MAKE@}" MFLAGS TIERS
    run -0 make -s -C tree release
    [ "$output" = "$VERSION make test-all" ]
    run -0 make -s -C tree release TIERS='test lint'
    [ "$output" = "$VERSION make test lint" ]
}

@test "release: a file that is changed, or not committed, is refused and named" {
    setup_repository
    echo >>tree/README.md
    refuses 'commit or remove them' ' M README.md'
    touch tree/src/new.c
    refuses 'commit or remove them' '?? src/new.c'
}

@test "release: one version that differs is refused, wherever it is, with the place" {
    setup_repository
    local places file line number=0
    # Each line that has to change with the next version. The text below the heading of CHANGES.md stays.
    places=$(git -C tree grep -nE "(^|[^.0-9])${VERSION//./\\.}" -- Makefile debian/changelog examples contrib CHANGES.md | grep -vE '^CHANGES\.md:[0-9]+:[^#]')
    while IFS=: read -r file line _; do
        sed -i "${line}s/${VERSION//./\\.}/9.8.7/" "tree/$file"
        commit
        if [ "$file" = Makefile ]; then
            refuses 'debian/changelog:1: the version is '"$VERSION; write 9.8.7" 'CHANGES.md:3: the version is '"$VERSION; write 9.8.7"
        else
            refuses "$file:$line: the version is 9.8.7; write $VERSION"
        fi
        number=$((number + 1))
    done <<<"$places"
    [ "$number" -ge 4 ]
    echo >tree/debian/changelog
    commit
    refuses "debian/changelog:1: the version is not there; write $VERSION"
}

@test "release: a heading without its date, and a changelog that is UNRELEASED" {
    setup_repository
    sed -i "s/^## ${VERSION//./\\.} .*/## $VERSION (not released)/" tree/CHANGES.md
    sed -i '1s/unstable/UNRELEASED/' tree/debian/changelog
    commit
    refuses "CHANGES.md: the heading of $VERSION has no date; write \"## $VERSION (" "debian/changelog:1: $VERSION is UNRELEASED"
}

@test "release: tests that fail, or leave a file; a tarball whose tests fail, or whose program is another version" {
    setup_repository
    touch fail-test-all
    run -1 released
    [[ $output == *'"make test-all" fails'* ]]
    [ "$(grep -c . make.log)" -eq 1 ]
    rm fail-test-all
    touch leave
    run -1 released
    [[ $output == *'after the tests'*'?? left-over'* ]]
    rm leave tree/left-over
    touch fail-test
    run -1 released
    [[ $output == *'unpacked, "make test" fails'* ]]
    [[ $output != *'can be released'* ]]
    rm fail-test
    echo 0.0.9 >prints
    run -1 released
    [[ $output == *"does not print \"mta-sts $VERSION\""* ]]
}

@test "release: a tarball that another clone makes with other bytes" {
    setup_repository
    # git writes the names of the branches into such a file: a clone has others.
    echo 'README.md export-subst' >>tree/.gitattributes
    # shellcheck disable=SC2016 # git's
    echo '$Format:%D$' >>tree/README.md
    commit
    run -1 released
    [[ $output == *'another clone makes other bytes'* ]]
    [[ $output != *'can be released'* ]]
}

@test "release: outside of a repository" {
    mkdir tree
    cp -r "$TREE/Makefile" "$TREE/tools" "$TREE/CHANGES.md" tree/
    GIT_CEILING_DIRECTORIES=$DIR run -1 released
    [[ $output == *'a release is made from a clone of the repository'* ]]
}
