import { unreachable } from "../base/errors.ts";
import { type InfoHash, type LinkId, linkIdCounter, type Millis, millis, type PeerId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import {
  announceAnswered,
  announceRefused,
  announceUnanswered,
  cameOnline,
  trackerLost,
  trackersChanged,
} from "./announcing.ts";
import { noChanges } from "./changes.ts";
import type { SessionConfig } from "./config.ts";
import { type Context, changed, type Dialling, type PeerExchange, tell } from "./context.ts";
import type { Effect, Input, TorrentSource } from "./effect.ts";
import type { CountFiles } from "./file-counts.ts";
import { linkOpened } from "./handshake.ts";
import { offerAnswered, offerArrived } from "./introductions.ts";
import { banPeer, linkClosed } from "./links.ts";
import { viewOf } from "./look.ts";
import { bytesArrived } from "./messages.ts";
import { newMetadataCopies } from "./metadata.ts";
import { newTorrent, setMetadata } from "./new-torrent.ts";
import type { Pace } from "./pace.ts";
import { isOpen, type Stranger } from "./peer.ts";
import {
  checkBegan,
  checkEnded,
  pieceChecked,
  pieceLost,
  pieceUnstored,
  storedPieceFound,
} from "./pieces.ts";
import { settle } from "./settle.ts";
import type { STRANGERS } from "./strangers.ts";
import { deadlineOf, sweepTorrent } from "./sweep.ts";
import { readEarlyPieces } from "./their-pieces.ts";
import type { Torrent } from "./torrent.ts";
import { blockRead } from "./upload.ts";
import type { TorrentView } from "./view.ts";

type TorrentInput = Extract<Input, { readonly infoHash: InfoHash }>;
type LinkInput = Extract<
  Input,
  { type: "offerAnswered" | "linkOpened" | "bytesArrived" | "linkDrained" | "linkClosed" }
>;

/** Parts that not every platform needs, so that the page need not load them. */
export interface SessionParts {
  /** Absent: rates are unlimited. */
  readonly pace?: Pace | undefined;
  /** Absent: no peer exchange. */
  readonly exchange?: PeerExchange | undefined;
  /** Absent: we dial nobody. */
  readonly dialling?: Dialling | undefined;
  /** Absent: nobody hears of complete files. */
  readonly countFiles?: CountFiles | undefined;
  /** Absent: nobody can dial us. */
  readonly strangers?: typeof STRANGERS | undefined;
}

/**
 * The state of every torrent and peer. It knows no clock, network or disk: facts enter through `handle`, which returns
 * orders, and nothing happens between two calls.
 *
 * Invariants: we announce and serve a piece only if it was `held` when added, or once `pieceChecked` or
 * `storedPieceChecked` called it good; no effect names a link that was closed; a paused torrent has no links.
 */
export class Session {
  readonly #torrents = new Map<InfoHash, Torrent>();
  readonly #context: Context;
  readonly #parts: SessionParts;
  /** When work that failed without a torrent to stop may run again. */
  #restsUntil: Millis = millis(0);

  /** `newLink` names new links; the driver uses it for those it accepts, too. */
  constructor(
    peerId: PeerId,
    config: SessionConfig,
    random: Random,
    newLink: () => LinkId = linkIdCounter(),
    parts: SessionParts = {},
  ) {
    this.#parts = parts;
    this.#context = {
      peerId,
      config,
      limits: parts.pace?.limits,
      exchange: parts.exchange,
      dialling: parts.dialling,
      countFiles: parts.countFiles,
      random,
      newLink,
      torrents: this.#torrents,
      peers: new Map(),
      strangers: new Map(),
      now: millis(0),
      effects: [],
      touched: new Set(),
      acting: undefined,
    };
  }

  /** Takes one fact and returns the orders that follow from it. Carry them out before the next fact. */
  handle(now: Millis, input: Input): readonly Effect[] {
    const context = this.#context;
    context.now = millis(Math.max(now, context.now)); // Time never runs backwards.
    context.effects = [];
    this.#guard(() => this.#take(input));
    this.#settle();
    this.#guard(() => this.#parts.pace?.takeTurns(context, this.#torrents));
    return context.effects;
  }

  /** When to handle `deadlinePassed`. Undefined: we wait for nothing. */
  nextDeadline(): Millis | undefined {
    const [stranger] = this.#context.strangers.values();
    const turnAt = this.#parts.pace?.nextTurnAt(this.#context) ?? Number.POSITIVE_INFINITY;
    let next = Math.min(stranger?.giveUpAt ?? Number.POSITIVE_INFINITY, turnAt);
    for (const torrent of this.#torrents.values()) next = Math.min(next, deadlineOf(torrent));
    return Number.isFinite(next) ? millis(Math.max(next, this.#restsUntil)) : undefined;
  }

  /** The torrent that a link belongs to. */
  infoHashOf(link: LinkId): InfoHash | undefined {
    return this.#context.peers.get(link)?.infoHash;
  }

  /** In the order the torrents were added. The view of a torrent is the same object until something in it has changed. */
  view(now: Millis): TorrentView[] {
    return [...this.#torrents.values()].map((torrent) => viewOf(now, torrent));
  }

  /** The second stroke. Settling one torrent may touch another, whose link made room, or itself once more. */
  #settle(): void {
    const { touched } = this.#context;
    for (const torrent of touched) {
      touched.delete(torrent);
      torrent.shown = undefined;
      const isSettled = this.#guard(() => {
        this.#context.acting = torrent;
        settle(this.#context, torrent);
      });
      if (!isSettled) torrent.changes = noChanges();
    }
  }

  /** The first stroke: the fact changes the state, and what comes straight from it goes out. */
  #take(input: Input): void {
    const context = this.#context;
    switch (input.type) {
      case "torrentAdded":
        return this.#add(input.source);
      case "linkAccepted":
        return this.#parts.strangers?.accepted(context, input.link, input.address);
      case "knocked":
        return this.#parts.strangers?.knocked(context, this.#torrents);
      case "offerAnswered":
      case "linkOpened":
      case "bytesArrived":
      case "linkDrained":
      case "linkClosed":
        return this.#handleLink(input);
      case "trackerLost":
        return this.#trackerLost(input);
      case "cameOnline":
        return this.#each((torrent) => cameOnline(context, torrent));
      case "deadlinePassed":
        this.#guard(() => this.#parts.strangers?.sweep(context));
        return this.#each((torrent) => {
          if (deadlineOf(torrent) <= context.now) sweepTorrent(context, torrent);
        });
      default: {
        const torrent = this.#torrents.get(input.infoHash);
        if (torrent === undefined) return;
        this.#touch(torrent);
        this.#handleTorrent(torrent, input);
      }
    }
  }

  /** Tells of it once, however many torrents are announced there. */
  #trackerLost(lost: Extract<Input, { type: "trackerLost" }>): void {
    const { tracker, reason } = lost;
    let isOurs = false;
    this.#each((torrent) => {
      if (trackerLost(this.#context, torrent, lost)) isOurs = true;
    });
    if (isOurs) tell(this.#context, undefined, { type: "trackerLost", tracker, reason });
  }

  #each(work: (torrent: Torrent) => void): void {
    for (const torrent of this.#torrents.values()) {
      this.#guard(() => {
        this.#touch(torrent);
        work(torrent);
      });
    }
  }

  #touch(torrent: Torrent): void {
    this.#context.acting = torrent;
    this.#context.touched.add(torrent);
  }

  /** Reports what work throws: our bug must not stop other torrents. False: it threw. */
  #guard(work: () => void): boolean {
    const context = this.#context;
    context.acting = undefined;
    try {
      work();
      return true;
    } catch (error) {
      const acting = context.acting as Torrent | undefined;
      const hasStopped = acting?.problem !== undefined;
      if (hasStopped) this.#abandon(acting);
      const infoHash = hasStopped ? undefined : acting?.infoHash;
      context.effects.push({ type: "reportBug", infoHash, error });
      if (acting === undefined) this.#restsUntil = millis(context.now + context.config.sweepMillis);
      return false;
    }
  }

  /** Stopping it properly failed, too: drops its links and trackers without a word. */
  #abandon(torrent: Torrent): void {
    const { effects, peers } = this.#context;
    for (const { link } of torrent.peers.values()) {
      effects.push({ type: "close", link, reason: "stopped" });
      peers.delete(link);
    }
    torrent.peers.clear();
    torrent.tiers = [];
    torrent.isActive = false;
  }

  #add(source: TorrentSource): void {
    if (this.#torrents.has(source.infoHash)) return;
    const torrent = newTorrent(this.#context, source);
    this.#torrents.set(source.infoHash, torrent);
    this.#touch(torrent);
    const { displayName, trackers } = source;
    tell(this.#context, source.infoHash, { type: "torrentAdded", displayName, trackers });
  }

  #handleLink(input: LinkInput): void {
    const context = this.#context;
    if (input.type === "bytesArrived") context.limits?.down?.spent(input.bytes.length);
    const stranger = context.strangers.get(input.link);
    if (stranger !== undefined) return this.#handleStranger(stranger, input);
    const peer = context.peers.get(input.link);
    const torrent = peer === undefined ? undefined : this.#torrents.get(peer.infoHash);
    if (peer === undefined || torrent === undefined) return;
    this.#touch(torrent);
    switch (input.type) {
      case "bytesArrived":
        return bytesArrived(context, torrent, peer, input.bytes);
      case "linkDrained":
        peer.queuedBytes = input.queuedBytes;
        torrent.changes.uploads.add(peer);
        return;
      case "offerAnswered":
        return offerAnswered(context, peer);
      case "linkOpened":
        return linkOpened(context, torrent, peer);
      case "linkClosed":
        return linkClosed(context, torrent, peer, input.reason);
      default:
        return unreachable(input);
    }
  }

  #handleStranger(stranger: Stranger, input: LinkInput): void {
    if (input.type === "bytesArrived")
      this.#parts.strangers?.spoke(this.#context, this.#torrents, stranger, input.bytes);
    if (input.type === "linkClosed") this.#context.strangers.delete(stranger.link);
  }

  #handleTorrent(torrent: Torrent, input: TorrentInput): void {
    const context = this.#context;
    const { content } = torrent;
    switch (input.type) {
      case "torrentRemoved":
        torrent.isPaused = true;
        torrent.changes.formerTrackers = torrent.trackerTiers.flat();
        this.#torrents.delete(torrent.infoHash);
        return;
      case "torrentPaused":
        torrent.isPaused = true;
        return;
      case "torrentResumed":
        torrent.isPaused = false;
        torrent.problem = undefined;
        return;
      case "torrentFailed":
        torrent.problem = input.problem;
        if (input.piece !== undefined && content !== undefined) pieceUnstored(content, input.piece);
        return;
      case "trackersChanged":
        return trackersChanged(context, torrent, input.trackers);
      case "metadataChecked":
        return this.#metadataChecked(torrent, input);
      case "storedPieceChecked":
        if (content !== undefined && input.good) storedPieceFound(context, torrent, content, input.piece);
        return;
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
      case "addressesFound":
        return context.dialling?.addressesFound(context, torrent, input);
      case "offerArrived":
        return offerArrived(context, torrent, input);
      case "announceAnswered":
        return announceAnswered(context, torrent, input);
      case "announceRefused":
        return announceRefused(context, torrent, input);
      case "announceUnanswered":
        return announceUnanswered(context, torrent, input);
      default:
        return unreachable(input);
    }
  }

  #metadataChecked(
    torrent: Torrent,
    { metadata, problem, selectedFiles }: Extract<Input, { type: "metadataChecked" }>,
  ): void {
    const context = this.#context;
    if (torrent.content !== undefined) return;
    if (problem !== undefined) {
      torrent.metadataCopies = newMetadataCopies(context.config);
      torrent.problem = problem;
      return tell(context, torrent.infoHash, { type: "metadataUnusable", reason: problem });
    }
    if (metadata === undefined) {
      const liar = torrent.metadataCopies.wrong();
      const peerId = liar && torrent.peerIds.get(liar);
      if (peerId !== undefined) banPeer(context, torrent, peerId, undefined);
      const reason = "it is not what the hash names";
      tell(context, torrent.infoHash, { type: "metadataUnusable", reason });
      changed(context, torrent).marks.add("metadata");
      return;
    }
    torrent.metadataCopies = newMetadataCopies(context.config); // We no longer need the copies.
    torrent.selectedFiles = selectedFiles ?? torrent.selectedFiles;
    const content = setMetadata(context, torrent, metadata, undefined);
    context.effects.push({ type: "keepMetadata", infoHash: torrent.infoHash, metadata });
    tell(context, torrent.infoHash, { type: "metadataArrived", name: metadata.info.name });
    changed(context, torrent).marks.add("metadataKnown"); // Now others can get it from us.
    for (const peer of [...torrent.peers.values()])
      if (isOpen(peer)) readEarlyPieces(context, torrent, content, peer);
  }
}
