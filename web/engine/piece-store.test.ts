import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { sweep } from "./adoption.ts";
import { type Database, keepRecord, openDatabase, type TabId, tabRecords } from "./database.ts";
import { lasting } from "./lasting.test-support.ts";
import { PieceStore } from "./piece-store.ts";
import { PrivateFiles } from "./private-files.test-support.ts";

const TAB = "tab" as TabId;
let database: Database;
let files: PrivateFiles;

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  database.close();
  vi.unstubAllGlobals();
});

describe.each(["IndexedDB", "files"])("with the bytes in %s", (place) => {
  beforeEach(() => {
    files = new PrivateFiles();
    vi.stubGlobal("navigator", place === "files" ? { storage: files.storage } : {});
  });

  test("a written piece can be read, is held, and is there when the storage is opened again", async () => {
    const store = new PieceStore(lasting(database), "a");
    await Promise.all([0, 2, 9].map((at) => store.write(piece(at), bytes(at, 40))));

    const later = new PieceStore(lasting(database), "a");
    expect(await later.read(piece(2))).toEqual(bytes(2, 40));
    const held = await later.heldPieces(10);
    expect(Array.from({ length: 10 }, (_, at) => at).filter((at) => held.has(at))).toEqual([0, 2, 9]);
  });

  test("whoever wants to hears of pieces once they are safe, and of no others", async () => {
    const written = vi.fn();
    const store = new PieceStore(lasting(database), "a", written);
    await store.write(piece(3), bytes(0, 4));
    expect(written.mock.calls).toEqual([[[3]]]);
    failPuts("DataError");
    await expect(store.write(piece(4), bytes(0, 4))).rejects.toThrow(StorageError);
    expect(written).toHaveBeenCalledOnce();
  });

  test("storages do not see each other, and clearing one leaves the others", async () => {
    const [one, other] = [new PieceStore(lasting(database), "a"), new PieceStore(lasting(database), "a2")];
    await one.write(piece(0), bytes(1, 4));
    await other.write(piece(0), bytes(2, 4));
    await one.clear();
    expect((await one.heldPieces(1)).count).toBe(0);
    expect(await other.read(piece(0))).toEqual(bytes(2, 4));
  });

  test("up to eight writes and 32 MiB share a transaction", async () => {
    const transactions = vi.spyOn(IDBDatabase.prototype, "transaction");
    const store = new PieceStore(lasting(database), "a");
    await Promise.all(Array.from({ length: 17 }, (_, at) => store.write(piece(at), bytes(at, 10))));
    // The first starts at once, before the others arrive.
    expect(transactions).toHaveBeenCalledTimes(3);
    expect(transactions.mock.calls.map(([, mode, options]) => [mode, options])).toEqual(
      Array(3).fill(["readwrite", { durability: "relaxed" }]),
    );

    transactions.mockClear();
    await Promise.all([0, 1, 2, 3].map((at) => store.write(piece(at), new Uint8Array(12 * 1024 * 1024))));
    expect(transactions).toHaveBeenCalledTimes(3);
  });

  test("a piece counts as written only after its transaction has completed", async () => {
    const store = new PieceStore(lasting(database), "a");
    let isComplete = false;
    const transaction = IDBDatabase.prototype.transaction;
    vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (this: IDBDatabase, ...given) {
      const made = transaction.apply(this, given);
      made.addEventListener("complete", () => {
        isComplete = true;
      });
      return made;
    });
    await store.write(piece(0), bytes(0, 4));
    expect(isComplete).toBe(true);
  });

  test("a missing or unreadable piece is lost and no longer held", async () => {
    const store = new PieceStore(lasting(database), "a");
    await expect(store.read(piece(0))).resolves.toBeUndefined();

    await new PieceStore(lasting(database), "a").write(piece(1), bytes(1, 4));
    vi.spyOn(Blob.prototype, "arrayBuffer").mockRejectedValue(new DOMException("gone", "NotReadableError"));
    await expect(store.read(piece(1))).resolves.toBeUndefined();
    expect((await store.heldPieces(2)).count).toBe(0);

    await database.put("pieces", "no Blob", ["a", 1]);
    await expect(store.read(piece(1))).resolves.toBeUndefined();
  });

  test("blobs come by reference and in order, and a missing one is a StorageError", async () => {
    const store = new PieceStore(lasting(database), "a");
    for (const at of [0, 1, 2, 3, 5]) await store.write(piece(at), bytes(at, 4));
    const joined = new Blob(await store.blobs(1, 3));
    expect(new Uint8Array(await joined.arrayBuffer())).toEqual(
      Uint8Array.of(1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3),
    );
    await expect(store.blobs(2, 3)).rejects.toThrow(StorageError);
  });

  test("more pieces than one read returns come in order", async () => {
    const count = 1_100;
    const transaction = database.transaction("pieces", "readwrite");
    for (let at = 0; at < count; at++) await transaction.store.put(new Blob([Uint16Array.of(at)]), ["a", at]);
    const joined = await new Blob(await new PieceStore(lasting(database), "a").blobs(0, count)).arrayBuffer();
    expect(new Uint16Array(joined)).toEqual(Uint16Array.from({ length: count }, (_, at) => at));
  });

  test("full storage gives a sentence with the remedy, and later writes are tried again", async () => {
    const store = new PieceStore(lasting(database), "a");
    const put = failPuts("QuotaExceededError");
    await expect(store.write(piece(0), bytes(0, 4))).rejects.toThrow(/storage is full.*Free space/);
    await expect(store.write(piece(0), bytes(0, 4))).rejects.toMatchObject({ kind: "storageFull" });
    put.mockRestore();
    await store.write(piece(0), bytes(0, 4));
    expect((await store.heldPieces(1)).count).toBe(1);
  });

  test.each([
    ["has room for it", 5, true],
    ["has just none", 4, false],
    ["does not say", undefined, false],
  ])(
    "a storage that is full while it %s gets the piece once more, or not",
    async (_, quota, isTriedAgain) => {
      const storage = { ...navigator.storage, estimate: async () => ({ usage: 0, quota }) };
      vi.stubGlobal("navigator", { storage });
      const wait = vi.spyOn(globalThis, "setTimeout");
      const store = new PieceStore(lasting(database), "a");
      failPuts("QuotaExceededError", 1);
      const writing = store.write(piece(0), bytes(0, 4));
      if (isTriedAgain) await writing;
      else await expect(writing).rejects.toMatchObject({ kind: "storageFull" });
      expect(wait.mock.calls.some(([, millis]) => millis === 100)).toBe(isTriedAgain);
    },
  );

  test("pieces of removed torrents make room before a write fails", async () => {
    const removed = new PieceStore(lasting(database), "removed");
    await removed.write(piece(0), bytes(0, 4));
    await removed.close();
    await keep("1", "removed", true);
    await keep("2", "wanted", false);

    failPuts("QuotaExceededError", 1);
    const store = new PieceStore(lasting(database), "wanted");
    await store.write(piece(0), bytes(7, 4));
    expect(await store.read(piece(0))).toEqual(bytes(7, 4));
    expect((await removed.heldPieces(1)).count).toBe(0);
    expect([...files.files.keys()].filter((name) => name.startsWith("removed"))).toEqual([]);
    expect((await tabRecords(database, TAB)).map(({ isRemoved }) => isRemoved)).toEqual([false]);
  });

  test("a piece is written again, three times, while the browser is about to close the database", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const store = new PieceStore(lasting(database), "a");
    for (const times of [3, 4]) {
      const put = failPuts("UnknownError", times);
      const writing = store.write(piece(times), bytes(times, 4)).catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(await writing).toEqual(times === 3 ? undefined : expect.any(StorageError));
      put.mockRestore();
    }
  });

  test("any other failure of the browser is a StorageError, too", async () => {
    const store = new PieceStore(lasting(database), "a");
    failPuts("DataError");
    await expect(store.write(piece(0), bytes(0, 4))).rejects.toThrow(StorageError);
    database.close();
    await expect(store.write(piece(0), bytes(0, 4))).rejects.toThrow(StorageError);
    await expect(store.read(piece(0))).rejects.toThrow(StorageError);
  });
});

describe("in files", () => {
  beforeEach(() => {
    files = new PrivateFiles();
    vi.stubGlobal("navigator", { storage: files.storage });
  });

  test("IndexedDB says where a piece is, and pieces that an older page stored there are still read", async () => {
    await database.put("pieces", new Blob([bytes(0, 4)]), ["a", 0]);
    const store = new PieceStore(lasting(database), "a");
    await store.write(piece(1), bytes(1, 4));
    await store.write(piece(2), bytes(2, 2));
    expect(files.bytes).toBe(6);
    expect(await database.get("pieces", ["a", 2])).toMatchObject({ at: 4, bytes: 2 });
    for (const reader of [store, new PieceStore(lasting(database), "a")])
      for (const at of [0, 1]) expect(await reader.read(piece(at))).toEqual(bytes(at, 4));
    const joined = new Blob(await store.blobs(0, 3));
    expect(new Uint8Array(await joined.arrayBuffer())).toEqual(Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1, 2, 2));
  });

  test("a page that starts while the last one still has its file writes to another", async () => {
    const last = new PieceStore(lasting(database), "a");
    await last.write(piece(0), bytes(1, 4));
    const next = new PieceStore(lasting(database), "a");
    await next.write(piece(1), bytes(2, 4));
    expect(files.files.size).toBe(2);
    for (const store of [last, next])
      for (const at of [0, 1]) expect(await store.read(piece(at))).toEqual(bytes(at + 1, 4));
  });

  test("what another tab adds to its file can be read by one that has looked at the file before", async () => {
    const writing = new PieceStore(lasting(database), "a");
    const reading = new PieceStore(lasting(database), "a");
    for (const at of [0, 1]) {
      await writing.write(piece(at), bytes(at, 4));
      expect(await reading.read(piece(at))).toEqual(bytes(at, 4));
    }
  });

  test("a piece counts only once it is recorded, and one that is not leaves no bytes behind", async () => {
    const store = new PieceStore(lasting(database), "a");
    await store.write(piece(0), bytes(1, 4));
    const put = failPuts("DataError");
    await expect(store.write(piece(1), bytes(2, 4))).rejects.toThrow(StorageError);
    put.mockRestore();
    await store.write(piece(2), bytes(3, 4));
    expect(files.bytes).toBe(8);
    expect(await new PieceStore(lasting(database), "a").read(piece(1))).toBeUndefined();
    expect(await new PieceStore(lasting(database), "a").read(piece(2))).toEqual(bytes(3, 4));
  });

  test("if a file has no more room, removed torrents make some, and without any a sentence names the remedy", async () => {
    const removed = new PieceStore(lasting(database), "removed");
    await removed.write(piece(0), bytes(0, 10));
    await removed.close();
    await keep("1", "removed", true);
    await keep("2", "wanted", false);
    files.room = 12;
    const store = new PieceStore(lasting(database), "wanted");
    await store.write(piece(0), bytes(7, 10));
    expect(await store.read(piece(0))).toEqual(bytes(7, 10));
    await expect(store.write(piece(1), bytes(7, 10))).rejects.toThrow(/storage is full.*Free space/);
    expect(files.bytes).toBe(10);
  });

  test("a piece whose file is gone or too short is lost and no longer held", async () => {
    const store = new PieceStore(lasting(database), "a");
    await store.write(piece(0), bytes(1, 4));
    await store.write(piece(1), bytes(2, 4));
    await database.put("pieces", { file: "a-gone", at: 0, bytes: 4 }, ["a", 2]);
    for (const file of files.files.values()) file.bytes = file.bytes.slice(0, 6);
    const later = new PieceStore(lasting(database), "a");
    await expect(later.blobs(0, 2)).rejects.toThrow(StorageError);
    for (const at of [1, 2]) expect(await later.read(piece(at))).toBeUndefined();
    expect(await later.read(piece(0))).toEqual(bytes(1, 4));
    expect((await later.heldPieces(3)).count).toBe(1);
  });

  test("deleting pieces deletes their files, and a sweep those that a crash has left", async () => {
    const [one, other, crashed] = ["a", "a-b", "crashed"].map((id) => new PieceStore(lasting(database), id));
    for (const store of [one, other, crashed]) await store?.write(piece(0), bytes(1, 4));
    await one?.clear();
    expect(files.files.size).toBe(2);
    expect(await other?.read(piece(0))).toEqual(bytes(1, 4));

    await keep("1", "a-b", false);
    await sweep(database, TAB);
    expect(files.files.size).toBe(2); // A worker still has that of `crashed`.
    await crashed?.close();
    await sweep(database, TAB);
    expect([...files.files.keys()].map((name) => name.slice(0, 4))).toEqual(["a-b-"]);
  });
});

function piece(index: number): PieceIndex {
  return index as PieceIndex;
}

function bytes(value: number, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(value);
}

/** Makes puts fail as the browser does: the next `times`, or all. */
function failPuts(name: string, times = Number.POSITIVE_INFINITY) {
  const { put } = IDBObjectStore.prototype;
  let left = times;
  return vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
    this: IDBObjectStore,
    ...given
  ) {
    if (left-- > 0) throw new DOMException("made by the test", name);
    return put.apply(this, given);
  });
}

function keep(digit: string, storageId: string, isRemoved: boolean): Promise<void> {
  return keepRecord(database, TAB, {
    infoHash: digit.repeat(40) as InfoHash,
    displayName: undefined,
    infoBytes: undefined,
    trackers: [],
    selectedFiles: undefined,
    isPaused: false,
    isSaved: false,
    isRemoved,
    addedAt: 0,
    bytes: { type: "stored", storageId },
  });
}
