import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fold } from "#shared/base/fold.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { isMissing } from "../../../e2e/missing.ts";
import { findRedis, NO_REDIS, startRedis, type TestRedis } from "../../../e2e/redis.ts";
import { type KeyId, StoreUnavailable, type TorrentRecord } from "../../core/record-store.ts";
import { testInfoHash } from "../../core/tracker.test-support.ts";
import type { RecordLimits } from "../../limits/catalog.ts";
import { MAX_RECORD_CHARACTERS } from "../../limits/nodes.ts";
import { testRecordStore } from "../record-contract.test-support.ts";
import { at, testAccount, testToken } from "../records.test-support.ts";
import { RedisCatalog } from "./catalog.ts";
import { recordKey } from "./record-scripts.ts";
import { RedisRecordStore } from "./record-store.ts";
import { RedisLink } from "./redis-link.ts";

describe.skipIf(isMissing(findRedis(), NO_REDIS))("records in Redis", () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  const openNode = async (
    tell: (infoHash: InfoHash, version: number) => void = () => {},
    limits?: RecordLimits,
  ) => {
    const link = await RedisLink.open(redis.url);
    const unreadable: InfoHash[] = [];
    const catalog = new RedisCatalog(link, tell, (infoHash) => unreadable.push(infoHash), limits);
    const passedOver: string[] = [];
    const store = new RedisRecordStore(link, catalog, (table, name) => passedOver.push(`${table} ${name}`));
    return { store, catalog, unreadable, passedOver };
  };

  testRecordStore(async (limits) => {
    await redis.ask("FLUSHALL");
    return (await openNode(() => {}, limits)).store;
  });

  const testTorrent = (digit: number, name: string): TorrentRecord => ({
    infoHash: testInfoHash(digit),
    name,
    description: "",
    bytes: 1,
    fileCount: 1,
    foldedName: fold(name),
    searchText: fold(name),
    infoBytes: 2,
    publishedAt: at(digit),
    seeders: 0,
  });
  const INFO = new TextEncoder().encode("de");

  test("accounts, sessions and keys that cannot be read are said and passed over", async () => {
    await redis.ask("FLUSHALL");
    const { store, passedOver } = await openNode();
    const [anna, binh] = [testAccount("anna"), testAccount("Bình")];
    await store.addAccount(anna);
    await store.addAccount(binh);
    const session = { hash: testToken("s"), account: anna.id, createdAt: at(1), expiresAt: at(2) };
    await store.addSession(session);
    const key = { id: "k" as KeyId, hash: testToken("k"), account: anna.id, name: "k", createdAt: at(1) };
    await store.addKey(key);
    const write = (table: string, name: string, text: string) =>
      redis.ask("HSET", recordKey(table), name, text);
    for (const text of [
      "{",
      "null",
      JSON.stringify({ ...anna, id: binh.id }),
      JSON.stringify({ ...anna, isAdmin: "yes" }),
      JSON.stringify({ ...anna, createdAt: "1" }),
      JSON.stringify({ ...anna, bannedAt: 1.5 }),
      JSON.stringify({ ...anna, knownNetworks: ["x"] }),
      JSON.stringify({ ...anna, passwordHash: undefined }),
      JSON.stringify({ ...anna, name: "x".repeat(MAX_RECORD_CHARACTERS) }),
    ]) {
      passedOver.length = 0;
      await write("accounts", anna.id, text);
      expect(await store.account(anna.id), text.slice(0, 80)).toBeUndefined();
      expect(await store.updateAccount(anna.id, { isAdmin: true })).toBeUndefined();
      expect((await store.listAccounts(10, undefined)).items).toEqual([binh]);
      expect(passedOver).toEqual(Array(3).fill(`accounts ${anna.id}`));
    }
    await write("accounts", anna.id, JSON.stringify({ ...anna, unheardOf: 1 }));
    expect(await store.account(anna.id)).toEqual(anna);
    await write("sessions", session.hash, JSON.stringify({ ...session, expiresAt: null }));
    expect([await store.session(session.hash), await store.sessionsOf(anna.id)]).toEqual([undefined, []]);
    await write("keys", key.id, JSON.stringify({ ...key, revokedAt: "never" }));
    expect([await store.key(key.hash), await store.keysOf(anna.id)]).toEqual([undefined, []]);
    await store.close();
  });

  /** Two nodes, of which each tells the other, unless the test cuts them off. */
  async function openTwo() {
    await redis.ask("FLUSHALL");
    const wire = { isCut: false };
    const a = await openNode((hash, version) => void (wire.isCut || b.catalog.heard(hash, version)));
    const b = await openNode((hash, version) => void (wire.isCut || a.catalog.heard(hash, version)));
    const names = async ({ store }: typeof a) => {
      const query = { text: "", order: "name", limit: 100, cursor: undefined } as const;
      return (await store.searchTorrents(query)).items.map(({ name }) => name);
    };
    return { a, b, wire, names, close: () => Promise.all([a.store.close(), b.store.close()]) };
  }

  test("another node finds what was published, and no longer what was removed", async () => {
    const { a, b, names, close } = await openTwo();
    await a.store.addTorrent(testTorrent(1, "one"), INFO);
    await b.store.addTorrent(testTorrent(2, "two"), INFO);
    expect(await a.store.addTorrent(testTorrent(2, "again"), INFO)).toBe(false);
    await expect
      .poll(() => Promise.all([names(a), names(b)]))
      .toEqual([
        ["one", "two"],
        ["one", "two"],
      ]);
    await b.store.removeTorrent(testInfoHash(1));
    await expect.poll(() => names(a)).toEqual(["two"]);
    expect(await a.store.torrent(testInfoHash(1))).toBeUndefined();
    await close();
  });

  test("a node that missed changes reads the catalog anew", async () => {
    const { a, b, names, wire, close } = await openTwo();
    for (let digit = 1; digit <= 3; digit++) await a.store.addTorrent(testTorrent(digit, `t${digit}`), INFO);
    await expect.poll(() => names(b)).toEqual(["t1", "t2", "t3"]);
    wire.isCut = true;
    await a.store.removeTorrent(testInfoHash(2));
    await a.store.addTorrent(testTorrent(4, "t4"), INFO);
    await a.store.sawTorrents([{ infoHash: testInfoHash(1), seeders: 7, lastSeededAt: at(9) }]);
    expect(await names(b)).toEqual(["t1", "t2", "t3"]);
    wire.isCut = false;
    await a.store.addTorrent(testTorrent(5, "t5"), INFO);
    await expect.poll(() => names(b)).toContain("t5");
    await b.catalog.check();
    expect(await names(b)).toEqual(["t1", "t3", "t4", "t5"]);
    expect(await b.store.torrent(testInfoHash(1))).toMatchObject({ seeders: 7, lastSeededAt: 9 });
    expect(await b.store.torrentTotals()).toEqual({ count: 4, infoBytes: 8 });
    await close();
  });

  test("entries that a node cannot read are left out, and the others are there", async () => {
    const { a, close } = await openTwo();
    const written = JSON.stringify(testTorrent(3, "three"));
    for (let digit = 1; digit <= 3; digit++) await a.store.addTorrent(testTorrent(digit, `t${digit}`), INFO);
    const odd = ["no JSON", "null", "[]", "{}", written, written.replace('"searchText"', '"later"')];
    for (const [at, text] of odd.entries())
      await redis.ask("HSET", recordKey("torrents"), testInfoHash(4 + at), text);
    const late = await openNode();
    await late.catalog.check();
    const query = { text: "t", order: "name", limit: 100, cursor: undefined } as const;
    const found = (await late.store.searchTorrents(query)).items.map(({ name }) => name);
    expect(found).toEqual(["t1", "t2", "t3"]);
    expect(late.unreadable.sort()).toEqual(odd.map((_, at) => testInfoHash(4 + at)));
    expect(await late.store.torrent(testInfoHash(4))).toBeUndefined();
    await late.store.close();
    await close();
  });

  test("changes made while a node reads the catalog are in its index afterwards", async () => {
    const { a, b, names, close } = await openTwo();
    for (let digit = 1; digit <= 4; digit++) await a.store.addTorrent(testTorrent(digit, `t${digit}`), INFO);
    const late = await openNode();
    const reading = late.catalog.check();
    await b.store.removeTorrent(testInfoHash(3));
    await late.catalog.heard(testInfoHash(3), 5);
    await reading;
    await late.catalog.check();
    expect(await names(late)).toEqual(["t1", "t2", "t4"]);
    await late.store.close();
    await close();
  });

  test("an account that two nodes register at once belongs to one, and so does a change", async () => {
    const { a, b, close } = await openTwo();
    const account = testAccount("binh");
    const added = await Promise.all([
      a.store.addAccount(account),
      b.store.addAccount({ ...account, id: "other" as typeof account.id }),
    ]);
    expect(added.sort()).toEqual([false, true]);
    const { items } = await a.store.listAccounts(5, undefined);
    const id = items[0]?.id ?? account.id;
    await Promise.all([
      a.store.updateAccount(id, { isAdmin: true }),
      b.store.updateAccount(id, { bannedAt: at(3) }),
    ]);
    expect(await a.store.account(id)).toMatchObject({ isAdmin: true, bannedAt: 3 });
    await close();
  });

  test("while Redis is unavailable, searches go on and everything else is refused", async () => {
    const { a, names, close } = await openTwo();
    await a.store.addTorrent(testTorrent(1, "one"), INFO);
    redis.stop();
    try {
      await expect(a.store.addTorrent(testTorrent(2, "two"), INFO)).rejects.toBeInstanceOf(StoreUnavailable);
      await expect(a.store.accountByName("binh")).rejects.toBeInstanceOf(StoreUnavailable);
      expect(await names(a)).toEqual(["one"]);
    } finally {
      redis.goOn();
    }
    await close();
  });
});
