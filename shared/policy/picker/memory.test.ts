import { expect, test } from "vitest";
import { Bitfield } from "../../base/bitfield.ts";
import { seededRandom } from "../../base/random.ts";
import { BLOCK_BYTES, Layout } from "../../meta/layout.ts";
import { CopiesSent } from "../copies-sent.ts";
import { LIMITS } from "./picker.test-support.ts";
import { PiecePicker } from "./picker.ts";

/** So many that a byte for each is far more than anything else that the test allocates. */
const PIECES = 4_000_000;

test("a complete torrent without peers has no arrays with an entry for each piece", () => {
  const layout = new Layout(PIECES * BLOCK_BYTES, BLOCK_BYTES);
  const [held, wanted] = [Bitfield.full(PIECES), Bitfield.full(PIECES)];
  const ports = { dropped() {}, isServing: () => true, withdrawn() {} };
  const before = process.memoryUsage().arrayBuffers;
  const kept = [
    new PiecePicker(layout, held, wanted, LIMITS, seededRandom(1), ports),
    new CopiesSent(layout),
  ];
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(PIECES);
  expect(kept).toHaveLength(2); // Until here, they were not garbage.
});
