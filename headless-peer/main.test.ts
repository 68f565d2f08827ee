import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { type RunningTracker, startTracker } from "#signal-tracker/main.ts";
import {
  folder,
  lastingStorageContract,
  memory,
  startTabswarm,
  storageContract,
  type TabswarmOptions,
} from "./main.ts";

let tracker: RunningTracker;
let trackers: readonly string[];
beforeAll(async () => {
  tracker = await startTracker({
    host: "127.0.0.1",
    port: 0,
    stun: false,
    log: pino({ level: "silent" }),
  });
  trackers = [`http://127.0.0.1:${tracker.port}/`];
});
afterAll(() => tracker.close());

async function start(options: TabswarmOptions = {}) {
  const tabswarm = await startTabswarm({
    trackers,
    rtc: false,
    tcp: { host: "127.0.0.1", port: 0 },
    ...options,
  });
  onTestFinished(() => tabswarm.close());
  return tabswarm;
}

async function emptyFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "tabswarm-library-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Bytes that differ from piece to piece. */
function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 12)) & 0xff);
}

const BYTES = bytesOf(1_000_000);

test("a shared blob is downloaded by its magnet link, with its state and facts along the way", async () => {
  const [seeder, leecher] = [await start(), await start()];
  const progress: number[] = [];
  const shared = await seeder.share(
    { path: "a.bin", blob: new Blob([BYTES]) },
    { onProgress: (done) => progress.push(done) },
  );
  expect(progress.at(-1)).toBe(BYTES.length);
  expect(shared.state).toMatchObject({ name: "a.bin", phase: "seeding", bytesTotal: BYTES.length });
  expect(shared.shareLink).toBe(`${trackers[0]}#${shared.infoHash}&dn=a.bin`);

  const lists: number[] = [];
  leecher.subscribe((torrents) => lists.push(torrents.length));
  const torrent = await leecher.add(shared.magnetLink);
  const facts: string[] = [];
  const reading = (async () => {
    for await (const { type } of torrent.happened()) facts.push(type);
  })();
  const phases = new Set<string>();
  torrent.subscribe(({ phase }) => phases.add(phase));
  await (await torrent.whenKnown()).whenComplete();
  expect(torrent.files.map(({ path, bytes }) => ({ path, bytes }))).toEqual([
    { path: "a.bin", bytes: BYTES.length },
  ]);
  expect(new Uint8Array((await torrent.files[0]?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(BYTES);
  await eventually(() => expect([...phases]).toContain("seeding"));

  await torrent.remove();
  await reading; // It has ended.
  expect(facts).toEqual(
    expect.arrayContaining(["metadataArrived", "pieceVerified", "torrentCompleted", "torrentRemoved"]),
  );
  expect(lists).toEqual([0, 1, 0]);
  await expect(torrent.whenComplete()).rejects.toThrow("was removed");
  const known = await leecher.add(shared.torrentFile ?? "");
  expect(known.files).toHaveLength(1);
});

test("a stream of a file gives what is asked for first, and waits for what is missing", async () => {
  const [seeder, leecher] = [await start(), await start({ limits: { down: 400_000 } })];
  const shared = await seeder.share({ path: "a.bin", blob: new Blob([BYTES]) });
  const torrent = await (await leecher.add(shared.magnetLink)).whenKnown();
  const [file] = torrent.files;
  const chunks: Uint8Array[] = [];
  for await (const chunk of file?.stream({ start: 700_001, end: 900_000 }) ?? []) chunks.push(chunk);
  expect(torrent.state.phase).toBe("downloading"); // Not everything has come.
  expect(Buffer.concat(chunks).equals(BYTES.subarray(700_001, 900_000))).toBe(true);
  expect(() => file?.stream({ start: 5, end: 4 })).toThrow("there is nothing from 5 to 4");

  const reader = file?.stream().getReader();
  const waiting = (async () => {
    while ((await reader?.read())?.done !== true);
  })();
  await torrent.remove();
  await expect(waiting).rejects.toThrow("was removed");
});

test("a folder is shared from the disk and kept in another, with the files that are selected, also later", async () => {
  const [from, to] = [await emptyFolder(), await emptyFolder()];
  await mkdir(join(from, "Photos"));
  const whole = BYTES.subarray(0, 10 * 65_536 + 1_000); // Some pieces are in two files.
  for (const name of ["a.bin", "b.bin", "c.bin"]) await writeFile(join(from, "Photos", name), whole);
  const [seeder, leecher] = [await start(), await start({ storage: folder(to) })];
  const shared = await seeder.share(join(from, "Photos"), { pieceLength: 64 * 1024 });
  const torrent = await leecher.add(shared.magnetLink, {
    select: (files) => files.filter(({ path }) => path.endsWith("b.bin")).map(({ index }) => index),
  });
  await torrent.whenComplete();
  expect((await readFile(join(to, "Photos/b.bin"))).equals(whole)).toBe(true);
  await expect(readFile(join(to, "Photos/a.bin"))).rejects.toThrow("ENOENT");
  await expect(torrent.files[0]?.blob()).rejects.toThrow("Select it first");

  const facts: string[] = [];
  void (async () => {
    for await (const { type } of torrent.happened()) facts.push(type);
  })();
  await torrent.select([0, 1]);
  await torrent.whenComplete();
  expect(facts).not.toContain("linkClosed");
  expect((await readFile(join(to, "Photos/a.bin"))).equals(whole)).toBe(true);
  await expect(torrent.select([7])).rejects.toThrow("there is no file 7");
});

test("streams of known length are shared, others are refused", async () => {
  const seeder = await start();
  async function* stream() {
    yield BYTES.subarray(0, 10);
    yield BYTES.subarray(10, 30);
  }
  const torrent = await seeder.share([{ path: "s.bin", bytes: 30, stream: stream() }]);
  expect(torrent.state.bytesTotal).toBe(30);
  await expect(seeder.share({ path: "s.bin", bytes: 31, stream: stream() })).rejects.toThrow(
    "has only 30 bytes, not 31",
  );
  await expect(seeder.share({ path: "s.bin", bytes: 29, stream: stream() })).rejects.toThrow(
    "has more bytes, not 29",
  );
});

test("a paused torrent waits, and goes on", async () => {
  const [seeder, leecher] = [await start(), await start()];
  const shared = await seeder.share({ path: "a.bin", blob: new Blob([BYTES]) });
  const torrent = await leecher.add(shared.torrentFile ?? "", { isPaused: true });
  expect(torrent.state.phase).toBe("paused");
  torrent.resume();
  await torrent.whenComplete();
});

test("a torrent is opened once, however often it is added", async () => {
  const tabswarm = await start();
  const hash = "a".repeat(40);
  const [one, other] = await Promise.all([tabswarm.add(hash), tabswarm.add(`magnet:?xt=urn:btih:${hash}`)]);
  expect(one).toBe(other);
  expect(tabswarm.torrents).toEqual([one]);
});

test("what cannot be says what to do", async () => {
  const tabswarm = await start();
  await expect(tabswarm.add("hello")).rejects.toThrow("Paste a magnet link");
  await expect(tabswarm.share([])).rejects.toThrow("Choose at least one file");
  await expect(tabswarm.share("/no/such/file")).rejects.toThrow("/no/such/file");
  expect(() => tabswarm.limit({ up: -1 })).toThrow('The limit "up" is -1');
  expect(() => tabswarm.limit({ peers: 1 })).toThrow('The limit "peers" is 1');
  await expect(startTabswarm({ trackers: ["ftp://x"] })).rejects.toThrow("ftp://x is no tracker");
  await tabswarm.close();
  await expect(tabswarm.add("a".repeat(40))).rejects.toThrow("was closed");
});

describe("memory", () => {
  for (const { name, run } of storageContract(memory())) test(name, run);
});

test("the contract finds a storage that forgets", async () => {
  const checks = lastingStorageContract(memory());
  await expect(checks.at(-1)?.run()).rejects.toThrow("pieces() named none instead of 1");
});

test("pieces that were stored are hashed before they are used", async () => {
  const seeder = await start();
  const shared = await seeder.share({ path: "a.bin", blob: new Blob([BYTES]) });
  const torrentFile = shared.torrentFile ?? "";
  const kept = new Map([
    [0, BYTES.slice(0, 65_536)],
    [1, new Uint8Array(65_536)],
    [2, new Uint8Array(3)],
    [99, new Uint8Array(65_536)],
  ]);
  const leecher = await start({ trackers: [] });
  const torrent = await leecher.add(torrentFile, {
    isPaused: true,
    storage: () => ({
      pieces: async () => kept.keys(),
      read: async (piece) => kept.get(piece),
      write: async (piece, bytes) => void kept.set(piece, bytes),
      close: async () => {},
    }),
  });
  await eventually(() => expect(torrent.state.piecesHeld).toBe(1));
});
