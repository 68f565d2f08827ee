import { eventually } from "#shared/base/eventually.test-support.ts";
import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, expect, test, vi } from "vitest";
import type { PieceIndex } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { LastingDatabase } from "./lasting-database.ts";
import { PieceStore } from "./piece-store.ts";

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
});

test("a database that somebody deletes is opened again, empty", async () => {
  const { databases, lost, reopened } = events();
  const first = await databases.current();
  await first.put("lives", "a life", "a tab");
  await deleteDatabase();
  await eventually(() => expect(reopened).toHaveBeenCalledOnce());
  const second = await databases.current(first);
  expect(second).not.toBe(first);
  expect(await second.getAll("lives")).toEqual([]);
  expect(lost).not.toHaveBeenCalled();
  second.close();
});

test("one that is closed without a word is opened again by whoever fails with it, once", async () => {
  const { databases, reopened } = events();
  const first = await databases.current();
  first.close();
  const [one, other] = await Promise.all([databases.current(first), databases.current(first)]);
  expect(one).toBe(other);
  expect(reopened.mock.calls).toEqual([[one]]);
  expect(await databases.current(one)).toBe(one); // Its work failed for another reason.
  one.close();
});

test("while the browser refuses, it is asked six times within five seconds, and the page goes on", async () => {
  const { databases, reopened } = events();
  const first = await databases.current();
  first.close();
  const open = vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("still deleting", "InvalidStateError");
  });
  const wait = vi.spyOn(globalThis, "setTimeout").mockImplementation((work: () => void) => {
    queueMicrotask(work);
    return 0 as never;
  });
  await expect(databases.current(first)).rejects.toThrow(StorageError);
  const waits = wait.mock.calls.map(([, millis]) => millis);
  wait.mockRestore();
  expect(waits).toEqual([0, 100, 300, 1_000, 3_000]);
  expect(open).toHaveBeenCalledTimes(6);
  expect(reopened).not.toHaveBeenCalled();
  open.mockRestore();
});

test("a newer page, or one that is taken away again and again, is the end", async () => {
  const { databases, lost, reopened } = events();
  for (let count = 0; count < 20; count++) {
    const database = await databases.current();
    database.close();
    await databases.current(database);
  }
  expect(lost).not.toHaveBeenCalled();
  await databases.current();
  await deleteDatabase();
  expect(lost).toHaveBeenCalledOnce();
  expect(reopened).toHaveBeenCalledTimes(20);

  const other = events();
  await other.databases.current();
  const upgrade = indexedDB.open("tabswarm", 99);
  await new Promise((resolve) => {
    upgrade.onsuccess = resolve;
  });
  expect(other.lost.mock.calls).toEqual([[expect.stringContaining("newer version")]]);
  upgrade.result.close();
});

test("pieces are written to the database that takes the place of a deleted one, and old ones are lost", async () => {
  const { databases } = events();
  const store = new PieceStore(databases, "a");
  await store.write(0 as PieceIndex, new Uint8Array([1]));
  (await databases.current()).close();
  await deleteDatabase();
  await store.write(1 as PieceIndex, new Uint8Array([2]));
  expect(await store.read(0 as PieceIndex)).toBeUndefined();
  expect(await store.read(1 as PieceIndex)).toEqual(new Uint8Array([2]));
  (await databases.current()).close();
});

function events() {
  const lost = vi.fn();
  const reopened = vi.fn();
  return { databases: new LastingDatabase({ lost, reopened }), lost, reopened };
}

function deleteDatabase(): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const deletion = indexedDB.deleteDatabase("tabswarm");
    deletion.onsuccess = resolve;
    deletion.onerror = reject;
  });
}
