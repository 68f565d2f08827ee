import fc from "fast-check";
import { expect, test } from "vitest";
import { binaryStringToBytes, bytesToBinaryString, concatBytes } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { ipFromBytes, parseIp } from "../base/ip.ts";
import {
  decodePeerExchange,
  type Endpoint,
  encodePeerExchange,
  type PeerExchangeMessage,
} from "./peer-exchange.ts";

const bytes = (text: string): Uint8Array => binaryStringToBytes(text) ?? new Uint8Array();

function at(text: string, port: number): Endpoint {
  const ip = parseIp(text);
  if (ip === undefined) throw new Error(`${text} is not an address`);
  return { ip, port };
}

const V6 = "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01";
const NOTHING: PeerExchangeMessage = { added: [], dropped: [] };

const MESSAGES: [string, PeerExchangeMessage][] = [
  [
    `d5:added12:\xc0\x00\x02\x01\x1a\xe1\xc0\x00\x02\x02\x1a\xe27:added.f2:\x12\x016:added618:${V6}\x1a\xe18:added6.f1:\x107:dropped6:\xc0\x00\x02\x03\x04\x008:dropped60:e`,
    {
      added: [
        { ...at("192.0.2.1", 6881), prefersEncryption: false, isSeed: true, isReachable: true },
        { ...at("192.0.2.2", 6882), prefersEncryption: true, isSeed: false, isReachable: false },
        { ...at("2001:db8::1", 6881), prefersEncryption: false, isSeed: false, isReachable: true },
      ],
      dropped: [at("192.0.2.3", 1_024)],
    },
  ],
  [
    `d5:added0:7:added.f0:6:added60:8:added6.f0:7:dropped0:8:dropped618:${V6}\xff\xffe`,
    { added: [], dropped: [at("2001:db8::1", 65_535)] },
  ],
  ["d5:added0:7:added.f0:6:added60:8:added6.f0:7:dropped0:8:dropped60:e", NOTHING],
];

test.each(MESSAGES)("decodes and encodes %j", (text, message) => {
  expect(bytesToBinaryString(encodePeerExchange(message))).toBe(text);
  expect(decodePeerExchange(bytes(text))).toEqual(message);
});

test.each(MESSAGES)("rejects every truncation of %j", (text) => {
  for (let length = 0; length < text.length; length++) {
    expect(() => decodePeerExchange(bytes(text.slice(0, length)))).toThrow(ProtocolError);
  }
});

test.each(["de", "d5:addedi1e7:dropped0:e", "d5:added0:7:added.f3:\x02\x02\x02e", "d7:added.f1:\x02e"])(
  "%j names no peers",
  (text) => expect(decodePeerExchange(bytes(text))).toEqual(NOTHING),
);

test("reads another client's flags, and ignores unknown ones", () => {
  const [peer, unflagged] = decodePeerExchange(
    bytes("d5:added12:\x7f\x00\x00\x01\x1a\xe1\x7f\x00\x00\x01\x1a\xe27:added.f1:\x0fe"),
  ).added;
  expect(peer).toEqual({
    ...at("127.0.0.1", 6881),
    prefersEncryption: true,
    isSeed: true,
    isReachable: false,
  });
  expect(unflagged).toEqual({
    ...at("127.0.0.1", 6882),
    prefersEncryption: false,
    isSeed: false,
    isReachable: false,
  });
});

test("leaves out an address with port 0, and keeps the flags with their peers", () => {
  const text = "d5:added12:\x7f\x00\x00\x01\x00\x00\x7f\x00\x00\x01\x1a\xe17:added.f2:\x02\x10e";
  expect(decodePeerExchange(bytes(text)).added).toEqual([
    { ...at("127.0.0.1", 6881), prefersEncryption: false, isSeed: false, isReachable: true },
  ]);
});

test("an IPv4-mapped IPv6 address becomes the IPv4 address", () => {
  const mapped = `${"\0".repeat(10)}\xff\xff\xc0\x00\x02\x01`;
  expect(decodePeerExchange(bytes(`d6:added618:${mapped}\x1a\xe1e`)).added).toMatchObject([
    at("192.0.2.1", 6881),
  ]);
});

test.each(["le", "d5:added5:12345e", "d6:added66:123456e", "d7:dropped7:1234567e", "d8:dropped66:123456e"])(
  "rejects %s",
  (text) => expect(() => decodePeerExchange(bytes(text))).toThrow(ProtocolError),
);

const ENDPOINT = fc
  .record({
    raw: fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    ),
    port: fc.integer({ min: 1, max: 65_535 }),
  })
  .map(({ raw, port }): Endpoint => {
    const ip = ipFromBytes(bytesToBinaryString(raw));
    if (ip === undefined) throw new Error("no address");
    return { ip, port };
  });
const ADDED = fc
  .tuple(ENDPOINT, fc.boolean(), fc.boolean(), fc.boolean())
  .map(([endpoint, prefersEncryption, isSeed, isReachable]) => ({
    ...endpoint,
    ...{ prefersEncryption, isSeed, isReachable },
  }));

test("every message survives a round trip, IPv4 first", () => {
  const sorted = <Kind extends Endpoint>(peers: readonly Kind[]): Kind[] =>
    [...peers].sort((left, right) => left.ip.length - right.ip.length);
  fc.assert(
    fc.property(fc.array(ADDED), fc.array(ENDPOINT), (added, dropped) => {
      const read = decodePeerExchange(encodePeerExchange({ added, dropped }));
      expect(read).toEqual({ added: sorted(added), dropped: sorted(dropped) });
    }),
  );
});

test("any payload decodes or throws a ProtocolError", () => {
  const payloads = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.tuple(fc.constantFrom(...MESSAGES), fc.nat(), fc.nat(255)).map(([[text], where, byte]) => {
      const changed = concatBytes([bytes(text)]);
      changed[where % changed.length] = byte;
      return changed;
    }),
  );
  fc.assert(
    fc.property(payloads, (payload) => {
      try {
        decodePeerExchange(payload);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
    { numRuns: 1_000 },
  );
});
