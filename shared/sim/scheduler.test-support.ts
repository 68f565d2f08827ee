import { type Millis, millis } from "../base/ids.ts";
import type { Clock } from "../driver/ports.ts";

interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** A swarm that takes more steps counts as never coming to rest. */
const MAX_STEPS = 3_000_000;

/** Turns of the microtask queue: enough for every promise chain of the driver. */
const TURNS = 12;

/** Virtual time: runs events in order of their time, and events at the same time in order of creation. */
export class Scheduler {
  /** Sorted, with the next event last. */
  readonly #events: Event[] = [];
  #now = 0;
  #made = 0;
  #steps = 0;

  readonly clock: Clock = {
    now: () => this.now,
    wakeAt: (when, wake) => this.at(when, wake),
  };

  get now(): Millis {
    return millis(this.#now);
  }

  /** How many events have run. */
  get steps(): number {
    return this.#steps;
  }

  /** Runs a function at a time. Returns a function that cancels it. */
  at(when: number, run: () => void): () => void {
    const event = { at: Math.max(when, this.#now), order: this.#made++, run };
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.at ?? 0) <= event.at) high = middle;
      else low = middle + 1;
    }
    this.#events.splice(low, 0, event);
    return () => {
      const index = this.#events.indexOf(event);
      if (index >= 0) this.#events.splice(index, 1);
    };
  }

  after(delayMillis: number, run: () => void): () => void {
    return this.at(this.#now + delayMillis, run);
  }

  /** Advances virtual time until `done`. Throws after `withinMillis` of virtual time. */
  async until(done: () => boolean, withinMillis: number): Promise<void> {
    const end = this.#now + withinMillis;
    await settled();
    while (!done()) {
      if (!(await this.#step(end))) throw new Error(`not done within ${withinMillis} ms of virtual time`);
    }
  }

  /** Advances virtual time. */
  async pass(delayMillis: number): Promise<void> {
    const end = this.#now + delayMillis;
    await settled();
    while (await this.#step(end));
    this.#now = end;
  }

  async #step(end: number): Promise<boolean> {
    const event = this.#events.at(-1);
    if (event === undefined || event.at > end) return false;
    if (++this.#steps > MAX_STEPS) throw new Error("the swarm never comes to rest");
    this.#events.pop();
    this.#now = event.at;
    event.run();
    await settled();
    return true;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await undefined;
}
