-- Load for wrk: sells recharges with unique keys until its time is over, then only listens.
--
-- Arguments: file of keys (one a line), "hot" or "spread", items per request, seconds, prefix of
-- references. It prints one line, RESULT and JSON, with the same members as bench/client.py.
--
-- No request begins after the time is over, and wrk runs on for a moment: so every request is
-- answered, and the sales answered can be compared with the sales written. Only what was answered
-- in time counts for the speed.

local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long tv_sec; long tv_nsec; } topup_time;
  int clock_gettime(int clock, topup_time *time);
]]
local MONOTONIC = ffi.os == "OSX" and 6 or 1
local moment = ffi.new("topup_time")

local function now_s()
  ffi.C.clock_gettime(MONOTONIC, moment)
  return tonumber(moment.tv_sec) + tonumber(moment.tv_nsec) / 1e9
end

local watched
function setup(thread) watched = thread end

sent, good, good_in_time, others, until_s = 0, 0, 0, {}, 0
local heads, items, seconds, prefix = {}, 1, 1, ""
local SINGLE = '{"phone_number":"0912%07d","amount":5000}'
local ITEM = '{"reference":"%s%d-%d","phone_number":"0912%07d","amount":5000}'

local function head(key)
  local path = items == 1 and "/api/v1/recharges" or "/api/v1/recharges/batch"
  return "POST " .. path .. " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] ..
    "\r\nAuthorization: Token " .. key .. "\r\nContent-Type: application/json\r\n"
end

function init(args)
  items, seconds, prefix = tonumber(args[3]), tonumber(args[4]), args[5]
  for key in io.lines(args[1]) do
    heads[#heads + 1] = head(key)
    if args[2] == "hot" then break end
  end
  math.randomseed(1)
end

local function batch()
  local written = {}
  for n = 1, items do
    written[n] = string.format(ITEM, prefix, sent, n, math.random(0, 9999999))
  end
  return '{"items":[' .. table.concat(written, ",") .. "]}"
end

-- wrk calls this once for itself before the first connection, and sends nothing then.
function request()
  if sent <= 1 then until_s = now_s() + seconds end
  if now_s() > until_s then return "" end  -- sends nothing: the connection falls silent
  sent = sent + 1
  local lines, body = heads[math.random(#heads)], nil
  if items == 1 then
    lines = lines .. "Idempotency-Key: " .. prefix .. sent .. "\r\n"
    body = string.format(SINGLE, math.random(0, 9999999))
  else
    body = batch()
  end
  return lines .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
end

local function verdict(status, body)
  if items == 1 then return status == 201, tostring(status) end
  if status ~= 200 then return false, tostring(status) end
  return not string.find(body, '"error":', 1, true), "200 with errors"
end

function response(status, headers, body)
  local is_good, name = verdict(status, body)
  if not is_good then
    others[name] = (others[name] or 0) + 1
    return
  end
  good = good + 1
  if now_s() <= until_s then good_in_time = good_in_time + 1 end
end

function done(summary, latency, requests)
  local counted = {}
  for name, number in pairs(watched:get("others")) do
    counted[#counted + 1] = string.format('"%s":%d', name, number)
  end
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write
  if broken > 0 then counted[#counted + 1] = string.format('"connection":%d', broken) end
  io.write(string.format(
    'RESULT {"sent":%d,"good":%d,"good_in_time":%d,"others":{%s},"p50_ms":%.3f,"p99_ms":%.3f}\n',
    watched:get("sent") - 1, watched:get("good"), watched:get("good_in_time"),
    table.concat(counted, ","), latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
