import fc from "fast-check";
import { expect, test } from "vitest";
import { ReadBuffers } from "./read-buffers.ts";

test("reuses a buffer once its last holder has released it, and not before", () => {
  const buffers = new ReadBuffers();
  const first = buffers.take(100);
  const releases = [buffers.hold(first), buffers.hold(first.subarray(10, 20))];
  releases[0]?.();
  expect(buffers.take(100)).not.toBe(first);
  releases[1]?.();
  expect(buffers.take(100)).toBe(first);
});

test("a holder that releases twice counts once", () => {
  const buffers = new ReadBuffers();
  const first = buffers.take(100);
  const release = buffers.hold(first);
  buffers.hold(first);
  release?.();
  release?.();
  expect(buffers.take(100)).not.toBe(first);
});

test("a late release does not free the buffer's next piece", () => {
  const buffers = new ReadBuffers();
  const first = buffers.take(100);
  const late = buffers.hold(first);
  late?.();
  const again = buffers.take(100);
  buffers.hold(again);
  late?.();
  expect(again).toBe(first);
  expect(buffers.take(100)).not.toBe(first);
});

test("does not hold bytes from elsewhere", () => {
  expect(new ReadBuffers().hold(new Uint8Array(5))).toBeUndefined();
});

test("never overwrites held bytes, in any order of holds and releases", () => {
  interface Hold {
    readonly view: Uint8Array;
    readonly fill: number;
    readonly release: (() => void) | undefined;
  }
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 200 }), (steps) => {
      const buffers = new ReadBuffers();
      const holds: Hold[] = [];
      const hold = (view: Uint8Array): void => {
        holds.push({ view, fill: view[0] ?? 0, release: buffers.hold(view) });
      };
      for (const [at, step] of steps.entries()) {
        const held = holds[step % Math.max(1, holds.length)];
        if (step % 3 === 0 || held === undefined) hold(buffers.take(4).fill(at));
        else if (step % 3 === 1) hold(held.view.subarray(step % 2));
        else holds.splice(step % holds.length, 1)[0]?.release?.();
        for (const { view, fill } of holds) expect(view.every((byte) => byte === fill)).toBe(true);
      }
    }),
  );
});
