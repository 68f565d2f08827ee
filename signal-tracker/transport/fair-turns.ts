import { performance } from "node:perf_hooks";
import {
  MAX_ANSWERS_UNDER_WAY_PER_NETWORK,
  MAX_TURN_MILLIS_PER_NETWORK,
  MAX_WAITING_PER_NETWORK,
  MIN_REQUEST_MILLIS,
} from "../limits/turns.ts";

/** An answer that has to wait for others, such as Redis. Undefined: it is complete. */
type UnderWay = Promise<unknown> | undefined;

/** A socket that can be made to wait. Its share and count are kept here, so that a message takes no look-up. */
export interface TurnSocket {
  /** Its network's. Undefined: no limits apply, or it has left. */
  share: Share | undefined;
  /** Its messages that wait for a later turn. */
  waitingMessages: number;
  pause(): void;
  resume(): void;
}

/** What a network has used of this turn, and what waits for the next one. */
export interface Share {
  readonly network: string;
  readonly sockets: Set<TurnSocket>;
  /** Messages and requests, in the order in which they came. */
  readonly waiting: (() => void)[];
  spentMillis: number;
  /** Answers that have to wait for others. */
  underWay: number;
  isActive: boolean;
}

/**
 * Shares the tracker's time among networks: what a network sends after it has used up its share of a turn of the event loop waits
 * for the next turn, so that others are served in between. One with many answers under way waits for the next of them.
 *
 * A socket with two messages that wait is not read until they are served. Reading stops for all sockets of a network only when too
 * much waits: most of them have nothing to say, and stopping each one took a tenth of the CPU of a tracker at full load.
 *
 * Invariant: what waits is served before anything that its network sends later.
 */
export class FairTurns {
  readonly #maxMillis: number;
  readonly #now: () => number;
  readonly #shares = new Map<string, Share>();
  /** The networks that were served in this turn. */
  #active: Share[] = [];

  constructor(maxMillis = MAX_TURN_MILLIS_PER_NETWORK, now: () => number = () => performance.now()) {
    this.#maxMillis = maxMillis;
    this.#now = now;
  }

  /** Counts a socket towards its network until it leaves. */
  enter(network: string, socket: TurnSocket): void {
    const share = this.#shareOf(network);
    share.sockets.add(socket);
    socket.share = share;
    if (share.waiting.length >= MAX_WAITING_PER_NETWORK) this.#pause(share, socket);
  }

  /** Drops what of it still waits. */
  leave(socket: TurnSocket): void {
    const { share } = socket;
    if (share === undefined) return;
    socket.share = undefined;
    share.sockets.delete(socket);
    this.#forgetIdle(share);
  }

  /** Serves what a socket has brought, now or in a later turn. */
  serveSocket<Socket extends TurnSocket, Message>(
    socket: Socket,
    message: Message,
    serve: (socket: Socket, message: Message) => UnderWay,
  ): void {
    const { share } = socket;
    if (share === undefined) return void serve(socket, message);
    if (this.#mustWait(share)) return this.#hold(share, socket, () => serve(socket, message));
    const startedAt = this.#start(share);
    this.#spend(share, startedAt, serve(socket, message), 0);
  }

  /** Serves a request, now or in a later turn. Without a network there is no limit. */
  serveRequest(network: string | undefined, serve: () => UnderWay): void {
    if (network === undefined) return void serve();
    const share = this.#shareOf(network);
    if (this.#mustWait(share)) share.waiting.push(() => this.#serve(share, serve, MIN_REQUEST_MILLIS));
    else this.#serve(share, serve, MIN_REQUEST_MILLIS);
  }

  #shareOf(network: string): Share {
    const known = this.#shares.get(network);
    if (known !== undefined) return known;
    const share: Share = {
      network,
      sockets: new Set(),
      waiting: [],
      spentMillis: 0,
      underWay: 0,
      isActive: false,
    };
    this.#shares.set(network, share);
    return share;
  }

  #mustWait(share: Share): boolean {
    return share.waiting.length > 0 || this.#isSpent(share);
  }

  #isSpent({ spentMillis, underWay }: Share): boolean {
    return spentMillis >= this.#maxMillis || underWay >= MAX_ANSWERS_UNDER_WAY_PER_NETWORK;
  }

  #serve(share: Share, serve: () => UnderWay, leastMillis: number): void {
    const startedAt = this.#start(share);
    this.#spend(share, startedAt, serve(), leastMillis);
  }

  #start(share: Share): number {
    this.#activate(share);
    return this.#now();
  }

  #spend(share: Share, startedAt: number, answer: UnderWay, leastMillis: number): void {
    share.spentMillis += Math.max(this.#now() - startedAt, leastMillis);
    if (answer === undefined) return;
    share.underWay += 1;
    const answered = () => {
      share.underWay -= 1;
      this.#activate(share); // Whatever waits goes on in the next turn.
    };
    void answer.finally(answered); // If it fails, that is a bug, and reported as everywhere else.
  }

  #activate(share: Share): void {
    if (share.isActive) return;
    share.isActive = true;
    if (this.#active.push(share) === 1) setImmediate(() => this.#nextTurn());
  }

  /** A read may bring many messages; the second one shows that there may be more. */
  #hold(share: Share, socket: TurnSocket, serve: () => UnderWay): void {
    if (socket.waitingMessages === 1) socket.pause();
    this.#wait(share, socket, () => this.#serve(share, serve, 0));
    if (share.waiting.length < MAX_WAITING_PER_NETWORK) return;
    for (const other of share.sockets) if (other.waitingMessages === 0) this.#pause(share, other);
  }

  #pause(share: Share, socket: TurnSocket): void {
    socket.pause();
    this.#wait(share, socket, () => {});
  }

  #wait(share: Share, socket: TurnSocket, goOn: () => void): void {
    socket.waitingMessages += 1;
    share.waiting.push(() => {
      if (socket.share !== share) return; // It has left.
      goOn();
      socket.waitingMessages -= 1;
      if (socket.waitingMessages === 0) socket.resume();
    });
  }

  #nextTurn(): void {
    const active = this.#active;
    this.#active = [];
    for (const share of active) {
      share.isActive = false;
      share.spentMillis = 0;
      while (!this.#isSpent(share)) {
        const goOn = share.waiting.shift();
        if (goOn === undefined) break;
        goOn();
      }
      this.#forgetIdle(share);
    }
  }

  #forgetIdle(share: Share): void {
    if (share.sockets.size === 0 && share.waiting.length === 0 && share.underWay === 0 && !share.isActive)
      this.#shares.delete(share.network);
  }
}
