/** Something that happens at a time. */
export interface Event {
  readonly at: number;
  /** Which of several events at the same time comes first. */
  readonly order: number;
  /** Undefined: cancelled. */
  run: (() => void) | undefined;
}

/** Events by time, the next one first: a binary heap. */
export class EventHeap {
  readonly #events: Event[] = [];

  /** The next event. */
  get first(): Event | undefined {
    return this.#events[0];
  }

  add(event: Event): void {
    const events = this.#events;
    let at = events.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = events[above] as Event;
      if (!isBefore(event, other)) break;
      events[at] = other;
      at = above;
    }
    events[at] = event;
  }

  takeFirst(): Event | undefined {
    const events = this.#events;
    const first = events[0];
    const last = events.pop();
    if (last !== undefined && last !== first) this.#sink(last);
    return first;
  }

  #sink(event: Event): void {
    const events = this.#events;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= events.length) break;
      if (below + 1 < events.length && isBefore(events[below + 1] as Event, events[below] as Event))
        below += 1;
      const other = events[below] as Event;
      if (!isBefore(other, event)) break;
      events[at] = other;
      at = below;
    }
    events[at] = event;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
