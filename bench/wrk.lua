-- What wrk measured, as one line of JSON: times in milliseconds.
function done(summary, latency, requests)
    local errors = summary.errors
    io.write(string.format('{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "max": %f, "status": %d, "lost": %d}\n', summary.requests,
        summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000, errors.status,
        errors.connect + errors.read + errors.write + errors.timeout))
end
