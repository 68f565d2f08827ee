import { type Millis, millis } from "../base/ids.ts";
import type { Clock } from "../driver/ports.ts";
import { type Event, EventHeap } from "./event-heap.ts";

/** A swarm that takes more steps counts as never coming to rest, unless its world says how many it may take. */
const MAX_STEPS = 3_000_000;

/** More steps without a tick of the clock are an endless loop. */
const MAX_STEPS_AT_ONCE = 1_000_000;

/** Turns of the microtask queue: enough for every promise chain of the driver. */
const TURNS = 12;

/** Virtual time: runs events in order of their time, and events at the same time in order of creation. */
export class Scheduler {
  readonly #events = new EventHeap();
  readonly #maxSteps: number;
  #now = 0;
  #made = 0;
  #steps = 0;
  #stepsAtOnce = 0;
  /** Promises may wait: it takes turns of the microtask queue until all they cause has happened. */
  #owesTurns = true;

  readonly clock: Clock = {
    now: () => this.now,
    wakeAt: (when, wake) => {
      const event = this.#add(when, wake);
      return () => {
        event.run = undefined;
      };
    },
  };

  constructor(maxSteps = MAX_STEPS) {
    this.#maxSteps = maxSteps;
  }

  get now(): Millis {
    return millis(this.#now);
  }

  /** How many events have run. */
  get steps(): number {
    return this.#steps;
  }

  at(when: number, run: () => void): void {
    this.#add(when, run);
  }

  after(delayMillis: number, run: () => void): void {
    this.#add(this.#now + delayMillis, run);
  }

  /** Whoever starts or resolves a promise says so: all it causes happens before the next event. */
  promised(): void {
    this.#owesTurns = true;
  }

  /** Advances virtual time until `done`. Throws after `withinMillis` of virtual time. */
  async until(done: () => boolean, withinMillis: number): Promise<void> {
    const end = this.#now + withinMillis;
    await settled();
    while (!done()) {
      if (!this.#step(end)) throw new Error(`not done within ${withinMillis} ms of virtual time`);
      while (this.#owesTurns) await this.#takeTurns();
    }
  }

  /** Advances virtual time. */
  async pass(delayMillis: number): Promise<void> {
    const end = this.#now + delayMillis;
    await settled();
    while (this.#step(end)) while (this.#owesTurns) await this.#takeTurns();
    this.#now = end;
  }

  #add(when: number, run: () => void): Event {
    const event: Event = { at: Math.max(when, this.#now), order: this.#made++, run };
    this.#events.add(event);
    return event;
  }

  #step(end: number): boolean {
    const event = this.#nextEvent();
    if (event === undefined || event.at > end) return false;
    if (++this.#steps > this.#maxSteps) throw new Error("the swarm never comes to rest");
    this.#stepsAtOnce = event.at === this.#now ? this.#stepsAtOnce + 1 : 0;
    if (this.#stepsAtOnce > MAX_STEPS_AT_ONCE) throw new Error("the swarm stays at one moment for ever");
    this.#events.takeFirst();
    this.#now = event.at;
    event.run?.();
    return true;
  }

  #nextEvent(): Event | undefined {
    for (;;) {
      const event = this.#events.first;
      if (event === undefined || event.run !== undefined) return event;
      this.#events.takeFirst();
    }
  }

  async #takeTurns(): Promise<void> {
    this.#owesTurns = false;
    await settled();
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await undefined;
}
