import type { AccountRecord } from "./record-store.ts";

/** Who sends a request. */
export type Identity =
  | { readonly type: "nobody" }
  /** Logged in: a browser by its session, a program by a key. */
  | { readonly type: "account"; readonly account: AccountRecord };

/** Nobody whom we know. */
export const NOBODY: Identity = { type: "nobody" };
