import type { Announce, Answer, Failure, TrackerMessage } from "../announce/announce.ts";
import { encodeAnnounce, encodeAnswer, parseTrackerMessage } from "../announce/websocket.ts";
import { ProtocolError, unreachable } from "../base/errors.ts";
import { type InfoHash, type Millis, millis, type TrackerUrl } from "../base/ids.ts";
import { printable } from "../base/printable.ts";
import type { Clock, OpenTracker, TrackerEvents, TrackerLine } from "./ports.ts";

/** The part of a WebSocket that browsers and `ws` share. */
export interface WebSocketLike {
  send(text: string): void;
  close(): void;
  addEventListener(
    type: "open" | "close" | "error",
    listener: (event: { readonly reason?: unknown; readonly error?: unknown }) => void,
  ): void;
  addEventListener(type: "message", listener: (event: { readonly data?: unknown }) => void): void;
}

/** A tracker whose socket does not open within this time counts as unreachable. */
export const OPEN_MILLIS = 10_000;

/** Silence after an announce for this long means a dead socket. Longer than the session waits for the answer. */
export const SILENCE_MILLIS = 20_000;

/** Messages that may wait for the socket to open: an announce for each torrent of a busy page. */
export const MAX_WAITING_MESSAGES = 1_024;

/** The states of the connection. */
type Connection =
  | { readonly state: "closed" }
  | { readonly state: "opening"; readonly socket: WebSocketLike; readonly waiting: string[] }
  | { readonly state: "open"; readonly socket: WebSocketLike };

/** What a platform can tell about sockets. Browsers do not say why a socket failed. */
export interface SocketKnowledge {
  /** Describes a socket's error, and when the tracker allows a retry. */
  readonly problemOf?: (error: unknown) => {
    readonly reason: string;
    readonly retryInSeconds: number | undefined;
  };
  /** Called for each message that could not be decoded. */
  readonly leftOut?: (tracker: TrackerUrl, what: string) => void;
}

/** Opens trackers that speak WebTorrent's protocol: JSON over a WebSocket, one socket for all torrents. */
export function webSocketTrackers(
  clock: Clock,
  open: (url: TrackerUrl) => WebSocketLike,
  knowledge: SocketKnowledge = {},
): OpenTracker {
  return (url, events) => new WebSocketTracker(clock, url, open, events, knowledge);
}

/**
 * One tracker. The first announce opens the socket, and so does the next one after a loss.
 *
 * Invariant: every socket leads to one `lost`, unless we close it. Events after its end are ignored.
 */
class WebSocketTracker implements TrackerLine {
  readonly #clock: Clock;
  readonly #url: TrackerUrl;
  readonly #open: (url: TrackerUrl) => WebSocketLike;
  readonly #events: TrackerEvents;
  readonly #knowledge: SocketKnowledge;
  /** Torrents with an unanswered announce. */
  readonly #unanswered = new Set<InfoHash>();
  #connection: Connection = { state: "closed" };
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
    // The tracker forgot us with the socket, so there is nothing to stop.
    if (this.#connection.state === "closed" && announce.event === "stopped") return;
    if (this.#connection.state === "closed") this.#connect();
    if (!this.#say(encodeAnnounce(announce))) {
      return this.#events.refused(announce.infoHash, "too many torrents wait for this tracker to open");
    }
    if (announce.event === "stopped") return;
    this.#unanswered.add(announce.infoHash);
    if (this.#connection.state === "open") this.#expectWords();
  }

  /** Sends an answer, or drops it without an open socket: the tracker takes it only over the offer's socket. */
  answer(answer: Answer): void {
    if (this.#connection.state === "open") this.#say(encodeAnswer(answer));
  }

  close(): void {
    this.#end();
  }

  #connect(): void {
    try {
      const socket = this.#open(this.#url);
      this.#connection = { state: "opening", socket, waiting: [] };
      this.#wakeIn(OPEN_MILLIS, "the tracker does not answer");
      this.#listen(socket);
    } catch (error) {
      // Browsers refuse forbidden sockets, such as ws: from an https: page.
      this.#lose(this.#knowledge.problemOf?.(error).reason ?? "this browser does not allow it");
    }
  }

  #listen(socket: WebSocketLike): void {
    const isOurs = (): boolean => this.#connection.state !== "closed" && this.#connection.socket === socket;
    socket.addEventListener("open", () => {
      if (isOurs()) this.#opened(socket);
    });
    socket.addEventListener("message", ({ data }) => {
      if (isOurs()) this.#heard(data);
    });
    socket.addEventListener("close", ({ reason }) => {
      if (isOurs()) this.#closed(reason);
    });
    // Without `problemOf`, we report the `close` event that follows.
    socket.addEventListener("error", ({ error }) => {
      const { problemOf } = this.#knowledge;
      if (problemOf === undefined || !isOurs()) return;
      const { reason, retryInSeconds } = problemOf(error);
      this.#lose(reason, retryInSeconds);
    });
  }

  #opened(socket: WebSocketLike): void {
    const waiting = this.#connection.state === "opening" ? this.#connection.waiting : [];
    this.#connection = { state: "open", socket };
    this.#stopTimer();
    for (const text of waiting) socket.send(text);
    this.#expectWords();
  }

  #closed(reason: unknown): void {
    if (typeof reason === "string" && reason !== "")
      return this.#lose(`the tracker hung up: ${printable(reason)}`);
    this.#lose(this.#connection.state === "open" ? "the tracker hung up" : "the connection failed");
  }

  /** Sends now, or once the socket is open. False if too many messages are waiting. */
  #say(text: string): boolean {
    const connection = this.#connection;
    switch (connection.state) {
      case "open":
        connection.socket.send(text);
        return true;
      case "opening":
        if (connection.waiting.length >= MAX_WAITING_MESSAGES) return false;
        connection.waiting.push(text);
        return true;
      case "closed":
        return true; // `lost` has already reported it.
      default:
        return unreachable(connection);
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
      case "scrapeReply": // We send no scrapes.
      case undefined:
        return;
      default:
        return unreachable(message);
    }
  }

  /** A refusal without a torrent applies to all unanswered announces. Others may be about an answer that came too late. */
  #refused({ infoHash, reason, retryIn }: Failure): void {
    const meant = infoHash === undefined ? [...this.#unanswered] : [infoHash];
    for (const each of meant) if (this.#unanswered.delete(each)) this.#events.refused(each, reason, retryIn);
  }

  /** Undefined if malformed: one bad message must not cost all torrents their tracker. */
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

  /** A socket may take many minutes to notice a lost path (another Wi-Fi, a sleep). */
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
    const connection = this.#connection;
    this.#connection = { state: "closed" };
    this.#unanswered.clear();
    if (connection.state !== "closed") connection.socket.close();
  }

  #stopTimer(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
