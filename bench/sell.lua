-- Load for wrk: sells recharges with unique keys, or reads, until its time is over, then only listens.
--
-- Arguments: file, "hot" or "spread" or "zipf", items per request, seconds, prefix of references. The
-- file has a key a line; where items is 0, a key and the path to read with it. It prints one line,
-- RESULT and JSON, with the same members as bench/client.py.
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

sent, good, good_in_time, sold, others, until_s = 0, 0, 0, 0, {}, 0
local heads, shares, items, seconds, prefix = {}, nil, 1, 1, ""
local SINGLE = '{"phone_number":"0912%07d","amount":5000}'
local ITEM = '{"reference":"%s%d-%d","phone_number":"0912%07d","amount":5000}'

local function head(line)
  local key, path = line:match("^(%S+)%s*(%S*)")
  local verb = "GET "
  if items > 0 then
    verb, path = "POST ", items == 1 and "/api/v1/recharges" or "/api/v1/recharges/batch"
  end
  return verb .. path .. " HTTP/1.1\r\nHost: " .. wrk.headers["Host"] ..
    "\r\nAuthorization: Token " .. key .. "\r\nContent-Type: application/json\r\n"
end

-- The share of all requests that the first n sellers have, where the n-th has 1/n of the first one's.
local function zipf(count)
  local sum, sums = 0, {}
  for n = 1, count do
    sum = sum + 1 / n
    sums[n] = sum
  end
  for n = 1, count do sums[n] = sums[n] / sum end
  return sums
end

function init(args)
  items, seconds, prefix = tonumber(args[3]), tonumber(args[4]), args[5]
  for line in io.lines(args[1]) do
    heads[#heads + 1] = head(line)
    if args[2] == "hot" then break end
  end
  if args[2] == "zipf" then shares = zipf(#heads) end
  math.randomseed(1)
end

local function drawn()
  if not shares then return heads[math.random(#heads)] end
  local wanted, low, high = math.random(), 1, #shares
  while low < high do
    local middle = math.floor((low + high) / 2)
    if shares[middle] < wanted then low = middle + 1 else high = middle end
  end
  return heads[low]
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
  local lines, body = drawn(), nil
  if items == 0 then return lines .. "\r\n" end
  if items == 1 then
    lines = lines .. "Idempotency-Key: " .. prefix .. sent .. "\r\n"
    body = string.format(SINGLE, math.random(0, 9999999))
  else
    body = batch()
  end
  return lines .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
end

local function verdict(status, body)
  if items == 0 then return status == 200, tostring(status) end
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
  sold = sold + items
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
    'RESULT {"sent":%d,"good":%d,"good_in_time":%d,"sold":%d,"others":{%s},"p50_ms":%.3f,"p99_ms":%.3f}\n',
    watched:get("sent") - 1, watched:get("good"), watched:get("good_in_time"), watched:get("sold"),
    table.concat(counted, ","), latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
