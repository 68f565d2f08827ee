import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { build } from "vite";
import { expect, test } from "vitest";
import { seededRandom } from "#shared/base/random.ts";
import { fileOf, filesBelow, makeTorrent, startDownload, temporaryFolder } from "./download.test-support.ts";
import { targetPaths } from "./target-paths.ts";

const KILLS = 50;

/** Long enough to check what is there and sync a few times. */
const MAX_LIFE_MILLIS = 80;

const TORRENT = makeTorrent(
  "Films",
  [3_000_000, 100, 0, 2_500_000, 70_000, 64, 64, 4_000_000, 1_500_000].map((bytes, at) => ({
    path: `${at % 2}/${at}`,
    bytes,
  })),
  65_536,
);

/** Downloads what is missing, ten pieces at once, in any order, with constant syncs. */
const CHILD = `
import { readFileSync } from "node:fs";
import { parseInfo } from ${JSON.stringify(resolve("shared/meta/info.ts"))};
import { openDownload } from ${JSON.stringify(resolve("headless-peer/files/download-storage.ts"))};
import { OpenFiles } from ${JSON.stringify(resolve("headless-peer/files/open-files.ts"))};
const [folder, source, infoHash] = process.argv.slice(2);
const info = parseInfo(readFileSync(source + "/info"));
const content = readFileSync(source + "/content");
const { layout } = info;
console.log("begin");
const storage = await openDownload({ infoHash, info, folder, selectedFiles: undefined }, new OpenFiles(4));
const held = storage.held;
await storage.check((piece, good) => good && held.set(piece), new AbortController().signal);
const missing = [];
for (let at = 0; at < layout.pieceCount; at++) if (!held.has(at)) missing.splice(Math.random() * (at + 1), 0, at);
console.log("checked", held.count);
await Promise.all(Array.from({ length: 10 }, async () => {
  for (let at = missing.pop(); at !== undefined; at = missing.pop()) {
    const start = at * layout.pieceLength;
    await storage.write(at, Uint8Array.from(content.subarray(start, start + layout.pieceBytes(at))));
    if (at % 16 === 0) await storage.sync();
  }
}));
await storage.close();
`;

test(`a download killed ${KILLS} times has only whole files under their final names`, async () => {
  const work = await temporaryFolder();
  const folder = join(work, "out");
  await mkdir(folder);
  const script = await prepareChild(work);
  const random = seededRandom(8);
  let completed = 0;
  let resumed = 0;
  for (let kills = 0; kills < KILLS; ) {
    const { wasKilled, heldAtStart } = await live(script, work, folder, {
      after: kills % 2 === 0 ? "begin" : "checked",
      millis: random.below(MAX_LIFE_MILLIS),
    });
    const whole = await wholeFiles(folder);
    if (heldAtStart > 0) resumed += 1;
    if (wasKilled) kills += 1;
    else {
      completed += 1;
      expect(whole).toBe(TORRENT.info.files.length);
      await rm(folder, { recursive: true });
      await mkdir(folder);
    }
  }
  expect(resumed).toBeGreaterThan(KILLS / 5);
  await live(script, work, folder, undefined);
  expect(await wholeFiles(folder)).toBe(TORRENT.info.files.length);
  expect((await startDownload(TORRENT, folder)).checkedPieces).toEqual([]);
  console.info(`${KILLS} kills, ${resumed} runs that went on, ${completed} that came to the end`);
}, 300_000);

/** Runs the child to its end, or kills it some time after its first output. */
async function live(
  script: string,
  work: string,
  folder: string,
  death: { readonly after: string; readonly millis: number } | undefined,
): Promise<{ readonly wasKilled: boolean; readonly heldAtStart: number }> {
  const child = spawn(process.execPath, [script, folder, work, TORRENT.infoHash], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  let said = "";
  let timer: NodeJS.Timeout | undefined;
  child.stdout.on("data", (bytes) => {
    said += bytes;
    if (death !== undefined && said.includes(death.after))
      timer ??= setTimeout(() => child.kill("SIGKILL"), death.millis);
  });
  const [code, signal] = await ended;
  clearTimeout(timer);
  expect(signal === "SIGKILL" || code === 0, `the child ended with ${code}`).toBe(true);
  const heldAtStart = Number(/checked (\d+)/.exec(said)?.[1] ?? 0);
  return { wasKilled: signal === "SIGKILL", heldAtStart };
}

/** Counts the files with their final names; each must be right. */
async function wholeFiles(folder: string): Promise<number> {
  const files = await filesBelow(folder);
  let count = 0;
  for (const [at, path] of targetPaths(TORRENT).finals.entries()) {
    const bytes = files.get(path);
    if (bytes === undefined) continue;
    expect(bytes.equals(fileOf(TORRENT, at)), path).toBe(true);
    count += 1;
  }
  return count;
}

/** Writes the child as plain JavaScript, which starts at once, and what it downloads. */
async function prepareChild(work: string): Promise<string> {
  const entry = join(work, "child.ts");
  await writeFile(entry, CHILD);
  await writeFile(join(work, "info"), TORRENT.infoBytes);
  await writeFile(join(work, "content"), TORRENT.content);
  const outDir = join(work, "js");
  const rolldownOptions = { output: { entryFileNames: "child.mjs" } };
  await build({
    configFile: false,
    logLevel: "error",
    build: { ssr: entry, outDir, target: "node20", rolldownOptions },
  });
  return join(outDir, "child.mjs");
}
