import fc from "fast-check";
import { expect, test } from "vitest";
import { type InfoHash, parseInfoHash, parseOfferId, parsePeerId } from "../base/ids.ts";
import type { Announce, Answer, TrackerMessage } from "./announce.ts";
import { encodeTrackerMessage, parseClientMessage } from "./plain-tracker.test-support.ts";
import { encodeScrape } from "./scrape.test-support.ts";
import {
  encodeAnnounce,
  encodeAnswer,
  MAX_SCRAPE_HASHES,
  MAX_TRACKER_MESSAGE_CHARACTERS,
  parseTrackerMessage,
} from "./websocket.ts";
import { MAX_SDP_CHARACTERS, MAX_TEXT_CHARACTERS } from "./websocket-fields.ts";

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("bad test data");
  return value;
}

const INFO_HASH = present(parseInfoHash("00017f80ff20225c0a6162636465666768696a6b"));
const PEER_ID = present(parsePeerId("2d5457303130302dffffffffffffffffffffffff"));
const OTHER_PEER_ID = present(parsePeerId("2d5457303130302d303030303030303030303030"));
const OFFER_ID = present(parseOfferId("e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9"));
// The same ids as they travel, written out by hand.
const INFO_HASH_JSON = '"\\u0000\\u0001\u007f\u0080ÿ \\"\\\\\\nabcdefghijk"';
const PEER_ID_JSON = '"-TW0100-ÿÿÿÿÿÿÿÿÿÿÿÿ"';
const OTHER_PEER_ID_JSON = '"-TW0100-000000000000"';
const OFFER_ID_JSON = '"éééééééééééééééééééé"';

const ANNOUNCE: Announce = {
  infoHash: INFO_HASH,
  peerId: PEER_ID,
  event: "started",
  uploaded: 1,
  downloaded: 2,
  left: 3,
  offers: [{ offerId: OFFER_ID, sdp: "v=0\r\n" }],
};
const ANNOUNCE_TEXT = `{"action":"announce","info_hash":${INFO_HASH_JSON},"peer_id":${PEER_ID_JSON},"numwant":1,"uploaded":1,"downloaded":2,"left":3,"event":"started","offers":[{"offer":{"type":"offer","sdp":"v=0\\r\\n"},"offer_id":${OFFER_ID_JSON}}]}`;

const ANSWER: Answer = {
  infoHash: INFO_HASH,
  peerId: PEER_ID,
  toPeerId: OTHER_PEER_ID,
  offerId: OFFER_ID,
  sdp: "v=1",
};
const ANSWER_TEXT = `{"action":"announce","info_hash":${INFO_HASH_JSON},"peer_id":${PEER_ID_JSON},"to_peer_id":${OTHER_PEER_ID_JSON},"offer_id":${OFFER_ID_JSON},"answer":{"type":"answer","sdp":"v=1"}}`;

test("encodes and decodes an announce like WebTorrent", () => {
  expect(encodeAnnounce(ANNOUNCE)).toBe(ANNOUNCE_TEXT);
  expect(parseClientMessage(ANNOUNCE_TEXT)).toEqual({ type: "announce", announce: ANNOUNCE });
});

test("encodes and decodes an answer like WebTorrent", () => {
  expect(encodeAnswer(ANSWER)).toBe(ANSWER_TEXT);
  expect(parseClientMessage(ANSWER_TEXT)).toEqual({ type: "answer", answer: ANSWER });
});

test("says how many upload slots are free, also none", () => {
  for (const freeSlots of [0, 3])
    expect(JSON.parse(encodeAnnounce({ ...ANNOUNCE, freeSlots }))).toMatchObject({ free_slots: freeSlots });
});

test("sends an update without an event, omits an unknown left, and sets numwant to the number of offers", () => {
  const text = encodeAnnounce({ ...ANNOUNCE, event: "update", left: undefined, offers: [] });
  expect(JSON.parse(text)).toEqual({
    action: "announce",
    info_hash: JSON.parse(INFO_HASH_JSON),
    peer_id: JSON.parse(PEER_ID_JSON),
    numwant: 0,
    uploaded: 1,
    downloaded: 2,
  });
});

const MINIMAL = {
  action: "announce",
  info_hash: JSON.parse(INFO_HASH_JSON),
  peer_id: JSON.parse(PEER_ID_JSON),
};

test.each([
  [{}, undefined],
  [{ left: null }, undefined],
  [{ left: -1 }, undefined],
  [{ left: "0" }, undefined],
  [{ left: 0 }, 0],
])("decodes the bytes left of %o as %s", (fields, left) => {
  const message = parseClientMessage(JSON.stringify({ ...MINIMAL, ...fields }));
  expect(message).toMatchObject({ type: "announce", announce: { left, uploaded: 0, downloaded: 0 } });
});

test("a number too large for JavaScript is not a count", () => {
  const text = JSON.stringify({ ...MINIMAL, left: 7 }).replace(":7", ":1e999");
  expect(parseClientMessage(text)).toMatchObject({ announce: { left: undefined } });
});

test.each([
  [undefined, "update"],
  [null, "update"],
  ["", "update"],
  ["update", "update"],
  ["paused", "paused"],
  ["stopped", "stopped"],
])("decodes the event %o as %s", (event, expected) => {
  expect(parseClientMessage(JSON.stringify({ ...MINIMAL, event }))).toMatchObject({
    announce: { event: expected },
  });
});

test("ignores unknown fields", () => {
  const text = JSON.stringify({ ...MINIMAL, key: "1234abcd", corrupt: 0, trackerid: 5, numwant: "many" });
  expect(parseClientMessage(text)).toMatchObject({ type: "announce", announce: { offers: [] } });
});

const OFFER = { offer: { type: "offer", sdp: "v=0" }, offer_id: JSON.parse(OFFER_ID_JSON) };

test.each([
  [{ action: "hello" }, /action/],
  [{ event: "begun" }, /event/],
  [{ peer_id: "short" }, /peer_id/],
  [{ peer_id: "Ā".repeat(20) }, /peer_id/],
  [{ offers: {} }, /offers/],
  [{ offers: [null] }, /offer/],
  [{ offers: [{ ...OFFER, offer_id: "x" }] }, /offer_id/],
  [{ offers: [{ ...OFFER, offer: { type: "answer", sdp: "v=0" } }] }, /type/],
  [{ offers: [{ ...OFFER, offer: { type: "offer", sdp: 5 } }] }, /sdp/],
  [{ offers: [{ ...OFFER, offer: { type: "offer", sdp: "x".repeat(MAX_SDP_CHARACTERS + 1) } }] }, /too long/],
  [{ answer: { type: "answer", sdp: "v=0" } }, /to_peer_id/],
])("refuses %o with a reason and the torrent", (fields, reason) => {
  const failure = parseClientMessage(JSON.stringify({ ...MINIMAL, ...fields }));
  expect(failure).toEqual({
    type: "failure",
    action: "announce",
    infoHash: INFO_HASH,
    reason: expect.stringMatching(reason),
  });
});

test.each(["", "hello", "null", "7", "[]", "[".repeat(10_000), '{"action":"announce"}'])(
  "text that is not a message (%s) becomes a failure without a torrent",
  (text) => {
    expect(parseClientMessage(text)).toMatchObject({
      type: "failure",
      action: "announce",
      infoHash: undefined,
    });
  },
);

test("every truncation of a message becomes a failure", () => {
  for (const text of [ANNOUNCE_TEXT, ANSWER_TEXT]) {
    for (let end = 0; end < text.length; end++) {
      expect(parseClientMessage(text.slice(0, end)).type).toBe("failure");
    }
  }
});

test("a scrape must name one torrent or several, but not too many", () => {
  const parse = (info_hash: unknown) => parseClientMessage(JSON.stringify({ action: "scrape", info_hash }));
  const hash: unknown = JSON.parse(INFO_HASH_JSON);
  expect(parse(hash)).toEqual({ type: "scrape", infoHashes: [INFO_HASH] });
  expect(parse([hash, hash])).toEqual({ type: "scrape", infoHashes: [INFO_HASH, INFO_HASH] });
  expect(parseClientMessage(encodeScrape([INFO_HASH]))).toEqual({ type: "scrape", infoHashes: [INFO_HASH] });
  expect(parse(undefined)).toMatchObject({ type: "failure", action: "scrape" });
  expect(parse(Array.from({ length: MAX_SCRAPE_HASHES }, () => hash))).toMatchObject({ type: "scrape" });
  expect(parse(Array.from({ length: MAX_SCRAPE_HASHES + 1 }, () => hash))).toMatchObject({ type: "failure" });
});

const REPLY: TrackerMessage = {
  type: "announceReply",
  infoHash: INFO_HASH,
  intervalSeconds: 120,
  minIntervalSeconds: undefined,
  seeders: 1,
  leechers: 2,
  trackerId: undefined,
  warning: undefined,
};
const FULL_REPLY: TrackerMessage = {
  ...REPLY,
  minIntervalSeconds: 60,
  offersRelayed: 0,
  trackerId: "tr",
  warning: "take care",
};

const KNOWN_TRACKER_MESSAGES: readonly (readonly [TrackerMessage, string])[] = [
  [REPLY, `{"action":"announce","info_hash":${INFO_HASH_JSON},"interval":120,"complete":1,"incomplete":2}`],
  [
    FULL_REPLY,
    `{"action":"announce","info_hash":${INFO_HASH_JSON},"interval":120,"min interval":60,"complete":1,"incomplete":2,"offers_relayed":0,"tracker id":"tr","warning message":"take care"}`,
  ],
  [
    { type: "offer", infoHash: INFO_HASH, peerId: PEER_ID, offerId: OFFER_ID, sdp: "v=0" },
    `{"action":"announce","info_hash":${INFO_HASH_JSON},"peer_id":${PEER_ID_JSON},"offer_id":${OFFER_ID_JSON},"offer":{"type":"offer","sdp":"v=0"}}`,
  ],
  [
    { type: "answer", infoHash: INFO_HASH, peerId: PEER_ID, offerId: OFFER_ID, sdp: "v=0" },
    `{"action":"announce","info_hash":${INFO_HASH_JSON},"peer_id":${PEER_ID_JSON},"offer_id":${OFFER_ID_JSON},"answer":{"type":"answer","sdp":"v=0"}}`,
  ],
  [
    { type: "scrapeReply", swarms: new Map([[INFO_HASH, { seeders: 1, leechers: 2, downloaded: 3 }]]) },
    `{"action":"scrape","files":{${INFO_HASH_JSON}:{"complete":1,"incomplete":2,"downloaded":3}}}`,
  ],
  [
    { type: "failure", action: "announce", infoHash: INFO_HASH, reason: "no" },
    `{"action":"announce","info_hash":${INFO_HASH_JSON},"failure reason":"no"}`,
  ],
  [
    { type: "failure", action: "scrape", infoHash: undefined, reason: "no" },
    `{"action":"scrape","failure reason":"no"}`,
  ],
];

test.each(KNOWN_TRACKER_MESSAGES)("encodes and decodes %o like other trackers", (message, text) => {
  expect(encodeTrackerMessage(message)).toBe(text);
  expect(parseTrackerMessage(text)).toEqual(message);
});

test.each(KNOWN_TRACKER_MESSAGES)("rejects every truncation of %o", (_, text) => {
  for (let end = 0; end < text.length; end++) {
    expect(() => parseTrackerMessage(text.slice(0, end))).toThrow("JSON");
  }
});

test("accepts `min_interval` as libtorrent spells it", () => {
  const reply = {
    action: "announce",
    info_hash: JSON.parse(INFO_HASH_JSON),
    interval: 120,
    min_interval: 60,
  };
  expect(parseTrackerMessage(JSON.stringify(reply))).toMatchObject({ minIntervalSeconds: 60 });
});

test.each([
  [{ "retry in": "never" }, "never"],
  [{ "retry in": 5 }, 300],
  [{ "retry in": 1e308 }, "never"],
  [{ interval: 7200, min_interval: 60 }, 7200],
  [{ "retry in": { odd: 1 } }, undefined],
  [{}, undefined],
])("a refusal with %o allows a retry in %s (BEP 31)", (fields, retryIn) => {
  const text = JSON.stringify({ action: "announce", "failure reason": "no", ...fields });
  expect(parseTrackerMessage(text)).toMatchObject({ type: "failure", retryIn });
});

test("decodes the bare failure of bittorrent-tracker's parser, which names no action", () => {
  expect(parseTrackerMessage('{"failure reason":"invalid"}')).toMatchObject({
    type: "failure",
    reason: "invalid",
  });
});

test("missing fields get defaults, and malformed ones do no harm", () => {
  const hash: unknown = JSON.parse(INFO_HASH_JSON);
  const text = JSON.stringify({
    action: "announce",
    info_hash: hash,
    interval: -5,
    complete: "many",
    peers: [],
  });
  expect(parseTrackerMessage(text)).toEqual({ ...REPLY, seeders: 0, leechers: 0 });
});

test("a tracker's sentence is cut and made safe to show", () => {
  const reasonOf = (reason: string) => parseTrackerMessage(JSON.stringify({ "failure reason": reason }));
  expect(reasonOf("x".repeat(MAX_TEXT_CHARACTERS + 1))).toMatchObject({
    reason: `${"x".repeat(MAX_TEXT_CHARACTERS)}…`,
  });
  expect(reasonOf("no\u001b[2J\u202e!")).toMatchObject({ reason: "no [2J!" });
});

test.each([
  '{"action":"welcome"}',
  '{"action":"announce","interval":120}',
  '{"action":"scrape"}',
  '{"action":"scrape","files":{"short":{}}}',
  " ".repeat(MAX_TRACKER_MESSAGE_CHARACTERS + 1),
])("rejects what is not a tracker message: %s", (text) => {
  expect(() => parseTrackerMessage(text)).toThrow(expect.objectContaining({ name: "ProtocolError" }));
});

const hexId = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""));
const infoHash: fc.Arbitrary<InfoHash> = hexId.map((hex) => present(parseInfoHash(hex)));
const peerId = hexId.map((hex) => present(parsePeerId(hex)));
const offerId = hexId.map((hex) => present(parseOfferId(hex)));
const sdp = fc.string({ unit: "binary" });
const announce: fc.Arbitrary<Announce> = fc.record({
  infoHash,
  peerId,
  event: fc.constantFrom("started", "update", "completed", "stopped", "paused"),
  uploaded: fc.maxSafeNat(),
  downloaded: fc.maxSafeNat(),
  left: fc.option(fc.maxSafeNat(), { nil: undefined }),
  offers: fc.array(fc.record({ offerId, sdp })),
});
const answer: fc.Arbitrary<Answer> = fc.record({ infoHash, peerId, toPeerId: peerId, offerId, sdp });

test("messages survive a round trip", () => {
  fc.assert(
    fc.property(announce, answer, (asked, answered) => {
      expect(parseClientMessage(encodeAnnounce(asked))).toEqual({ type: "announce", announce: asked });
      expect(parseClientMessage(encodeAnswer(answered))).toEqual({ type: "answer", answer: answered });
    }),
  );
});

/** Objects that look like messages, with arbitrary fields. */
const almostMessage = fc.record(
  {
    action: fc.constantFrom<unknown>("announce", "scrape", "other", 7),
    info_hash: fc.oneof(fc.constant(JSON.parse(INFO_HASH_JSON)), fc.jsonValue()),
    peer_id: fc.oneof(fc.constant(JSON.parse(PEER_ID_JSON)), fc.jsonValue()),
    to_peer_id: fc.jsonValue(),
    offer_id: fc.oneof(fc.constant(JSON.parse(OFFER_ID_JSON)), fc.jsonValue()),
    offer: fc.jsonValue(),
    answer: fc.jsonValue(),
    offers: fc.oneof(fc.array(fc.constant(OFFER)), fc.jsonValue()),
    event: fc.jsonValue(),
    left: fc.jsonValue(),
    interval: fc.jsonValue(),
    files: fc.jsonValue(),
    "failure reason": fc.jsonValue(),
  },
  { requiredKeys: [] },
);

test("any text decodes to a message or a failure, or throws a ProtocolError", () => {
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    almostMessage.map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      parseClientMessage(text);
      try {
        parseTrackerMessage(text);
      } catch (error) {
        expect(error).toMatchObject({ name: "ProtocolError" });
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a refusal says why for programs, and when to come back", () => {
  const failure = {
    type: "failure",
    action: "announce",
    infoHash: undefined,
    reason: "the key was revoked",
    retryIn: "never",
    code: "keyRevoked",
  } as const;
  expect(parseTrackerMessage(encodeTrackerMessage(failure))).toEqual(failure);
  const later = { ...failure, retryIn: 61, code: undefined };
  expect(parseTrackerMessage(encodeTrackerMessage(later))).toEqual({ ...later, retryIn: 120 });
});

test("a code that we do not know is left out", () => {
  const text = JSON.stringify({ action: "announce", "failure reason": "no", "failure code": "keyLost" });
  expect(parseTrackerMessage(text)).toMatchObject({ reason: "no", code: undefined });
});
