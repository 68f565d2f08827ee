import fc from "fast-check";
import { expect, test } from "vitest";
import { Bitfield } from "#shared/base/bitfield.ts";
import { bytesToHex, concatBytes } from "#shared/base/bytes.ts";
import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import { Layout } from "#shared/meta/layout.ts";
import {
  type Checkpoint,
  decodeResume,
  encodeCheckpoint,
  encodeJournal,
  type ResumeShape,
} from "./resume.ts";

const INFO_HASH = "0123456789abcdef0123456789abcdef01234567" as InfoHash;
const SHAPE: ResumeShape = { infoHash: INFO_HASH, layout: new Layout(100, 10), fileCount: 2 };
const piece = (index: number): PieceIndex => SHAPE.layout.piece(index) ?? (0 as PieceIndex);

function checkpoint(): Checkpoint {
  const pieces = new Bitfield(10);
  for (const index of [0, 3, 9]) pieces.set(index);
  const stamp = { bytes: 64 * 1024 ** 4, mtimeNanos: 1_700_000_000_123_456_789n };
  return {
    infoHash: INFO_HASH,
    pieces,
    stamps: [stamp, undefined, { bytes: 0, mtimeNanos: -5n }],
    slots: [piece(3), piece(0)],
  };
}

test("a checkpoint has exactly these bytes", () => {
  const pieces = new Bitfield(10);
  pieces.set(0);
  const bytes = encodeCheckpoint({
    infoHash: INFO_HASH,
    pieces,
    stamps: [{ bytes: 258, mtimeNanos: 1n }],
    slots: [piece(9)],
  });
  expect(bytesToHex(bytes.subarray(20))).toBe(
    [
      "64", // d
      `${hex("5:files16:")}00000000000001020000000000000001`,
      `${hex("9:info hash20:")}${INFO_HASH}`,
      `${hex("5:parts4:")}00000009`,
      `${hex("6:pieces2:")}8000`,
      hex("7:versioni1e"),
      "65", // e
    ].join(""),
  );
});

test("a checkpoint survives a round trip", () => {
  const decoded = decodeResume(encodeCheckpoint(checkpoint()), SHAPE);
  expect(decoded).toEqual({ type: "resume", resume: { ...checkpoint(), written: new Set() } });
});

test("the journal adds pieces and updates stamps", () => {
  const stamp = { bytes: 7, mtimeNanos: 8n };
  const bytes = concatBytes([
    encodeCheckpoint(checkpoint()),
    encodeJournal({ pieces: [piece(1)], stamps: [[0, { bytes: 1, mtimeNanos: 1n }]] }),
    encodeJournal({
      pieces: [piece(2)],
      stamps: [
        [0, stamp],
        [2, stamp],
      ],
    }),
  ]);
  const decoded = decodeResume(bytes, SHAPE);
  expect(decoded).toMatchObject({ type: "resume", resume: { stamps: [stamp, undefined, stamp] } });
  expect(decoded.type === "resume" && [...decoded.resume.written]).toEqual([1, 2]);
});

test("a torn journal counts up to where it was cut", () => {
  const start = encodeCheckpoint(checkpoint());
  const journal = encodeJournal({ pieces: [piece(1), piece(2)], stamps: [] });
  for (let length = 0; length <= journal.length; length++) {
    const decoded = decodeResume(concatBytes([start, journal.subarray(0, length)]), SHAPE);
    expect(decoded.type === "resume" && decoded.resume.written.size).toBe(Math.floor(length / 24));
  }
});

test("any truncation of a checkpoint is broken", () => {
  const bytes = encodeCheckpoint(checkpoint());
  for (let length = 0; length < bytes.length; length++)
    expect(decodeResume(bytes.subarray(0, length), SHAPE)).toEqual({ type: "broken" });
});

test("any flipped bit of a checkpoint makes it broken", () => {
  const bytes = encodeCheckpoint(checkpoint());
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(decodeResume(flipped, SHAPE)).toEqual({ type: "broken" });
  }
});

test.each<[string, ResumeShape]>([
  ["pieces", { ...SHAPE, layout: new Layout(200, 10) }],
  ["files", { ...SHAPE, fileCount: 3 }],
])("other %s than the torrent's make it broken", (_, shape) => {
  expect(decodeResume(encodeCheckpoint(checkpoint()), shape)).toEqual({ type: "broken" });
});

test.each([[[3, 3]], [[10]]])("slots %j make it broken", (slots) => {
  const bytes = encodeCheckpoint({ ...checkpoint(), slots: slots.map((slot) => slot as PieceIndex) });
  expect(decodeResume(bytes, SHAPE)).toEqual({ type: "broken" });
});

test("a resume file of another torrent names that torrent", () => {
  const infoHash = "f".repeat(40) as InfoHash;
  expect(decodeResume(encodeCheckpoint({ ...checkpoint(), infoHash }), SHAPE)).toEqual({
    type: "otherTorrent",
    infoHash,
  });
});

test("whatever follows a checkpoint, its pieces and files are those of the torrent", () => {
  const start = encodeCheckpoint(checkpoint());
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => {
      const decoded = decodeResume(concatBytes([start, noise]), SHAPE);
      expect(decoded.type).toBe("resume");
      if (decoded.type !== "resume") return;
      expect(decoded.resume.stamps).toHaveLength(3);
      for (const index of decoded.resume.written) expect(SHAPE.layout.piece(index)).toBe(index);
    }),
  );
});

test("random bytes are broken", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
      expect(decodeResume(noise, SHAPE)).toEqual({ type: "broken" });
    }),
  );
});

function hex(text: string): string {
  return Buffer.from(text).toString("hex");
}
