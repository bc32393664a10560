# export: obstacles in the places that it writes to, the modes of its files, and headers that cannot be read.

load helpers/suite

# The text of a file outside of the tree. No export may change it.
VICTIM=untouched

# Two domains that were exported to the folder tree before, and a new policy for both.
exported() {
    printf '[a.example]\nmx = old.a.example\n[b.example]\nmx = old.b.example\n' >policies.ini
    leave_alone policies.ini
    "$MTA_STS" -f policies.ini export tree
    sed -i 's/old\./new./' policies.ini
    leave_alone policies.ini
    mkdir -p outside/.well-known
    echo "$VICTIM" | tee victim outside/.well-known/mta-sts.txt >outside/mta-sts.txt
    A=tree/mta-sts.a.example B=tree/mta-sts.b.example
}

# export [OPTION] DIR, as the process $$. The names of its temporary files contain that number.
mta_sts_export() {
    timeout 60 "$MTA_STS" -f policies.ini export "$@"
}

# Nothing outside of the tree is written or removed.
outside_is_whole() {
    [ "$(cat victim)" = "$VICTIM" ]
    [ "$(cat outside/mta-sts.txt)" = "$VICTIM" ]
    [ "$(cat outside/.well-known/mta-sts.txt)" = "$VICTIM" ]
    [ "$(find outside -type f | wc -l)" -eq 2 ]
}

# a_is_told PATH WHAT: the export of a.example fails with this one line. That of b.example succeeds.
a_is_told() {
    run -1 mta_sts_export tree
    [ "$output" = "mta-sts: $1: is a $2; remove it, or export elsewhere" ]
    grep -q 'mx: new.b.example' "$B/.well-known/mta-sts.txt"
    outside_is_whole
}

# mended PATH: without the obstacle at PATH the export succeeds.
mended() {
    rm "$1"
    run -0 mta_sts_export tree
    [ -z "$output" ]
    grep -q 'mx: new.a.example' "$A/.well-known/mta-sts.txt"
    [ "$(cat tree/.mta-sts-export)" = $'mta-sts.a.example\nmta-sts.b.example' ]
}

@test "export: a link or FIFO at a fixed temporary name is not used" {
    exported
    local folder
    for folder in "$A/.well-known/mta-sts.txt" tree/.mta-sts-export worker.js; do
        ln -s "$DIR/victim" "$folder.tmp"
    done
    mkfifo "$B/.well-known/mta-sts.txt.tmp"
    run -0 mta_sts_export tree
    [ -z "$output" ]
    run -0 mta_sts_export --worker worker.js
    outside_is_whole
    grep -q 'mx: new.a.example' "$A/.well-known/mta-sts.txt"
    grep -q 'mx: new.b.example' "$B/.well-known/mta-sts.txt"
}

# with_temporary COUNT COMMAND...: runs export with links at the first COUNT of its temporary names, in each folder.
with_temporary() {
    # shellcheck disable=SC2016 # expanded by that shell, whose number the program takes over
    run bash -c 'count=$1; shift
for folder in tree "$1/.well-known" "$2/.well-known" .; do
    for ((i = 0; i < count; i++)); do ln -s "$PWD/victim" "$folder/.mta-sts.$$.$i.tmp"; done
done
shift 2
exec "$@"' _ "$1" "$A" "$B" "$MTA_STS" -f policies.ini export "${@:2}"
}

@test "export: links at its own temporary names are not followed: another name is tried" {
    exported
    with_temporary 3 tree
    [ "$status" -eq 0 ]
    outside_is_whole
    grep -q 'mx: new.a.example' "$A/.well-known/mta-sts.txt"
    [ "$(find tree -type l -name '.mta-sts.*.tmp' | wc -l)" -eq 9 ]
    [ "$(find tree -type f -name '.mta-sts.*.tmp' | wc -l)" -eq 0 ]
    with_temporary 3 --worker worker.js
    [ "$status" -eq 0 ]
    grep -q 'mx: new.a.example' worker.js
    outside_is_whole
}

@test "export: links at all of its temporary names: told, nothing is written" {
    exported
    with_temporary 100 tree
    [ "$status" -eq 1 ]
    [[ $output == 'mta-sts: tree/.mta-sts-export: cannot be written: File exists' ]]
    outside_is_whole
    grep -q 'mx: old.a.example' "$A/.well-known/mta-sts.txt"
    with_temporary 100 --worker worker.js
    [ "$status" -eq 1 ]
    [ ! -e worker.js ]
    outside_is_whole
}

@test "export: a link for a policy host's folder" {
    exported
    rm -r "$A"
    ln -s ../outside "$A"
    a_is_told "$A" 'symbolic link'
    run -1 mta_sts_export --delete tree
    outside_is_whole
    mended "$A"
}

@test "export: a link for .well-known" {
    exported
    rm -r "$A/.well-known"
    ln -s ../../outside "$A/.well-known"
    a_is_told "$A/.well-known" 'symbolic link'
    mended "$A/.well-known"
}

@test "export: a link, a FIFO, a folder for mta-sts.txt" {
    exported
    local place=$A/.well-known/mta-sts.txt
    rm "$place"
    ln -s ../../../victim "$place"
    a_is_told "$place" 'symbolic link'
    [ -L "$place" ]
    rm "$place"
    mkfifo "$place"
    a_is_told "$place" FIFO
    rm "$place"
    mkdir "$place"
    a_is_told "$place" folder
    rmdir "$place"
    ln -s nowhere "$place"
    a_is_told "$place" 'symbolic link'
    mended "$place"
}

@test "export: a FIFO, a file for a folder" {
    exported
    rm -r "$A"
    mkfifo "$A"
    a_is_told "$A" FIFO
    rm "$A"
    mkdir "$A"
    mkfifo "$A/.well-known"
    a_is_told "$A/.well-known" FIFO
    rm "$A/.well-known"
    : >"$A/.well-known"
    a_is_told "$A/.well-known" file
    mended "$A/.well-known"
}

# list_is_told WHAT: the export fails with this line, and writes nothing.
list_is_told() {
    run -1 mta_sts_export tree
    [ "$output" = "mta-sts: tree/.mta-sts-export: is a $1; remove it, or export elsewhere" ]
    grep -q 'mx: old.b.example' "$B/.well-known/mta-sts.txt"
    outside_is_whole
    rm -r tree/.mta-sts-export
}

@test "export: a link, a FIFO, a folder, a socket for the list of what was written" {
    exported
    rm tree/.mta-sts-export
    ln -s ../victim tree/.mta-sts-export
    list_is_told 'symbolic link'
    ln -s nowhere tree/.mta-sts-export
    list_is_told 'symbolic link'
    mkfifo tree/.mta-sts-export
    list_is_told FIFO
    mkdir tree/.mta-sts-export
    list_is_told folder
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("tree/.mta-sts-export")'
    list_is_told socket
    run -0 mta_sts_export tree
    grep -q 'mx: new.b.example' "$B/.well-known/mta-sts.txt"
}

@test "export --worker: a link, a FIFO, a device for the file" {
    exported
    local what
    ln -s victim 'symbolic link'
    mkfifo FIFO
    mkdir folder
    for what in 'symbolic link' FIFO; do
        run -1 mta_sts_export --worker "$DIR/$what"
        [ "$output" = "mta-sts: $DIR/$what: is a $what; remove it, or export elsewhere" ]
    done
    # As a user who cannot replace it.
    if [ "$(id -u)" -ne 0 ]; then
        run -1 mta_sts_export --worker /dev/null
        [ "$output" = 'mta-sts: /dev/null: is a device; export elsewhere' ]
    elif mknod device c 1 3; then
        run -1 mta_sts_export --worker device
        [ "$output" = 'mta-sts: device: is a device; export elsewhere' ]
        [ -c device ]
    fi
    [ -L 'symbolic link' ] && [ -p FIFO ]
    outside_is_whole
    run -1 mta_sts_export --worker nowhere/worker.js
    [ "$output" = 'mta-sts: nowhere/worker.js: cannot be written: No such file or directory' ]
    run -0 mta_sts_export --worker folder/worker.js
    grep -q 'mx: new.a.example' folder/worker.js
}

@test "export --worker: a file that no export wrote stays as it is" {
    exported
    echo 'export default {};' >own.js
    local file
    for file in policies.ini own.js; do
        cp "$file" before
        run -1 mta_sts_export --worker "$file"
        [ "$output" = "mta-sts: $file: is not what an earlier export wrote; remove it, or export elsewhere" ]
        cmp "$file" before
    done
    : >empty.js
    for file in empty.js new.js new.js; do
        run -0 mta_sts_export --worker "$file"
        [ -z "$output" ]
        grep -q 'mx: new.a.example' "$file"
    done
}

@test "export: the folder itself may be a link" {
    exported
    mkdir elsewhere
    ln -s elsewhere named
    run -0 mta_sts_export named
    grep -q 'mx: new.a.example' elsewhere/mta-sts.a.example/.well-known/mta-sts.txt
    ln -s elsewhere/mta-sts.a.example folder
    run -0 mta_sts_export --worker folder/worker.js
    [ -f elsewhere/mta-sts.a.example/worker.js ]
    run -1 mta_sts_export victim
    [ "$output" = 'mta-sts: victim: cannot be written: Not a directory' ]
    outside_is_whole
}

@test "export --delete: through a link nothing is removed" {
    exported
    printf '[b.example]\nmx = new.b.example\n' >policies.ini
    leave_alone policies.ini
    rm -r "$A"
    ln -s ../outside "$A"
    run -1 mta_sts_export --delete tree
    [ "$output" = "mta-sts: $A: is a symbolic link; remove it, or export elsewhere" ]
    outside_is_whole
    rm "$A"
    mkdir "$A"
    ln -s ../../outside "$A/.well-known"
    run -1 mta_sts_export --delete tree
    [ "$output" = "mta-sts: $A/.well-known: is a symbolic link; remove it, or export elsewhere" ]
    outside_is_whole
    rm "$A/.well-known"
    mkdir "$A/.well-known"
    ln -s ../../../victim "$A/.well-known/mta-sts.txt"
    run -1 mta_sts_export --delete tree
    [ "$output" = "mta-sts: $A/.well-known/mta-sts.txt: is a symbolic link; remove it, or export elsewhere" ]
    [ -L "$A/.well-known/mta-sts.txt" ]
    # It stays in the list for the next time.
    rm "$A/.well-known/mta-sts.txt"
    run -0 mta_sts_export --delete tree
    [ "$output" = "mta-sts: $A: no longer in policies.ini; removed" ]
    [ ! -e "$A" ]
    [ "$(cat tree/.mta-sts-export)" = mta-sts.b.example ]
    outside_is_whole
}

@test "export: what stood in its way is not listed as its own" {
    exported
    rm -r tree
    mkdir -p tree/theirs
    echo "$VICTIM" >tree/theirs/file
    ln -s theirs "$A"
    run -1 mta_sts_export tree
    [ "$(cat tree/.mta-sts-export)" = mta-sts.b.example ]
}

# modes: the modes of all that is in the folder tree, and of the Worker.
modes() {
    find tree worker.js -printf '%m %y\n' | sort -u
}

@test "export: files and folders can be read by web servers, whatever the umask" {
    exported
    local mask
    for mask in 077 000 027 022 777; do
        rm -rf tree worker.js
        (umask "$mask" && mta_sts_export tree && mta_sts_export --worker worker.js)
        [ "$(modes)" = $'644 f\n755 d' ]
    done
}

@test "export: folders that are there keep their mode" {
    exported
    chmod 2750 "$A"
    chmod 711 tree
    chmod 775 "$B/.well-known"
    (umask 077 && mta_sts_export tree)
    [ "$(stat -c %a tree "$A" "$B" "$B/.well-known" "$A/.well-known/mta-sts.txt")" = $'711\n2750\n755\n775\n644' ]
}

@test "export: a folder without write permission costs its own domain; the export's own folder costs all" {
    exported
    chmod 555 "$A/.well-known"
    run -1 without_privileges "$MTA_STS" -f policies.ini export tree
    [ "$output" = "mta-sts: $A/.well-known/mta-sts.txt: cannot be written: Permission denied" ]
    grep -q 'mx: old.a.example' "$A/.well-known/mta-sts.txt"
    grep -q 'mx: new.b.example' "$B/.well-known/mta-sts.txt"
    grep -qx mta-sts.a.example tree/.mta-sts-export
    chmod 755 "$A/.well-known"
    chmod 555 tree
    run -1 without_privileges "$MTA_STS" -f policies.ini export tree
    [ "$output" = 'mta-sts: tree/.mta-sts-export: cannot be written: Permission denied' ]
    grep -q 'mx: old.a.example' "$A/.well-known/mta-sts.txt"
    chmod 755 tree
}

@test "export: what a killed run left is not in the way" {
    exported
    # It is killed when its first file may not grow. Then it can no longer remove its temporary file.
    run bash -c 'ulimit -c 0 -f 0; exec "$1" -f policies.ini export tree' _ "$MTA_STS"
    [ "$status" -gt 128 ]
    [ -n "$(find tree -name '*.tmp')" ]
    grep -q 'mx: old.a.example' "$A/.well-known/mta-sts.txt"
    run -0 mta_sts_export tree
    grep -q 'mx: new.a.example' "$A/.well-known/mta-sts.txt"
    # The same if the next run has the same process number.
    run -0 bash -c 'echo half >"$2/.well-known/.mta-sts.$$.0.tmp"; exec "$1" -f policies.ini export tree' _ "$MTA_STS" "$A"
    [ "$(cat "$A"/.well-known/.mta-sts.*.0.tmp)" = half ]
}

# lost_header: b.example is no longer in the file, except in a header that cannot be read.
lost_header() {
    sed -i "s/^\[b.example]\$/[b..example]/" policies.ini
    leave_alone policies.ini
}

LOST='policies.ini:3: this line may be the header of a domain that the file names nowhere else'

@test "export: with a header that cannot be read nothing is removed, and one line says why" {
    exported
    lost_header
    local option
    for option in '' --delete; do
        # shellcheck disable=SC2086 # an option, or nothing
        run -1 mta_sts_export $option tree
        [[ $output == "mta-sts: $LOST"*'; until then export removes nothing' ]]
        [ "${#lines[@]}" -eq 1 ]
        grep -q 'mx: old.b.example' "$B/.well-known/mta-sts.txt"
        [ "$(cat tree/.mta-sts-export)" = $'mta-sts.a.example\nmta-sts.b.example' ]
    done
    printf '[*]\nmx = any.example\n' >>policies.ini
    leave_alone policies.ini
    run -1 mta_sts_export --delete tree
    [[ $output == *"$LOST"* ]]
    [ -e "$B/.well-known/mta-sts.txt" ]
    # The header is gone, so the export is stale.
    printf '[a.example]\nmx = new.a.example\n' >policies.ini
    leave_alone policies.ini
    run -0 mta_sts_export --delete tree
    [ "$output" = "mta-sts: $B: no longer in policies.ini; removed" ]
}

# other_of_worker: the Worker's entry for all domains that it does not name.
other_of_worker() {
    sed -n 's/^const other = //p' worker.js
}

@test "export --worker: with a header that cannot be read every other domain is broken, with [*] or without" {
    exported
    run -0 mta_sts_export --worker worker.js
    [ "$(other_of_worker)" = 'undefined;' ]
    lost_header
    run -1 mta_sts_export --worker worker.js
    [[ $output == "mta-sts: $LOST"* ]]
    [ "${#lines[@]}" -eq 1 ]
    [ "$(other_of_worker)" = 'null;' ]
    grep -q '^    \["a.example", "version: STSv1' worker.js
    # Neither domains that are named nor [*] change that.
    printf '[0.invalid]\nmx = m.example\n[1.invalid]\nmx = m.example\n[*]\nmx = any.example\n' >>policies.ini
    leave_alone policies.ini
    run -1 mta_sts_export --worker worker.js
    [ "$(other_of_worker)" = 'null;' ]
    sed -i 's/^\[b..example]/[b.example]/' policies.ini
    leave_alone policies.ini
    run -0 mta_sts_export --worker worker.js
    [[ $(other_of_worker) == '"version: STSv1'*any.example* ]]
    sed -i 's/any.example/192.0.2.1/' policies.ini
    leave_alone policies.ini
    run -1 mta_sts_export --worker worker.js
    [ "$(other_of_worker)" = 'null;' ]
    [[ $output == *'[*] mx: "192.0.2.1" is an IP address'* ]]
}

# routes_of FILE: the policy hosts in a wrangler.jsonc.
routes_of() {
    sed -n 's/^ *{ "pattern": "\(.*\)", "custom_domain": true },$/\1/p' "$1"
}

@test "export --worker DIR: the module, and a wrangler.jsonc with each policy host" {
    exported
    run -0 mta_sts_export --worker new
    [ -z "$output" ]
    run -0 mta_sts_export --worker new/
    mkdir there.js
    run -0 mta_sts_export --worker there.js
    mta_sts_export --worker module.mjs
    local folder
    for folder in new there.js; do
        [ "$(ls -A "$folder")" = $'worker.mjs\nwrangler.jsonc' ]
        cmp module.mjs "$folder/worker.mjs"
        [ "$(routes_of "$folder/wrangler.jsonc")" = $'mta-sts.a.example\nmta-sts.b.example' ]
        [ "$(stat -c %a "$folder"/*)" = $'644\n644' ]
    done
    # JSON, once it has neither comments nor final commas.
    sed 's,^ *//.*,,' new/wrangler.jsonc | tr -d '\n' | sed 's/, *]/]/g' | python3 -c 'import json, sys
config = json.load(sys.stdin)
assert config.pop("routes")[1] == {"pattern": "mta-sts.b.example", "custom_domain": True}
print(sorted(config.items()))' >settings
    [ "$(cat settings)" = "[('compatibility_date', '2025-01-01'), ('main', 'worker.mjs'), ('name', 'mta-sts'), ('preview_urls', False), ('workers_dev', False)]" ]
    # A file without an ending stays a file.
    mta_sts_export --worker old.js
    mv old.js old
    : >old
    mta_sts_export --worker old
    cmp module.mjs old
}

@test "export --worker DIR: what a person wrote into wrangler.jsonc stays, byte for byte" {
    exported
    mta_sts_export --worker new
    sed -i -e 's/"mta-sts",$/"policies", "account_id": "0123",\r/' -e '$d' new/wrangler.jsonc
    printf '\t// the end\n}' >>new/wrangler.jsonc
    cp new/wrangler.jsonc edited
    printf '[c.example]\nmx = mail.c.example\n' >>policies.ini
    leave_alone policies.ini
    run -0 mta_sts_export --worker new
    [ -z "$output" ]
    [ "$(diff edited new/wrangler.jsonc)" = $'10a11\n>         { "pattern": "mta-sts.c.example", "custom_domain": true },' ]
    grep -q mail.c.example new/worker.mjs
    # The next deployment would remove what is no longer there: that is said.
    sed -i '/c.example/d' policies.ini
    leave_alone policies.ini
    run -0 mta_sts_export --worker new
    [ "$output" = 'mta-sts: new/wrangler.jsonc: mta-sts.c.example is no longer in policies.ini: the next deployment removes it, and its DNS record' ]
    cmp edited new/wrangler.jsonc
}

@test "export --worker DIR: without its two lines nothing is written" {
    exported
    mta_sts_export --worker new
    cp new/wrangler.jsonc good
    echo '// edited' >>new/worker.mjs
    cp new/worker.mjs old
    local edit
    for edit in '/routes begin/d' '/routes end/d' '/routes end/p' 's/routes begin/routes end/' 's/routes begin/& here/' \
        '/routes begin/{h;d};/routes end/G' '2,$d'; do
        sed "$edit" good >new/wrangler.jsonc
        cp new/wrangler.jsonc edited
        run -1 mta_sts_export --worker new
        [[ $output == 'mta-sts: new/wrangler.jsonc: has not each of the lines "// mta-sts routes begin" and "// mta-sts routes end" once; '* ]]
        [ "${#lines[@]}" -eq 1 ]
        cmp edited new/wrangler.jsonc
        cmp old new/worker.mjs
    done
    # The module alone needs none of this.
    : >new/worker.mjs
    run -0 mta_sts_export --worker new/worker.mjs
    grep -q 'mx: new.a.example' new/worker.mjs
    cmp edited new/wrangler.jsonc
}

@test "export --worker DIR: other configurations of wrangler, links, FIFOs, folders: nothing is written" {
    exported
    local name
    mkdir new
    for name in wrangler.json wrangler.toml; do
        : >"new/$name"
        run -1 mta_sts_export --worker new
        [ "$output" = "mta-sts: new/$name: wrangler reads only one configuration; move this file away, export again, and write its settings into wrangler.jsonc" ]
        [ "$(ls -A new)" = "$name" ]
        rm "new/$name"
    done
    ln -s ../victim new/wrangler.jsonc
    run -1 mta_sts_export --worker new
    [ "$output" = 'mta-sts: new/wrangler.jsonc: is a symbolic link; remove it, or export elsewhere' ]
    rm new/wrangler.jsonc
    mkfifo new/wrangler.jsonc
    run -1 mta_sts_export --worker new
    [ "$output" = 'mta-sts: new/wrangler.jsonc: is a FIFO; remove it, or export elsewhere' ]
    [ "$(ls -A new)" = wrangler.jsonc ]
    rm new/wrangler.jsonc
    mkdir new/worker.mjs
    run -1 mta_sts_export --worker new
    [ "$output" = 'mta-sts: new/worker.mjs: is a folder; remove it, or export elsewhere' ]
    [ "$(ls -A new)" = worker.mjs ]
    rmdir new/worker.mjs
    echo 'export default { fetch: mine };' >new/worker.mjs
    cp new/worker.mjs mine
    run -1 mta_sts_export --worker new
    [ "$output" = 'mta-sts: new/worker.mjs: is not what an earlier export wrote; remove it, or export elsewhere' ]
    cmp mine new/worker.mjs
    [ "$(ls -A new)" = worker.mjs ]
    run -1 mta_sts_export --worker nowhere/new
    [ "$output" = 'mta-sts: nowhere/new: cannot be written: No such file or directory' ]
    outside_is_whole
}

@test "export --worker DIR: with a mistake, with a header that cannot be read, with [*]" {
    exported
    mta_sts_export --worker new
    sed -i 's/new.b.example/192.0.2.1/' policies.ini
    leave_alone policies.ini
    # Its host keeps its route, and its DNS record.
    run -1 mta_sts_export --worker new
    [[ $output == 'mta-sts: policies.ini:4: [b.example] mx: "192.0.2.1" is an IP address'* ]]
    [ "$(routes_of new/wrangler.jsonc)" = $'mta-sts.a.example\nmta-sts.b.example' ]
    grep -qF '["b.example", null]' new/worker.mjs
    lost_header
    run -1 mta_sts_export --worker new
    [[ $output == "mta-sts: $LOST"* ]]
    [ "${#lines[@]}" -eq 1 ]
    [ "$(routes_of new/wrangler.jsonc)" = $'mta-sts.a.example\nmta-sts.b.example' ]
    printf '[a.example]\nmx = a.example\n[*]\nmx = mail.{domain}\n' >policies.ini
    leave_alone policies.ini
    run -0 mta_sts_export --worker new
    [[ ${lines[0]} == *'mta-sts.b.example is no longer in policies.ini'* ]]
    [[ ${lines[1]} == 'mta-sts: [*]: the Worker answers for every other domain, too, '* ]]
    [ "$(routes_of new/wrangler.jsonc)" = mta-sts.a.example ]
}

@test "export --worker DIR: what is beyond a limit of Cloudflare is said" {
    exported
    { echo '[defaults]'; echo 'mx = mail.{domain}'; seq 100 | sed 's/.*/[d&.b.example]\nmode = testing/'; seq 100 | sed 's/.*/[d&.example]\nmode = testing/'; } >policies.ini
    leave_alone policies.ini
    run -0 mta_sts_export --worker new
    [ -z "$output" ]
    printf '[e.b.example]\nmode = testing\n' >>policies.ini
    leave_alone policies.ini
    run -0 mta_sts_export --worker new
    [[ $output == 'mta-sts: 101 policy hosts are below b.example: Cloudflare allows 100 custom domains a zone; if that is one zone, ask '* ]]
    seq 101 900 | sed 's/.*/[d&.example]\nmode = testing/' >>policies.ini
    leave_alone policies.ini
    run -0 mta_sts_export --worker new
    [[ ${lines[0]} == 'mta-sts: new/wrangler.jsonc: has 1001 custom domains: Cloudflare allows a Worker 1000 zones; '* ]]
    # 1,200 policies of 58 kB.
    { echo '[large]'; seq 290 | sed 's/.*/mx = &.'"$(printf 'a%.0s' $(seq 63)).$(printf 'b%.0s' $(seq 63)).$(printf 'c%.0s' $(seq 63))"'/'
      seq 1200 | sed 's/.*/[d&.example]\nuse = large/'; } >policies.ini
    leave_alone policies.ini
    cp new/worker.mjs before
    run -1 "$MTA_STS" -f policies.ini export --worker new
    [[ $output == 'mta-sts: new/worker.mjs: would be larger than the 64 MiB that Cloudflare allows; '* ]]
    cmp before new/worker.mjs
}

# in_site HOST: the files in the folder of a policy host.
in_site() {
    (cd "tree/$1" && find . -type f | sort | paste -sd' ')
}

@test "export --site: the files of a static host beside each policy; what is there stays" {
    exported
    run -0 mta_sts_export --site github-pages tree
    [ -z "$output" ]
    [ "$(in_site mta-sts.a.example)" = './.nojekyll ./.well-known/mta-sts.txt ./CNAME' ]
    [ "$(cat "$A/CNAME")" = mta-sts.a.example ]
    [ "$(stat -c %s "$A/.nojekyll")" = 0 ]
    [ "$(modes 2>/dev/null)" = $'644 f\n755 d' ]
    printf mta-sts.a.example >"$A/CNAME"
    printf yes >"$B/.nojekyll"
    mkdir "$B/.git"
    run -0 mta_sts_export --site github-pages --delete tree
    [ "$(stat -c %s "$A/CNAME" "$B/.nojekyll")" = $'17\n3' ]
    run -0 mta_sts_export --site cloudflare-pages tree
    [ "$(cat "$A/_headers")" = $'/.well-known/mta-sts.txt\n  Content-Type: text/plain; charset=utf-8\n  Cache-Control: max-age=60\n  X-Content-Type-Options: nosniff' ]
    # Without --site, too, the files are removed with their policy, but not those that were edited.
    printf '[c.example]\nmx = c.example\n' >policies.ini
    leave_alone policies.ini
    run -0 mta_sts_export --delete tree
    [ "$(ls -A "$A")" = CNAME ]
    [ "$(ls -A "$B" | paste -sd' ')" = '.git .nojekyll' ]
    outside_is_whole
}

@test "export --site: links and folders for its files, and wrong arguments" {
    exported
    ln -s ../../victim "$A/CNAME"
    run -1 mta_sts_export --site github-pages tree
    [ "$output" = "mta-sts: $A/CNAME: is a symbolic link; remove it, or export elsewhere" ]
    grep -q 'mx: new.b.example' "$B/.well-known/mta-sts.txt"
    rm "$A/CNAME"
    mkdir "$A/CNAME"
    run -1 mta_sts_export --site github-pages tree
    [ "$output" = "mta-sts: $A/CNAME: is a folder; remove it, or export elsewhere" ]
    outside_is_whole
    run -2 mta_sts_export --site netscape tree
    [ "${lines[0]}" = 'mta-sts: export --site: write one of github-pages, cloudflare-pages' ]
    run -2 mta_sts_export --site github-pages
    run -2 mta_sts_export --site github-pages --worker tree
    run -2 mta_sts_export --delete --worker tree
}
