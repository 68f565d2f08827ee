import type { AccountId, KeyId, TokenHash } from "./record-store.ts";

/** What ends somebody's right to announce. */
export type Ending =
  | { readonly type: "session"; readonly session: TokenHash }
  | { readonly type: "key"; readonly account: AccountId; readonly key: KeyId }
  /** All sessions of the account but one. Keys go on. */
  | { readonly type: "sessions"; readonly account: AccountId; readonly except: TokenHash }
  /** All sessions and keys of the account. */
  | { readonly type: "account"; readonly account: AccountId };
