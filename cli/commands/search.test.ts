import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { torrentFile } from "#signal-tracker/catalog/catalog.test-support.ts";
import { type InstalledTabswarm, installTabswarm, jsonLines, lineOf } from "../command.test-support.ts";

let installed: InstalledTabswarm;
let tracker: string;
let home: string;
const running: ChildProcessWithoutNullStreams[] = [];

beforeAll(async () => {
  installed = await installTabswarm();
  home = join(installed.folder, "settings");
  tracker = await startTracker();
}, 60_000);
afterAll(async () => {
  for (const child of running) child.kill("SIGKILL");
  await installed.remove();
});

const environment = () => ({ env: { ...process.env, XDG_CONFIG_HOME: home } });
const run = (...args: readonly string[]) => installed.run(args, environment());

async function startTracker(...flags: readonly string[]): Promise<string> {
  const child = installed.start(["tracker", "--host", "127.0.0.1", "--port", "0", "--json", ...flags]);
  running.push(child);
  const { port } = JSON.parse(await lineOf(child, /listening/));
  return `http://127.0.0.1:${port}/`;
}

/** Seeds a file and publishes it. Returns the news. */
async function seedPublished(name: string, ...flags: readonly string[]): Promise<Record<string, string>> {
  await writeFile(join(installed.folder, name), name.repeat(1_000));
  const child = installed.start(
    ["seed", name, "--tracker", tracker, "--no-rtc", "--port", "0", "--publish", "--json", ...flags],
    environment(),
  );
  running.push(child);
  return JSON.parse(await lineOf(child, /"(published|alreadyPublished)"/));
}

test("what one person publishes while seeding, another finds, and its publisher removes", async () => {
  const { infoHash, keptIn, type } = await seedPublished("Đường.txt", "--description", "ở Huế");
  expect(type).toBe("published");
  expect((await stat(String(keptIn))).mode & 0o077).toBe(0);

  const found = await run("search", "duong", "hue", "--tracker", tracker, "--json");
  expect([found.code, jsonLines(found.out)]).toEqual([
    0,
    [expect.objectContaining({ type: "torrent", infoHash, name: "Đường.txt", description: "ở Huế" })],
  ]);
  await expect.poll(async () => (await run("search", "uong", "--tracker", tracker)).out).toContain("  now ");
  const { out } = await run("search", "uong", "--tracker", tracker);
  expect(out).toMatch(
    /^name +size +files +seeders +leechers +last seeded +published +by +info-hash +description\n/,
  );
  expect(out).toMatch(/Đường\.txt +\d.* kB +1 +1 +0 +now +just now +[0-9a-f]{40} +ở Huế\n/);
  expect(out).toContain(`tabswarm download <info-hash> --tracker ${tracker}`);

  const again = await seedPublished("Đường.txt");
  expect(again).toMatchObject({ type: "alreadyPublished", infoHash });

  const stranger = await installed.run(["unpublish", String(infoHash), "--tracker", tracker], {
    env: { ...process.env, XDG_CONFIG_HOME: join(home, "stranger") },
  });
  expect([stranger.code, stranger.err]).toEqual([1, expect.stringContaining("Only who published")]);
  const gone = await run("unpublish", String(infoHash), "--tracker", tracker);
  expect([gone.code, gone.out]).toEqual([0, `${infoHash} is no longer in the catalog of ${tracker}\n`]);
  expect(await readdir(join(String(keptIn), ".."))).toEqual([]);
  const nothing = await run("search", "duong", "--tracker", tracker);
  expect([nothing.code, nothing.out]).toEqual([0, expect.stringContaining("Nothing on")]);
});

test("a peer of a config file publishes what it seeds; its share link, or another address of the tracker, removes it", async () => {
  await writeFile(join(installed.folder, "config.bin"), "config");
  const description = "from a config file";
  const seed = [{ path: "config.bin", publish: true, description }];
  const peer = { id: "desk", host: "127.0.0.1", port: 0, rtc: false, lsd: false, trackers: [tracker], seed };
  await writeFile(join(installed.folder, "peers.json"), JSON.stringify({ peers: [peer] }));
  const child = installed.start(["start", "--config", "peers.json", "--json"], environment());
  running.push(child);
  const { infoHash } = JSON.parse(await lineOf(child, /"published"/));
  const found = async () => jsonLines((await run("search", description, "--tracker", tracker, "--json")).out);
  expect(await found()).toMatchObject([{ infoHash, description }]);
  const elsewhere = tracker.replace("127.0.0.1", "localhost");
  expect((await run("unpublish", infoHash, "--tracker", elsewhere)).err).toBe("");
  expect(await found()).toEqual([]);

  const linked = await seedPublished("linked.txt", "--description", description);
  expect(await found()).toMatchObject([{ infoHash: linked["infoHash"] }]);
  expect((await run("unpublish", `${tracker}#${linked["infoHash"]}`)).err).toBe("");
  expect(await found()).toEqual([]);
});

test("the orders and the limit of a search reach the tracker, over several pages", async () => {
  const names = Array.from({ length: 120 }, (_, index) => `order ${String(index).padStart(3, "0")}`);
  for (const name of names) {
    const body = JSON.stringify({ torrent: Buffer.from(torrentFile({ name })).toString("base64") });
    await fetch(`${tracker}api/torrents`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
  }
  const search = async (...flags: readonly string[]) => {
    const { out } = await run("search", "order", "--tracker", tracker, "--json", ...flags);
    return jsonLines(out).map((torrent) => (torrent as { name: string }).name);
  };
  expect(await search("--sort", "name", "--limit", "110")).toEqual(names.slice(0, 110));
  expect(await search()).toHaveLength(20);
  const { out } = await run("search", "order", "--tracker", tracker, "--limit", "5");
  expect(out).toContain("The first 5; --limit shows more.");
});

test("what cannot be done is said in words", async () => {
  const plain = await startTracker("--no-catalog");
  const none = await run("search", "x", "--tracker", plain);
  expect([none.code, none.err]).toEqual([1, expect.stringContaining("does not offer this")]);
  const closed = await startTracker("--accounts");
  const secret = await run("search", "x", "--tracker", closed, "--json");
  expect([secret.code, jsonLines(secret.out)]).toEqual([
    1,
    [{ type: "error", message: expect.stringContaining(`tabswarm login --tracker ${closed}`) }],
  ]);
  const long = await run("search", "x".repeat(300), "--tracker", tracker);
  expect([long.code, long.err]).toEqual([1, expect.stringContaining("is too long: at most 200 characters")]);
  const down = await run("search", "x", "--tracker", "http://127.0.0.1:9");
  expect([down.code, down.err]).toEqual([1, expect.stringContaining("cannot be reached")]);
});

test.each([
  [["search", "x"], "--tracker"],
  [["search", "x", "--tracker", "udp://tracker.example:80"], "address of a Tabswarm tracker"],
  [["search", "x", "--tracker", "http://a", "--limit", "0"], "whole number"],
  [["seed", "x", "--publish"], "--publish needs --tracker"],
  [["seed", "x", "--publish", "--tracker", "http://a/announce"], "--publish needs --tracker"],
  [["seed", "x", "--description", "y"], "--description goes with --publish"],
  [["unpublish", "x"], "--tracker"],
  [
    ["seed", "x", "--publish", "--tracker", "http://a", "--description", "x".repeat(1_001)],
    "A description has at most 1000 characters, and this one has 1001.",
  ],
])("%j is wrong usage", async (args, words) => {
  const { code, err } = await run(...args);
  expect([code, err]).toEqual([2, expect.stringContaining(words)]);
});
