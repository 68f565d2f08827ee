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
const settled = (promise: Promise<unknown>) => promise.then(() => "done").catch((error) => error.code);

test("a flood of log-ins is done two at a time, and what would wait too long is refused", async () => {
  const { ends, work } = endless();
  const queue = new HashQueue(LIMITS);
  const told = Array.from({ length: 8 }, () => settled(queue.run(undefined, work)));
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
  const flood = Array.from({ length: 7 }, () => settled(queue.run("a", work)));
  const other = settled(queue.run("b", work));
  expect(await Promise.all(flood.slice(5))).toEqual(["tooBusy", "tooBusy"]);
  for (let at = 0; at < 6; at++) {
    while (ends[at] === undefined) await Promise.resolve();
    ends[at]?.();
  }
  expect(await other).toBe("done");
  expect(await Promise.all(flood.slice(0, 5))).toEqual(Array(5).fill("done"));
  const again = settled(queue.run("a", work));
  await Promise.resolve();
  ends[6]?.();
  expect(await again).toBe("done");
});

test("work that fails leaves its place to the next", async () => {
  const queue = new HashQueue({ maxAtOnce: 1, maxWaiting: 1, maxWaitingPerNetwork: 1 });
  const failing = settled(queue.run("a", () => Promise.reject({ code: "failed" })));
  const next = settled(queue.run("a", async () => {}));
  expect(await Promise.all([failing, next])).toEqual(["failed", "done"]);
});
