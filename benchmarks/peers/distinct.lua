-- What wrk asks, if no two queries are to be the same:
--     wrk --script distinct.lua URL -- TARGET FIRST
-- In TARGET, the word NUMBER becomes FIRST and one more each time.

local before, after, number

function init(args)
  before, after = args[1]:match("^(.*)NUMBER(.*)$")
  number = tonumber(args[2])
end

function request()
  number = number + 1
  return wrk.format("GET", before .. number .. after)
end
