import { Script } from "./script.ts";

// Records in Redis. All their keys have one hash tag, so that a script may change several of them in one step.

const PREFIX = "tabswarm:{records}:";

/** Every script gets the prefix as its key, which tells a Redis Cluster the slot. */
export const RECORD_KEYS = [PREFIX];

/**
 * Hashes: `accounts` (JSON by id) and `names` (id by folded name); `sessions` (JSON by hash) and `sessionOwners`; `keys` (JSON
 * by id), `keyIds` (by hash), `keyHashes` (by id) and `keyOwners`; `torrents` (JSON by info-hash), `infos` (bytes), `owners`,
 * `seeders` and `seededAt`; `settings`. Sorted sets: `byName` (folded names), `sessionEnds` and `keyEnds` (by time). Sets:
 * `sessionsOf:`, `keysOf:` and `torrentsOf:` an account. `version` counts the changes of the catalog.
 */
export const recordKey = (name: string): string => PREFIX + name;

const PRELUDE = `
  local call = redis.call
  local function key(name) return KEYS[1] .. name end
  local function owned(owners, list, item)
    local account = call('HGET', key(owners), item)
    if account then call('SREM', key(list .. account), item) end
    call('HDEL', key(owners), item)
  end
  local function removeSession(hash)
    owned('sessionOwners', 'sessionsOf:', hash)
    call('HDEL', key('sessions'), hash)
    call('ZREM', key('sessionEnds'), hash)
  end
  local function removeKey(id)
    owned('keyOwners', 'keysOf:', id)
    local hash = call('HGET', key('keyHashes'), id)
    if hash then call('HDEL', key('keyIds'), hash) end
    call('HDEL', key('keyHashes'), id)
    call('HDEL', key('keys'), id)
    call('ZREM', key('keyEnds'), id)
  end
  local function removeTorrent(infoHash)
    if call('HDEL', key('torrents'), infoHash) == 0 then return nil end
    owned('owners', 'torrentsOf:', infoHash)
    for _, name in ipairs({'infos', 'seeders', 'seededAt'}) do call('HDEL', key(name), infoHash) end
    return call('INCR', key('version'))
  end
`;

const script = (text: string): Script => new Script(PRELUDE + text);

/** ARGV: id, folded name, JSON. Returns 0 if the name is taken. */
export const ADD_ACCOUNT = script(`
  if call('HSETNX', key('names'), ARGV[2], ARGV[1]) == 0 then return 0 end
  call('HSET', key('accounts'), ARGV[1], ARGV[3])
  call('ZADD', key('byName'), 0, ARGV[2])
  return 1
`);

/** ARGV: id, folded name. Returns pairs of a torrent that went with it and the version of the catalog after that. */
export const REMOVE_ACCOUNT = script(`
  if call('HDEL', key('accounts'), ARGV[1]) == 0 then return {} end
  call('HDEL', key('names'), ARGV[2])
  call('ZREM', key('byName'), ARGV[2])
  for _, hash in ipairs(call('SMEMBERS', key('sessionsOf:' .. ARGV[1]))) do removeSession(hash) end
  for _, id in ipairs(call('SMEMBERS', key('keysOf:' .. ARGV[1]))) do removeKey(id) end
  local changes = {}
  for _, infoHash in ipairs(call('SMEMBERS', key('torrentsOf:' .. ARGV[1]))) do
    changes[#changes + 1] = infoHash
    changes[#changes + 1] = removeTorrent(infoHash) or 0
  end
  return changes
`);

/** ARGV: hash's name, field, JSON before, JSON after. Returns 0 if the record is not what it was. */
export const REPLACE = script(`
  if call('HGET', key(ARGV[1]), ARGV[2]) ~= ARGV[3] then return 0 end
  call('HSET', key(ARGV[1]), ARGV[2], ARGV[4])
  return 1
`);

/** ARGV: hash, account, JSON, expiry. */
export const ADD_SESSION = script(`
  if call('HEXISTS', key('accounts'), ARGV[2]) == 0 then return 0 end
  call('HSET', key('sessions'), ARGV[1], ARGV[3])
  call('HSET', key('sessionOwners'), ARGV[1], ARGV[2])
  call('SADD', key('sessionsOf:' .. ARGV[2]), ARGV[1])
  call('ZADD', key('sessionEnds'), ARGV[4], ARGV[1])
  return 1
`);

/** ARGV: hash, JSON before, JSON after, expiry. Returns 0 if the session is not what it was. */
export const EXTEND_SESSION = script(`
  if call('HGET', key('sessions'), ARGV[1]) ~= ARGV[2] then return 0 end
  call('HSET', key('sessions'), ARGV[1], ARGV[3])
  call('ZADD', key('sessionEnds'), ARGV[4], ARGV[1])
  return 1
`);

/** ARGV: hash. */
export const REMOVE_SESSION = script("removeSession(ARGV[1])");

/** ARGV: account, hash of the session that stays. */
export const REMOVE_SESSIONS = script(`
  for _, hash in ipairs(call('SMEMBERS', key('sessionsOf:' .. ARGV[1]))) do
    if hash ~= ARGV[2] then removeSession(hash) end
  end
`);

/** ARGV: id, hash, account, JSON, end ("" if none). */
export const ADD_KEY = script(`
  if call('HEXISTS', key('accounts'), ARGV[3]) == 0 then return 0 end
  call('HSET', key('keys'), ARGV[1], ARGV[4])
  call('HSET', key('keyIds'), ARGV[2], ARGV[1])
  call('HSET', key('keyHashes'), ARGV[1], ARGV[2])
  call('HSET', key('keyOwners'), ARGV[1], ARGV[3])
  call('SADD', key('keysOf:' .. ARGV[3]), ARGV[1])
  if ARGV[5] ~= '' then call('ZADD', key('keyEnds'), ARGV[5], ARGV[1]) end
  return 1
`);

/** ARGV: id, JSON before, JSON after, end ("" if none). Returns 0 if the key is not what it was. */
export const REPLACE_KEY = script(`
  if call('HGET', key('keys'), ARGV[1]) ~= ARGV[2] then return 0 end
  call('HSET', key('keys'), ARGV[1], ARGV[3])
  if ARGV[4] ~= '' then call('ZADD', key('keyEnds'), ARGV[4], ARGV[1]) else call('ZREM', key('keyEnds'), ARGV[1]) end
  return 1
`);

/** ARGV: id. */
export const REMOVE_KEY = script("removeKey(ARGV[1])");

/** ARGV: info-hash, JSON, info dictionary, owner ("" if none), seeders, last seeded ("" if never). Returns the version, or 0. */
export const ADD_TORRENT = script(`
  if ARGV[4] ~= '' and call('HEXISTS', key('accounts'), ARGV[4]) == 0 then return 0 end
  if call('HSETNX', key('torrents'), ARGV[1], ARGV[2]) == 0 then return 0 end
  call('HSET', key('infos'), ARGV[1], ARGV[3])
  call('HSET', key('seeders'), ARGV[1], ARGV[5])
  if ARGV[6] ~= '' then call('HSET', key('seededAt'), ARGV[1], ARGV[6]) end
  if ARGV[4] ~= '' then
    call('HSET', key('owners'), ARGV[1], ARGV[4])
    call('SADD', key('torrentsOf:' .. ARGV[4]), ARGV[1])
  end
  return call('INCR', key('version'))
`);

/** ARGV: info-hash. Returns the version, or 0 if there is no such torrent. */
export const REMOVE_TORRENT = script("return removeTorrent(ARGV[1]) or 0");

/** ARGV: info-hash, seeders, last seeded ("" if unchanged), and so on. */
export const SAW_TORRENTS = script(`
  for at = 1, #ARGV, 3 do
    if call('HEXISTS', key('torrents'), ARGV[at]) == 1 then
      call('HSET', key('seeders'), ARGV[at], ARGV[at + 1])
      if ARGV[at + 2] ~= '' then call('HSET', key('seededAt'), ARGV[at], ARGV[at + 2]) end
    end
  end
`);

/** ARGV: sessions end before, keys end before, how many of each at most. Returns how many it removed. */
export const REMOVE_EXPIRED = script(`
  local sessions = call('ZRANGEBYSCORE', key('sessionEnds'), '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[3])
  for _, hash in ipairs(sessions) do removeSession(hash) end
  local keys = call('ZRANGEBYSCORE', key('keyEnds'), '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])
  for _, id in ipairs(keys) do removeKey(id) end
  return #sessions + #keys
`);
