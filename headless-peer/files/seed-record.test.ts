import { mkdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import { fileOf, makeTorrent, temporaryFolder } from "./download.test-support.ts";
import { OpenFiles } from "./open-files.ts";
import { SeedRecord } from "./seed-record.ts";
import { openSeed } from "./seed-storage.ts";

/** Pieces 0 and 1 are of a, 2 of a and b, 3 to 5 of b, and between them lies padding. */
const TORRENT = makeTorrent(
  "T",
  [
    { path: "a", bytes: 80 },
    { path: "b", bytes: 90 },
    { path: "pad", bytes: 22, isPadding: true },
  ],
  32,
);
const ALL = [0, 1, 2, 3, 4, 5];

interface Start {
  /** What it trusts without hashing it. */
  readonly held: readonly number[];
  /** What it hashes, and whether that was good. */
  readonly checked: ReadonlyMap<number, boolean>;
  readonly warnings: readonly string[];
}

/** The files of a torrent, and a record of them. */
async function seeded(infoHash: InfoHash = TORRENT.infoHash) {
  const folder = await temporaryFolder();
  const paths = ["a", "b"].map((name) => join(folder, name));
  for (const [at, path] of paths.entries()) await writeFile(path, fileOf(TORRENT, at));
  const record = join(folder, "state", "record");
  const open = async (wanted: { readonly isVerified?: boolean; readonly mtimeNanos?: bigint } = {}) => {
    const warnings: string[] = [];
    const storage = await openSeed(
      {
        info: TORRENT.info,
        files: paths.map((diskPath) => ({ diskPath, ...wanted })),
        isVerified: wanted.isVerified ?? false,
        record: new SeedRecord({ infoHash, path: record, warn: (sentence) => warnings.push(sentence) }),
      },
      new OpenFiles(),
    );
    onTestFinished(() => storage.close());
    return { storage, warnings };
  };
  /** Opens and checks them, as a peer does. */
  const start = async (wanted?: Parameters<typeof open>[0]): Promise<Start> => {
    const { storage, warnings } = await open(wanted);
    const checked = new Map<number, boolean>();
    const held = [...storage.held.indices()];
    await storage.check((piece, good) => checked.set(piece, good), new AbortController().signal);
    await storage.close();
    return { held, checked, warnings };
  };
  const [a = "", b = ""] = paths;
  return { a, b, record, open, start };
}

/** What it hashed, in order. */
function hashed({ checked }: Start): number[] {
  return [...checked.keys()].sort((left, right) => left - right);
}

test("files that have not changed since they were verified are not hashed again", async () => {
  const { record, start } = await seeded();
  expect(hashed(await start())).toEqual(ALL);
  const { ino } = await stat(record);
  expect(await start()).toEqual({ held: ALL, checked: new Map(), warnings: [] });
  expect((await stat(record)).ino).toBe(ino); // Nor is the record written again.
});

test("what was made into a torrent just now is not hashed at the next start either", async () => {
  const { start } = await seeded();
  expect(await start({ isVerified: true })).toMatchObject({ held: ALL, checked: new Map() });
  expect(await start()).toMatchObject({ held: ALL, checked: new Map() });
});

test("but a file that was touched after it was made into a torrent is", async () => {
  const { start } = await seeded();
  await start({ isVerified: true, mtimeNanos: 1n });
  expect(hashed(await start())).toEqual(ALL);
});

test("of a file with another time only the pieces are hashed, and then no more", async () => {
  const { b, start } = await seeded();
  await start();
  await utimes(b, 5, 5);
  const second = await start();
  expect([second.held, hashed(second)]).toEqual([
    [0, 1],
    [2, 3, 4, 5],
  ]);
  expect(await start()).toMatchObject({ held: ALL, checked: new Map() });
});

test("a piece that is wrong is hashed at each start, until it is right", async () => {
  const { b, start } = await seeded();
  await start();
  const good = await readFile(b);
  await writeFile(b, Buffer.concat([good.subarray(0, 89), Buffer.from("!")]));
  await utimes(b, 5, 5);
  expect([...(await start()).checked].filter(([, isGood]) => !isGood)).toEqual([[5, false]]);
  expect(hashed(await start())).toEqual([5]);
  await writeFile(b, good);
  expect([...(await start()).checked.values()]).toEqual([true, true, true, true]);
  expect(await start()).toMatchObject({ held: ALL });
});

test("a file that changes while it is checked is hashed at the next start", async () => {
  const { a, open, start } = await seeded();
  const { storage } = await open();
  const touched: Promise<void>[] = [];
  await storage.check(() => {
    if (touched.length === 0) touched.push(utimes(a, 5, 5));
  }, new AbortController().signal);
  await Promise.all(touched);
  expect((await start()).held).not.toContain(0);
});

test("a check that was ended keeps nothing", async () => {
  const { open, start } = await seeded();
  const { storage } = await open();
  const abort = new AbortController();
  const check = storage.check(() => abort.abort(), abort.signal);
  await expect(check).rejects.toThrow("aborted");
  expect(hashed(await start())).toEqual(ALL);
});

test.each<[string, (record: string) => Promise<unknown>]>([
  ["damaged", async (record) => writeFile(record, (await readFile(record)).subarray(1))],
  [
    "of another torrent",
    async (record) => {
      const other = await seeded("ff".repeat(20) as InfoHash);
      await other.start();
      await writeFile(record, await readFile(other.record));
    },
  ],
])("a record that is %s counts for nothing, and is replaced", async (_, spoil) => {
  const { record, start } = await seeded();
  await start();
  await spoil(record);
  expect(hashed(await start())).toEqual(ALL);
  expect(await start()).toMatchObject({ held: ALL });
});

test("if a record cannot be kept, the person is told, and the files are shared all the same", async () => {
  const { record, start } = await seeded();
  await mkdir(record, { recursive: true });
  const { checked, warnings } = await start();
  expect([...checked.values()]).toEqual([true, true, true, true, true, true]);
  expect(warnings).toHaveLength(2); // Reading, and writing.
  for (const warning of warnings)
    expect(warning).toMatch(/record.* Until then each start checks all files of/);
});

test("it goes with a torrent that is gone for good", async () => {
  const { record, open, start } = await seeded();
  await start();
  const { storage } = await open();
  await storage.close();
  await stat(record);
  await storage.close(true);
  await expect(stat(record)).rejects.toThrow("ENOENT");
});
