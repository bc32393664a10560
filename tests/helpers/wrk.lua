-- For wrk's scripts: adds up what wrk's threads have counted.
-- Each thread has a Lua state of its own: it counts in global variables. The script's done() runs in one more state, and reads them.

local counts = { threads = {} }

-- setup() hands each thread over.
function counts.add(thread)
    table.insert(counts.threads, thread)
end

-- The sum of the global variable NAME over all threads.
function counts.sum(name)
    local sum = 0
    for _, thread in ipairs(counts.threads) do
        sum = sum + thread:get(name)
    end
    return sum
end

-- Prints the global variable NAME of each thread, unless it is empty.
function counts.print(name)
    for _, thread in ipairs(counts.threads) do
        if thread:get(name) ~= "" then
            print("wrong: " .. thread:get(name))
        end
    end
end

-- How many requests got no answer.
function counts.lost(summary)
    local errors = summary.errors
    return errors.connect + errors.read + errors.write + errors.timeout
end

return counts
