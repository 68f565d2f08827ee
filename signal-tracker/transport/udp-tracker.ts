import type { SwarmCounts } from "#shared/announce/announce.ts";
import { COMPACT_IPV4_BYTES, COMPACT_IPV6_BYTES } from "#shared/announce/compact.ts";
import { encodeUdpReply, parseUdpRequest, readUdpHeader, type UdpRequest } from "#shared/announce/udp.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import { type IpAddress, isIpv6 } from "#shared/base/ip.ts";
import { type Admission, type Decision, LOGIN_NEEDED } from "../accounts/admission.ts";
import type { Refused } from "../accounts/keys.ts";
import { announceAddress } from "../core/address.ts";
import type { Caller } from "../core/caller.ts";
import { scrape } from "../core/tracker.ts";
import { MAX_UDP_REPLY_BYTES } from "../limits/udp.ts";
import { andThen } from "./and-then.ts";
import type { ConnectionIds } from "./connection-ids.ts";
import type { Outcomes } from "./counters.ts";
import { type AddressOptions, tooOften } from "./http-tracker.ts";
import type { MinuteCounts } from "./minute-counts.ts";
import { parseTrackerPath } from "./tracker-path.ts";

/** What it takes to answer announces over UDP. */
export interface UdpTrackerOptions extends Omit<AddressOptions, "proxies"> {
  readonly connectionIds: ConnectionIds;
  /** Counts the answers to each network whose address is not proved. */
  readonly unprovedCounts: MinuteCounts;
}

type UdpAnnounce = Extract<UdpRequest, { type: "announce" }>;
type UdpScrape = Extract<UdpRequest, { type: "scrape" }>;

const UNPROVED = "the connection id is wrong or has expired; ask for a new one";
const NO_KEY: Refused = {
  ...LOGIN_NEEDED,
  reason: "this tracker wants your key: use its http announce URL, as your client sends no key over UDP",
};
const NO_KEY_IN_SCRAPES: Refused = {
  ...LOGIN_NEEDED,
  reason: "this tracker wants your key, and scrapes over UDP carry none: scrape over http",
};
const NO_COUNTS: SwarmCounts = { seeders: 0, leechers: 0, downloaded: 0 };
/** Bytes of the reply to an announce before its peers. */
const REPLY_HEADER_BYTES = 20;

/**
 * Answers a packet of the UDP tracker protocol (BEP 15) from that address. Undefined: it gets no answer, or with accounts
 * or in a cluster `later` gets it. Until a connection id has proved that packets reach the address, no answer is longer than its packet: the
 * address may be forged.
 */
export function answerUdpRequest(
  options: UdpTrackerOptions,
  packet: Uint8Array,
  ip: IpAddress,
  later: (answer: Uint8Array) => void = () => {},
): Uint8Array | undefined {
  const header = readUdpHeader(packet);
  if (header === undefined) return undefined;
  const { counters, now, unprovedCounts, networkOf, connectionIds } = options;
  const { transactionId, connectionId } = header;
  const network = networkOf(ip);
  if (header.type === "connect" || !connectionIds.isValid(connectionId, ip)) {
    if (network !== undefined && !unprovedCounts.allows(network, now())) return undefined;
    if (header.type !== "connect") return failure(transactionId, UNPROVED).subarray(0, packet.length);
    return encodeUdpReply({ type: "connectReply", transactionId, connectionId: connectionIds.issue(ip) });
  }
  const request = parsed(packet);
  if (request instanceof ProtocolError) {
    counters.malformed.udp += 1;
    return failure(transactionId, request.message);
  }
  const outcomes = request.type === "scrape" ? counters.scrapes.udp : counters.announcesOf("udp", ip);
  const tooMany = tooOften(options, network, now());
  if (tooMany !== undefined) {
    outcomes.refused += 1;
    return failure(transactionId, tooMany.reason);
  }
  // The socket does not say at which of the machine's addresses a packet has arrived.
  const machineIp = () => options.machineIp(undefined);
  const caller: Caller = { ip, network, machineIp, maxPeers: maxPeersAt(ip), ownFamilyOnly: true };
  // A bug is reported as everywhere else; the client asks again.
  const atOnce = (answer: Uint8Array | Promise<Uint8Array>): Uint8Array | undefined => {
    if (!(answer instanceof Promise)) return answer;
    void answer.then(later);
    return undefined;
  };
  if (options.admission === undefined) return atOnce(answerAdmitted(options, caller, request, outcomes));
  const decided = (decision: Decision): Uint8Array | Promise<Uint8Array> => {
    if (decision.type === "admitted")
      return answerAdmitted(options, { ...caller, holder: decision }, request, outcomes);
    outcomes.refused += 1;
    return failure(transactionId, decision.reason);
  };
  return atOnce(andThen(decide(options.admission, request), decided));
}

/** The path of the tracker's URL (BEP 41) carries the key, as over HTTP. Clients that do not send it cannot announce over UDP. */
function decide(
  admission: Pick<Admission, "byKey">,
  request: UdpAnnounce | UdpScrape,
): Decision | Promise<Decision> {
  if (request.type === "scrape") return NO_KEY_IN_SCRAPES;
  const [path = ""] = request.urlData.split("?", 1);
  const key = parseTrackerPath(path, true)?.key;
  return key === undefined ? NO_KEY : admission.byKey(key);
}

function answerAdmitted(
  options: UdpTrackerOptions,
  caller: Caller,
  request: UdpAnnounce | UdpScrape,
  outcomes: Outcomes,
): Uint8Array | Promise<Uint8Array> {
  if (request.type === "announce") return answerAnnounce(options, caller, request, outcomes);
  outcomes.answered += 1;
  return answerScrape(options, request);
}

function answerAnnounce(
  { tracker, cluster, counters, now }: UdpTrackerOptions,
  caller: Caller,
  { announce, transactionId }: UdpAnnounce,
  outcomes: Outcomes,
): Uint8Array | Promise<Uint8Array> {
  const startedAt = now();
  const replied =
    cluster?.announceAddress(caller, announce, "compact") ??
    announceAddress(tracker, startedAt, caller, announce, "compact");
  return andThen(replied, (reply) => {
    if (reply.type === "failure") {
      outcomes.refused += 1;
      return failure(transactionId, reply.reason);
    }
    outcomes.answered += 1;
    const { intervalSeconds, seeders, leechers, peers } = reply;
    const packedPeers = isIpv6(caller.ip) ? peers.ipv6 : peers.ipv4;
    const counts = { intervalSeconds, seeders, leechers };
    const answer = encodeUdpReply({ type: "compactReply", transactionId, ...counts, packedPeers });
    counters.announceMillis.add(now() - startedAt);
    return answer;
  });
}

/** How many peers fit into a reply: all of them are of the caller's own family. */
function maxPeersAt(ip: IpAddress): number {
  const peerBytes = isIpv6(ip) ? COMPACT_IPV6_BYTES : COMPACT_IPV4_BYTES;
  return Math.floor((MAX_UDP_REPLY_BYTES - REPLY_HEADER_BYTES) / peerBytes);
}

function answerScrape(
  { tracker, cluster, now }: UdpTrackerOptions,
  { infoHashes, transactionId }: UdpScrape,
): Uint8Array | Promise<Uint8Array> {
  return andThen(cluster?.scrape(infoHashes) ?? scrape(tracker, now(), infoHashes), ({ swarms }) => {
    const counts = infoHashes.map((infoHash) => swarms.get(infoHash) ?? NO_COUNTS);
    return encodeUdpReply({ type: "scrapeReply", transactionId, swarms: counts });
  });
}

function parsed(packet: Uint8Array): UdpAnnounce | UdpScrape | ProtocolError {
  try {
    const request = parseUdpRequest(packet);
    return request.type === "connect" ? new ProtocolError("malformedTrackerMessage", UNPROVED) : request;
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

function failure(transactionId: number, reason: string): Uint8Array {
  return encodeUdpReply({ type: "failure", transactionId, reason });
}
