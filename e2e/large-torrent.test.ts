import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { RunningCommand } from "./command.ts";
import { KIB, MIB, sha256 } from "./files.ts";
import { expect, test } from "./stage.ts";

const NAME = "Phim 🎬";
const FILES = 300;
const TOTAL_BYTES = 2 * 1024 * MIB;

/** A peer keeps the pieces in progress and those it serves in memory, 64 MiB each; Node itself takes the rest. */
const MAX_MEMORY_BYTES = 300 * MIB;

const FOLDERS = ["", "Ảnh/", "Ảnh/Đà Nẵng/", "nhạc 🎵/bài hát/", "a/b/c/d/"];

/** Every tenth is empty, the others are small, and the last five share the rest of the 2 GiB. */
function sizes(): number[] {
  const bytes = Array.from({ length: FILES }, (_, at) => (at % 10 === 0 ? 0 : at * 1_001));
  const left = TOTAL_BYTES - bytes.reduce((sum, each) => sum + each, 0);
  for (const at of [295, 296, 297, 298]) bytes[at] = (bytes[at] ?? 0) + Math.floor(left / 5);
  bytes[299] = TOTAL_BYTES - bytes.slice(0, -1).reduce((sum, each) => sum + each, 0);
  return bytes;
}

/** Makes sparse files, each with data at its start and its end. */
async function makeFiles(folder: string): Promise<void> {
  for (const [at, bytes] of sizes().entries()) {
    const path = join(folder, `${FOLDERS[at % FOLDERS.length]}tập ${at} 😀.bin`);
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, "w");
    const edge = randomBytes(Math.min(bytes, 3 * KIB));
    await file.truncate(bytes);
    await file.write(edge, 0, edge.length, 0);
    await file.write(edge, 0, edge.length, bytes - edge.length);
    await file.close();
  }
}

/** The path, size and disk space of each file below a folder, sorted. */
async function filesBelow(folder: string) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(
    paths.sort().map(async (path) => {
      const { size, blocks } = await stat(path);
      return { path: relative(folder, path), size, diskBytes: blocks * 512 };
    }),
  );
}

test("2 GiB in 300 files, some nested, empty or oddly named, go from one process to another in bounded memory", {
  timeout: 300_000,
}, async ({ trackerUrl, folder }) => {
  const ours = join(folder, NAME);
  const out = join(folder, "got");
  await makeFiles(ours);
  const seeder = new RunningCommand("seed", ours, "--tracker", trackerUrl, "--port", "0", "--no-rtc");
  const { magnet } = await seeder.line("seeding");
  const words = ["--out", out, "--port", "0", "--no-rtc", "--seed-after"];
  const command = new RunningCommand("download", String(magnet), ...words);
  await command.line("downloaded");

  const [sent, got] = await Promise.all([filesBelow(ours), filesBelow(join(out, NAME))]);
  const named = ({ path, size }: { path: string; size: number }) => [path, size];
  expect(got).toHaveLength(FILES);
  expect(got.map(named)).toEqual(sent.map(named));
  for (const { path, size } of sent) {
    if (size < 200 * KIB || path.includes("295"))
      expect(await sha256(join(out, NAME, path)), path).toBe(await sha256(join(ours, path)));
  }
  expect(got.reduce((sum, { diskBytes }) => sum + diskBytes, 0)).toBeLessThan(1.01 * TOTAL_BYTES);
  for (const process of [seeder, command]) {
    expect((await process.peakMemoryBytes()) ?? 0).toBeLessThan(MAX_MEMORY_BYTES);
  }
  expect(await command.stop()).toBe(0);
  expect(await seeder.stop()).toBe(0);
});
