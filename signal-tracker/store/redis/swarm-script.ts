import type { InfoHash } from "#shared/base/ids.ts";
import { Script } from "./script.ts";

/**
 * What the keys of a swarm in Redis begin with. Scripts get it as their key, which tells a Redis Cluster the slot: the info-hash is
 * the hash tag of them all. After it:
 *
 * - `x`: members, by when they expire
 * - `m`: the entry of each member
 * - `p`, `s`: how many members have each peer id, and how many of those seed
 * - `0`, `1`, `2`: members with sockets, by load
 * - `a`: members with addresses, by place: four times the load, plus 2 for IPv6, plus 1 for seeders
 * - `o`: how many members each node has put there
 * - `d`: completed downloads
 *
 * An entry is a digit for the load or a letter for the place, whether the member seeds (1 character), its peer id (40), its node
 * (16), and its address if it has one. Whatever is counted changes in the same step as the members, so no count can drift.
 */
export const swarmPrefix = (infoHash: InfoHash): string => `tabswarm:{${infoHash}}:`;

/** `put` and `remove` change a member, `look` only reads. */
export type SwarmOperation = "put" | "remove" | "look";

/**
 * KEYS: the prefix. ARGV: 1 operation, 2 member, 3 its entry, 4 its lifetime, 5 whether it has completed its download, 6 sockets
 * wanted, 7 addresses wanted, 8 whether to leave out those that seed, 9 their family or "", 10 our node, 11 dead nodes, 12 nodes
 * that cannot be reached now, 13 members to trim at most, 14 a random number.
 *
 * Returns 1 seeders, 2 leechers, 3 downloads, 4 whether the member was a seeder before, 5 whether it is the first of our node,
 * 6 the other nodes, 7 sockets and 8 addresses, each followed by its entry, 9 whether there may be more to trim.
 *
 * Redis's clock is the only one. Its own random numbers start anew in each script, hence ours.
 */
export const SWARM_SCRIPT = new Script(`
  local prefix = KEYS[1]
  local X, M, P, S, A, O, D = prefix .. 'x', prefix .. 'm', prefix .. 'p', prefix .. 's', prefix .. 'a', prefix .. 'o', prefix .. 'd'
  local LOADS = {[0] = prefix .. '0', prefix .. '1', prefix .. '2'}
  local operation, member, entry, lifetime = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
  local node, dead, missed, random = ARGV[10], ARGV[11], ARGV[12], tonumber(ARGV[14])
  local call, sub = redis.call, string.sub
  local time = call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local hasForgotten = false

  local function count(key, field, change)
    if call('HINCRBY', key, field, change) <= 0 then call('HDEL', key, field) end
  end

  local function enter(key, entry, change)
    local peer, place = sub(entry, 3, 42), string.byte(entry)
    count(P, peer, change)
    if sub(entry, 2, 2) == '1' then count(S, peer, change) end
    count(O, sub(entry, 43, 58), change)
    local set, score = A, place - 97
    if place < 97 then set, score = LOADS[place - 48], 0 end
    if change == 1 then call('ZADD', set, score, key) else call('ZREM', set, key) end
  end

  local function forget(key)
    hasForgotten = true
    call('ZREM', X, key)
    local entry = call('HGET', M, key)
    if not entry then return end
    call('HDEL', M, key)
    enter(key, entry, -1)
  end

  local left = tonumber(ARGV[13])
  for _, key in ipairs(call('ZRANGEBYSCORE', X, '-inf', now, 'LIMIT', 0, left)) do
    forget(key)
    left = left - 1
  end

  -- The sockets of dead nodes are closed. Within a set, members of one node are neighbours.
  if dead ~= '' then
    for _, other in ipairs(call('HKEYS', O)) do
      for load = 0, string.find(dead, other, 1, true) and 2 or -1 do
        local range = {'[' .. other .. '/', '(' .. other .. '0', 'LIMIT', 0, left}
        for _, key in ipairs(call('ZRANGEBYLEX', LOADS[load], unpack(range))) do
          forget(key)
          left = left - 1
        end
      end
    end
  end

  local wasSeeding, isFirstOfNode = 0, 0
  if operation == 'put' then
    local before = call('HGET', M, member)
    if before then wasSeeding = tonumber(sub(before, 2, 2)) end
    if before ~= entry then
      isFirstOfNode = 1 - call('HEXISTS', O, node)
      if before then enter(member, before, -1) end
      call('HSET', M, member, entry)
      enter(member, entry, 1)
    end
    call('ZADD', X, now + lifetime, member)
    if ARGV[5] == '1' and wasSeeding == 0 then call('INCR', D) end
    -- The keys must outlive the members. New keys have no end yet.
    local ends = call('PTTL', X)
    if before ~= entry or ends < lifetime then
      local keys = {X, M, P, S, A, O, D, LOADS[0], LOADS[1], LOADS[2]}
      for _, key in ipairs(keys) do call('PEXPIRE', key, math.max(ends, 2 * lifetime)) end
    end
  elseif operation == 'remove' then
    forget(member)
  end

  local function isLost(key)
    local name = sub(key, 1, 16)
    return (missed ~= '' and string.find(missed, name, 1, true)) or (dead ~= '' and string.find(dead, name, 1, true))
  end

  -- Adds up to that many members of a set, other than the one that asks.
  local function sample(set, wanted, found)
    local tries = wanted + 1
    while wanted > 0 do
      local keys, skipped = {}, 0
      local drawn = call('ZRANDMEMBER', set, tries)
      for _, key in ipairs(drawn) do
        if isLost(key) then
          skipped = skipped + 1
        elseif key ~= member then
          keys[#keys + 1] = key
        end
      end
      if #keys < wanted and skipped > 0 and #drawn == tries and tries < 256 then
        tries = tries * 4
      else
        -- There may be more than wanted, and they are in the order of the set.
        while #keys > wanted do table.remove(keys, random % #keys + 1) end
        for _, key in ipairs(keys) do found[#found + 1] = key end
        return
      end
    end
  end

  -- How much of a choice is for members who do not claim free upload slots; see sharesOfLoads.
  local function reserved(wanted, others)
    return math.min(math.floor(wanted / 4), others)
  end

  local function isWanted(place)
    if ARGV[8] == '1' and place % 2 == 1 then return false end
    return ARGV[9] == '' or (ARGV[9] == '6') == (place % 4 >= 2)
  end

  -- Adds neighbours in those ranges of A, from a random start on, as if they were one ring.
  local function takeRing(ranges, all, wanted, found)
    local from, turn = random % all, 0
    while wanted > 0 do
      local first, size = unpack(ranges[turn % #ranges + 1])
      local taken = math.min(wanted, size - from)
      if taken > 0 then
        for _, key in ipairs(call('ZRANGE', A, first + from, first + from + taken - 1)) do found[#found + 1] = key end
        wanted = wanted - taken
      end
      from, turn = math.max(0, from - size), turn + 1
    end
  end

  local function sampleAddresses(wanted, found)
    if wanted == 0 or call('EXISTS', A) == 0 then return end
    local own, rank, rings, sizes = call('ZRANK', A, member), 0, {}, {}
    for load = 0, 2 do
      local ranges, all = {}, 0
      local function add(first, size)
        if size > 0 then ranges[#ranges + 1], all = {first, size}, all + size end
      end
      for place = 4 * load, 4 * load + 3 do
        local size = call('ZCOUNT', A, place, place)
        if isWanted(place) then
          if own and own >= rank and own < rank + size then
            add(rank, own - rank)
            add(own + 1, rank + size - own - 1)
          else
            add(rank, size)
          end
        end
        rank = rank + size
      end
      rings[load], sizes[load] = ranges, all
    end
    local left = wanted - reserved(wanted, sizes[1] + sizes[2])
    for load = 0, 2 do
      local taken = math.min(left, sizes[load])
      if taken > 0 then takeRing(rings[load], sizes[load], taken, found) end
      wanted = wanted - taken
      left = wanted
    end
  end

  local function withEntries(keys)
    if #keys == 0 then return keys end
    local both = {}
    for at, entry in ipairs(call('HMGET', M, unpack(keys))) do
      both[2 * at - 1], both[2 * at] = keys[at], entry or ''
    end
    return both
  end

  local sockets, addresses, wanted = {}, {}, tonumber(ARGV[6])
  if wanted > 0 then
    -- Whoever asks is one of them itself.
    local own = string.byte(operation == 'look' and call('HGET', M, member) or entry) or 0
    local others = call('ZCARD', LOADS[1]) + call('ZCARD', LOADS[2])
    if own == 49 or own == 50 then others = others - 1 end
    sample(LOADS[0], wanted - reserved(wanted, others), sockets)
    for load = 1, 2 do sample(LOADS[load], wanted - #sockets, sockets) end
  end
  sampleAddresses(tonumber(ARGV[7]), addresses)

  if hasForgotten and call('EXISTS', X) == 0 then call('DEL', D) end
  local others = {}
  for _, other in ipairs(call('HKEYS', O)) do
    if other ~= node then others[#others + 1] = other end
  end
  local seeders = call('HLEN', S)
  local downloads = tonumber(call('GET', D) or 0)
  return {
    seeders, call('HLEN', P) - seeders, downloads, wasSeeding, isFirstOfNode, others,
    withEntries(sockets), withEntries(addresses), left <= 0 and 1 or 0,
  }
`);

/**
 * KEYS: the prefix. ARGV: 1 how much longer the entries last, then the members whose entries those are.
 * Returns the members that have none.
 */
export const RENEW_SCRIPT = new Script(`
  local call, lifetime, missing = redis.call, tonumber(ARGV[1]), {}
  local time, X = call('TIME'), KEYS[1] .. 'x'
  local ends = time[1] * 1000 + math.floor(time[2] / 1000) + lifetime
  for at = 2, #ARGV do
    if call('ZSCORE', X, ARGV[at]) then call('ZADD', X, ends, ARGV[at]) else missing[#missing + 1] = ARGV[at] end
  end
  if call('PTTL', X) < lifetime then
    for name in string.gmatch('xmps012aod', '.') do call('PEXPIRE', KEYS[1] .. name, 2 * lifetime) end
  end
  return missing
`);
