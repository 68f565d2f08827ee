import fc from "fast-check";
import { expect, test } from "vitest";
import { binaryStringToBytes, bytesToBinaryString, concatBytes } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import {
  decodeExtendedHandshake,
  decodeMetadataMessage,
  encodeExtendedHandshake,
  encodeMetadataMessage,
  type MetadataMessage,
  OUR_EXCHANGE_ID,
  OUR_METADATA_ID,
} from "./extension.ts";

const bytes = (text: string): Uint8Array => binaryStringToBytes(text) ?? new Uint8Array();
const NOTHING = {
  metadataId: undefined,
  exchangeId: undefined,
  port: undefined,
  metadataBytes: undefined,
  maxRequestsQueued: undefined,
  client: undefined,
  superSeeds: false,
  prefersEncryption: false,
  waits: false,
  deviceName: undefined,
  device: undefined,
};

test("our extended handshake has the fields of BEP 9, 10 and 11", () => {
  const named = { maxRequestsQueued: 1_024, client: "Tabswarm 0.1" };
  const all = encodeExtendedHandshake({ ...named, exchanges: true, port: 6_881, metadataBytes: 31_235 });
  expect(bytesToBinaryString(all)).toBe(
    `d1:md11:ut_metadatai${OUR_METADATA_ID}e6:ut_pexi${OUR_EXCHANGE_ID}ee13:metadata_sizei31235e1:pi6881e` +
      "4:reqqi1024e1:v12:Tabswarm 0.1e",
  );
  const none = { exchanges: false, port: undefined, metadataBytes: undefined };
  expect(decodeExtendedHandshake(encodeExtendedHandshake({ ...named, ...none }))).toEqual({
    ...NOTHING,
    ...named,
    metadataId: OUR_METADATA_ID,
  });
});

test("a seeder that tells of its pieces one by one says that it has them all", () => {
  const ours = { metadataBytes: 1, maxRequestsQueued: 1, client: "x" };
  expect(decodeExtendedHandshake(encodeExtendedHandshake({ ...ours, superSeeds: true })).superSeeds).toBe(
    true,
  );
  expect(decodeExtendedHandshake(encodeExtendedHandshake({ ...ours, waits: true })).waits).toBe(true);
  expect(decodeExtendedHandshake(bytes("d7:tw_wait3:yese")).waits).toBe(false);
  expect(decodeExtendedHandshake(bytes("d7:tw_seed3:yese")).superSeeds).toBe(false);
});

test("a handshake carries the device's name and the kind of client", () => {
  const ours = { metadataBytes: 1, maxRequestsQueued: 1, client: "x" };
  const device = { program: "Chrome", system: "Android" } as const;
  const said = encodeExtendedHandshake({ ...ours, deviceName: "Máy của Lan", device });
  expect(bytesToBinaryString(said)).toContain("7:tw_kind14:Chrome/Android7:tw_name14:M");
  expect(decodeExtendedHandshake(said)).toMatchObject({ deviceName: "Máy của Lan", device });
  const odd = decodeExtendedHandshake(bytes("d7:tw_kindi1e7:tw_nameli1eee"));
  expect([odd.deviceName, odd.device]).toEqual([undefined, undefined]);
  const hostile = decodeExtendedHandshake(bytes(`d7:tw_kind5:a/b/c7:tw_name6:\x1b[2J a1:v1:xe`));
  expect([hostile.deviceName, hostile.device]).toEqual(["[2J a", undefined]);
});

test("decodes another client's extended handshake, in any order and with unknown keys", () => {
  const libtorrent =
    "d12:complete_agoi-1e1:md11:lt_donthavei7e11:ut_metadatai2e6:ut_pexi1ee13:metadata_sizei999e1:pi6881e4:reqqi2000e" +
    "1:v18:libtorrent/2.0.9.06:yourip4:\x7f\x00\x00\x01e";
  expect(decodeExtendedHandshake(bytes(libtorrent))).toEqual({
    metadataId: 2,
    exchangeId: 1,
    port: 6_881,
    metadataBytes: 999,
    maxRequestsQueued: 2_000,
    client: "libtorrent/2.0.9.0",
    superSeeds: false,
    prefersEncryption: false,
    waits: false,
    deviceName: undefined,
    device: undefined,
  });
});

test.each([
  ["d1:ei1ee", true],
  ["d1:ei0ee", false],
  ["d1:e1:1e", false],
])("%s says whether a client prefers encrypted links", (text, prefers) => {
  expect(decodeExtendedHandshake(bytes(text)).prefersEncryption).toBe(prefers);
});

test.each([
  "de",
  "d1:mle4:reqq1:ae",
  "d1:md11:ut_metadatai0ee13:metadata_sizei0e4:reqqi0e1:vi1ee",
  "d1:md6:ut_pexi0ee1:pi0ee",
  "d1:md6:ut_pexi256ee1:pi65536ee",
  "d1:md11:ut_metadatai256ee13:metadata_sizei-1e4:reqqi-1e1:v0:e",
])("%s has no usable field", (text) => {
  expect(decodeExtendedHandshake(bytes(text))).toEqual(NOTHING);
});

test("a client's name is cut and made safe to show", () => {
  const name = (text: string): string | undefined => {
    const value = bytesToBinaryString(new TextEncoder().encode(text));
    return decodeExtendedHandshake(bytes(`d1:v${value.length}:${value}e`)).client;
  };
  expect(name("Bánh\u0000\u202e 1.0\n")).toBe("Bánh 1.0");
  expect(name("x".repeat(1_000))).toBe(`${"x".repeat(64)}…`);
  expect(name(`a${"\u0301".repeat(50)}`)?.length).toBeLessThan(6);
  expect(name("\u0001\u0002")).toBeUndefined();
});

const MESSAGES: [string, MetadataMessage][] = [
  ["d8:msg_typei0e5:piecei3ee", { type: "request", piece: 3 }],
  ["d8:msg_typei2e5:piecei3ee", { type: "reject", piece: 3 }],
  [
    "d8:msg_typei1e5:piecei0e10:total_sizei34256eeDATA",
    { type: "data", piece: 0, totalBytes: 34_256, bytes: bytes("DATA") },
  ],
];

test.each(MESSAGES)("decodes and encodes %s", (text, message) => {
  expect(bytesToBinaryString(encodeMetadataMessage(message))).toBe(text);
  expect(decodeMetadataMessage(bytes(text))).toEqual(message);
});

test.each(MESSAGES)("rejects every truncation of %s", (text) => {
  for (let length = 0; length <= text.lastIndexOf("e"); length++) {
    expect(() => decodeMetadataMessage(bytes(text.slice(0, length)))).toThrow(ProtocolError);
  }
});

test("data that looks like bencode is not cut short", () => {
  const data = bytes("ee4:infod6:lengthi1eee");
  const message: MetadataMessage = { type: "data", piece: 1, totalBytes: 20_000, bytes: data };
  expect(decodeMetadataMessage(encodeMetadataMessage(message))).toEqual(message);
});

test("ignores an unknown message type", () => {
  expect(decodeMetadataMessage(bytes("d8:msg_typei3e5:piecei0ee"))).toBeUndefined();
});

test.each([
  "le",
  "d8:msg_typei0ee",
  "d8:msg_typei0e5:piecei-1ee",
  "d8:msg_typei1e5:piecei0ee",
  "d8:msg_typei1e5:piecei0e10:total_sizei0ee",
])("rejects %s", (text) => {
  expect(() => decodeMetadataMessage(bytes(text))).toThrow(ProtocolError);
});

test("any payload decodes or throws a ProtocolError", () => {
  const payloads = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.tuple(fc.constantFrom(...MESSAGES), fc.nat(), fc.nat(255)).map(([[text], at, byte]) => {
      const changed = concatBytes([bytes(text)]);
      changed[at % changed.length] = byte;
      return changed;
    }),
  );
  fc.assert(
    fc.property(payloads, (payload) => {
      for (const decode of [decodeMetadataMessage, decodeExtendedHandshake]) {
        try {
          decode(payload);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});
