import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InfoHash, PieceIndex, ShareKey } from "#shared/base/ids.ts";
import { RECORD_BYTES } from "#shared/encrypted/records.ts";
import { contentByte, type MadeShare, madeShare, SHARE_KEY } from "#shared/encrypted/share.test-support.ts";
import { TorrentFile } from "#shared/library/torrent-file.ts";
import { bytesOfFiles, readFile, saveFile } from "../chosen-files.ts";
import { type Database, openDatabase } from "../database.ts";
import { type Item, newRecord, readMetadata } from "../item.ts";
import { lasting } from "../lasting.test-support.ts";
import { PieceStore } from "../piece-store.ts";
import { readable } from "../readable.ts";
import { saveFolder, saveTorrent } from "../save.ts";

const PIECE = 2 * RECORD_BYTES;
const FILES = [
  { path: "Tết/chữ.txt", bytes: 5 },
  { path: "Tết/phim.mp4", bytes: 300_000 },
  { path: "Tết/rỗng", bytes: 0 },
];
let database: Database;
let downloads: { readonly name: string; readonly blob: Blob }[] = [];

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
  downloads = [];
  const blobs: Blob[] = [];
  vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => String(blobs.push(blob as Blob) - 1));
  const click = ({ href, download }: { href: string; download: string }): void =>
    void downloads.push({ name: download, blob: blobs[Number(href)] ?? new Blob() });
  const createElement = () => {
    const link = { href: "", download: "", click: () => click(link) };
    return link;
  };
  vi.stubGlobal("document", { createElement });
});

afterEach(() => {
  database.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const contentOf = (file: number): Buffer =>
  Buffer.from(Uint8Array.from({ length: FILES[file]?.bytes ?? 0 }, (_, at) => contentByte(file, at)));
const bytesOf = async (blob: Blob | undefined): Promise<Buffer> =>
  Buffer.from((await blob?.arrayBuffer()) ?? new ArrayBuffer());

/** A difference of megabytes takes too long to show. */
const expectBytes = (found: Buffer, wanted: Buffer): void => expect(Buffer.compare(found, wanted)).toBe(0);

/** A share in the list of a page, with these of its pieces stored. */
async function listed(
  { infoBytes, infoHash, share }: MadeShare,
  sealed: Uint8Array,
  shareKey: ShareKey | undefined = SHARE_KEY,
  pieces: readonly number[] = [...share.layout.pieces()],
): Promise<Item> {
  for (const piece of pieces)
    await database.put("pieces", new Blob([sealed.slice(piece * PIECE, (piece + 1) * PIECE)]), ["s", piece]);
  const torrent = { infoHash: infoHash as InfoHash, displayName: undefined, infoBytes, shareKey };
  const record = newRecord(torrent, { type: "stored", storageId: "s" });
  return { record, metadata: readMetadata(record), store: new PieceStore(lasting(database), "s") } as Item;
}

async function save(item: Item): Promise<number[]> {
  const shares: number[] = [];
  const content = await readable(item);
  if (content !== undefined)
    await saveTorrent({ ...content, selectedFiles: undefined }, (share) => shares.push(share));
  return shares;
}

test.each([
  ["with WebCrypto", false],
  ["on plain http", true],
])(
  "each file is read and saved as it was shared, %s, and how much of it is here is known",
  async (_, isPlain) => {
    const made = await madeShare(FILES, PIECE);
    if (isPlain) vi.stubGlobal("crypto", {});
    const item = await listed(made, made.sealed);
    for (const file of [0, 1, 2]) expectBytes(await bytesOf(await readFile(item, file)), contentOf(file));
    const shares: number[] = [];
    await saveFile(item, 1, (share) => shares.push(share));
    expect(shares.length).toBeGreaterThan(2);
    expect(shares.at(-1)).toBe(1);
    expect(downloads.map(({ name }) => name)).toEqual(["phim.mp4"]);
    expectBytes(await bytesOf(downloads[0]?.blob), contentOf(1));
    expect((await bytesOfFiles(item))?.slice(0, 3)).toEqual([5, 300_000, 0]);
  },
);

test("a preview decrypts no more pieces than its bytes are in", async () => {
  const made = await madeShare(FILES, PIECE);
  const item = await listed(made, made.sealed);
  await readable(item);
  let decrypted = 0;
  const { subtle } = crypto;
  const decrypt = subtle.decrypt.bind(subtle);
  vi.spyOn(subtle, "decrypt").mockImplementation((how, key, bytes) => {
    decrypted += bytes.byteLength;
    return decrypt(how, key, bytes);
  });
  expectBytes(await bytesOf(await readFile(item, 1, 1_000)), contentOf(1).subarray(0, 1_000));
  expect(decrypted).toBeGreaterThanOrEqual(1_000);
  expect(decrypted).toBeLessThanOrEqual(PIECE);
  await readFile(item, 1);
  expect(decrypted).toBeGreaterThan(300_000);
});

test("several files are one archive, with the progress of decrypting them", async () => {
  const made = await madeShare(FILES, PIECE);
  const shares = await save(await listed(made, made.sealed));
  expect(downloads.map(({ name }) => name)).toEqual(["Tết.zip"]);
  const zip = await bytesOf(downloads[0]?.blob);
  expect(zip.includes("Tết/phim.mp4")).toBe(true);
  expect(zip.includes(contentOf(1))).toBe(true);
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual(shares.toSorted((left, right) => left - right));
  const alone: number[] = [];
  const content = await readable(await listed(made, made.sealed));
  if (content !== undefined)
    await saveTorrent({ ...content, selectedFiles: [1] }, (share) => alone.push(share));
  expect(alone.length).toBeGreaterThan(2); // One file is only decrypted.
  expect(alone.at(-1)).toBe(1);
});

test("a file whose pieces are here can be read though others are not, and nothing of them", async () => {
  const made = await madeShare(FILES, PIECE);
  const item = await listed(made, made.sealed, SHARE_KEY, [0]);
  expect(await bytesOf(await readFile(item, 0))).toEqual(contentOf(0));
  await expect(saveFile(item, 1, () => {})).rejects.toThrow("This file is not complete yet");
  const here = (await bytesOfFiles(item))?.[1];
  expect(here).toBeGreaterThan(0);
  expect(here).toBeLessThan(300_000);
  expect(await bytesOfFiles(await listed(made, made.sealed, SHARE_KEY, []))).toBeDefined();
});

test("before its manifest is here, nothing is known of a share", async () => {
  const made = await madeShare(FILES, PIECE);
  const item = await listed(made, made.sealed, SHARE_KEY, [1]);
  expect(await readable(item)).toBeUndefined();
  expect(await bytesOfFiles(item)).toBeUndefined();
  const complete = await listed(made, made.sealed);
  expect(await readable(Object.assign(item, { store: complete.store }))).toBeDefined();
});

const OTHER_KEY = `${"k".repeat(42)}A` as ShareKey;

test.each<[string, (made: MadeShare) => Promise<Item>, RegExp]>([
  [
    "a damaged record",
    async (made) => listed(made, made.sealed.with(5 * RECORD_BYTES, 1)),
    /^Record 5 .* cannot be decrypted/,
  ],
  [
    "another key",
    async (made) => listed(made, made.sealed, OTHER_KEY),
    /^The key in this link is not that of the share/,
  ],
  ["no key", async (made) => keyless(await listed(made, made.sealed)), /^This share needs its key/],
])("with %s nothing is saved, and a sentence says why", async (_, item, sentence) => {
  const { folder, written } = watchedFolder();
  const wrong = await item(await madeShare(FILES, PIECE));
  await expect(save(wrong)).rejects.toThrow(sentence);
  await expect(saveInto(folder, wrong)).rejects.toThrow(sentence);
  expect([downloads, written]).toEqual([[], []]);
});

async function saveInto(folder: FileSystemDirectoryHandle, item: Item): Promise<void> {
  const content = await readable(item);
  if (content !== undefined) await saveFolder(folder, { ...content, selectedFiles: [1] }, () => {});
}

/** A folder, and the files that were made in it. */
function watchedFolder() {
  const written: string[] = [];
  const handle = {
    keys: () => [],
    getDirectoryHandle: async () => handle,
    getFileHandle: async (name: string) => {
      written.push(name);
      return { createWritable: async () => new WritableStream() };
    },
  };
  return { folder: handle as unknown as FileSystemDirectoryHandle, written };
}

function keyless(item: Item): Item {
  return { ...item, record: { ...item.record, shareKey: undefined } };
}

test("a player reads any range of a file while it arrives", async () => {
  const made = await madeShare(FILES, PIECE);
  const content = await readable(await listed(made, made.sealed, SHARE_KEY, [0]));
  const entry = content?.info.files[1];
  if (content === undefined || entry === undefined) throw new Error("the share cannot be read");
  const asked: number[] = [];
  const read = async (piece: PieceIndex): Promise<Uint8Array> => {
    asked.push(piece);
    return made.sealed.slice(piece * PIECE, (piece + 1) * PIECE);
  };
  const reader = () => content.reader({ read, close() {} });
  const file = new TorrentFile(1, "phim.mp4", entry, { info: content.info, isSelected: () => true, reader });
  const part = await new Response(file.stream({ start: 150_000, end: 250_000 })).arrayBuffer();
  expectBytes(Buffer.from(part), contentOf(1).subarray(150_000, 250_000));
  expect(asked).toEqual([1, 2]);
});
