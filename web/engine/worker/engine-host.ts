import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import type { Engine } from "#shared/driver/engine.ts";
import { StorageError } from "#shared/driver/ports.ts";
import type { RtcPlatform } from "#shared/driver/rtc.ts";
import { Watchers } from "#shared/library/watchers.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import { missingOf } from "#shared/session/piece-map.ts";
import { startBrowserEngine } from "../browser-engine.ts";
import { BUG_SENTENCE } from "../bug-sentence.ts";
import { LastingDatabase } from "../lasting-database.ts";
import { sha1 } from "../sha1.ts";
import { type StartGate, waitReason } from "../start-gate.ts";
import { PieceLine } from "../tabs/piece-news.ts";
import { EventLog } from "./event-log.ts";
import type { FromEngine, PageInput, PeerFact, Start, ToEngine } from "./messages.ts";
import { PieceReaders } from "./piece-readers.ts";
import { revivedInput } from "./revive.ts";
import { SealedTorrents } from "./sealed-torrents.ts";
import { SpeedLog } from "./speed-log.ts";
import { StoredByOthers } from "./stored-by-others.ts";
import { TorrentTargets } from "./torrent-targets.ts";
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
  readonly #database = new LastingDatabase({ lost() {}, reopened() {} }); // The page tells the person.
  readonly #targets = new TorrentTargets(this.#database, (storageId, pieces) =>
    this.#otherTabs.tell(storageId, pieces),
  );
  readonly #sealed = new SealedTorrents({
    targets: this.#targets,
    feed: (input) => this.#engine.feed(input),
    pieces: (infoHash) => this.#engine.pieces(infoHash),
    startGate: () => this.#startGate,
    revealed: (infoHash, name, waitsBecause) => this.#say({ type: "revealed", infoHash, name, waitsBecause }),
    problemOf: (error) => this.#problemOf(error),
  });
  readonly #views = new ViewSender();
  readonly #log = new EventLog(Date.now);
  readonly #speeds = new SpeedLog(Date.now);
  readonly #watchers = new Watchers();
  readonly #pieceReaders = new PieceReaders({
    feed: (input) => this.#engine.feed(input),
    pieces: (infoHash) => this.#engine.pieces(infoHash),
    view: () => this.#engine.view(),
    watch: (happened) => this.#watchers.add(happened),
    torrents: this.#targets,
  });
  readonly #storedByOthers = new StoredByOthers({
    target: (infoHash) => this.#targets.target(infoHash),
    missing: (infoHash, pieces) => missingOf(this.#engine.pieces(infoHash), pieces),
    sha1,
    found: (infoHash, piece) => this.#take({ type: "storedPieceChecked", infoHash, piece, good: true }),
  });
  readonly #otherTabs = new PieceLine((storageId, pieces) => {
    for (const infoHash of this.#targets.using(storageId)) this.#storedByOthers.heard(infoHash, pieces);
  });
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
      target: (infoHash) => this.#targets.target(infoHash),
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
        this.#targets.learn(message.infoHash, { bytes: message.bytes });
        return this.#sealed.bytesAre(message.infoHash);
      case "startGateIs":
        this.#startGate = message.startGate;
        return;
      case "clear":
        return this.#answer(message.ask, this.#targets.clear(message.storageId));
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
        this.#targets.learn(input.source.infoHash, {
          metadata: input.source.metadata,
          selectedFiles: input.source.selectedFiles,
        });
        break;
      case "metadataChecked":
        if (input.metadata !== undefined) this.#targets.learn(input.infoHash, { metadata: input.metadata });
        break;
      case "torrentRemoved":
        this.#forget(input.infoHash);
    }
    this.#sealed.feed(input);
    // The person sees at once what they did. Hashes come by the hundred.
    if (input.type === "storedPieceChecked") this.#showSoon();
    else this.#show();
  }

  #forget(infoHash: InfoHash): void {
    this.#targets.forget(infoHash);
    this.#speeds.forget(infoHash);
    this.#pieceReaders.forget(infoHash);
  }

  /** Only a download that has just begun gets its metadata from peers: now it shows whether it should wait for the person. */
  #keepMetadata(infoHash: InfoHash, metadata: TorrentMetadata): void {
    this.#targets.learn(infoHash, { metadata });
    // How much is in an encrypted share shows later.
    const isSealed = this.#sealed.metadataArrived(infoHash);
    const { selectedFiles } = this.#targets.at(infoHash);
    const waitsBecause = isSealed ? undefined : waitReason(metadata.info, selectedFiles, this.#startGate);
    if (waitsBecause !== undefined) this.#engine.feed({ type: "torrentPaused", infoHash });
    this.#say({ type: "metadata", infoHash, metadata, waitsBecause });
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
    Promise.resolve(work).then(
      (value) => this.#say({ type: "done", ask, problem: undefined, value }),
      (error: unknown) => this.#say({ type: "done", ask, problem: this.#problemOf(error) }),
    );
  }

  #problemOf(error: unknown): string {
    return error instanceof StorageError ? error.message : this.#reportBug(error);
  }

  #reportBug(error: unknown): string {
    this.#say({ type: "bug", error });
    return BUG_SENTENCE;
  }
}
