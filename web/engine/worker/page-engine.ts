import type { IceServer } from "#shared/announce/tracker-config.ts";
import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import { type ReportBug, StorageError } from "#shared/driver/ports.ts";
import type { PieceReader } from "#shared/library/torrent-file.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { LoggedEvent, Speeds, StopReason, WaitReason } from "../client.ts";
import { currentConnection, type StartGate } from "../start-gate.ts";
import type { EngineLine } from "./engine-line.ts";
import type { BytesHere, FromEngine, PageInput, Start } from "./messages.ts";
import type { NearPeers } from "./near-peers.ts";
import { revivedMetadata } from "./revive.ts";
import { ViewKeeper } from "./views.ts";

/** What the engine needs of the page, and whom it tells. */
export interface PageEnginePorts {
  /** Undefined: this browser has no WebRTC. */
  readonly rtc: { readonly NearPeers: typeof NearPeers } | undefined;
  readonly iceServers: () => readonly IceServer[];
  readonly reportBug: ReportBug;
  /** The views have changed. */
  readonly changed: () => void;
  /** The browser did not let the engine run for a while. */
  readonly heldUp: () => void;
  /** Metadata came from peers. `waitsBecause`: the download has been paused until the person starts it. */
  readonly keepMetadata: (
    infoHash: InfoHash,
    metadata: TorrentMetadata,
    waitsBecause: WaitReason | undefined,
  ) => void;
  /** The files in an encrypted share are known. `waitsBecause` as for `keepMetadata`. */
  readonly revealed: (infoHash: InfoHash, name: string, waitsBecause: WaitReason | undefined) => void;
  /** A torrent has reached a limit of sharing, and is paused. */
  readonly sharingStopped: (infoHash: InfoHash, because: StopReason) => void;
}

const REPLACED = "The part of this page that moves files crashed meanwhile. Try it once more.";

type Answer = Extract<FromEngine, { readonly type: "done" }>;

/** The engine as the page sees it, wherever it runs. Its views are those that it last sent. */
export class PageEngine {
  readonly #identity: () => Omit<Start, "type" | "hasRtc">;
  readonly #ports: PageEnginePorts;
  #line: EngineLine;
  #peers: NearPeers | undefined;
  readonly #views = new ViewKeeper();
  readonly #asked = new Map<number, (answer: Answer) => void>();
  #lastAsk = 0;
  #lastReading = 0;
  #asksFirst = false;
  /** While the torrents go to another engine, its views lack most of them. */
  #isFilling = false;

  /** `identity`: who each engine is. */
  constructor(line: EngineLine, identity: () => Omit<Start, "type" | "hasRtc">, ports: PageEnginePorts) {
    this.#identity = identity;
    this.#ports = ports;
    this.#line = line;
    this.#start();
  }

  /** Its worker has ended: another one takes its place, and knows nothing yet. Call `filled` once it has been told everything. */
  replace(line: EngineLine): void {
    this.#peers?.closeAll();
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    for (const answer of asked) answer({ type: "done", ask: 0, problem: REPLACED });
    this.#line = line;
    this.#isFilling = true;
    this.#start();
  }

  async filled(): Promise<void> {
    await this.caughtUp();
    this.#isFilling = false;
    this.#ports.changed();
  }

  feed(input: PageInput): void {
    if (input.type === "torrentRemoved") this.#views.forget(input.infoHash);
    if (input.type === "torrentAdded") this.#sayStartGate(); // Whether it waits depends on it.
    this.#line.say({ type: "input", input });
  }

  /** Whether new downloads, and those whose size is not known yet, wait for the person. */
  askFirst(asksFirst: boolean): void {
    this.#asksFirst = asksFirst;
    this.#sayStartGate();
  }

  /** What decides now whether a new download waits. */
  startGate(): StartGate {
    return { connection: currentConnection(), asksFirst: this.#asksFirst };
  }

  view(): readonly TorrentView[] {
    return this.#views.views();
  }

  /** Says where a torrent's bytes are: before the engine needs them, and again when that changes. */
  bytesAre(infoHash: InfoHash, bytes: BytesHere): void {
    this.#line.say({ type: "bytesAre", infoHash, bytes });
  }

  /** Deletes pieces, also those that are just being written. Rejects with a `StorageError`. */
  clear(storageId: string): Promise<void> {
    return this.#ask((ask) => this.#line.say({ type: "clear", storageId, ask }));
  }

  /** Resolves once the views show all that was fed. */
  caughtUp(): Promise<void> {
    return this.#ask((ask) => this.#line.say({ type: "show", ask }));
  }

  /** What happened to a torrent since the event with this number. */
  events(infoHash: InfoHash, after: number): Promise<readonly LoggedEvent[]> {
    return this.#ask((ask) => this.#line.say({ type: "tellEvents", infoHash, after, ask }));
  }

  /** One byte for each piece: see `pieceMap`. Undefined: their number is not known. */
  pieces(infoHash: InfoHash): Promise<Uint8Array | undefined> {
    return this.#ask((ask) => this.#line.say({ type: "tellPieces", infoHash, ask }));
  }

  /** How fast a torrent was lately. Undefined: it has rested for as long as the engine keeps speeds. */
  speeds(infoHash: InfoHash): Promise<Speeds | undefined> {
    return this.#ask((ask) => this.#line.say({ type: "tellSpeeds", infoHash, ask }));
  }

  /** Reads pieces of a torrent up to `last`, each once it is here. Call its `close` in the end. */
  pieceReader(infoHash: InfoHash, last: PieceIndex): PieceReader {
    this.#lastReading += 1;
    const reading = this.#lastReading;
    return {
      read: (piece) =>
        this.#ask((ask) => this.#line.say({ type: "readPiece", infoHash, reading, piece, last, ask })),
      close: () => this.#line.say({ type: "endReading", reading }),
    };
  }

  /** Connects to the own tracker again, which does not know yet who has logged in or out. */
  reconnect(): void {
    this.#line.say({ type: "reconnect" });
  }

  /** Closes links and trackers at once: a closing page has no time for more. */
  close(): void {
    this.#line.say({ type: "close" });
    this.#peers?.closeAll();
  }

  #start(): void {
    const { rtc, iceServers } = this.#ports;
    this.#peers = this.#line.isWorker && rtc ? new rtc.NearPeers(this.#line.say, iceServers) : undefined;
    this.#line.listen((message) => this.#hear(message));
    this.#line.say({ type: "start", hasRtc: rtc !== undefined, ...this.#identity() });
  }

  #sayStartGate(): void {
    this.#line.say({ type: "startGateIs", startGate: this.startGate() });
  }

  #ask<Value>(say: (ask: number) => void): Promise<Value> {
    this.#lastAsk += 1;
    const ask = this.#lastAsk;
    return new Promise((resolve, reject) => {
      this.#asked.set(ask, ({ problem, value }) =>
        problem === undefined ? resolve(value as Value) : reject(new StorageError(problem)),
      );
      say(ask);
    });
  }

  #hear(message: FromEngine): void {
    switch (message.type) {
      case "views":
        this.#views.take(message);
        return this.#isFilling ? undefined : this.#ports.changed();
      case "metadata":
        return this.#ports.keepMetadata(
          message.infoHash,
          revivedMetadata(message.metadata),
          message.waitsBecause,
        );
      case "revealed":
        return this.#ports.revealed(message.infoHash, message.name, message.waitsBecause);
      case "sharingStopped":
        return this.#ports.sharingStopped(message.infoHash, message.because);
      case "heldUp":
        return this.#ports.heldUp();
      case "bug":
        return void this.#ports.reportBug(message.error);
      case "done":
        this.#asked.get(message.ask)?.(message);
        this.#asked.delete(message.ask);
        return;
      case "openPeer":
      case "signalPeer":
      case "placePeer":
      case "destroyPeer":
        return this.#peers?.hear(message);
      case "ready": // It was.
    }
  }
}
