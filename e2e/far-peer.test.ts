import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { BLOCK_BYTES } from "#shared/meta/layout.ts";
import { RunningCommand } from "./command.ts";
import { startFarTracker } from "./far-path.ts";
import { randomFile, sha256 } from "./files.ts";

/** 100 Mbit/s to the other side of the world. */
const DISTANCE = { delayMillis: 100, bytesPerSecond: 12_500_000 };
const ROUND_TRIP_SECONDS = 0.2;

/** A request, of 17 bytes, and a block, which has as many bytes as were requested and a head (BEP 3). */
const REQUEST = Buffer.from([0, 0, 0, 13, 6]);

const newFolder = temporaryFolders();

function run(...words: readonly string[]): RunningCommand {
  const command = new RunningCommand(...words);
  onTestFinished(() => command.kill());
  return command;
}

test("over TCP, as many requests are under way to a far peer as its line and the round trip take", async () => {
  let requested = 0;
  let received = 0;
  let most = 0;
  const tracker = await startFarTracker(DISTANCE, (direction, bytes) => {
    if (direction === "toDialler") received += bytes.length;
    else for (let at = bytes.indexOf(REQUEST); at >= 0; at = bytes.indexOf(REQUEST, at + 1)) requested += 1;
    most = Math.max(most, requested - received / BLOCK_BYTES);
  });
  onTestFinished(() => tracker.close());
  const folder = await newFolder();
  const path = await randomFile(folder, "film.bin", 32 * 1024 * 1024);
  await run("create", path, "--announce", tracker.url, "--out", `${path}.torrent`).line("created");
  const local = ["--no-rtc", "--no-lsd", "--host", "127.0.0.1", "--port", "0"];
  await run("seed", `${path}.torrent`, ...local).line("seeding");
  const out = join(folder, "got");
  await run("download", `${path}.torrent`, "--out", out, ...local).line("downloaded");

  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
  expect(most * BLOCK_BYTES).toBeGreaterThan(DISTANCE.bytesPerSecond * ROUND_TRIP_SECONDS);
  expect(most).toBeLessThanOrEqual(512); // The most that we ask of anybody.
});
