import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Announce, Answer, ClientMessage, Failure, TrackerMessage } from "#shared/announce/announce.ts";
import * as plain from "#shared/announce/plain-tracker.test-support.ts";
import { encodeScrape } from "#shared/announce/scrape.test-support.ts";
import { encodeAnnounce, encodeAnswer, MAX_SCRAPE_HASHES } from "#shared/announce/websocket.ts";
import { type InfoHash, parseInfoHash, parseOfferId, parsePeerId } from "#shared/base/ids.ts";
import type { SdpJson } from "../../core/sdp-json.ts";
import { parseClientMessage } from "./client-message.ts";
import { FrameRoom } from "./frame-room.ts";
import { encodeTrackerMessage } from "./tracker-message.ts";

type Message = ClientMessage | Failure;

/** The message with its session descriptions decoded, and without the reason of a failure. */
function comparable(message: ClientMessage<unknown> | Failure): object {
  if (message.type !== "failure") return message;
  const { reason, ...rest } = message;
  expect(reason).toEqual(expect.any(String));
  return rest;
}

const decodeSdp = (sdp: SdpJson): string => JSON.parse(Buffer.from(sdp).toString());

function parsed(bytes: Buffer): ClientMessage<string> | Failure {
  const message = parseClientMessage(bytes);
  switch (message.type) {
    case "announce": {
      const offers = message.announce.offers.map(({ offerId, sdp }) => ({ offerId, sdp: decodeSdp(sdp) }));
      return { type: "announce", announce: { ...message.announce, offers } };
    }
    case "answer":
      return { type: "answer", answer: { ...message.answer, sdp: decodeSdp(message.answer.sdp) } };
    default:
      return message;
  }
}

/** What the plain way makes of the same bytes. It takes invalid UTF-8 for replacement characters; we refuse that. */
function expectSame(text: string): Message {
  const message = parsed(Buffer.from(text));
  expect(comparable(message)).toEqual(comparable(plain.parseClientMessage(text)));
  return message;
}

const hexId = fc
  .uint8Array({ minLength: 20, maxLength: 20 })
  .map((bytes) => Buffer.from(bytes).toString("hex"));
const present = <Value>(value: Value | undefined): Value => {
  if (value === undefined) throw new Error("bad test data");
  return value;
};
const infoHash: fc.Arbitrary<InfoHash> = hexId.map((hex) => present(parseInfoHash(hex)));
const peerId = hexId.map((hex) => present(parsePeerId(hex)));
const offerId = hexId.map((hex) => present(parseOfferId(hex)));
const sdp = fc.string({ unit: "binary" });
const announce: fc.Arbitrary<Announce> = fc.record({
  infoHash,
  peerId,
  event: fc.constantFrom("started", "update", "completed", "stopped", "paused"),
  uploaded: fc.oneof(fc.maxSafeNat(), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
  downloaded: fc.maxSafeNat(),
  left: fc.option(fc.maxSafeNat(), { nil: undefined }),
  freeSlots: fc.option(fc.nat(), { nil: undefined }),
  offers: fc.array(fc.record({ offerId, sdp })),
});
const answer: fc.Arbitrary<Answer> = fc.record({ infoHash, peerId, toPeerId: peerId, offerId, sdp });
const text = fc.oneof(
  announce.map(encodeAnnounce),
  answer.map(encodeAnswer),
  fc.array(infoHash, { minLength: 1, maxLength: 3 }).map(encodeScrape),
);

/** The same JSON, written as other programs may write it: all non-ASCII characters and some others escaped, with space around. */
const differently = (json: string): string =>
  json
    .replace(
      /[\u0080-\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`,
    )
    .replaceAll("/", "\\/")
    .replace(/"([a-z_]+)":/g, '"$1" :\t')
    .replace(/^\{/, '\r\n { "é" : [ { } , [ ] , -0.5e-7 , null , "\\ud800" ] ,');

test("reads every message as the plain way does, however it is written", () => {
  fc.assert(
    fc.property(text, (message) => {
      expect(expectSame(message).type).not.toBe("failure");
      expect(expectSame(differently(message)).type).not.toBe("failure");
    }),
    { numRuns: 500 },
  );
});

const HASH = '\u0000\u0001\u007f\u0080ÿ "\\\nabcdefghijk';
const MINIMAL = { action: "announce", info_hash: HASH, peer_id: "-TW0100-ÿÿÿÿÿÿÿÿÿÿÿÿ" };
const OFFER = { offer: { type: "offer", sdp: "v=0" }, offer_id: "é".repeat(20) };

test.each([
  { left: null },
  { free_slots: 0 },
  { free_slots: "2" },
  { left: -1 },
  { left: "0" },
  { left: 0, uploaded: 1.5, downloaded: 1e300 },
  { event: null },
  { event: "" },
  { event: "empty" },
  { event: 5 },
  { event: ["started"] },
  { numwant: "many", key: "x", trackerid: { a: 1 } },
  { offers: null },
  { offers: [] },
  { offers: {} },
  { offers: [null] },
  { offers: ["offer"] },
  { offers: [OFFER, { ...OFFER, offer_id: "x" }] },
  { offers: [{ ...OFFER, offer_id: "Ā".repeat(20) }] },
  { offers: [{ ...OFFER, offer: { type: "answer", sdp: "v=0" } }] },
  { offers: [{ ...OFFER, offer: { type: "offer", sdp: 5 } }] },
  { offers: [{ ...OFFER, offer: { type: "offer", sdp: "v=0", more: [1] } }] },
  { answer: { type: "answer", sdp: "v=0" } },
  { answer: false },
  { answer: null, offers: [OFFER] },
  { info_hash: [HASH] },
  { info_hash: HASH.slice(1) },
  { info_hash: `${HASH}x` },
  { info_hash: `${HASH.slice(1)}Ā` },
  { action: "hello" },
  { action: 7 },
  { action: "scrape", info_hash: undefined },
  { action: "scrape", info_hash: [HASH, HASH] },
  { action: "scrape", info_hash: [HASH, 5] },
])("reads %j in a message as the plain way does", (fields) => {
  expectSame(JSON.stringify({ ...MINIMAL, ...fields }));
});

test("a scrape may name only so many torrents", () => {
  const scrape = (count: number): string =>
    JSON.stringify({ action: "scrape", info_hash: Array(count).fill(HASH) });
  expect(expectSame(scrape(MAX_SCRAPE_HASHES)).type).toBe("scrape");
  expect(expectSame(scrape(MAX_SCRAPE_HASHES + 1)).type).toBe("failure");
});

test("numbers too large for JavaScript and fields that come twice are read as the plain way does", () => {
  const message = JSON.stringify({ ...MINIMAL, left: 7 });
  expectSame(message.replace(":7", ":1e999"));
  expectSame(message.replace(":7", ':7,"left":8,"event":"stopped","event":null'));
});

test("a character that is no byte does not pass for one, however it is written", () => {
  const message = JSON.stringify({ ...MINIMAL, info_hash: `A${"b".repeat(19)}` });
  expect(expectSame(message).type).toBe("announce");
  for (const odd of ["\\u0141", "\u0141", "\\uff41"])
    expect(expectSame(message.replace('"Ab', `"${odd}b`)).type).toBe("failure");
});

test("a refusal says what is wrong, and about which torrent", () => {
  const message = Buffer.from(JSON.stringify({ ...MINIMAL, peer_id: "short" }));
  expect(parseClientMessage(message)).toEqual({
    type: "failure",
    action: "announce",
    infoHash: "00017f80ff20225c0a6162636465666768696a6b",
    reason: expect.stringContaining("peer_id"),
  });
});

test("every truncation of a message is refused", () => {
  for (const message of [JSON.stringify({ ...MINIMAL, offers: [OFFER] }), encodeScrape([])]) {
    const bytes = Buffer.from(message);
    for (let end = 0; end < bytes.length; end++)
      expect(parseClientMessage(bytes.subarray(0, end)).type).toBe("failure");
  }
});

/** Objects that look like messages, with arbitrary fields. */
const almostMessage = fc.record(
  {
    action: fc.constantFrom<unknown>("announce", "scrape", "other", 7),
    info_hash: fc.oneof(fc.constant(HASH), fc.jsonValue()),
    peer_id: fc.oneof(fc.constant(MINIMAL.peer_id), fc.jsonValue()),
    to_peer_id: fc.oneof(fc.constant(MINIMAL.peer_id), fc.jsonValue()),
    offer_id: fc.oneof(fc.constant(OFFER.offer_id), fc.jsonValue()),
    answer: fc.oneof(fc.constant(undefined), fc.constant({ type: "answer", sdp: "v=1" }), fc.jsonValue()),
    offers: fc.oneof(fc.array(fc.constant(OFFER)), fc.jsonValue()),
    event: fc.oneof(fc.constant("started"), fc.jsonValue()),
    left: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

test("ten thousand malformed messages are read or refused as the plain way does", () => {
  const changed = fc
    .tuple(text, fc.nat(), fc.constantFrom("", '"', "\\", "{", "]", ",", "\u0000", "é", "0"))
    .map(([message, at, instead]) => {
      const cut = at % message.length;
      return message.slice(0, cut) + instead + message.slice(cut + 1);
    });
  const shallow = (value: unknown): boolean => !/[[{]([^[{]*[[{]){20}/.test(JSON.stringify(value));
  const messages = fc.oneof(
    changed,
    almostMessage.filter(shallow).map((value) => JSON.stringify(value)),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(
      // A lone surrogate cannot travel in UTF-8.
      messages.filter((message) => Buffer.from(message).toString() === message),
      (message) => {
        expectSame(message);
      },
    ),
    { numRuns: 10_000 },
  );
});

test("bytes that are not UTF-8 are refused: whoever got them would hang up", () => {
  const bytes = Buffer.from(JSON.stringify({ ...MINIMAL, offers: [OFFER] }));
  bytes[bytes.indexOf("v=0")] = 0xff;
  expect(parseClientMessage(bytes)).toMatchObject({
    type: "failure",
    reason: expect.stringContaining("UTF-8"),
  });
  fc.assert(
    fc.property(fc.uint8Array(), (some) => {
      expect(parseClientMessage(Buffer.from(some)).type).toBe("failure");
    }),
  );
});

/** The text in a frame of at most 64 KiB. */
function framedText(frame: Buffer): string {
  const short = frame[1] ?? 0;
  const payload = frame.subarray(short === 126 ? 4 : 2);
  expect(frame[0]).toBe(0x81);
  expect(payload).toHaveLength(short === 126 ? frame.readUInt16BE(2) : short);
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
}

test("what is relayed is what the plain way relays, whatever the client has written around it", () => {
  fc.assert(
    fc.property(answer, fc.constantFrom("offer", "answer"), (fields, type) => {
      const { toPeerId, ...relayed } = fields;
      const message: TrackerMessage = { type, ...relayed };
      const json = Buffer.from(JSON.stringify(fields.sdp)) as Uint8Array as SdpJson;
      expect(framedText(encodeTrackerMessage({ ...message, sdp: json }, new FrameRoom()))).toBe(
        plain.encodeTrackerMessage(message),
      );
    }),
  );
  fc.assert(
    fc.property(text.map(differently), (written) => {
      const message = parseClientMessage(Buffer.from(written));
      if (message.type !== "announce") return;
      const { infoHash, peerId, offers } = message.announce;
      for (const offer of offers) {
        const frame = encodeTrackerMessage({ type: "offer", infoHash, peerId, ...offer }, new FrameRoom());
        const { sdp } = JSON.parse(framedText(frame)).offer;
        expect(sdp).toBe(decodeSdp(offer.sdp));
      }
    }),
  );
});
