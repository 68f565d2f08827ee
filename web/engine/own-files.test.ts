import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { EntryKey, PickedFile } from "./client.ts";
import { type Database, keepRecord, openDatabase } from "./database.ts";
import { fakeTorrent } from "./fake-scenes.ts";
import { FileHashing } from "./hash-picked.ts";
import { newRecord } from "./item.ts";
import { pageLoad, TAB } from "./page-load.test-support.ts";
import type { PageInput } from "./worker/messages.ts";

const BYTES = Uint8Array.from({ length: 200_000 }, (_, at) => at * 7);
let database: Database;

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
});
afterEach(() => {
  database.close();
  vi.unstubAllGlobals();
});

const picked = (film = BYTES): readonly PickedFile[] => [
  { path: "Trip/film.mp4", file: new File([new Uint8Array(film)], "film.mp4") },
  { path: "Trip/note.txt", file: new File(["hello"], "note.txt") },
];

/** A page that shared these files encrypted before it was reloaded. */
async function reloaded(isPaused = false) {
  const making = { pieceLength: undefined, encrypts: true };
  const hashed = await new FileHashing("own" as EntryKey, picked(), making).run();
  const { infoHash, infoBytes, files, sealed } = hashed;
  const own = { infoHash, displayName: "Trip", infoBytes, shareKey: sealed?.key };
  await keepRecord(database, TAB.id, { ...newRecord(own, { type: "files", files }), isPaused });
  const view = { ...fakeTorrent(2, { name: "Trip", bytesTotal: 200_005 }), infoHash };
  const { torrents, fed, entry } = await pageLoad(database, [view]);
  const types = (): readonly PageInput["type"][] => fed.map(({ type }) => type);
  return { torrents, fed, types, entry: () => torrents.entries()[0], key: entry.key, infoHash };
}

test("an encrypted share is named and locked after a reload, and goes on once all of its files are checked", async () => {
  const { torrents, fed, types, entry, key } = await reloaded();
  expect(entry()).toMatchObject({ state: "needs-file", lock: "open" });
  const revealed = fed.find((input) => input.type === "filesRevealed");
  expect(revealed?.info).toMatchObject({ name: "Trip", isFolder: true });
  expect(revealed?.info.files.slice(0, 2).map(({ path }) => path)).toEqual(["film.mp4", "note.txt"]);

  const shown = new Set<string | undefined>();
  const tell = fed.push.bind(fed);
  fed.push = (input) => {
    if (input.type === "storedPieceChecked") shown.add(entry()?.state);
    return tell(input);
  };
  await torrents.supplyFiles(key, picked());
  expect([...shown]).toEqual(["checking"]);
  const checks = fed.filter((input) => input.type === "storedPieceChecked");
  expect(checks.length).toBeGreaterThan(3);
  expect(checks.every(({ good }) => good)).toBe(true);
  expect(types().filter((type) => type === "torrentResumed")).toHaveLength(1);
  expect(types().slice(-2)).toEqual(["checkEnded", "torrentResumed"]);
  expect(entry()).not.toMatchObject({ state: "checking" });
});

test("a paused encrypted share is checked, and stays paused", async () => {
  const { torrents, types, key } = await reloaded(true);
  await torrents.supplyFiles(key, picked());
  expect(types()).toContain("checkEnded");
  expect(types()).not.toContain("torrentResumed");
});

test("an encrypted share whose files have changed is announced at no time, and says what to do", async () => {
  const { torrents, types, entry, key } = await reloaded();
  const changed = BYTES.slice();
  changed[150_000] = 1 + (BYTES[150_000] ?? 0);
  await expect(torrents.supplyFiles(key, picked(changed))).rejects.toThrow(
    /^Trip has changed since you shared it\. Share it again to get a new link/,
  );
  expect(types()).not.toContain("torrentResumed");
  expect(entry()).toMatchObject({ state: "needs-file" });
  await torrents.supplyFiles(key, picked());
  expect(types().at(-1)).toBe("torrentResumed");
});

test("a record whose list is not that of its share is in the list all the same, and its files count as changed", async () => {
  const { key: _, infoHash } = await reloaded();
  const [record] = await database.getAll("torrents");
  const files = [
    { path: "Trip/film.mp4", bytes: 5_000_000 },
    { path: "Trip/note.txt", bytes: 5 },
  ];
  await database.put("torrents", { ...(record as object), bytes: { type: "files", files } }, [
    TAB.id,
    infoHash,
  ]);
  const view = { ...fakeTorrent(2, { name: "Trip", bytesTotal: 200_005 }), infoHash };
  const { torrents, fed, entry } = await pageLoad(database, [view]);
  const large = new File([new Uint8Array(5_000_000)], "film.mp4");
  const [, note] = picked();
  await expect(
    torrents.supplyFiles(entry.key, [{ path: "Trip/film.mp4", file: large }, note as PickedFile]),
  ).rejects.toThrow(/has changed/);
  expect(fed.map(({ type }) => type)).not.toContain("torrentResumed");
});
