import { unreachable } from "../base/errors.ts";
import type { InfoHash } from "../base/ids.ts";
import {
  announceAnswered,
  announceRefused,
  announceUnanswered,
  cameOnline,
  trackerLost,
  trackersChanged,
} from "./announcing.ts";
import { type Context, changed, mostLinks, tell, touch } from "./context.ts";
import { NO_CONTROLS, type TorrentControls } from "./controls.ts";
import { deadlinesSet } from "./download.ts";
import { deviceNamed } from "./extended.ts";
import { filesChosen, filesRevealed } from "./file-choice.ts";
import { linkOpened } from "./handshake.ts";
import type { Input, TorrentSource } from "./input.ts";
import { linkClosed } from "./links.ts";
import { bytesArrived } from "./messages.ts";
import { metadataChecked } from "./metadata-checked.ts";
import { newTorrent } from "./new-torrent.ts";
import { offerAnswered, offerArrived } from "./offers.ts";
import type { Pace } from "./pace.ts";
import type { Stranger } from "./peer.ts";
import {
  checkBegan,
  checkEnded,
  pieceChecked,
  pieceLost,
  pieceUnstored,
  storedPieceFound,
} from "./pieces.ts";
import type { Rates } from "./rates.ts";
import { closeBeyond } from "./room.ts";
import { shareOn } from "./stop-sharing.ts";
import type { STRANGERS } from "./strangers.ts";
import { sweepTorrent } from "./sweep.ts";
import type { Torrent } from "./torrent.ts";
import { blockRead } from "./upload.ts";

type TorrentInput = Extract<Input, { readonly infoHash: InfoHash }>;
type LinkInput = Extract<
  Input,
  {
    type:
      | "offerAnswered"
      | "described"
      | "linkOpened"
      | "linkFoundNearby"
      | "linkEncrypted"
      | "routesOffered"
      | "bytesArrived"
      | "linkDrained"
      | "linkClosed";
  }
>;

/** What inputs change. */
export interface Taker {
  readonly context: Context;
  readonly torrents: Map<InfoHash, Torrent>;
  /** Absent: rates are unlimited. */
  readonly pace: Pace | undefined;
  /** Absent: nobody can dial us. */
  readonly strangers: typeof STRANGERS | undefined;
  /** Does work of which our bugs must not stop the rest. */
  readonly guard: (work: () => void) => void;
}

/** The first stroke of `handle`: the fact changes the state, and what comes straight from it goes out. */
export function takeInput(taker: Taker, input: Input): void {
  const { context, torrents, strangers, guard } = taker;
  switch (input.type) {
    case "torrentAdded":
      return torrentAdded(taker, input.source);
    case "linkAccepted":
      return strangers?.accepted(context, input.link, input.address);
    case "knocked":
      return strangers?.knocked(context, torrents);
    case "offerAnswered":
    case "described":
    case "linkOpened":
    case "linkFoundNearby":
    case "linkEncrypted":
    case "routesOffered":
    case "bytesArrived":
    case "linkDrained":
    case "linkClosed":
      return takeLinkInput(taker, input);
    case "trackerLost":
      return takeTrackerLost(taker, input);
    case "cameOnline":
      return each(taker, (torrent) => cameOnline(context, torrent));
    case "deviceNamed":
      if (context.deviceName === input.name) return;
      context.deviceName = input.name;
      return each(taker, (torrent) => deviceNamed(context, torrent));
    case "ratesChanged":
      return ratesChanged(taker, input.rates);
    case "linksLimited":
      return linksLimited(taker, input.maxLinks);
    case "deadlinePassed":
      guard(() => strangers?.sweep(context));
      return each(
        taker,
        (torrent) => sweepTorrent(context, torrent),
        ({ wakesAt }) => wakesAt <= context.now,
      );
    default: {
      const torrent = torrents.get(input.infoHash);
      if (torrent === undefined) return;
      touch(context, torrent);
      takeTorrentInput(taker, torrent, input);
    }
  }
}

/** Does work for each torrent that it concerns. */
function each(
  { context, torrents, guard }: Taker,
  work: (torrent: Torrent) => void,
  isConcerned: (torrent: Torrent) => boolean = () => true,
): void {
  for (const torrent of torrents.values()) {
    if (!isConcerned(torrent)) continue;
    guard(() => {
      touch(context, torrent);
      work(torrent);
    });
  }
}

/** Links that waited for a turn go on without one, or wait for their turn under the new limit. */
function ratesChanged(taker: Taker, rates: Rates): void {
  const { context, pace } = taker;
  if (pace === undefined || !pace.change(rates)) return;
  const slots = pace.limits.up.slots(context.config.uploadSlots);
  for (const torrent of context.slots.resize(slots)) changed(context, torrent).marks.add("contenders");
  each(taker, (torrent) => queueAgain(context, torrent));
}

function queueAgain(context: Context, torrent: Torrent): void {
  const { uploads, downloads, marks } = changed(context, torrent);
  marks.add("webSeeds");
  for (const peer of torrent.peers.values()) {
    uploads.add(peer);
    downloads.add(peer);
  }
}

function linksLimited(taker: Taker, wanted: number | undefined): void {
  const { context } = taker;
  const { maxLinks } = context.config;
  context.maxLinks = Math.min(maxLinks, wanted ?? maxLinks);
  taker.guard(() => closeBeyond(context, context, context.maxLinks));
  each(taker, (torrent) => void changed(context, torrent).marks.add("swarm").add("addresses"));
}

/** The person wants something else of one torrent. */
function controlsChanged({ context, pace }: Taker, torrent: Torrent, controls: TorrentControls): void {
  const before = torrent.controls;
  torrent.controls = controls;
  torrent.content?.picker.takeInOrder(controls.inOrder ?? false);
  closeBeyond(context, torrent, mostLinks(context, torrent));
  changed(context, torrent).marks.add("swarm").add("addresses");
  const { up, down } = controls.rates;
  if (up === before.rates.up && down === before.rates.down) return;
  pace?.changeOne(torrent, controls.rates);
  changed(context, torrent).marks.add("contenders");
  queueAgain(context, torrent);
}

function torrentAdded({ context, torrents, pace }: Taker, source: TorrentSource): void {
  if (torrents.has(source.infoHash)) return;
  const torrent = newTorrent(context, source);
  pace?.changeOne(torrent, torrent.controls.rates);
  torrents.set(source.infoHash, torrent);
  touch(context, torrent);
  const { displayName, trackers } = source;
  tell(context, source.infoHash, { type: "torrentAdded", displayName, trackers });
}

/** Tells of it once, however many torrents are announced there. */
function takeTrackerLost(taker: Taker, lost: Extract<Input, { type: "trackerLost" }>): void {
  const { tracker, reason } = lost;
  let isOurs = false;
  each(taker, (torrent) => {
    if (trackerLost(taker.context, torrent, lost)) isOurs = true;
  });
  if (isOurs) tell(taker.context, undefined, { type: "trackerLost", tracker, reason });
}

function takeLinkInput(taker: Taker, input: LinkInput): void {
  const { context, torrents } = taker;
  const peer = context.peers.get(input.link);
  if (input.type === "bytesArrived") context.limits?.down.spent(peer?.infoHash, input.bytes.length);
  if (peer === undefined) {
    const stranger = context.strangers.get(input.link);
    return stranger && takeStrangersInput(taker, stranger, input);
  }
  const torrent = torrents.get(peer.infoHash);
  if (torrent === undefined) return;
  touch(context, torrent);
  switch (input.type) {
    case "bytesArrived":
      return bytesArrived(context, torrent, peer, input.bytes);
    case "linkDrained":
      peer.queuedBytes = input.queuedBytes;
      peer.servedAt = context.now;
      torrent.changes.uploads.add(peer);
      return;
    case "offerAnswered":
      return offerAnswered(context, peer);
    case "described":
      return context.introductions?.described(context, torrent, peer, input.sdp);
    case "linkOpened":
      return linkOpened(context, torrent, peer);
    case "linkFoundNearby":
      peer.isNearby = true;
      return;
    case "linkEncrypted":
      peer.prefersEncryption = true;
      return;
    case "routesOffered":
      peer.routes = input.routes;
      return;
    case "linkClosed":
      return linkClosed(context, torrent, peer, input.reason);
    default:
      return unreachable(input);
  }
}

function takeStrangersInput(
  { context, torrents, strangers }: Taker,
  stranger: Stranger,
  input: LinkInput,
): void {
  if (input.type === "bytesArrived") strangers?.spoke(context, torrents, stranger, input.bytes);
  if (input.type === "linkFoundNearby") stranger.isNearby = true;
  if (input.type === "linkEncrypted") stranger.prefersEncryption = true;
  if (input.type === "linkClosed") context.strangers.delete(stranger.link);
}

function takeTorrentInput(taker: Taker, torrent: Torrent, input: TorrentInput): void {
  const { context, torrents } = taker;
  const { content } = torrent;
  switch (input.type) {
    case "torrentRemoved":
      torrent.isPaused = true;
      torrent.changes.formerTrackers = torrent.trackerTiers.flat();
      torrents.delete(torrent.infoHash);
      taker.pace?.changeOne(torrent, NO_CONTROLS.rates);
      return;
    case "torrentPaused":
      torrent.isPaused = true;
      return;
    case "torrentResumed":
      return resumed(torrent);
    case "torrentFailed":
      torrent.problem = input.problem;
      torrent.problemKind = input.kind;
      if (input.piece !== undefined && content !== undefined) pieceUnstored(content, input.piece);
      return;
    case "deadlinesSet":
      return deadlinesSet(context, torrent, input.deadlines);
    case "filesChosen":
      return filesChosen(context, torrent, input);
    case "filesRevealed":
      return filesRevealed(context, torrent, input);
    case "controlsChanged":
      return controlsChanged(taker, torrent, input.controls);
    case "trackersChanged":
      return trackersChanged(context, torrent, input.trackers);
    case "metadataChecked":
      return metadataChecked(context, torrent, input);
    case "storedPieceChecked":
      return input.good ? content && storedPieceFound(context, torrent, content, input.piece) : undefined;
    case "checkBegan":
      return checkBegan(context, torrent, input.held);
    case "checkEnded":
      return checkEnded(context, torrent);
    case "pieceChecked":
      return content && pieceChecked(context, torrent, content, input.piece, input);
    case "blockRead":
      blockRead(context, torrent, input);
      if (content !== undefined && input.bytes === undefined)
        pieceLost(context, torrent, content, input.piece);
      return;
    case "blockFetched":
    case "fetchEnded":
      return context.webSeeding?.heard(context, torrent, input);
    case "addressesFound":
      return context.dialling?.addressesFound(context, torrent, input);
    case "offerArrived":
      return offerArrived(context, torrent, input);
    case "announceAnswered":
    case "announceRefused":
    case "announceUnanswered":
      return takeAnnounceOutcome(context, torrent, input);
    default:
      return unreachable(input);
  }
}

function resumed(torrent: Torrent): void {
  torrent.isPaused = false;
  torrent.problem = undefined;
  torrent.problemKind = undefined;
  shareOn(torrent);
}

function takeAnnounceOutcome(
  context: Context,
  torrent: Torrent,
  input: Extract<Input, { type: "announceAnswered" | "announceRefused" | "announceUnanswered" }>,
): void {
  switch (input.type) {
    case "announceAnswered":
      return announceAnswered(context, torrent, input);
    case "announceRefused":
      return announceRefused(context, torrent, input);
    case "announceUnanswered":
      return announceUnanswered(context, torrent, input);
  }
}
