-- For wrk with as many threads as connections: each thread has one connection, so an answer belongs to the thread's last request.
-- The last line has the results: answers of the first and the second version, wrong, lost, and the slowest answer in microseconds.

local counts = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../helpers/wrk.lua")

function setup(thread)
    counts.add(thread)
    thread:set("seed", #counts.threads)
end

function init(args)
    domains = tonumber(args[1])
    one, two, wrong, example = 0, 0, 0, ""
    math.randomseed(seed)
end

function request()
    asked = "d" .. math.random(domains) .. ".example"
    return "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts." .. asked .. "\r\n\r\n"
end

-- The two versions of policies.ini differ in max_age.
function response(status, headers, body)
    local policy = "version: STSv1\r\nmode: enforce\r\nmx: mail." .. asked .. "\r\nmax_age: "
    if status == 200 and body == policy .. "604800\r\n" then
        one = one + 1
    elseif status == 200 and body == policy .. "1209600\r\n" then
        two = two + 1
    else
        wrong = wrong + 1
        if example == "" then
            example = asked .. ": " .. status .. " " .. body
        end
    end
end

function done(summary, latency, requests)
    counts.print("example")
    print(string.format("answers\t%d\t%d\t%d\t%d\t%d", counts.sum("one"), counts.sum("two"), counts.sum("wrong"), counts.lost(summary), latency.max))
end
