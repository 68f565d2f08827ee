import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToBinaryString, bytesToHex } from "../base/bytes.ts";
import { type InfoHash, type PeerId, parseInfoHash, parsePeerId, type TrackerUrl } from "../base/ids.ts";
import type { AddressAnnounce } from "./announce.ts";
import {
  announceUrl,
  type HttpRequest,
  MAX_ANNOUNCE_KEY_BYTES,
  MAX_HTTP_SCRAPE_HASHES,
  parseAnnounceQuery,
  parseScrapeQuery,
} from "./http.ts";
import { MAX_QUERY_CHARACTERS, percentDecode, percentEncode } from "./http-query.ts";
import { scrapeQuery } from "./scrape.test-support.ts";

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("bad test data");
  return value;
}

const INFO_HASH = present(parseInfoHash("00017f80ff20225c0a6162636465666768692d2b"));
const PEER_ID = present(parsePeerId("2d5457303130302dff30303030303030303030fe"));
// The same ids as they travel, written out by hand.
const INFO_HASH_QUERY = "%00%01%7F%80%FF%20%22%5C%0Aabcdefghi-%2B";
const PEER_ID_QUERY = "-TW0100-%FF0000000000%FE";

const url = (text: string): TrackerUrl => text as TrackerUrl;
const TRACKER = url("http://tracker.example.org/announce");

const ANNOUNCE: AddressAnnounce = {
  infoHash: INFO_HASH,
  peerId: PEER_ID,
  port: 6881,
  event: "started",
  uploaded: 1,
  downloaded: 2,
  left: 3,
  key: "a1b2 c3d",
  peersWanted: 80,
};
const ANNOUNCE_QUERY = `info_hash=${INFO_HASH_QUERY}&peer_id=${PEER_ID_QUERY}&port=6881&uploaded=1&downloaded=2&left=3&compact=1&numwant=80&key=a1b2%20c3d&event=started`;

test("encodes and decodes an announce as in BEP 3 and BEP 23", () => {
  expect(announceUrl(TRACKER, ANNOUNCE, undefined)).toBe(`${TRACKER}?${ANNOUNCE_QUERY}`);
  expect(parseAnnounceQuery(ANNOUNCE_QUERY)).toEqual({
    type: "announce",
    announce: ANNOUNCE,
    peersForm: "compact",
  });
});

test("leaves out empty fields, but always sends `left`", () => {
  const announce: AddressAnnounce = {
    ...ANNOUNCE,
    event: "update",
    left: undefined,
    key: "",
    peersWanted: undefined,
  };
  expect(announceUrl(TRACKER, announce, undefined)).toBe(
    `${TRACKER}?info_hash=${INFO_HASH_QUERY}&peer_id=${PEER_ID_QUERY}&port=6881&uploaded=1&downloaded=2&left=16384&compact=1`,
  );
});

test("keeps the query of the tracker's URL, and sends the tracker's id back", () => {
  const written = announceUrl(url("https://tracker.example.org/a?passkey=1"), ANNOUNCE, "\xff id");
  expect(written).toBe(`https://tracker.example.org/a?passkey=1&${ANNOUNCE_QUERY}&trackerid=%FF%20id`);
});

test("says whether links may or must be encrypted, in the fields that other clients use", () => {
  const fieldsFor = (said: "supported" | "required"): string =>
    announceUrl(TRACKER, ANNOUNCE, undefined, said).slice(`${TRACKER}?${ANNOUNCE_QUERY}`.length);
  expect(fieldsFor("supported")).toBe("&supportcrypto=1");
  expect(fieldsFor("required")).toBe("&supportcrypto=1&requirecrypto=1");
});

const MINIMAL = `info_hash=${INFO_HASH_QUERY}&peer_id=${PEER_ID_QUERY}&port=1`;

function readAnnounce(query: string): Extract<HttpRequest, { type: "announce" }> {
  const request = parseAnnounceQuery(query);
  if (request.type !== "announce") throw new Error(`refused: ${JSON.stringify(request)}`);
  return request;
}

test("an announce needs only an info-hash, a peer id and a port", () => {
  expect(readAnnounce(MINIMAL)).toEqual({
    type: "announce",
    announce: {
      infoHash: INFO_HASH,
      peerId: PEER_ID,
      port: 1,
      event: "update",
      uploaded: 0,
      downloaded: 0,
      left: undefined,
      key: "",
      peersWanted: undefined,
    },
    peersForm: "compact",
  });
});

test("decodes bytes however a client escapes them", () => {
  const lower = MINIMAL.replace(/%[0-9A-F]{2}/g, (escaped) => escaped.toLowerCase());
  const everything = `info_hash=${INFO_HASH.replace(/../g, "%$&")}&peer_id=${PEER_ID.replace(/../g, "%$&")}&port=1`;
  const bare = `info_hash=\x00\x01\x7f\x80\xff "\\\nabcdefghi-+&peer_id=-TW0100-\xff0000000000\xfe&port=1`;
  for (const query of [lower, everything, bare]) expect(readAnnounce(query)).toEqual(readAnnounce(MINIMAL));
});

describe("a field", () => {
  test.each([
    ["left=0", { left: 0 }],
    ["left=18446744073709551615", { left: 2 ** 64 }],
    ["left=-1", { left: undefined }],
    ["left=", { left: undefined }],
    ["left=1e3", { left: undefined }],
    ["left=NaN", { left: undefined }],
    ["uploaded=x&downloaded=-5", { uploaded: 0, downloaded: 0 }],
    ["numwant=0", { peersWanted: 0 }],
    ["numwant=-1", { peersWanted: undefined }],
    ["free_slots=0", { freeSlots: 0 }],
    ["free_slots=3", { freeSlots: 3 }],
    ["free_slots=-1", { freeSlots: undefined }],
    ["port=65535", { port: 65_535 }],
    ["event=", { event: "update" }],
    ["event=paused", { event: "paused" }],
    ["key=%00%ff", { key: "\x00\xff" }],
    [`key=${"k".repeat(MAX_ANNOUNCE_KEY_BYTES)}`, { key: "k".repeat(MAX_ANNOUNCE_KEY_BYTES) }],
    ["ip=192.0.2.1&ipv4=192.0.2.1&ipv6=::1&trackerid=x&supportcrypto=1&&corrupt", {}],
  ])("%s is decoded", (field, expected) => {
    expect(readAnnounce(`${MINIMAL}&${field}`).announce).toEqual({
      ...readAnnounce(MINIMAL).announce,
      ...expected,
    });
  });

  test.each([
    ["", "compact"],
    ["&compact=1", "compact"],
    ["&compact=0", "list"],
    ["&compact=0&no_peer_id=1", "listWithoutIds"],
    ["&compact=0&no_peer_id=0", "list"],
  ])("decodes the form of peers: '%s' means %s", (fields, form) => {
    expect(readAnnounce(MINIMAL + fields).peersForm).toBe(form);
  });
});

describe("an announce is refused", () => {
  test.each([
    ["", /info_hash/],
    [`peer_id=${PEER_ID_QUERY}&port=1`, /info_hash/],
    [`info_hash=short&peer_id=${PEER_ID_QUERY}&port=1`, /info_hash must be 20 bytes/],
    [`info_hash=${INFO_HASH}&peer_id=${PEER_ID_QUERY}&port=1`, /info_hash must be 20 bytes/],
    [`${MINIMAL}&info_hash=${INFO_HASH_QUERY}`, /one info_hash/],
    [`info_hash=${INFO_HASH_QUERY}&port=1`, /peer_id/],
    [`info_hash=${INFO_HASH_QUERY}&peer_id=${PEER_ID_QUERY}`, /port/],
    [`${MINIMAL}&port=0`, /port must be/],
    [`${MINIMAL}&port=65536`, /port must be/],
    [`${MINIMAL}&port=-1`, /port must be/],
    [`${MINIMAL}&port=6881x`, /port must be/],
    [`${MINIMAL}&event=begun`, /event must be/],
    [`${MINIMAL}&key=${"k".repeat(MAX_ANNOUNCE_KEY_BYTES + 1)}`, /key must/],
    [`${MINIMAL}&key=%`, /percent sign/],
    [`${MINIMAL}&key=%4`, /percent sign/],
    [`${MINIMAL}&key=%4g`, /percent sign/],
    [`${MINIMAL}&key=%-1`, /percent sign/],
    [`${MINIMAL}&key=ā`, /not a byte/],
    [`${MINIMAL}&x=`.padEnd(MAX_QUERY_CHARACTERS + 1), /more than 8192 characters/],
  ])("%s", (query, reason) => {
    expect(parseAnnounceQuery(query)).toEqual({
      type: "failure",
      action: "announce",
      infoHash: undefined,
      reason: expect.stringMatching(reason),
    });
  });
});

test("accepts the longest query", () => {
  expect(parseAnnounceQuery(`${MINIMAL}&x=`.padEnd(MAX_QUERY_CHARACTERS))).toMatchObject({
    type: "announce",
  });
});

test("rejects every truncation before the port", () => {
  for (let end = 0; end < MINIMAL.length; end++) {
    expect(parseAnnounceQuery(MINIMAL.slice(0, end)).type).toBe("failure");
  }
});

test("a scrape must name torrents, but not too many", () => {
  const named = `info_hash=${INFO_HASH_QUERY}`;
  expect(parseScrapeQuery(`${named}&${named}&x=1`)).toEqual({
    type: "scrape",
    infoHashes: [INFO_HASH, INFO_HASH],
  });
  const many = (count: number) => parseScrapeQuery(Array.from({ length: count }, () => named).join("&"));
  expect(many(MAX_HTTP_SCRAPE_HASHES).type).toBe("scrape");
  expect(many(MAX_HTTP_SCRAPE_HASHES + 1)).toMatchObject({ type: "failure", action: "scrape" });
  expect(parseScrapeQuery("")).toMatchObject({
    type: "failure",
    reason: expect.stringContaining("must name"),
  });
  expect(parseScrapeQuery("info_hash=")).toMatchObject({ type: "failure" });
});

test("the largest scrape fits into a query, even fully escaped", () => {
  const hashes = Array.from({ length: MAX_HTTP_SCRAPE_HASHES }, () =>
    present(parseInfoHash("ff".repeat(20))),
  );
  expect(parseScrapeQuery(scrapeQuery(hashes))).toMatchObject({ type: "scrape", infoHashes: hashes });
});

const hexId = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(bytesToHex);
const infoHash: fc.Arbitrary<InfoHash> = hexId.map((hex) => present(parseInfoHash(hex)));
const peerId: fc.Arbitrary<PeerId> = hexId.map((hex) => present(parsePeerId(hex)));
const announce: fc.Arbitrary<AddressAnnounce> = fc.record({
  infoHash,
  peerId,
  port: fc.integer({ min: 1, max: 65_535 }),
  event: fc.constantFrom("started", "update", "completed", "stopped", "paused"),
  uploaded: fc.maxSafeNat(),
  downloaded: fc.maxSafeNat(),
  left: fc.maxSafeNat(),
  key: fc.uint8Array({ maxLength: MAX_ANNOUNCE_KEY_BYTES }).map(bytesToBinaryString),
  peersWanted: fc.option(fc.nat(), { nil: undefined }),
  freeSlots: fc.option(fc.nat(), { nil: undefined }),
});

test("requests survive a round trip", () => {
  fc.assert(
    fc.property(announce, fc.array(infoHash, { minLength: 1, maxLength: 20 }), (asked, hashes) => {
      const [, query = ""] = announceUrl(TRACKER, asked, "id").split("?");
      expect(readAnnounce(query).announce).toEqual(asked);
      expect(parseScrapeQuery(scrapeQuery(hashes))).toEqual({ type: "scrape", infoHashes: hashes });
    }),
  );
});

test("any bytes survive percent-encoding, which a URL may contain", () => {
  fc.assert(
    fc.property(fc.uint8Array().map(bytesToBinaryString), (bytes) => {
      const text = percentEncode(bytes);
      expect(text).toMatch(/^([A-Za-z0-9._~-]|%[0-9A-F]{2})*$/);
      expect(percentDecode(text)).toBe(bytes);
    }),
  );
});

test("any query decodes to a request or a failure", () => {
  const part = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("info_hash=", "port=", "%", "&", "=", INFO_HASH_QUERY, MINIMAL),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      expect(["announce", "failure"]).toContain(parseAnnounceQuery(parts.join("")).type);
      expect(["scrape", "failure"]).toContain(parseScrapeQuery(parts.join("")).type);
    }),
    { numRuns: 1_000 },
  );
});
