-- Bookings for wrk: each is of another pair of session and member, and has a key of its own.
-- Arguments: a file with the token, the sessions and the members (one a line, each list behind its length); how many milliseconds each
-- connection waits before a booking.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "latency.lua")
local threads = 0

function setup(thread)
    thread:set("number", threads)
    threads = threads + 1
end

function init(args)
    local file = assert(io.open(args[1]))
    local token = file:read("l")
    local function list()
        local values = {}
        for i = 1, tonumber(file:read("l")) do values[i] = file:read("l") end
        return values
    end
    sessions, members = list(), list()
    file:close()
    local pause = tonumber(args[2])
    if pause > 0 then delay = function() return pause end end
    headers = {["Authorization"] = "Bearer " .. token, ["Content-Type"] = "application/json"}
    key = "bench-" .. members[1] .. "-"
    -- Two threads, each with every other pair.
    pair = number
end

function request()
    local session = sessions[pair % #sessions + 1]
    -- Beyond the last pair nobody is named, which is refused and seen in the figures.
    local member = members[math.floor(pair / #sessions) + 1] or ""
    headers["Idempotency-Key"] = key .. pair
    pair = pair + 2
    return wrk.format("POST", "/v1/sessions/" .. session .. "/bookings", headers, '{"member_id":"' .. member .. '"}')
end
