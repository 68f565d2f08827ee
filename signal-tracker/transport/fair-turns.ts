import { performance } from "node:perf_hooks";
import {
  MAX_ANSWERS_UNDER_WAY_PER_NETWORK,
  MAX_TURN_MILLIS_PER_NETWORK,
  MIN_REQUEST_MILLIS,
} from "../limits/turns.ts";

/** What there is to do for a message or a request. A promise: its answer has to wait for others, such as Redis. */
type Work = () => Promise<unknown> | undefined;

/** A socket that can be made to wait. */
export interface PausableSocket {
  readonly isOpen: boolean;
  pause(): void;
  resume(): void;
}

/** What a network has used of this turn, and what waits for the next one. */
interface Share {
  readonly network: string;
  /** Its sockets that are not paused. */
  readonly sockets: Set<PausableSocket>;
  /** Requests, and paused sockets to resume, in the order in which they came. */
  readonly waiting: (() => void)[];
  spentMillis: number;
  /** Answers that have to wait for others. */
  underWay: number;
  isActive: boolean;
}

/**
 * Shares the tracker's time among networks: one that has used up its share of a turn of the event loop waits for the next turn, so
 * that others are served in between. One with many answers under way waits for the next of them.
 *
 * Invariant: a network that has used up its share has no socket that is not paused.
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

  /** Watches a socket until it leaves. */
  enter(network: string, socket: PausableSocket): void {
    const share = this.#shareOf(network);
    share.sockets.add(socket);
    if (this.#isSpent(share)) this.#pauseAll(share);
  }

  leave(network: string, socket: PausableSocket): void {
    const share = this.#shareOf(network);
    share.sockets.delete(socket);
    this.#forgetIdle(share);
  }

  /** Serves what a socket of the network has brought. Without a network there is no limit. */
  serveSocket(network: string | undefined, work: Work): void {
    if (network === undefined) return void work();
    const share = this.#shareOf(network);
    this.#serve(share, work, 0);
    if (this.#isSpent(share)) this.#pauseAll(share);
  }

  /** Serves a request, now or in a later turn. */
  serveRequest(network: string | undefined, work: Work): void {
    if (network === undefined) return void work();
    const share = this.#shareOf(network);
    const request = () => this.#serve(share, work, MIN_REQUEST_MILLIS);
    if (share.waiting.length > 0 || this.#isSpent(share)) share.waiting.push(request);
    else request();
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

  #isSpent({ spentMillis, underWay }: Share): boolean {
    return spentMillis >= this.#maxMillis || underWay >= MAX_ANSWERS_UNDER_WAY_PER_NETWORK;
  }

  #serve(share: Share, work: Work, leastMillis: number): void {
    this.#activate(share);
    const startedAt = this.#now();
    const answer = work();
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

  /** They wait in this order, so that all get their turn. */
  #pauseAll(share: Share): void {
    for (const socket of share.sockets) {
      socket.pause();
      share.waiting.push(() => {
        if (socket.isOpen) share.sockets.add(socket);
        socket.resume();
      });
    }
    share.sockets.clear();
  }

  #nextTurn(): void {
    const active = this.#active;
    this.#active = [];
    for (const share of active) {
      share.isActive = false;
      share.spentMillis = 0;
      if (share.waiting.length === 0) this.#forgetIdle(share);
      else this.#goOn(share);
    }
  }

  /** One after the other: a socket that goes on brings what it has read before at the end of the tick. */
  #goOn(share: Share): void {
    if (this.#isSpent(share)) return this.#pauseAll(share);
    const work = share.waiting.shift();
    if (work === undefined) return;
    this.#activate(share);
    work();
    process.nextTick(() => this.#goOn(share));
  }

  #forgetIdle(share: Share): void {
    if (share.sockets.size === 0 && share.waiting.length === 0 && share.underWay === 0 && !share.isActive)
      this.#shares.delete(share.network);
  }
}
