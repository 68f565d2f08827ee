import { appendFile, copyFile, mkdir, open, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { PieceIndex } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { Descriptor } from "./descriptor.ts";
import { UNSEEN_MILLIS } from "./disk-file.ts";
import {
  fileOf,
  makeTorrent,
  openBelow,
  pieceOf,
  type TestTorrent,
  temporaryFolder,
} from "./download.test-support.ts";
import { MAX_OPEN_FILES, OpenFiles } from "./open-files.ts";
import { openSeed, type Seed, type SeedStorage } from "./seed-storage.ts";
import { MAX_REREADS } from "./verified-files.ts";

const TORRENT = makeTorrent(
  "T",
  [
    { path: "a", bytes: 50 },
    { path: "pad", bytes: 14, isPadding: true },
    { path: "b", bytes: 100 },
  ],
  32,
);
const LAST = TORRENT.info.layout.pieceCount - 1;
const SIGNAL = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Writes the files of a torrent to odd places, and opens them. */
async function seed(
  isVerified: boolean,
  torrent: TestTorrent = TORRENT,
): Promise<{ storage: SeedStorage; seed: Seed }> {
  const folder = await temporaryFolder();
  const files: { diskPath: string }[] = [];
  for (const at of torrent.info.files.keys()) {
    files.push({ diskPath: join(folder, `dir${at}`, "x") });
    await mkdir(join(folder, `dir${at}`));
    await writeFile(join(folder, `dir${at}`, "x"), fileOf(torrent, at));
  }
  const seeded = { info: torrent.info, files, isVerified };
  return { storage: await opened(seeded), seed: seeded };
}

/** Lets as much time pass as a change may stay unseen. */
function lookAgain(): void {
  vi.advanceTimersByTime(UNSEEN_MILLIS);
}

async function opened(seeded: Seed): Promise<SeedStorage> {
  const storage = await openSeed(seeded, new OpenFiles());
  onTestFinished(() => storage.close());
  return storage;
}

test("pieces are read across files that may be anywhere, padding as zeros", async () => {
  const { storage } = await seed(true);
  expect(storage.held.isFull).toBe(true);
  for (let index = 0; index <= LAST; index++) {
    const piece = index as PieceIndex;
    expect(await storage.read(piece)).toEqual(Buffer.from(pieceOf(TORRENT, piece)));
  }
  await storage.close();
});

test("files of an unverified seed are hashed, and each piece is reported", async () => {
  const { storage, seed: seeded } = await seed(false);
  expect(storage.held.count).toBe(0);
  const b = seeded.files[2]?.diskPath ?? "";
  const handle = await open(b, "r+");
  await handle.write("!", 99);
  await handle.close();
  const again = await opened(seeded);
  const told = new Map<number, boolean>();
  await again.check((piece, good) => told.set(piece, good), SIGNAL);
  expect([...told].filter(([, good]) => !good).map(([piece]) => piece)).toEqual([LAST]);
  expect(told.size).toBe(LAST + 1);
});

test("files hashed just now are not hashed again", async () => {
  const { storage } = await seed(true);
  await storage.check(() => expect.fail("it was checked"), SIGNAL);
});

test.each<[string, (path: string) => Promise<unknown>]>([
  ["longer", (path) => appendFile(path, "x")],
  [
    "written to",
    async (path) => {
      await flipByte(path, 99);
      await utimes(path, 1, 1); // The system's clock may not have moved since.
    },
  ],
  ["gone", (path) => rm(path)],
  [
    "replaced",
    async (path) => {
      await writeFile(`${path}2`, Buffer.alloc(100));
      await utimes(`${path}2`, 1, 1);
      await rename(`${path}2`, path);
    },
  ],
])("a file that is %s is no longer served, but the others are", async (_, change) => {
  const { storage, seed: seeded } = await seed(true);
  const last = LAST as PieceIndex;
  await storage.read(last);
  const path = seeded.files[2]?.diskPath ?? "";
  await change(path);
  lookAgain();
  for (const _ of [1, 2]) await expect(storage.read(last)).rejects.toThrow(`${path} was changed`);
  expect(await storage.read(0 as PieceIndex)).toEqual(Buffer.from(pieceOf(TORRENT, 0 as PieceIndex)));
});

test.each<[string, (path: string) => Promise<unknown>]>([
  ["touched", (path) => utimes(path, 1, 1)],
  [
    "replaced by a copy",
    async (path) => {
      await copyFile(path, `${path}2`);
      await utimes(`${path}2`, 1, 1);
      await rename(`${path}2`, path);
    },
  ],
])("a file that is %s with the same content is hashed again and served", async (_, change) => {
  const { storage, seed: seeded } = await seed(true);
  const all = Array.from({ length: LAST + 1 }, (_, at) => at as PieceIndex);
  await Promise.all(all.map((piece) => storage.read(piece)));
  const path = seeded.files[2]?.diskPath ?? "";
  await change(path);
  lookAgain();
  const read = await Promise.all([...all, ...all].map((piece) => storage.read(piece)));
  expect(read).toEqual([...all, ...all].map((piece) => Buffer.from(pieceOf(TORRENT, piece))));

  await flipByte(path, 99); // The file that was open before the change is no longer read.
  await utimes(path, 2, 2);
  lookAgain();
  await expect(storage.read(LAST as PieceIndex)).rejects.toThrow(`${path} was changed`);
});

test("pieces that are still right are served from a file that was written to", async () => {
  const { storage, seed: seeded } = await seed(true);
  const path = seeded.files[2]?.diskPath ?? "";
  await flipByte(path, 99);
  await utimes(path, 1, 1);
  const last = (LAST - 1) as PieceIndex;
  expect(await storage.read(last)).toEqual(Buffer.from(pieceOf(TORRENT, last)));
  await expect(storage.read(LAST as PieceIndex)).rejects.toThrow(`${path} was changed`);
});

test("it gives up on a file that changes all the time", async () => {
  const { storage, seed: seeded } = await seed(true);
  const path = seeded.files[2]?.diskPath ?? "";
  const { read } = Descriptor.prototype;
  let reads = 0;
  vi.spyOn(Descriptor.prototype, "read").mockImplementation(async function (this: Descriptor, ...all) {
    reads += 1;
    await utimes(path, reads, reads);
    lookAgain();
    return read.apply(this, all);
  });
  onTestFinished(() => {
    vi.restoreAllMocks();
  });
  await expect(storage.read(LAST as PieceIndex)).rejects.toThrow(`${path} was changed`);
  expect(reads).toBe(1 + MAX_REREADS);
});

test("a file touched between hashing and opening is hashed again before it is served", async () => {
  const { seed: seeded } = await seed(true);
  const files = await Promise.all(
    seeded.files.map(async ({ diskPath }) => ({
      diskPath,
      mtimeNanos: (await stat(diskPath, { bigint: true })).mtimeNs,
    })),
  );
  await expect(openSeed({ ...seeded, files }, new OpenFiles())).resolves.toBeDefined();
  const path = files[0]?.diskPath ?? "";
  await utimes(path, 5, 5);
  const touched = await opened({ ...seeded, files });
  expect(await touched.read(0 as PieceIndex)).toEqual(Buffer.from(pieceOf(TORRENT, 0 as PieceIndex)));
  await flipByte(path, 0);
  await utimes(path, 6, 6);
  const changed = await opened({ ...seeded, files });
  await expect(changed.read(0 as PieceIndex)).rejects.toThrow(`${path} was changed`);
});

test.each<[string, (path: string) => Promise<unknown>]>([
  ["is missing", (path) => rm(path)],
  ["has another size", (path) => appendFile(path, "x")],
  ["is a folder", (path) => rm(path).then(() => mkdir(path))],
])("the error names a file that %s", async (_, change) => {
  const { seed: seeded } = await seed(false);
  const path = seeded.files[0]?.diskPath ?? "";
  await change(path);
  const opening = openSeed(seeded, new OpenFiles());
  await expect(opening).rejects.toThrow(StorageError);
  await expect(opening).rejects.toThrow(path);
});

test("a check ends when it is aborted", async () => {
  const { storage } = await seed(false);
  const abort = new AbortController();
  let told = 0;
  const check = storage.check(() => {
    told += 1;
    abort.abort();
  }, abort.signal);
  await expect(check).rejects.toThrow("aborted");
  expect(told).toBe(1);
});

test("a file that is read again and again is checked now and then", async () => {
  const { storage, seed: seeded } = await seed(true);
  const last = LAST as PieceIndex;
  const path = seeded.files[2]?.diskPath ?? "";
  const stats = vi.spyOn(Descriptor.prototype, "stat");
  await storage.read(last);
  expect(stats).toHaveBeenCalledTimes(1); // On opening.
  await flipByte(path, 99);
  await utimes(path, 1, 1);
  vi.advanceTimersByTime(UNSEEN_MILLIS - 1);
  await storage.read(last);
  vi.advanceTimersByTime(1);
  await expect(storage.read(last)).rejects.toThrow(`${path} was changed`);
});

test("writes are refused", async () => {
  const { storage } = await seed(true);
  await expect(storage.write()).rejects.toThrow(StorageError);
});

test("2 GiB in 300 sparse files are checked with few files open", async () => {
  const folder = await temporaryFolder();
  const bytes = Math.ceil(2 ** 31 / 300);
  const sparse = makeSparse(bytes, 300);
  const files = sparse.info.files.map((_, at) => ({ diskPath: join(folder, `${at % 7}`, `${at}`) }));
  for (const { diskPath } of files) {
    await mkdir(dirname(diskPath), { recursive: true });
    const handle = await open(diskPath, "w");
    await handle.truncate(bytes);
    await handle.close();
  }
  const storage = await opened({ info: sparse.info, files, isVerified: false });
  let good = 0;
  await storage.check((_, isGood) => {
    if (isGood) good += 1;
  }, SIGNAL);
  expect(good).toBe(sparse.info.layout.pieceCount);
  const openCount = (await openBelow(folder)).length;
  expect(openCount).toBeGreaterThan(MAX_OPEN_FILES / 2);
  expect(openCount).toBeLessThanOrEqual(MAX_OPEN_FILES);
  await storage.close();
  expect(await openBelow(folder)).toEqual([]);
}, 180_000);

async function flipByte(path: string, at: number): Promise<void> {
  const handle = await open(path, "r+");
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
  await handle.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, at);
  await handle.close();
}

/** Zeros, the content of a file that was never written to. */
function makeSparse(bytes: number, count: number): TestTorrent {
  const files = Array.from({ length: count }, (_, at) => ({ path: `${at}`, bytes, isPadding: true }));
  const { info, ...rest } = makeTorrent("Z", files, 4 * 1024 * 1024);
  return {
    ...rest,
    info: { ...info, files: info.files.map(({ path, offset }) => ({ path, bytes, offset })) },
  };
}
