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

test("the items can be looked through while others come, move to the end and leave", () => {
  const queue = new ExpiryQueue<Item>();
  const items = Array.from({ length: 6 }, (_, name): Item => ({ name, expiresAt: millis(0) }));
  const [zero, one, two, three, four, five] = items as [Item, Item, Item, Item, Item, Item];
  for (const item of [zero, one, two, three, four]) queue.put(item);
  const seen: number[] = [];
  for (const { name } of queue.items()) {
    seen.push(name);
    if (name === 1) {
      for (const item of [two, zero, one]) queue.remove(item);
      queue.put(one);
      queue.put(five);
    }
    if (name === 5) queue.remove(five);
  }
  expect(seen).toEqual([0, 1, 3, 4, 1, 5]);
});
