import { bytesToBinaryString } from "#shared/base/bytes.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import { parseIp } from "#shared/base/ip.ts";
import { freshPeerId } from "#shared/base/peer-id.ts";
import { capTrackers, relaysOffers, type TrackerTiers } from "#shared/base/tracker-url.ts";
import { type Engine, type Happened, startEngine } from "#shared/driver/engine.ts";
import { problemTeller } from "#shared/driver/ports.ts";
import { ReadBuffers } from "#shared/driver/read-buffers.ts";
import { OpenTorrents } from "#shared/library/open-torrents.ts";
import type { PeerTorrent } from "#shared/library/peer-torrent.ts";
import type { PersonInput } from "#shared/library/person-input.ts";
import { Watchers } from "#shared/library/watchers.ts";
import { DIALLING } from "#shared/session/dialling.ts";
import { countFiles } from "#shared/session/file-counts.ts";
import { Pace } from "#shared/session/pace.ts";
import { PEER_EXCHANGE } from "#shared/session/peer-exchange.ts";
import { PEER_INTRODUCTIONS } from "#shared/session/peer-introductions.ts";
import type { Rates } from "#shared/session/rates.ts";
import { REVEALING } from "#shared/session/revealing.ts";
import { STRANGERS } from "#shared/session/strangers.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { WebSeeding } from "#shared/session/web-seeding.ts";
import { type BugLog, bugReporter } from "./bug-reporter.ts";
import { type DiscoveryWays, type OpenDiscovery, openDiscovery } from "./discovery/discovery.ts";
import { sha1 } from "./files/sha1.ts";
import { GOODBYE_MILLIS } from "./goodbye.ts";
import { Journal, type Log } from "./journal.ts";
import { answerWith } from "./links/encryption/answering-link.ts";
import { ExchangeLimits } from "./links/encryption/exchange-limits.ts";
import { dialWith, type Encryption } from "./links/encryption/rules.ts";
import { TorrentNames } from "./links/encryption/torrent-names.ts";
import { type IceServer, nodeRtc } from "./links/rtc.ts";
import { dialTcp } from "./links/tcp.ts";
import { listenTcp, type TcpListener } from "./links/tcp-listener.ts";
import { refuseUtpAt } from "./links/utp-refusal.ts";
import { localAddressOf } from "./local-address.ts";
import { nodeClock, nodeRandom } from "./platform.ts";
import { type SessionWishes, sessionConfig } from "./session-config.ts";
import { type EndReason, SharingEnds } from "./sharing-ends.ts";
import { openTrackers } from "./trackers/trackers.ts";
import { UdpPort } from "./udp-port.ts";
import { fetchRangeFrom } from "./web-seeds/fetch-range.ts";

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
  /** Its torrents, with their files. */
  readonly torrents: OpenTorrents;
  readonly #names = new TorrentNames();
  readonly #ends = new SharingEnds(
    (infoHash) => this.viewOf(infoHash),
    (infoHash) => this.#endSharing(infoHash),
  );

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
    const limits = new ExchangeLimits(nodeClock);
    accept = (from, link) => {
      const find = (name: Uint8Array) => peer.#names.find(name);
      const rules = { encryption, find, mayExchange: () => limits.take(from) };
      peer.#engine.accept(from, (events) => answerWith(rules, link, events));
    };
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
    this.torrents = new OpenTorrents({
      feed: (input) => this.#engine.feed(input),
      problemOf: problemTeller(reportBug),
      capped: (trackers) => this.#capped(trackers),
      pieces: (infoHash) => this.#engine.pieces(infoHash),
      dials: listener !== undefined,
    });
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
        webSeeding: new WebSeeding(),
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
        encryption: options.tcp?.encryption === "require" ? "required" : "supported",
        trusted: options.trusted,
        leftOut: (tracker, what) => this.#journal?.leftOut(tracker, what),
      }),
      fetchRange: fetchRangeFrom(from),
      ...(this.#discovery && { discovery: this.#discovery }),
      happened: this.#watchers.happened,
      target: (infoHash) => this.torrents.target(infoHash),
      selectFiles: (infoHash, info) => this.torrents.select(infoHash, info),
      keepMetadata: (infoHash, metadata) => this.torrents.metadataArrived(infoHash, metadata),
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

  /** Undefined: it has no such torrent. */
  viewOf(infoHash: InfoHash): TorrentView | undefined {
    return this.#engine.viewOf(infoHash);
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
    this.#names.add(torrent.infoHash);
    await this.torrents.add(torrent);
    const { infoHash, sharedUntil } = torrent;
    if (sharedUntil !== undefined && this.torrents.has(infoHash)) this.#ends.set(infoHash, sharedUntil);
  }

  /** Ends the sharing of a torrent at that time, in milliseconds since 1970, in place of an earlier choice. Undefined: never. */
  shareUntil(infoHash: InfoHash, until: number | undefined): void {
    this.#ends.set(infoHash, until);
  }

  /** Leaves its swarm and closes its files. Rejects with a `StorageError` if they could not be closed. */
  async remove(infoHash: InfoHash, deleteData: boolean): Promise<void> {
    this.#names.remove(infoHash);
    this.#ends.set(infoHash, undefined);
    await this.torrents.remove(infoHash, deleteData);
  }

  /** Tells the engine what the person wants of one of its torrents, or of all. */
  feed(input: PersonInput): void {
    this.#engine.feed(input);
  }

  /** See `pieceMap`. Undefined: their number is not known. */
  pieces(infoHash: InfoHash): Uint8Array | undefined {
    return this.#engine.pieces(infoHash);
  }

  /** Says goodbye to trackers and peers, and closes everything. Rejects with a `StorageError` if some files could not be closed. */
  async close(): Promise<void> {
    this.#ends.close();
    this.torrents.endAll();
    this.#listener?.close();
    this.#discovery?.close();
    this.#udp?.close();
    await new Promise((resolve) => setTimeout(resolve, this.torrents.size > 0 ? GOODBYE_MILLIS : 0));
    this.#engine.close();
    try {
      await this.torrents.closeAll();
    } finally {
      this.#journal?.close();
    }
  }

  /** Trackers over WebSocket lead to peers over WebRTC, all others to peers over TCP: those that we can use come first. */
  #capped(trackers: TrackerTiers): TrackerTiers {
    const isOfUse = (url: TrackerUrl): boolean =>
      relaysOffers(url) ? this.#hasRtc : this.#listener !== undefined;
    return capTrackers(trackers, isOfUse);
  }

  #endSharing(infoHash: InfoHash): void {
    this.#journal?.timeCame(infoHash);
    this.#engine.feed({ type: "torrentPaused", infoHash });
  }
}
