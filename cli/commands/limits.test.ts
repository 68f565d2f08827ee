import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { finished, jsonLines, testedTabswarm, testedTracker } from "../command.test-support.ts";

const newFolder = temporaryFolders();
const installed = testedTabswarm();
const tracker = testedTracker(installed);

const PEER = ["--host", "127.0.0.1", "--port", "0", "--no-rtc", "--no-lsd"];
const LOCAL = { host: "127.0.0.1", port: 0, rtc: false, lsd: false };

/** A command that runs, the first line that it printed at any time that matches a pattern, and its end. */
function start(...args: readonly string[]) {
  const child = installed.start(args);
  let out = "";
  child.stdout.on("data", (data) => {
    out += data;
  });
  const line = (pattern: RegExp): Promise<string> =>
    eventually(() => {
      const found = out.split("\n").find((text) => pattern.test(text));
      if (found === undefined) throw new Error(`no line like ${pattern} in: ${out}`);
      return found;
    });
  const isRunning = (): boolean => child.exitCode === null;
  return { line, isRunning, end: finished(child) };
}

/** A folder with files of random bytes. */
async function films(...names: readonly string[]): Promise<string> {
  const folder = await newFolder();
  for (const name of names) await writeFile(join(folder, name), randomBytes(100_000));
  return folder;
}

async function download(source: string, ...flags: readonly string[]): Promise<void> {
  const got = await installed.run([
    ...["download", source, "--out", await newFolder(), "--tracker", tracker.url],
    ...PEER,
    ...flags,
  ]);
  expect(got.code, got.out + got.err).toBe(0);
}

test("a seeder ends well once one peer has everything, and says so in one sentence", async () => {
  const folder = await films("film.bin");
  const limit = ["--stop-after-downloads", "1", "--log-dir", folder];
  const seeder = start("seed", join(folder, "film.bin"), "--tracker", tracker.url, ...PEER, ...limit);
  await download((await seeder.line(/magnet:/)).replace(/^.*magnet:/, "magnet:"));
  const { code, out } = await seeder.end;
  expect(code).toBe(0);
  expect(out).toMatch(/^film\.bin is no longer shared: as many people as you chose have everything\.$/m);
  const entries = jsonLines(await readFile(join(folder, "seed.log"), "utf8"));
  expect(entries).toContainEqual(
    expect.objectContaining({ msg: "torrent stopped sharing", because: "downloads" }),
  );
});

test("of two torrents one reaches its ratio and ends, and the seeder with the other", async () => {
  const folder = await films("one", "two");
  await installed.run(["create", folder, "--each", "--out", folder, "--announce", tracker.url]);
  const [one = "", two = ""] = ["one", "two"].map((name) => join(folder, `${name}.torrent`));
  const seeder = start("seed", one, two, ...PEER, "--json", "--stop-ratio", "0.5");
  await seeder.line(/"type":"seeding","name":"two"/);
  await download(one);
  expect(JSON.parse(await seeder.line(/"sharingStopped"/))).toMatchObject({ name: "one", because: "ratio" });
  expect(seeder.isRunning()).toBe(true);
  await download(two);
  await seeder.line(/"sharingStopped","name":"two"/);
  expect((await seeder.end).code).toBe(0);
});

test.each([
  [["--stop-ratio", "0"], "--stop-ratio"],
  [["--stop-after", "3"], "--stop-after"],
  [["--stop-after-downloads", "none"], "--stop-after-downloads"],
  [["--stop-at", "18:30"], "--stop-at"],
  [["--stop-at", "2020-01-01T00:00"], "that time has passed. Choose a later one."],
  [["--max-peers", "3"], "--max-peers"],
])("%j is wrong usage", async (flags, said) => {
  const { code, err } = await installed.run(["seed", "film.bin", ...flags]);
  expect([code, err]).toEqual([2, expect.stringContaining(said)]);
});

/** The magnet link of something that a command shares. */
async function magnetOf({ line }: ReturnType<typeof start>, name: string): Promise<string> {
  return JSON.parse(await line(new RegExp(`"seeding","name":"${name}"`))).magnet;
}

/** Starts the peers of a config in a folder. */
async function startConfig(folder: string, ...peers: readonly object[]): Promise<ReturnType<typeof start>> {
  const config = join(folder, "peers.json");
  await writeFile(config, JSON.stringify({ peers }));
  return start("start", "--config", config, "--json");
}

test("of the torrents in a config one ends, then the other, and then the command, well", async () => {
  const folder = await films("film.bin", "book.bin", "old.bin");
  const past = { path: "old.bin", stopAt: "2020-01-01T00:00Z" };
  const seed = [
    { path: "film.bin", stopAfterDownloads: 1 },
    { path: "book.bin", stopRatio: 0.5, maxPeers: 4 },
    past,
  ];
  const peers = await startConfig(
    folder,
    { id: "desk", ...LOCAL, trackers: [tracker.url], seed },
    { id: "shelf", ...LOCAL, seed: [past] },
  );
  await download(await magnetOf(peers, "film.bin"));
  const first = JSON.parse(await peers.line(/"sharingStopped","name":"film/));
  expect(first).toMatchObject({ peer: "desk", because: "downloads" });
  expect(peers.isRunning()).toBe(true);
  await download(await magnetOf(peers, "book.bin"));
  const { code, out } = await peers.end;
  expect(code).toBe(0);
  const said = jsonLines(out);
  const book = { type: "sharingStopped", peer: "desk", name: "book.bin", because: "ratio" };
  expect(said).toContainEqual(expect.objectContaining(book));
  for (const peer of ["desk", "shelf"])
    expect(said).toContainEqual({ type: "sharingStopped", peer, name: "old.bin", because: "moment" });
  expect(said).not.toContainEqual(expect.objectContaining({ type: "error" }));
});

test("at their time a torrent that is shared ends, and a download once it is complete", async () => {
  const folder = await films("film.bin");
  const seed = [{ path: "film.bin", stopAfterDownloads: 1 }];
  const desk = { id: "desk", ...LOCAL, trackers: [tracker.url], seed };
  const seeder = await startConfig(folder, desk);
  const torrent = await magnetOf(seeder, "film.bin");
  const there = await films("book.bin");
  // The first may have passed when the peers start on a busy machine: then it is not shared at all, and said the same way.
  const soon = new Date(Date.now() + 5_000).toISOString();
  const shelf = { id: "shelf", ...LOCAL, seed: [{ path: "book.bin", stopAt: `${soon.slice(0, 19)}Z` }] };
  const download = [{ torrent, out: "got", stopAt: "2020-01-01T00:00Z" }];
  const wall = { id: "wall", ...LOCAL, trackers: [tracker.url], download };
  const { code, out } = await (await startConfig(there, shelf, wall)).end;
  expect(code).toBe(0);
  const said = jsonLines(out);
  const ended = { type: "sharingStopped", because: "moment" };
  expect(said).toContainEqual(expect.objectContaining({ type: "downloaded", peer: "wall" }));
  expect(said).toContainEqual(expect.objectContaining({ ...ended, peer: "wall", name: "film.bin" }));
  expect(said).toContainEqual(expect.objectContaining({ ...ended, peer: "shelf", name: "book.bin" }));
  expect((await seeder.end).code).toBe(0);
});

test("if one torrent of a config cannot be shared and the others end, the command fails", async () => {
  const folder = await films("old.bin");
  const seed = ["missing", { path: "old.bin", stopAt: "2020-01-01T00:00Z" }];
  const past = { id: "shelf", ...LOCAL, seed: seed.slice(1) };
  const { end } = await startConfig(folder, { id: "desk", ...LOCAL, seed }, past);
  const { code, out } = await end;
  expect([code, jsonLines(out).at(-1)]).toEqual([
    1,
    { type: "error", message: expect.stringContaining("not all of it ended as you chose") },
  ]);
});

test("a torrent of a config keeps to its own rate, and the other one does not", async () => {
  const folder = await films("fast.bin");
  await writeFile(join(folder, "slow.bin"), randomBytes(1_000_000));
  const seed = [{ path: "slow.bin", rateUp: "5K" }, "fast.bin"];
  const peers = await startConfig(folder, { id: "desk", ...LOCAL, trackers: [tracker.url], seed });
  const slow = start(
    "download",
    await magnetOf(peers, "slow.bin"),
    "--out",
    await newFolder(),
    ...PEER,
    "--json",
  );
  await slow.line(/"phase":"downloading"/);
  await download(await magnetOf(peers, "fast.bin"));
  expect(slow.isRunning()).toBe(true); // 1 MB at 5 kB/s takes minutes.
});
