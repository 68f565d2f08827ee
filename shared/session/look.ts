import type { Millis } from "../base/ids.ts";
import { printable } from "../base/printable.ts";
import { score } from "../policy/scores.ts";
import { clientOf } from "./client-name.ts";
import { introducerOf, isOpen, type Peer } from "./peer.ts";
import { sharedMillis, uploadedBytes } from "./stop-sharing.ts";
import {
  currentTrackers,
  finishedInAll,
  hasFinished,
  hasSource,
  isPrivate,
  isRunning,
  isSeed,
  phaseOf,
  piecesOf,
  problemOf,
  serves,
  type Torrent,
  type TrackerEntry,
} from "./torrent.ts";
import { MINUTE_MILLIS } from "./totals.ts";
import type { PeerView, TorrentView, TrackerView, WebSeedView } from "./view.ts";
import type { WebSeed } from "./web-seed.ts";

/** What others may see of a torrent. The same object until something in it has changed. */
export function viewOf(now: Millis, torrent: Torrent): TorrentView {
  const { shown } = torrent;
  if (shown !== undefined && now < shown.until) return shown.view;
  const view = newView(now, torrent);
  torrent.shown = { view, until: restsUntil(now, torrent, view) };
  return view;
}

/** When a rate or a countdown moves next, though nothing happens. */
function restsUntil(now: Millis, torrent: Torrent, view: TorrentView): number {
  const isMoving =
    [view, ...view.peers].some((each) => each.downBytesPerSecond + each.upBytesPerSecond > 0) ||
    view.webSeeds.some(({ downBytesPerSecond }) => downBytesPerSecond > 0);
  if (isMoving) return now;
  const countdowns = [
    ...currentTrackers(torrent).map(({ announcer: { nextAt } }) => nextAt),
    ...[...torrent.webSeeds.values()].map(({ restsUntil }) => restsUntil),
  ];
  const ticks = countdowns.map((end = now) => {
    const wait = end - now;
    return wait <= 0 ? Number.POSITIVE_INFINITY : end - (Math.ceil(wait / 1000) - 1) * 1000;
  });
  const minute =
    torrent.sharedSince === undefined
      ? Number.POSITIVE_INFINITY
      : now + MINUTE_MILLIS - (sharedMillis(now, torrent) % MINUTE_MILLIS);
  return Math.min(minute, ...ticks);
}

function newView(now: Millis, torrent: Torrent): TorrentView {
  const { content } = torrent;
  const bytesTotal = content?.bytesTotal ?? 0;
  const bytesDone = content?.bytesDone ?? 0;
  const phase = phaseOf(torrent);
  const openPeers = [...torrent.peers.values()].filter(isOpen);
  const finished = finishedPeers(torrent, openPeers);
  // A rate fades over seconds; after the last piece, a pause or the last peer it would show a transfer that is over.
  const downBytesPerSecond = phase === "downloading" ? torrent.down.bytesPerSecond(now) : 0;
  return {
    infoHash: torrent.infoHash,
    name: printable(content?.metadata.info.name ?? torrent.displayName ?? torrent.infoHash),
    phase,
    bytesTotal,
    bytesDone,
    pieceCount: content?.layout.pieceCount ?? 0,
    piecesHeld: content?.picker.held.count ?? 0,
    piecesFetched: torrent.piecesFetched,
    pieceLength: content?.layout.pieceLength ?? 0,
    downBytesPerSecond,
    upBytesPerSecond: isRunning(torrent) && openPeers.length > 0 ? torrent.up.bytesPerSecond(now) : 0,
    downloadedBytes: torrent.before.downloadedBytes + torrent.down.total,
    uploadedBytes: uploadedBytes(torrent),
    sharedMinutes: Math.floor(sharedMillis(now, torrent) / MINUTE_MILLIS),
    secondsLeft: downBytesPerSecond > 0 ? (bytesTotal - bytesDone) / downBytesPerSecond : undefined,
    failedPieces: torrent.failedPieces,
    bannedPeers: torrent.banned.size,
    failedAttempts: torrent.failedAttempts,
    hasSource: hasSource(torrent),
    isPrivate: isPrivate(torrent),
    files: content?.files ?? [],
    linksLeftOut: content?.linksLeftOut ?? 0,
    peers: openPeers.map((peer) => peerView(now, torrent, peer)),
    completePeers: torrent.completePeers.size,
    finishedPeers: finished,
    finishedInAll: finishedInAll(torrent),
    formerPeers: [...torrent.formerPeers],
    trackers: torrent.tiers.flatMap(({ trackers, current }, at) =>
      trackers.map((entry) => trackerView(now, entry, at + 1, entry === current)),
    ),
    webSeeds: [...torrent.webSeeds.values()].map((seed) => webSeedView(now, seed)),
    stopped: torrent.stopped,
    problem: problemOf(torrent),
    problemKind: torrent.problemKind,
  };
}

/** A peer that came back is among the open ones. */
function finishedPeers(
  { finishedPeers: finished }: Torrent,
  openPeers: readonly Peer[],
): readonly PeerView[] {
  if (finished.size === 0) return [];
  const here = new Set(openPeers.map(({ state }) => state.phase === "open" && state.peerId));
  return [...finished].flatMap(([peerId, view]) => (here.has(peerId) ? [] : [view]));
}

/** A peer as it is now. */
export function peerView(now: Millis, torrent: Torrent, peer: Peer): PeerView {
  const pieceCount = torrent.content?.layout.pieceCount ?? 0;
  return {
    link: peer.link,
    kind: peer.kind,
    address: peer.introduction.type === "offer" ? undefined : peer.introduction.address,
    isIntroduced: introducerOf(peer) !== undefined,
    client: peer.client ?? (peer.state.phase === "open" ? clientOf(peer.state.peerId) : "unknown"),
    deviceName: peer.deviceName,
    device: peer.device,
    isNearby: peer.isNearby,
    progress:
      pieceCount === 0 ? 0 : isSeed(torrent, peer) ? 1 : (piecesOf(torrent, peer)?.count ?? 0) / pieceCount,
    hasFinished: hasFinished(torrent, peer),
    downBytesPerSecond: peer.down.bytesPerSecond(now),
    upBytesPerSecond: peer.up.bytesPerSecond(now),
    downloadedBytes: peer.down.total,
    uploadedBytes: peer.up.total,
    goodPieces: peer.goodPieces,
    failedPieces: peer.failedPieces,
    score: score(peer),
    weChoke: !serves(torrent, peer),
    theyChoke: peer.theyChoke,
    isInterested: peer.theyAreInterested,
    lastPiece: peer.lastPiece,
  };
}

function webSeedView(now: Millis, seed: WebSeed): WebSeedView {
  const { url, isBanned, fetches, restsUntil, down, goodPieces, failedPieces, lastPiece } = seed;
  const isResting = restsUntil !== undefined && now < restsUntil;
  return {
    url,
    state: isBanned ? "banned" : isResting ? "resting" : fetches.size > 0 ? "fetching" : "waiting",
    downBytesPerSecond: down.bytesPerSecond(now),
    downloadedBytes: down.total,
    goodPieces,
    failedPieces,
    score: score(seed),
    lastPiece,
    problem: seed.problem ?? seed.lacks,
    nextInSeconds: isResting && !isBanned ? Math.ceil((restsUntil - now) / 1000) : undefined,
  };
}

function trackerView(
  now: Millis,
  { url, announcer }: TrackerEntry,
  tier: number,
  isCurrent: boolean,
): TrackerView {
  const { nextAt } = announcer;
  return {
    url,
    tier,
    state: isCurrent ? announcer.state : "standby",
    ...announcer.counts,
    offersRelayed: announcer.offersRelayed,
    nextInSeconds:
      nextAt === undefined || !isCurrent ? undefined : Math.max(0, Math.ceil((nextAt - now) / 1000)),
    message: announcer.message,
  };
}
