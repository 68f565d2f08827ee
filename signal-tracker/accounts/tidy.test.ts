import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DEAD_KEY_KEPT_MILLIS, EXPIRED_RECORDS_REMOVED_MILLIS } from "../limits/accounts.ts";
import { MemoryRecordStore } from "../store/memory/record-store.ts";
import { testAccount } from "../store/records.test-support.ts";
import { openAccounts } from "./open-accounts.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] }));
afterEach(() => void vi.useRealTimers());

test("dead keys are removed at the next hour when they have been dead for long enough", async () => {
  const store = new MemoryRecordStore();
  const { keys, close } = await openAccounts({ store, failed: (error) => expect.fail(String(error)) });
  const { id } = testAccount("anna");
  await store.addAccount(testAccount("anna"));
  const { record } = await keys.make(id, "old", undefined);
  await keys.make(id, "living", undefined);
  await keys.revoke(id, record.id);
  const names = async () => (await store.keysOf(id)).map(({ name }) => name).sort();
  await vi.advanceTimersByTimeAsync(DEAD_KEY_KEPT_MILLIS - EXPIRED_RECORDS_REMOVED_MILLIS);
  expect(await names()).toEqual(["living", "old"]);
  await vi.advanceTimersByTimeAsync(2 * EXPIRED_RECORDS_REMOVED_MILLIS);
  expect(await names()).toEqual(["living"]);
  close();
  expect(vi.getTimerCount()).toBe(0);
});
