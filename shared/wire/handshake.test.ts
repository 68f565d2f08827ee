import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesToHex, hexToBytes } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { parseInfoHash, parsePeerId } from "../base/ids.ts";
import { decodeHandshake, encodeHandshake, HANDSHAKE_BYTES, type Handshake } from "./handshake.ts";

const PROTOCOL = "13426974546f7272656e742070726f746f636f6c"; // 19, "BitTorrent protocol"
const INFO_HASH = "c9e15763f722f23e98a29decdfae341b98d53056";
const PEER_ID = "2d5457303130302d616263646566676869303132";

function handshake(fast: boolean, extended: boolean, infoHash = INFO_HASH, peerId = PEER_ID): Handshake {
  const ids = { infoHash: parseInfoHash(infoHash), peerId: parsePeerId(peerId) };
  if (ids.infoHash === undefined || ids.peerId === undefined) throw new Error("no id");
  return { infoHash: ids.infoHash, peerId: ids.peerId, fast, extended };
}

test.each([
  ["0000000000000000", false, false],
  ["0000000000000004", true, false],
  ["0000000000100000", false, true],
  ["0000000000100004", true, true],
])("reserved bytes %s mean fast %j and extended %j", (reserved, fast, extended) => {
  const hex = PROTOCOL + reserved + INFO_HASH + PEER_ID;
  expect(bytesToHex(encodeHandshake(handshake(fast, extended)))).toBe(hex);
  expect(decodeHandshake(hexToBytes(hex))).toEqual(handshake(fast, extended));
});

test("ignores the bits of unknown extensions", () => {
  const hex = `${PROTOCOL}ffffffffffffffff${INFO_HASH}${PEER_ID}`;
  expect(decodeHandshake(hexToBytes(hex))).toEqual(handshake(true, true));
});

test("a handshake has exactly 68 bytes", () => {
  const whole = encodeHandshake(handshake(true, true));
  expect(whole).toHaveLength(HANDSHAKE_BYTES);
  for (let length = 0; length < whole.length; length++) {
    expect(() => decodeHandshake(whole.subarray(0, length))).toThrow(ProtocolError);
  }
  expect(() => decodeHandshake(Uint8Array.of(...whole, 0))).toThrow(ProtocolError);
});

test("rejects another protocol, wherever it differs", () => {
  for (let at = 0; at < 20; at++) {
    const bytes = encodeHandshake(handshake(true, true));
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    expect(() => decodeHandshake(bytes)).toThrow("does not speak BitTorrent");
  }
});

test("every handshake survives a round trip", () => {
  const id = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(bytesToHex);
  fc.assert(
    fc.property(id, id, fc.boolean(), fc.boolean(), (infoHash, peerId, fast, extended) => {
      const said = handshake(fast, extended, infoHash, peerId);
      expect(decodeHandshake(encodeHandshake(said))).toEqual(said);
    }),
  );
});
