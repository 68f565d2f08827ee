import type { AccountRecord, KeyId, TokenHash } from "./record-store.ts";

/** Who sends a request. */
export type Identity =
  | { readonly type: "nobody" }
  /** Logged in: a browser by its session, a program by a key. */
  | {
      readonly type: "account";
      /** Known by a key, it is not an administrator: keys travel in announce URLs, and so to more places than a session does. */
      readonly account: AccountRecord;
      /** The key by which it is known. Absent: by a session. */
      readonly key?: KeyId;
      /** The session by which it is known. Absent: by a key. */
      readonly session?: TokenHash;
    };

/** Somebody whom we do not know. */
export const NOBODY: Identity = { type: "nobody" };
