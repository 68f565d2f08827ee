import fc from "fast-check";
import { expect, test } from "vitest";
import { fold } from "#shared/base/fold.ts";
import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import {
  type RecordStore,
  type TorrentOrder,
  type TorrentRecord,
  UnknownCursor,
} from "../core/record-store.ts";
import type { RecordLimits } from "../limits/catalog.ts";
import { at, testAccount, testToken } from "./records.test-support.ts";

const INFO = new TextEncoder().encode("d4:name1:ae");

/** The torrent of that number. */
function testTorrent(number: number, name: string, fields: Partial<TorrentRecord> = {}): TorrentRecord {
  return {
    infoHash: hash(number),
    name,
    description: "",
    bytes: 10 ** 13,
    fileCount: 1,
    foldedName: fold(name),
    searchText: fold(name),
    infoBytes: INFO.length,
    publishedAt: at(number),
    seeders: 0,
    ...fields,
  };
}

/** Runs the tests of the catalog that every record store must pass. `open` makes an empty store. */
export function testTorrents(open: (limits?: RecordLimits) => Promise<RecordStore>): void {
  testEntries(open);
  testChanges(open);
  testTotals(open);
  testOrders(open);
  testSearch(open);
  testHardSearches(open);
  testLongSearches(open);
}

function hash(number: number): InfoHash {
  const infoHash = parseInfoHash(number.toString(16).padStart(40, "0"));
  if (infoHash === undefined) throw new Error(`no info-hash: ${number}`);
  return infoHash;
}

async function filled(
  open: () => Promise<RecordStore>,
  torrents: readonly TorrentRecord[],
): Promise<RecordStore> {
  const store = await open();
  for (const torrent of torrents) expect(await store.addTorrent(torrent, INFO)).toBe(true);
  return store;
}

async function found(store: RecordStore, text: string, order: TorrentOrder = "newest"): Promise<string[]> {
  const names: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.searchTorrents({ text: fold(text), order, limit: 2, cursor });
    names.push(...page.items.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return names;
}

function testEntries(open: () => Promise<RecordStore>): void {
  test("a published torrent is there with its info dictionary until it is removed", async () => {
    const full = testTorrent(1, "Việt Nam", {
      description: "two\u0301 lines",
      ownerKeyHash: testToken("owner"),
      network: "192.0.2.1",
      encoding: "gbk",
      lastSeededAt: at(5),
      seeders: 3,
    });
    const store = await filled(open, [full, testTorrent(2, "other")]);
    expect(await store.torrent(full.infoHash)).toEqual(full);
    expect(await store.torrent(hash(2))).toEqual(testTorrent(2, "other"));
    expect(new Uint8Array((await store.torrentInfo(full.infoHash)) ?? [])).toEqual(INFO);
    await store.removeTorrent(full.infoHash);
    await store.removeTorrent(full.infoHash);
    expect(await store.torrent(full.infoHash)).toBeUndefined();
    expect(await store.torrentInfo(full.infoHash)).toBeUndefined();
    expect(await found(store, "viet")).toEqual([]);
    expect(await found(store, "")).toEqual(["other"]);
  });

  test("a torrent is published once; the second time changes nothing", async () => {
    const store = await filled(open, [testTorrent(1, "first")]);
    expect(await store.addTorrent(testTorrent(1, "second"), new Uint8Array(5))).toBe(false);
    expect(await found(store, "")).toEqual(["first"]);
    expect(await found(store, "second")).toEqual([]);
    expect(await store.torrentTotals()).toEqual({ count: 1, infoBytes: INFO.length });
  });
}

function testChanges(open: () => Promise<RecordStore>): void {
  test("torrents go with the account of their owner, which must exist when they are published", async () => {
    const store = await open();
    const owner = testAccount("Bình");
    expect(await store.addTorrent(testTorrent(1, "early", { owner: owner.id }), INFO)).toBe(false);
    await store.addAccount(owner);
    await store.addTorrent(testTorrent(1, "hers", { owner: owner.id }), INFO);
    await store.addTorrent(testTorrent(2, "free"), INFO);
    expect((await store.torrent(hash(1)))?.owner).toBe(owner.id);
    await store.removeAccount(owner.id);
    expect(await found(store, "")).toEqual(["free"]);
    expect(await found(store, "hers")).toEqual([]);
    expect(await store.torrentInfo(hash(1))).toBeUndefined();
    expect(await store.torrentTotals({ owner: owner.id })).toEqual({ count: 0, infoBytes: 0 });
  });

  test("a look at the swarms notes seeders, and the last time only if there was one", async () => {
    const store = await filled(open, [testTorrent(1, "a"), testTorrent(2, "b", { lastSeededAt: at(3) })]);
    await store.sawTorrents([
      { infoHash: hash(1), seeders: 2, lastSeededAt: at(9) },
      { infoHash: hash(2), seeders: 0 },
      { infoHash: hash(3), seeders: 1, lastSeededAt: at(9) },
    ]);
    expect(await store.torrent(hash(1))).toEqual(testTorrent(1, "a", { seeders: 2, lastSeededAt: at(9) }));
    expect(await store.torrent(hash(2))).toEqual(testTorrent(2, "b", { lastSeededAt: at(3) }));
    expect(await store.torrent(hash(3))).toBeUndefined();
    expect(await found(store, "", "seeders")).toEqual(["a", "b"]);
  });
}

function testTotals(open: () => Promise<RecordStore>): void {
  test("entries and the bytes of their info dictionaries are counted in all, by owner and by network", async () => {
    const store = await open();
    const owner = testAccount("anna");
    await store.addAccount(owner);
    const info = (bytes: number): Uint8Array => new Uint8Array(bytes);
    await store.addTorrent(testTorrent(1, "a", { owner: owner.id, infoBytes: 10 }), info(10));
    await store.addTorrent(testTorrent(2, "b", { network: "192.0.2.1", infoBytes: 20 }), info(20));
    await store.addTorrent(testTorrent(3, "c", { network: "192.0.2.1", infoBytes: 30 }), info(30));
    await store.addTorrent(testTorrent(4, "d", { network: "2001:db8::/64", infoBytes: 40 }), info(40));
    expect(await store.torrentTotals()).toEqual({ count: 4, infoBytes: 100 });
    expect(await store.torrentTotals({ owner: owner.id })).toEqual({ count: 1, infoBytes: 10 });
    expect(await store.torrentTotals({ network: "192.0.2.1" })).toEqual({ count: 2, infoBytes: 50 });
    expect(await store.torrentTotals({ network: "198.51.100.1" })).toEqual({ count: 0, infoBytes: 0 });
    await store.removeTorrent(hash(3));
    expect(await store.torrentTotals()).toEqual({ count: 3, infoBytes: 70 });
    expect(await store.torrentTotals({ network: "192.0.2.1" })).toEqual({ count: 1, infoBytes: 20 });
  });
}

function testOrders(open: () => Promise<RecordStore>): void {
  test("lists have the newest first, the most seeders first, or names in order; equals by info-hash", async () => {
    const store = await filled(open, [
      testTorrent(1, "b", { publishedAt: at(30), seeders: 1 }),
      testTorrent(2, "a", { publishedAt: at(10), seeders: 1 }),
      testTorrent(3, "\u{1f600}", { publishedAt: at(20), seeders: 7 }),
      testTorrent(4, "\ufdd0", { publishedAt: at(20) }),
      testTorrent(5, "Á", { publishedAt: at(20) }),
    ]);
    expect(await found(store, "", "newest")).toEqual(["b", "\u{1f600}", "\ufdd0", "Á", "a"]);
    expect(await found(store, "", "seeders")).toEqual(["\u{1f600}", "b", "a", "\ufdd0", "Á"]);
    expect(await found(store, "", "name")).toEqual(["a", "Á", "b", "\ufdd0", "\u{1f600}"]);
  });

  test("a cursor of another order, or a malformed one, is refused", async () => {
    const store = await filled(open, [testTorrent(1, "a"), testTorrent(2, "b"), testTorrent(3, "c")]);
    const query = { text: "", limit: 1 } as const;
    const { nextCursor } = await store.searchTorrents({ ...query, order: "name", cursor: undefined });
    expect(nextCursor).toBeDefined();
    const bySeeders = await store.searchTorrents({ ...query, order: "seeders", cursor: undefined });
    for (const cursor of [
      nextCursor,
      bySeeders.nextCursor ?? expect.fail("no cursor"),
      "",
      "x",
      "bnVsbA",
      "a".repeat(10_000),
      "' OR 1=1; --",
    ])
      await expect(store.searchTorrents({ ...query, order: "newest", cursor })).rejects.toThrow(
        UnknownCursor,
      );
  });

  test("a list goes on behind its cursor though entries have come and gone", async () => {
    const store = await filled(open, [testTorrent(1, "a"), testTorrent(3, "c"), testTorrent(5, "e")]);
    const query = { text: "", order: "name", limit: 2 } as const;
    const { nextCursor } = await store.searchTorrents({ ...query, cursor: undefined });
    await store.removeTorrent(hash(3));
    await store.addTorrent(testTorrent(2, "b"), INFO);
    await store.addTorrent(testTorrent(4, "d"), INFO);
    const { items } = await store.searchTorrents({ ...query, cursor: nextCursor });
    expect(items.map(({ name }) => name)).toEqual(["d", "e"]);
  });
}

/** Names that look like something to SQL, to FTS5 or to LIKE. */
const SYNTAX = [
  "100% _x_ \\ back",
  'say "hi" AND NOT (bye) OR NEAR*',
  "it's; DROP TABLE torrents; --",
  "a^b:c{d}+e",
];

function testSearch(open: () => Promise<RecordStore>): void {
  test.each([
    ["viet nam", ["Việt Nam"]],
    ["nam viet", ["Việt Nam"]],
    ["VIỆT", ["Việt Nam"]],
    ["ietna", []],
    ["duong", ["Con đường dài", "duongdua"]],
    ["đường", ["Con đường dài", "duongdua"]],
    ["uong", ["Con đường dài", "duongdua"]],
    ["du", ["Con đường dài", "duongdua"]],
    ["n d", ["Con đường dài", "duongdua"]],
    ["dài x", []],
    ["中文", ["学中文课本"]],
    ["中", ["学中文课本"]],
    ["中文课", ["学中文课本"]],
    ["中课", []],
    ["😀😀", ["smile 😀😀😀"]],
    ["smile 😀😀😀", ["smile 😀😀😀"]],
    ["  ", ["smile 😀😀😀", "学中文课本", "duongdua", "Con đường dài", "Việt Nam"]],
  ])("a search for %j finds what contains its words", async (text, names) => {
    const all = ["Việt Nam", "Con đường dài", "duongdua", "学中文课本", "smile 😀😀😀"];
    const store = await filled(
      open,
      all.map((name, index) => testTorrent(index + 1, name)),
    );
    expect(await found(store, text)).toEqual(all.filter((name) => names.includes(name)).reverse());
  });
}

function testHardSearches(open: () => Promise<RecordStore>): void {
  test("SQL, FTS and LIKE syntax in a search is text", async () => {
    const store = await filled(
      open,
      SYNTAX.map((name, index) => testTorrent(index + 1, name)),
    );
    for (const name of SYNTAX) expect(await found(store, name)).toEqual([name]);
    const words = [
      "%",
      "_",
      "__",
      "%%",
      "*",
      '"',
      '""',
      "'",
      "\\",
      "NOT",
      "AND",
      "x*",
      "^b",
      "b:c",
      "{d}",
      "(",
      "- -",
    ];
    for (const word of [...words, "searchText:", "NEAR(a b)", "%%%", "___", '"hi"', "1=1", "-- "]) {
      const containing = SYNTAX.filter((name) =>
        fold(word)
          .split(" ")
          .every((part) => fold(name).includes(part)),
      );
      expect(await found(store, word), word).toEqual(containing.reverse());
    }
  });

  test("a search finds exactly the texts that contain all its words", async () => {
    const letters = fc.constantFrom(..."abcđ中文課😀%_\"'\\*́");
    const word = fc.string({ unit: letters, minLength: 1, maxLength: 6 });
    const text = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(" "));
    const query = fc.array(fc.string({ unit: letters, minLength: 1, maxLength: 4 }), { maxLength: 3 });
    const texts = fc.sample(text, { numRuns: 200, seed: 5 });
    const store = await filled(
      open,
      texts.map((name, index) => testTorrent(index + 1, name)),
    );
    for (const words of fc.sample(query, { numRuns: 100, seed: 7 })) {
      const parts = fold(words.join(" ")).split(" ");
      const expected = texts.filter((name) => parts.every((part) => fold(name).includes(part)));
      const page = await store.searchTorrents({
        text: fold(words.join(" ")),
        order: "newest",
        limit: 1_000,
        cursor: undefined,
      });
      expect(page.items.map(({ name }) => name)).toEqual(expected.reverse());
    }
  });
}

function testLongSearches(open: (limits: RecordLimits) => Promise<RecordStore>): void {
  test("a search that no index helps looks at so many entries at once, and goes on behind its cursor", async () => {
    const store = await open({ maxScannedTorrents: 10 });
    const names = Array.from({ length: 10 }, (_, index) => `n${index}`);
    const torrents = names.map((name, index) => testTorrent(index + 1, name, { publishedAt: at(2) }));
    const oldest = testTorrent(11, "yz", { publishedAt: at(1) });
    await Promise.all([oldest, ...torrents].map((torrent) => store.addTorrent(torrent, INFO)));
    const query = { text: "yz", order: "newest", limit: 5 } as const;
    const first = await store.searchTorrents({ ...query, cursor: undefined });
    expect(first.items).toEqual([]);
    const second = await store.searchTorrents({ ...query, cursor: first.nextCursor });
    expect(second.items.map(({ name }) => name)).toEqual(["yz"]);
    expect(second.nextCursor).toBeUndefined();
  });

  test("a search for several words looks at fewer entries at once", async () => {
    const store = await open({ maxScannedTorrents: 6 });
    for (let number = 1; number <= 6; number++)
      await store.addTorrent(testTorrent(number, `n${number}`), INFO);
    const pages = async (text: string): Promise<number> => {
      for (let count = 1, cursor: string | undefined; ; count++) {
        const query = { text, order: "newest", limit: 5, cursor } as const;
        cursor = (await store.searchTorrents(query)).nextCursor;
        if (cursor === undefined) return count;
      }
    };
    expect(await pages("x")).toBe(1);
    expect(await pages("x y")).toBe(2);
    expect(await pages("x y z")).toBe(3);
  });

  test("a search for a word that most entries contain finds them all, part by part, in order", async () => {
    const store = await open({ maxScannedTorrents: 5 });
    const names = Array.from(
      { length: 23 },
      (_, index) => `common ${index % 3 === 0 ? "often" : "x"} ${index}`,
    );
    for (const [index, name] of names.entries()) await store.addTorrent(testTorrent(index + 1, name), INFO);
    const containing = (word: string) => names.filter((name) => name.includes(word)).reverse();
    expect(await found(store, "common")).toEqual(containing("common"));
    expect(await found(store, "often common")).toEqual(containing("often"));
    expect(await found(store, "common 22")).toEqual(containing("22"));
    expect(await found(store, "common 2")).toEqual(containing("2"));
    expect(await found(store, "common none")).toEqual([]);
    const query = { text: "common", order: "newest", limit: 100, cursor: undefined } as const;
    const part = await store.searchTorrents(query);
    expect(part.items.map(({ name }) => name)).toEqual(containing("common").slice(0, 5));
    expect(part.nextCursor).toBeDefined();
  });

  test("a text that has all parts of a long word, but not the word, is not found", async () => {
    const names = ["abcdefgh", "abcde cdefg defgh", "abcdefg bcdefgh"];
    const store = await filled(
      () => open({ maxScannedTorrents: 100 }),
      names.map((name, index) => testTorrent(index + 1, name)),
    );
    expect(await found(store, "abcdefgh")).toEqual(["abcdefgh"]);
    expect(await found(store, "bcdefgh")).toEqual(["abcdefg bcdefgh", "abcdefgh"]);
  });
}
