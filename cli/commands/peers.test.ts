import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { DEFAULT_CONFIG } from "#shared/session/config.ts";
import { jsonLines, lineOf, testedTabswarm } from "../command.test-support.ts";

const newFolder = temporaryFolders();
const installed = testedTabswarm();
let trackerUrl: string;

const QUIET = ["--host", "127.0.0.1", "--port", "0", "--no-rtc", "--no-lsd"];
const NOBODY = "0123456789abcdef0123456789abcdef01234567";

async function start(args: readonly string[], pattern: RegExp): Promise<Record<string, string>> {
  const child = installed.start([...args, "--json"]);
  return JSON.parse(await lineOf(child, pattern));
}

async function startTracker(): Promise<void> {
  const flags = ["--host", "127.0.0.1", "--port", "0", "--no-stun"];
  trackerUrl = (await start(["tracker", ...flags], /listening/))["pageUrl"] ?? "";
}

async function seedFilm(): Promise<{ readonly magnet: string; readonly port: string }> {
  const path = join(await newFolder(), "film.bin");
  await writeFile(path, Buffer.alloc(100_000, 7));
  const { magnet = "", port = "" } = await start(
    ["seed", path, "--tracker", trackerUrl, ...QUIET],
    /"seeding"/,
  );
  return { magnet, port };
}

test("a seeder is listed with its address and its free slot", async () => {
  await startTracker();
  const { magnet, port } = await seedFilm();
  const { code, out, err } = await installed.run(["peers", magnet, ...QUIET, "--json"]);
  expect([code, err]).toEqual([0, ""]);
  const facts = {
    client: DEFAULT_CONFIG.client,
    introduced: false,
    kind: "tcp",
    progress: 1,
    seeding: true,
    idle: true,
  };
  expect(jsonLines(out)).toEqual([{ type: "peer", peer: `127.0.0.1:${port}`, ...facts }]);

  const text = await installed.run(["peers", magnet, "--idle", "--limit", "1", ...QUIET]);
  expect(text.code).toBe(0);
  expect(text.out).toMatch(/^peer +client +link +has +seeding +free slot\n/);
  expect(text.out).toMatch(
    new RegExp(`^127\\.0\\.0\\.1:${port} +Tabswarm [\\d.]+ +TCP +100 % +yes +yes$`, "m"),
  );
  expect(text.out).toMatch(/^1 peer of film\.bin\.$/m);
});

test("with --idle, a tracker that has the torrent in its catalog says who has a free slot, without any link", async () => {
  await startTracker();
  const folder = await newFolder();
  await writeFile(join(folder, "film.bin"), Buffer.alloc(100_000, 8));
  const torrent = join(folder, "film.torrent");
  await installed.run(["create", join(folder, "film.bin"), "--out", torrent]);
  const { port } = await start(["seed", torrent, "--tracker", trackerUrl, ...QUIET], /"seeding"/);
  const idle = ["peers", torrent, "--idle", "--tracker", trackerUrl, ...QUIET, "--limit"];
  const listed = async (limit: string) => jsonLines((await installed.run([...idle, limit, "--json"])).out);
  const peer = {
    type: "peer",
    peer: `127.0.0.1:${port}`,
    kind: "tcp",
    introduced: false,
    seeding: true,
    idle: true,
  };
  expect(await listed("1")).toMatchObject([{ ...peer, client: DEFAULT_CONFIG.client }]); // Not published yet.

  const published = await fetch(new URL("/api/torrents", trackerUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ torrent: (await readFile(torrent)).toString("base64") }),
  });
  expect(published.status).toBe(201);
  // The seeder announces over HTTP and WebSocket.
  const known = [
    { ...peer, client: "", progress: 1 },
    { ...peer, client: "", progress: 1, peer: "browser", kind: "rtc" },
  ];
  const told = await listed("2");
  expect(told).toHaveLength(2);
  expect(told).toEqual(expect.arrayContaining(known));
  const { out } = await installed.run([...idle, "2"]);
  expect(out).toMatch(/^2 peers of film\.bin with a free upload slot, as the tracker knows\.$/m);
}, 30_000);

test("an empty swarm is not a failure", async () => {
  await startTracker();
  const flags = [NOBODY, "--tracker", trackerUrl, ...QUIET];
  expect(await installed.run(["peers", ...flags])).toMatchObject({
    code: 0,
    out: `Nobody else is in the swarm of ${NOBODY} now.\n`,
  });
  expect(await installed.run(["peers", ...flags, "--json"])).toMatchObject({ code: 0, out: "" });
});

test("a tracker in trouble is named while another one works", async () => {
  await startTracker();
  const flags = ["--tracker", trackerUrl, "--tracker", "http://127.0.0.1:1024/announce", ...QUIET, "--json"];
  const { code, out } = await installed.run(["peers", NOBODY, ...flags]);
  expect(code).toBe(0);
  const message = expect.stringMatching(/^Tracker http:\/\/127\.0\.0\.1:1024: nothing listens there; /);
  expect(jsonLines(out)).toEqual([{ type: "warning", message }]);
});

test("without a tracker it says that it found nobody, not that the swarm is empty", async () => {
  const { code, out, err } = await installed.run(["peers", NOBODY, ...QUIET]);
  expect(code).toBe(0);
  expect(out).toBe(
    `Nobody else was found in the swarm of ${NOBODY}, and no tracker was asked. Pass --tracker to ask one.\n`,
  );
  expect(err).toContain("No tracker is named");
});

test("it fails when no tracker answers, and names them", async () => {
  const { code, err } = await installed.run([
    "peers",
    NOBODY,
    "--tracker",
    "http://127.0.0.1:9/announce",
    ...QUIET,
  ]);
  expect(code).toBe(1);
  expect(err).toContain("No tracker says who is there: http://127.0.0.1:9/announce (nothing listens there");
});
