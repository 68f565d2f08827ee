import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesToHex, hexToBytes } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import {
  blockHeader,
  decodeMessage,
  encodeMessage,
  encodeRequests,
  KEEP_ALIVE,
  type Message,
} from "./message.ts";

type Known = Exclude<Message, { type: "unknown" }>;

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const range = { piece: 1, begin: 0x4000, length: 0x4000 };

/** Frames as BEP 3, 5, 6 and 10 lay them out. */
const KNOWN: [string, Known][] = [
  ["0000000100", { type: "choke" }],
  ["0000000101", { type: "unchoke" }],
  ["0000000102", { type: "interested" }],
  ["0000000103", { type: "notInterested" }],
  ["000000050400000102", { type: "have", piece: 0x102 }],
  ["0000000305ff80", { type: "bitfield", bits: bytes(0xff, 0x80) }],
  ["0000000d06000000010000400000004000", { type: "request", range }],
  [
    "0000000c070000000100004000414243",
    { type: "block", piece: 1, begin: 0x4000, bytes: bytes(0x41, 0x42, 0x43) },
  ],
  ["0000000d08000000010000400000004000", { type: "cancel", range }],
  ["00000003091ae1", { type: "port", port: 6881 }],
  ["000000050d00000007", { type: "suggest", piece: 7 }],
  ["000000010e", { type: "haveAll" }],
  ["000000010f", { type: "haveNone" }],
  ["0000000d10000000010000400000004000", { type: "reject", range }],
  ["0000000511ffffffff", { type: "allowedFast", piece: 0xffff_ffff }],
  ["0000000414036465", { type: "extended", id: 3, payload: bytes(0x64, 0x65) }],
];

test.each(KNOWN)("decodes and encodes %s", (hex, message) => {
  expect(bytesToHex(encodeMessage(message))).toBe(hex);
  expect(decodeMessage(hexToBytes(hex).subarray(4))).toEqual(message);
});

const WITH_TAIL = new Set(["bitfield", "block", "extended"]);

test.each(KNOWN)("rejects %s with a missing or trailing byte", (hex, message) => {
  const body = hexToBytes(hex).subarray(4);
  const tailBytes = message.type === "block" ? 3 : WITH_TAIL.has(message.type) ? 2 : 0;
  for (let length = 0; length < body.length - tailBytes; length++) {
    expect(() => decodeMessage(body.subarray(0, length))).toThrow(ProtocolError);
  }
  if (tailBytes === 0) expect(() => decodeMessage(hexToBytes(`${hex.slice(8)}00`))).toThrow(ProtocolError);
});

test("a keep-alive is a length of zero", () => {
  expect([...KEEP_ALIVE]).toEqual([0, 0, 0, 0]);
});

test("ignores unknown ids, whatever follows", () => {
  expect(decodeMessage(bytes(10))).toEqual({ type: "unknown", id: 10 });
  expect(decodeMessage(bytes(255, 1, 2, 3))).toEqual({ type: "unknown", id: 255 });
});

test("the bytes of a block, bitfield or payload are views of the frame", () => {
  for (const [hex] of KNOWN) {
    const body = hexToBytes(hex).subarray(4);
    for (const value of Object.values(decodeMessage(body))) {
      if (value instanceof Uint8Array) expect(value.buffer).toBe(body.buffer);
    }
  }
});

test("encodes several requests as consecutive frames", () => {
  const ranges = [range, { piece: 0xffff_ffff, begin: 0, length: 1 }];
  const apart = ranges.map((each) => encodeMessage({ type: "request", range: each }));
  expect(bytesToHex(encodeRequests(ranges))).toBe(apart.map(bytesToHex).join(""));
  expect(encodeRequests([])).toHaveLength(0);
});

test("a block header plus the block's bytes make the whole message", () => {
  const block = { type: "block", piece: 70_000, begin: 16_384, bytes: bytes(1, 2, 3, 4) } as const;
  expect([...blockHeader(70_000, 16_384, 4), ...block.bytes]).toEqual([...encodeMessage(block)]);
});

const u32 = fc.nat(0xffff_ffff);
const anyRange = fc.record({ piece: u32, begin: u32, length: u32 });
const messages: fc.Arbitrary<Known> = fc.oneof(
  fc.record({ type: fc.constantFrom("choke", "unchoke", "interested", "notInterested") }),
  fc.record({ type: fc.constantFrom("haveAll", "haveNone") }),
  fc.record({ type: fc.constantFrom("have", "suggest", "allowedFast"), piece: u32 }),
  fc.record({ type: fc.constant("bitfield"), bits: fc.uint8Array() }),
  fc.record({ type: fc.constantFrom("request", "cancel", "reject"), range: anyRange }),
  fc.record({ type: fc.constant("block"), piece: u32, begin: u32, bytes: fc.uint8Array() }),
  fc.record({ type: fc.constant("port"), port: fc.nat(0xffff) }),
  fc.record({ type: fc.constant("extended"), id: fc.nat(255), payload: fc.uint8Array() }),
);

test("every message survives a round trip, with the right length", () => {
  fc.assert(
    fc.property(messages, (message) => {
      const frame = encodeMessage(message);
      expect(new DataView(frame.buffer).getUint32(0)).toBe(frame.length - 4);
      expect(decodeMessage(frame.subarray(4))).toEqual(message);
    }),
  );
});

test("any bytes decode to a message or throw a ProtocolError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), fc.nat(25), (rest, id) => {
      for (const body of [rest, Uint8Array.of(id, ...rest)]) {
        try {
          const message = decodeMessage(body);
          if (message.type !== "unknown") expect(encodeMessage(message).subarray(4)).toEqual(body);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});
