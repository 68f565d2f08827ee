import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
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
  type TorrentFile,
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

test("whoever adds a .torrent file may use its bytes for something else", async () => {
  const [seeder, leecher] = [await start(), await start()];
  const { torrentFile } = await seeder.share({ path: "a.bin", blob: new Blob([BYTES]) });
  const torrent = await leecher.add(torrentFile ?? "");
  torrentFile?.fill(0);
  await torrent.whenComplete();
  expect(torrent.state.failedPieces).toBe(0);
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

/** A file must have `BYTES`. */
async function expectBytes(file: Pick<TorrentFile, "blob"> | undefined): Promise<void> {
  const bytes = await (await file?.blob())?.arrayBuffer();
  expect(Buffer.from(bytes ?? new ArrayBuffer()).equals(BYTES)).toBe(true);
}

/** The key in a share link. */
const keyIn = (link = ""): string => new URLSearchParams(link.replace(/^.*#/, "")).get("k") ?? "no key";

test("an encrypted share is read by its link alone, also while it arrives, and goes on with its key", async () => {
  const [seeder, leecher] = [await start(), await start({ limits: { down: 400_000 } })];
  const sources = ["a.bin", "b.bin"].map((name) => ({ path: `Trip/${name}`, blob: new Blob([BYTES]) }));
  const shared = await seeder.share(sources, { encrypt: true });
  const { magnetLink, shareLink = "" } = shared;
  expect([keyIn(shareLink).length, shareLink.includes("Trip")]).toEqual([43, false]);
  expect(magnetLink).not.toMatch(/Trip|k=/);
  expect(shared.state).toMatchObject({ name: "Trip", phase: "seeding" });
  await expectBytes(shared.files[0]);

  const torrent = await (await leecher.add(shareLink)).whenKnown();
  expect(torrent.files.map(({ path, bytes }) => [path, bytes])).toEqual([
    ["a.bin", BYTES.length],
    ["b.bin", BYTES.length],
  ]);
  const chunks: Uint8Array[] = [];
  for await (const chunk of torrent.files[1]?.stream({ start: 700_001, end: 900_000 }) ?? [])
    chunks.push(chunk);
  expect(torrent.state.phase).toBe("downloading"); // Not everything has come.
  expect(Buffer.concat(chunks).equals(BYTES.subarray(700_001, 900_000))).toBe(true);
  expect([torrent.shareLink, torrent.magnetLink]).toEqual([shareLink, magnetLink]);
  leecher.limit({});
  await torrent.whenComplete();
  await expectBytes(torrent.files[0]);

  await shared.remove();
  const again = await seeder.share(sources, { encrypt: { again: shareLink } });
  expect([again.infoHash, again.shareLink]).toEqual([shared.infoHash, shareLink]);
  await again.remove();
  const other = seeder.share(sources.slice(1), { encrypt: { again: shareLink } });
  await expect(other).rejects.toThrow("These files are not what that link shares");
  const fresh = await seeder.share(sources, { encrypt: true });
  expect(fresh.infoHash).not.toBe(shared.infoHash);
});

test("files of an encrypted share come decrypted into a folder, and are chosen by their names, also later", async () => {
  const [from, to] = [await emptyFolder(), await emptyFolder()];
  await mkdir(join(from, "Trip"));
  for (const name of ["a.bin", "b.bin"]) await writeFile(join(from, "Trip", name), BYTES);
  const [seeder, leecher] = [await start(), await start({ storage: folder(to) })];
  const progress: number[] = [];
  const onProgress = (...[done, total]: [number, number]): void => void progress.push(done / total);
  const shared = await seeder.share(join(from, "Trip"), { encrypt: true, onProgress });
  expect(progress.at(-1)).toBe(1);
  const torrent = await leecher.add(shared.shareLink ?? "", {
    select: (files) => files.filter(({ path }) => path.endsWith("b.bin")).map(({ index }) => index),
  });
  await (await torrent.whenKnown()).whenComplete();
  expect((await readFile(join(to, "Trip/b.bin"))).equals(BYTES)).toBe(true);
  await expect(readFile(join(to, "Trip/a.bin"))).rejects.toThrow("ENOENT");
  await torrent.select([0, 1]);
  await torrent.whenComplete();
  expect((await readFile(join(to, "Trip/a.bin"))).equals(BYTES)).toBe(true);
  await expectBytes(torrent.files[0]);
});

test("without its key, or with another one, an encrypted share is not downloaded, but it can be carried", async () => {
  const seeder = await start();
  const shared = await seeder.share({ path: "secret.bin", blob: new Blob([BYTES]) }, { encrypt: true });
  const { magnetLink, shareLink = "" } = shared;
  const to = await emptyFolder();
  const [stranger, carrier, reader] = [
    await start({ storage: folder(to) }),
    await start({ storage: folder(to) }),
    await start(),
  ];
  const torrent = await stranger.add(magnetLink);
  await expect(torrent.whenComplete()).rejects.toThrow(
    "This share needs its key, which is the part &k=… of its share link. Ask for the whole link. To carry the share for others without reading it, add it with { withoutKey: true }.",
  );
  await torrent.remove();
  const wrong = shareLink.replace(/k=.*/, `k=${"A".repeat(43)}`);
  const closed = await stranger.add(wrong);
  await expect(closed.whenKnown()).rejects.toThrow("The key in this link is not that of the share.");
  expect(await readdir(to)).toEqual([]);

  const carried = await (await carrier.add(shareLink, { withoutKey: true })).whenComplete();
  expect(carried.state).toMatchObject({ name: "encrypted-share-1" });
  expect(carried.files.map(({ path }) => path)).toEqual(["encrypted-share-1"]);
  expect([carried.shareLink, carried.magnetLink].join()).not.toContain(keyIn(shareLink));
  expect(
    (await readFile(join(to, "encrypted-share-1"))).includes(Buffer.from(BYTES.subarray(0, 1_000))),
  ).toBe(false);
  await shared.remove();
  const read = await (await reader.add(shareLink)).whenComplete();
  await expectBytes(read.files[0]);
});

test("what does not go with encryption is refused", async () => {
  const tabswarm = await start();
  const source = { path: "a.bin", blob: new Blob([BYTES]) };
  const share = (options: Parameters<typeof tabswarm.share>[1]) => tabswarm.share(source, options);
  await expect(share({ encrypt: true, isPrivate: true })).rejects.toThrow("cannot be private");
  await expect(share({ encrypt: true, webSeeds: ["https://example.org/"] })).rejects.toThrow("no web seeds");
  await expect(share({ encrypt: true, pieceLength: 16_384 })).rejects.toThrow("at least 65536 bytes");
  await expect(share({ encrypt: { again: "a".repeat(40) } })).rejects.toThrow("with its key (&k=…)");
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
