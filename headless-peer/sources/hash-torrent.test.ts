import { createHash } from "node:crypto";
import {
  appendFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { concatBytes } from "#shared/base/bytes.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { encodeInfo, planTorrent, type TorrentPlan } from "#shared/meta/create.ts";
import { temporaryFolders } from "../peer.test-support.ts";
import { findFiles, type SourceFile } from "./find-files.ts";
import { hashTorrent } from "./hash-torrent.ts";

const temporaryFolder = temporaryFolders();
const KIB = 1024;
/** Repeating bytes, but never in step with pieces. */
const PATTERN = Uint8Array.from({ length: 251 }, (_, at) => at);

/** Writes files of the given sizes and plans a torrent of them. */
async function planned(
  sizes: Record<string, number>,
  pieceLength: number,
): Promise<{ plan: TorrentPlan<SourceFile>; folder: string }> {
  const folder = join(await temporaryFolder(), "Holiday");
  for (const [path, bytes] of Object.entries(sizes)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), Buffer.alloc(bytes, PATTERN));
  }
  return { plan: planTorrent((await findFiles([folder])).files, { pieceLength }), folder };
}

/** The same in memory, by the code that the page uses. */
async function simpleInfoHash(plan: TorrentPlan<SourceFile>, isPrivate: boolean): Promise<string> {
  const whole = concatBytes(await Promise.all(plan.sources.map(({ diskPath }) => readFile(diskPath))));
  const { pieceCount, pieceLength } = plan.layout;
  const hashes = Array.from({ length: pieceCount }, (_, at) =>
    createHash("sha1")
      .update(whole.subarray(at * pieceLength, (at + 1) * pieceLength))
      .digest(),
  );
  const infoBytes = encodeInfo(plan, concatBytes(hashes), isPrivate);
  return createHash("sha1").update(infoBytes).digest("hex");
}

test.each([
  ["one file that ends within a piece", { film: 3_000_001 }, 512 * KIB],
  ["one file that ends with a piece", { film: 2_048 * KIB }, 512 * KIB],
  ["pieces longer than a read", { film: 9_000_000 }, 4_096 * KIB],
  ["pieces across many files", { "a/1": 10, "a/2": 0, b: 40_000, "c/3": 16_384, "c/4": 1 }, 16 * KIB],
  [
    "hundreds of small files",
    Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`${n}`, 7 * n])),
    16 * KIB,
  ],
  ["nothing but an empty file", { film: 0 }, 16 * KIB],
])("%s: the info-hash is the one that simple code computes", async (_, sizes, pieceLength) => {
  const { plan } = await planned(sizes, pieceLength);
  let hashedBytes = 0;
  const { infoHash, infoBytes } = await hashTorrent(plan, true, (bytes) => {
    hashedBytes += bytes;
  });
  expect(infoHash).toBe(await simpleInfoHash(plan, true));
  expect(createHash("sha1").update(infoBytes).digest("hex")).toBe(infoHash);
  expect(hashedBytes).toBe(plan.layout.totalBytes);
});

test.runIf(process.platform === "linux")("few files are open at once, and none at the end", async () => {
  const sizes = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`${n}`, 5_000]));
  const { plan, folder } = await planned(sizes, 16 * KIB);
  let most = 0;
  await hashTorrent(plan, false, () => {
    most = Math.max(most, openFiles(folder));
  });
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThan(20);
  expect(openFiles(folder)).toBe(0);
});

test.each([
  ["appended to", (path: string) => appendFileSync(path, "more")],
  ["cut short", (path: string) => truncateSync(path, 10)],
  ["written with as many bytes", (path: string) => utimesSync(path, 1, 1)],
  ["replaced", (path: string) => replace(path)],
])("the error names a file that is %s while it is hashed", async (_, change) => {
  const { plan, folder } = await planned({ film: 20_000_000, more: 100_000 }, 16 * KIB);
  const path = join(folder, "film");
  let isChanged = false;
  const hashing = hashTorrent(plan, false, () => {
    if (!isChanged) change(path);
    isChanged = true;
  });
  await expect(hashing).rejects.toThrow(
    new StorageError(`${path} changed while it was being read. Try again when nothing writes to it.`),
  );
});

test("the error names a file that has gone since it was found", async () => {
  const { plan, folder } = await planned({ a: 100, b: 200 }, 16 * KIB);
  await rm(join(folder, "b"));
  await expect(hashTorrent(plan, false, () => {})).rejects.toThrow(`${join(folder, "b")} is not there.`);
});

function replace(path: string): void {
  writeFileSync(`${path}.new`, new Uint8Array(20_000_000));
  renameSync(`${path}.new`, path);
}

function openFiles(folder: string): number {
  const targets = readdirSync("/proc/self/fd").map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ""; // The one that listed them.
    }
  });
  return targets.filter((target) => target.startsWith(folder)).length;
}
