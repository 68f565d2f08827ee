import type { IncomingMessage } from "node:http";
import type { AccountParts } from "../accounts/open-accounts.ts";
import { AccountRefusal } from "../accounts/refusal.ts";
import { type Identity, NOBODY } from "../core/identity.ts";
import type { Proxies } from "./proxies.ts";
import { readSessionCookie } from "./session-cookie.ts";

const BEARER = /^Bearer +([\w-]+)$/i;

/**
 * Who sends a request: a program by `Authorization: Bearer <key>`, a browser by its session cookie. Rejects with an
 * `AccountRefusal` for a key that does not work any more.
 */
export async function identify(
  { keys, sessions }: Pick<AccountParts, "keys" | "sessions">,
  proxies: Proxies,
  request: IncomingMessage,
): Promise<Identity> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const [, text = ""] = BEARER.exec(authorization) ?? [];
    const found = await keys.find(text);
    if (found.type === "valid")
      return { type: "account", account: { ...found.account, isAdmin: false }, key: found.key.id };
    if (found.code === "keyMalformed") return NOBODY; // Another secret, such as that of an entry in the catalog.
    throw new AccountRefusal("keyNotValid", `Refused: ${found.reason}.`);
  }
  const token = readSessionCookie(request, proxies.isHttps(request));
  const found = token === undefined ? undefined : await sessions.find(token);
  return found === undefined ? NOBODY : { type: "account", ...found };
}

/** Somebody who is known. */
export type Known = Extract<Identity, { type: "account" }>;

/** Throws an `AccountRefusal` unless somebody is logged in, by a session or a key. */
export function requireKnown(identity: Identity): Known {
  if (identity.type === "account") return identity;
  throw new AccountRefusal("notLoggedIn", "Log in first.");
}

/** The same, but by a session: keys are in announce URLs, and whoever finds one must not be able to take over the account. */
export function requireSession(identity: Identity): Known & Required<Pick<Known, "session">> {
  const { session, ...known } = requireKnown(identity);
  if (session !== undefined) return { ...known, session };
  throw new AccountRefusal("keyNotEnough", "A key is not enough for this. Log in with your password.");
}

/** The same, by a session of an administrator. */
export function requireAdmin(identity: Identity): Known {
  const known = requireSession(identity);
  if (known.account.isAdmin) return known;
  throw new AccountRefusal("notAllowed", "Only administrators may do this.");
}
