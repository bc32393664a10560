# Certificate authorities and certificates, made by openssl in the working directory.
# Each certificate is FILE.crt, its key FILE.key, and FILE.pem has both.

# issue FILE OPTION...: an X.509 certificate with a new key.
issue() {
    local file=$1
    shift
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 60 -keyout "$file.key" -out "$file.crt" "$@" 2>openssl.log || {
        cat openssl.log
        return 1
    }
    cat "$file.key" "$file.crt" >"$file.pem"
    chmod 644 "$file.key" "$file.pem"
}

# authority: a throw-away authority, in ca.pem and ca.key. Those who trust it read ca.pem, so that has no key.
authority() {
    issue ca -subj '/CN=throw-away' -addext keyUsage=critical,keyCertSign
    mv ca.crt ca.pem
}

# certificate FILE HOST...: for these hosts, signed by the throw-away authority.
certificate() {
    [ -e ca.pem ] || authority
    certificate_by ca.pem ca.key "$@"
}

# certificate_by CA CAKEY FILE HOST...: for these hosts, signed by CA.
certificate_by() {
    local ca=$1 key=$2 file=$3 names
    shift 3
    names=$(printf ',DNS:%s' "$@")
    issue "$file" -subj "/CN=$file" -CA "$ca" -CAkey "$key" -addext "subjectAltName=${names#,}" -addext basicConstraints=critical,CA:FALSE
}

# self_signed FILE HOST: a certificate that signs itself.
self_signed() {
    issue "$1" -subj "/CN=$2" -addext "subjectAltName=DNS:$2"
}
