import { hash, verify } from "@node-rs/argon2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { TrackerKey } from "#shared/base/tracker-key.ts";
import {
  type AccountId,
  type AccountRecord,
  type KeyRecord,
  StoreUnavailable,
  type TokenHash,
  type UnixMillis,
} from "../core/record-store.ts";
import {
  ADMISSION_KEPT_MILLIS,
  DEAD_KEY_KEPT_MILLIS,
  KEY_USE_WRITTEN_AFTER_MILLIS,
  MAX_KEPT_ADMISSIONS,
  MAX_REMEMBERED_KEYS_PER_ACCOUNT,
  MAX_SESSIONS_PER_ACCOUNT,
  SESSION_LIFETIME_MILLIS,
} from "../limits/accounts.ts";
import {
  FAILED_LOGINS_PER_NAME,
  FAILED_LOGINS_PER_NETWORK,
  FAILED_LOGINS_PER_NETWORK_AND_NAME,
  type RateLimit,
  REGISTRATIONS_PER_NETWORK,
  WRONG_PASSWORDS_PER_ACCOUNT,
} from "../limits/attempts.ts";
import { MemoryRecordStore } from "../store/memory/record-store.ts";
import { PASSWORD } from "./accounts.test-support.ts";
import { HashQueue } from "./hash-queue.ts";
import { type AccountParts, openAccounts } from "./open-accounts.ts";
import { ARGON2, type Hashing, Passwords } from "./passwords.ts";

/** The parameters of the hashes that were made. */
let hashes: string[];
const counted: Hashing = {
  hash: (password, options) => {
    hashes.push(`m=${options?.memoryCost},t=${options?.timeCost},p=${options?.parallelism}`);
    return hash(password, options);
  },
  verify: (kept, password) => {
    hashes.push(String(kept).split("$")[3] ?? "");
    return verify(kept, password);
  },
};
const ONE_HASH = [`m=${ARGON2.memoryCost},t=${ARGON2.timeCost},p=${ARGON2.parallelism}`];

/** Counts how often it is asked for a key, and can be away. */
class TestStore extends MemoryRecordStore {
  asked = 0;
  isAway = false;

  override async key(keyHash: TokenHash): Promise<KeyRecord | undefined> {
    this.asked += 1;
    if (this.isAway) throw new StoreUnavailable();
    return await super.key(keyHash);
  }

  override async setting(name: string): Promise<string | undefined> {
    if (this.isAway) throw new StoreUnavailable();
    return await super.setting(name);
  }
}

let time: number;
let store: TestStore;
let parts: AccountParts;

beforeEach(async () => {
  time = Date.UTC(2026, 0, 1);
  store = new TestStore();
  hashes = [];
  parts = await openAccounts({
    store,
    passwords: new Passwords(new HashQueue(), counted),
    now: () => time as UnixMillis,
    failed: (error) => expect.fail(String(error)),
  });
});
afterEach(() => parts.close());

const register = (name: string, network?: string) =>
  parts.accounts.register({ name, password: PASSWORD }, network, undefined);
/** As if somebody had tried as often as they may, but for one time. */
async function spendAllButOne(limit: RateLimit, who: string): Promise<void> {
  for (let at = 1; at < limit.points; at++) await parts.rateLimits.spend(limit, who);
}
const codeOf = (promise: Promise<unknown>) => promise.then(() => "done").catch((error) => error.code);

describe("logging in", () => {
  test("takes one hash whether the name is known, unknown or impossible", async () => {
    await register("anna");
    for (const name of ["anna", "nobody", "a\u200bb", ""]) {
      hashes = [];
      expect(await codeOf(parts.accounts.logIn({ name, password: "wrong password" }, undefined))).toBe(
        "wrongNameOrPassword",
      );
      expect(hashes, name).toEqual(ONE_HASH);
    }
  });

  test("hashes a password again that was hashed with other parameters", async () => {
    const { id } = await register("anna");
    const passwordHash = await hash(PASSWORD, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    await store.updateAccount(id, { passwordHash });
    await parts.accounts.logIn({ name: "anna", password: PASSWORD }, undefined);
    expect((await store.account(id))?.passwordHash).toContain(`m=${ARGON2.memoryCost},t=${ARGON2.timeCost}`);
    await parts.accounts.logIn({ name: "anna", password: PASSWORD }, undefined);
  });

  test("is slowed down for a name that is guessed at from everywhere, known or not", async () => {
    await register("anna");
    for (const name of ["anna", "nobody"]) {
      await spendAllButOne(FAILED_LOGINS_PER_NAME, name);
      const wrong = { name, password: "wrong password" };
      expect(await codeOf(parts.accounts.logIn(wrong, "one network"))).toBe("wrongNameOrPassword");
      hashes = [];
      expect(await codeOf(parts.accounts.logIn({ name, password: PASSWORD }, "another"))).toBe("tooOften");
      expect(hashes).toEqual([]);
    }
  });

  test("goes on from where the owner logged in before, whoever fails elsewhere in that name", async () => {
    await register("anna", "home");
    const right = { name: "Anna", password: PASSWORD };
    await parts.accounts.logIn(right, "work");
    await spendAllButOne(FAILED_LOGINS_PER_NAME, "anna");
    await codeOf(parts.accounts.logIn({ name: "anna", password: "wrong password" }, "elsewhere"));
    const answers = ["home", "work", "elsewhere"].map((network) =>
      codeOf(parts.accounts.logIn(right, network)),
    );
    expect(await Promise.all(answers)).toEqual(["done", "done", "tooOften"]);
    await spendAllButOne(FAILED_LOGINS_PER_NETWORK_AND_NAME, "home anna");
    const wrong = { name: "anna", password: "wrong password" };
    expect(await codeOf(parts.accounts.logIn(wrong, "home"))).toBe("wrongNameOrPassword");
    expect(await codeOf(parts.accounts.logIn(right, "home"))).toBe("tooOften");
  });

  test("is slowed down for a network that tries many names", async () => {
    await register("anna");
    await spendAllButOne(FAILED_LOGINS_PER_NETWORK, "a network");
    const wrong = { name: "nobody", password: "wrong password" };
    expect(await codeOf(parts.accounts.logIn(wrong, "a network"))).toBe("wrongNameOrPassword");
    const right = { name: "anna", password: PASSWORD };
    expect(await codeOf(parts.accounts.logIn(right, "a network"))).toBe("tooOften");
    expect(await codeOf(parts.accounts.logIn(right, "another"))).toBe("done");
  });
});

test("one network registers only so often", async () => {
  await spendAllButOne(REGISTRATIONS_PER_NETWORK, "a network");
  expect(await codeOf(register("anna", "a network"))).toBe("done");
  hashes = [];
  expect(await codeOf(register("otto", "a network"))).toBe("tooOften");
  expect(hashes).toEqual([]);
  expect(await codeOf(register("otto", "another"))).toBe("done");
});

test("a stolen session does not help to guess the password", async () => {
  const account = await register("anna");
  const remove = (password: string) => codeOf(parts.accounts.remove(account, password, undefined));
  await spendAllButOne(WRONG_PASSWORDS_PER_ACCOUNT, account.id);
  expect(await remove("wrong password")).toBe("wrongPassword");
  hashes = [];
  expect(await remove(PASSWORD)).toBe("tooOften");
  expect(hashes).toEqual([]);
});

describe("administrators", () => {
  const makeAdmin = ({ administration, adminCode = "" }: AccountParts, account: AccountRecord) =>
    codeOf(administration.makeAdmin(account, adminCode, undefined));

  test("are not made twice by one code, even at the same moment", async () => {
    const accounts = [await register("anna"), await register("otto")];
    const made = await Promise.all(accounts.map((account) => makeAdmin(parts, account)));
    expect(made.sort()).toEqual(["adminCodeWrong", "done"]);
  });

  test("are made by the code of one of several nodes, and then by no other", async () => {
    const other = await openAccounts({ store, failed: (error) => expect.fail(String(error)) });
    expect(await makeAdmin(other, await register("anna"))).toBe("done");
    expect(await makeAdmin(parts, await register("otto"))).toBe("adminCodeWrong");
    other.close();
  });

  test("who are banned do not count when the last one wants to go", async () => {
    const [anna, otto] = [await register("anna"), await register("otto")];
    await makeAdmin(parts, anna);
    const { administration } = parts;
    await administration.change(otto, { isAdmin: true });
    await administration.change(await administration.find("otto"), { isBanned: true });
    const change = async () => administration.change(await administration.find("anna"), { isAdmin: false });
    expect(await codeOf(change())).toBe("lastAdministrator");
    await administration.change(await administration.find("otto"), { isBanned: false });
    expect(await codeOf(change())).toBe("done");
  });

  test("are found among many accounts, so that a restart prints no code", async () => {
    const anna = await register("anna");
    for (let at = 0; at < 250; at++) {
      const name = `a${String(at).padStart(3, "0")}`;
      await store.addAccount({ ...anna, id: name as AccountId, name, foldedName: name });
    }
    await makeAdmin(parts, anna);
    expect(await parts.administration.makeCode()).toBeUndefined();
  });

  test("who have closed registration find it closed while the database is unavailable", async () => {
    await parts.administration.setRegistration(false);
    expect(await parts.administration.isRegistrationOpen()).toBe(false);
    store.isAway = true;
    expect(await parts.administration.isRegistrationOpen()).toBe(false);
  });
});

describe("a session", () => {
  test("ends when it was not used for long, and goes on while it is", async () => {
    const { id } = await register("anna");
    const token = await parts.sessions.open(id);
    for (let use = 0; use < 3; use++) {
      time += SESSION_LIFETIME_MILLIS - 1;
      expect((await parts.sessions.find(token))?.account.name).toBe("anna");
    }
    time += SESSION_LIFETIME_MILLIS;
    expect(await parts.sessions.find(token)).toBeUndefined();
  });

  test("that is one too many logs the oldest out", async () => {
    const { id } = await register("anna");
    const ended: string[] = [];
    parts.endings.listen((ending) => void ended.push(ending.type));
    const tokens: string[] = [];
    for (let at = 0; at <= MAX_SESSIONS_PER_ACCOUNT; at++) {
      time += 1;
      tokens.push(await parts.sessions.open(id));
    }
    expect(await parts.sessions.find(tokens[0] ?? "")).toBeUndefined();
    expect(await parts.sessions.find(tokens[1] ?? "")).toBeDefined();
    expect(ended).toEqual(["session"]);
  });

  test("is kept as a hash only, as keys are", async () => {
    const { id } = await register("anna");
    const token = await parts.sessions.open(id);
    const { key } = await parts.keys.make(id, "k", undefined);
    const kept = JSON.stringify([await store.sessionsOf(id), await store.keysOf(id)]);
    expect(kept).not.toContain(token);
    expect(kept).not.toContain(key);
  });
});

describe("a key", () => {
  const codeOfKey = async (key: TrackerKey) => {
    const found = await parts.keys.find(key);
    return found.type === "valid" ? "valid" : found.code;
  };

  test("stops when its time is over, and is forgotten a month later", async () => {
    const { id } = await register("anna");
    const { key, record } = await parts.keys.make(id, "k", 60_000);
    time += 59_999;
    expect(await codeOfKey(key)).toBe("valid");
    time += 1;
    expect(await codeOfKey(key)).toBe("keyExpired");
    time += DEAD_KEY_KEPT_MILLIS + 1;
    await store.removeExpired(time as UnixMillis, (time - DEAD_KEY_KEPT_MILLIS) as UnixMillis);
    expect(await codeOfKey(key)).toBe("keyUnknown");
    expect(await store.key(record.hash)).toBeUndefined();
  });

  test("that is replaced works until its grace is over, and one that ends sooner is not prolonged", async () => {
    const { id } = await register("anna");
    const old = await parts.keys.make(id, "k", undefined);
    const short = await parts.keys.make(id, "short", 1_000);
    await parts.keys.replace(id, old.record.id, 5_000);
    const next = await parts.keys.replace(id, short.record.id, 5_000);
    time += 999;
    expect([await codeOfKey(old.key), await codeOfKey(short.key), await codeOfKey(next.key)]).toEqual([
      "valid",
      "valid",
      "valid",
    ]);
    time += 1;
    expect([await codeOfKey(short.key), await codeOfKey(next.key)]).toEqual(["keyExpired", "keyExpired"]);
    time += 4_000;
    expect(await codeOfKey(old.key)).toBe("keyExpired");
  });

  test("that is replaced without a grace ends at once, also for whoever is connected", async () => {
    const { id } = await register("anna");
    const { key, record } = await parts.keys.make(id, "k", undefined);
    const ended: unknown[] = [];
    parts.endings.listen((ending) => void ended.push(ending));
    await parts.keys.replace(id, record.id, 0);
    expect(await codeOfKey(key)).toBe("keyRevoked");
    expect(ended).toEqual([{ type: "key", account: id, key: record.id }]);
  });

  test("in .torrent files is another one once that was replaced", async () => {
    const { id } = await register("anna");
    const first = await parts.keys.forTorrentFiles(id);
    expect(await parts.keys.forTorrentFiles(id)).toBe(first);
    const [record] = await parts.keys.list(id);
    await parts.keys.replace(id, record?.id ?? expect.fail(), 5_000);
    const second = await parts.keys.forTorrentFiles(id);
    time += 5_000;
    expect([await codeOfKey(first), await codeOfKey(second)]).toEqual(["keyExpired", "valid"]);
    expect(await parts.keys.forTorrentFiles(id)).toBe(second);
  });

  test("has its use written down at most every few minutes", async () => {
    const { id } = await register("anna");
    const { key, record } = await parts.keys.make(id, "k", undefined);
    const usedAt = async () => (await store.key(record.hash))?.lastUsedAt;
    await parts.keys.find(key);
    const first = time;
    expect(await usedAt()).toBe(first);
    time += KEY_USE_WRITTEN_AFTER_MILLIS - 1;
    await parts.keys.find(key);
    expect(await usedAt()).toBe(first);
    time += 1;
    await parts.keys.find(key);
    expect(await usedAt()).toBe(time);
  });

  test("that was revoked is remembered, but not any number of them", async () => {
    const { id } = await register("anna");
    for (let at = 0; at < MAX_REMEMBERED_KEYS_PER_ACCOUNT + 5; at++) {
      const { record } = await parts.keys.make(id, `k${at}`, undefined);
      await parts.keys.revoke(id, record.id);
    }
    expect((await store.keysOf(id)).length).toBe(MAX_REMEMBERED_KEYS_PER_ACCOUNT);
  });
});

describe("who announces", () => {
  test("is looked up once in a while, not for every announce", async () => {
    const { id } = await register("anna");
    const { key } = await parts.keys.make(id, "k", undefined);
    const both = [parts.admission.byKey(key), parts.admission.byKey(key)];
    expect(await Promise.all(both)).toMatchObject([{ type: "admitted" }, { type: "admitted" }]);
    expect(parts.admission.byKey(key)).toMatchObject({ type: "admitted", account: id });
    expect(store.asked).toBe(1);
    time += ADMISSION_KEPT_MILLIS;
    expect(await parts.admission.byKey(key)).toMatchObject({ type: "admitted" });
    expect(store.asked).toBe(2);
  });

  test("goes on while the database is unavailable, and newcomers are told to come back", async () => {
    const { id } = await register("anna");
    const known = await parts.keys.make(id, "k", undefined);
    const other = await parts.keys.make(id, "k", undefined);
    await parts.admission.byKey(known.key);
    let errors = 0;
    parts.admission.onStoreError(() => errors++);
    store.isAway = true;
    time += ADMISSION_KEPT_MILLIS;
    expect(await parts.admission.byKey(known.key)).toMatchObject({ type: "admitted" });
    expect(await parts.admission.byKey(other.key)).toMatchObject({ type: "refused", retryIn: 60 });
    expect(errors).toBe(2);
    store.isAway = false;
    expect(await parts.admission.byKey(other.key)).toMatchObject({ type: "admitted" });
  });

  test("is looked up again once very many others have come", async () => {
    const keyOf = (at: number): string =>
      at
        .toString(2)
        .padStart(32, "2")
        .replace(/[01]/g, (digit) => (digit === "0" ? "a" : "b"));
    for (let at = 0; at <= MAX_KEPT_ADMISSIONS; at++) await parts.admission.byKey(keyOf(at));
    expect(parts.admission.byKey(keyOf(1))).toMatchObject({ code: "keyUnknown" });
    expect(parts.admission.byKey(keyOf(0))).toBeInstanceOf(Promise);
  });

  test("is refused when the key is revoked while it is being looked up", async () => {
    const { id } = await register("anna");
    const { key, record } = await parts.keys.make(id, "k", undefined);
    const decided = parts.admission.byKey(key);
    await parts.keys.revoke(id, record.id);
    await decided;
    expect(await parts.admission.byKey(key)).toMatchObject({ type: "refused", code: "keyRevoked" });
  });
});
