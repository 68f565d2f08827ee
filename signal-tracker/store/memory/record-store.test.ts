import { expect, test } from "vitest";
import type { AccountId, KeyId, TokenHash } from "../../core/record-store.ts";
import { testRecordStore } from "../record-contract.test-support.ts";
import { at, testAccount } from "../records.test-support.ts";
import { MemoryRecordStore } from "./record-store.ts";

testRecordStore(async (limits) => new MemoryRecordStore(limits));

test("the sessions and keys of an account are found without a look at those of others", async () => {
  const store = new MemoryRecordStore();
  const [anna, binh] = [testAccount("anna"), testAccount("binh")];
  for (const account of [anna, binh]) await store.addAccount(account);
  let looks = 0;
  const ofAnna = <Record extends object>(record: Record): Record & { readonly account: AccountId } =>
    Object.defineProperty(record as Record & { account: AccountId }, "account", {
      get: () => {
        looks += 1;
        return anna.id;
      },
    });
  for (let number = 0; number < 100; number++) {
    const hash = `hash ${number}` as TokenHash;
    await store.addKey(ofAnna({ id: `key ${number}` as KeyId, hash, name: "", createdAt: at(1) }));
    await store.addSession(ofAnna({ hash, createdAt: at(1), expiresAt: at(2) }));
  }
  looks = 0;
  expect([await store.keysOf(binh.id), await store.sessionsOf(binh.id)]).toEqual([[], []]);
  await store.removeAccount(binh.id);
  expect(looks).toBe(0);
  expect([(await store.keysOf(anna.id)).length, (await store.sessionsOf(anna.id)).length]).toEqual([
    100, 100,
  ]);
});
