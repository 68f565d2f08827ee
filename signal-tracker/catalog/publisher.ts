import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Identity } from "../core/identity.ts";
import type { TokenHash, TorrentPublisher, TorrentRecord } from "../core/record-store.ts";

/** Who sends a request. */
export interface Sender {
  readonly identity: Identity;
  /** Undefined: no limits apply to its network. */
  readonly network: string | undefined;
  /** The Bearer token, where there are no accounts: it may be the owner key of an entry. */
  readonly ownerKey: string | undefined;
}

const OWNER_KEY_BYTES = 32;

/** Whose limits an entry counts towards. Undefined: no limits apply. */
export function publisherOf({ identity, network }: Sender): TorrentPublisher | undefined {
  if (identity.type === "account") return { owner: identity.account.id };
  return network === undefined ? undefined : { network };
}

/** An owner key for somebody without an account, and what we keep of it. Both are undefined with an account. */
export function newOwnerKey({ identity }: Sender): {
  readonly ownerKey: string | undefined;
  readonly ownerKeyHash: TokenHash | undefined;
} {
  if (identity.type === "account") return { ownerKey: undefined, ownerKeyHash: undefined };
  const ownerKey = randomBytes(OWNER_KEY_BYTES).toString("base64url");
  return { ownerKey, ownerKeyHash: hashOf(ownerKey) };
}

/** Whether whoever sends the request may unpublish the entry. */
export function mayUnpublish(
  { owner, ownerKeyHash }: TorrentRecord,
  { identity, ownerKey }: Sender,
): boolean {
  if (identity.type === "account") return identity.account.isAdmin || identity.account.id === owner;
  if (ownerKey === undefined || ownerKeyHash === undefined) return false;
  return timingSafeEqual(Buffer.from(hashOf(ownerKey)), Buffer.from(ownerKeyHash));
}

function hashOf(token: string): TokenHash {
  return createHash("sha256").update(token).digest("hex") as TokenHash;
}
