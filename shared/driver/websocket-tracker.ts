import type { Announce, Answer, Failure, TrackerMessage } from "../announce/announce.ts";
import { encodeAnnounce, encodeAnswer, parseTrackerMessage } from "../announce/websocket.ts";
import { ProtocolError, unreachable } from "../base/errors.ts";
import { type InfoHash, type Millis, millis, type TrackerUrl } from "../base/ids.ts";
import { printable } from "../base/printable.ts";
import type { Clock, OpenTracker, TrackerEvents, TrackerLine } from "./ports.ts";

/** What is needed of a WebSocket: the browser's has it, and so has that of `ws`. */
export interface WebSocketLike {
  send(text: string): void;
  close(): void;
  addEventListener(
    type: "open" | "close" | "error",
    listener: (event: { readonly reason?: unknown; readonly error?: unknown }) => void,
  ): void;
  addEventListener(type: "message", listener: (event: { readonly data?: unknown }) => void): void;
}

/** A tracker that has not taken the socket by then counts as unreachable. */
export const OPEN_MILLIS = 10_000;

/** Silence after an announce that means a dead socket: longer than the session waits for the answer itself. */
export const SILENCE_MILLIS = 20_000;

/** Messages that may wait for the socket to open: one for each torrent of a busy page. */
export const MAX_WAITING = 1_024;

/** A socket's life, and what exists in each part of it. */
type Line =
  | { readonly state: "closed" }
  | { readonly state: "opening"; readonly socket: WebSocketLike; readonly waiting: string[] }
  | { readonly state: "open"; readonly socket: WebSocketLike };

/** What a platform knows of sockets, or does with it. A browser tells nothing of why a socket failed. */
export interface SocketKnowledge {
  /** Puts the error of a socket into words, and says for how long the tracker asked to be left alone. */
  readonly problemOf?: (error: unknown) => {
    readonly reason: string;
    readonly retryInSeconds: number | undefined;
  };
  /** Hears of messages that could not be read. */
  readonly leftOut?: (tracker: TrackerUrl, what: string) => void;
}

/** Trackers that speak WebTorrent's protocol: JSON text over a WebSocket, one socket for all torrents. */
export function webSocketTrackers(
  clock: Clock,
  open: (url: TrackerUrl) => WebSocketLike,
  knowledge: SocketKnowledge = {},
): OpenTracker {
  return (url, events) => new WebSocketTracker(clock, url, open, events, knowledge);
}

/**
 * One tracker. The socket opens with the first announce, and again with the next one after it was lost.
 *
 * Invariant: every socket ends in one `lost`, unless we close it; what a socket says after its end is not heard.
 */
class WebSocketTracker implements TrackerLine {
  readonly #clock: Clock;
  readonly #url: TrackerUrl;
  readonly #open: (url: TrackerUrl) => WebSocketLike;
  readonly #events: TrackerEvents;
  readonly #knowledge: SocketKnowledge;
  /** Torrents of which an announce waits for its answer. */
  readonly #unanswered = new Set<InfoHash>();
  #line: Line = { state: "closed" };
  #cancelTimer: (() => void) | undefined;

  constructor(
    clock: Clock,
    url: TrackerUrl,
    open: (url: TrackerUrl) => WebSocketLike,
    events: TrackerEvents,
    knowledge: SocketKnowledge,
  ) {
    this.#clock = clock;
    this.#url = url;
    this.#open = open;
    this.#events = events;
    this.#knowledge = knowledge;
  }

  announce(announce: Announce): void {
    // A tracker forgets us with the socket, so there is nothing left to stop.
    if (this.#line.state === "closed" && announce.event === "stopped") return;
    if (this.#line.state === "closed") this.#connect();
    if (!this.#say(encodeAnnounce(announce))) {
      return this.#events.refused(announce.infoHash, "too many torrents wait for this tracker to open");
    }
    if (announce.event === "stopped") return;
    this.#unanswered.add(announce.infoHash);
    if (this.#line.state === "open") this.#expectWords();
  }

  /** An answer counts only on the socket that brought the offer: without that socket it is dropped. */
  answer(answer: Answer): void {
    if (this.#line.state === "open") this.#say(encodeAnswer(answer));
  }

  close(): void {
    this.#end();
  }

  #connect(): void {
    try {
      const socket = this.#open(this.#url);
      this.#line = { state: "opening", socket, waiting: [] };
      this.#wakeIn(OPEN_MILLIS, "the tracker does not answer");
      this.#listen(socket);
    } catch (error) {
      // A browser refuses to make sockets that its rules forbid, such as ws: on a page that came by https:.
      this.#lose(this.#knowledge.problemOf?.(error).reason ?? "this browser does not allow it");
    }
  }

  #listen(socket: WebSocketLike): void {
    const isOurs = (): boolean => this.#line.state !== "closed" && this.#line.socket === socket;
    socket.addEventListener("open", () => {
      if (isOurs()) this.#opened(socket);
    });
    socket.addEventListener("message", ({ data }) => {
      if (isOurs()) this.#heard(data);
    });
    socket.addEventListener("close", ({ reason }) => {
      if (isOurs()) this.#closed(reason);
    });
    // Where nothing is known of the error, `close` follows and tells what there is to tell.
    socket.addEventListener("error", ({ error }) => {
      const { problemOf } = this.#knowledge;
      if (problemOf === undefined || !isOurs()) return;
      const { reason, retryInSeconds } = problemOf(error);
      this.#lose(reason, retryInSeconds);
    });
  }

  #opened(socket: WebSocketLike): void {
    const waiting = this.#line.state === "opening" ? this.#line.waiting : [];
    this.#line = { state: "open", socket };
    this.#stopTimer();
    for (const text of waiting) socket.send(text);
    this.#expectWords();
  }

  #closed(reason: unknown): void {
    if (typeof reason === "string" && reason !== "")
      return this.#lose(`the tracker hung up: ${printable(reason)}`);
    this.#lose(this.#line.state === "open" ? "the tracker hung up" : "the connection failed");
  }

  /** Sends now or as soon as the socket is open. False: too much waits already, or the socket could not be made. */
  #say(text: string): boolean {
    const line = this.#line;
    switch (line.state) {
      case "open":
        line.socket.send(text);
        return true;
      case "opening":
        if (line.waiting.length >= MAX_WAITING) return false;
        line.waiting.push(text);
        return true;
      case "closed":
        return true; // `lost` has said it already.
      default:
        return unreachable(line);
    }
  }

  #heard(data: unknown): void {
    this.#stopTimer();
    const message = this.#read(data);
    switch (message?.type) {
      case "announceReply":
        this.#unanswered.delete(message.infoHash);
        return this.#events.replied(message);
      case "offer":
      case "answer":
        return this.#events.relayed(message);
      case "failure":
        return this.#refused(message);
      case "scrapeReply": // We never ask.
      case undefined:
        return;
      default:
        return unreachable(message);
    }
  }

  /** Some refusals name no torrent, and then mean what was asked. Others mean an answer that came too late for an offer. */
  #refused({ infoHash, reason, retryIn }: Failure): void {
    const meant = infoHash === undefined ? [...this.#unanswered] : [infoHash];
    for (const each of meant) if (this.#unanswered.delete(each)) this.#events.refused(each, reason, retryIn);
  }

  /** Undefined: nothing we can use. One bad message is no reason to lose the tracker for all torrents. */
  #read(data: unknown): TrackerMessage | undefined {
    try {
      if (typeof data !== "string") throw new ProtocolError("notText", "the message is not text");
      return parseTrackerMessage(data);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#knowledge.leftOut?.(this.#url, error.message);
      return undefined;
    }
  }

  /** A path that is gone (another Wi-Fi, a sleep) is not noticed by a socket for many minutes. */
  #expectWords(): void {
    if (this.#cancelTimer === undefined) this.#wakeIn(SILENCE_MILLIS, "the tracker has fallen silent");
  }

  #wakeIn(wait: number, reason: string): void {
    const when: Millis = millis(this.#clock.now() + wait);
    this.#cancelTimer = this.#clock.wakeAt(when, () => {
      this.#cancelTimer = undefined;
      this.#lose(reason);
    });
  }

  #lose(reason: string, retryInSeconds?: number): void {
    this.#end();
    this.#events.lost(reason, retryInSeconds);
  }

  #end(): void {
    this.#stopTimer();
    const line = this.#line;
    this.#line = { state: "closed" };
    this.#unanswered.clear();
    if (line.state !== "closed") line.socket.close();
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
