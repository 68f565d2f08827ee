import fc from "fast-check";
import { expect, test } from "vitest";
import { type Event, EventHeap } from "./event-heap.ts";

/** Undefined: take the first event. Otherwise add one at this time. Few times, so that many events share one. */
const steps = fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }), { maxLength: 200 });

test("events come out by time, and those at the same time in their order, as from a sorted array", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const heap = new EventHeap();
      const sorted: Event[] = [];
      for (const [order, at] of all.entries()) {
        if (at === undefined) expect(heap.takeFirst()).toBe(sorted.shift());
        else {
          const event: Event = { at, order, run: () => {} };
          heap.add(event);
          sorted.push(event);
          sorted.sort((one, other) => one.at - other.at || one.order - other.order);
        }
        expect(heap.first).toBe(sorted[0]);
      }
      for (const event of sorted) expect(heap.takeFirst()).toBe(event);
      expect(heap.takeFirst()).toBeUndefined();
    }),
  );
});
