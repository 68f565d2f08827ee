import type { IncomingMessage, ServerResponse } from "node:http";
import type { Failure } from "#shared/announce/announce.ts";
import { type HttpRequest, parseAnnounceQuery, parseScrapeQuery } from "#shared/announce/http.ts";
import { encodeAddressReply, encodeFailure, encodeScrapeReply } from "#shared/announce/http-reply.ts";
import type { Millis } from "#shared/base/ids.ts";
import type { IpAddress } from "#shared/base/ip.ts";
import { announceAddress } from "../core/address.ts";
import { scrape, type Tracker } from "../core/tracker.ts";
import type { MinuteCounts } from "./minute-counts.ts";
import type { Proxies } from "./proxies.ts";

/** What the announces of addresses need from the one who takes them, by whatever transport they come. */
export interface AddressOptions {
  readonly tracker: Tracker;
  readonly now: () => Millis;
  /** Counts the announces and scrapes of each address. */
  readonly minuteCounts: MinuteCounts;
  /** Under what an address counts. Undefined: it is not limited. */
  readonly countedAs: (ip: IpAddress) => string | undefined;
  readonly proxies: Proxies;
  /** This machine, as somebody reaches it who arrived at `localAddress`. Undefined: not known. */
  readonly machineIp: (localAddress: string | undefined) => IpAddress | undefined;
}

const SOURCE_UNKNOWN =
  "the tracker does not see your address: the proxy before it must name it in X-Forwarded-For";

const HEADERS = {
  "content-type": "text/plain",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/**
 * Answers the request if it is an announce or a scrape (BEP 3, BEP 48), with status 200 whatever is wrong with it: clients
 * read a reason only then. False: it is neither, and is left to others.
 */
export function answerTrackerRequest(
  options: AddressOptions,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { method, url = "" } = request;
  const [path = ""] = url.split("?", 1);
  if (method !== "GET" || (path !== "/announce" && path !== "/scrape")) return false;
  const query = url.slice(path.length + 1);
  const asked = path === "/announce" ? parseAnnounceQuery(query) : parseScrapeQuery(query);
  const body = answer(options, request, asked);
  response.writeHead(200, { ...HEADERS, "content-length": body.length });
  response.end(body, "latin1");
  return true;
}

function answer(options: AddressOptions, request: IncomingMessage, asked: HttpRequest | Failure): string {
  const { tracker, now, minuteCounts, countedAs, proxies, machineIp } = options;
  if (asked.type === "failure") return encodeFailure(asked);
  const ip = proxies.sourceOf(request);
  if (ip === undefined) return refusal(asked.type, SOURCE_UNKNOWN);
  const network = countedAs(ip);
  if (network !== undefined && !minuteCounts.allows(network, now())) {
    return refusal(
      asked.type,
      `your address announces more often than ${minuteCounts.maxPerMinute} times a minute; wait a minute`,
    );
  }
  if (asked.type === "scrape") return encodeScrapeReply(scrape(tracker, now(), asked.infoHashes));
  const caller = { ip, network, machineIp: () => machineIp(request.socket.localAddress) };
  return encodeAddressReply(announceAddress(tracker, now(), caller, asked.announce, asked.peersForm));
}

function refusal(action: Failure["action"], reason: string): string {
  return encodeFailure({ type: "failure", action, infoHash: undefined, reason });
}
