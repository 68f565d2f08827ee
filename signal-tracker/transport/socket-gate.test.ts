import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { type AccountParts, openAccounts } from "../accounts/open-accounts.ts";
import { type KeyRecord, StoreUnavailable, type TokenHash, type UnixMillis } from "../core/record-store.ts";
import { ADMISSION_KEPT_MILLIS, MAX_KEPT_ADMISSIONS } from "../limits/accounts.ts";
import { MemoryRecordStore } from "../store/memory/record-store.ts";
import { Origins } from "./origins.ts";
import { LOOPBACK_PROXIES, Proxies } from "./proxies.ts";
import type { SocketClient } from "./socket-client.ts";
import { SocketGate } from "./socket-gate.ts";

/** Can be away, and counts how often it was asked in vain. */
class TestStore extends MemoryRecordStore {
  isAway = false;
  askedInVain = 0;

  override async key(hash: TokenHash): Promise<KeyRecord | undefined> {
    if (!this.isAway) return await super.key(hash);
    this.askedInVain += 1;
    throw new StoreUnavailable();
  }
}

let time: number;
let store: TestStore;
let parts: AccountParts;
let gate: SocketGate;
let ended: (readonly [client: SocketClient, reason: string])[];

beforeEach(async () => {
  time = Date.UTC(2026, 0, 1);
  ended = [];
  store = new TestStore();
  parts = await openAccounts({
    store,
    now: () => time as UnixMillis,
    failed: (error) => expect.fail(String(error)),
  });
  const proxies = new Proxies(LOOPBACK_PROXIES);
  const origins = new Origins({ publicUrl: undefined, allowedOrigins: [], proxies });
  gate = new SocketGate({ ...parts, origins, proxies, recheckMillis: 5 });
  gate.onEnd((client, reason) => {
    gate.leave(client);
    ended.push([client, reason]);
  });
});
afterEach(() => {
  gate.close();
  parts.close();
});

/** A client that only stands for itself. */
const testClient = () => ({}) as SocketClient;

async function enter(headers: object, url = "/"): Promise<SocketClient> {
  const socket = { remoteAddress: "192.0.2.1" };
  const decision = await gate.decide({ headers, url, socket } as never);
  const client = testClient();
  expect(decision && gate.enter(client, decision)).toBeUndefined();
  return client;
}

test("sockets end when their key or session has expired, and not before", async () => {
  const account = await parts.accounts.register(
    { name: "anna", password: "correct horse" },
    undefined,
    undefined,
  );
  const short = await parts.keys.make(account.id, "short", 60_000);
  const long = await parts.keys.make(account.id, "long", undefined);
  const token = await parts.sessions.open(account.id);
  const [first, second] = [
    await enter({}, `/announce/${short.key}`),
    await enter({}, `/announce/${short.key}`),
  ];
  await enter({}, `/announce/${long.key}`);
  const browser = await enter({ cookie: `tabswarm-session=${token}` });
  time += 60_000;
  await expect.poll(() => ended.map(([client]) => client)).toEqual([first, second]);
  expect(ended[0]?.[1]).toBe("your log-in or key has expired");

  await parts.sessions.end(
    (await parts.sessions.find(token))?.session ?? expect.fail("the session has ended"),
  );
  expect(ended.map(([client]) => client)).toEqual([first, second, browser]);
});

test("sockets stay while the database is unavailable, even when so many have come that the tracker has forgotten theirs", async () => {
  const account = await parts.accounts.register(
    { name: "anna", password: "correct horse" },
    undefined,
    undefined,
  );
  const { key } = await parts.keys.make(account.id, "k", undefined);
  await enter({}, `/announce/${key}`);
  for (let at = 0; at < MAX_KEPT_ADMISSIONS; at++)
    await parts.admission.byKey(at.toString(2).padStart(32, "2").replaceAll("0", "a").replaceAll("1", "b"));
  store.isAway = true;
  time += ADMISSION_KEPT_MILLIS;
  await expect.poll(() => store.askedInVain).toBeGreaterThan(1);
  expect(ended).toEqual([]);
});

test("a closed gate looks no longer", () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const proxies = new Proxies(LOOPBACK_PROXIES);
  const origins = new Origins({ publicUrl: undefined, allowedOrigins: [], proxies });
  const closed = new SocketGate({ ...parts, origins, proxies });
  expect(vi.getTimerCount()).toBe(1);
  closed.close();
  expect(vi.getTimerCount()).toBe(0);
});
