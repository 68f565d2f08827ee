import fc from "fast-check";
import { expect, test } from "vitest";
import { ProtocolError } from "../base/errors.ts";
import { MAX_NAMED_TRACKERS } from "../base/tracker-url.ts";
import { MAX_LINK_PEERS, MAX_SELECTED_FILES, parseLink } from "./read-link.ts";

const HEX = "c9e15763f722f23e98a29decdfae341b98d53056";
const BASE32 = "ZHQVOY7XELZD5GFCTXWN7LRUDOMNKMCW"; // The same 20 bytes, from Python's base64.b32encode.
const BARE = {
  ...{ infoHash: HEX, displayName: undefined, trackers: [], selectedFiles: undefined },
  ...{ page: undefined, peers: [], webSeeds: [], trackersLeftOut: 0 },
  webSeedsLeftOut: { invalid: [], tooMany: 0 },
};
const V2 = "1220caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa9f6105232b28ad099f3a302e";

test.each([
  HEX,
  HEX.toUpperCase(),
  BASE32,
  BASE32.toLowerCase(),
  `#${HEX}`,
  `#${BASE32}`,
  `magnet:?xt=urn:btih:${HEX}`,
  `magnet:?xt=urn:btih:${HEX.toUpperCase()}`,
  `magnet:?xt=urn:btih:${BASE32}`,
  `MAGNET:?XT=URN:BTIH:${HEX}`,
  `magnet:?xt=urn%3Abtih%3A${HEX}`,
  `#magnet:?xt=urn:btih:${HEX}`,
  `magnet:?xt.1=urn:btih:${HEX}`,
  `magnet:?xt=urn:btmh:${V2}&xt=urn:btih:${HEX}`,
  `magnet:?dn=&tr=&so=&xt=urn:btih:${HEX}&&=&x`,
  `magnet:?xt=urn:btih:${HEX}&xs=http://x.example/&kt=word&as=y`,
  `${HEX}&unknown`,
])("parses the info-hash of %j", (text) => {
  expect(parseLink(text)).toEqual(BARE);
});

test.each([
  [`http://192.168.1.5:8000/#${HEX}`, "http://192.168.1.5:8000/"],
  [`https://Tabs.example/index.html?x=1#${BASE32}`, "https://tabs.example/"],
  [`http://localhost:8000/#magnet:?xt=urn:btih:${BASE32}`, "http://localhost:8000/"],
  [`https://name:secret@tabs.example/#${HEX}`, undefined],
])("parses the info-hash and page of %j", (text, page) => {
  expect(parseLink(text)).toEqual({ ...BARE, page });
});

test("reads web seeds, and passes on peer addresses unparsed, up to a limit", () => {
  const peers = Array.from({ length: MAX_LINK_PEERS + 5 }, (_, at) => `192.0.2.${at}:6881`);
  const link =
    `magnet:?xt=urn:btih:${HEX}&ws=http%3A%2F%2Fseed.example%2F&ws=http://other.example/&ws=ftp://x/&ws=` +
    ["%5B2001%3Adb8%3A%3A1%5D%3A5", ...peers].map((peer) => `&x.pe=${peer}`).join("");
  expect(parseLink(link)).toEqual({
    ...BARE,
    peers: ["[2001:db8::1]:5", ...peers].slice(0, MAX_LINK_PEERS),
    webSeeds: ["http://seed.example/", "http://other.example/"],
    webSeedsLeftOut: { invalid: ["ftp://x/"], tooMany: 0 },
  });
});

test("parses a magnet link's name, trackers and files", () => {
  const link =
    `magnet:?xt=urn:btih:${HEX}&dn=B%C3%A1nh+ch%C6%B0ng%20%2B1&tr=wss%3A%2F%2Fa.example&tr=udp://b.example:80` +
    "&tr.1=ws%3A%2F%2Fc.example%2Fx%2By&tr=ftp%3A%2F%2Fno&tr=WSS://a.example/&so=5,0-2,1";
  expect(parseLink(link)).toEqual({
    infoHash: HEX,
    displayName: "Bánh chưng +1",
    trackers: ["wss://a.example/", "udp://b.example:80", "ws://c.example/x+y"],
    selectedFiles: [0, 1, 2, 5],
    ...{ page: undefined, peers: [], webSeeds: [], trackersLeftOut: 1 },
    webSeedsLeftOut: { invalid: [], tooMany: 0 },
  });
});

test("parses a share link's trackers and name", () => {
  expect(parseLink(`http://x.example/#${HEX}&tr=wss%3A%2F%2Fa.example&tr=ws://b.example&dn=a%20b`)).toEqual({
    ...BARE,
    displayName: "a b",
    page: "http://x.example/",
    trackers: ["wss://a.example/", "ws://b.example/"],
  });
});

test("makes the name safe, and tolerates a stray %", () => {
  expect(parseLink(`magnet:?xt=urn:btih:${HEX}&dn=..%2F%E2%80%AEx&tr=%`).displayName).toBe(".._x");
  const link = `magnet:?xt=urn:btih:${HEX}&dn=100%%20b%C3%A4r%C3&tr=ws%3A%2F%2Fa.example%2F%%2`;
  expect(parseLink(link)).toMatchObject({ displayName: "100% bär%C3", trackers: ["ws://a.example/%%2"] });
});

test.each([
  `magnet:?xt=urn:btmh:${V2}`,
  `#magnet:?xt=urn:btmh:${V2}&dn=x`,
  V2,
  V2.slice(4),
  `http://x.example/#${V2}`,
])("rejects %j as version 2 only", (text) => {
  expect(() => parseLink(text)).toThrow(expect.objectContaining({ name: "ProtocolError", code: "v2Only" }));
});

test.each([
  "",
  "hello",
  HEX.slice(1),
  `${HEX}0`,
  `x${HEX.slice(1)}`,
  `${BASE32.slice(1)}1`,
  "http://localhost:8000/",
  "http://localhost:8000/#",
  "http://localhost:8000/#about",
  "magnet:",
  "magnet:?",
  "magnet:?dn=x",
  "magnet:?xt=urn:sha1:abc",
  "magnet:?xt=urn:btih:",
  `magnet:?xt=urn:btih:${HEX}0`,
  `magnet:${HEX}`,
])("rejects a text without a torrent, and says what to paste (%#)", (text) => {
  expect(() => parseLink(text)).toThrow(expect.objectContaining({ name: "ProtocolError", code: "notALink" }));
  expect(() => parseLink(text)).toThrow("Paste a magnet link");
});

test.each([
  "x",
  "-",
  "1-",
  "-1",
  "2-1",
  "1,,2",
  "1;2",
  "0x1",
  "1.5",
  "9999999999",
  "0-4294967295",
  `0-${MAX_SELECTED_FILES}`,
])("rejects the file selection %j", (selection) => {
  const link = `magnet:?xt=urn:btih:${HEX}&so=${selection}`;
  expect(() => parseLink(link)).toThrow(expect.objectContaining({ code: "badSelection" }));
});

test("rejects a file selection that repeats files endlessly before it costs time", () => {
  const selection = `0-${MAX_SELECTED_FILES - 1},`.repeat(6_000);
  expect(() => parseLink(`magnet:?xt=urn:btih:${HEX}&so=${selection}0`)).toThrow("so=");
});

test("takes a limited number of trackers from a link", () => {
  const trackers = Array.from({ length: MAX_NAMED_TRACKERS + 5 }, (_, at) => `&tr=ws://${at}.example`).join(
    "",
  );
  const link = parseLink(`${HEX}${trackers}`);
  expect(link.trackers).toHaveLength(MAX_NAMED_TRACKERS);
  expect(link.trackersLeftOut).toBe(5);
});

test("any text parses as a link or throws a ProtocolError", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string().map((rest) => `magnet:?xt=urn:btih:${HEX}&${rest}`),
    fc.string().map((rest) => `#${HEX}&tr=${rest}&so=${rest}&dn=${rest}`),
    fc.string().map((rest) => `magnet:?xt=${rest}`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        expect(parseLink(text).infoHash).toMatch(/^[0-9a-f]{40}$/);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
    { numRuns: 1_000 },
  );
});

const KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

test.each([
  `http://tabs.example/#${HEX}&k=${KEY}`,
  `#${HEX}&dn=Trip&k=${KEY}`,
  `${HEX}&amp;k=${KEY}&tr=udp://a.example:80`,
  `http://tabs.example/#${HEX}&k=${KEY}). Have a look!`,
])("reads the key of %j", (text) => {
  expect(parseLink(text)).toMatchObject({ infoHash: HEX, key: KEY });
});

test("a magnet link has no key, whatever it says", () => {
  for (const start of ["", "http://tabs.example/#"])
    expect(parseLink(`${start}magnet:?xt=urn:btih:${HEX}&k=${KEY}`)).toMatchObject({ key: undefined });
});

test.each(["", KEY.slice(1), `${KEY}A`, `${KEY.slice(0, -1)}9`, KEY.replace("A", "+")])(
  "a link whose key is damaged is not opened without it: %j",
  (key) => {
    expect(() => parseLink(`http://tabs.example/#${HEX}&k=${key}`)).toThrow(
      "The key in this share link is damaged",
    );
  },
);
