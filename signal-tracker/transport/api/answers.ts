import type {
  ApiAccount,
  ApiAccountEntry,
  ApiFile,
  ApiKey,
  ApiNode,
  ApiPeer,
  ApiPublished,
  ApiSettings,
  ApiStatus,
  ApiSwarm,
  ApiTorrent,
  ApiTorrentDetails,
  NewApiKey,
} from "#shared/announce/tracker-api.ts";
import { type Fields, listOf, optional, type Schema, shape } from "#shared/base/json-shape.ts";

// What the routes of the API answer when they succeed, as JSON Schemas for the OpenAPI document.

const TEXT = { type: "string" };
const NUMBER = { type: "integer" };
const FLAG = { type: "boolean" };
const TIME = { type: "string", format: "date-time" };
const HASH = { type: "string", description: "40 hex digits" };

/** An `ApiPage`. */
function page(items: Schema): Schema {
  const nextCursor = { type: "string", description: "the cursor of the next part; absent at the end" };
  return { type: "object", required: ["items"], properties: { items: listOf(items), nextCursor } };
}

const torrent: Fields<ApiTorrent> = {
  infoHash: HASH,
  name: TEXT,
  description: TEXT,
  bytes: NUMBER,
  fileCount: NUMBER,
  seeders: NUMBER,
  leechers: NUMBER,
  publishedAt: TIME,
  publishedBy: optional(TEXT, "the account; absent if published without one"),
  lastSeededAt: optional(TIME, "absent if nobody has seeded it"),
  goesAt: optional(TIME, "when the entry will be removed if nobody seeds it until then"),
};
const key: Fields<ApiKey> = {
  id: TEXT,
  name: TEXT,
  createdAt: TIME,
  lastUsedAt: optional(TIME, "absent if it was never used"),
  expiresAt: optional(TIME, "absent if it does not expire"),
};
const peer: Fields<ApiPeer> = {
  kind: { type: "string", enum: ["browser", "desktop"] },
  progress: { type: "string", enum: ["seeder", "leecher"] },
  lastSeenAt: TIME,
  hasFreeSlot: optional(FLAG, "whether it has a free upload slot; absent if it does not say"),
  address: optional(TEXT, "address:port of a desktop"),
};
const swarm: Fields<ApiSwarm> = {
  infoHash: optional(HASH, "only of torrents in the catalog, except to administrators"),
  name: optional(TEXT, "only of torrents in the catalog"),
  seeders: NUMBER,
  leechers: NUMBER,
};
const ownerKey = optional(
  TEXT,
  "unpublishes the entry, as a Bearer token; only without accounts, and only this once",
);

export const ACCOUNT = shape<ApiAccount>({
  name: TEXT,
  isAdmin: FLAG,
  peerId: { type: "string", description: "a peer id that the account may announce with, 40 hex digits" },
});
export const ACCOUNT_ENTRY = shape<ApiAccountEntry>({
  name: TEXT,
  isAdmin: FLAG,
  createdAt: TIME,
  bannedAt: optional(TIME, "absent if the account is not banned"),
});
export const ACCOUNT_PAGE = page(ACCOUNT_ENTRY);
export const SETTINGS_NOW = shape<ApiSettings>({ isRegistrationOpen: FLAG });
export const KEY_PAGE = page(shape<ApiKey>(key));
export const MADE_KEY = shape<NewApiKey>({ ...key, key: TEXT, announceUrls: listOf(TEXT) });
export const TORRENT_PAGE = page(shape<ApiTorrent>(torrent));
export const PUBLISHED = shape<ApiPublished>({ ...torrent, ownerKey });
export const TORRENT_DETAILS = shape<ApiTorrentDetails>({
  ...torrent,
  pieceBytes: NUMBER,
  pieceCount: NUMBER,
  files: listOf(shape<ApiFile>({ path: TEXT, bytes: NUMBER })),
  canUnpublish: FLAG,
});
export const PEER_PAGE = page(shape<ApiPeer>(peer));
export const STATUS = shape<ApiStatus>({
  uptimeSeconds: NUMBER,
  announcesPerMinute: NUMBER,
  swarmCount: NUMBER,
  peerCount: NUMBER,
  swarms: listOf(shape<ApiSwarm>(swarm)),
  nodes: listOf(shape<ApiNode>({ url: TEXT, startedAt: TIME, sockets: NUMBER })),
});
/** The answer has no body. */
export const NOTHING = { type: "null", description: "Done." };
