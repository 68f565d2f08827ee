import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Bitfield } from "#shared/base/bitfield.ts";
import type { InfoHash, PieceIndex, ShareKey } from "#shared/base/ids.ts";
import { freshPeerId } from "#shared/base/peer-id.ts";
import { seededRandom } from "#shared/base/random.ts";
import { startEngine } from "#shared/driver/engine.ts";
import type { PieceStorage } from "#shared/driver/ports.ts";
import { RECORD_BYTES } from "#shared/encrypted/records.ts";
import { type MadeShare, madeShare, SHARE_KEY, torrentOf } from "#shared/encrypted/share.test-support.ts";
import type { Deadline } from "#shared/policy/picker/deadlines.ts";
import { DEFAULT_CONFIG } from "#shared/session/config.ts";
import { Scheduler } from "#shared/sim/scheduler.ts";
import { type Database, openDatabase } from "../database.ts";
import { lasting } from "../lasting.test-support.ts";
import type { StartGate } from "../start-gate.ts";
import { SealedTorrents } from "./sealed-torrents.ts";
import { TorrentTargets } from "./torrent-targets.ts";

const PIECE = 2 * RECORD_BYTES;
const FILES = [
  { path: "Tết/phim.mp4", bytes: 500_000 },
  { path: "Tết/chữ.txt", bytes: 5 },
];
const OTHER_KEY = `${"k".repeat(42)}A` as ShareKey;
const FREE: StartGate = { connection: undefined, asksFirst: false };
let database: Database;

/** Notes which pieces are read, which waits for `gate`. */
class WatchedTargets extends TorrentTargets {
  readonly reads: PieceIndex[] = [];
  readonly readsDone: PieceIndex[] = [];
  gate: Promise<void> | undefined;

  override storage(infoHash: InfoHash): PieceStorage | undefined {
    const storage = super.storage(infoHash);
    return (
      storage && {
        read: async (piece, take) => {
          this.reads.push(piece);
          await this.gate;
          return storage.read(piece, take).finally(() => this.readsDone.push(piece));
        },
        write: (piece, bytes) => storage.write(piece, bytes),
      }
    );
  }
}

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
});

afterEach(() => {
  database.close();
  vi.unstubAllGlobals();
});

/** The engine of a page load, with one share in its storage. */
function pageLoad(
  { info, infoBytes, infoHash: hash }: Pick<MadeShare, "info" | "infoBytes" | "infoHash">,
  startGate = FREE,
) {
  const infoHash = hash as InfoHash;
  const revealed: unknown[] = [];
  const deadlines: (readonly Deadline[])[] = [];
  const fed: string[] = [];
  const reportBug = (error: unknown): never => {
    throw error;
  };
  const targets = new WatchedTargets(lasting(database), () => {});
  const engine = startEngine(freshPeerId(seededRandom(1)), DEFAULT_CONFIG, {
    ...{ clock: new Scheduler().clock, random: seededRandom(2), parts: {}, rtc: undefined, dial: undefined },
    sha1: async () => new Uint8Array(20),
    openTracker: () => ({ announce() {}, answer() {}, close() {} }),
    reportBug,
    target: (of) => targets.target(of),
    keepMetadata: () => {},
  });
  const sealed = new SealedTorrents({
    targets,
    feed: (input) => {
      fed.push(input.type);
      if (input.type === "deadlinesSet") deadlines.push(input.deadlines);
      engine.feed(input);
    },
    pieces: (of) => engine.pieces(of),
    startGate: () => startGate,
    revealed: (_, ...news) => revealed.push(news),
    problemOf: (error) => (error instanceof Error ? error.message : reportBug(error)),
  });
  const keyIs = (shareKey: ShareKey | undefined): void => {
    targets.learn(infoHash, { bytes: { type: "stored", storageId: "s", shareKey } });
    sealed.bytesAre(infoHash);
  };
  const add = (
    shareKey: ShareKey | undefined,
    held = new Bitfield(info.layout.pieceCount),
    selectedFiles?: number[],
  ): void => {
    keyIs(shareKey);
    targets.learn(infoHash, { metadata: { info, infoBytes }, selectedFiles });
    const source = { infoHash, metadata: { info, infoBytes }, held, selectedFiles, displayName: undefined };
    sealed.feed({ type: "torrentAdded", source: { ...source, trackers: [], paused: false } });
  };
  const remove = (): void => {
    targets.forget(infoHash);
    sealed.feed({ type: "torrentRemoved", infoHash });
  };
  /** Pieces were in the storage, or another tab has put them there. */
  const check = (pieces: Iterable<number> = info.layout.pieces()): void => {
    for (const piece of pieces)
      sealed.feed({ type: "storedPieceChecked", infoHash, piece: piece as PieceIndex, good: true });
  };
  /** A piece comes from a peer, and its hash is right. */
  const arrive = async (sealedBytes: Uint8Array, at: number): Promise<void> => {
    const piece = at as PieceIndex;
    const bytes = new Uint8Array(sealedBytes.slice(at * PIECE, (at + 1) * PIECE));
    await targets
      .target(infoHash)
      ?.storage.write(piece, bytes)
      .then(
        () => engine.feed({ type: "storedPieceChecked", infoHash, piece, good: true }),
        (error) => engine.feed({ type: "torrentFailed", infoHash, piece, problem: error.message }),
      );
  };
  const arriveAll = async (bytes: Uint8Array, ...pieces: number[]): Promise<void> => {
    for (const piece of pieces.length > 0 ? pieces : info.layout.pieces()) await arrive(bytes, piece);
  };
  const view = () => {
    const [shown] = engine.view();
    if (shown === undefined) throw new Error("the torrent is gone");
    return shown;
  };
  return {
    engine,
    targets,
    fed,
    sealed,
    infoHash,
    revealed,
    deadlines,
    keyIs,
    add,
    remove,
    check,
    arriveAll,
    view,
  };
}

const stored = () => database.count("pieces");
const NAMES = ["chữ.txt", "phim.mp4"];

test("a share is one without files until its manifest is here, and then has those in it, after a reload as well", async () => {
  const made = await madeShare(FILES, PIECE);
  const first = pageLoad(made);
  first.add(SHARE_KEY);
  expect(first.view()).toMatchObject({ phase: "downloading", files: [], bytesTotal: PIECE });
  await first.arriveAll(made.sealed, 0);
  expect(first.view()).toMatchObject({ name: "Tết", phase: "downloading", piecesHeld: 1 });
  expect(first.view().files.map(({ path }) => path)).toEqual(NAMES);
  expect(first.view().files.map(({ bytes }) => bytes)).toEqual([5, 500_000]);
  expect(first.revealed).toEqual([["Tết", undefined]]);
  // Everything waits for the manifest, and then for nothing.
  expect(first.deadlines[0]).toMatchObject([{ first: 0, last: 0, at: 0 }]);
  expect(first.deadlines.at(-1)).toEqual([]);
  await first.arriveAll(made.sealed);
  expect(first.view()).toMatchObject({ phase: "seeding", problem: undefined });
  expect(await stored()).toBe(made.info.layout.pieceCount);

  const second = pageLoad(made, { ...FREE, asksFirst: true }); // Only what is new is asked about.
  second.add(SHARE_KEY, Bitfield.full(made.info.layout.pieceCount), [1]);
  expect(second.view()).toMatchObject({ phase: "checking" }); // Not complete, for all that is known.
  await expect.poll(() => second.view()).toMatchObject({ name: "Tết", phase: "seeding" });
  expect(second.view().files.map(({ selected }) => selected)).toEqual([false, true]);
});

test("a manifest of several pieces is fetched before anything else, also when they come together", async () => {
  const many = Array.from({ length: 5_000 }, (_, at) => ({ path: `Many/${"x".repeat(40)}${at}`, bytes: 1 }));
  const made = await madeShare(many, PIECE);
  const { add, arriveAll, view } = pageLoad(made);
  add(SHARE_KEY);
  await arriveAll(made.sealed, 0);
  expect(view().files).toEqual([]);
  const manifest = (made.share.plainInfo(new Uint8Array()).files[0]?.offset ?? 0) / (RECORD_BYTES - 16);
  const pieces = Math.ceil(manifest / 2);
  expect(pieces).toBeGreaterThan(2);
  expect(view().bytesTotal).toBe(pieces * PIECE);
  await Promise.all(Array.from({ length: pieces - 1 }, (_, at) => arriveAll(made.sealed, at + 1)));
  expect(view().files).toHaveLength(5_000);
});

test("the person is asked once it is known how much is in it, and fetches what they then choose", async () => {
  const made = await madeShare(FILES, PIECE);
  const { add, arriveAll, view, revealed, sealed, infoHash } = pageLoad(made, { ...FREE, asksFirst: true });
  add(SHARE_KEY);
  sealed.feed({ type: "filesChosen", infoHash, selectedFiles: [1], firstFiles: [1] });
  expect(view().files).toEqual([]);
  await arriveAll(made.sealed, 0);
  expect(view()).toMatchObject({
    phase: "paused",
    files: [{ selected: false }, { selected: true, isFirst: true }],
  });
  expect(revealed).toEqual([["Tết", "asked"]]);
});

const KEPT_NOTHING = /cannot be decrypted: it was damaged, or belongs elsewhere. Nothing of it is saved/;

test.each<[string, (made: MadeShare) => Uint8Array, RegExp]>([
  ["a damaged record", ({ sealed }) => sealed.with(3 * RECORD_BYTES + 9, 1), KEPT_NOTHING],
  ["records that changed places", swapped, KEPT_NOTHING],
  ["a damaged manifest", ({ sealed }) => sealed.with(99, sealed[99] === 1 ? 2 : 1), KEPT_NOTHING],
  ["a share that is cut off", ({ sealed }) => sealed.slice(0, 2 * PIECE), /is cut off: its list names more/],
])(
  "%s ends the download with a sentence, once more after Resume, and is not stored",
  async (_, wrong, sentence) => {
    const made = await madeShare(FILES, PIECE);
    const bytes = wrong(made);
    const torrent = torrentOf(bytes, PIECE);
    const { add, arriveAll, view, sealed, infoHash } = pageLoad(torrent);
    add(SHARE_KEY);
    const isManifest = bytes.length < made.sealed.length || bytes[99] !== made.sealed[99];
    await arriveAll(bytes, ...(isManifest ? [0] : [0, 1]));
    expect(view()).toMatchObject({ phase: "error", problem: expect.stringMatching(sentence) });
    expect(await stored()).toBe(isManifest ? 0 : 1);
    sealed.feed({ type: "torrentResumed", infoHash });
    await arriveAll(bytes, isManifest ? 0 : 1);
    expect(view()).toMatchObject({ phase: "error", problem: expect.stringMatching(sentence) });
  },
);

function swapped({ sealed }: MadeShare): Uint8Array {
  const all = sealed.slice();
  all.set(sealed.subarray(2 * RECORD_BYTES, 3 * RECORD_BYTES), 3 * RECORD_BYTES);
  all.set(sealed.subarray(3 * RECORD_BYTES, 4 * RECORD_BYTES), 2 * RECORD_BYTES);
  return all;
}

test("a wrong key ends the download with a sentence, and the right one lets it go on with what is here", async () => {
  const made = await madeShare(FILES, PIECE);
  const load = pageLoad(made);
  load.add(OTHER_KEY);
  await load.arriveAll(made.sealed, 0);
  expect(load.view()).toMatchObject({
    phase: "error",
    problem: expect.stringMatching(/^The key in this link is not that/),
  });
  expect(await stored()).toBe(0);
  load.keyIs(SHARE_KEY);
  load.sealed.feed({ type: "torrentResumed", infoHash: load.infoHash });
  await expect.poll(() => load.view().phase).toBe("downloading");
  await load.arriveAll(made.sealed);
  expect(load.view()).toMatchObject({ phase: "seeding", name: "Tết" });

  const reload = pageLoad(made);
  reload.add(OTHER_KEY, Bitfield.full(made.info.layout.pieceCount));
  await expect.poll(() => reload.view().problem).toMatch(/^The key in this link is not that/);
});

test("without its key a share is not fetched and says what it needs, until the whole link comes", async () => {
  const made = await madeShare(FILES, PIECE);
  const { add, keyIs, arriveAll, view, sealed, infoHash, fed } = pageLoad(made);
  add(undefined);
  const needsKey = { phase: "error", problem: expect.stringMatching(/^This share needs its key/) };
  expect(view()).toMatchObject(needsKey);
  sealed.feed({ type: "torrentResumed", infoHash });
  expect(view()).toMatchObject(needsKey);
  expect(fed).not.toContain("torrentResumed"); // Else it would announce.
  keyIs(SHARE_KEY);
  sealed.feed({ type: "torrentResumed", infoHash });
  await expect.poll(() => view().phase).toBe("downloading");
  await arriveAll(made.sealed);
  expect(view()).toMatchObject({ phase: "seeding", name: "Tết" });
});

test("a key for a torrent that everybody can read is an error", async () => {
  const made = await madeShare(FILES, PIECE);
  const { add, view } = pageLoad({ ...made, info: { ...made.info, name: "film" } });
  add(SHARE_KEY);
  expect(view()).toMatchObject({
    phase: "error",
    problem: expect.stringMatching(/no encrypted share that this page/),
  });
});

test("pieces that another tab has stored reveal the files, too", async () => {
  const made = await madeShare(FILES, PIECE);
  const other = pageLoad(made);
  other.add(SHARE_KEY);
  await other.arriveAll(made.sealed);
  const joined = pageLoad(made);
  joined.add(SHARE_KEY);
  joined.check([0, 1]);
  await expect.poll(() => joined.view().files.map(({ path }) => path)).toEqual(NAMES);
  expect(joined.view()).toMatchObject({ phase: "downloading", piecesHeld: 2 });
});

test("however many pieces are found in the storage, the manifest is looked for once, and once more for what came meanwhile", async () => {
  const made = await madeShare([{ path: "phim.mp4", bytes: 1_500_000 }], PIECE);
  const other = pageLoad(made);
  other.add(SHARE_KEY);
  await other.arriveAll(made.sealed);
  const joined = pageLoad(made);
  joined.add(SHARE_KEY);
  joined.check();
  await expect.poll(() => joined.view().files).toHaveLength(1);
  expect(joined.targets.reads).toEqual([0]);

  const { infoHash, sealed, ...checked } = pageLoad(made);
  checked.add(SHARE_KEY);
  sealed.feed({ type: "checkBegan", infoHash, held: new Bitfield(made.info.layout.pieceCount) });
  sealed.feed({ type: "torrentResumed", infoHash });
  checked.check();
  await checked.arriveAll(made.sealed, 1); // A look would come before it.
  expect(checked.targets.reads).toEqual([]);
  sealed.feed({ type: "checkEnded", infoHash });
  await expect.poll(() => checked.view()).toMatchObject({ phase: "seeding", name: "phim.mp4" });
  expect(checked.targets.reads).toEqual([0]);

  await database.clear("pieces");
  const lost = pageLoad(made);
  lost.add(SHARE_KEY);
  await lost.arriveAll(made.sealed, 1); // Its code is loaded.
  const before = lost.fed.length;
  let open = (): void => {};
  lost.targets.gate = new Promise((resolve) => {
    open = resolve;
  });
  lost.check();
  await expect.poll(() => lost.targets.reads).toEqual([0]);
  lost.check();
  open();
  await expect.poll(() => lost.targets.reads).toEqual([0, 0]);
  lost.sealed.feed({ type: "checkEnded", infoHash: lost.infoHash });
  await expect.poll(() => lost.fed.at(-1)).toBe("checkEnded");
  expect(lost.fed.slice(before).filter((type) => type === "filesRevealed")).toHaveLength(3);
});

test("late news of a share that was removed and added again neither hides its files nor ends its check", async () => {
  const made = await madeShare(FILES, PIECE);
  const all = Bitfield.full(made.info.layout.pieceCount);
  const other = pageLoad(made);
  other.add(SHARE_KEY);
  await other.arriveAll(made.sealed);
  const { targets, fed, add, remove, view } = pageLoad(made);
  let open = (): void => {};
  targets.gate = new Promise((resolve) => {
    open = resolve;
  });
  add(SHARE_KEY, all);
  await expect.poll(() => targets.reads).toEqual([0]);
  remove();
  targets.gate = undefined;
  add(SHARE_KEY, all);
  await expect.poll(() => view()).toMatchObject({ name: "Tết", phase: "seeding" });
  const before = fed.length;
  await database.clear("pieces"); // Else the old one would find the manifest.
  open();
  await expect.poll(() => targets.readsDone).toEqual([0, 0]);
  await new Promise((resolve) => setImmediate(resolve)); // What follows from the read.
  expect(fed.slice(before)).toEqual([]);
  expect(view().files.map(({ path }) => path)).toEqual(NAMES);
});
