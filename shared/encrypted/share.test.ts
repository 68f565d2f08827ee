import { expect, test } from "vitest";
import type { PieceIndex } from "../base/ids.ts";
import { planTorrent } from "../meta/create.ts";
import { type Info, MAX_INFO_BYTES } from "../meta/info.ts";
import { isContent, Layout } from "../meta/layout.ts";
import { manifestRecordsOf, parseManifest } from "./manifest.ts";
import { nonceOf, paddedRecords, RECORD_BYTES, RECORD_PLAIN_BYTES } from "./records.ts";
import {
  contentByte,
  type MadeShare,
  madeShare,
  SHARE_KEY,
  torrentOf,
  WEB_CIPHER,
} from "./share.test-support.ts";
import { EncryptedShare, manifestBytes } from "./share.ts";
import { deriveKeys } from "./share-keys.ts";
import { isEncryptedShare } from "./share-torrent.ts";

const FILES = [
  { path: "Trip/a.mp4", bytes: 700_000 },
  { path: "Trip/b.txt", bytes: 5 },
  { path: "Trip/c", bytes: 0 },
  { path: "Trip/d.jpg", bytes: 65_520 },
];
const PIECE = 2 * RECORD_BYTES;

/** Opens it as a receiver does. */
async function received({ keys, info, sealed }: MadeShare, bytes = sealed): Promise<EncryptedShare> {
  const length = await manifestBytes(keys, info.layout, bytes.slice(0, RECORD_BYTES));
  return EncryptedShare.read(keys, info.layout, bytes.slice(0, length));
}

const pieceOf = (bytes: Uint8Array<ArrayBuffer>, piece: number, length: number) =>
  bytes.slice(piece * length, (piece + 1) * length);

test("a receiver gets the names, the sizes and every byte", async () => {
  const made = await madeShare(FILES, PIECE);
  const share = await received(made);
  const info = share.plainInfo(made.info.pieceHashes);
  expect([info.name, info.isFolder]).toEqual(["Trip", true]);
  const files = info.files.filter(isContent).map(({ path, bytes }) => ({ path: `Trip/${path}`, bytes }));
  expect(files).toEqual(FILES);
  for (const piece of share.layout.pieces()) {
    const plain = await share.open(piece, pieceOf(made.sealed, piece, PIECE));
    const expected = pieceOf(made.plain, piece, share.plainLayout.pieceLength);
    expect(Buffer.compare(plain, expected), `piece ${piece}`).toBe(0);
    const sealed = new Uint8Array(share.layout.pieceBytes(piece));
    await share.seal(piece, plain, sealed);
    expect(Buffer.compare(sealed, pieceOf(made.sealed, piece, PIECE)), `piece ${piece} again`).toBe(0);
  }
});

test("any range of a file needs its own records and nothing else", async () => {
  const made = await madeShare(FILES, PIECE);
  const share = await received(made);
  const ranges = [
    [0, 0, 1],
    [0, 65_519, 2],
    [0, 650_000, 60_000], // Beyond its end.
    [1, 0, 5],
    [2, 0, 10],
    [3, 1, 65_519],
    [3, 70_000, 1],
  ] as const;
  for (const [file, offset, length] of ranges) {
    const pieces = new Set(share.piecesOf(file, offset, length));
    const read = new Set<number>();
    const readSealed = async (start: number, bytes: number) => {
      read.add(Math.floor(start / PIECE));
      expect(Math.floor((start + bytes - 1) / PIECE)).toBe(Math.floor(start / PIECE));
      return made.sealed.slice(start, start + bytes);
    };
    const parts: number[] = [];
    for await (const part of share.openRange(file, offset, length, readSealed)) parts.push(...part);
    const there = Math.max(0, Math.min(length, (FILES[file]?.bytes ?? 0) - offset));
    expect(parts).toEqual(Array.from({ length: there }, (_, at) => contentByte(file, offset + at)));
    expect(read).toEqual(pieces);
  }
});

test("a session chooses the pieces that carry a file, by its sealed places", async () => {
  const { share, info } = await madeShare(FILES, PIECE);
  const sealed = share.sealedInfo(info.pieceHashes);
  const plain = share.plainInfo(info.pieceHashes);
  for (const [at, { offset, bytes, plainBytes }] of sealed.files.entries()) {
    if (bytes === 0) continue;
    const { bytes: own = 0, isPadding } = plain.files[at] ?? {};
    expect(plainBytes).toBe(own);
    if (isPadding) continue;
    const first = Math.floor(offset / PIECE);
    const last = Math.floor((offset + bytes - 1) / PIECE);
    const pieces = share.piecesOf(at, 0, own);
    expect([pieces[0], pieces.at(-1)]).toEqual([first, last]);
  }
});

test("a key of another share does not fit, and the first record shows it", async () => {
  const made = await madeShare(FILES, PIECE);
  const other = await deriveKeys(WEB_CIPHER, `B${SHARE_KEY.slice(1)}` as typeof SHARE_KEY);
  await expect(received({ ...made, keys: other })).rejects.toThrow("not that of the share");
});

test("a damaged record, records that changed places and one from another end are refused", async () => {
  const made = await madeShare(FILES, PIECE);
  const share = await received(made);
  const [one, two] = [3, 4].map((piece) => pieceOf(made.sealed, piece, PIECE));
  const swapped = new Uint8Array([...(one ?? []).slice(RECORD_BYTES), ...(one ?? []).slice(0, RECORD_BYTES)]);
  await expect(share.open(3 as PieceIndex, swapped)).rejects.toThrow(/Record [67] of this encrypted share/);
  await expect(share.open(3 as PieceIndex, two as typeof made.sealed)).rejects.toThrow("cannot be decrypted");
  const last = (share.layout.pieceCount - 1) as PieceIndex;
  const notLast = await made.keys.content.seal(
    nonceOf(share.layout.totalBytes / RECORD_BYTES - 1, false),
    new Uint8Array(RECORD_PLAIN_BYTES),
  );
  const end = pieceOf(made.sealed, last, PIECE);
  end.set(notLast, end.length - RECORD_BYTES);
  await expect(share.open(last, end)).rejects.toThrow("cannot be decrypted");
  const damaged = made.sealed.slice();
  damaged[100] = (damaged[100] ?? 0) ^ 1;
  await expect(received(made, damaged)).rejects.toThrow("Record 0");
});

test("a share that ends before its list does is cut off", async () => {
  const made = await madeShare(FILES, RECORD_BYTES);
  const half = made.sealed.slice(0, 4 * RECORD_BYTES);
  const { info } = torrentOf(half, RECORD_BYTES);
  await expect(received({ ...made, info, sealed: half })).rejects.toThrow("cut off");
});

test("a list that says it is longer than the torrent, or than 10 MB, is refused before it is read", async () => {
  const { keys } = await madeShare(FILES);
  const first = async (length: number) => {
    const contents = new Uint8Array(RECORD_PLAIN_BYTES);
    contents.set(keys.check);
    new DataView(contents.buffer).setUint32(8, length);
    const sealed = await keys.manifest.seal(nonceOf(0, false), contents.subarray(8));
    return new Uint8Array([...keys.check, ...sealed]);
  };
  const layout = new Layout(3 * RECORD_BYTES, RECORD_BYTES);
  await expect(manifestBytes(keys, layout, await first(65_520 * 3))).rejects.toThrow("cut off");
  await expect(manifestBytes(keys, layout, await first(MAX_INFO_BYTES + 1))).rejects.toThrow("10 MB");
  expect(await manifestBytes(keys, layout, await first(65_520))).toBe(2 * RECORD_BYTES);
});

test.each([
  ["4:name", "badManifest"],
  ["d4:name1:ae", "length"],
  ["d6:lengthi1e4:name1:a4:name1:be", "badKey"],
  ["de", "name"],
])("the list of files %s is refused with one sentence", (text, code) => {
  const contents = new Uint8Array(RECORD_PLAIN_BYTES);
  new DataView(contents.buffer).setUint32(8, text.length);
  contents.set(new TextEncoder().encode(text), 12);
  expect(manifestRecordsOf(contents)).toBe(1);
  const message = "The list of files in this encrypted share is damaged. Ask for a new link.";
  expect(() => parseManifest(contents)).toThrow(expect.objectContaining({ code, message }));
});

test("padding that is not zeros is refused, like anything that a receiver would make otherwise", async () => {
  const { keys, share, sealed } = await madeShare(
    [{ path: "big", bytes: 33 * RECORD_PLAIN_BYTES - 9 }],
    PIECE,
  );
  const end = 34 * RECORD_PLAIN_BYTES - 9; // Behind the manifest's record and the file.
  for (const [at, isRefused] of [
    [end - 1, false],
    [end, true],
    [share.plainLayout.totalBytes - 1, true],
  ] as const) {
    const record = Math.floor(at / RECORD_PLAIN_BYTES);
    const nonce = nonceOf(record, (record + 1) * RECORD_BYTES === sealed.length);
    const piece = Math.floor(record / 2) as PieceIndex;
    const bytes = pieceOf(sealed, piece, PIECE);
    const place = (record % 2) * RECORD_BYTES;
    const plain =
      (await keys.content.open(nonce, bytes.slice(place, place + RECORD_BYTES))) ?? new Uint8Array();
    plain[at % RECORD_PLAIN_BYTES] = 1;
    bytes.set(await keys.content.seal(nonce, new Uint8Array(plain)), place);
    const opening = share.open(piece, bytes);
    if (isRefused) await expect(opening).rejects.toThrow("padding");
    else await opening;
  }
});

test("padding costs at most an eighth, and leaves few sizes", () => {
  const sizes = new Set<number>();
  for (let needed = 1; needed < 20_000; needed++) {
    const padded = paddedRecords(needed);
    expect(padded).toBeGreaterThanOrEqual(needed);
    expect(padded).toBeLessThanOrEqual(needed * 1.12);
    expect(paddedRecords(padded)).toBe(padded);
    sizes.add(padded);
  }
  expect(sizes.size).toBeLessThan(150);
});

test("pieces are whole numbers of records", async () => {
  const keys = await deriveKeys(WEB_CIPHER, SHARE_KEY);
  const list = planTorrent(FILES);
  expect(() => EncryptedShare.plan(list, keys, 32_768)).toThrow("at least 65536 bytes");
  expect(EncryptedShare.plan(list, keys, RECORD_BYTES).layout.pieceLength).toBe(RECORD_BYTES);
});

test("a torrent is a share by its name and its shape", async () => {
  const { info } = await madeShare(FILES, PIECE);
  const like = (change: Partial<Info>): boolean => isEncryptedShare({ ...info, ...change });
  expect(like({})).toBe(true);
  expect(like({ name: "encrypted-share-2" })).toBe(false);
  expect(like({ isFolder: true })).toBe(false);
  expect(like({ layout: new Layout(RECORD_BYTES + 1, RECORD_BYTES) })).toBe(false);
  expect(like({ layout: new Layout(RECORD_BYTES, 32_768) })).toBe(false);
  expect(like({ layout: new Layout(0, RECORD_BYTES) })).toBe(false);
});
