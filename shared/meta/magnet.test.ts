import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesToHex } from "../base/bytes.ts";
import { type InfoHash, parseInfoHash, type ShareKey } from "../base/ids.ts";
import { withoutKey } from "../base/tracker-key.ts";
import { MAX_TRACKERS, parseTrackerUrls } from "../base/tracker-url.ts";
import { formatMagnet, formatShareLink, type Magnet } from "./magnet.ts";
import { parseLink } from "./read-link.ts";
import { safeName } from "./safe-path.ts";
import { MAX_LINK_WEB_SEEDS, readWebSeeds } from "./web-seeds.ts";

const HEX = "c9e15763f722f23e98a29decdfae341b98d53056";
const BARE = { displayName: undefined, trackers: [], webSeeds: [], selectedFiles: undefined };

test("a link names at most twenty trackers, those that browsers can use first", () => {
  const udp = Array.from({ length: 30 }, (_, at) => `udp://${at}.example:80`);
  const trackers = parseTrackerUrls([...udp, "ws://a.example", "wss://b.example"]);
  const written = parseLink(formatMagnet({ ...BARE, infoHash: infoHash(HEX), trackers }));
  expect(written.trackers).toEqual([
    ...udp.slice(0, MAX_TRACKERS - 2),
    "ws://a.example/",
    "wss://b.example/",
  ]);
});

test("formats links as other programs and people expect them", () => {
  const torrent: Magnet = {
    infoHash: infoHash(HEX),
    displayName: "Bánh & chưng",
    trackers: parseTrackerUrls(["ws://a.example:8000", "udp://b.example:1"]),
    webSeeds: readWebSeeds(["https://c.example/d e/"]).webSeeds,
    selectedFiles: [0, 2, 3, 4, 9],
  };
  expect(formatMagnet(torrent)).toBe(
    `magnet:?xt=urn:btih:${HEX}&dn=B%C3%A1nh%20%26%20ch%C6%B0ng` +
      "&tr=ws%3A%2F%2Fa.example%3A8000%2F&tr=udp%3A%2F%2Fb.example%3A1" +
      "&ws=https%3A%2F%2Fc.example%2Fd%2520e%2F&so=0,2-4,9",
  );
  expect(formatShareLink("http://192.168.1.5:8000/#old", torrent)).toBe(
    `http://192.168.1.5:8000/#${HEX}&tr=ws%3A%2F%2Fa.example%3A8000%2F&tr=udp%3A%2F%2Fb.example%3A1` +
      "&ws=https%3A%2F%2Fc.example%2Fd%2520e%2F&dn=B%C3%A1nh%20%26%20ch%C6%B0ng",
  );
  expect(formatMagnet({ ...BARE, infoHash: infoHash(HEX) })).toBe(`magnet:?xt=urn:btih:${HEX}`);
  expect(formatShareLink("http://x.example/", { ...BARE, infoHash: infoHash(HEX) })).toBe(
    `http://x.example/#${HEX}`,
  );
});

function infoHash(hex: string): InfoHash {
  const parsed = parseInfoHash(hex);
  if (parsed === undefined) throw new Error(`no info-hash: ${hex}`);
  return parsed;
}

const magnets: fc.Arbitrary<Magnet> = fc.record({
  infoHash: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => infoHash(bytesToHex(bytes))),
  displayName: fc.option(fc.string({ unit: "binary", maxLength: 300 }), { nil: undefined }),
  webSeeds: fc
    .array(fc.webUrl({ withQueryParameters: true }), { maxLength: MAX_LINK_WEB_SEEDS })
    .map((urls) => readWebSeeds(urls).webSeeds),
  trackers: fc
    .array(fc.webUrl({ validSchemes: ["ws", "wss", "http", "https", "udp"], withQueryParameters: true }))
    .map((urls) => parseTrackerUrls(urls).map(withoutKey)),
  selectedFiles: fc.option(
    fc.uniqueArray(fc.nat(1_000), { minLength: 1 }).map((files) => files.sort((left, right) => left - right)),
    { nil: undefined },
  ),
});

test("both kinds of link survive a round trip", () => {
  fc.assert(
    fc.property(magnets, fc.boolean(), (magnet, withHash) => {
      const displayName = magnet.displayName === undefined ? undefined : safeName(magnet.displayName);
      expect(parseLink(formatMagnet(magnet))).toMatchObject({ ...magnet, displayName });
      const link = formatShareLink("https://tabs.example/app/", magnet);
      const fragment = link.slice(link.indexOf("#") + (withHash ? 0 : 1));
      for (const text of [link, fragment]) {
        expect(parseLink(text)).toMatchObject({ ...magnet, displayName, selectedFiles: undefined });
      }
    }),
    { numRuns: 500 },
  );
});

test("links leave out the keys of whoever makes them", () => {
  const key = "mfrggzdfmztwq2lknnwg23tpobyxe43u";
  const trackers = parseTrackerUrls([
    `ws://a/announce/${key}`,
    "ws://a/announce",
    `http://b/announce/${key}`,
  ]);
  const named = { ...BARE, infoHash: "0".repeat(40) as InfoHash, trackers };
  for (const link of [formatShareLink("http://a/", named), formatMagnet(named)]) {
    expect(link).not.toContain(key);
    expect([...new URLSearchParams(link.replace(/^.*[?#]/, "")).getAll("tr")]).toEqual([
      "ws://a/announce",
      "http://b/announce",
    ]);
  }
});

test("the key of an encrypted share stands in its share link, at the end, and is read back", () => {
  const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" as ShareKey;
  const magnet = { ...BARE, infoHash: infoHash(HEX) };
  const link = formatShareLink("http://tabs.example/", magnet, key);
  expect(link).toBe(`http://tabs.example/#${HEX}&k=${key}`);
  expect(parseLink(link).key).toBe(key);
  expect(parseLink(formatShareLink("", magnet, key)).key).toBe(key);
});
