# wrk's own report: what became of the load.
# wrk.out is its output.

# nothing_lost: wrk got an answer to each request, and each was 2xx or 3xx.
nothing_lost() {
    grep -q 'requests in' wrk.out || {
        cat wrk.out
        return 1
    }
    if grep -E 'Non-2xx|Socket errors' wrk.out; then
        return 1
    fi
}
