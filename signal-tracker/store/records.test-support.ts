import { fold } from "#shared/base/fold.ts";
import type { AccountId, AccountRecord, TokenHash, UnixMillis } from "../core/record-store.ts";

/** A moment. */
export const at = (millis: number): UnixMillis => millis as UnixMillis;
/** A different one for each name. */
export const testToken = (name: string): TokenHash => `hash of ${name}` as TokenHash;

/** An account of that name. */
export function testAccount(name: string, fields: Partial<AccountRecord> = {}): AccountRecord {
  const id = `id of ${name}` as AccountId;
  const foldedName = fold(name);
  return { id, name, foldedName, passwordHash: "$argon2id$…", isAdmin: false, createdAt: at(1), ...fields };
}
