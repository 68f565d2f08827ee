import { expect, test } from "vitest";
import type { PieceIndex } from "#shared/base/ids.ts";
import { lazyStorage } from "./lazy-storage.ts";

test("a storage is opened once, when it is first read, and again if that failed", async () => {
  let opened = 0;
  const storage = lazyStorage(async () => {
    opened += 1;
    if (opened === 1) throw new Error("offline");
    return { read: async (piece) => new Uint8Array([piece]), write: async () => {} };
  });
  expect(opened).toBe(0);
  await expect(storage.read(7 as PieceIndex)).rejects.toThrow("offline");
  const both = await Promise.all([storage.read(7 as PieceIndex), storage.read(8 as PieceIndex)]);
  expect(both).toEqual([new Uint8Array([7]), new Uint8Array([8])]);
  await storage.write(7 as PieceIndex, new Uint8Array(1));
  expect(opened).toBe(2);
});
