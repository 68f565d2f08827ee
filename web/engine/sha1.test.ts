import { createHash } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import { sha1 } from "./sha1.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

test.each(["a secure page", "a page without WebCrypto"])("the hashes are right on %s", async (page) => {
  if (page !== "a secure page") vi.stubGlobal("crypto", {});
  const inputs = [0, 1, 63, 64, 65, 16_384, 524_288].map((length) =>
    new Uint8Array(length).map((_, at) => at * 7 + length),
  );
  // All at once, because the WebAssembly hasher has one state.
  const hashes = await Promise.all(inputs.map(sha1));
  expect(hashes.map((hash) => Buffer.from(hash).toString("hex"))).toEqual(
    inputs.map((bytes) => createHash("sha1").update(bytes).digest("hex")),
  );
});

test("a view of a larger buffer is hashed without the rest", async () => {
  const part = new Uint8Array(100).fill(5).subarray(10, 20);
  const expected = createHash("sha1").update(Buffer.alloc(10, 5)).digest("hex");
  expect(Buffer.from(await sha1(part)).toString("hex")).toBe(expected);
  vi.stubGlobal("crypto", {});
  expect(Buffer.from(await sha1(part)).toString("hex")).toBe(expected);
});
