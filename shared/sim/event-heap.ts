/** Something that happens at a time. */
export interface Event {
  readonly at: number;
  /** Which of several events at the same time comes first. */
  readonly order: number;
  /** Undefined: cancelled. */
  run: (() => void) | undefined;
}

const FIRST_CAPACITY = 1_024;

/**
 * Events by time, the next one first: a binary heap. Times and orders are kept beside the events, or each comparison would fetch
 * two events from all over the memory.
 */
export class EventHeap {
  readonly #events: Event[] = [];
  #times = new Float64Array(FIRST_CAPACITY);
  #orders = new Float64Array(FIRST_CAPACITY);

  /** The next event. */
  get first(): Event | undefined {
    return this.#events[0];
  }

  add(event: Event): void {
    let at = this.#events.length;
    if (at === this.#times.length) this.#grow();
    const { at: time, order } = event;
    this.#events.push(event);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isAfter(above, time, order)) break;
      this.#copy(above, at);
      at = above;
    }
    this.#put(at, event);
  }

  takeFirst(): Event | undefined {
    const first = this.#events[0];
    const last = this.#events.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    return first;
  }

  #sink(event: Event): void {
    const count = this.#events.length;
    const { at: time, order } = event;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= count) break;
      const right = below + 1;
      if (right < count && this.#isAfter(below, this.#times[right] as number, this.#orders[right] as number))
        below = right;
      if (this.#isAfter(below, time, order)) break;
      this.#copy(below, at);
      at = below;
    }
    this.#put(at, event);
  }

  /** Whether the event there comes after one of this time and order. */
  #isAfter(at: number, time: number, order: number): boolean {
    const there = this.#times[at] as number;
    return there > time || (there === time && (this.#orders[at] as number) > order);
  }

  #copy(from: number, to: number): void {
    this.#events[to] = this.#events[from] as Event;
    this.#times[to] = this.#times[from] as number;
    this.#orders[to] = this.#orders[from] as number;
  }

  #put(at: number, event: Event): void {
    this.#events[at] = event;
    this.#times[at] = event.at;
    this.#orders[at] = event.order;
  }

  #grow(): void {
    const { length } = this.#times;
    const [times, orders] = [new Float64Array(2 * length), new Float64Array(2 * length)];
    times.set(this.#times);
    orders.set(this.#orders);
    this.#times = times;
    this.#orders = orders;
  }
}
