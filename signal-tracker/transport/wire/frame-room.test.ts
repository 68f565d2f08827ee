import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameRoom } from "./frame-room.ts";

test("memory is used again after a turn whose frames are all sent", () => {
  const room = new FrameRoom();
  const first = room.take(100);
  room.endTurn(true);
  const second = room.take(200);
  expect(second.buffer).toBe(first.buffer);
  expect(second.byteOffset).toBe(first.byteOffset);
});

test("a frame that waits is never overwritten, whatever comes after it", () => {
  const turn = fc.record({ lengths: fc.array(fc.nat(300_000), { maxLength: 5 }), isSent: fc.boolean() });
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 20 }), (turns) => {
      const room = new FrameRoom();
      const waiting: { readonly frame: Buffer; readonly fill: number }[] = [];
      for (const [at, { lengths, isSent }] of turns.entries()) {
        for (const length of lengths) {
          const frame = room.take(length).fill(at);
          expect(frame).toHaveLength(length);
          if (!isSent) waiting.push({ frame, fill: at });
        }
        room.endTurn(isSent);
      }
      for (const { frame, fill } of waiting) expect(frame.every((byte) => byte === fill)).toBe(true);
    }),
  );
});
