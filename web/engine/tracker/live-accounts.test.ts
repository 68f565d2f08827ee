import { signal } from "@preact/signals-core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  type AccountTracker,
  ApiClient,
  openAccountTracker,
  PASSWORD,
} from "#signal-tracker/accounts/accounts.test-support.ts";
import { browserClock } from "../browser-clock.ts";
import type { Account } from "../client.ts";
import type { SendRequest } from "./ask.ts";
import { LiveAccounts } from "./live-accounts.ts";

let tracker: AccountTracker;
let browser: ApiClient;
const account = signal<Account>({ state: "unknown" });
let changes: number;
let registration: boolean | undefined;
let accounts: LiveAccounts;
const cleanUps: (() => void | Promise<void>)[] = [];

beforeEach(async () => {
  tracker = await openAccountTracker((cleanUp) => cleanUps.push(cleanUp));
  browser = new ApiClient(tracker);
  account.value = { state: "unknown" };
  changes = 0;
  const send: SendRequest = async ({ method, path, body }) => {
    const told = await browser.send(method, `/api${path}`, body);
    return { status: told.status ?? 0, body: told.body };
  };
  const changed = () => {
    changes += 1;
  };
  accounts = new LiveAccounts({
    send,
    clock: browserClock,
    account,
    isRegistrationOpen: true,
    askRegistration: async () => registration,
    changed,
  });
  await accounts.look();
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

const GUEST = { state: "guest", isRegistrationOpen: true };
const ANNA = { state: "member", name: "anna", isAdmin: false };
const register = () => accounts.register("anna", PASSWORD, "");

test("somebody registers, logs out and logs in, and the page connects anew each time", async () => {
  expect(account.value).toEqual(GUEST);
  expect(await register()).toEqual({ ok: true, value: undefined });
  expect([account.value, changes]).toEqual([ANNA, 1]);
  await accounts.logOut();
  expect([account.value, changes]).toEqual([GUEST, 2]);
  await accounts.logIn("Anna", PASSWORD);
  expect([account.value, changes]).toEqual([ANNA, 3]);
});

test("what the tracker refuses is told in its words, and changes nothing", async () => {
  const wrong = { ok: false, status: 401, problem: "The name or the password is wrong." };
  expect(await accounts.logIn("anna", PASSWORD)).toEqual(wrong);
  expect([account.value, changes]).toEqual([GUEST, 0]);
  await register();
  expect(await accounts.deleteAccount("wrong password")).toMatchObject({ ok: false, status: 403 });
  expect(await accounts.becomeAdministrator("wrong code")).toMatchObject({ ok: false, status: 403 });
  expect(await accounts.everybody(undefined)).toMatchObject({ ok: false, status: 403 });
  expect(await accounts.revokeKey("../none")).toMatchObject({ ok: false, status: 404 });
  expect([account.value, changes]).toEqual([ANNA, 1]);
});

test("at an address that the tracker does not know as its own, the log-in says so", async () => {
  account.value = { state: "unknown" };
  browser.headers["host"] = "share.example.org";
  await accounts.look();
  expect(account.value).toEqual(GUEST);
  expect(await register()).toMatchObject({ ok: false, problem: expect.stringContaining("--public-url") });
});

test("who has the code from the terminal is an administrator at once", async () => {
  await register();
  expect(await accounts.becomeAdministrator(tracker.code)).toMatchObject({ ok: true });
  expect(account.value).toEqual({ ...ANNA, isAdmin: true });
  expect(await accounts.everybody(undefined)).toMatchObject({ value: { items: [{ name: "anna" }] } });
});

test("a session that has ended elsewhere makes a guest, a tracker that is away does not", async () => {
  await register();
  const other = new ApiClient(tracker);
  await other.post("/api/session", { name: "anna", password: PASSWORD });
  await other.patch("/api/me", { password: PASSWORD, newPassword: "battery staple" });
  expect(await accounts.look()).toBe(true);
  expect([account.value, changes]).toEqual([GUEST, 2]);
  expect(await accounts.look()).toBe(false);
  await accounts.logIn("anna", "battery staple");
  await tracker.close();
  await accounts.look();
  expect(account.value).toEqual(ANNA);
  expect(await accounts.logOut()).toMatchObject({ ok: false, problem: /cannot reach the tracker/ });
  expect(account.value).toEqual(ANNA);
});

test("whoever logs in in another tab is logged in here, and the page connects anew", async () => {
  await browser.post("/api/accounts", { name: "anna", password: PASSWORD });
  expect(await accounts.look()).toBe(false);
  expect([account.value, changes]).toEqual([ANNA, 1]);
  await accounts.look();
  expect(changes).toBe(1);
});

test("a tracker that does not say who is logged in is asked again, more and more seldom, and the page says why", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  try {
    const account = signal<Account>({ state: "unknown" });
    let asked = 0;
    let isAway = true;
    const send: SendRequest = async () => {
      asked += 1;
      const body = { error: { code: "storeUnavailable", message: "The database is away." } };
      return isAway
        ? { status: 503, body }
        : { status: 200, body: { name: "anna", isAdmin: false, peerId: "0".repeat(40) } };
    };
    const retried = new LiveAccounts({
      send,
      clock: browserClock,
      account,
      isRegistrationOpen: true,
      askRegistration: async () => undefined,
      changed: () => {},
    });
    await retried.look();
    expect(account.value).toEqual({ state: "unknown", problem: "The database is away." });
    for (const [millis, count] of [
      [1_000, 2],
      [1_000, 2],
      [1_000, 3],
      [4_000, 4],
      [600_000, 16],
    ] as const) {
      await vi.advanceTimersByTimeAsync(millis);
      expect(asked).toBe(count);
    }
    isAway = false;
    await retried.look();
    expect(account.value).toEqual({ state: "member", name: "anna", isAdmin: false });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(asked).toBe(17);
  } finally {
    vi.useRealTimers();
  }
});

test("a guest learns whether registration is open now, and an unanswered question changes nothing", async () => {
  registration = false;
  await accounts.askRegistration();
  expect(account.value).toEqual({ state: "guest", isRegistrationOpen: false });
  registration = undefined;
  await accounts.askRegistration();
  expect(account.value).toEqual({ state: "guest", isRegistrationOpen: false });
});
