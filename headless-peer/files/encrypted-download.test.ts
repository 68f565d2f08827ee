import { mkdir, readdir, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { UsageError } from "#shared/base/errors.ts";
import type { InfoHash, PieceIndex, ShareKey } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { RECORD_BYTES } from "#shared/encrypted/records.ts";
import { type MadeShare, madeShare, SHARE_KEY, torrentOf } from "#shared/encrypted/share.test-support.ts";
import type { SelectFiles, ShareEvents } from "#shared/library/peer-torrent.ts";
import { isContent } from "#shared/meta/layout.ts";
import { filesBelow, temporaryFolder } from "./download.test-support.ts";
import { EncryptedDownload } from "./encrypted-download.ts";
import { OpenFiles } from "./open-files.ts";
import { openSeed } from "./seed-storage.ts";
import { manifestPath } from "./target-paths.ts";

const FILES = [
  { path: "Trip/a.bin", bytes: 300_000 },
  { path: "Trip/b.txt", bytes: 5 },
  { path: "Trip/sub/c.bin", bytes: 200_000 },
];
const PIECE = 2 * RECORD_BYTES;
/** Its list of files takes several pieces. */
const LONG = Array.from({ length: 3_000 }, (_, at) => ({ path: `Many/file number ${at}`, bytes: at % 3 }));

type Torrent = Pick<MadeShare, "info" | "infoHash" | "sealed">;

interface Wish {
  readonly select?: SelectFiles;
  readonly key?: ShareKey;
}

/** Opens a download, and notes what it tells the session. */
async function start(
  { info, infoHash }: Torrent,
  folder: string,
  { select = () => undefined, key = SHARE_KEY }: Wish = {},
) {
  const revealed: Parameters<ShareEvents["revealed"]>[] = [];
  const checked: [number, boolean][] = [];
  const events: ShareEvents = {
    revealed: (...news) => void revealed.push(news),
    checkAgain: (check) => check((...found) => void checked.push(found), new AbortController().signal),
  };
  const wish = { infoHash: infoHash as InfoHash, info, key, folder, select };
  const store = await EncryptedDownload.open(wish, events, new OpenFiles());
  onTestFinished(() => store.close().catch(() => {}));
  await store.check((...found) => void checked.push(found), new AbortController().signal);
  return { store, revealed, checked };
}

const pieceOf = ({ sealed, info }: Torrent, piece: number): Uint8Array<ArrayBuffer> =>
  sealed.slice(piece * info.layout.pieceLength, (piece + 1) * info.layout.pieceLength);

async function fill(store: EncryptedDownload, torrent: Torrent, pieces: Iterable<number>): Promise<void> {
  for (const piece of pieces) await store.write(piece as PieceIndex, pieceOf(torrent, piece));
}

/** All files below a folder must be those of the share. */
async function expectFiles(folder: string, { share, info, plain }: MadeShare): Promise<void> {
  const below = await filesBelow(folder);
  const { files, name } = share.plainInfo(info.pieceHashes);
  for (const file of files.filter(isContent))
    expect(
      below.get(`${name}/${file.path}`)?.equals(plain.slice(file.offset, file.offset + file.bytes)),
      file.path,
    ).toBe(true);
}

test("pieces that come in any order become the files, and are ciphertext again when they are read", async () => {
  const made = await madeShare(FILES, PIECE);
  const folder = await temporaryFolder();
  const { store, revealed } = await start(made, folder);
  expect(revealed.at(-1)).toMatchObject([
    { name: "encrypted-share-1", files: [{ bytes: PIECE }, { isPadding: true }] },
    [0],
  ]);
  await fill(store, made, [0]);
  expect(revealed.at(-1)?.slice(0, 2)).toMatchObject([
    { name: "Trip", files: [{ path: "a.bin", plainBytes: 300_000 }, {}, {}, {}] },
    undefined,
  ]);
  await fill(store, made, [...made.info.layout.pieces()].reverse());
  await expectFiles(folder, made);
  for (const piece of made.info.layout.pieces()) {
    const read = await store.read(piece);
    expect(Buffer.from(read ?? []).equals(pieceOf(made, piece)), `piece ${piece}`).toBe(true);
  }
});

test("a list of files that takes several pieces is fetched alone before all else", async () => {
  const made = await madeShare(LONG, RECORD_BYTES);
  const { store, revealed } = await start(made, await temporaryFolder());
  await fill(store, made, [0]);
  const [info, selected] = revealed.at(-1) ?? [];
  expect([info?.files[0]?.bytes, selected]).toEqual([2 * RECORD_BYTES, [0]]);
  expect(await store.read(0 as PieceIndex)).toEqual(pieceOf(made, 0));
  await fill(store, made, [1]);
  expect(revealed.at(-1)?.[0].files.length).toBeGreaterThanOrEqual(3_000);
});

test("the next run knows the files without asking, has what was there, and makes the padding itself", async () => {
  const made = await madeShare([{ path: "big", bytes: 33 * 65_520 }], RECORD_BYTES);
  const folder = await temporaryFolder();
  const first = await start(made, folder);
  await fill(first.store, made, [0, 1, 2, 5]);
  await first.store.close();
  const { store, revealed, checked } = await start(made, folder);
  expect(revealed.map(([{ name }]) => name)).toEqual(["big"]);
  const known = new Set([
    ...store.held.indices(),
    ...checked.flatMap(([piece, good]) => (good ? [piece] : [])),
  ]);
  expect([...known].sort((left, right) => left - right)).toEqual([0, 1, 2, 5, 34, 35]);
  await writeFile(join(folder, manifestPath(made.infoHash as InfoHash)), pieceOf(made, 3)); // Damaged.
  await store.close();
  expect((await start(made, folder)).revealed[0]?.[1]).toEqual([0]);
});

test("files of the share that were in the folder before are checked, and not fetched", async () => {
  const made = await madeShare(FILES, PIECE);
  const folder = await temporaryFolder();
  const before = await start(made, folder);
  await fill(before.store, made, made.info.layout.pieces());
  await before.store.close();
  const hidden = (await readdir(folder)).filter((name) => name.startsWith("."));
  const other = await temporaryFolder();
  for (const [path, bytes] of await filesBelow(folder)) {
    if (hidden.includes(path)) continue;
    await mkdir(dirname(join(other, path)), { recursive: true });
    await writeFile(join(other, path), bytes);
  }
  const { store, checked } = await start(made, other);
  await fill(store, made, [0]);
  const good = checked
    .flatMap(([piece, isGood]) => (isGood ? [piece] : []))
    .sort((left, right) => left - right);
  expect(good).toEqual([...made.info.layout.pieces()].slice(1));
});

test("only selected files are written", async () => {
  const made = await madeShare(FILES, PIECE);
  const folder = await temporaryFolder();
  const { store, revealed } = await start(made, folder, { select: () => [1] });
  await fill(store, made, [0]);
  expect(revealed.at(-1)?.[1]).toEqual([1]);
  await fill(store, made, made.share.piecesOf(1, 0, 5));
  expect(await readdir(join(folder, "Trip"))).toEqual(["b.txt"]);

  // A file that is selected later takes its parts of the pieces that are here with it.
  await store.close();
  const { checked } = await start(made, folder);
  expect(checked).toContainEqual([made.share.piecesOf(1, 0, 5)[0], true]);
});

/** Another torrent of the same key, whose ciphertext somebody has changed. */
function changed(
  made: MadeShare,
  change: (sealed: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>,
): Torrent {
  const sealed = change(made.sealed.slice());
  return { sealed, ...torrentOf(sealed, made.info.layout.pieceLength) };
}

test("a wrong key, a share that is cut off and a choice that is not there stop it before anything is saved", async () => {
  const made = await madeShare(FILES, PIECE);
  const folder = await temporaryFolder();
  const refused = async (torrent: Torrent, sentence: string, wish?: Wish) => {
    const { store } = await start(torrent, folder, wish);
    const error = await store.write(0 as PieceIndex, pieceOf(torrent, 0)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StorageError);
    expect((error as Error).message).toContain(sentence);
    expect(await readdir(folder)).toEqual([]);
  };
  await refused(made, "not that of the share", { key: `B${SHARE_KEY.slice(1)}` as ShareKey });
  await refused(
    changed(made, (sealed) => sealed.slice(0, 4 * RECORD_BYTES)),
    "cut off",
  );
  await refused(
    changed(made, (sealed) => sealed.fill(1, 100, 101)),
    "Record 0",
  );
  const select = (): never => {
    throw new UsageError("nothingSelected", "No file matches.");
  };
  await refused(made, "No file matches.", { select });
});

test("a piece with one record that was moved is not saved, not even its other half", async () => {
  const made = await madeShare(FILES, PIECE);
  const folder = await temporaryFolder();
  const swapped = changed(made, (sealed) => {
    const [third, fifth] = [3, 5].map((at) => sealed.slice(at * RECORD_BYTES, (at + 1) * RECORD_BYTES));
    sealed.set(fifth ?? [], 3 * RECORD_BYTES);
    sealed.set(third ?? [], 5 * RECORD_BYTES);
    return sealed;
  });
  const { store } = await start(swapped, folder);
  await fill(store, swapped, [0]);
  const before = await filesBelow(folder);
  const size = before.get("Trip/a.bin.partial")?.length;
  await expect(fill(store, swapped, [1])).rejects.toThrow(
    "Record 3 of this encrypted share cannot be decrypted",
  );
  expect((await filesBelow(folder)).get("Trip/a.bin.partial")?.length).toBe(size);
});

test("a sharer whose file changed gives not one piece of it, though its size and time are the same", async () => {
  const made = await madeShare(FILES, PIECE);
  const folder = await temporaryFolder();
  const info = made.share.plainInfo(made.info.pieceHashes);
  const files = info.files.filter(isContent).map(({ path }) => ({ diskPath: join(folder, path) }));
  await mkdir(join(folder, "sub"));
  for (const [at, { diskPath }] of files.entries()) {
    const { offset = 0, bytes = 0 } = info.files[at] ?? {};
    await writeFile(diskPath, made.plain.subarray(offset, offset + bytes));
  }
  const storage = await openSeed({ info, files, isVerified: true, share: made.share }, new OpenFiles());
  onTestFinished(() => storage.close());
  expect(Buffer.from(await storage.read(4 as PieceIndex)).equals(pieceOf(made, 4))).toBe(true);
  const path = files[2]?.diskPath ?? "";
  const { atime, mtime } = await stat(path);
  await writeFile(path, new Uint8Array(200_000).fill(7));
  await utimes(path, atime, mtime);
  await expect(storage.read(4 as PieceIndex)).rejects.toThrow(`${path} was changed by another program`);
  expect(Buffer.from(await storage.read(0 as PieceIndex)).equals(pieceOf(made, 0))).toBe(true);
});
