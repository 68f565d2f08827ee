import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BencodeValue, encodeBencode } from "../base/bencode.ts";
import { bytesToBinaryString, bytesToHex, hexToBytes } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import type { Handle, OfferId, PeerId } from "../base/ids.ts";
import {
  decodeIntroduction,
  encodeIntroduction,
  handleOf,
  type IntroductionMessage,
  isHandleOf,
} from "./introduction.ts";

const ONE = "0011223344556677" as Handle;
const OTHER = "8899aabbccddeeff" as Handle;
const OFFER_ID = "000102030405060708090a0b0c0d0e0f10111213" as OfferId;
const PEER_ID = bytesToHex(new TextEncoder().encode("-TW0100-0123456789ab")) as PeerId;

const MESSAGES: readonly IntroductionMessage[] = [
  { type: "peers", you: ONE, free: 30, added: [{ handle: OTHER, isSeed: true }], dropped: [] },
  { type: "peers", you: undefined, free: 0, added: [], dropped: [ONE, OTHER] },
  { type: "offer", offerId: OFFER_ID, way: "to", handle: OTHER, sdp: "v=0\r\n" },
  { type: "offer", offerId: OFFER_ID, way: "from", handle: ONE, sdp: "v=0\r\n" },
  { type: "answer", offerId: OFFER_ID, sdp: "v=0\r\n" },
  { type: "error", offerId: OFFER_ID, refusal: "noSuchPeer" },
  { type: "error", offerId: OFFER_ID, refusal: "busy" },
];

/** The examples of the specification: what each message says, and its bytes in hex. */
function vectors(): readonly (readonly [what: string, bytes: Uint8Array])[] {
  const spec = readFileSync(new URL("../../docs/peer-introductions.md", import.meta.url), "utf8");
  return [...spec.matchAll(/^<!-- vector (.+) -->\n+```\n([0-9a-f\s]+)```$/gm)].map(
    ([, what = "", hex = ""]) => [what, hexToBytes(hex.replace(/\s/g, ""))],
  );
}

describe("the specification's examples", () => {
  const EXAMPLES: Record<string, IntroductionMessage> = {
    "peers to A": {
      type: "peers",
      you: "c0ffee01f2d7bfbc" as Handle,
      free: 30,
      added: [{ handle: "c0ffee0200d6a922" as Handle, isSeed: false }],
      dropped: [],
    },
    "offer to R": {
      type: "offer",
      offerId: OFFER_ID,
      way: "to",
      handle: "c0ffee0200d6a922" as Handle,
      sdp: "v=0\r\n",
    },
    "offer to B": {
      type: "offer",
      offerId: OFFER_ID,
      way: "from",
      handle: "c0ffee01f2d7bfbc" as Handle,
      sdp: "v=0\r\n",
    },
    answer: { type: "answer", offerId: OFFER_ID, sdp: "v=0\r\n" },
    error: { type: "error", offerId: OFFER_ID, refusal: "busy" },
  };

  test.each(vectors())("%s", (what, bytes) => {
    expect(decodeIntroduction(bytes)).toEqual(EXAMPLES[what]);
    expect(bytesToHex(encodeIntroduction(EXAMPLES[what] as IntroductionMessage))).toBe(bytesToHex(bytes));
  });

  test("are all there, and so are their handles", () => {
    expect(vectors().map(([what]) => what)).toEqual(Object.keys(EXAMPLES));
    const idOf = (letter: string): PeerId =>
      bytesToHex(new TextEncoder().encode(`-TW0100-${letter.repeat(12)}`)) as PeerId;
    expect(handleOf(hexToBytes("c0ffee01"), idOf("A"))).toBe("c0ffee01f2d7bfbc");
    expect(handleOf(hexToBytes("c0ffee02"), idOf("B"))).toBe("c0ffee0200d6a922");
  });
});

test.each(MESSAGES)("decodes what it encodes: %j", (message) => {
  expect(decodeIntroduction(encodeIntroduction(message))).toEqual(message);
});

test.each(MESSAGES)("rejects every truncation of %j", (message) => {
  const whole = encodeIntroduction(message);
  for (let length = 0; length < whole.length; length++)
    expect(() => decodeIntroduction(whole.subarray(0, length))).toThrow(ProtocolError);
});

test("ignores unknown keys and types, and fields of the wrong type", () => {
  const text = (fields: Record<string, string | number | Uint8Array>): Uint8Array =>
    encodeBencode(new Map(Object.entries(fields)));
  expect(decodeIntroduction(text({ msg_type: 4 }))).toBeUndefined();
  expect(decodeIntroduction(text({ msg_type: "peers" }))).toBeUndefined();
  expect(
    decodeIntroduction(text({ msg_type: 0, free: "many", you: "short", added: 7, colour: "red" })),
  ).toEqual({
    type: "peers",
    you: undefined,
    free: 0,
    added: [],
    dropped: [],
  });
  const id = hexToBytes(OFFER_ID);
  expect(decodeIntroduction(text({ msg_type: 3, id, code: 77 }))).toMatchObject({ refusal: "other" });
});

test.each([
  ["no dictionary", "i1e"],
  ["half a handle", "d5:added4:aaaa8:msg_typei0ee"],
  ["an offer for nobody", `d2:id20:${"i".repeat(20)}8:msg_typei1e3:sdp3:v=0e`],
  ["an offer without an id", "d8:msg_typei1e2:to8:hhhhhhhh3:sdp3:v=0e"],
  ["an answer without a description", `d2:id20:${"i".repeat(20)}8:msg_typei2ee`],
  ["an answer with nothing as one", `d2:id20:${"i".repeat(20)}8:msg_typei2e3:sdp0:e`],
  ["an id of 19 bytes", `d4:codei1e2:id19:${"i".repeat(19)}8:msg_typei3ee`],
])("rejects %s", (_, text) => {
  expect(() => decodeIntroduction(new TextEncoder().encode(text))).toThrow(ProtocolError);
});

test("a description has at most 4 KiB, and a message names at most fifty peers", () => {
  const offer = (length: number): IntroductionMessage => ({
    type: "offer",
    offerId: OFFER_ID,
    way: "to",
    handle: ONE,
    sdp: "x".repeat(length),
  });
  expect(decodeIntroduction(encodeIntroduction(offer(4_096)))).toEqual(offer(4_096));
  expect(() => decodeIntroduction(encodeIntroduction(offer(4_097)))).toThrow(ProtocolError);
  const added = Array.from({ length: 200 }, () => ({ handle: ONE, isSeed: false }));
  const crowd = decodeIntroduction(
    encodeIntroduction({
      type: "peers",
      you: ONE,
      free: 1,
      added,
      dropped: added.map(({ handle }) => handle),
    }),
  );
  expect(crowd).toMatchObject({ added: added.slice(0, 50) });
  expect(crowd?.type === "peers" && crowd.dropped.length).toBe(50);
});

/** A message with these fields. */
const withFields = (...fields: readonly (readonly [string, BencodeValue])[]): Uint8Array =>
  encodeBencode(new Map<string, BencodeValue>(fields));

test("a message has at most 8 KiB", () => {
  const padded = (length: number): Uint8Array =>
    withFields(["future", new Uint8Array(length - "d6:future0000:8:msg_typei0ee".length)], ["msg_type", 0]);
  expect(padded(8_192)).toHaveLength(8_192);
  expect(decodeIntroduction(padded(8_192))).toMatchObject({ type: "peers" });
  expect(() => decodeIntroduction(padded(8_193))).toThrow(ProtocolError);
});

test.each([
  ["no flags", undefined, [false, false, false]],
  ["flags of the wrong type", 7, [false, false, false]],
  ["a flag too few", Uint8Array.of(0x02), [true, false, false]],
  ["unknown flags", Uint8Array.of(0x01, 0x03, 0xfd), [false, true, false]],
])("peers named with %s", (_, flags, seeds) => {
  const added = hexToBytes(`${ONE}${OTHER}0000000000000000`);
  const said = withFields(["added", added], ...(flags === undefined ? [] : [["added.f", flags] as const]), [
    "msg_type",
    0,
  ]);
  const message = decodeIntroduction(said);
  expect(message?.type === "peers" && message.added.map(({ isSeed }) => isSeed)).toEqual(seeds);
});

test("how many links a peer takes is a byte", () => {
  const message: IntroductionMessage = { type: "peers", you: ONE, free: 1_000, added: [], dropped: [] };
  expect(new TextDecoder("latin1").decode(encodeIntroduction(message))).toContain("4:freei255e");
  expect(decodeIntroduction(withFields(["free", 1_000], ["msg_type", 0]))).toMatchObject({ free: 255 });
  expect(decodeIntroduction(withFields(["free", -1], ["msg_type", 0]))).toMatchObject({ free: 0 });
});

test("any bytes are a message, nothing, or a protocol error", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        decodeIntroduction(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
  );
});

test("a handle is recognised by who knows the peer id, and shows four bytes that chance chose", () => {
  const handle = handleOf(hexToBytes("00112233"), PEER_ID);
  expect(handle.slice(0, 8)).toBe("00112233");
  expect(isHandleOf(handle, PEER_ID)).toBe(true);
  expect(isHandleOf(handle, PEER_ID.replace(/.$/, "0") as PeerId)).toBe(false);
  expect(handleOf(hexToBytes("00112234"), PEER_ID).slice(8)).not.toBe(handle.slice(8));
  expect(bytesToBinaryString(hexToBytes(handle))).toHaveLength(8);
});
