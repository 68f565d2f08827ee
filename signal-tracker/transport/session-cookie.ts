import type { IncomingMessage } from "node:http";
import { fastifyCookie } from "@fastify/cookie";

/** As long as browsers keep a cookie at all: when a session ends is for the tracker to say. */
const MAX_AGE_SECONDS = 400 * 24 * 60 * 60;

/**
 * Cookies know no ports and http shares them with https. So each has a name of its own: with `__Host-`, browsers let no page in
 * plain http replace it (RFC 6265bis).
 */
const cookieName = (isHttps: boolean): string => (isHttps ? "__Host-tabswarm-session" : "tabswarm-session");

/** The token in the session cookie of a request. Undefined: it has none. */
export function readSessionCookie(
  { headers }: Pick<IncomingMessage, "headers">,
  isHttps: boolean,
): string | undefined {
  const { cookie } = headers;
  return cookie === undefined ? undefined : fastifyCookie.parse(cookie)[cookieName(isHttps)];
}

/** The `Set-Cookie` header that logs a browser in. Pages cannot read the cookie, and other sites' requests do not carry it. */
export function sessionCookie(token: string, isHttps: boolean): string {
  return serialize(token, isHttps, MAX_AGE_SECONDS);
}

/** The `Set-Cookie` header that makes a browser forget its session. */
export function noSessionCookie(isHttps: boolean): string {
  return serialize("", isHttps, 0);
}

function serialize(token: string, isHttps: boolean, maxAge: number): string {
  const options = { httpOnly: true, sameSite: "lax", path: "/", secure: isHttps, maxAge } as const;
  return fastifyCookie.serialize(cookieName(isHttps), token, options);
}
