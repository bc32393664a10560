-- wrk: counts every answer. HOSTS are the names to ask for, one a thread; of each, the bodies that are right are the files HOST.1, HOST.2 and so on in the working
-- directory. Prints one line last: asked, right, refused (5xx), wrong, lost (no answer), and the slowest answer in milliseconds.

local threads = {}

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init(arguments)
    local hosts = {}
    for host in os.getenv("HOSTS"):gmatch("%S+") do
        table.insert(hosts, host)
    end
    local host = hosts[number % #hosts + 1]
    bodies = {}
    for i = 1, 100 do
        local file = io.open(host .. "." .. i, "rb")
        if file == nil then
            break
        end
        bodies[file:read("*a")] = true
        file:close()
    end
    right, refused, wrong, example = 0, 0, 0, ""
    text = wrk.format("GET", nil, { ["Host"] = host })
end

function request()
    return text
end

function response(status, headers, body)
    if status == 200 and bodies[body] then
        right = right + 1
    elseif status >= 500 and status <= 599 then
        refused = refused + 1
    else
        wrong = wrong + 1
        example = status .. " " .. body
    end
end

function done(summary, latency, requests)
    local sum = { right = 0, refused = 0, wrong = 0 }
    for _, thread in ipairs(threads) do
        for name in pairs(sum) do
            sum[name] = sum[name] + thread:get(name)
        end
        if thread:get("example") ~= "" then
            print("wrong: " .. thread:get("example"))
        end
    end
    local errors = summary.errors
    local lost = errors.connect + errors.read + errors.write + errors.timeout
    print(string.format("counted %d %d %d %d %d %d", sum.right + sum.refused + sum.wrong + lost, sum.right, sum.refused, sum.wrong, lost, latency.max / 1000))
end
