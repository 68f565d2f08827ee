import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { InfoHash } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { type Database, openDatabase } from "../database.ts";
import { dropPublication, keepPublication, readPublications } from "./publications.ts";

const HASH = "0".repeat(40) as InfoHash;
const OTHER = "1".repeat(40) as InfoHash;
let database: Database;

beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  database = await openDatabase(() => {});
});
afterEach(() => {
  database.close();
  vi.unstubAllGlobals();
});

test("what was published is found again, with its owner key, until it is dropped", async () => {
  await keepPublication(database, { infoHash: HASH, ownerKey: "secret" });
  await keepPublication(database, { infoHash: OTHER, ownerKey: undefined });
  expect(await readPublications(database)).toEqual([
    { infoHash: HASH, ownerKey: "secret" },
    { infoHash: OTHER, ownerKey: undefined },
  ]);
  await dropPublication(database, HASH);
  expect(await readPublications(database)).toEqual([{ infoHash: OTHER, ownerKey: undefined }]);
});

test.each([[null], ["text"], [{ ownerKey: 7 }], [{ ownerKey: "x".repeat(2_000) }]])(
  "an owner key that makes no sense is left out: %j",
  async (stored) => {
    await database.put("publications", stored, HASH);
    await database.put("publications", { ownerKey: "secret" }, "no info-hash");
    expect(await readPublications(database)).toEqual([{ infoHash: HASH, ownerKey: undefined }]);
  },
);

test("an owner key that cannot be stored is reported; without one nothing is lost", async () => {
  database.close();
  await expect(keepPublication(database, { infoHash: HASH, ownerKey: "secret" })).rejects.toThrow(
    StorageError,
  );
  await expect(keepPublication(undefined, { infoHash: HASH, ownerKey: "secret" })).rejects.toThrow(
    /Take it out/,
  );
  await keepPublication(undefined, { infoHash: HASH, ownerKey: undefined });
});
