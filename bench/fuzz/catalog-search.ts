import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { fold, foldedWords } from "#shared/base/fold.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { RecordStore, TorrentRecord } from "#signal-tracker/core/record-store.ts";
import { MAX_SEARCH_CHARACTERS, MAX_SEARCH_WORDS } from "#signal-tracker/limits/catalog.ts";
import { MemoryRecordStore } from "#signal-tracker/store/memory/record-store.ts";
import { NOW } from "./seeds.ts";

const TEXTS = [
  "Việt Nam 2024",
  'a "quoted" title',
  "100 % _wild_ * OR NOT near(x)",
  "中文 title",
  "aaaaaaaa",
  "x y z",
];

let stores: Promise<readonly RecordStore[]> | undefined;

/** Searches a small catalog in memory and the same one in SQLite, whose full-text queries have a language of their own: both must find the same. */
export async function searchedCatalog(text: string): Promise<readonly string[]> {
  stores ??= filledStores();
  const words = foldedWords(fold(text.slice(0, MAX_SEARCH_CHARACTERS))).slice(0, MAX_SEARCH_WORDS);
  const query = { text: words.join(" "), order: "name", limit: 100, cursor: undefined } as const;
  const found = await Promise.all(
    (await stores).map(async (store) => (await store.searchTorrents(query)).items.map(({ name }) => name)),
  );
  if (!found.every((names) => isDeepStrictEqual(names, found[0])))
    throw new Error(`the stores find different entries: ${JSON.stringify(found)}`);
  return found[0] ?? [];
}

async function filledStores(): Promise<readonly RecordStore[]> {
  const filled = [new MemoryRecordStore(), ...(await sqliteStores())];
  for (const store of filled)
    for (const [at, name] of TEXTS.entries()) await store.addTorrent(entry(name, at), new Uint8Array(2));
  return filled;
}

/** None where the optional package is missing: `npm test` says so. */
async function sqliteStores(): Promise<readonly RecordStore[]> {
  try {
    const { SqliteRecordStore } = await import("#signal-tracker/store/sqlite/record-store.ts");
    const folder = mkdtempSync(join(tmpdir(), "tabswarm-fuzz-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    return [new SqliteRecordStore(folder)];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") return [];
    throw error;
  }
}

function entry(name: string, at: number): TorrentRecord {
  const infoHash = `${at}`.repeat(40) as InfoHash;
  const folded = fold(name);
  const sizes = { bytes: 1, fileCount: 1, infoBytes: 2, seeders: 0 };
  return {
    infoHash,
    name,
    description: "",
    foldedName: folded,
    searchText: folded,
    publishedAt: NOW as never,
    ...sizes,
  };
}
