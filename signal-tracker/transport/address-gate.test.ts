import { expect, onTestFinished, test, vi } from "vitest";
import { millis } from "#shared/base/ids.ts";
import { openAccounts } from "../accounts/open-accounts.ts";
import { announceAddress } from "../core/address.ts";
import { type AccountId, StoreUnavailable, type UnixMillis } from "../core/record-store.ts";
import { testAddressAnnounce, testCaller, testInfoHash, testTracker } from "../core/tracker.test-support.ts";
import { MemoryRecordStore } from "../store/memory/record-store.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { AddressGate } from "./address-gate.ts";

test("addresses leave when their key has expired, and not while the database is unavailable", async () => {
  let time = Date.UTC(2026, 0, 1);
  let isAway = true;
  let looks = 0;
  class Store extends MemoryRecordStore {
    override async account(id: AccountId) {
      looks += 1;
      if (isAway) throw new StoreUnavailable("away");
      return await super.account(id);
    }
  }
  const records = new Store();
  const { keys, endings, accounts, close } = await openAccounts({
    store: records,
    now: () => time as UnixMillis,
    failed: (error) => expect.fail(String(error)),
  });
  onTestFinished(close);
  const account = await accounts.register({ name: "anna", password: "correct horse" }, undefined, undefined);
  const short = await keys.make(account.id, "short", 60_000);
  const long = await keys.make(account.id, "long", undefined);

  const tracker = testTracker(new MemorySwarmStore());
  const now = () => millis(0);
  const gate = new AddressGate({ tracker, now, keys, endings, recheckMillis: 2 });
  onTestFinished(() => gate.close());
  for (const [port, { record }] of [short, long].entries()) {
    const caller = { ...testCaller("192.0.2.1"), holder: { account: account.id, key: record.id } };
    announceAddress(tracker, now(), caller, testAddressAnnounce(port, { port: port + 1 }), "compact");
  }
  const leechers = () => tracker.store.counts(testInfoHash(1)).leechers;
  time += 60_000;
  await expect.poll(() => looks).toBeGreaterThan(2);
  expect(leechers()).toBe(2);
  isAway = false;
  await expect.poll(leechers).toBe(1);
  expect(tracker.store.membersOf(account.id).map(({ holder }) => holder?.key)).toEqual([long.record.id]);
});

test("a closed gate looks no longer", async () => {
  const { keys, endings, close } = await openAccounts({
    store: new MemoryRecordStore(),
    failed: (error) => expect.fail(String(error)),
  });
  onTestFinished(close);
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const tracker = testTracker(new MemorySwarmStore());
  const gate = new AddressGate({ tracker, now: () => millis(0), keys, endings });
  expect(vi.getTimerCount()).toBe(1);
  gate.close();
  expect(vi.getTimerCount()).toBe(0);
});
