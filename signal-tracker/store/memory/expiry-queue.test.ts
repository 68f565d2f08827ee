import fc from "fast-check";
import { expect, test } from "vitest";
import { type Millis, millis } from "#shared/base/ids.ts";
import { type Expiring, ExpiryQueue } from "./expiry-queue.ts";

interface Item extends Expiring<Item> {
  readonly name: number;
  readonly expiresAt: Millis;
}

test("whatever is put and removed, the oldest item comes first and none is lost", () => {
  const queue = new ExpiryQueue<Item>();
  const waiting: Item[] = [];
  const steps = fc.array(fc.record({ isPut: fc.boolean(), at: fc.nat() }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, (taken) => {
      for (const [name, { isPut, at }] of taken.entries()) {
        const item = waiting[at % Math.max(1, waiting.length)];
        if (isPut || item === undefined) {
          const added: Item = { name, expiresAt: millis(0) };
          queue.put(added);
          waiting.push(added);
        } else {
          queue.remove(item);
          waiting.splice(waiting.indexOf(item), 1);
        }
        expect([queue.size, queue.oldest]).toEqual([waiting.length, waiting[0]]);
      }
      for (const item of waiting.splice(0)) {
        expect(queue.oldest).toBe(item);
        queue.remove(item);
      }
      expect([queue.size, queue.oldest]).toEqual([0, undefined]);
    }),
  );
});
