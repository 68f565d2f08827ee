import type { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import type { Millis } from "#shared/base/ids.ts";
import type { Refused } from "../accounts/keys.ts";
import type { MemberKey } from "../core/swarm-store.ts";
import type { Outcomes } from "./counters.ts";
import type { Share, TurnSocket } from "./fair-turns.ts";

/** Who is at the other end of a socket, as far as the tracker knows from the start. */
export interface ClientOptions {
  readonly memberKey: MemberKey;
  readonly socket: WebSocket;
  /** What the socket's bytes travel over. */
  readonly stream: Duplex;
  /** The network whose limits it counts towards. Undefined: no limits apply. */
  readonly network: string | undefined;
  /** Counts its announces, with those of others. */
  readonly announces: Outcomes;
  readonly now: Millis;
}

/** A client and its socket: what it has sent in this minute, and what is on its way to it. */
export class SocketClient implements TurnSocket {
  readonly memberKey: MemberKey;
  readonly network: string | undefined;
  readonly announces: Outcomes;
  /** Why it may not announce. Undefined: it may. */
  refused: Refused | undefined;
  /** Whether anything arrived since the last ping. */
  isAlive = true;
  announcesInMinute = 0;
  uselessInMinute = 0;
  share: Share | undefined;
  waitingMessages = 0;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  #minuteStartedAt: Millis;
  #isHolding = false;

  constructor({ memberKey, socket, stream, network, announces, now }: ClientOptions) {
    this.memberKey = memberKey;
    this.#socket = socket;
    this.#stream = stream;
    this.network = network;
    this.announces = announces;
    this.#minuteStartedAt = now;
  }

  /** False once either side has begun to close the socket. */
  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Whether frames wait for `release`. */
  get isHolding(): boolean {
    return this.#isHolding;
  }

  /** Starts a new minute if it is time. */
  countMinute(now: Millis): void {
    if (now - this.#minuteStartedAt < 60_000) return;
    this.#minuteStartedAt = now;
    this.announcesInMinute = 0;
    this.uselessInMinute = 0;
  }

  /** Until its minute is over. */
  secondsLeft(now: Millis): number {
    return Math.ceil((this.#minuteStartedAt + 60_000 - now) / 1_000);
  }

  /** Holds a whole frame back until `release`, so that all frames of a moment leave in one system call. */
  hold(frame: Buffer): void {
    if (!this.#isHolding) this.#stream.cork();
    this.#isHolding = true;
    this.#stream.write(frame);
  }

  release(): void {
    if (!this.#isHolding) return;
    this.#isHolding = false;
    this.#stream.uncork();
  }

  /** Bytes that the system has not taken yet. */
  get queuedBytes(): number {
    return this.#stream.writableLength;
  }

  /** Leaves what it sends to the system, until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  ping(): void {
    this.#socket.ping();
  }

  /** Sends what it holds, says goodbye with a code and a reason (RFC 6455), and waits for the other side to close. */
  close(code: number, reason: string): void {
    this.release();
    this.#socket.close(code, reason);
  }

  /** Drops the connection at once. */
  drop(): void {
    this.#socket.terminate();
  }

  /** Resolves when the socket is closed. */
  closed(): Promise<void> {
    return new Promise((resolve) => this.#socket.once("close", () => resolve()));
  }
}
