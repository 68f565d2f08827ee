import { mkdir, readdir, readFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { startTracker } from "#signal-tracker/main.ts";
import { openDaemon, randomFile, type TestedDaemon } from "./daemon.test-support.ts";

const newFolder = temporaryFolders();
const HASH = "1".repeat(40);
const MAGNET = `magnet:?xt=urn:btih:${HASH}&dn=Film`;

async function share(daemon: TestedDaemon, path: string): Promise<string> {
  const { json } = await daemon.ask("POST", "/api/torrents", { paths: [path] });
  return json.items[0].infoHash;
}

async function phaseOf(daemon: TestedDaemon, infoHash: string): Promise<unknown> {
  return (await daemon.ask("GET", `/api/torrents/${infoHash}`)).json.phase;
}

test("a daemon has again after a restart what it had, as it was, and hashes nothing that did not change", async () => {
  const folder = await newFolder();
  const path = await randomFile(folder, "own.bin");
  const time = new Date("2026-01-01T00:00:00Z"); // In whole seconds, which every system keeps.
  await utimes(path, time, time);
  const first = await openDaemon(folder);
  const own = await share(first, path);
  await first.ask("POST", "/api/torrents", { link: MAGNET, isPaused: true, limits: { maxPeers: 7 } });
  await first.ask("PATCH", `/api/torrents/${own}`, { limits: { stopRatio: 3, rateUp: 50_000 } });
  await first.ask("PATCH", "/api/limits", { rateDown: 70_000 });
  await eventually(async () => expect(await phaseOf(first, own)).toBe("seeding"));
  await first.close();

  await writeFile(path, Buffer.alloc(100_000)); // Whoever hashes it now finds other bytes.
  await utimes(path, time, time);
  const again = await openDaemon(folder);
  await again.ready;
  await eventually(async () =>
    expect((await again.ask("GET", "/api/torrents")).json.items).toMatchObject([
      { infoHash: own, phase: "seeding", limits: { stopRatio: 3, rateUp: 50_000 } },
      { infoHash: HASH, name: "Film", phase: "paused", limits: { maxPeers: 7 } },
    ]),
  );
  expect((await again.ask("GET", "/api/limits")).json).toEqual({ rateDown: 70_000 });
  await again.close();

  await utimes(path, time, new Date(time.getTime() + 5_000)); // Now its time says that it has changed.
  const third = await openDaemon(folder);
  await third.ready;
  await eventually(async () => {
    const { json } = await third.ask("GET", `/api/torrents/${own}`);
    expect(json).toMatchObject({ phase: "downloading", bytesDone: 0 });
  });
});

test("files that are gone at a restart are told, and shared again once they are back and somebody resumes them", async () => {
  const folder = await newFolder();
  const path = await randomFile(folder, "moves.bin");
  const first = await openDaemon(folder);
  const infoHash = await share(first, path);
  await first.close();
  await rename(path, `${path}.away`);
  const again = await openDaemon(folder);
  await again.ready;
  const { json } = await again.ask("GET", `/api/torrents/${infoHash}`);
  expect(json).toMatchObject({ phase: "error", problem: expect.stringContaining("is not there") });
  expect(again.told).toEqual([expect.stringContaining("moves.bin: ")]);
  await rename(`${path}.away`, path);
  await again.ask("PATCH", `/api/torrents/${infoHash}`, { isPaused: false });
  await eventually(async () => expect(await phaseOf(again, infoHash)).toBe("seeding"));
});

test("a damaged record is told and left where it is; the others are there", async () => {
  const folder = await newFolder();
  const first = await openDaemon(folder);
  await first.ask("POST", "/api/torrents", { link: MAGNET });
  await first.close();
  const damaged = join(folder, "state", `${"2".repeat(40)}.json`);
  await writeFile(damaged, '{"infoHash":');
  const again = await openDaemon(folder);
  await again.ready;
  expect(again.warnings).toEqual([expect.stringMatching(/2{40}\.json is damaged/)]);
  expect((await again.ask("GET", "/api/torrents")).json.items).toHaveLength(1);
  expect(await readFile(damaged, "utf8")).toBe('{"infoHash":');
});

test("whoever adds a torrent hears that it cannot be kept", async () => {
  const folder = await newFolder();
  const daemon = await openDaemon(folder);
  await mkdir(join(folder, "state", `${HASH}.json`)); // Nothing can be written there now.
  const { status, json } = await daemon.ask("POST", "/api/torrents", { link: MAGNET });
  expect([status, json.warnings]).toEqual([
    201,
    [expect.stringMatching(/^Film: The daemon cannot keep it, so it would be gone after a restart\. .*json/)],
  ]);
});

test("a second daemon with the same state folder does not start", async () => {
  const folder = await newFolder();
  const daemon = await openDaemon(folder);
  await expect(openDaemon(folder)).rejects.toThrow(
    `A daemon runs with the state folder ${daemon.options.stateFolder} already (process ${process.pid}, ${daemon.url})`,
  );
});

test("only its owner can read the state folder and the token, which stays the same", async () => {
  const folder = await newFolder();
  const first = await openDaemon(folder);
  await first.close();
  const again = await openDaemon(folder);
  expect(again.token).toBe(first.token);
  const modes = await Promise.all(["state", "state/api-token"].map((name) => stat(join(folder, name))));
  expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600]);
});

test("removing deletes what was downloaded if wanted, never files of the person's own", async () => {
  const folder = await newFolder();
  const path = await randomFile(folder, "kept.bin");
  const daemon = await openDaemon(folder);
  const own = await share(daemon, path);
  expect((await daemon.ask("DELETE", `/api/torrents/${own}?deleteData=true`)).status).toBe(204);
  expect((await stat(path)).size).toBe(100_000);
  expect((await daemon.ask("DELETE", `/api/torrents/${own}`)).status).toBe(404);
  expect((await daemon.ask("GET", "/api/torrents")).json.items).toEqual([]);
});

test("one daemon downloads from another, runs the program with plain arguments, and counts on after a restart", async () => {
  const folder = await newFolder();
  const name = "; touch hacked $(x).bin";
  const path = await randomFile(folder, name);
  const tracker = await startTracker({ host: "127.0.0.1", port: 0, stun: false });
  onTestFinished(() => tracker.close());
  const trackers = tracker.urls.slice(0, 1);
  const seeder = await openDaemon(join(folder, "seeder"), { trackers });
  const infoHash = await share(seeder, path);
  const limits = { stopAfterDownloads: 1, maxPeers: 9 };
  await seeder.ask("PATCH", `/api/torrents/${infoHash}`, { limits });
  const program = join(folder, "program.sh");
  await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/arguments\n`, { mode: 0o755 });
  const leecher = await openDaemon(join(folder, "leecher"), { onComplete: program, trackers });
  const torrent = await readFile(join(folder, "seeder/state", `${infoHash}.torrent`), "base64");
  await leecher.ask("POST", "/api/torrents", { torrent, limits: { stopRatio: 5 } });
  await eventually(async () => expect(await phaseOf(leecher, infoHash)).toBe("seeding"));
  const downloads = leecher.options.folder;
  await eventually(async () =>
    expect(await readFile(join(folder, "arguments"), "utf8")).toBe(
      `${join(downloads, name)}\n${name}\n${infoHash}\n`,
    ),
  );
  expect(await readFile(join(downloads, name))).toEqual(await readFile(path));
  expect(leecher.told).toContainEqual(expect.stringMatching(/^; touch hacked \$\(x\)\.bin is in /));
  const ended = async () => (await seeder.ask("GET", `/api/torrents/${infoHash}`)).json;
  await eventually(async () => expect(await ended()).toMatchObject({ endReason: "downloads", limits }));
  const resumed = await seeder.ask("PATCH", `/api/torrents/${infoHash}`, { isPaused: false });
  expect([resumed.json.phase, resumed.json.limits]).toEqual(["seeding", { maxPeers: 9 }]);
  await leecher.close();
  const again = await openDaemon(join(folder, "leecher"), { onComplete: program, trackers });
  await again.ready;
  const { json } = await again.ask("GET", `/api/torrents/${infoHash}`);
  expect(json).toMatchObject({ phase: "seeding", downloadedBytes: 100_000, limits: { stopRatio: 5 } });
  expect(json.completedAt).toMatch(/^\d{4}-/);
  expect((await again.ask("DELETE", `/api/torrents/${infoHash}?deleteData=true`)).status).toBe(204);
  await expect(stat(join(downloads, name))).rejects.toThrow("ENOENT");
});

test("a config names what to share, once; what was removed comes back only when its entry has changed", async () => {
  const folder = await newFolder();
  const path = await randomFile(folder, "config.bin");
  const seeds = [{ paths: [path], private: false, limits: { maxPeers: 9 } }];
  const first = await openDaemon(folder, { wishes: { seeds, downloads: [] } });
  await first.ready;
  const [{ infoHash, limits }] = (await first.ask("GET", "/api/torrents")).json.items;
  expect(limits).toEqual({ maxPeers: 9 });
  await first.ask("DELETE", `/api/torrents/${infoHash}`);
  await first.close();
  const again = await openDaemon(folder, { wishes: { seeds, downloads: [] } });
  await again.ready;
  expect((await again.ask("GET", "/api/torrents")).json.items).toEqual([]);
  await again.close();
  const changed = [{ paths: [path], private: false, limits: { maxPeers: 10 } }];
  const third = await openDaemon(folder, { wishes: { seeds: changed, downloads: [] } });
  await third.ready;
  expect((await third.ask("GET", "/api/torrents")).json.items).toMatchObject([{ infoHash }]);
});

test("a watched folder hands over torrents and links; bad files are told once and read again when they change", async () => {
  const folder = await newFolder();
  const watch = join(folder, "watch");
  await mkdir(watch);
  await writeFile(join(watch, "link.magnet"), MAGNET);
  await writeFile(join(watch, "half.torrent"), "d4:info");
  await writeFile(join(watch, "other.pdf"), "no torrent");
  const daemon = await openDaemon(folder, { watch });
  await daemon.ready;
  const hashes = async (): Promise<unknown[]> =>
    (await daemon.ask("GET", "/api/torrents")).json.items.map((item: { infoHash: string }) => item.infoHash);
  expect(await hashes()).toEqual([HASH]);
  expect(daemon.warnings).toEqual([expect.stringMatching(/half\.torrent: /)]);

  const other = await openDaemon(join(folder, "other"));
  const infoHash = await share(other, await randomFile(folder, "watched.bin"));
  const torrent = await readFile(join(folder, "other/state", `${infoHash}.torrent`));
  await writeFile(join(watch, "half.torrent"), torrent);
  await eventually(async () => expect(await hashes()).toEqual([HASH, infoHash]));
  await daemon.ask("DELETE", `/api/torrents/${HASH}`);
  await daemon.close();
  const again = await openDaemon(folder, { watch });
  await again.ready;
  expect((await again.ask("GET", "/api/torrents")).json.items).toMatchObject([{ infoHash }]);
});

test("a daemon that cannot listen leaves what others have sent and received as it was", async () => {
  const folder = await newFolder();
  const first = await openDaemon(folder);
  await share(first, await randomFile(folder, "own.bin"));
  await first.close();
  const totals = await readFile(join(folder, "state/totals.json"), "utf8");
  const other = await openDaemon(join(folder, "other"));
  const api = { host: "127.0.0.1", port: Number(new URL(other.url).port) };
  await expect(openDaemon(folder, { api })).rejects.toThrow("Pass --api with another address");
  expect(await readFile(join(folder, "state/totals.json"), "utf8")).toBe(totals);
});

test("what is removed while it is added stays removed after a restart", async () => {
  const folder = await newFolder();
  const other = await openDaemon(join(folder, "other"));
  const infoHash = await share(other, await randomFile(folder, "brief.bin"));
  const torrent = await readFile(join(folder, "other/state", `${infoHash}.torrent`), "base64");
  const daemon = await openDaemon(folder);
  for (let round = 0; round < 10; round++) {
    const added = daemon.ask("POST", "/api/torrents", { torrent });
    await eventually(async () =>
      expect((await daemon.ask("DELETE", `/api/torrents/${infoHash}`)).status).toBe(204),
    );
    await added;
    const names = await readdir(join(folder, "state"));
    expect(names.filter((name) => name.startsWith(infoHash))).toEqual([]);
    expect(await phaseOf(daemon, infoHash)).toBeUndefined();
  }
});

test("what is added again while it is removed is there after a restart", async () => {
  const folder = await newFolder();
  const other = await openDaemon(join(folder, "other"));
  const infoHash = await share(other, await randomFile(folder, "brief.bin"));
  const torrent = await readFile(join(folder, "other/state", `${infoHash}.torrent`), "base64");
  const daemon = await openDaemon(folder);
  const add = async (): Promise<boolean> =>
    (await daemon.ask("POST", "/api/torrents", { torrent })).json.items[0].isNew;
  for (let round = 0; round < 10; round++) {
    await add();
    const removed = daemon.ask("DELETE", `/api/torrents/${infoHash}`);
    const adding = Array.from({ length: 4 }, add);
    await removed;
    if ((await Promise.all([...adding, add()])).filter((isNew) => isNew).length === 0) continue;
    expect(await phaseOf(daemon, infoHash)).not.toBe("error");
    expect(daemon.told.filter((text) => text.startsWith("brief.bin:"))).toEqual([]);
    const names = await readdir(join(folder, "state"));
    expect(names).toEqual(expect.arrayContaining([`${infoHash}.json`, `${infoHash}.torrent`]));
  }
});

test("a daemon that has just started knows its torrents", async () => {
  const folder = await newFolder();
  const first = await openDaemon(folder);
  await first.ask("POST", "/api/torrents", { link: MAGNET, isPaused: true, limits: { maxPeers: 7 } });
  await first.close();
  const again = await openDaemon(folder);
  const { json } = await again.ask("POST", "/api/torrents", { link: MAGNET });
  expect(json.items).toMatchObject([{ infoHash: HASH, isNew: false }]);
});

test("a watched folder is looked at while a program writes into it all the time", async () => {
  const folder = await newFolder();
  const watch = join(folder, "watch");
  await mkdir(watch);
  const daemon = await openDaemon(folder, { watch });
  await daemon.ready;
  const busy = setInterval(() => void writeFile(join(watch, "film.part"), "more"), 20);
  onTestFinished(() => clearInterval(busy));
  await writeFile(join(watch, "link.magnet"), MAGNET);
  await eventually(async () => expect(await phaseOf(daemon, HASH)).toBe("metadata"));
});
