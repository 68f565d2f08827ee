import { Agent, get as getHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { get as getHttps, Agent as SecureAgent } from "node:https";
import { ProtocolError } from "#shared/base/errors.ts";
import { isPrivateHost, privateNetworkError } from "#shared/base/tracker-rule.ts";
import type { LocalAddress } from "../local-address.ts";
import { lookUpPublic } from "./public-lookup.ts";

/** How many redirects to follow; each is checked like the first address. */
export const MAX_REDIRECTS = 3;

/**
 * Connections to one server at once: other clients open as many. Further requests wait for one of them. A thousand goodbyes go out
 * within a second of each other.
 */
export const MAX_CONNECTIONS = 50;

/** As of Node's own agents: a connection serves the next request, too, if that comes soon. */
const AGENT_OPTIONS = { keepAlive: true, timeout: 5_000, maxSockets: MAX_CONNECTIONS };
/** Apart for servers that may be in a private network and those that may not: a connection that is kept is not looked up again. */
const FREE = { http: new Agent(AGENT_OPTIONS), https: new SecureAgent(AGENT_OPTIONS) };
const GUARDED = { http: new Agent(AGENT_OPTIONS), https: new SecureAgent(AGENT_OPTIONS) };

/** How to ask a web server that somebody else may have chosen. */
export interface GuardedRequest {
  /** Ends the request, and the reading of its answer. */
  readonly signal: AbortSignal;
  /** Whether a URL may lead to this machine or into a private network. Asked for the first URL and for each redirect. */
  readonly mayBePrivate: (url: URL) => boolean;
  readonly maxRedirects?: number;
  /** Further headers. Absent: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The address to ask from. Absent: any. */
  readonly from?: LocalAddress | undefined;
}

/** An answer that is no redirect, and where it comes from. */
export interface GuardedAnswer {
  readonly response: IncomingMessage;
  readonly url: URL;
}

/**
 * Asks by GET and follows redirects. Rejects with a `ProtocolError` if it leads to where it may not, by a name or by the address that
 * the name has, or redirects too often; and with the error of the connection.
 */
export async function guardedGet(first: URL, request: GuardedRequest): Promise<GuardedAnswer> {
  const { maxRedirects = MAX_REDIRECTS } = request;
  let url = first;
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const response = await getOnce(url, request);
    const { statusCode = 0, headers } = response;
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) return { response, url };
    response.destroy();
    url = new URL(headers.location, url);
  }
  throw new ProtocolError("redirects", "it redirects us too often");
}

function getOnce(
  url: URL,
  { signal, mayBePrivate, headers, from }: GuardedRequest,
): Promise<IncomingMessage> {
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new ProtocolError("scheme", "it redirects us to an address that is not on the web");
  const isGuarded = !mayBePrivate(url);
  if (isGuarded && isPrivateHost(url.hostname)) throw privateNetworkError();
  const options: RequestOptions = {
    ...{ headers: { "user-agent": "Tabswarm", ...headers }, signal },
    ...from,
    ...(isGuarded && { lookup: lookUpPublic }),
  };
  const { http, https } = isGuarded ? GUARDED : FREE;
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === "https:"
        ? getHttps(url, { ...options, agent: https })
        : getHttp(url, { ...options, agent: http });
    request.on("response", resolve);
    request.on("error", reject);
  });
}
