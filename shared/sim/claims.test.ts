import fc from "fast-check";
import { expect, test } from "vitest";
import { concatBytes } from "../base/bytes.ts";
import { encodeHandshake } from "../wire/handshake.ts";
import { encodeMessage, KEEP_ALIVE, type Message } from "../wire/message.ts";
import { type Claim, ClaimReader } from "./claims.ts";
import { sampleTorrent } from "./sample-torrent.ts";
import { World } from "./world.test-support.ts";

const { infoHash } = sampleTorrent({ files: [["film.bin", 1]] });
const HANDSHAKE = encodeHandshake({
  infoHash,
  peerId: new World().newPeerId(),
  fast: true,
  extended: true,
});

/** In them are the ids of messages that claim something, where no message begins. */
const LOOKS_LIKE_CLAIMS = Uint8Array.from({ length: 300 }, (_, at) => [4, 5, 7, 14, 0][at % 5] as number);

const SAID: readonly Exclude<Message, { type: "unknown" }>[] = [
  { type: "bitfield", bits: Uint8Array.of(0b1010_0000, 0b0000_0001) },
  { type: "unchoke" },
  { type: "have", piece: 70_000 },
  { type: "block", piece: 3, begin: 16_384, bytes: LOOKS_LIKE_CLAIMS },
  { type: "extended", id: 4, payload: LOOKS_LIKE_CLAIMS },
  { type: "request", range: { piece: 1, begin: 0, length: 16_384 } },
  { type: "haveNone" },
  { type: "haveAll" },
];

const CLAIMED: readonly Claim[] = [
  { said: "bitfield", piece: 0 },
  { said: "bitfield", piece: 2 },
  { said: "bitfield", piece: 15 },
  { said: "have", piece: 70_000 },
  { said: "block", piece: 3 },
  { said: "haveAll", piece: undefined },
];

const STREAM = concatBytes([HANDSHAKE, ...SAID.flatMap((word) => [KEEP_ALIVE, encodeMessage(word)])]);

function claimsOf(reader: ClaimReader, parts: readonly Uint8Array[]): Claim[] {
  const claims: Claim[] = [];
  for (const part of parts) reader.read(part, (claim) => claims.push(claim));
  return claims;
}

/** The stream, cut at these places. */
function cutAt(places: readonly number[]): Uint8Array[] {
  const ends = [...places].sort((one, other) => one - other);
  return [...ends, STREAM.length].map((end, at) => STREAM.subarray(ends[at - 1] ?? 0, end));
}

test("reads what a stream claims to have, wherever it is cut", () => {
  const places = fc.array(fc.nat({ max: STREAM.length }), { maxLength: 20 });
  fc.assert(
    fc.property(places, (cuts) => {
      const reader = new ClaimReader();
      expect(claimsOf(reader, cutAt(cuts))).toEqual(CLAIMED);
      expect(reader.infoHash).toBe(infoHash);
      expect(reader.blockBytes).toBe(LOOKS_LIKE_CLAIMS.length);
    }),
  );
});

test("reads it byte by byte", () => {
  const bytes = Array.from(STREAM, (byte) => Uint8Array.of(byte));
  expect(claimsOf(new ClaimReader(), bytes)).toEqual(CLAIMED);
});

test("reads a block's header before the block has come", () => {
  const header = encodeMessage({ type: "block", piece: 9, begin: 0, bytes: LOOKS_LIKE_CLAIMS }).subarray(
    0,
    13,
  );
  expect(claimsOf(new ClaimReader(), [HANDSHAKE, header])).toEqual([{ said: "block", piece: 9 }]);
});
