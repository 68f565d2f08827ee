import type { IceServer } from "#shared/announce/tracker-config.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { type ReportBug, StorageError } from "#shared/driver/ports.ts";
import type { TorrentMetadata } from "#shared/session/effect.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { LoggedEvent, WaitReason } from "../client.ts";
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
  /** Metadata came from peers. `waitsBecause`: the download has been paused until the person starts it. */
  readonly keepMetadata: (
    infoHash: InfoHash,
    metadata: TorrentMetadata,
    waitsBecause: WaitReason | undefined,
  ) => void;
}

type Answer = Extract<FromEngine, { readonly type: "done" }>;

/** The engine as the page sees it, wherever it runs. Its views are those that it last sent. */
export class PageEngine {
  readonly #line: EngineLine;
  readonly #ports: PageEnginePorts;
  readonly #peers: NearPeers | undefined;
  readonly #views = new ViewKeeper();
  readonly #asked = new Map<number, (answer: Answer) => void>();
  #lastAsk = 0;
  #asksFirst = false;

  constructor(line: EngineLine, start: Omit<Start, "type" | "hasRtc">, ports: PageEnginePorts) {
    this.#line = line;
    this.#ports = ports;
    this.#peers =
      line.isWorker && ports.rtc ? new ports.rtc.NearPeers(line.say, ports.iceServers) : undefined;
    line.listen((message) => this.#hear(message));
    line.say({ type: "start", hasRtc: ports.rtc !== undefined, ...start });
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

  /** Connects to the own tracker again, which does not know yet who has logged in or out. */
  reconnect(): void {
    this.#line.say({ type: "reconnect" });
  }

  /** Closes links and trackers at once: a closing page has no time for more. */
  close(): void {
    this.#line.say({ type: "close" });
    this.#peers?.closeAll();
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
        return this.#ports.changed();
      case "metadata":
        return this.#ports.keepMetadata(
          message.infoHash,
          revivedMetadata(message.metadata),
          message.waitsBecause,
        );
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
