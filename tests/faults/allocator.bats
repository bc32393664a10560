# Each call of the allocator fails once, one after the other: the program never crashes, never serves another policy, and leaves nothing half done.

load faults

# every_call SCENARIO: allocator.py with the scenario. Its results become a row of the table.
every_call() {
    local runs own
    # Crashes need no core file here.
    ulimit -c 0
    "$FAULTS/allocator.py" "$MTA_STS" "$(dirname "$MTA_STS")/failnth.so" "$1" >outcome 2>&1 || {
        cat outcome
        return 1
    }
    cat outcome
    read -r runs ASKED RIGHT REFUSED WRONG LOST own < <(sed -n 's/^counted //p' outcome)
    add_row "a call of the allocator fails: $1" none "$runs" "libfcgi's own: $own"
}

@test "FastCGI: every call fails once" {
    every_call FastCGI
}

@test "CGI: every call fails once" {
    every_call "CGI"
}

@test "CGI, the second domain: every call fails once" {
    every_call "CGI, the second domain"
}

@test "CGI, absent: every call fails once" {
    every_call "CGI, absent"
}

@test "CGI, broken: every call fails once" {
    every_call "CGI, broken"
}

@test "check: every call fails once" {
    every_call "check"
}

@test "check, warnings: every call fails once" {
    every_call "check, warnings"
}

@test "check, mistakes: every call fails once" {
    every_call "check, mistakes"
}

@test "check, many mistakes: every call fails once" {
    every_call "check, many mistakes"
}

@test "check, two sections: every call fails once" {
    every_call "check, two sections"
}

@test "dns: every call fails once" {
    every_call "dns"
}

@test "dns, mistakes: every call fails once" {
    every_call "dns, mistakes"
}

@test "hosts: every call fails once" {
    every_call "hosts"
}

@test "show: every call fails once" {
    every_call "show"
}

@test "show, broken: every call fails once" {
    every_call "show, broken"
}

@test "show, two sections: every call fails once" {
    every_call "show, two sections"
}

@test "show, two templates: every call fails once" {
    every_call "show, two templates"
}

@test "export: every call fails once" {
    every_call "export"
}

@test "export --delete: every call fails once" {
    every_call "export --delete"
}

@test "export --worker: every call fails once" {
    every_call "export --worker"
}

@test "export --worker, a folder: every call fails once" {
    every_call "export --worker, a folder"
}

@test "import, a Worker: every call fails once" {
    every_call "import, a Worker"
}

@test "import, nginx: every call fails once" {
    every_call "import, nginx"
}
