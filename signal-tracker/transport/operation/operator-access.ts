import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { isLoopbackIp } from "#shared/base/ip.ts";
import type { Identity } from "../../core/identity.ts";
import type { Proxies } from "../proxies.ts";

/** How operators are known. */
export interface OperatorAccessOptions {
  readonly proxies: Proxies;
  /** Undefined: there is no token. */
  readonly token: string | undefined;
  /** Who sends a request. Rejects if their key is not valid. */
  readonly identify: (request: FastifyRequest) => Promise<Identity>;
}

/**
 * Tells whether a request comes from an operator: from this machine, from an administrator, or with the token as
 * `Authorization: Bearer`.
 */
export function operatorAccess({
  proxies,
  token,
  identify,
}: OperatorAccessOptions): (request: FastifyRequest) => Promise<boolean> {
  return async (request) => {
    if (isFromHere(proxies, request) || hasToken(token, request)) return true;
    try {
      const identity = await identify(request);
      return identity.type === "account" && identity.account.isAdmin;
    } catch {
      return false; // An invalid key, or an unavailable database.
    }
  };
}

/**
 * Whether a program of this machine asks. What a proxy passes on comes from its client: if we do not trust the proxy, we cannot
 * know that one. The name in `Host` keeps out a page whose own name leads to loopback (DNS rebinding).
 */
function isFromHere(proxies: Proxies, { raw, headers }: FastifyRequest): boolean {
  const source = proxies.sourceOf(raw);
  if (source === undefined || !isLoopbackIp(source)) return false;
  const isForwarded = FORWARDING_HEADERS.some((name) => headers[name] !== undefined);
  if (isForwarded && !proxies.isForwardedByTrusted(raw)) return false;
  return LOCAL_HOST.test(headers.host ?? "");
}

/** What proxies add. */
const FORWARDING_HEADERS = [
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
  "via",
];

const LOCAL_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

function hasToken(token: string | undefined, { headers }: FastifyRequest): boolean {
  if (token === undefined) return false;
  return timingSafeEqual(digest(headers.authorization ?? ""), digest(`Bearer ${token}`));
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
