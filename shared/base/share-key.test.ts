import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { base64UrlToBytes, bytesToBase64Url } from "./base64-url.ts";
import { seededRandom } from "./random.ts";
import { freshShareKey, parseShareKey, shareKeyBytes, withoutShareKeys } from "./share-key.ts";

const KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

test("base64url is that of Node, for every length", () => {
  for (let length = 0; length < 40; length++) {
    const bytes = new Uint8Array(randomBytes(length));
    const text = Buffer.from(bytes).toString("base64url");
    expect(bytesToBase64Url(bytes)).toBe(text);
    expect(base64UrlToBytes(text)).toEqual(bytes);
  }
});

test("a key has 43 characters, 32 bytes and one spelling", () => {
  expect(shareKeyBytes(parseShareKey(KEY) as never)).toEqual(Uint8Array.from({ length: 32 }, (_, at) => at));
  const fresh = freshShareKey(seededRandom(1));
  expect(parseShareKey(fresh)).toBe(fresh);
  for (const wrong of [
    "",
    KEY.slice(1),
    `${KEY}A`,
    `${KEY.slice(0, -1)}9`,
    `${KEY.slice(0, -1)}=`,
    `+${KEY.slice(1)}`,
  ])
    expect(parseShareKey(wrong), wrong).toBeUndefined();
});

test("messages show a link without its key", () => {
  for (const text of [
    `http://a/#b&k=${KEY}`,
    `http://a/#k=${KEY}&dn=x`,
    `#b&amp;k=${KEY}`,
    `a%26k%3D${KEY} more`,
    `&K=${KEY}&k=${KEY}`,
  ]) {
    expect(withoutShareKeys(text)).not.toContain(KEY);
    expect(withoutShareKeys(text)).toContain("…");
  }
  expect(withoutShareKeys("magnet:?xt=urn:btih:1&dn=k")).toBe("magnet:?xt=urn:btih:1&dn=k");
});
