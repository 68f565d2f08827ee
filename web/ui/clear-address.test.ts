// @vitest-environment happy-dom
import { afterEach, expect, test } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import { clearAddress } from "./clear-address.ts";

const HEX = "00112233445566778899aabbccddeeff00112233" as InfoHash;

afterEach(() => {
  location.hash = "";
});

const hashes = async (link: string): Promise<readonly InfoHash[]> => [link.slice(0, 40) as InfoHash];

test("removing a torrent clears its fragment", async () => {
  location.hash = `#${HEX}&dn=a`;
  await clearAddress(hashes, HEX);
  expect(location.hash).toBe("");
});

test("removing a torrent leaves another one's fragment alone", async () => {
  const other = "f".repeat(40);
  location.hash = `#${other}`;
  await clearAddress(hashes, HEX);
  expect(location.hash).toBe(`#${other}`);
});
