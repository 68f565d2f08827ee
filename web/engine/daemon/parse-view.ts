import { countIn, fieldsOf, listOf, momentIn, shownText } from "#shared/announce/json-fields.ts";
import { readDeviceKind } from "#shared/base/device.ts";
import {
  type InfoHash,
  type LinkId,
  type PieceIndex,
  parseInfoHash,
  type TrackerUrl,
  type WebSeedUrl,
} from "#shared/base/ids.ts";
import { type FailedAttempts, ROUTE_KINDS } from "#shared/session/link-end.ts";
import type { FileView, PeerView, TorrentView, TrackerView, WebSeedView } from "#shared/session/view.ts";

// Reads what a daemon says of torrents. Nothing here throws: what is missing or malformed is left out, or is what it is at first. All
// texts are safe to show.

/** Characters of a name or an address. */
const MAX_NAME_CHARACTERS = 500;
/** Characters of a path or a sentence. */
const MAX_TEXT_CHARACTERS = 4_000;
/** As many as a torrent can have. */
const MAX_FILES = 500_000;
/** Of each kind: several times what daemons tell. */
const MAX_PEERS = 2_000;
const MAX_TRACKERS = 250;
const MAX_WEB_SEEDS = 250;

export const PHASES: Readonly<Record<TorrentView["phase"], true>> = {
  ...{ metadata: true, checking: true, downloading: true, seeding: true, paused: true, error: true },
};
const TRACKER_STATES: Readonly<Record<TrackerView["state"], true>> = {
  ...{ waiting: true, connecting: true, working: true, refused: true, unreachable: true, standby: true },
};
const WEB_SEED_STATES: Readonly<Record<WebSeedView["state"], true>> = {
  ...{ waiting: true, fetching: true, resting: true, banned: true },
};
export const STOP_REASONS: Readonly<Record<NonNullable<TorrentView["stopped"]>, true>> = {
  ...{ ratio: true, time: true, downloads: true },
};

/** One of the words of a table. Undefined: another one. */
export function wordIn<Word extends string>(
  table: Readonly<Record<Word, true>>,
  value: unknown,
): Word | undefined {
  return typeof value === "string" && Object.hasOwn(table, value) ? (value as Word) : undefined;
}

export const textIn = (value: unknown): string | undefined => shownText(value, MAX_TEXT_CHARACTERS);
export const nameIn = (value: unknown): string => shownText(value, MAX_NAME_CHARACTERS) ?? "";
const count = (value: unknown): number => countIn(value) ?? 0;
/** A finite number from 0. */
const amount = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : 0;

/** Milliseconds since 1970. Undefined: it is no moment. */
export function timeIn(value: unknown): number | undefined {
  const moment = momentIn(value);
  return moment === undefined ? undefined : Date.parse(moment);
}

export function hashIn(value: unknown): InfoHash | undefined {
  return typeof value === "string" ? parseInfoHash(value) : undefined;
}

/** The view of a torrent. `files`: those that were told before, if these news have none. Undefined: they name no torrent. */
export function parseView(news: unknown, files: readonly FileView[]): TorrentView | undefined {
  const said = fieldsOf(news);
  const infoHash = hashIn(said["infoHash"]);
  if (infoHash === undefined) return undefined;
  return {
    ...{ infoHash, name: nameIn(said["name"]) || infoHash, phase: wordIn(PHASES, said["phase"]) ?? "paused" },
    ...{ bytesTotal: count(said["bytesTotal"]), bytesDone: count(said["bytesDone"]) },
    ...{ pieceCount: count(said["pieceCount"]), piecesHeld: count(said["piecesHeld"]) },
    ...{ piecesFetched: count(said["piecesFetched"]), pieceLength: count(said["pieceLength"]) },
    ...{ downBytesPerSecond: amount(said["downBytesPerSecond"]) },
    ...{ upBytesPerSecond: amount(said["upBytesPerSecond"]) },
    ...{ downloadedBytes: count(said["downloadedBytes"]), uploadedBytes: count(said["uploadedBytes"]) },
    sharedMinutes: count(said["sharedMinutes"]),
    secondsLeft: said["secondsLeft"] === undefined ? undefined : amount(said["secondsLeft"]),
    ...{ failedPieces: count(said["failedPieces"]), bannedPeers: count(said["bannedPeers"]) },
    failedAttempts: attemptsIn(said["failedAttempts"]),
    ...{ hasSource: said["hasSource"] === true, isPrivate: said["isPrivate"] === true },
    files: said["files"] === undefined ? files : listOf(said["files"]).slice(0, MAX_FILES).map(fileIn),
    linksLeftOut: count(said["linksLeftOut"]),
    ...{ peers: peersIn(said["peers"]), completePeers: count(said["completePeers"]) },
    ...{ finishedPeers: peersIn(said["finishedPeers"]), finishedInAll: count(said["finishedInAll"]) },
    formerPeers: peersIn(said["formerPeers"]),
    trackers: listOf(said["trackers"]).slice(0, MAX_TRACKERS).map(trackerIn),
    webSeeds: listOf(said["webSeeds"]).slice(0, MAX_WEB_SEEDS).map(webSeedIn),
    ...{ stopped: wordIn(STOP_REASONS, said["stopped"]), problem: textIn(said["problem"]) },
    problemKind: said["problemKind"] === "storageFull" ? "storageFull" : undefined,
  };
}

function attemptsIn(value: unknown): FailedAttempts {
  const { unanswered, noRoute, ours, theirs } = fieldsOf(value);
  const routes = (list: unknown) => ROUTE_KINDS.filter((kind) => listOf(list).includes(kind));
  return {
    unanswered: count(unanswered),
    noRoute: count(noRoute),
    ours: routes(ours),
    theirs: routes(theirs),
  };
}

function fileIn(value: unknown, at: number): FileView {
  const { path, bytes, selected, isFirst, index } = fieldsOf(value);
  return {
    ...{ path: textIn(path) ?? "", bytes: count(bytes), selected: selected === true },
    ...{ isFirst: isFirst === true, index: countIn(index) ?? at },
  };
}

const peersIn = (value: unknown): readonly PeerView[] => listOf(value).slice(0, MAX_PEERS).map(parsePeer);

/** A peer. Its address stays out: the page shows none. */
export function parsePeer(value: unknown): PeerView {
  const said = fieldsOf(value);
  const { program, system } = fieldsOf(said["device"]);
  const lastPiece = countIn(said["lastPiece"]);
  return {
    ...{ link: count(said["link"]) as LinkId, kind: said["kind"] === "rtc" ? "rtc" : "tcp" },
    ...{ address: undefined, isIntroduced: said["isIntroduced"] === true },
    ...{ client: nameIn(said["client"]), deviceName: shownText(said["deviceName"], MAX_NAME_CHARACTERS) },
    ...{ device: readDeviceKind(`${program}/${system}`), isNearby: said["isNearby"] === true },
    ...{ progress: Math.min(1, amount(said["progress"])), hasFinished: said["hasFinished"] === true },
    ...{ downBytesPerSecond: amount(said["downBytesPerSecond"]) },
    ...{ upBytesPerSecond: amount(said["upBytesPerSecond"]) },
    ...{ downloadedBytes: count(said["downloadedBytes"]), uploadedBytes: count(said["uploadedBytes"]) },
    ...{ goodPieces: count(said["goodPieces"]), failedPieces: count(said["failedPieces"]) },
    ...{
      score: count(said["score"]),
      weChoke: said["weChoke"] === true,
      theyChoke: said["theyChoke"] === true,
    },
    isInterested: said["isInterested"] === true,
    lastPiece: lastPiece as PieceIndex | undefined,
  };
}

function trackerIn(value: unknown): TrackerView {
  const said = fieldsOf(value);
  return {
    ...{ url: nameIn(said["url"]) as TrackerUrl, tier: Math.max(1, count(said["tier"])) },
    state: wordIn(TRACKER_STATES, said["state"]) ?? "waiting",
    ...{ seeders: count(said["seeders"]), leechers: count(said["leechers"]) },
    ...{ offersRelayed: countIn(said["offersRelayed"]), nextInSeconds: countIn(said["nextInSeconds"]) },
    message: textIn(said["message"]),
  };
}

function webSeedIn(value: unknown): WebSeedView {
  const said = fieldsOf(value);
  return {
    ...{ url: nameIn(said["url"]) as WebSeedUrl, state: wordIn(WEB_SEED_STATES, said["state"]) ?? "waiting" },
    ...{
      downBytesPerSecond: amount(said["downBytesPerSecond"]),
      downloadedBytes: count(said["downloadedBytes"]),
    },
    ...{ goodPieces: count(said["goodPieces"]), failedPieces: count(said["failedPieces"]) },
    ...{ score: count(said["score"]), lastPiece: countIn(said["lastPiece"]) as PieceIndex | undefined },
    ...{ problem: textIn(said["problem"]), nextInSeconds: countIn(said["nextInSeconds"]) },
  };
}
