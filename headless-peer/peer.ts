import { bytesToBinaryString } from "#shared/base/bytes.ts";
import type { InfoHash, PieceIndex, TrackerUrl } from "#shared/base/ids.ts";
import { parseIp } from "#shared/base/ip.ts";
import { freshPeerId } from "#shared/base/peer-id.ts";
import { capTrackers, relaysOffers, type TrackerTiers } from "#shared/base/tracker-url.ts";
import { type Engine, type Happened, startEngine } from "#shared/driver/engine.ts";
import type { PieceTarget } from "#shared/driver/incoming-pieces.ts";
import { type PieceStorage, type ProblemOf, problemTeller } from "#shared/driver/ports.ts";
import { ReadBuffers } from "#shared/driver/read-buffers.ts";
import type { Info } from "#shared/meta/info.ts";
import { DIALLING } from "#shared/session/dialling.ts";
import { countFiles } from "#shared/session/file-counts.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import { Pace } from "#shared/session/pace.ts";
import { PEER_EXCHANGE } from "#shared/session/peer-exchange.ts";
import { PEER_INTRODUCTIONS } from "#shared/session/peer-introductions.ts";
import type { Rates } from "#shared/session/rates.ts";
import { REVEALING } from "#shared/session/revealing.ts";
import { STRANGERS } from "#shared/session/strangers.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { type BugLog, bugReporter } from "./bug-reporter.ts";
import { type DiscoveryWays, type OpenDiscovery, openDiscovery } from "./discovery/discovery.ts";
import { sha1 } from "./files/sha1.ts";
import { GOODBYE_MILLIS } from "./goodbye.ts";
import { Journal, type Log } from "./journal.ts";
import { answerWith } from "./links/encryption/answering-link.ts";
import { dialWith, type Encryption } from "./links/encryption/rules.ts";
import { TorrentNames } from "./links/encryption/torrent-names.ts";
import { type IceServer, nodeRtc } from "./links/rtc.ts";
import { dialTcp } from "./links/tcp.ts";
import { listenTcp, type TcpListener } from "./links/tcp-listener.ts";
import { refuseUtpAt } from "./links/utp-refusal.ts";
import { localAddressOf } from "./local-address.ts";
import type { PeerTorrent, Selection, TorrentStore } from "./peer-torrent.ts";
import { nodeClock, nodeRandom } from "./platform.ts";
import { type SessionWishes, sessionConfig } from "./session-config.ts";
import { type EndReason, SharingEnds } from "./sharing-ends.ts";
import { openTrackers } from "./trackers/trackers.ts";
import { UdpPort } from "./udp-port.ts";
import { Watchers } from "./watchers.ts";

/** See `listenTcp`. */
interface TcpOptions {
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly encryption: Encryption;
}

/** How a headless peer reaches others. */
export interface PeerOptions extends DiscoveryWays, SessionWishes {
  /** Where to listen for links over TCP, and from where to dial and announce. Undefined: no TCP at all. */
  readonly tcp: TcpOptions | undefined;
  /** Whether to use WebRTC, if this machine can. */
  readonly rtc: boolean;
  /** Asked for each link over WebRTC. */
  readonly iceServers: () => readonly IceServer[];
  /** Limits for all torrents together. */
  readonly rates: Rates;
  /** Whether to exchange peers with peers over TCP (BEP 11), and to introduce peers over WebRTC to each other. */
  readonly exchange: boolean;
  /** Trackers that the person named: they may be in a private network. */
  readonly trusted: ReadonlySet<TrackerUrl>;
  /** Logs what happens to the peer. Absent: no log. */
  readonly log?: Log & BugLog;
  /** Takes sentences about what does not work: WebRTC on this machine, or a way to find peers. */
  readonly warn: (sentence: string) => void;
}

interface OpenTorrent {
  readonly torrent: PeerTorrent;
  readonly abort: AbortController;
  selectedFiles: Selection;
  target: PieceTarget | undefined;
  store: Promise<TorrentStore> | undefined;
}

const KEY_BYTES = 4; // As many as other clients send.

/** A peer without a page: it uses TCP and WebRTC at once, and what it gets over one it shares over both. */
export class HeadlessPeer {
  readonly #engine: Engine;
  readonly #listener: TcpListener | undefined;
  readonly #udp: UdpPort | undefined;
  readonly #hasRtc: boolean;
  readonly #discovery: OpenDiscovery | undefined;
  readonly #journal: Journal | undefined;
  readonly #watchers = new Watchers();
  readonly #torrents = new Map<InfoHash, OpenTorrent>();
  readonly #names = new TorrentNames();
  readonly #problemOf: ProblemOf;
  readonly #ends = new SharingEnds(
    () => this.view(),
    (infoHash) => this.#endSharing(infoHash),
  );
  #isClosing = false;

  /** Rejects with a `ListenError`. */
  static async start(options: PeerOptions): Promise<HeadlessPeer> {
    const rtc = options.rtc ? await nodeRtc(options.iceServers, options.warn) : undefined;
    let accept: Engine["accept"] | undefined;
    const listener =
      options.tcp && (await listenTcp({ ...options.tcp, accepted: (from, link) => accept?.(from, link) }));
    const udp = listener && (await UdpPort.open(options.tcp?.host, listener.port));
    const peer = new HeadlessPeer(options, listener, udp, rtc);
    if (udp !== undefined) refuseUtpAt(udp, nodeClock, () => peer.#engine.feed({ type: "knocked" }));
    const { encryption = "allow" } = options.tcp ?? {};
    accept = (from, link) =>
      peer.#engine.accept(from, (events) =>
        answerWith(encryption, (name) => peer.#names.find(name), link, events),
      );
    return peer;
  }

  private constructor(
    options: PeerOptions,
    listener: TcpListener | undefined,
    udp: UdpPort | undefined,
    rtc: Awaited<ReturnType<typeof nodeRtc>>,
  ) {
    const key = bytesToBinaryString(nodeRandom.bytes(KEY_BYTES));
    const from = localAddressOf(parseIp(options.tcp?.host ?? ""));
    this.#listener = listener;
    this.#udp = udp;
    this.#hasRtc = rtc !== undefined;
    this.#discovery =
      listener &&
      openDiscovery({
        ...options,
        host: options.tcp?.host,
        port: listener.port,
        udp: udp?.ipv4,
        clock: nodeClock,
        found: (infoHash, source, addresses) =>
          this.#engine.feed({ type: "addressesFound", infoHash, source, addresses }),
      });
    this.#journal = options.log && new Journal(options.log, nodeClock);
    if (this.#journal !== undefined) this.watch(this.#journal.happened.bind(this.#journal));
    this.watch((_, { type }) => void (type === "phaseChanged" && this.#ends.look()));
    const peerId = freshPeerId(nodeRandom);
    options.log?.info({ peerId, port: this.port, rtc: rtc !== undefined }, "peer started");
    const reportBug = bugReporter(options.log);
    this.#problemOf = problemTeller(reportBug);
    const config = sessionConfig(options, listener?.port);
    this.#engine = startEngine(peerId, config, {
      clock: nodeClock,
      random: nodeRandom,
      parts: {
        pace: new Pace(options.rates, config),
        exchange: options.exchange ? PEER_EXCHANGE : undefined,
        introductions: rtc !== undefined && options.exchange ? PEER_INTRODUCTIONS : undefined,
        revealing: REVEALING,
        dialling: DIALLING,
        countFiles,
        strangers: STRANGERS,
      },
      sha1,
      readBuffers: new ReadBuffers(),
      rtc,
      dial:
        options.tcp && dialWith(options.tcp.encryption, (address, events) => dialTcp(address, events, from)),
      reportBug,
      openTracker: openTrackers({
        port: listener?.port,
        from,
        key,
        trusted: options.trusted,
        leftOut: (tracker, what) => this.#journal?.leftOut(tracker, what),
      }),
      ...(this.#discovery && { discovery: this.#discovery }),
      happened: this.#watchers.happened,
      target: (infoHash) => this.#torrents.get(infoHash)?.target,
      selectFiles: (infoHash, info) => this.#select(infoHash, info),
      keepMetadata: (infoHash, metadata) => this.#metadataArrived(infoHash, metadata),
    });
  }

  /** The TCP port that it listens on. */
  get port(): number | undefined {
    return this.#listener?.port;
  }

  /** Hears what happens from now on, until the returned function is called. */
  watch(happened: Happened): () => void {
    return this.#watchers.add(happened);
  }

  view(): TorrentView[] {
    return this.#engine.view();
  }

  /** Why one of its torrents is no longer shared, which is then `paused`. Undefined: it is, or was never complete. */
  endReason(view: TorrentView): EndReason | undefined {
    return this.#ends.reasonOf(view);
  }

  /**
   * Joins a torrent's swarm. Resolves when its files are open; rejects with a `StorageError` when they cannot be opened, with a
   * `UsageError` when the selection is not in the torrent. Once the peer closes, no torrent joins any more.
   */
  async add(torrent: PeerTorrent): Promise<void> {
    if (this.#isClosing) return;
    const { infoHash, displayName, metadata, controls, sharedUntil, linkPeers = [] } = torrent;
    const trackers = this.#capped(torrent.trackers);
    const selectedFiles = metadata && torrent.select(metadata.info);
    const none = { target: undefined, store: undefined };
    const open: OpenTorrent = { torrent, abort: new AbortController(), selectedFiles, ...none };
    this.#torrents.set(infoHash, open);
    this.#names.add(infoHash);
    const store = metadata && (await this.#open(open, metadata));
    if (this.#isClosing) return; // It closes the files.
    const onlyLooks = torrent.open === undefined;
    const source = { infoHash, displayName, metadata, trackers, selectedFiles, onlyLooks, controls };
    const isFirstChecked = store !== undefined;
    this.#engine.feed({
      type: "torrentAdded",
      source: { ...source, held: store?.held, paused: isFirstChecked },
    });
    if (isFirstChecked) {
      this.#engine.feed({ type: "checkBegan", infoHash, held: undefined });
      this.#engine.feed({ type: "torrentResumed", infoHash });
    }
    if (this.#listener !== undefined && linkPeers.length > 0)
      this.#engine.feed({ type: "addressesFound", infoHash, source: "link", addresses: linkPeers });
    if (sharedUntil !== undefined) this.#ends.add(infoHash, sharedUntil);
  }

  /** Says goodbye to trackers and peers, and closes everything. Rejects with a `StorageError` if some files could not be closed. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#ends.close();
    for (const { torrent, abort } of this.#torrents.values()) {
      abort.abort();
      this.#engine.feed({ type: "torrentRemoved", infoHash: torrent.infoHash });
    }
    this.#listener?.close();
    this.#discovery?.close();
    this.#udp?.close();
    await new Promise((resolve) => setTimeout(resolve, this.#torrents.size > 0 ? GOODBYE_MILLIS : 0));
    this.#engine.close();
    const closings = [...this.#torrents.values()].map(async ({ store }) => {
      const opened = await store?.catch(() => {}); // Whoever opened it was told.
      await opened?.close();
    });
    const closed = await Promise.allSettled(closings);
    this.#journal?.close();
    for (const each of closed) if (each.status === "rejected") throw each.reason;
  }

  /** Trackers over WebSocket lead to peers over WebRTC, all others to peers over TCP: those that we can use come first. */
  #capped(trackers: TrackerTiers): TrackerTiers {
    const isOfUse = (url: TrackerUrl): boolean =>
      relaysOffers(url) ? this.#hasRtc : this.#listener !== undefined;
    return capTrackers(trackers, isOfUse);
  }

  #select(infoHash: InfoHash, info: Info): Selection {
    const open = this.#torrents.get(infoHash);
    if (open === undefined) return undefined;
    open.selectedFiles = open.torrent.select(info);
    return open.selectedFiles;
  }

  #metadataArrived(infoHash: InfoHash, metadata: TorrentMetadata): void {
    const open = this.#torrents.get(infoHash);
    if (open === undefined) return;
    if (metadata.info.isPrivate) this.#becamePrivate(open.torrent);
    if (open.torrent.open === undefined) return;
    this.#engine.feed({ type: "checkBegan", infoHash, held: undefined });
    this.#open(open, metadata)
      ?.then(({ held }) => {
        for (const index of held.indices()) this.#checked(infoHash, index as PieceIndex, true);
      })
      .catch((error) => this.#failed(infoHash, error));
  }

  #becamePrivate({ infoHash, trackers, impliedTrackers = [] }: PeerTorrent): void {
    const named = trackers.map((tier) => tier.filter((url) => !impliedTrackers.includes(url)));
    if (impliedTrackers.length > 0 && named.flat().length > 0)
      this.#engine.feed({ type: "trackersChanged", infoHash, trackers: this.#capped(named) });
  }

  /** Gives the torrent its storage at once, though its files may still be opening. Undefined: it has none. */
  #open(open: OpenTorrent, metadata: TorrentMetadata): Promise<TorrentStore> | undefined {
    const { layout, pieceHashes } = metadata.info;
    const store = open.torrent.open?.(metadata, open.selectedFiles);
    if (store === undefined) return undefined;
    const ready = store.then((opened) => this.#check(open, opened));
    ready.catch((error) => {
      if (!open.abort.signal.aborted) this.#failed(open.torrent.infoHash, error); // Else we ended the check ourselves.
    });
    open.store = store;
    open.target = { layout, pieceHashes, storage: whenReady(store, ready) };
    return store;
  }

  async #check({ torrent: { infoHash }, abort }: OpenTorrent, store: TorrentStore): Promise<void> {
    await store.check((piece, good) => this.#checked(infoHash, piece, good), abort.signal);
    this.#engine.feed({ type: "checkEnded", infoHash });
  }

  #endSharing(infoHash: InfoHash): void {
    this.#journal?.timeCame(infoHash);
    this.#engine.feed({ type: "torrentPaused", infoHash });
  }

  #checked(infoHash: InfoHash, piece: PieceIndex, good: boolean): void {
    this.#engine.feed({ type: "storedPieceChecked", infoHash, piece, good });
  }

  #failed(infoHash: InfoHash, error: unknown): void {
    this.#engine.feed({ type: "torrentFailed", infoHash, piece: undefined, problem: this.#problemOf(error) });
  }
}

/** A storage whose files may still be opening, and whose writes wait until they have been checked. */
function whenReady(store: Promise<TorrentStore>, ready: Promise<void>): PieceStorage {
  return {
    read: async (piece, take) => (await store).read(piece, take),
    async write(piece, bytes) {
      await ready;
      await (await store).write(piece, bytes);
    },
    givesBack: true, // The system has a copy.
  };
}
