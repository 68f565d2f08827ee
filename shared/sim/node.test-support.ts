import { type PeerAddress, peerAddress, peerIp } from "../announce/compact.ts";
import { Bitfield } from "../base/bitfield.ts";
import { bytesToHex } from "../base/bytes.ts";
import { unreachable } from "../base/errors.ts";
import {
  type InfoHash,
  type LinkId,
  linkIdCounter,
  type PeerId,
  type PieceIndex,
  type TrackerUrl,
} from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import { drive } from "../driver/drive.ts";
import { IncomingPieces } from "../driver/incoming-pieces.ts";
import { PieceCache } from "../driver/piece-cache.ts";
import type { PieceStorage } from "../driver/ports.ts";
import { problemTeller, StorageError } from "../driver/ports.ts";
import { parseInfo } from "../meta/info.ts";
import type { SessionConfig } from "../session/config.ts";
import type { Effect, Input, LinkEnd, TorrentMetadata, TorrentSource } from "../session/effect.ts";
import { Pace, type Rates } from "../session/pace.ts";
import { PEER_EXCHANGE } from "../session/peer-exchange.ts";
import { Session } from "../session/session.ts";
import { STRANGERS } from "../session/strangers.ts";
import type { TorrentView } from "../session/view.ts";
import { Watch } from "./invariants.test-support.ts";
import type { End, Network, Party, Uplink } from "./network.test-support.ts";
import { fakeSha1, type SampleTorrent } from "./sample-torrent.test-support.ts";
import type { Scheduler } from "./scheduler.test-support.ts";
import type { Member, SimTracker } from "./tracker.test-support.ts";

export interface NodeSetup {
  readonly name: string;
  readonly peerId: PeerId;
  /** Where it listens for TCP. */
  readonly address: PeerAddress;
  readonly random: Random;
  readonly config: SessionConfig;
  readonly upBytesPerSecond: number;
  /** Its own rate limits. */
  readonly rates?: Rates;
  /** How long the storage takes to read or write a piece. */
  readonly storageMillis: number;
  /** Corrupts pieces that the storage reads for peers. */
  readonly spoil?: (piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>) => void;
}

/** What a node already has when it adds a torrent. */
export interface Possessions extends Partial<Omit<TorrentSource, "metadata" | "held">> {
  readonly knowsMetadata?: boolean;
  readonly pieces?: readonly number[] | "all";
}

/** A peer that can be dialled. */
export interface Listener {
  readonly address: PeerAddress;
  accept(dialled: End, from: PeerAddress): void;
}

interface Stored {
  metadata: TorrentMetadata | undefined;
  readonly pieces: Map<PieceIndex, Uint8Array<ArrayBuffer>>;
  readonly storage: PieceStorage;
}

/** A bug fails the test. */
function unheard(error: unknown): never {
  throw error;
}

const problemOf = problemTeller(unheard);

/** A complete peer on a virtual platform: real session and driver, links and storage in memory. */
export class SimNode implements Party, Member, Listener {
  readonly name: string;
  readonly peerId: PeerId;
  readonly address: PeerAddress;
  readonly feed: (input: Input) => void;
  /** Every effect except those that carry blocks or messages. */
  readonly effects: Effect[] = [];
  readonly problems: string[] = [];
  /** If set, writes to the storage fail with this. */
  storageProblem: string | undefined;
  readonly #setup: NodeSetup;
  readonly #scheduler: Scheduler;
  readonly #network: Network;
  readonly #trackers: (url: TrackerUrl) => SimTracker;
  readonly #reach: (address: PeerAddress) => Listener | undefined;
  readonly #newLink = linkIdCounter();
  readonly #session: Session;
  readonly #uplink: Uplink;
  readonly #ends = new Map<LinkId, End>();
  readonly #stored = new Map<InfoHash, Stored>();
  readonly #incoming: IncomingPieces;
  readonly #cache: PieceCache;
  readonly #watch: Watch;
  #digest = 0;
  #recorded: Effect[] | undefined;

  constructor(
    setup: NodeSetup,
    scheduler: Scheduler,
    network: Network,
    trackers: (url: TrackerUrl) => SimTracker,
    reach: (address: PeerAddress) => Listener | undefined,
  ) {
    this.address = setup.address;
    this.#reach = reach;
    this.name = setup.name;
    this.peerId = setup.peerId;
    this.#setup = setup;
    this.#scheduler = scheduler;
    this.#network = network;
    this.#trackers = trackers;
    this.#uplink = network.newUplink(setup.upBytesPerSecond);
    this.#session = new Session(setup.peerId, setup.config, setup.random, this.#newLink, {
      pace: setup.rates && new Pace(setup.rates, setup.config),
      exchange: PEER_EXCHANGE,
      strangers: STRANGERS,
    });
    this.#watch = new Watch(setup.config);
    const feed = drive(this.#session, scheduler.clock, (effect) => this.#perform(effect), unheard);
    this.feed = (input) => {
      this.#watch.input(input);
      feed(input);
    };
    this.#incoming = new IncomingPieces(async (bytes) => fakeSha1(bytes), this.#target, this.feed, problemOf);
    this.#cache = new PieceCache(this.#target, (link) => this.#ends.has(link), this.feed, problemOf);
  }

  /** Records every effect from now on. The returned function returns them. */
  everyEffectFrom(): () => readonly Effect[] {
    const kept: Effect[] = [];
    this.#recorded = kept;
    return () => kept;
  }

  /** Bytes of all blocks read for peers. */
  get bytesServed(): number {
    return this.#watch.bytesServed;
  }

  /** Pieces of which blocks were written, once for each time they were begun. */
  get piecesFetched(): readonly PieceIndex[] {
    return this.#watch.piecesFetched;
  }

  /** Bytes given to all links. `bytesReceived` counts those that came from them. */
  get bytesSent(): number {
    return this.#watch.bytesSent;
  }

  get bytesReceived(): number {
    return this.#watch.bytesReceived;
  }

  get linkCount(): number {
    return this.#ends.size;
  }

  /** Differs once two runs differ. */
  get digest(): number {
    return this.#digest;
  }

  /**
   * Adds a torrent, by its info-hash alone unless `has` includes metadata or pieces. Each tracker becomes a tier of its own,
   * unless tiers are given.
   */
  add(
    torrent: SampleTorrent,
    trackers: readonly (TrackerUrl | readonly TrackerUrl[])[],
    has: Possessions = {},
  ): void {
    const { knowsMetadata = has.pieces !== undefined, pieces = [], ...fields } = has;
    const metadata = knowsMetadata ? { info: torrent.info, infoBytes: torrent.infoBytes } : undefined;
    const stored = this.#store(torrent.infoHash);
    const { layout } = torrent.info;
    const held = new Bitfield(layout.pieceCount);
    for (let index = 0; index < layout.pieceCount; index++) {
      const piece = index as PieceIndex;
      if (pieces !== "all" && !pieces.includes(index)) continue;
      held.set(piece);
      stored.pieces.set(piece, torrent.piece(piece));
    }
    stored.metadata = metadata;
    const source: TorrentSource = {
      infoHash: torrent.infoHash,
      displayName: undefined,
      metadata,
      trackers: trackers.map((tier) => (typeof tier === "string" ? [tier] : tier)),
      held: has.checking === true ? undefined : held, // The stored pieces are yet to be checked.
      selectedFiles: undefined,
      paused: false,
      checking: false,
      ...fields,
    };
    this.feed({ type: "torrentAdded", source });
  }

  /** The named torrent, or the only one. */
  view(infoHash?: InfoHash): TorrentView {
    const views = this.#session.view(this.#scheduler.now);
    const view = views.find((each) => infoHash === undefined || each.infoHash === infoHash);
    if (view === undefined) throw new Error(`${this.name} has no such torrent`);
    return view;
  }

  isSeeding(infoHash?: InfoHash): boolean {
    return this.view(infoHash).phase === "seeding";
  }

  /** Whether anything is stored as this piece. */
  stores(torrent: SampleTorrent, piece: PieceIndex): boolean {
    return this.#stored.get(torrent.infoHash)?.pieces.has(piece) ?? false;
  }

  /** Whether the storage holds exactly this piece. */
  hasStored(torrent: SampleTorrent, piece: PieceIndex): boolean {
    const bytes = this.#stored.get(torrent.infoHash)?.pieces.get(piece);
    return bytes !== undefined && bytesToHex(fakeSha1(bytes)) === bytesToHex(fakeSha1(torrent.piece(piece)));
  }

  hasStoredAll(torrent: SampleTorrent): boolean {
    const { layout } = torrent.info;
    return Array.from({ length: layout.pieceCount }, (_, at) => at as PieceIndex).every((piece) =>
      this.hasStored(torrent, piece),
    );
  }

  /** Removes a piece from the storage. */
  losePiece(torrent: SampleTorrent, piece: PieceIndex): void {
    this.#stored.get(torrent.infoHash)?.pieces.delete(piece);
    this.#cache.dropTorrent(torrent.infoHash);
  }

  /** The network fails: every link breaks, without either side closing it. */
  cutLinks(): void {
    for (const end of [...this.#ends.values()]) {
      this.#network.close(end);
      this.linkClosed(end.link, "theyLeft");
    }
  }

  /** Leaves like a closed tab: without a goodbye, for good. */
  vanish(trackers: readonly SimTracker[]): void {
    for (const tracker of trackers) tracker.leave(this);
    for (const end of [...this.#ends.values()]) this.#network.close(end);
    for (const { infoHash } of this.#session.view(this.#scheduler.now))
      this.feed({ type: "torrentRemoved", infoHash });
  }

  /** Takes a link from a peer, whose system chose the port that it dials from. */
  accept(dialled: End, from: PeerAddress): void {
    const link = this.#newLink();
    const end = this.#newEnd(link);
    this.#network.join(dialled, end);
    this.feed({ type: "linkAccepted", link, address: peerAddress(peerIp(from), 50_000 + link) });
  }

  hear(input: Input): void {
    this.feed(input);
  }

  offerAnswered(link: LinkId): void {
    this.feed({ type: "offerAnswered", link });
  }

  linkOpened(link: LinkId): void {
    this.feed({ type: "linkOpened", link });
  }

  bytesArrived(link: LinkId, bytes: Uint8Array): void {
    this.feed({ type: "bytesArrived", link, bytes });
  }

  linkDrained(link: LinkId, queuedBytes: number): void {
    this.feed({ type: "linkDrained", link, queuedBytes });
  }

  linkClosed(link: LinkId, reason: LinkEnd): void {
    this.#ends.delete(link);
    this.feed({ type: "linkClosed", link, reason });
  }

  #perform(effect: Effect): void {
    this.#watch.effect(effect);
    this.#note(effect);
    switch (effect.type) {
      case "send":
        return this.#network.send(this.#end(effect.link), effect.bytes);
      case "leftOut":
        return;
      case "close":
        this.#network.close(this.#end(effect.link));
        return void this.#ends.delete(effect.link);
      case "announce": {
        const ends = effect.offers.map(({ link }) => this.#newEnd(link));
        return this.#trackers(effect.tracker).announce(this, effect, ends);
      }
      case "discover":
      case "endDiscovery":
        return; // Discovery finds nobody here.
      case "leaveTracker":
        return this.#trackers(effect.tracker).leave(this);
      case "answerOffer":
        return this.#trackers(effect.tracker).answer(effect.offerId, this.#newEnd(effect.link));
      case "dial":
        return this.#dial(effect.link, effect.address);
      case "readBlock":
        return this.#cache.read(effect);
      case "writeBlock":
        return this.#incoming.write(effect.infoHash, effect.piece, effect.begin, effect.bytes);
      case "checkPiece":
        return void this.#incoming.check(effect.infoHash, effect.piece);
      case "dropPiece":
        return this.#incoming.dropPiece(effect.infoHash, effect.piece);
      case "checkMetadata":
        return this.#checkMetadata(effect.infoHash, effect.bytes);
      case "keepMetadata":
        this.#store(effect.infoHash).metadata = effect.metadata;
        return;
      case "reportBug":
        return unheard(effect.error);
      case "dropBuffers":
        this.#stored.delete(effect.infoHash);
        this.#incoming.dropTorrent(effect.infoHash);
        return this.#cache.dropTorrent(effect.infoHash);
      default:
        return unreachable(effect);
    }
  }

  #note(effect: Effect): void {
    const isBlock = effect.type === "send" || effect.type === "readBlock" || effect.type === "writeBlock";
    if (!isBlock) this.effects.push(effect);
    this.#recorded?.push(effect);
    const text = `${this.#scheduler.now}${effect.type}${"link" in effect ? effect.link : ""}`;
    for (let at = 0; at < text.length; at++)
      this.#digest = (Math.imul(this.#digest, 31) + text.charCodeAt(at)) | 0;
    if (effect.type === "send")
      for (const byte of effect.bytes.subarray(0, 32))
        this.#digest = (Math.imul(this.#digest, 31) + byte) | 0;
  }

  #newEnd(link: LinkId): End {
    const end = this.#network.newEnd(link, this, this.#uplink);
    this.#ends.set(link, end);
    return end;
  }

  #dial(link: LinkId, address: PeerAddress): void {
    const end = this.#newEnd(link);
    const there = this.#reach(address);
    if (there !== undefined) return there.accept(end, this.address);
    this.#network.close(end);
    this.linkClosed(link, "noRoute");
  }

  #end(link: LinkId): End {
    const end = this.#ends.get(link);
    if (end === undefined) throw new Error(`${this.name} has no link ${link}`);
    return end;
  }

  #checkMetadata(infoHash: InfoHash, infoBytes: Uint8Array<ArrayBuffer>): void {
    const isRight = bytesToHex(fakeSha1(infoBytes)) === infoHash;
    const metadata = isRight ? { info: parseInfo(infoBytes), infoBytes } : undefined;
    this.feed({ type: "metadataChecked", infoHash, metadata, problem: undefined });
  }

  #target = (infoHash: InfoHash) => {
    const stored = this.#stored.get(infoHash);
    if (stored?.metadata === undefined) return undefined;
    const { layout, pieceHashes } = stored.metadata.info;
    return { layout, pieceHashes, storage: stored.storage };
  };

  #store(infoHash: InfoHash): Stored {
    const known = this.#stored.get(infoHash);
    if (known !== undefined) return known;
    const pieces = new Map<PieceIndex, Uint8Array<ArrayBuffer>>();
    const stored: Stored = { metadata: undefined, pieces, storage: this.#storageOf(pieces) };
    this.#stored.set(infoHash, stored);
    return stored;
  }

  #storageOf(pieces: Map<PieceIndex, Uint8Array<ArrayBuffer>>): PieceStorage {
    const { storageMillis, spoil } = this.#setup;
    const wait = (): Promise<void> =>
      new Promise((resolve) => {
        this.#scheduler.after(storageMillis, resolve);
      });
    return {
      read: async (piece) => {
        await wait();
        const bytes = pieces.get(piece);
        if (bytes === undefined || spoil === undefined) return bytes;
        const copy = bytes.slice();
        spoil(piece, copy);
        return copy;
      },
      write: async (piece, bytes) => {
        await wait();
        if (this.storageProblem !== undefined) throw new StorageError(this.storageProblem);
        pieces.set(piece, bytes);
      },
    };
  }
}
