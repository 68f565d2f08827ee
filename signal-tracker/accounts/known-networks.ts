import { createHash } from "node:crypto";
import type { AccountRecord } from "../core/record-store.ts";
import { MAX_KNOWN_NETWORKS_PER_NAME } from "../limits/attempts.ts";

/** 48 bits in base64url: strangers do not hit one by chance. */
const MARK_CHARACTERS = 8;

/** Whether the account's owner has logged in from there, so that strangers cannot keep them out there by failing in their name. */
export function knowsNetwork(account: AccountRecord | undefined, network: string | undefined): boolean {
  if (account === undefined || network === undefined) return false;
  return marksOf(account).includes(markOf(account, network));
}

/**
 * The networks of an account after its owner has logged in from there, the last ones only: a mark for each, apart by spaces. A mark is
 * a part of a hash, so nobody who reads accounts sees addresses. Undefined: nothing changes.
 */
export function withNetwork(
  account: Pick<AccountRecord, "id" | "knownNetworks">,
  network: string | undefined,
): string | undefined {
  if (network === undefined) return undefined;
  const [marks, mark] = [marksOf(account), markOf(account, network)];
  if (marks.at(-1) === mark) return undefined;
  return [...marks.filter((other) => other !== mark), mark].slice(-MAX_KNOWN_NETWORKS_PER_NAME).join(" ");
}

function marksOf({ knownNetworks = "" }: Pick<AccountRecord, "knownNetworks">): readonly string[] {
  return knownNetworks.split(" ").filter((mark) => mark !== "");
}

function markOf({ id }: Pick<AccountRecord, "id">, network: string): string {
  return createHash("sha256").update(`${id} ${network}`).digest("base64url").slice(0, MARK_CHARACTERS);
}
