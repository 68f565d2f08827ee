import type { IncomingMessage, ServerResponse } from "node:http";
import type { Failure, RetryIn } from "#shared/announce/announce.ts";
import { type HttpRequest, parseAnnounceQuery, parseScrapeQuery } from "#shared/announce/http.ts";
import { encodeAddressReply, encodeFailure, encodeScrapeReply } from "#shared/announce/http-reply.ts";
import type { Millis } from "#shared/base/ids.ts";
import type { IpAddress } from "#shared/base/ip.ts";
import { type Admission, type Decision, LOGIN_NEEDED } from "../accounts/admission.ts";
import { announceAddress } from "../core/address.ts";
import type { Caller } from "../core/caller.ts";
import type { Cluster } from "../core/cluster.ts";
import { tooManyAnnounces } from "../core/refusals.ts";
import { scrape, type Tracker } from "../core/tracker.ts";
import { andThen } from "./and-then.ts";
import type { Outcomes, TrackerCounters } from "./counters.ts";
import type { MinuteCounts } from "./minute-counts.ts";
import type { Proxies } from "./proxies.ts";
import { parseTrackerPath, type TrackerPath } from "./tracker-path.ts";

/** What it takes to handle announces of addresses, over any transport. */
export interface AddressOptions {
  readonly tracker: Tracker;
  /** Absent: this tracker is a single node. */
  readonly cluster?: Pick<Cluster<never>, "announceAddress" | "listPeers" | "scrape"> | undefined;
  readonly counters: TrackerCounters;
  readonly now: () => Millis;
  /** Counts the announces and scrapes of each network. */
  readonly minuteCounts: MinuteCounts;
  /** The network whose limits an address counts towards. Undefined: no limits apply. */
  readonly networkOf: (ip: IpAddress) => string | undefined;
  readonly proxies: Proxies;
  /** This machine's address for a client that arrived at `localAddress`. Undefined: unknown. */
  readonly machineIp: (localAddress: string | undefined) => IpAddress | undefined;
  /** Decides who may announce, by the key in the URL. Absent: anybody may, and keys mean nothing. */
  readonly admission?: Pick<Admission, "byKey"> | undefined;
}

/** Why somebody without an address is refused. */
export const SOURCE_UNKNOWN =
  "the tracker cannot see your address: the proxy in front of it must send it in X-Forwarded-For";

const HEADERS = {
  "content-type": "text/plain",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};

/**
 * Answers an announce or a scrape (BEP 3, BEP 48), with status 200 even on failure: clients read the reason only then.
 * False: the request is neither, and has no answer yet. A promise: its answer has to wait for others.
 */
export function answerTrackerRequest(
  options: AddressOptions,
  request: IncomingMessage,
  response: ServerResponse,
  source: IpAddress | undefined,
): boolean | Promise<void> {
  const { method, url = "" } = request;
  const [path = ""] = url.split("?", 1);
  const target = method === "GET" ? parseTrackerPath(path, options.admission !== undefined) : undefined;
  if (target === undefined) return false;
  const query = url.slice(path.length + 1);
  const trackerRequest = target.action === "announce" ? parseAnnounceQuery(query) : parseScrapeQuery(query);
  const from = { ip: source, machineIp: () => options.machineIp(request.socket.localAddress) };
  const body = answer(options, from, target, trackerRequest);
  if (typeof body === "string") send(response, body);
  else return sendLater(response, body);
  return true;
}

function send(response: ServerResponse, body: string): void {
  response.writeHead(200, { ...HEADERS, "content-length": body.length });
  response.end(body, "latin1");
}

/** A bug is reported as everywhere else, but must not leave the client without an answer. */
function sendLater(response: ServerResponse, body: Promise<string>): Promise<void> {
  return body.then(
    (text) => send(response, text),
    (error: unknown) => {
      response.writeHead(500).end();
      throw error;
    },
  );
}

/** Returns a promise only in a cluster, or with accounts if the key has to be looked up. */
function answer(
  options: AddressOptions,
  { ip, machineIp }: Pick<Caller, "machineIp"> & { readonly ip: IpAddress | undefined },
  { key }: TrackerPath,
  trackerRequest: HttpRequest | Failure,
): string | Promise<string> {
  const { counters, now, admission } = options;
  const startedAt = now();
  if (trackerRequest.type === "failure") {
    counters.malformed.http += 1;
    return encodeFailure(trackerRequest);
  }
  const outcomes =
    trackerRequest.type === "scrape" ? counters.scrapes.http : counters.announcesOf("http", ip);
  if (ip === undefined) return refusal(trackerRequest.type, SOURCE_UNKNOWN, outcomes);
  const network = options.networkOf(ip);
  const tooMany = tooOften(options, network, startedAt);
  if (tooMany !== undefined) return refusal(trackerRequest.type, tooMany.reason, outcomes, tooMany.retryIn);
  const caller = { ip, network, machineIp };
  if (admission === undefined) return answerAdmitted(options, caller, trackerRequest, outcomes, startedAt);
  const decided = (decision: Decision): string | Promise<string> =>
    decision.type === "refused"
      ? refusal(trackerRequest.type, decision.reason, outcomes, decision.retryIn)
      : answerAdmitted(options, { ...caller, holder: decision }, trackerRequest, outcomes, now());
  const decision = key === undefined ? LOGIN_NEEDED : admission.byKey(key);
  return decision instanceof Promise ? decision.then(decided) : decided(decision);
}

function answerAdmitted(
  { tracker, cluster, counters, now }: AddressOptions,
  caller: Caller,
  trackerRequest: HttpRequest,
  outcomes: Outcomes,
  startedAt: Millis,
): string | Promise<string> {
  if (trackerRequest.type === "scrape") {
    outcomes.answered += 1;
    const { infoHashes } = trackerRequest;
    return andThen(cluster?.scrape(infoHashes) ?? scrape(tracker, startedAt, infoHashes), encodeScrapeReply);
  }
  const { announce, peersForm } = trackerRequest;
  const replied =
    cluster?.announceAddress(caller, announce, peersForm) ??
    announceAddress(tracker, startedAt, caller, announce, peersForm);
  return andThen(replied, (reply) => {
    if (reply.type === "failure") {
      outcomes.refused += 1;
      return encodeFailure(reply);
    }
    outcomes.answered += 1;
    const body = encodeAddressReply(reply);
    counters.announceMillis.add(now() - startedAt);
    return body;
  });
}

/** Counts one more for the network. Returns why to refuse it if that is too many. */
export function tooOften(
  { minuteCounts }: Pick<AddressOptions, "minuteCounts">,
  network: string | undefined,
  now: Millis,
): ReturnType<typeof tooManyAnnounces> | undefined {
  if (network === undefined || minuteCounts.allows(network, now)) return undefined;
  return tooManyAnnounces("your address", minuteCounts.maxPerMinute, minuteCounts.secondsLeft(now));
}

function refusal(action: Failure["action"], reason: string, outcomes: Outcomes, retryIn?: RetryIn): string {
  outcomes.refused += 1;
  return encodeFailure({ type: "failure", action, infoHash: undefined, reason, retryIn });
}
