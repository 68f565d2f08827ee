import { type InfoHash, type LinkId, linkIdCounter, type Millis, millis, type PeerId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import { AnnounceTurns } from "../policy/announce-turns.ts";
import { SlotShares } from "../policy/slot-shares.ts";
import { noChanges } from "./changes.ts";
import type { SessionConfig } from "./config.ts";
import type { Context, Dialling, PeerExchange, PeerIntroductions, Revealing } from "./context.ts";
import type { Effect } from "./effect.ts";
import type { CountFiles } from "./file-counts.ts";
import type { Input } from "./input.ts";
import { viewOf } from "./look.ts";
import type { Pace } from "./pace.ts";
import { pieceMap } from "./piece-map.ts";
import { settle } from "./settle.ts";
import type { STRANGERS } from "./strangers.ts";
import { deadlineOf } from "./sweep.ts";
import { type Taker, takeInput } from "./take-input.ts";
import type { Torrent } from "./torrent.ts";
import type { TorrentView } from "./view.ts";
import type { WebSeeding } from "./web-seeding.ts";

/** Parts that not every platform needs, so that the page need not load them. */
export interface SessionParts {
  /** Absent: rates are unlimited. */
  readonly pace?: Pace | undefined;
  /** Absent: no peer exchange. */
  readonly exchange?: PeerExchange | undefined;
  /** Absent: peers introduce us to nobody, and we nobody. */
  readonly introductions?: PeerIntroductions | undefined;
  /** Absent: no super-seeding. */
  readonly revealing?: Revealing | undefined;
  /** Absent: we dial nobody. */
  readonly dialling?: Dialling | undefined;
  /** Absent: we fetch nothing from web servers. */
  readonly webSeeding?: WebSeeding | undefined;
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
  readonly #pace: Pace | undefined;
  readonly #taker: Taker;
  /** The soonest `wakesAt` of all torrents. */
  #wakesAt = Number.POSITIVE_INFINITY;
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
    this.#pace = parts.pace;
    this.#context = {
      peerId,
      config,
      limits: parts.pace?.limits,
      exchange: parts.exchange,
      introductions: parts.introductions,
      revealing: parts.revealing,
      dialling: parts.dialling,
      webSeeding: parts.webSeeding,
      countFiles: parts.countFiles,
      announceTurns: new AnnounceTurns(config.announceTurns),
      slots: new SlotShares(parts.pace?.limits.up.slots(config.uploadSlots) ?? config.uploadSlots),
      random,
      newLink,
      torrents: this.#torrents,
      peers: new Map(),
      strangers: new Map(),
      deviceName: config.deviceName,
      maxLinks: config.maxLinks,
      now: millis(0),
      effects: [],
      touched: [],
      acting: undefined,
    };
    this.#taker = {
      context: this.#context,
      torrents: this.#torrents,
      pace: parts.pace,
      strangers: parts.strangers,
      guard: (work) => this.#guard(work),
    };
  }

  /** Takes one fact and returns the orders that follow from it. Carry them out before the next fact. */
  handle(now: Millis, input: Input): readonly Effect[] {
    const context = this.#context;
    context.now = millis(Math.max(now, context.now)); // Time never runs backwards.
    context.effects = [];
    this.#guard(() => takeInput(this.#taker, input));
    this.#settle();
    const pace = this.#pace;
    if (pace !== undefined) this.#guard(() => pace.takeTurns(context, this.#torrents));
    return context.effects;
  }

  /** When to handle `deadlinePassed`. Undefined: we wait for nothing. */
  nextDeadline(): Millis | undefined {
    const [stranger] = this.#context.strangers.values();
    const turnAt = this.#pace?.nextTurnAt(this.#context) ?? Number.POSITIVE_INFINITY;
    const next = Math.min(stranger?.giveUpAt ?? Number.POSITIVE_INFINITY, turnAt, this.#wakesAt);
    return Number.isFinite(next) ? millis(Math.max(next, this.#restsUntil)) : undefined;
  }

  /** The torrent that a link belongs to. */
  infoHashOf(link: LinkId): InfoHash | undefined {
    return this.#context.peers.get(link)?.infoHash;
  }

  /** One byte for each piece of a torrent: see `pieceMap`. Undefined: we do not know its metadata, or the torrent. */
  pieces(infoHash: InfoHash): Uint8Array<ArrayBuffer> | undefined {
    const content = this.#torrents.get(infoHash)?.content;
    return content && pieceMap(content.picker);
  }

  /** In the order the torrents were added. The view of a torrent is the same object until something in it has changed. */
  view(now: Millis): TorrentView[] {
    return [...this.#torrents.values()].map((torrent) => viewOf(now, torrent));
  }

  /** The same for one of them, which costs nothing for the others. Undefined: there is no such torrent. */
  viewOf(now: Millis, infoHash: InfoHash): TorrentView | undefined {
    const torrent = this.#torrents.get(infoHash);
    return torrent && viewOf(now, torrent);
  }

  /** The second stroke. Settling one torrent may touch another, whose link made room, or itself once more. */
  #settle(): void {
    const { touched } = this.#context;
    for (const torrent of touched) {
      torrent.isTouched = false;
      torrent.shown = undefined;
      const isSettled = this.#guard(() => {
        this.#context.acting = torrent;
        settle(this.#context, torrent);
      });
      if (!isSettled) torrent.changes = noChanges();
      this.#noteWake(torrent);
    }
    while (touched.length > 0) touched.pop(); // Keeps its memory for the next input.
  }

  /** There may be a thousand torrents, and thousands of inputs a second: looks at all only when the first to wake wakes later. */
  #noteWake(torrent: Torrent): void {
    const before = torrent.wakesAt;
    torrent.wakesAt = deadlineOf(this.#context, torrent);
    if (torrent.wakesAt <= this.#wakesAt) this.#wakesAt = torrent.wakesAt;
    else if (before === this.#wakesAt) {
      this.#wakesAt = Number.POSITIVE_INFINITY;
      for (const { wakesAt } of this.#torrents.values()) this.#wakesAt = Math.min(this.#wakesAt, wakesAt);
    }
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
    for (const { fetches } of torrent.webSeeds.values())
      for (const fetch of fetches.keys()) effects.push({ type: "cancelFetch", fetch });
    torrent.webSeeds.clear();
    torrent.tiers = [];
    torrent.isActive = false;
  }
}
