import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { finished, lineOf, testedTabswarm } from "./command.test-support.ts";

// Something that nothing of ours closes, as a native library may leave behind.
const ENV = { ...process.env, NODE_OPTIONS: '--import "data:text/javascript,setInterval(()=>{},2**30)"' };
const HASH = "0123456789abcdef0123456789abcdef01234567";
const LOOPBACK = ["--host", "127.0.0.1", "--port", "0"];
const LOCAL = [...LOOPBACK, "--no-rtc"];
const LOG = ["--json", "--log-level", "warn"];

const newFolder = temporaryFolders();
const installed = testedTabswarm();

/** Starts a command; if a first line is expected, stops it then. Returns its exit code and what it logged at its end. */
async function ending(words: readonly string[], firstLine?: RegExp): Promise<readonly unknown[]> {
  const child = installed.start([...words, ...LOG], { env: ENV });
  const end = finished(child);
  if (firstLine !== undefined) {
    await lineOf(child, firstLine);
    child.kill("SIGINT");
  }
  const { code, err } = await end;
  return [code, JSON.parse(err.trim().split("\n").at(-1) ?? "")];
}

const KEPT = expect.objectContaining({
  level: 40,
  kept: expect.arrayContaining(["Timeout"]),
  msg: "the command did not end by itself",
});

test("whatever still holds the process, every command ends, with its own exit code, and logs what it was", async () => {
  const folder = await newFolder();
  const film = join(folder, "film.bin");
  await writeFile(film, "film");
  const config = join(folder, "peers.json");
  const peer = { id: "desk", host: "127.0.0.1", port: 0, rtc: false, lsd: false, seed: ["film.bin"] };
  await writeFile(config, JSON.stringify({ peers: [peer] }));

  const endings = await Promise.all([
    ending(["tracker", ...LOOPBACK, "--no-stun"], /"listening"/),
    ending(["seed", film, ...LOCAL], /"seeding"/),
    ending(["start", "--config", config], /"seeding"/),
    ending(["download", HASH, "--out", folder, ...LOCAL], /"status"/),
    ending(["peers", HASH, ...LOCAL]),
    ending(["info", HASH]),
    ending(["info", join(folder, "missing.torrent")]),
  ]);
  expect(endings).toEqual([0, 0, 0, 1, 0, 0, 1].map((code) => [code, KEPT]));
});
