-- For wrk: counts every answer. HOSTS are the hosts to ask for, one for each thread. The right bodies for HOST are in the files HOST.1, HOST.2 and so on in
-- the working directory. The last line has the results: asked, right, refused (5xx), wrong, lost (no answer), the slowest answer in milliseconds, and how many
-- clients got an answer, where the front server names each client's connection in the header X-Client.

local counts = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../helpers/wrk.lua")

function setup(thread)
    thread:set("number", #counts.threads)
    counts.add(thread)
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
    right, refused, wrong, example, clients = 0, 0, 0, "", 0
    known = {}
    text = wrk.format("GET", nil, { ["Host"] = host })
end

function request()
    return text
end

function response(status, headers, body)
    local client = headers["X-Client"] or headers["x-client"]
    if client and not known[client] then
        known[client] = true
        clients = clients + 1
    end
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
    local right, refused, wrong, lost = counts.sum("right"), counts.sum("refused"), counts.sum("wrong"), counts.lost(summary)
    counts.print("example")
    print(string.format("counted %d %d %d %d %d %d %d", right + refused + wrong + lost, right, refused, wrong, lost, latency.max / 1000, counts.sum("clients")))
end
