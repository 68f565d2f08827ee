import { expect, test } from "vitest";
import { hexToBytes } from "./bytes.ts";
import { freshPeerId } from "./peer-id.ts";
import { seededRandom } from "./random.ts";

test("a peer id names the client and is different every time", () => {
  const random = seededRandom(1);
  const ids = Array.from({ length: 50 }, () => new TextDecoder().decode(hexToBytes(freshPeerId(random))));
  for (const id of ids) expect(id).toMatch(/^-TW0200-[0-9A-Za-z]{12}$/);
  expect(new Set(ids).size).toBe(ids.length);
});
