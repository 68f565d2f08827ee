import { createHash } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "../peer.test-support.ts";
import { MAX_SAMPLE_BYTES, MAX_SAMPLE_FILES, writeSamples } from "./sample-files.ts";

const temporaryFolder = temporaryFolders();

const sha1 = async (path: string): Promise<string> =>
  createHash("sha1")
    .update(await readFile(path))
    .digest("hex");

test("the same seed gives the same files, here and everywhere", async () => {
  const folder = join(await temporaryFolder(), "new", "folder");
  let writtenBytes = 0;
  await writeSamples({ folder, count: 2, bytes: 2_500_000, seed: 7 }, (bytes) => {
    writtenBytes += bytes;
  });
  expect(writtenBytes).toBe(5_000_000);
  expect(await readdir(folder)).toEqual(["sample-000001.bin", "sample-000002.bin"]);
  // Computed with OpenSSL's command line: AES-256-CTR over zeros, the key being SHA-256 of "tabswarm sample 7 1".
  expect(await sha1(join(folder, "sample-000001.bin"))).toBe("4d27d0f32ba72fe502d99d656e97f6286a08978b");
  expect(await sha1(join(folder, "sample-000002.bin"))).toBe("b118cd5a0cbe124321b51ab9b6cd00eaf0f46e47");
});

test("a shorter file is the start of a longer one with the same seed, and other seeds give other bytes", async () => {
  const [short, long, other] = await Promise.all(
    [
      { bytes: 1_000, seed: 1 },
      { bytes: 2_000, seed: 1 },
      { bytes: 2_000, seed: 2 },
    ].map(async (wanted) => {
      const folder = await temporaryFolder();
      await writeSamples({ folder, count: 1, ...wanted }, () => {});
      return readFile(join(folder, "sample-000001.bin"));
    }),
  );
  expect(long?.subarray(0, 1_000)).toEqual(short);
  const same = long?.filter((byte, at) => byte === other?.[at]).length ?? 0;
  expect(same).toBeLessThan(40); // One in 256 by chance.
});

test("files may be empty", async () => {
  const folder = await temporaryFolder();
  await writeSamples({ folder, count: 3, bytes: 0, seed: 1 }, () => {});
  expect(await readdir(folder)).toHaveLength(3);
});

test("it overwrites nothing, and keeps what it wrote before", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "sample-000002.bin"), "mine");
  await expect(writeSamples({ folder, count: 3, bytes: 10, seed: 1 }, () => {})).rejects.toThrow(
    `${join(folder, "sample-000002.bin")} exists already.`,
  );
  expect(await readdir(folder)).toEqual(["sample-000001.bin", "sample-000002.bin"]);
  expect(await readFile(join(folder, "sample-000002.bin"), "utf8")).toBe("mine");
});

test("it refuses more than fits on the disk before it writes anything", async () => {
  const folder = await temporaryFolder();
  const samples = { folder, count: MAX_SAMPLE_FILES, bytes: MAX_SAMPLE_BYTES, seed: 1 };
  await expect(writeSamples(samples, () => {})).rejects.toThrow(
    /has room for \d+ MB, and the files need \d+ MB/,
  );
  expect(await readdir(folder)).toEqual([]);
});

test("it removes a file that it could not finish", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "sample-000001.bin");
  const writing = writeSamples({ folder, count: 1, bytes: 5_000_000, seed: 1 }, () => {
    throw new Error("no more");
  });
  await expect(writing).rejects.toThrow();
  await expect(stat(path)).rejects.toThrow("ENOENT");
});
