import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { hostIn } from "#shared/base/host-header.ts";
import { Refusal } from "./refusal.ts";

/** Who may talk to the API. */
export interface GuardOptions {
  /** What programs and the page show. */
  readonly token: string;
  /** The host of `--api`, which may be a name. */
  readonly host: string;
}

/**
 * Lets in only who shows the token, and no page of another site. A browser opens any address for any page: the `Host` header gives
 * away a name that a stranger has let lead here (DNS rebinding), and `Origin` the page that asks.
 */
export function guard(http: FastifyInstance, { token, host }: GuardOptions): void {
  const expected = digest(token);
  http.addHook("onRequest", async (request, reply) => {
    reply.header("cache-control", "no-store");
    requireOwnHost(request, host);
    requireOwnOrigin(request);
    const shown = /^Bearer ([\w-]{1,100})$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (timingSafeEqual(digest(shown), expected)) return;
    reply.header("www-authenticate", "Bearer");
    throw new Refusal(
      401,
      "tokenNeeded",
      "Send the daemon's token: Authorization: Bearer TOKEN. It is in the file api-token of its state folder.",
    );
  });
}

/** Refuses a request for a name that a stranger may own. */
export function requireOwnHost({ headers }: FastifyRequest, host: string): void {
  const name = hostIn(headers.host ?? "");
  if (name !== undefined && (isIP(name) !== 0 || name === "localhost" || name === host.toLowerCase())) return;
  throw new Refusal(
    403,
    "unknownHost",
    "The daemon does not know this name as its own. Use the address that it printed at its start.",
  );
}

/** Browsers name the page that asks, unless it is the daemon's own and only reads; other programs name none. */
function requireOwnOrigin({ headers }: FastifyRequest): void {
  const { origin } = headers;
  if (origin === undefined || origin === `http://${headers.host}`) return;
  throw new Refusal(403, "foreignOrigin", "A page of another site may not talk to the daemon.");
}

/** Of equal length, whatever the text. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
