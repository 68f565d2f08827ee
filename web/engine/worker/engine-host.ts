import type { InfoHash, PieceIndex, TrackerUrl } from "#shared/base/ids.ts";
import type { Engine } from "#shared/driver/engine.ts";
import type { PieceTarget } from "#shared/driver/incoming-pieces.ts";
import { type PieceStorage, StorageError } from "#shared/driver/ports.ts";
import type { RtcPlatform } from "#shared/driver/rtc.ts";
import { fileStorage } from "#shared/library/file-storage.ts";
import { Watchers } from "#shared/library/watchers.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import { missingOf } from "#shared/session/piece-map.ts";
import { startBrowserEngine } from "../browser-engine.ts";
import { BUG_SENTENCE } from "../bug-sentence.ts";
import { LastingDatabase } from "../lasting-database.ts";
import { PieceStore } from "../piece-store.ts";
import { sha1 } from "../sha1.ts";
import { type StartGate, waitReason } from "../start-gate.ts";
import { PieceLine } from "../tabs/piece-news.ts";
import { EventLog } from "./event-log.ts";
import type { BytesHere, FromEngine, PageInput, PeerFact, Start, ToEngine } from "./messages.ts";
import { PieceReaders } from "./piece-readers.ts";
import { revivedInput } from "./revive.ts";
import { SpeedLog } from "./speed-log.ts";
import { StoredByOthers } from "./stored-by-others.ts";
import { ViewSender } from "./views.ts";

/** Time between two looks at the torrents while something in them moves. */
const REFRESH_MILLIS = 250;
/** The same for countdowns to the next try of a tracker in trouble. A look costs little if nothing has changed. */
const COUNTDOWN_MILLIS = 1_000;

/** A second comes so late only if the browser holds the engine up: timers of hidden tabs run once a second, or once a minute. */
const HELD_UP_MILLIS = 5_000;

/**
 * A second takes so long by the wall clock only if the device slept. The clock that everything here goes by may have stood still
 * meanwhile. Hidden tabs run once a minute, and are connected all the time.
 */
const SLEPT_MILLIS = 2 * 60_000;

/** What the page says of a torrent, and what the engine makes of that. */
interface Torrent {
  metadata: TorrentMetadata | undefined;
  selectedFiles: readonly number[] | undefined;
  bytes: BytesHere | undefined;
  target: PieceTarget | undefined;
}

const NOTHING = { metadata: undefined, selectedFiles: undefined, bytes: undefined };

/** WebRTC of the place where the engine runs, and who hears of its peers if they are elsewhere. */
export interface HostRtc {
  /** Undefined: this browser has none. */
  readonly platform: RtcPlatform | undefined;
  readonly hear?: (fact: PeerFact) => void;
}

/**
 * The engine and its storage, behind messages: it runs in a worker or, where that cannot have data channels, on the page.
 * Returns what hears the page.
 */
export function hostEngine(say: (message: FromEngine) => void, rtc: HostRtc): (message: ToEngine) => void {
  let host: EngineHost | undefined;
  return (message) => {
    switch (message.type) {
      case "start":
        host = new EngineHost(message, say, rtc);
        return;
      case "channel":
      case "peerDescribed":
      case "peerPlaced":
      case "peerFailed":
      case "peerClosed":
        return rtc.hear?.(message);
      default:
        host?.hear(message);
    }
  };
}

class EngineHost {
  readonly #say: (message: FromEngine) => void;
  readonly #engine: Engine;
  readonly #stores = new Map<string, PieceStore>();
  readonly #torrents = new Map<InfoHash, Torrent>();
  readonly #views = new ViewSender();
  readonly #log = new EventLog(Date.now);
  readonly #speeds = new SpeedLog(Date.now);
  readonly #watchers = new Watchers();
  readonly #pieceReaders = new PieceReaders({
    feed: (input) => this.#engine.feed(input),
    pieces: (infoHash) => this.#engine.pieces(infoHash),
    view: () => this.#engine.view(),
    watch: (happened) => this.#watchers.add(happened),
    torrents: { target: (infoHash) => this.#target(infoHash) },
  });
  readonly #storedByOthers = new StoredByOthers({
    target: (infoHash) => this.#target(infoHash),
    missing: (infoHash, pieces) => missingOf(this.#engine.pieces(infoHash), pieces),
    sha1,
    found: (infoHash, piece) => this.#take({ type: "storedPieceChecked", infoHash, piece, good: true }),
  });
  readonly #otherTabs = new PieceLine((storageId, pieces) => {
    for (const [infoHash, { bytes }] of this.#torrents)
      if (bytes?.type === "stored" && bytes.storageId === storageId)
        this.#storedByOthers.heard(infoHash, pieces);
  });
  readonly #database = new LastingDatabase({ lost() {}, reopened() {} }); // The page tells the person.
  #startGate: StartGate = { connection: undefined, asksFirst: false };
  #ownSocket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    { peerId, device, ownTracker, hasRtc }: Start,
    say: (message: FromEngine) => void,
    rtc: HostRtc,
  ) {
    this.#say = say;
    this.#engine = startBrowserEngine(peerId, device, {
      rtc: hasRtc ? rtc.platform : undefined,
      isTrusted: (url) => url === ownTracker,
      openSocket: (url) => this.#openSocket(url, ownTracker),
      reportBug: (error) => this.#reportBug(error),
      happened: (infoHash, what) => {
        this.#log.happened(infoHash, what);
        this.#watchers.happened(infoHash, what);
        if (infoHash !== undefined && what.type === "sharingStopped")
          this.#say({ type: "sharingStopped", infoHash, because: what.because });
        this.#showSoon();
      },
      target: (infoHash) => this.#target(infoHash),
      keepMetadata: (infoHash, metadata) => this.#keepMetadata(infoHash, metadata),
    });
    let last = performance.now();
    let lastTime = Date.now();
    setInterval(() => {
      const now = performance.now();
      const time = Date.now();
      if (now - last > HELD_UP_MILLIS) this.#say({ type: "heldUp" });
      if (time - lastTime > SLEPT_MILLIS) this.#engine.feed({ type: "cameOnline" });
      last = now;
      lastTime = time;
      this.#show();
    }, COUNTDOWN_MILLIS);
  }

  hear(message: Exclude<ToEngine, Start | PeerFact>): void {
    switch (message.type) {
      case "input":
        return this.#take(revivedInput(message.input));
      case "bytesAre":
        return this.#learn(message.infoHash, { bytes: message.bytes });
      case "startGateIs":
        this.#startGate = message.startGate;
        return;
      case "clear":
        return this.#answer(message.ask, this.#clear(message.storageId));
      case "show":
        this.#show();
        return this.#answer(message.ask, undefined);
      case "tellEvents":
        return this.#answer(message.ask, this.#log.after(message.infoHash, message.after));
      case "tellPieces":
        return this.#answer(message.ask, this.#engine.pieces(message.infoHash));
      case "tellSpeeds":
        this.#speeds.look(this.#engine.view());
        return this.#answer(message.ask, this.#speeds.of(message.infoHash));
      case "readPiece": {
        const { infoHash, reading, piece, last, ask } = message;
        return this.#answer(ask, this.#pieceReaders.read(infoHash, reading, piece, last));
      }
      case "endReading":
        return this.#pieceReaders.end(message.reading);
      case "reconnect":
        return this.#reconnect();
      case "close":
        return this.#engine.close();
    }
  }

  #take(input: PageInput): void {
    switch (input.type) {
      case "torrentAdded":
        this.#learn(input.source.infoHash, {
          metadata: input.source.metadata,
          selectedFiles: input.source.selectedFiles,
        });
        break;
      case "metadataChecked":
        if (input.metadata !== undefined) this.#learn(input.infoHash, { metadata: input.metadata });
        break;
      case "torrentRemoved":
        this.#forget(input.infoHash);
    }
    this.#engine.feed(input);
    // The person sees at once what they did. Hashes come by the hundred.
    if (input.type === "storedPieceChecked") this.#showSoon();
    else this.#show();
  }

  /** What changes the target makes a new one when it is needed. */
  #learn(infoHash: InfoHash, news: Partial<Omit<Torrent, "target">>): void {
    const known = this.#torrents.get(infoHash) ?? NOTHING;
    this.#torrents.set(infoHash, { ...known, ...news, target: undefined });
  }

  #forget(infoHash: InfoHash): void {
    const bytes = this.#torrents.get(infoHash)?.bytes;
    this.#torrents.delete(infoHash);
    this.#speeds.forget(infoHash);
    this.#pieceReaders.forget(infoHash);
    // Its pieces may stay for its return. If space runs out, any tab may delete them, but no file that is open.
    if (bytes?.type === "stored") void this.#store(bytes.storageId).close();
  }

  /** Only a download that has just begun gets its metadata from peers: now it shows whether it should wait for the person. */
  #keepMetadata(infoHash: InfoHash, metadata: TorrentMetadata): void {
    this.#learn(infoHash, { metadata });
    const selectedFiles = this.#torrents.get(infoHash)?.selectedFiles;
    const waitsBecause = waitReason(metadata.info, selectedFiles, this.#startGate);
    if (waitsBecause !== undefined) this.#engine.feed({ type: "torrentPaused", infoHash });
    this.#say({ type: "metadata", infoHash, metadata, waitsBecause });
  }

  #target(infoHash: InfoHash): PieceTarget | undefined {
    const torrent = this.#torrents.get(infoHash);
    if (torrent?.metadata === undefined || torrent.bytes === undefined) return undefined;
    const { info } = torrent.metadata;
    torrent.target ??= {
      layout: info.layout,
      pieceHashes: info.pieceHashes,
      storage: this.#storage(torrent.metadata, torrent.bytes),
    };
    return torrent.target;
  }

  #storage({ info }: TorrentMetadata, bytes: BytesHere): PieceStorage {
    return bytes.type === "stored"
      ? this.#store(bytes.storageId)
      : fileStorage(info.layout, info.files, bytes.files);
  }

  /** One for each storage id, so that deleting waits for what is being written. */
  #store(storageId: string): PieceStore {
    const tell = (pieces: readonly PieceIndex[]): void => this.#otherTabs.tell(storageId, pieces);
    const known = this.#stores.get(storageId) ?? new PieceStore(this.#database, storageId, tell);
    this.#stores.set(storageId, known);
    return known;
  }

  async #clear(storageId: string): Promise<void> {
    await this.#store(storageId).clear();
    this.#stores.delete(storageId);
  }

  #openSocket(url: TrackerUrl, own: TrackerUrl): WebSocket {
    const socket = new WebSocket(url);
    if (url === own) this.#ownSocket = socket;
    return socket;
  }

  #reconnect(): void {
    const cameOnline = (): void => this.#engine.feed({ type: "cameOnline" });
    this.#ownSocket?.addEventListener("close", cameOnline); // The engine hears of the loss before it.
    this.#ownSocket?.close();
    cameOnline();
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const views = this.#engine.view();
    this.#speeds.look(views);
    const news = this.#views.news(views, performance.now());
    if (news !== undefined) this.#say({ type: "views", ...news });
    if (views.some((view) => view.downBytesPerSecond + view.upBytesPerSecond > 0)) this.#showSoon();
  }

  #showSoon(): void {
    this.#timer ??= setTimeout(() => this.#show(), REFRESH_MILLIS);
  }

  #answer(ask: number, work: unknown): void {
    const problemOf = (error: unknown): string =>
      error instanceof StorageError ? error.message : this.#reportBug(error);
    Promise.resolve(work).then(
      (value) => this.#say({ type: "done", ask, problem: undefined, value }),
      (error: unknown) => this.#say({ type: "done", ask, problem: problemOf(error) }),
    );
  }

  #reportBug(error: unknown): string {
    this.#say({ type: "bug", error });
    return BUG_SENTENCE;
  }
}
