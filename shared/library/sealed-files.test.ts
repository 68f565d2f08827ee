import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { PieceIndex } from "../base/ids.ts";
import { StorageError } from "../driver/ports.ts";
import { RECORD_BYTES } from "../encrypted/records.ts";
import { contentByte, type MadeShare, madeShare } from "../encrypted/share.test-support.ts";
import { SealedFiles } from "./sealed-files.ts";

const FILES = [
  { path: "Trip/a.mp4", bytes: 500_000 },
  { path: "Trip/b.txt", bytes: 5 },
  { path: "Trip/c", bytes: 0 },
  { path: "Trip/d.jpg", bytes: 65_520 },
];
const PIECE = 2 * RECORD_BYTES;

const sha1 = async (bytes: Uint8Array) => new Uint8Array(createHash("sha1").update(bytes).digest());

const contentOf = (file: number, bytes: number) =>
  Uint8Array.from({ length: bytes }, (_, at) => contentByte(file, at));

/** Files of a person. Their bytes can be changed behind the page's back, as in browsers that keep no snapshot. */
function ownFiles() {
  const contents = FILES.map(({ bytes }, at) => contentOf(at, bytes));
  const files = FILES.map(({ path }, at) => ({
    name: path,
    slice: (start: number, end: number) => new Blob([contents[at]?.slice(start, end) ?? ""]),
  }));
  return { contents, files };
}

function storageOf({ share, info }: MadeShare) {
  const { contents, files } = ownFiles();
  const sealed = new SealedFiles(share, files);
  return { contents, files, sealed, storage: sealed.storage(info.pieceHashes, sha1) };
}

test("each piece comes out as whoever makes the share by another way has it", async () => {
  for (const files of [FILES, FILES.slice(0, 1), FILES.slice(2, 3)]) {
    const made = await madeShare(files, PIECE);
    const contents = files.map(({ path, bytes }, at) => new File([contentOf(at, bytes)], path));
    const sealed = new SealedFiles(made.share, contents);
    const storage = sealed.storage(made.info.pieceHashes, sha1);
    expect(sealed.files).toEqual(contents);
    for (const piece of made.share.layout.pieces()) {
      const expected = made.sealed.subarray(piece * PIECE, (piece + 1) * PIECE);
      const sent = (await storage.read(piece)) ?? new Uint8Array();
      expect(Buffer.compare(sent, expected), `piece ${piece}`).toBe(0);
    }
    const all = await sealed.readRange(0, made.share.layout.totalBytes);
    expect(Buffer.compare(all, made.sealed)).toBe(0);
  }
});

test("nothing of a piece leaves if a byte in it has changed, and the share does not go on", async () => {
  const made = await madeShare(FILES, PIECE);
  const { contents, storage } = storageOf(made);
  await storage.read(0 as PieceIndex);
  (contents[0] as Uint8Array)[300_000] = 1 + contentByte(0, 300_000);
  const piece = Math.floor((RECORD_BYTES + 300_000) / PIECE) as PieceIndex;
  const read = storage.read(piece);
  await expect(read).rejects.toThrow(StorageError);
  await expect(read).rejects.toThrow(/^A file has changed since you shared it: Trip\/a\.mp4\./);
  await expect(storage.read(0 as PieceIndex), "nothing else either").rejects.toThrow(/has changed/);

  (contents[0] as Uint8Array)[300_000] = contentByte(0, 300_000);
  await expect(storage.read(piece), "put back").rejects.toThrow(/has changed/);
});

test("a piece that others wait for meanwhile does not leave either", async () => {
  const { contents, storage } = storageOf(await madeShare(FILES, PIECE));
  (contents[3] as Uint8Array).fill(0);
  const last = Math.floor((RECORD_BYTES + 500_005) / PIECE) as PieceIndex;
  const reads = await Promise.allSettled([storage.read(last), storage.read((last + 1) as PieceIndex)]);
  expect(reads.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await expect(storage.read(last)).rejects.toThrow(/: (Trip\/a\.mp4, Trip\/b\.txt, )?Trip\/d\.jpg\. Nothing/);
});

test("a file that became shorter cannot be read, and nothing is written to shared files", async () => {
  const { contents, storage } = storageOf(await madeShare(FILES, PIECE));
  contents[0] = contentOf(0, 400_000);
  const read = storage.read(3 as PieceIndex);
  await expect(read).rejects.toThrow(StorageError);
  await expect(read).rejects.toThrow(/was changed, moved or deleted/);
  await expect(storage.write(0 as PieceIndex, new Uint8Array(1))).rejects.toThrow(StorageError);
});
