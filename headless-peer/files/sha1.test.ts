import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { bytesToHex } from "#shared/base/bytes.ts";
import { HASH_SLICE_BYTES, sha1 } from "./sha1.ts";

test("it computes SHA-1", async () => {
  expect(bytesToHex(await sha1(new Uint8Array(Buffer.from("abc"))))).toBe(
    "a9993e364706816aba3e25717850c26c9cd0d89d",
  );
});

test.each([0, 1, HASH_SLICE_BYTES - 1, HASH_SLICE_BYTES, HASH_SLICE_BYTES + 1, 3 * HASH_SLICE_BYTES])(
  "%i bytes have the same hash in slices as whole",
  async (length) => {
    const bytes = Uint8Array.from({ length }, (_, at) => at * 7);
    expect(Buffer.from(await sha1(bytes))).toEqual(createHash("sha1").update(bytes).digest());
  },
);

test("a long piece lets other work run after each slice", async () => {
  let turns = 0;
  const count = (): void => {
    turns += 1;
    timer = setImmediate(count);
  };
  let timer = setImmediate(count);
  await sha1(new Uint8Array(32 * HASH_SLICE_BYTES));
  clearImmediate(timer);
  expect(turns).toBeGreaterThanOrEqual(30);
});
