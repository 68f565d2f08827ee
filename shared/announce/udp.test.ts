import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesToBinaryString, bytesToHex, hexToBytes } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import type { InfoHash, PeerId } from "../base/ids.ts";
import { parseIp } from "../base/ip.ts";
import { type AddressAnnounce, MAX_REPLY_PEERS, UNKNOWN_LEFT_BYTES } from "./announce.ts";
import { type PeerAddress, peerAddress } from "./compact.ts";
import {
  encodeUdpReply,
  encodeUdpRequest,
  MAX_UDP_SCRAPE_HASHES,
  parseUdpReply,
  parseUdpRequest,
  type UdpReply,
  type UdpRequest,
} from "./udp.ts";

const INFO_HASH = "0123456789abcdef0123456789abcdef01234567" as InfoHash;
const OTHER_HASH = "ff".repeat(20) as InfoHash;
const PEER_ID = `2d5457303130302d${"aa".repeat(12)}` as PeerId;
const ANNOUNCE: AddressAnnounce = {
  infoHash: INFO_HASH,
  peerId: PEER_ID,
  event: "started",
  uploaded: 3,
  downloaded: 0x1_0000_0001,
  left: 7,
  port: 6881,
  key: "\x01\x02\x03\xff",
  peersWanted: 50,
};
/** The bytes of an announce as in BEP 15, from the connection id to the port. */
const ANNOUNCE_HEX = [
  ...["00000000deadbeef", "00000001", "0a0b0c0d", INFO_HASH, PEER_ID],
  ...["0000000100000001", "0000000000000007", "0000000000000003", "00000002"],
  ...["00000000", "010203ff", "00000032", "1ae1"],
].join("");
const ANNOUNCING = {
  type: "announce",
  transactionId: 0x0a0b_0c0d,
  connectionId: 0xdead_beefn,
  announce: ANNOUNCE,
  urlData: "",
} as const;

function address(ip: string, port: number): PeerAddress {
  const parsed = parseIp(ip);
  if (parsed === undefined) throw new Error("bad test data");
  return peerAddress(parsed, port);
}

const REQUESTS: [string, UdpRequest][] = [
  ["0000041727101980000000000a0b0c0d", { type: "connect", transactionId: 0x0a0b_0c0d }],
  [ANNOUNCE_HEX, ANNOUNCING],
  [`${ANNOUNCE_HEX}020b2f3f6b65793d6162636465`, { ...ANNOUNCING, urlData: "/?key=abcde" }],
  [
    `ffffffffffffffff0000000200000001${INFO_HASH}${OTHER_HASH}`,
    { type: "scrape", transactionId: 1, connectionId: 2n ** 64n - 1n, infoHashes: [INFO_HASH, OTHER_HASH] },
  ],
];

const COUNTS = { intervalSeconds: 1800, seeders: 2, leechers: 3 };
const COUNTS_HEX = "000000010a0b0c0d000007080000000300000002";
const REPLIES: [string, 4 | 6, UdpReply][] = [
  [
    "000000000a0b0c0d0123456789abcdef",
    4,
    { type: "connectReply", transactionId: 0x0a0b_0c0d, connectionId: 0x0123_4567_89ab_cdefn },
  ],
  [
    `${COUNTS_HEX}c00002011ae10a0000ffffff`,
    4,
    {
      type: "announceReply",
      transactionId: 0x0a0b_0c0d,
      ...COUNTS,
      peers: [address("192.0.2.1", 6881), address("10.0.0.255", 65_535)],
    },
  ],
  [
    `${COUNTS_HEX}20010db80000000000000000000000011ae1`,
    6,
    {
      type: "announceReply",
      transactionId: 0x0a0b_0c0d,
      ...COUNTS,
      peers: [address("2001:db8::1", 6881)],
    },
  ],
  [
    "00000002ffffffff000000010000000200000003000000040000000500000006",
    4,
    {
      type: "scrapeReply",
      transactionId: 0xffff_ffff,
      swarms: [
        { seeders: 1, downloaded: 2, leechers: 3 },
        { seeders: 4, downloaded: 5, leechers: 6 },
      ],
    },
  ],
  ["00000003000000056e6f", 4, { type: "failure", transactionId: 5, reason: "no" }],
];

test.each(REQUESTS)("decodes and encodes the request %s", (hex, request) => {
  expect(bytesToHex(encodeUdpRequest(request))).toBe(hex);
  expect(parseUdpRequest(hexToBytes(hex))).toEqual(request);
});

test.each(REPLIES)("decodes and encodes the reply %s over IPv%i", (hex, family, reply) => {
  expect(bytesToHex(encodeUdpReply(reply))).toBe(hex);
  expect(parseUdpReply(hexToBytes(hex), family)).toEqual(reply);
});

/** Where a packet may be truncated unnoticed: inside a tail of whole items, text or options. */
const WHOLE_WITHOUT_TAIL: Record<string, (length: number) => boolean> = {
  connect: () => false,
  announce: (length) => length >= 98,
  scrape: (length) => length === 36,
  connectReply: () => false,
  announceReply: (length) => length >= 20,
  scrapeReply: (length) => length >= 8 && (length - 8) % 12 === 0,
  failure: (length) => length >= 8,
};

test.each(REQUESTS)("rejects a truncated request %s", (hex, { type }) => {
  const bytes = hexToBytes(hex);
  for (let length = 0; length < bytes.length; length++) {
    const read = (): UdpRequest => parseUdpRequest(bytes.subarray(0, length));
    if (WHOLE_WITHOUT_TAIL[type]?.(length)) expect(read().type).toBe(type);
    else expect(read, `${length} bytes`).toThrow(ProtocolError);
  }
});

test.each(REPLIES)("rejects a truncated reply %s", (hex, family, { type }) => {
  const bytes = hexToBytes(hex);
  for (let length = 0; length < bytes.length; length++) {
    const read = (): UdpReply => parseUdpReply(bytes.subarray(0, length), family);
    if (WHOLE_WITHOUT_TAIL[type]?.(length)) expect(read().type).toBe(type);
    else expect(read, `${length} bytes`).toThrow(ProtocolError);
  }
});

describe("an announce", () => {
  const sent = (change: Partial<AddressAnnounce>): AddressAnnounce | undefined => {
    const read = parseUdpRequest(encodeUdpRequest({ ...ANNOUNCING, announce: { ...ANNOUNCE, ...change } }));
    return read.type === "announce" ? read.announce : undefined;
  };

  test.each([
    ["update", "00000000"],
    ["completed", "00000001"],
    ["started", "00000002"],
    ["stopped", "00000003"],
    ["paused", "00000004"],
  ] as const)("sends %s as the number %s", (event, hex) => {
    expect(sent({ event })?.event).toBe(event);
    const request = { ...ANNOUNCING, announce: { ...ANNOUNCE, event } };
    expect(bytesToHex(encodeUdpRequest(request)).slice(160, 168)).toBe(hex);
  });

  test("of a torrent of unknown size says that something is left", () => {
    expect(sent({ left: undefined })?.left).toBe(UNKNOWN_LEFT_BYTES);
  });

  test("may leave the number of peers to the tracker, and have no key", () => {
    expect(sent({ peersWanted: undefined, key: "" })).toMatchObject({ peersWanted: undefined, key: "" });
  });

  test("with -1 bytes left has an unknown number", () => {
    const hex = ANNOUNCE_HEX.replace("0000000000000007", "ff".repeat(8));
    const read = parseUdpRequest(hexToBytes(hex));
    expect(read.type === "announce" && read.announce.left).toBeUndefined();
  });

  test.each([
    ["an unknown event", ANNOUNCE_HEX.replace(/00000002(?=00000000010203ff)/, "00000005")],
    ["port 0", ANNOUNCE_HEX.replace(/1ae1$/, "0000")],
  ])("with %s is rejected", (_, hex) => {
    expect(() => parseUdpRequest(hexToBytes(hex))).toThrow(ProtocolError);
  });

  test.each([
    ["a long URL in several options", `02ff${"61".repeat(255)}020162`, `${"a".repeat(255)}b`],
    ["padding and unknown options", "0101070211220201610002ff", "a"],
    ["a truncated option", "0201610203ff", "a"],
  ])("may be followed by %s", (_, options, urlData) => {
    const read = parseUdpRequest(hexToBytes(ANNOUNCE_HEX + options));
    expect(read).toEqual({ ...ANNOUNCING, urlData });
  });

  test("sends a long URL in several options", () => {
    const urlData = `/${"x".repeat(600)}`;
    expect(parseUdpRequest(encodeUdpRequest({ ...ANNOUNCING, urlData }))).toEqual({ ...ANNOUNCING, urlData });
  });
});

test.each([
  ["another protocol", "0000041727101981000000000a0b0c0d"],
  ["an action that is not a client's", "0000041727101980000000030a0b0c0d"],
  ["a scrape of nothing", "0000041727101980000000020a0b0c0d"],
  [
    "a scrape of too many torrents",
    `0000041727101980000000020a0b0c0d${INFO_HASH.repeat(MAX_UDP_SCRAPE_HASHES + 1)}`,
  ],
])("rejects %s", (_, hex) => {
  expect(() => parseUdpRequest(hexToBytes(hex))).toThrow(ProtocolError);
});

test("reports trailing bytes after the last peer of a reply, and keeps the peers", () => {
  const peers = [address("192.0.2.1", 6881)];
  const reply = { type: "announceReply", transactionId: 1, ...COUNTS, peers } as const;
  const leftOut: string[] = [];
  const packet = Uint8Array.of(...encodeUdpReply(reply), 0, 0);
  expect(parseUdpReply(packet, 4, (what) => leftOut.push(what))).toEqual(reply);
  expect(leftOut).toEqual(["trailing bytes after the last address: 2"]);
});

test("rejects a reply with an action that is not a tracker's", () => {
  expect(() => parseUdpReply(hexToBytes("000000040a0b0c0d"), 4)).toThrow(ProtocolError);
});

test("a reply's interval, peers and reason are bounded", () => {
  const announceReply = { type: "announceReply", transactionId: 1, ...COUNTS, peers: [] } as const;
  const peers = Array.from({ length: MAX_REPLY_PEERS + 1 }, (_, at) => address("192.0.2.1", at + 1));
  const through = (reply: UdpReply): UdpReply => parseUdpReply(encodeUdpReply(reply), 4);
  expect(through({ ...announceReply, peers })).toMatchObject({ peers: peers.slice(0, MAX_REPLY_PEERS) });
  expect(through({ ...announceReply, intervalSeconds: 0 })).toMatchObject({ intervalSeconds: 600 });
  const failure = { type: "failure", transactionId: 1 } as const;
  expect(through({ ...failure, reason: "x".repeat(5_000) })).toEqual({
    ...failure,
    reason: "x".repeat(1_024),
  });
  expect(through({ ...failure, reason: "no\u001b[2J" })).toEqual({ ...failure, reason: "no [2J" });
  expect(through({ ...failure, reason: "" })).toEqual({ ...failure, reason: "the tracker gave no reason" });
});

test("leaves out peers that nobody can dial", () => {
  const reply = parseUdpReply(hexToBytes(`${COUNTS_HEX}c00002010000c00002021ae1`), 4);
  expect(reply).toMatchObject({ peers: [address("192.0.2.2", 6881)] });
});

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const count = fc.nat(Number.MAX_SAFE_INTEGER);
const hex20 = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(bytesToHex);

test("requests survive a round trip", () => {
  const connection = { transactionId: u32, connectionId: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) };
  const announce = fc.record({
    infoHash: hex20.map((hex) => hex as InfoHash),
    peerId: hex20.map((hex) => hex as PeerId),
    event: fc.constantFrom("started" as const, "update" as const, "completed" as const, "stopped" as const),
    uploaded: count,
    downloaded: count,
    left: count,
    port: fc.integer({ min: 1, max: 65_535 }),
    key: fc.uint8Array({ min: 1, minLength: 4, maxLength: 4 }).map(bytesToBinaryString),
    peersWanted: fc.option(fc.nat(0x7fff_ffff), { nil: undefined }),
  });
  const request: fc.Arbitrary<UdpRequest> = fc.oneof(
    fc.record({ type: fc.constant("connect" as const), transactionId: u32 }),
    fc.record({
      type: fc.constant("announce" as const),
      ...connection,
      announce,
      urlData: fc.stringMatching(/^[!-~]{0,600}$/),
    }),
    fc.record({
      type: fc.constant("scrape" as const),
      ...connection,
      infoHashes: fc.array(
        hex20.map((hex) => hex as InfoHash),
        { minLength: 1, maxLength: MAX_UDP_SCRAPE_HASHES },
      ),
    }),
  );
  fc.assert(
    fc.property(request, (said) => {
      expect(parseUdpRequest(encodeUdpRequest(said))).toEqual(said);
    }),
  );
});

test("any bytes decode to a message or throw a ProtocolError", () => {
  const action = fc.constantFrom("00000000", "00000001", "00000002", "00000003");
  const bytes = fc
    .tuple(fc.boolean(), action, fc.uint8Array({ maxLength: 400 }))
    .map(([isRequest, hex, rest]) =>
      hexToBytes((isRequest ? "0000041727101980" : "") + hex + bytesToHex(rest)),
    );
  fc.assert(
    fc.property(bytes, fc.constantFrom(4 as const, 6 as const), (packet, family) => {
      for (const read of [parseUdpRequest, (whole: Uint8Array) => parseUdpReply(whole, family)]) {
        try {
          expect(read(packet)).toHaveProperty("transactionId");
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});
