-- For wrk: prints its measurements as one line of JSON, times in milliseconds.

local counts = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../tests/helpers/wrk.lua")

function done(summary, latency, requests)
    io.write(string.format('{"requests": %d, "seconds": %f, "p50": %f, "p99": %f, "max": %f, "status": %d, "lost": %d}\n', summary.requests,
        summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000, summary.errors.status,
        counts.lost(summary)))
end
