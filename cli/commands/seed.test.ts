import { type ChildProcessWithoutNullStreams, execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rename, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import {
  type Finished,
  finished,
  jsonLines,
  lineOf,
  testedTabswarm,
  testedTracker,
} from "../command.test-support.ts";
import { MAX_TORRENTS } from "../sources/start-config.ts";

const newFolder = temporaryFolders();
const installed = testedTabswarm();
const tracker = testedTracker(installed);

const PEER = ["--host", "127.0.0.1", "--port", "0", "--no-rtc", "--no-lsd", "--json"];

function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = installed.start([...args, ...PEER]);
  return child;
}

/** A file of random bytes in a folder of its own. */
async function film(): Promise<string> {
  const path = join(await newFolder(), "film.bin");
  await writeFile(path, randomBytes(100_000));
  return path;
}

test("several .torrent files are seeded, and the one that cannot be is reported", async () => {
  const folder = await newFolder();
  const data = join(folder, "data");
  await mkdir(data);
  for (const name of ["one", "two"]) await writeFile(join(data, name), randomBytes(100_000));
  await installed.run(["create", data, "--each", "--out", folder, "--announce", tracker.url]);
  await rename(join(folder, "two.torrent"), join(folder, "two.TORRENT"));
  const [none = "", ...torrents] = ["none.torrent", "one.torrent", "two.TORRENT"].map((name) =>
    join(folder, name),
  );
  const seeder = start("seed", none, ...torrents, ...torrents, "--data", data);
  const end = finished(seeder);
  await lineOf(seeder, /"type":"seeding","name":"two"/);

  const got = join(folder, "got");
  const downloads = torrents.map((torrent) => installed.run(["download", torrent, "--out", got, ...PEER]));
  expect((await Promise.all(downloads)).map(({ code }) => code)).toEqual([0, 0]);
  for (const name of ["one", "two"])
    expect(await readFile(join(got, name))).toEqual(await readFile(join(data, name)));

  seeder.kill("SIGINT");
  const { code, out } = await end;
  expect(code).toBe(0);
  const said = jsonLines(out);
  expect(said).toContainEqual({ type: "error", message: expect.stringContaining(`${none} is not there.`) });
  expect(said).toContainEqual({
    type: "warning",
    message: "one is named more than once; it is shared once.",
  });
});

test("more torrents than one peer shares are wrong usage", async () => {
  const { code, err } = await installed.run(["seed", ...Array(MAX_TORRENTS + 1).fill("a.torrent"), ...PEER]);
  expect([code, err]).toEqual([2, expect.stringContaining(`at most ${MAX_TORRENTS} torrents`)]);
});

test("it ends with 1 when none of several .torrent files can be seeded", async () => {
  const folder = await newFolder();
  const names = ["a.torrent", "b.torrent"].map((name) => join(folder, name));
  const { code, out } = await installed.run(["seed", ...names, ...PEER]);
  expect(code).toBe(1);
  expect(jsonLines(out)).toEqual([
    { type: "error", message: expect.stringContaining("a.torrent is not there.") },
    { type: "error", message: expect.stringContaining("b.torrent is not there.") },
    { type: "error", message: "None of the 2 torrents can be shared. See above." },
  ]);
});

test("a file that was only touched is seeded", async () => {
  const path = await film();
  const seeder = start("seed", path, "--tracker", tracker.url);
  const { magnet } = JSON.parse(await lineOf(seeder, /"type":"seeding"/));
  await utimes(path, 1, 1);
  const got = await newFolder();
  const download = await installed.run(["download", magnet, "--out", got, ...PEER]);
  expect(download.code, download.out).toBe(0);
  expect(await readFile(join(got, "film.bin"))).toEqual(await readFile(path));
});

/** How a seeder ends when its file has changed and somebody asks for it. */
async function whenChanged(seeder: ChildProcessWithoutNullStreams, path: string): Promise<Finished> {
  const end = finished(seeder);
  const { magnet } = JSON.parse(await lineOf(seeder, /"type":"seeding"/));
  await writeFile(path, Buffer.alloc(100_000));
  await utimes(path, 1, 1); // The system's clock may not have moved since.
  start("download", magnet, "--out", await newFolder());
  return end;
}

test("it ends with 1 when its only torrent has stopped by itself", async () => {
  const path = await film();
  const { code, out } = await whenChanged(start("seed", path, "--tracker", tracker.url), path);
  expect(code).toBe(1);
  expect(jsonLines(out).at(-1)).toEqual({
    type: "error",
    message: expect.stringContaining(`${path} was changed by another program and now has other content`),
  });
});

test("a config whose torrents have all stopped ends with 1", async () => {
  const path = await film();
  const config = join(await newFolder(), "peers.json");
  const peer = { id: "desk", host: "127.0.0.1", port: 0, rtc: false, lsd: false, trackers: [tracker.url] };
  await writeFile(config, JSON.stringify({ peers: [{ ...peer, seed: [path] }] }));
  const started = installed.start(["start", "--config", config, "--json"]);
  const { code, out } = await whenChanged(started, path);
  expect(code).toBe(1);
  expect(out).toContain("now has other content");
});

test("what is left out of a folder is reported, and `create` leaves out the same", async () => {
  const folder = join(await newFolder(), "Trip");
  await mkdir(join(folder, "day"), { recursive: true });
  for (const path of ["a.jpg", "day/b.jpg", ".DS_Store", "day/Thumbs.db", "day/Desktop.ini"])
    await writeFile(join(folder, path), path);
  await symlink("/etc/passwd", join(folder, "link"));
  execFileSync("mkfifo", [join(folder, "pipe")]);

  const seeder = start("seed", folder, "--tracker", tracker.url);
  const end = finished(seeder);
  const { infoHash } = JSON.parse(await lineOf(seeder, /"type":"seeding"/));
  seeder.kill("SIGINT");
  const { out } = await end;
  const created = await installed.run(["create", folder, "--out", join(folder, "../a.torrent"), "--json"]);
  const system = "The system made it for its file manager.";
  for (const said of [jsonLines(out), jsonLines(created.out)]) {
    expect(said.slice(0, 5)).toEqual([
      { type: "skipped", path: "Trip/.DS_Store", reason: system },
      { type: "skipped", path: "Trip/day/Desktop.ini", reason: system },
      { type: "skipped", path: "Trip/day/Thumbs.db", reason: system },
      { type: "skipped", path: "Trip/link", reason: "It is a link that leads out of the folder." },
      { type: "skipped", path: "Trip/pipe", reason: "It is not a file." },
    ]);
    expect(said).toContainEqual(expect.objectContaining({ infoHash }));
  }
  const alone = await installed.run([
    ...["create", join(folder, ".DS_Store"), "--out", join(folder, "../b.torrent")],
    ...["--json"],
  ]);
  expect(jsonLines(alone.out)).toContainEqual(expect.objectContaining({ name: ".DS_Store" }));
});

test("whoever stops it reads what became of each torrent", async () => {
  const path = await film();
  const torrent = join(await newFolder(), "film.torrent");
  await installed.run(["create", path, "--announce", tracker.url, "--out", torrent]);
  const seeder = start("seed", torrent, "--data", path);
  const whole = finished(seeder);
  await lineOf(seeder, /"type":"seeding"/);
  const got = await newFolder();
  expect((await finished(start("download", torrent, "--out", got))).code).toBe(0);
  seeder.kill("SIGINT");
  const { code, out } = await whole;
  expect(code).toBe(0);
  expect(jsonLines(out).at(-1)).toMatchObject({
    type: "shared",
    name: "film.bin",
    uploadedBytes: 100_000,
    bytes: 100_000,
    finished: 1,
  });
});
