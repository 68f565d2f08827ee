import type { PeerAddress } from "../announce/compact.ts";
import { Bitfield } from "../base/bitfield.ts";
import { type InfoHash, linkIdCounter, type PeerId, type PieceIndex, type TrackerUrl } from "../base/ids.ts";
import { drive } from "../driver/drive.ts";
import type { Clock } from "../driver/ports.ts";
import { WebFetches } from "../driver/web-fetches.ts";
import { DIALLING } from "../session/dialling.ts";
import type { Effect } from "../session/effect.ts";
import { countFiles } from "../session/file-counts.ts";
import type { Input, TorrentSource } from "../session/input.ts";
import { Pace } from "../session/pace.ts";
import { PEER_EXCHANGE } from "../session/peer-exchange.ts";
import { PEER_INTRODUCTIONS } from "../session/peer-introductions.ts";
import { REVEALING } from "../session/revealing.ts";
import { Session } from "../session/session.ts";
import { STRANGERS } from "../session/strangers.ts";
import type { TorrentView } from "../session/view.ts";
import { WebSeeding } from "../session/web-seeding.ts";
import { DerivedPieces } from "./derived-pieces.ts";
import { Disk } from "./disk.ts";
import type { End } from "./end.ts";
import { type Listener, NodeLinks } from "./node-links.ts";
import { NodeOrders } from "./node-orders.ts";
import { driverPieces, type NodePieces, unheard } from "./node-pieces.ts";
import type { NodeObserver, NodeSetup, Possessions, Surroundings } from "./node-setup.ts";
import { isPiece, NodeStorage } from "./node-storage.ts";
import type { SampleTorrent } from "./sample-torrent.ts";
import type { Member, SimTracker } from "./tracker.ts";
import { Watch } from "./watch.ts";

/** A complete peer on a virtual platform: real session and driver, links and storage in memory. */
export class SimNode implements Member, Listener {
  readonly name: string;
  readonly peerId: PeerId;
  readonly address: PeerAddress;
  readonly disk: Disk;
  readonly links: NodeLinks;
  readonly storage: NodeStorage;
  readonly #around: Surroundings;
  readonly #session: Session;
  readonly #observer: NodeObserver | undefined;
  readonly #pieces: NodePieces;
  readonly #orders: NodeOrders;
  readonly #watch: Watch;
  readonly #drive: (input: Input) => void;
  /** What happened while it sleeps. Undefined: it is awake. */
  #missed: (() => void)[] | undefined;

  constructor(setup: NodeSetup, around: Surroundings) {
    const { scheduler, network } = around;
    this.address = setup.address;
    this.name = setup.name;
    this.peerId = setup.peerId;
    this.#around = around;
    this.#observer = setup.observer;
    this.disk = new Disk(scheduler, setup.disk);
    this.storage = new NodeStorage(this.disk, setup.spoil, () => scheduler.promised());
    const newLink = linkIdCounter();
    this.links = new NodeLinks(network, setup.line, newLink, (input) => this.feed(input));
    this.#session = new Session(setup.peerId, setup.config, setup.random, newLink, {
      pace: setup.rates && new Pace(setup.rates, setup.config),
      exchange: setup.exchanges ? PEER_EXCHANGE : undefined,
      introductions: setup.introduces ? PEER_INTRODUCTIONS : undefined,
      revealing: REVEALING,
      dialling: DIALLING,
      countFiles,
      strangers: STRANGERS,
      webSeeding: setup.fetchRange && new WebSeeding(),
    });
    this.#watch = new Watch(setup.config);
    this.#drive = drive(this.#watched(), this.#clock(), (effect) => this.#perform(effect), unheard);
    this.#pieces = this.#newPieces(setup);
    this.#orders = new NodeOrders({
      member: this,
      links: this.links,
      storage: this.storage,
      pieces: this.#pieces,
      around,
      observer: setup.observer,
      serves: setup.serves,
      fetches: new WebFetches(setup.fetchRange, this.feed),
      feed: this.feed,
    });
  }

  readonly feed = (input: Input): void => {
    if (this.#missed !== undefined) {
      const kept = input.type === "bytesArrived" ? { ...input, bytes: input.bytes.slice() } : input;
      this.#missed.push(() => this.feed(kept));
      return;
    }
    this.#drive(input);
  };

  /** Bytes of all blocks read for peers. */
  get bytesServed(): number {
    return this.#watch.bytesServed;
  }

  /** Bytes of all blocks given to links. */
  get blockBytesSent(): number {
    return this.#watch.blockBytesSent;
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
    return this.links.size;
  }

  /** If set, writes to the storage fail with this. */
  set storageProblem(problem: string | undefined) {
    this.disk.problem = problem;
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
    const { knowsMetadata = has.pieces !== undefined, pieces = [], checking = false, ...fields } = has;
    const metadata = knowsMetadata ? { info: torrent.info, infoBytes: torrent.infoBytes } : undefined;
    if (this.#pieces instanceof DerivedPieces) this.#pieces.know(torrent);
    const held = this.storage.put(torrent, pieces);
    this.storage.keepMetadata(torrent.infoHash, metadata);
    const source: TorrentSource = {
      infoHash: torrent.infoHash,
      displayName: undefined,
      metadata,
      trackers: trackers.map((tier) => (typeof tier === "string" ? [tier] : tier)),
      held,
      selectedFiles: undefined,
      paused: checking,
      ...fields,
    };
    this.feed({ type: "torrentAdded", source });
    if (!checking) return;
    const { infoHash, info } = torrent;
    this.feed({ type: "checkBegan", infoHash, held: new Bitfield(info.layout.pieceCount) });
    this.feed({ type: "torrentResumed", infoHash });
  }

  /** The named torrent, or the only one. */
  view(infoHash?: InfoHash): TorrentView {
    const views = this.#session.view(this.#around.scheduler.now);
    const view = views.find((each) => infoHash === undefined || each.infoHash === infoHash);
    if (view === undefined) throw new Error(`${this.name} has no such torrent`);
    return view;
  }

  isSeeding(infoHash?: InfoHash): boolean {
    return this.view(infoHash).phase === "seeding";
  }

  /** Whether anything is stored as this piece. */
  stores(torrent: SampleTorrent, piece: PieceIndex): boolean {
    return this.storage.piece(torrent.infoHash, piece) !== undefined;
  }

  /** Whether the storage holds exactly this piece. */
  hasStored(torrent: SampleTorrent, piece: PieceIndex): boolean {
    return isPiece(torrent, piece, this.storage.piece(torrent.infoHash, piece));
  }

  hasStoredAll(torrent: SampleTorrent): boolean {
    return [...torrent.info.layout.pieces()].every((piece) => this.hasStored(torrent, piece));
  }

  /** Removes a piece from the storage. */
  losePiece(torrent: SampleTorrent, piece: PieceIndex): void {
    this.storage.lose(torrent.infoHash, piece);
    this.#pieces.forgetRead(torrent.infoHash);
  }

  /** The network fails: every link breaks, without either side closing it. */
  cutLinks(): void {
    this.links.cutAll();
  }

  /** Leaves like a closed tab: without a goodbye, for good. */
  vanish(trackers: readonly SimTracker[]): void {
    for (const tracker of trackers) tracker.leave(this);
    this.links.closeAll();
    for (const { infoHash } of this.#session.view(this.#around.scheduler.now))
      this.feed({ type: "torrentRemoved", infoHash });
  }

  /** Like a closed lid: nothing reaches it, and it does nothing, until it wakes. */
  sleep(): void {
    this.#missed ??= [];
  }

  /** Hears everything that happened meanwhile. */
  wake(): void {
    const missed = this.#missed ?? [];
    this.#missed = undefined;
    for (const happen of missed) happen();
    this.feed({ type: "cameOnline" });
  }

  accept(dialled: End, from: PeerAddress): void {
    this.links.accept(dialled, from);
  }

  hear(input: Input): void {
    this.feed(input);
  }

  #newPieces({ derivesPieces, spoil }: NodeSetup): NodePieces {
    const { scheduler } = this.#around;
    const isLinked = this.links.has.bind(this.links);
    if (derivesPieces) return new DerivedPieces(this.storage, this.disk, spoil, isLinked, this.feed);
    return driverPieces(this.storage, this.disk, isLinked, this.feed, () => scheduler.promised());
  }

  #watched(): Pick<Session, "handle" | "nextDeadline"> {
    const session = this.#session;
    return {
      nextDeadline: () => session.nextDeadline(),
      handle: (now, input) => {
        this.#watch.input(input);
        this.#observer?.heard(input);
        return session.handle(now, input);
      },
    };
  }

  #clock(): Clock {
    const { clock } = this.#around.scheduler;
    const whenAwake = (happen: () => void): void => {
      if (this.#missed === undefined) happen();
      else this.#missed.push(happen);
    };
    return { now: clock.now, wakeAt: (when, wake) => clock.wakeAt(when, () => whenAwake(wake)) };
  }

  #perform(effect: Effect): void {
    this.#watch.effect(effect);
    this.#orders.carryOut(effect);
  }
}
