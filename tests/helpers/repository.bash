# A copy of this tree in a git repository of its own. A suite loads suite.bash before this.

TREE=$(realpath "$HELPERS/../..")

# a_repository: a copy of the tree without build products, committed to a git repository in $DIR/tree.
a_repository() {
    mkdir tree
    tar -C "$TREE" --exclude=./.git --exclude=./build --exclude='./mta-sts-*.tar.gz' -cf - . | tar -C tree -xf -
    unset "${!GIT_@}"
    export HOME=$DIR GIT_CONFIG_NOSYSTEM=1
    git -C tree init -q
    commit
}

# commit: all that has changed in tree.
commit() {
    git -C tree add -A
    git -C tree -c user.name=test -c user.email=test@example.org commit -q -m test
}
