import type { PeerAddress } from "../announce/compact.ts";
import { bytesToHex } from "../base/bytes.ts";
import { ProtocolError, UsageError, unreachable } from "../base/errors.ts";
import { type InfoHash, type LinkId, linkIdCounter, type PeerId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import { type Info, parseInfo } from "../meta/info.ts";
import type { SessionConfig } from "../session/config.ts";
import type { Effect } from "../session/effect.ts";
import type { Happening } from "../session/happening.ts";
import type { Input, TorrentMetadata } from "../session/input.ts";
import { Session, type SessionParts } from "../session/session.ts";
import type { TorrentView } from "../session/view.ts";
import { drive, type Failed, type Feed } from "./drive.ts";
import { IncomingPieces, type PieceTarget } from "./incoming-pieces.ts";
import { Introducer } from "./introducer.ts";
import { Links } from "./links.ts";
import { PieceCache } from "./piece-cache.ts";
import {
  type Clock,
  type DialAsTold,
  type Discovery,
  type FetchRange,
  type Link,
  type LinkEvents,
  type OpenTracker,
  problemTeller,
  type ReportBug,
  type Sha1,
} from "./ports.ts";
import type { ReadBuffers } from "./read-buffers.ts";
import type { RtcPlatform } from "./rtc.ts";
import { WebFetches } from "./web-fetches.ts";

/** Hears what happened, once the session's state shows it. `infoHash`: of the torrent that it concerns, if it concerns one. */
export type Happened = (infoHash: InfoHash | undefined, what: Happening) => void;

/** Everything a platform provides to run a session. */
export interface EnginePorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Optional parts of the session. */
  readonly parts: SessionParts;
  readonly sha1: Sha1;
  /** The buffers that pieces are read into. Absent: the storage allocates one for each. */
  readonly readBuffers?: ReadBuffers;
  /** Undefined: this platform has no WebRTC. */
  readonly rtc: RtcPlatform | undefined;
  /** Undefined: this platform cannot dial. */
  readonly dial: DialAsTold | undefined;
  readonly openTracker: OpenTracker;
  readonly reportBug: ReportBug;
  /** Absent: this platform fetches nothing from web servers. */
  readonly fetchRange?: FetchRange;
  /** Absent: this platform finds peers only through trackers. */
  readonly discovery?: Discovery;
  /** Where a torrent's pieces are stored, once its metadata is known. */
  readonly target: (infoHash: InfoHash) => PieceTarget | undefined;
  /**
   * Selects files of a torrent whose metadata came from peers, or throws a `UsageError` that says why it cannot. Absent or
   * undefined: the selection that the torrent was added with.
   */
  readonly selectFiles?: (infoHash: InfoHash, info: Info) => readonly number[] | undefined;
  /** Absent: nobody watches. */
  readonly happened?: Happened;
  /** Keeps metadata that came from peers. Once it returns, `target` knows the torrent. */
  readonly keepMetadata: (infoHash: InfoHash, metadata: TorrentMetadata) => void;
}

/** A running session. */
export interface Engine {
  feed(input: Input): void;
  /** Takes a link from a peer that dialled us. */
  accept(address: PeerAddress, start: (events: LinkEvents) => Link): void;
  view(): TorrentView[];
  /** Undefined: there is no such torrent. */
  viewOf(infoHash: InfoHash): TorrentView | undefined;
  /** One byte for each piece: see `pieceMap`. Undefined: their number is not known. */
  pieces(infoHash: InfoHash): Uint8Array<ArrayBuffer> | undefined;
  /**
   * Closes links and trackers at once, without goodbyes: a closing page has no time for more. Whatever happens later, such as a
   * torrent whose files were opened meanwhile, has no effect.
   */
  close(): void;
}

/** Runs a session on a platform and carries out its effects. */
export function startEngine(peerId: PeerId, config: SessionConfig, ports: EnginePorts): Engine {
  const newLink = linkIdCounter();
  const session = new Session(peerId, config, ports.random, newLink, ports.parts);
  const problemOf = problemTeller(ports.reportBug);
  const failed: Failed = (error, effect) => stop(session, ports, feed, error, effect);
  const closing = { isClosed: false };
  const feed = drive(untilClosed(session, closing), ports.clock, perform, failed);
  const links = new Links(feed);
  const introducer = new Introducer(ports.rtc, links, ports.openTracker, feed);
  const incoming = new IncomingPieces(ports.sha1, ports.target, feed, problemOf);
  const fetches = new WebFetches(ports.fetchRange, feed);
  const cache = new PieceCache(ports.target, (link) => links.has(link), feed, problemOf, ports.readBuffers);

  function perform(effect: Effect): void {
    switch (effect.type) {
      case "send":
        return links.send(effect.link, effect.bytes, ports.readBuffers?.hold(effect.bytes));
      case "happened":
        return happened(ports, effect);
      case "close":
        return links.close(effect.link);
      case "announce":
      case "answerOffer":
      case "describe":
      case "takeAnswer":
      case "leaveTracker":
        return introducer.perform(effect);
      case "dial":
        return dial(ports, links, effect, feed);
      case "discover":
      case "endDiscovery":
        return discover(ports, effect);
      case "fetchRanges":
      case "cancelFetch":
        return fetches.perform(effect);
      case "readBlock":
        return cache.read(effect);
      case "writeBlock":
        return incoming.write(effect.infoHash, effect.piece, effect.begin, effect.bytes);
      case "checkPiece":
        return void incoming.check(effect.infoHash, effect.piece);
      case "dropPiece":
        return incoming.dropPiece(effect.infoHash, effect.piece);
      case "checkMetadata":
        return checkMetadata(ports, effect, feed, failed);
      case "keepMetadata":
        return ports.keepMetadata(effect.infoHash, effect.metadata);
      case "reportBug":
        return failed(effect.error, effect);
      case "dropBuffers":
        incoming.dropTorrent(effect.infoHash);
        return cache.dropTorrent(effect.infoHash);
      default:
        return unreachable(effect);
    }
  }

  return {
    feed,
    ...looksAt(session, ports.clock),
    accept: (address, start) => accept(links, newLink(), address, start, feed),
    close: () => end(closing, feed, links, fetches, introducer),
  };
}

function end(
  closing: { isClosed: boolean },
  feed: Feed,
  links: Links,
  fetches: WebFetches,
  introducer: Introducer,
): void {
  closing.isClosed = true;
  feed({ type: "deadlinePassed" }); // Cancels the alarm.
  links.closeAll();
  fetches.closeAll();
  introducer.leaveAll();
}

function discover(
  { discovery }: EnginePorts,
  { type, infoHash }: Extract<Effect, { type: "discover" | "endDiscovery" }>,
): void {
  if (type === "discover") discovery?.start(infoHash);
  else discovery?.end(infoHash);
}

function looksAt(session: Session, clock: Clock): Pick<Engine, "view" | "viewOf" | "pieces"> {
  return {
    view: () => session.view(clock.now()),
    viewOf: (infoHash) => session.viewOf(clock.now(), infoHash),
    pieces: (infoHash) => session.pieces(infoHash),
  };
}

/** The session, which hears nothing and wants nothing once it is closed. */
function untilClosed(
  session: Session,
  closing: { readonly isClosed: boolean },
): Pick<Session, "handle" | "nextDeadline"> {
  return {
    handle: (now, input) => (closing.isClosed ? [] : session.handle(now, input)),
    nextDeadline: () => (closing.isClosed ? undefined : session.nextDeadline()),
  };
}

/** A watcher that throws does no harm. */
function happened(
  { happened: watch, reportBug }: EnginePorts,
  { infoHash, what }: Extract<Effect, { type: "happened" }>,
): void {
  try {
    watch?.(infoHash, what);
  } catch (error) {
    reportBug(error);
  }
}

/** Handles a bug of ours: the affected torrent stops. */
function stop(session: Session, ports: EnginePorts, feed: Feed, error: unknown, effect: Effect): void {
  const problem = ports.reportBug(error);
  const infoHash = concerned(session, effect);
  if (infoHash !== undefined) feed({ type: "torrentFailed", infoHash, piece: undefined, problem });
}

function concerned(session: Session, effect: Effect): InfoHash | undefined {
  if ("infoHash" in effect) return effect.infoHash;
  return "link" in effect ? session.infoHashOf(effect.link) : undefined;
}

function accept(
  links: Links,
  link: LinkId,
  address: PeerAddress,
  start: (events: LinkEvents) => Link,
  feed: Feed,
): void {
  links.open(link, start); // First, because the session may close it at once for lack of room.
  feed({ type: "linkAccepted", link, address });
}

function dial(
  { dial: open }: EnginePorts,
  links: Links,
  { link, address, prefersEncryption }: Extract<Effect, { type: "dial" }>,
  feed: Feed,
): void {
  if (open === undefined) feed({ type: "linkClosed", link, reason: "noRoute" });
  else links.open(link, (events) => open(address, events, prefersEncryption));
}

function checkMetadata(
  ports: EnginePorts,
  effect: Extract<Effect, { type: "checkMetadata" }>,
  feed: Feed,
  failed: Failed,
): void {
  metadataIn(ports, effect.infoHash, effect.bytes).then(feed, (error: unknown) => failed(error, effect));
}

/** Checks that bytes are the info dictionary of an info-hash, and that we can use it. */
async function metadataIn(
  { sha1, selectFiles }: EnginePorts,
  infoHash: InfoHash,
  infoBytes: Uint8Array<ArrayBuffer>,
): Promise<Input> {
  const outcome = { type: "metadataChecked", infoHash, metadata: undefined, problem: undefined } as const;
  if (bytesToHex(await sha1(infoBytes)) !== infoHash) return outcome;
  try {
    const info = parseInfo(infoBytes);
    return { ...outcome, metadata: { info, infoBytes }, selectedFiles: selectFiles?.(infoHash, info) };
  } catch (error) {
    if (error instanceof ProtocolError || error instanceof UsageError)
      return { ...outcome, problem: error.message };
    throw error;
  }
}
