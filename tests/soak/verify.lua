-- For wrk with as many threads as connections: a thread then has one connection, and what is answered is the answer to what it asked last.
local threads = {}

function setup(thread)
   table.insert(threads, thread)
   thread:set("seed", #threads)
end

function init(args)
   domains = tonumber(args[1])
   right, other, wrong, said = 0, 0, 0, ""
   math.randomseed(seed)
end

function request()
   asked = "d" .. math.random(domains) .. ".example"
   return "GET /.well-known/mta-sts.txt HTTP/1.1\r\nHost: mta-sts." .. asked .. "\r\n\r\n"
end

-- Each of the two versions of policies.ini has a max_age of its own.
function response(status, headers, body)
   local policy = "version: STSv1\r\nmode: enforce\r\nmx: mail." .. asked .. "\r\nmax_age: "
   if status == 200 and body == policy .. "604800\r\n" then
      right = right + 1
   elseif status == 200 and body == policy .. "1209600\r\n" then
      other = other + 1
   else
      wrong = wrong + 1
      if said == "" then
         said = asked .. ": " .. status .. " " .. body
      end
   end
end

function done(summary, latency, requests)
   local totals = { right = 0, other = 0, wrong = 0 }
   for _, thread in ipairs(threads) do
      for name in pairs(totals) do
         totals[name] = totals[name] + thread:get(name)
      end
      if thread:get("said") ~= "" then
         io.write("wrong ", thread:get("said"), "\n")
      end
   end
   local errors = summary.errors
   io.write(string.format("answers\t%d\t%d\t%d\t%d\t%d\n", totals.right, totals.other, totals.wrong,
      errors.connect + errors.read + errors.write + errors.timeout, latency.max))
end
