import { ProtocolError } from "../base/errors.ts";
import { parseInfoHash, parsePeerId } from "../base/ids.ts";
import { countIn, fieldsOf, isTextUpTo, listOf, momentIn, shownText } from "./json-fields.ts";
import type {
  ApiAccount,
  ApiAccountEntry,
  ApiError,
  ApiFile,
  ApiKey,
  ApiNode,
  ApiPage,
  ApiPeer,
  ApiPublished,
  ApiSettings,
  ApiStatus,
  ApiSwarm,
  ApiTorrent,
  ApiTorrentDetails,
  NewApiKey,
} from "./tracker-api.ts";

// Parsers for whoever reads the JSON API of a tracker. They leave out optional fields and items that are malformed or too many, and
// throw a `ProtocolError` if what is left would be of no use. All texts are safe to show.

/** Items of one list. Trackers of ours send at most a tenth of it. */
export const MAX_API_ITEMS = 1_000;
/** Files of one entry that are looked at. */
export const MAX_API_FILES = 10_000;
/** Characters of a name: of a torrent, an account, a key. */
const MAX_NAME_CHARACTERS = 300;
/** Characters of a path, description, message or URL. */
const MAX_TEXT_CHARACTERS = 4_000;
/** Characters of an id, a key or a word for programs. */
const MAX_TOKEN_CHARACTERS = 200;
/** Announce URLs of one key. */
const MAX_URLS = 20;

/** A list, with a parser for its items. */
export function parseApiPage<Item>(
  answer: unknown,
  parseItem: (value: unknown) => Item,
  maxItems = MAX_API_ITEMS,
): ApiPage<Item> {
  const { items, nextCursor } = fieldsOf(answer);
  if (!Array.isArray(items)) throw notApi();
  return {
    items: parsedItems(items, parseItem, maxItems),
    ...(isTextUpTo(MAX_TEXT_CHARACTERS, nextCursor) && { nextCursor }),
  };
}

export function parseApiTorrent(value: unknown): ApiTorrent {
  const fields = fieldsOf(value);
  const infoHash = typeof fields["infoHash"] === "string" ? parseInfoHash(fields["infoHash"]) : undefined;
  const publishedAt = momentIn(fields["publishedAt"]);
  if (infoHash === undefined || publishedAt === undefined) throw notApi();
  const publishedBy = shownText(fields["publishedBy"], MAX_NAME_CHARACTERS);
  const [lastSeededAt, goesAt] = [momentIn(fields["lastSeededAt"]), momentIn(fields["goesAt"])];
  return {
    infoHash,
    name: shownText(fields["name"], MAX_NAME_CHARACTERS) || infoHash,
    description: shownText(fields["description"], MAX_TEXT_CHARACTERS) ?? "",
    bytes: countIn(fields["bytes"]) ?? 0,
    fileCount: countIn(fields["fileCount"]) ?? 0,
    seeders: countIn(fields["seeders"]) ?? 0,
    leechers: countIn(fields["leechers"]) ?? 0,
    publishedAt,
    ...(publishedBy !== undefined && { publishedBy }),
    ...(lastSeededAt !== undefined && { lastSeededAt }),
    ...(goesAt !== undefined && { goesAt }),
  };
}

export function parseApiTorrentDetails(value: unknown): ApiTorrentDetails {
  const { pieceBytes, pieceCount, files, canUnpublish } = fieldsOf(value);
  return {
    ...parseApiTorrent(value),
    pieceBytes: countIn(pieceBytes) ?? 0,
    pieceCount: countIn(pieceCount) ?? 0,
    files: parsedItems(listOf(files), parseFile, MAX_API_FILES),
    canUnpublish: canUnpublish === true,
  };
}

export function parseApiPublished(value: unknown): ApiPublished {
  const { ownerKey } = fieldsOf(value);
  return { ...parseApiTorrent(value), ...(isToken(ownerKey) && { ownerKey }) };
}

export function parseApiPeer(value: unknown): ApiPeer {
  const { kind, progress, lastSeenAt, hasFreeSlot, address } = fieldsOf(value);
  const seen = momentIn(lastSeenAt);
  if ((kind !== "browser" && kind !== "desktop") || seen === undefined) throw notApi();
  const shownAddress = shownText(address, MAX_TOKEN_CHARACTERS);
  return {
    kind,
    progress: progress === "seeder" ? "seeder" : "leecher",
    lastSeenAt: seen,
    ...(typeof hasFreeSlot === "boolean" && { hasFreeSlot }),
    ...(shownAddress !== undefined && { address: shownAddress }),
  };
}

export function parseApiAccount(value: unknown): ApiAccount {
  const { name, isAdmin, peerId } = fieldsOf(value);
  const shownName = shownText(name, MAX_NAME_CHARACTERS);
  const id = typeof peerId === "string" ? parsePeerId(peerId) : undefined;
  if (!shownName || id === undefined) throw notApi();
  return { name: shownName, isAdmin: isAdmin === true, peerId: id };
}

export function parseApiAccountEntry(value: unknown): ApiAccountEntry {
  const { name, isAdmin, createdAt, bannedAt } = fieldsOf(value);
  const shownName = shownText(name, MAX_NAME_CHARACTERS);
  const [created, banned] = [momentIn(createdAt), momentIn(bannedAt)];
  if (!shownName || created === undefined) throw notApi();
  return {
    name: shownName,
    isAdmin: isAdmin === true,
    createdAt: created,
    ...(banned !== undefined && { bannedAt: banned }),
  };
}

export function parseApiKey(value: unknown): ApiKey {
  const { id, name, createdAt, lastUsedAt, expiresAt } = fieldsOf(value);
  const created = momentIn(createdAt);
  if (!isToken(id) || created === undefined) throw notApi();
  const [lastUsed, expires] = [momentIn(lastUsedAt), momentIn(expiresAt)];
  return {
    id,
    name: shownText(name, MAX_NAME_CHARACTERS) ?? "",
    createdAt: created,
    ...(lastUsed !== undefined && { lastUsedAt: lastUsed }),
    ...(expires !== undefined && { expiresAt: expires }),
  };
}

export function parseNewApiKey(value: unknown): NewApiKey {
  const { key, announceUrls } = fieldsOf(value);
  if (!isToken(key)) throw notApi();
  const urls = listOf(announceUrls).filter((url) => isTextUpTo(MAX_TEXT_CHARACTERS, url));
  return { ...parseApiKey(value), key, announceUrls: urls.slice(0, MAX_URLS) };
}

export function parseApiSettings(value: unknown): ApiSettings {
  const { isRegistrationOpen } = fieldsOf(value);
  if (typeof isRegistrationOpen !== "boolean") throw notApi();
  return { isRegistrationOpen };
}

export function parseApiStatus(value: unknown): ApiStatus {
  const { uptimeSeconds, announcesPerMinute, swarmCount, peerCount, swarms, nodes } = fieldsOf(value);
  const uptime = countIn(uptimeSeconds);
  if (uptime === undefined) throw notApi();
  return {
    uptimeSeconds: uptime,
    announcesPerMinute: countIn(announcesPerMinute) ?? 0,
    swarmCount: countIn(swarmCount) ?? 0,
    peerCount: countIn(peerCount) ?? 0,
    swarms: parsedItems(listOf(swarms), parseSwarm, MAX_API_ITEMS),
    nodes: parsedItems(listOf(nodes), parseNode, MAX_API_ITEMS),
  };
}

/** Undefined: the body of an answer without success that does not come from the API. */
export function parseApiError(value: unknown): ApiError | undefined {
  const { code, message } = fieldsOf(fieldsOf(value)["error"]);
  const shownMessage = shownText(message, MAX_TEXT_CHARACTERS);
  return isToken(code) && shownMessage ? { error: { code, message: shownMessage } } : undefined;
}

function parseFile(value: unknown): ApiFile {
  const { path, bytes } = fieldsOf(value);
  const shownPath = shownText(path, MAX_TEXT_CHARACTERS);
  if (!shownPath) throw notApi();
  return { path: shownPath, bytes: countIn(bytes) ?? 0 };
}

function parseSwarm(value: unknown): ApiSwarm {
  const { infoHash, name, seeders, leechers } = fieldsOf(value);
  const hash = typeof infoHash === "string" ? parseInfoHash(infoHash) : undefined;
  const shownName = shownText(name, MAX_NAME_CHARACTERS);
  return {
    seeders: countIn(seeders) ?? 0,
    leechers: countIn(leechers) ?? 0,
    ...(hash !== undefined && { infoHash: hash }),
    ...(shownName !== undefined && { name: shownName }),
  };
}

function parseNode(value: unknown): ApiNode {
  const { url, startedAt, sockets } = fieldsOf(value);
  const [shownUrl, started] = [shownText(url, MAX_TEXT_CHARACTERS), momentIn(startedAt)];
  if (!shownUrl || started === undefined) throw notApi();
  return { url: shownUrl, startedAt: started, sockets: countIn(sockets) ?? 0 };
}

/** Without the items that cannot be parsed. */
function parsedItems<Item>(
  values: readonly unknown[],
  parseItem: (value: unknown) => Item,
  maxItems: number,
): Item[] {
  return values.slice(0, maxItems).flatMap((value) => {
    try {
      return [parseItem(value)];
    } catch (error) {
      if (error instanceof ProtocolError) return [];
      throw error;
    }
  });
}

/** Goes into headers and files, so it has no spaces and no control characters. */
function isToken(value: unknown): value is string {
  return isTextUpTo(MAX_TOKEN_CHARACTERS, value) && /^[!-~]+$/.test(value);
}

function notApi(): ProtocolError {
  return new ProtocolError("notApi", "what answers is not a Tabswarm tracker of this version");
}
