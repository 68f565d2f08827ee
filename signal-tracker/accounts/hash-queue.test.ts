import { expect, test } from "vitest";
import { HashQueue } from "./hash-queue.ts";

/** Work that goes on until it is told to end. */
function endless() {
  const ends: (() => void)[] = [];
  return {
    ends,
    work: () => new Promise<void>((resolve) => ends.push(resolve)),
  };
}

const LIMITS = { maxAtOnce: 2, maxWaiting: 4, maxWaitingPerNetwork: 3 };
const from = (network: string | undefined, isKnown = false) => ({ network, isKnown });
const settled = (promise: Promise<unknown>) => promise.then(() => "done").catch((error) => error.code);

test("a flood of log-ins is done two at a time, and what would wait too long is refused", async () => {
  const { ends, work } = endless();
  const queue = new HashQueue(LIMITS);
  const told = Array.from({ length: 8 }, () => settled(queue.run(from(undefined), work)));
  await Promise.resolve();
  expect(ends).toHaveLength(2);
  expect(await Promise.all(told.slice(6))).toEqual(["tooBusy", "tooBusy"]);
  for (let at = 0; at < 6; at++) {
    while (ends[at] === undefined) await Promise.resolve();
    expect(ends.length - at).toBeLessThanOrEqual(2);
    ends[at]?.();
  }
  expect(await Promise.all(told.slice(0, 6))).toEqual(Array(6).fill("done"));
});

test("one network cannot take the whole queue", async () => {
  const { ends, work } = endless();
  const queue = new HashQueue(LIMITS);
  const flood = Array.from({ length: 7 }, () => settled(queue.run(from("a"), work)));
  const other = settled(queue.run(from("b"), work));
  expect(await Promise.all(flood.slice(5))).toEqual(["tooBusy", "tooBusy"]);
  for (let at = 0; at < 6; at++) {
    while (ends[at] === undefined) await Promise.resolve();
    ends[at]?.();
  }
  expect(await other).toBe("done");
  expect(await Promise.all(flood.slice(0, 5))).toEqual(Array(5).fill("done"));
  const again = settled(queue.run(from("a"), work));
  await Promise.resolve();
  ends[6]?.();
  expect(await again).toBe("done");
});

test("work that fails leaves its place to the next", async () => {
  const queue = new HashQueue({ maxAtOnce: 1, maxWaiting: 1, maxWaitingPerNetwork: 1 });
  const failing = settled(queue.run(from("a"), () => Promise.reject({ code: "failed" })));
  const next = settled(queue.run(from("a"), async () => {}));
  expect(await Promise.all([failing, next])).toEqual(["failed", "done"]);
});

test("when many networks fill the queue, the last of the busiest gives way, and known people come first", async () => {
  const { ends, work } = endless();
  const queue = new HashQueue(LIMITS);
  const order: string[] = [];
  const run = (network: string, isKnown = false) =>
    settled(
      queue.run(from(network, isKnown), () => {
        order.push(network);
        return work();
      }),
    );
  const flood = ["a", "b", "a", "c", "d", "a"].map((network) => run(network));
  const stranger = run("e"); // Has less than "a", which loses its last.
  const strangerToo = run("f"); // Has as much as everybody.
  const known = run("d", true);
  expect(await flood[5]).toBe("tooBusy");
  expect(await strangerToo).toBe("tooBusy");
  for (let at = 0; at < 6; at++) {
    while (ends[at] === undefined) await Promise.resolve();
    ends[at]?.();
  }
  expect(await known).toBe("done");
  expect(await stranger).toBe("tooBusy"); // The last of those with one each.
  expect(order).toEqual(["a", "b", "d", "a", "c", "d"]);
});

test("known people of one network do not take the whole queue from those of another", async () => {
  const { work } = endless();
  const queue = new HashQueue({ maxAtOnce: 1, maxWaiting: 2, maxWaitingPerNetwork: 2 });
  const run = (network: string) => settled(queue.run(from(network, true), work));
  const told = [run("a"), run("a"), run("a"), run("b")];
  expect(await told[2]).toBe("tooBusy");
  expect(await run("c")).toBe("tooBusy");
});
