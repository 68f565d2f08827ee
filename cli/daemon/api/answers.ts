import { MAX_PEERS } from "#headless-peer/session-config.ts";
import { type Fields, listOf, optional, type Schema, shape } from "#shared/base/json-shape.ts";
import type {
  AddedJson,
  Changed,
  DaemonLimitsJson,
  DaemonStatusJson,
  DaemonTorrent,
  FileAddressJson,
  HashingJson,
  ListedTorrent,
  PeerJson,
  PiecesJson,
  TorrentLimitsJson,
  TorrentListJson,
} from "#shared/daemon/daemon-api.ts";
import { MAX_RATE, MIN_RATE } from "#shared/policy/rate-bounds.ts";
import { MIN_PEERS } from "#shared/session/controls.ts";
import { MAX_DOWNLOADS, MAX_RATIO, MAX_SHARED_MINUTES, MIN_RATIO } from "#shared/session/stop-bounds.ts";
import type { FileView, TorrentView, TrackerView, WebSeedView } from "#shared/session/view.ts";

// What the routes of a daemon's API take and answer, as JSON Schemas: they check what is sent, and make the OpenAPI document.

const TEXT = { type: "string" };
const COUNT = { type: "integer" };
const NUMBER = { type: "number" };
const FLAG = { type: "boolean" };
const TIME = { type: "string", format: "date-time" };
const HASH = { type: "string", description: "40 hex digits" };
const BYTES = { type: "integer", description: "bytes" };
const SPEED = { type: "number", description: "bytes a second" };
const PHASE = {
  type: "string",
  enum: ["metadata", "checking", "downloading", "seeding", "paused", "error"],
};

const RATE = { type: "integer", minimum: MIN_RATE, maximum: MAX_RATE, description: "bytes a second" };
/** Peers of all torrents together that anybody can choose. */
export const MAX_LINKS_OF_ALL = 10_000;

const torrentLimits = {
  rateUp: optional(RATE, "no limit"),
  rateDown: optional(RATE, "no limit"),
  maxPeers: optional({ type: "integer", minimum: MIN_PEERS, maximum: MAX_PEERS }, "as many as there are"),
  inOrder: optional(FLAG, "the rarest first"),
  stopRatio: optional({ type: "number", minimum: MIN_RATIO, maximum: MAX_RATIO }, "never for this"),
  stopAfter: optional(
    { type: "integer", minimum: 1, maximum: MAX_SHARED_MINUTES },
    "minutes; never for this",
  ),
  stopAfterDownloads: optional({ type: "integer", minimum: 1, maximum: MAX_DOWNLOADS }, "never for this"),
  stopAt: optional({ ...TIME, maxLength: 40 }, "never for this"),
} satisfies Fields<TorrentLimitsJson>;

const daemonLimits = {
  rateUp: optional(RATE, "no limit"),
  rateDown: optional(RATE, "no limit"),
  maxPeers: optional({ type: "integer", minimum: MIN_PEERS, maximum: MAX_LINKS_OF_ALL }, "as usual"),
} satisfies Fields<DaemonLimitsJson>;

export const TORRENT_LIMITS = shape<TorrentLimitsJson>(torrentLimits);
export const DAEMON_LIMITS = shape<DaemonLimitsJson>(daemonLimits);
export const TORRENT_LIMITS_CHANGE = changeOf<TorrentLimitsJson>(torrentLimits);
export const DAEMON_LIMITS_CHANGE = changeOf<DaemonLimitsJson>(daemonLimits);

/** A `Changed`: null lifts a limit. */
function changeOf<Limits>(fields: Fields<Limits>): Schema {
  const entries = Object.entries(shape<Limits>(fields)["properties"] as Record<string, Schema>);
  const change = entries.map(([name, schema]) => [name, { ...schema, type: [schema["type"], "null"] }]);
  return shape<Changed<Limits>>(
    Object.fromEntries(change.map(([name, schema]) => [name, { optional: schema }])),
  );
}

const file: Fields<FileView> = { path: TEXT, bytes: BYTES, selected: FLAG, isFirst: FLAG, index: COUNT };

const peer: Fields<PeerJson> = {
  link: COUNT,
  kind: { type: "string", enum: ["rtc", "tcp"] },
  address: optional(TEXT, "such as 192.168.1.5:6881; absent on a link over WebRTC"),
  isIntroduced: FLAG,
  client: TEXT,
  deviceName: optional(TEXT, "absent if the person there gives none"),
  device: optional(TEXT, "absent if it does not say"),
  isNearby: FLAG,
  progress: { type: "number", description: "0 to 1" },
  hasFinished: FLAG,
  ...{ downBytesPerSecond: SPEED, upBytesPerSecond: SPEED, downloadedBytes: BYTES, uploadedBytes: BYTES },
  ...{ goodPieces: COUNT, failedPieces: COUNT, score: COUNT },
  ...{ weChoke: FLAG, theyChoke: FLAG, isInterested: FLAG },
  lastPiece: optional(COUNT, "absent before the first"),
};

const tracker: Fields<TrackerView> = {
  url: { type: "string", description: "without its key" },
  tier: COUNT,
  state: {
    type: "string",
    enum: ["waiting", "connecting", "working", "refused", "unreachable", "standby"],
  },
  ...{ seeders: COUNT, leechers: COUNT },
  offersRelayed: optional(COUNT, "absent if it does not say"),
  nextInSeconds: optional(COUNT, "absent if it is not announced to"),
  message: optional(TEXT, "absent if there is nothing to say"),
};

const webSeed: Fields<WebSeedView> = {
  url: { type: "string", description: "without its query" },
  state: { type: "string", enum: ["waiting", "fetching", "resting", "banned"] },
  ...{ downBytesPerSecond: SPEED, downloadedBytes: BYTES },
  ...{ goodPieces: COUNT, failedPieces: COUNT, score: COUNT },
  lastPiece: optional(COUNT, "absent before the first"),
  problem: optional(TEXT, "absent if it sends everything"),
  nextInSeconds: optional(COUNT, "absent unless it rests"),
};

const listed: Fields<ListedTorrent> = {
  ...{ infoHash: HASH, name: TEXT, phase: PHASE, bytesTotal: BYTES, bytesDone: BYTES },
  ...{ pieceCount: COUNT, piecesHeld: COUNT, piecesFetched: COUNT, pieceLength: BYTES },
  ...{ downBytesPerSecond: SPEED, upBytesPerSecond: SPEED, downloadedBytes: BYTES, uploadedBytes: BYTES },
  sharedMinutes: COUNT,
  secondsLeft: optional(NUMBER, "absent if nothing arrives or nothing is missing"),
  ...{ failedPieces: COUNT, bannedPeers: COUNT, failedAttempts: { type: "object" } },
  ...{ hasSource: FLAG, isPrivate: FLAG, linksLeftOut: COUNT, completePeers: COUNT, finishedInAll: COUNT },
  trackers: listOf(shape<TrackerView>(tracker)),
  webSeeds: listOf(shape<WebSeedView>(webSeed)),
  stopped: optional(TEXT, "absent if it has reached no limit of sharing"),
  problem: optional(TEXT, "absent if all is well"),
  problemKind: optional(TEXT, "absent for any other problem"),
  ...{ fileCount: COUNT, peerCount: COUNT, addedAt: TIME },
  completedAt: optional(TIME, "absent if it was not downloaded to the end"),
  folder: optional(TEXT, "absent if it shares files of the person's own"),
  ratio: { type: "number", description: "bytes sent for each byte of its selected size" },
  limits: TORRENT_LIMITS,
  endReason: optional(
    { type: "string", enum: ["ratio", "time", "downloads", "moment"] },
    "absent while it is shared",
  ),
  lock: optional({ type: "string", enum: ["open", "closed"] }, "absent unless it is an encrypted share"),
  magnetLink: TEXT,
  shareLink: optional(
    TEXT,
    "absent without a tracker that has a page, unless it has the key of an encrypted share",
  ),
};

const LISTED = shape<ListedTorrent>(listed);
export const TORRENT = shape<DaemonTorrent>({
  ...listed,
  namedTrackers: listOf({ type: "string", description: "those that can be taken out, without their keys" }),
  files: listOf(shape<FileView>(file)),
  peers: listOf(shape<PeerJson>(peer)),
  finishedPeers: listOf(shape<PeerJson>(peer)),
  formerPeers: listOf(shape<PeerJson>(peer)),
});
export const PIECES = shape<PiecesJson>({
  map: optional(
    TEXT,
    "base64, a byte for each piece; absent until its metadata is known and its files are open",
  ),
  fileBytes: optional(listOf(BYTES), "how much of each file is here, by its index; absent until then"),
});
export const FILE_ADDRESS = shape<FileAddressJson>({
  path: {
    ...TEXT,
    description: "below the daemon's address; good for half a day, and while this daemon runs",
  },
});
export const TORRENT_LIST = shape<TorrentListJson>({
  items: listOf(LISTED),
  hashing: listOf(shape<HashingJson>({ name: TEXT, bytesDone: BYTES, bytesTotal: BYTES })),
});
export const ADDED = shape<AddedJson>({
  items: listOf(shape<AddedJson["items"][number]>({ infoHash: HASH, name: TEXT, isNew: FLAG })),
  warnings: listOf(TEXT),
});
export const STATUS = shape<DaemonStatusJson>({
  version: TEXT,
  startedAt: TIME,
  port: optional(COUNT, "absent without TCP"),
  torrents: shape<Record<TorrentView["phase"], number>>({
    ...{ metadata: COUNT, checking: COUNT, downloading: COUNT, seeding: COUNT, paused: COUNT, error: COUNT },
  }),
  peers: COUNT,
  ...{ downBytesPerSecond: SPEED, upBytesPerSecond: SPEED, downloadedBytes: BYTES, uploadedBytes: BYTES },
  limits: DAEMON_LIMITS,
  folder: TEXT,
});
/** The answer has no body. */
export const NOTHING = { type: "null", description: "Done." };
