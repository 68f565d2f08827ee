import { afterEach, expect, test } from "vitest";
import type {
  AccountId,
  AccountRecord,
  KeyId,
  KeyRecord,
  RecordStore,
  SessionRecord,
} from "../core/record-store.ts";
import type { RecordLimits } from "../limits/catalog.ts";
import { at, testAccount, testToken } from "./records.test-support.ts";
import { testTorrents } from "./torrent-contract.test-support.ts";

/** Runs the tests that every record store must pass. `open` makes an empty one. */
export function testRecordStore(open: (limits?: RecordLimits) => Promise<RecordStore>): void {
  let store: RecordStore | undefined;
  const opened: typeof open = async (limits) => {
    store = await open(limits);
    return store;
  };
  afterEach(async () => {
    await store?.close();
    store = undefined;
  });
  testAccounts(opened);
  testRemovedAccounts(opened);
  testSessions(opened);
  testKeys(opened);
  testTorrents(opened);
  testSettings(opened);
}

const BINH = testAccount("Bình");
const ANNA = testAccount("anna");

function testSession(name: string, account: AccountRecord, expiresAt = 100): SessionRecord {
  return { hash: testToken(name), account: account.id, createdAt: at(1), expiresAt: at(expiresAt) };
}

function testKey(name: string, account: AccountRecord, fields: Partial<KeyRecord> = {}): KeyRecord {
  const id = `key ${name}` as KeyId;
  return { id, hash: testToken(name), account: account.id, name, createdAt: at(1), ...fields };
}

function testAccounts(open: () => Promise<RecordStore>): void {
  test("an account is found by its id and by its folded name, which no other gets", async () => {
    const store = await open();
    expect(await store.addAccount(BINH)).toBe(true);
    expect(await store.addAccount({ ...BINH, id: "another" as AccountId, name: "BINH" })).toBe(false);
    expect(await store.account(BINH.id)).toEqual(BINH);
    expect(await store.accountByName("binh")).toEqual(BINH);
    expect(await store.accountByName("Bình")).toBeUndefined();
    expect(await store.account("another" as AccountId)).toBeUndefined();
  });

  test("of two accounts of one name that are added at once, one gets it", async () => {
    const store = await open();
    const others = [1, 2, 3].map((number) => ({ ...BINH, id: `id ${number}` as AccountId }));
    const added = await Promise.all(others.map((account) => store.addAccount(account)));
    expect(added.filter(Boolean)).toHaveLength(1);
    expect((await store.listAccounts(10, undefined)).items).toHaveLength(1);
  });

  test("an account changes in what the change names, and a ban can be lifted", async () => {
    const store = await open();
    await store.addAccount(BINH);
    const banned = { ...BINH, isAdmin: true, bannedAt: at(5) };
    expect(await store.updateAccount(BINH.id, { isAdmin: true, bannedAt: at(5) })).toEqual(banned);
    expect(await store.updateAccount(BINH.id, {})).toEqual(banned);
    expect(await store.account(BINH.id)).toEqual(banned);
    expect(
      await store.updateAccount(BINH.id, { bannedAt: null, isAdmin: false, passwordHash: "new" }),
    ).toEqual({ ...BINH, passwordHash: "new" });
    expect(await store.accountByName("binh")).toEqual({ ...BINH, passwordHash: "new" });
    expect(await store.updateAccount(BINH.id, { knownNetworks: "one two" })).toMatchObject({
      knownNetworks: "one two",
    });
    expect(await store.account(BINH.id)).toEqual({ ...BINH, passwordHash: "new", knownNetworks: "one two" });
    expect(await store.updateAccount(ANNA.id, { isAdmin: true })).toBeUndefined();
  });

  test("accounts are listed in parts, by folded name", async () => {
    const store = await open();
    const names = ["Zoë", "anna", "Bình", "\u{1f600}", "\ufdd0"];
    for (const name of names) await store.addAccount(testAccount(name));
    const first = await store.listAccounts(3, undefined);
    expect(first.items.map(({ name }) => name)).toEqual(["anna", "Bình", "Zoë"]);
    const second = await store.listAccounts(3, first.nextCursor);
    expect(second.items.map(({ name }) => name)).toEqual(["\ufdd0", "\u{1f600}"]);
    expect(second.nextCursor).toBeUndefined();
    expect((await store.listAccounts(5, undefined)).nextCursor).toBeUndefined();
  });
}

function testRemovedAccounts(open: () => Promise<RecordStore>): void {
  test("an account is removed with its sessions and keys, and its name is free again", async () => {
    const store = await open();
    for (const account of [BINH, ANNA]) {
      await store.addAccount(account);
      await store.addSession(testSession(account.name, account));
      await store.addKey(testKey(account.name, account));
    }
    await store.removeAccount(BINH.id);
    await store.removeAccount(BINH.id);
    expect(await store.account(BINH.id)).toBeUndefined();
    expect(await store.session(testToken("Bình"))).toBeUndefined();
    expect(await store.key(testToken("Bình"))).toBeUndefined();
    expect(await store.keysOf(BINH.id)).toEqual([]);
    expect(await store.session(testToken("anna"))).toBeDefined();
    expect(await store.key(testToken("anna"))).toBeDefined();
    expect(await store.addAccount({ ...BINH, id: "later" as AccountId })).toBe(true);
  });

  test("an account that has gone gets no session and no key", async () => {
    const store = await open();
    await store.addSession(testSession("s", BINH));
    await store.addKey(testKey("k", BINH));
    expect(await store.session(testToken("s"))).toBeUndefined();
    expect(await store.key(testToken("k"))).toBeUndefined();
    expect(await store.keysOf(BINH.id)).toEqual([]);
  });
}

function testSessions(open: () => Promise<RecordStore>): void {
  test("a session is found by its hash, can be made longer, and ends", async () => {
    const store = await open();
    await store.addAccount(BINH);
    await store.addSession(testSession("s", BINH));
    expect(await store.session(testToken("s"))).toEqual(testSession("s", BINH));
    await store.extendSession(testToken("s"), at(200));
    await store.extendSession(testToken("none"), at(200));
    expect(await store.session(testToken("s"))).toEqual(testSession("s", BINH, 200));
    await store.removeSession(testToken("s"));
    await store.removeSession(testToken("s"));
    expect(await store.session(testToken("s"))).toBeUndefined();
  });

  test("an account's sessions are listed, the oldest first", async () => {
    const store = await open();
    await store.addAccount(BINH);
    await store.addAccount(ANNA);
    const old = testSession("old", BINH);
    const young = { ...testSession("young", BINH), createdAt: at(2) };
    for (const session of [young, old, testSession("hers", ANNA)]) await store.addSession(session);
    expect(await store.sessionsOf(BINH.id)).toEqual([old, young]);
  });

  test("all sessions of an account end, or all but one", async () => {
    const store = await open();
    await store.addAccount(BINH);
    await store.addAccount(ANNA);
    for (const name of ["1", "2", "3"]) await store.addSession(testSession(name, BINH));
    await store.addSession(testSession("anna", ANNA));
    const alive = async (): Promise<boolean[]> => {
      const names = ["1", "2", "3", "anna"];
      const sessions = await Promise.all(names.map((name) => store.session(testToken(name))));
      return sessions.map((session) => session !== undefined);
    };
    await store.removeSessions(BINH.id, testToken("2"));
    expect(await alive()).toEqual([false, true, false, true]);
    await store.removeSessions(BINH.id);
    expect(await alive()).toEqual([false, false, false, true]);
  });
}

function testKeys(open: () => Promise<RecordStore>): void {
  test("a key is found by its hash, also when it has expired or was revoked, and changes", async () => {
    const store = await open();
    await store.addAccount(BINH);
    const key = testKey("k", BINH, { expiresAt: at(50) });
    await store.addKey(key);
    expect(await store.key(key.hash)).toEqual(key);
    const used = { ...key, lastUsedAt: at(7) };
    expect(await store.updateKey(key.id, { lastUsedAt: at(7) })).toEqual(used);
    expect(await store.updateKey(key.id, { revokedAt: at(8), expiresAt: at(9) })).toEqual({
      ...used,
      revokedAt: at(8),
      expiresAt: at(9),
    });
    expect(await store.key(key.hash)).toEqual({ ...used, revokedAt: at(8), expiresAt: at(9) });
    expect(await store.updateKey("none" as KeyId, { lastUsedAt: at(7) })).toBeUndefined();
    await store.removeKey(key.id);
    await store.removeKey(key.id);
    expect(await store.key(key.hash)).toBeUndefined();
    expect(await store.keysOf(BINH.id)).toEqual([]);
  });

  test("an account's keys are listed, the oldest first", async () => {
    const store = await open();
    await store.addAccount(BINH);
    await store.addAccount(ANNA);
    const old = testKey("old", BINH);
    const young = testKey("young", BINH, { createdAt: at(2) });
    for (const key of [young, old, testKey("hers", ANNA)]) await store.addKey(key);
    expect(await store.keysOf(BINH.id)).toEqual([old, young]);
  });

  test("expired sessions go, and keys that ended some time ago", async () => {
    const store = await open();
    await store.addAccount(BINH);
    await store.addSession(testSession("short", BINH, 99));
    await store.addSession(testSession("long", BINH, 100));
    const keys = [
      testKey("forever", BINH),
      testKey("expired", BINH, { expiresAt: at(49) }),
      testKey("justExpired", BINH, { expiresAt: at(50) }),
      testKey("revoked", BINH, { revokedAt: at(49), expiresAt: at(1_000) }),
      testKey("justRevoked", BINH, { revokedAt: at(50) }),
    ];
    for (const key of keys) await store.addKey(key);
    await store.removeExpired(at(100), at(50));
    expect(await store.session(testToken("short"))).toBeUndefined();
    expect(await store.session(testToken("long"))).toBeDefined();
    const names = (await store.keysOf(BINH.id)).map(({ name }) => name);
    expect(names.sort()).toEqual(["forever", "justExpired", "justRevoked"]);
    expect(await store.key(testToken("revoked"))).toBeUndefined();
  });
}

function testSettings(open: () => Promise<RecordStore>): void {
  test("a setting is what was put last", async () => {
    const store = await open();
    expect(await store.setting("registration")).toBeUndefined();
    await store.putSetting("registration", "open");
    await store.putSetting("registration", "closed'; DROP TABLE settings; --");
    await store.putSetting("other", "");
    expect(await store.setting("registration")).toBe("closed'; DROP TABLE settings; --");
    expect(await store.setting("other")).toBe("");
  });
}
