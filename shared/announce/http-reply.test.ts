import fc from "fast-check";
import { expect, test } from "vitest";
import { binaryStringToBytes, bytesToHex } from "../base/bytes.ts";
import { parseInfoHash, parsePeerId } from "../base/ids.ts";
import { parseIp } from "../base/ip.ts";
import { printable } from "../base/printable.ts";
import {
  ADDRESS_INTERVAL_SECONDS,
  type AddressReply,
  type CompactReply,
  type Failure,
  MAX_REPLY_PEERS,
  type ScrapeReply,
} from "./announce.ts";
import { packPeers, peerAddress } from "./compact.ts";
import { encodeAddressReply, encodeFailure, encodeScrapeReply, parseAddressReply } from "./http-reply.ts";
import { MAX_TEXT_CHARACTERS } from "./websocket-fields.ts";

function present<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("bad test data");
  return value;
}

const PEER_ID = present(parsePeerId("2d5457303130302d303030303030303030303030"));
const IPV4 = { address: peerAddress(present(parseIp("192.0.2.1")), 6881), peerId: PEER_ID };
const IPV6 = { address: peerAddress(present(parseIp("2001:db8::1")), 6882), peerId: PEER_ID };
const IPV4_BYTES = "\xc0\x00\x02\x01\x1a\xe1";
const IPV6_BYTES = `\x20\x01\x0d\xb8${"\0".repeat(11)}\x01\x1a\xe2`;

const REPLY: AddressReply = {
  type: "addressReply",
  intervalSeconds: 600,
  minIntervalSeconds: undefined,
  seeders: 1,
  leechers: 2,
  trackerId: undefined,
  warning: undefined,
  peers: [],
};
const FULL_REPLY: AddressReply = {
  ...REPLY,
  minIntervalSeconds: 120,
  trackerId: "t",
  warning: "take care",
  peers: [IPV4, IPV6],
};
const withoutIds = (reply: AddressReply): AddressReply => ({
  ...reply,
  peers: reply.peers.map(({ address }) => ({ address, peerId: undefined })),
});
const packed = (reply: AddressReply): CompactReply => ({
  ...reply,
  type: "compactReply",
  peers: packPeers(reply.peers.map(({ address }) => address)),
});

const bytes = (text: string): Uint8Array => present(binaryStringToBytes(text));

const NUMBERS = "8:completei1e10:incompletei2e8:intervali600e";
const EXTRAS = "12:min intervali120e5:peers";
const TAIL = "10:tracker id1:t15:warning message9:take care";
const COMPACT = `d${NUMBERS}${EXTRAS}6:${IPV4_BYTES}6:peers618:${IPV6_BYTES}${TAIL}e`;
const LIST = `d${NUMBERS}${EXTRAS}ld2:ip9:192.0.2.17:peer id20:-TW0100-0000000000004:porti6881eed2:ip11:2001:db8::17:peer id20:-TW0100-0000000000004:porti6882eee${TAIL}e`;
const LIST_WITHOUT_IDS = `d${NUMBERS}${EXTRAS}ld2:ip9:192.0.2.14:porti6881eed2:ip11:2001:db8::14:porti6882eee${TAIL}e`;

test.each([
  ["packed", packed(FULL_REPLY), COMPACT, withoutIds(FULL_REPLY)],
  ["listed", FULL_REPLY, LIST, FULL_REPLY],
  ["listed without ids", withoutIds(FULL_REPLY), LIST_WITHOUT_IDS, withoutIds(FULL_REPLY)],
  ["no packed", packed(REPLY), `d${NUMBERS}5:peers0:e`, REPLY],
  ["no listed", REPLY, `d${NUMBERS}5:peerslee`, REPLY],
] as const)("a reply with %s peers is written and read", (_, reply, text, read) => {
  expect(encodeAddressReply(reply)).toBe(text);
  expect(parseAddressReply(bytes(text))).toEqual(read);
});

const SCRAPE: ScrapeReply = {
  type: "scrapeReply",
  swarms: new Map([
    [present(parseInfoHash("ff".repeat(20))), { seeders: 1, leechers: 2, downloaded: 3 }],
    [present(parseInfoHash("00".repeat(20))), { seeders: 0, leechers: 0, downloaded: 0 }],
  ]),
};
const SCRAPE_TEXT = `d5:filesd20:${"\0".repeat(20)}d8:completei0e10:downloadedi0e10:incompletei0ee20:${"\xff".repeat(20)}d8:completei1e10:downloadedi3e10:incompletei2eeee`;

test("encodes a scrape reply as in BEP 48", () => {
  expect(encodeScrapeReply(SCRAPE)).toBe(SCRAPE_TEXT);
});

test("encodes and decodes a refusal", () => {
  const failure: Failure = { type: "failure", action: "announce", infoHash: undefined, reason: "no" };
  expect(encodeFailure(failure)).toBe("d14:failure reason2:noe");
  expect(parseAddressReply(bytes("d14:failure reason2:noe"))).toEqual(failure);
  expect(parseAddressReply(bytes("d14:failure reasoni1ee"))).toMatchObject({ type: "failure" });
});

test("a tracker's sentences are cut and made safe to show, and bytes that are not UTF-8 do no harm", () => {
  const long = "x".repeat(MAX_TEXT_CHARACTERS + 1);
  expect(parseAddressReply(bytes(`d14:failure reason${long.length}:${long}e`))).toMatchObject({
    reason: `${long.slice(1)}…`,
  });
  expect(parseAddressReply(bytes("d14:failure reason6:no\x1b[2Je"))).toMatchObject({ reason: "no [2J" });
  expect(parseAddressReply(bytes("d15:warning message2:\xff\xfee"))).toMatchObject({
    warning: "\ufffd\ufffd",
  });
});

test("rejects every truncation", () => {
  for (const text of [COMPACT, LIST]) {
    for (let end = 0; end < text.length; end++) {
      expect(() => parseAddressReply(bytes(text.slice(0, end)))).toThrow(
        expect.objectContaining({ name: "ProtocolError" }),
      );
    }
  }
});

test("missing fields get defaults, and malformed ones do no harm", () => {
  const nothing = { ...REPLY, seeders: 0, leechers: 0, intervalSeconds: ADDRESS_INTERVAL_SECONDS };
  expect(parseAddressReply(bytes("de"))).toEqual(nothing);
  const odd =
    "d8:completei-1e10:incomplete1:x8:intervali0e12:min intervali-5e5:peersle10:tracker idi7e15:warning messagelee";
  expect(parseAddressReply(bytes(odd))).toEqual(nothing);
});

test("leaves out peers that cannot be dialled: a host name, port 0, no address", () => {
  const peers = "d2:ip9:localhost4:porti1eed2:ip9:192.0.2.14:porti0eed2:ip9:192.0.2.14:porti65536eede";
  expect(parseAddressReply(bytes(`d5:peersl${peers}ee`))).toMatchObject({ peers: [] });
  expect(parseAddressReply(bytes(`d5:peers6:${IPV4_BYTES.slice(0, 4)}\0\0e`))).toMatchObject({ peers: [] });
});

test("reads at most MAX_REPLY_PEERS peers", () => {
  const many = IPV4_BYTES.repeat(MAX_REPLY_PEERS + 1);
  const reply = parseAddressReply(bytes(`d5:peers${many.length}:${many}e`));
  expect(reply.type === "addressReply" && reply.peers.length).toBe(MAX_REPLY_PEERS);
});

const INTERVAL = "8:intervali1800e";
const PEERS = `5:peers6:${IPV4_BYTES}`;

test.each([
  ["trailing bytes", `d${INTERVAL}${PEERS}e6:peers60:`, ["trailing bytes: 10"]],
  ["a duplicate key", `d${INTERVAL}8:intervali60e${PEERS}e`, ['duplicate key "interval"']],
  [
    "a trailing byte after the last address",
    `d${INTERVAL}5:peers7:${IPV4_BYTES}xe`,
    ["trailing bytes after the last address: 1"],
  ],
  ["numbered peers", `d${INTERVAL}5:peersd1:0d2:ip9:192.0.2.14:porti6881eeee`, []],
  ["a port in quotes", `d${INTERVAL}5:peersld2:ip9:192.0.2.14:port4:6881eee`, []],
  [
    "peers that cannot be dialled beside one that can",
    `d${INTERVAL}5:peersli5ed2:ip9:192.0.2.14:porti6881eed2:ip4:host4:porti6881eeee`,
    ["peers without a valid address and port: 2"],
  ],
  [
    "a malformed list of IPv6 peers",
    `d${INTERVAL}${PEERS}6:peers6i5ee`,
    ["peers that are neither compact nor a list"],
  ],
])("reports %s and keeps the other peers", (_, text, expected) => {
  const leftOut: string[] = [];
  const read = parseAddressReply(bytes(text), (what) => leftOut.push(what));
  expect(read).toMatchObject({ intervalSeconds: 1800, peers: [{ address: IPV4_BYTES }] });
  expect(leftOut).toEqual(expected);
});

test.each([
  ["8:retry in5:never", "never"],
  ["8:retry ini5e", 300],
  ["8:retry in1:5", 300],
  ["8:intervali7200e12:min intervali60e", 7200],
  ["8:intervali60e8:retry ini1e", 60],
  ["8:retry in4:soon", undefined],
  ["8:retry ini-1e", undefined],
  ["", undefined],
])("a refusal with %s allows a retry in %s (BEP 31)", (fields, retryIn) => {
  expect(parseAddressReply(bytes(`d14:failure reason2:no${fields}e`))).toEqual({
    type: "failure",
    action: "announce",
    infoHash: undefined,
    reason: "no",
    retryIn,
  });
});

test.each(["", "hello", "le", "i5e", "<html>"])("rejects what is not a reply to an announce: %s", (text) => {
  expect(() => parseAddressReply(bytes(text))).toThrow(expect.objectContaining({ name: "ProtocolError" }));
});

const peer = fc
  .tuple(
    fc.oneof(fc.ipV4(), fc.ipV6()),
    fc.integer({ min: 1, max: 65_535 }),
    fc.uint8Array({ minLength: 20, maxLength: 20 }),
  )
  .map(([ip, port, id]) => ({
    address: peerAddress(present(parseIp(ip)), port),
    peerId: present(parsePeerId(bytesToHex(id))),
  }));
const reply: fc.Arbitrary<AddressReply> = fc.record({
  type: fc.constant("addressReply"),
  intervalSeconds: fc.integer({ min: 1 }),
  minIntervalSeconds: fc.option(fc.integer({ min: 1 }), { nil: undefined }),
  seeders: fc.nat(),
  leechers: fc.nat(),
  trackerId: fc.option(fc.string(), { nil: undefined }),
  warning: fc.option(
    fc.string({ unit: "grapheme" }).map((text) => printable(text)),
    { nil: undefined },
  ),
  peers: fc.array(peer),
});

test("replies survive a round trip", () => {
  fc.assert(
    fc.property(reply, (said) => {
      expect(parseAddressReply(bytes(encodeAddressReply(said)))).toEqual(said);
      const compact = parseAddressReply(bytes(encodeAddressReply(packed(said))));
      if (compact.type === "failure") throw new Error("no failure was sent");
      expect(packed(compact)).toEqual(packed(said));
    }),
  );
});

test("any bytes decode to a reply or throw a ProtocolError", () => {
  const part = fc.oneof(
    fc.uint8Array(),
    fc.constantFrom("d", "l", "e", "i5e", "5:peers", "6:peers6", "5:files", COMPACT, LIST).map(bytes),
  );
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const body = Uint8Array.from(parts.flatMap((some) => [...some]));
      try {
        parseAddressReply(body);
      } catch (error) {
        expect(error).toMatchObject({ name: "ProtocolError" });
      }
    }),
    { numRuns: 1_000 },
  );
});

test.each([["never"], [300]] as const)("a refusal tells to come back in %s (BEP 31)", (retryIn) => {
  const failure = {
    type: "failure",
    action: "announce",
    infoHash: undefined,
    reason: "no",
    retryIn,
  } as const;
  const body = Buffer.from(encodeFailure(failure), "latin1");
  expect(parseAddressReply(body)).toEqual(failure);
});
