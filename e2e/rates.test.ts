import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { type RunningTracker, startTracker } from "#signal-tracker/main.ts";
import { RunningCommand } from "./command.ts";
import { randomFile, sha256 } from "./files.ts";

const RATE = 1_000_000;
const BYTES = 14 * RATE;

const newFolder = temporaryFolders();
const running: RunningCommand[] = [];
let tracker: RunningTracker;

beforeAll(async () => {
  tracker = await startTracker({ host: "127.0.0.1", port: 0, stun: false, log: pino({ level: "silent" }) });
});
afterAll(() => {
  for (const command of running) command.kill();
  return tracker.close();
});

function run(...words: readonly string[]): RunningCommand {
  const command = new RunningCommand(...words, "--port", "0");
  running.push(command);
  return command;
}

/** Transfers a file and returns the bytes per second, from the first status line with bytes to the end. */
async function measure(seedFlags: readonly string[], downloadFlags: readonly string[]): Promise<number> {
  const folder = await newFolder();
  const path = await randomFile(folder, "film.bin", BYTES);
  const seeder = run("seed", path, "--tracker", `http://127.0.0.1:${tracker.port}`, ...seedFlags);
  const { magnet } = await seeder.line("seeding");
  const out = join(folder, "got");
  const downloader = run("download", String(magnet), "--out", out, ...downloadFlags);
  let bytesBefore = 0;
  while (bytesBefore === 0) bytesBefore = Number((await downloader.line("status"))["downloadedBytes"] ?? 0);
  const startedAt = performance.now();
  await downloader.line("downloaded");
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
  return (BYTES - bytesBefore) / seconds;
}

test.concurrent.each([
  ["--rate-up holds over TCP", ["--rate-up", "1M", "--no-rtc"], ["--no-rtc"]],
  ["--rate-down holds over TCP", ["--no-rtc"], ["--rate-down", "1M", "--no-rtc"]],
  ["--rate-up holds over WebRTC", ["--rate-up", "1M", "--no-tcp"], ["--no-tcp"]],
  ["--rate-down holds over WebRTC", ["--no-tcp"], ["--rate-down", "1M", "--no-tcp"]],
])("%s, within 15 %", async (_, seedFlags, downloadFlags) => {
  const rate = await measure(seedFlags, downloadFlags);
  expect(rate).toBeGreaterThan(RATE * 0.85);
  expect(rate).toBeLessThan(RATE * 1.15);
});

test("an invalid rate is wrong usage", async () => {
  expect(await run("seed", "film.bin", "--rate-up", "0").ended()).toBe(2);
  expect(await run("download", "film.torrent", "--rate-down", "100").ended()).toBe(2);
});
