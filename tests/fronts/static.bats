# The exported files on static hosts: each name gets its policy, as text/plain.

load ../helpers/suite

EXAMPLES=$(realpath "$BATS_TEST_DIRNAME/../../examples")

# three_domains: two have the same policy.
three_domains() {
    printf '[a.example b.example]\nmode = testing\nmx = mail.a.example\n[c.example]\nmode = enforce\nmx = mail.{domain}\n' >policies.ini
    leave_alone policies.ini
}

start_host() {
    PORT=$(free_port)
    background host.log "$BATS_TEST_DIRNAME/static_host.py" "$1" "$2" "$PORT" "${@:3}"
    is_up host listens_on "$PORT"
}

# ask HOST: the status and the media type of the answer, whose body goes to the file body.
ask() {
    curl -s --max-time 60 -o body -w '%{http_code} %{content_type}' -H "Host: $1" "http://127.0.0.1:$PORT/.well-known/mta-sts.txt"
}

# serves DOMAIN...: these have their policies there.
serves() {
    local domain
    for domain; do
        "$MTA_STS" -f policies.ini show "$domain" >policy
        [ "$(ask "mta-sts.$domain")" = '200 text/plain; charset=utf-8' ]
        cmp policy body
    done
}

@test "GitHub Pages: each folder of export --site github-pages is a repository that serves its domain" {
    three_domains
    "$MTA_STS" -f policies.ini export --site github-pages sites
    start_host github-pages sites
    serves a.example b.example c.example
    [[ $(ask mta-sts.other.example) == 404* ]]
    rm sites/mta-sts.a.example/.nojekyll sites/mta-sts.b.example/CNAME
    [[ $(ask mta-sts.a.example) == 404* ]]
    [[ $(ask mta-sts.b.example) == 404* ]]
    "$MTA_STS" -f policies.ini export --site github-pages sites
    serves a.example b.example c.example
}

@test "GitHub Pages: the commands of the README commit an edit, and only that" {
    three_domains
    "$MTA_STS" -f policies.ini export --site github-pages sites
    export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
    local site
    for site in a b c; do
        git init -q --bare "$site.git"
        (cd "sites/mta-sts.$site.example" && git init -q -b main && git add -A && git commit -qm first && git remote add origin "$DIR/$site.git" && git push -qu origin main)
    done
    sed -i 's/testing/enforce/' policies.ini
    leave_alone policies.ini
    "$MTA_STS" -f policies.ini export --site github-pages sites
    sed -n '/^    for site in/,/^    done/p' "$EXAMPLES/github-pages/README.md" >commands
    [ -s commands ]
    bash -e commands
    [ "$(for site in a b c; do git -C "$site.git" rev-list --count main; done | paste -sd' ')" = '2 2 1' ]
    git -C a.git show main:.well-known/mta-sts.txt | cmp - <("$MTA_STS" -f policies.ini show a.example)
    # The folder of a domain that goes keeps its .git.
    printf '[c.example]\nmx = mail.c.example\n' >policies.ini
    leave_alone policies.ini
    "$MTA_STS" -f policies.ini export --delete sites
    [ "$(ls -A sites/mta-sts.a.example)" = .git ]
}

# upload_sites [OPTION...]: the example's upload, with the AWS CLI of the tests.
upload_sites() {
    mkdir -p bin
    ln -sf "$BATS_TEST_DIRNAME/aws.py" bin/aws
    PATH=$DIR/bin:$PATH "$EXAMPLES/s3/upload" sites s3://bucket "$@"
}

@test "S3 with CloudFront: the upload sets the media type, and the function finds the policy of each name" {
    three_domains
    "$MTA_STS" -f policies.ini export --delete sites
    upload_sites
    start_host bucket bucket "$EXAMPLES/s3/function.js"
    serves a.example b.example c.example
    [ "$(ask MTA-STS.C.Example)" = '200 text/plain; charset=utf-8' ]
    [[ $(ask mta-sts.other.example) == 404* ]]
    # Nothing else is in the bucket.
    [ "$(grep -o 'mta-sts.txt"' bucket/objects.json | wc -l)" -eq 3 ]
    run ! grep -q export bucket/objects.json
    # An edit, and a domain that goes.
    printf '[c.example]\nmode = none\n' >policies.ini
    leave_alone policies.ini
    "$MTA_STS" -f policies.ini export --delete sites
    upload_sites
    serves c.example
    [[ $(ask mta-sts.a.example) == 404* ]]
}

@test "R2: the same upload, and the rewrite rule" {
    three_domains
    "$MTA_STS" -f policies.ini export --delete sites
    upload_sites --endpoint-url https://account.r2.example
    start_host bucket bucket
    serves a.example b.example c.example
    # Without the media type of the upload a bucket sends another.
    sed -i 's,"Content-Type": "[^"]*"\, ,,g' bucket/objects.json
    [ "$(ask mta-sts.a.example)" = '200 binary/octet-stream' ]
}
