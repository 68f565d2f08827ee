import { randomBytes, randomInt } from "node:crypto";
import { access } from "node:fs/promises";
import type { Server } from "node:http";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { millis } from "#shared/base/ids.ts";
import type { IpRange } from "#shared/base/ip.ts";
import type { Random } from "#shared/base/random.ts";
import type { SdpJson } from "./core/sdp-json.ts";
import type { Delivery, Tracker } from "./core/tracker.ts";
import { UpdateCounts } from "./core/update-counts.ts";
import { createApi } from "./create-api.ts";
import {
  HTTP_LIMITS,
  MAX_ANNOUNCES_PER_NETWORK_AND_MINUTE,
  MAX_MEMBERS_PER_ACCOUNT,
  MAX_MEMBERS_PER_ACCOUNT_IN_SWARM,
  MAX_MEMBERS_PER_NETWORK,
  MAX_MEMBERS_PER_NETWORK_IN_SWARM,
  MAX_OFFERS_PER_ANNOUNCE,
  MAX_PEERS_PER_REPLY,
  MAX_TORRENTS_PER_SOCKET,
  MAX_UNPROVED_ANSWERS_PER_NETWORK_AND_MINUTE,
  SOCKET_LIMITS,
} from "./limits.ts";
import { openCatalog } from "./open-catalog.ts";
import { fingerprintOf, type HttpsWish, prepareHttps } from "./open-https.ts";
import { openParts, type Parts } from "./open-parts.ts";
import { backUpRecords } from "./open-records.ts";
import { RecordFileError } from "./store/record-file-error.ts";
import { isWildcard, lanAddresses, networkOf, urlHost } from "./transport/addresses.ts";
import { type IceServer, machineIp, pageUrl, type Reach } from "./transport/config.ts";
import { ConnectionIds } from "./transport/connection-ids.ts";
import { Connections } from "./transport/connections.ts";
import { TrackerCounters } from "./transport/counters.ts";
import { createHttp } from "./transport/http.ts";
import type { AddressOptions } from "./transport/http-tracker.ts";
import { listenHttp, listenUdp, resolveHost, StartError, UdpPortBusy } from "./transport/listen.ts";
import { MinuteCounts } from "./transport/minute-counts.ts";
import { type Drained, drain } from "./transport/operation/drain.ts";
import { openOperation } from "./transport/operation/open-operation.ts";
import type { ReadinessCheck } from "./transport/operation/readiness.ts";
import { Origins } from "./transport/origins.ts";
import { LOOPBACK_PROXIES, Proxies } from "./transport/proxies.ts";
import { SocketGate } from "./transport/socket-gate.ts";
import type { TurnOptions } from "./transport/turn.ts";
import type { UdpServer } from "./transport/udp.ts";
import { TrackerSockets } from "./transport/websocket.ts";

export { backUpRecords, type HttpsWish, type IceServer, RecordFileError, StartError, type TurnOptions };

/** How often to look for a port that is free for both TCP and UDP, when any will do. */
const ANY_PORT_TRIES = 10;

/** How to run a tracker. `tabswarm tracker` has a setting for each of these (`cli/flags/tracker-settings.ts`). */
export interface TrackerOptions {
  /** An address or name of this machine. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly publicUrl?: URL | undefined;
  readonly iceServers?: readonly IceServer[] | undefined;
  readonly turn?: TurnOptions | undefined;
  /** Reverse proxies that are trusted to name the client. Absent: those on this machine. */
  readonly trustedProxies?: readonly IpRange[] | undefined;
  /** Whether people can publish torrents here, and find them. Absent: yes. */
  readonly catalog?: boolean | undefined;
  /** Days after which an entry of the catalog goes that nobody seeds. */
  readonly catalogDays?: number | undefined;
  /** Whether people register and log in, and only they may announce. */
  readonly accounts?: boolean | undefined;
  /** Origins of other sites, such as `https://files.example.org`, whose pages may use the API as this tracker's own may. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Whether to answer STUN over UDP on the same port number. */
  readonly stun: boolean;
  /** Whether to use UDP at all: announces and STUN. Absent: yes. */
  readonly udp?: boolean;
  /** The built page. Absent: no page is served. */
  readonly pageFolder?: string | undefined;
  /** Absent: http only. */
  readonly https?: HttpsWish | undefined;
  /** A file of info-hashes, the only ones that are allowed. Absent: all are. */
  readonly allowList?: string | undefined;
  /** A file of info-hashes that are not allowed. */
  readonly denyList?: string | undefined;
  /** Keeps what outlives a restart: the tracker's id, records and swarms. Created if missing. Absent: nothing outlives it. */
  readonly dataFolder?: string | undefined;
  /** A Redis that several nodes share, which are one tracker then. Records are in it, and not in the data folder. */
  readonly redisUrl?: string | undefined;
  /** Lets whoever sends it as a Bearer token read `/metrics`. */
  readonly metricsToken?: string | undefined;
  readonly log: Logger;
}

/** A running tracker. */
export interface RunningTracker {
  readonly port: number;
  /** Undefined: it does not speak https. */
  readonly httpsPort: number | undefined;
  /** The SHA-256 fingerprint of its own certificate authority, as people compare it. Undefined: it has none. */
  readonly authorityFingerprint: string | undefined;
  /** The page's URLs, as people type them: this machine's own first, then the LAN's, then those on https, then the operator's. */
  readonly urls: readonly string[];
  /** The URL to share: the operator's, else the first on the LAN. Undefined: no other machine reaches the tracker. */
  readonly sharedUrl: string | undefined;
  /** The URL that links start with: `pageUrl` in `/config.json`. */
  readonly pageUrl: string;
  /** The one-time code that makes somebody the first administrator. Undefined: there are no accounts, or there is one. */
  readonly adminCode: string | undefined;
  /** Closes all sockets, ports and files. */
  close(): Promise<void>;
  /** Closes them such that clients and load balancers can move on: within 15 s. */
  drain(): Promise<void>;
}

/** Opens the ports and serves until `close`. Rejects with a `StartError`. */
export async function startTracker(options: TrackerOptions): Promise<RunningTracker> {
  if (options.pageFolder !== undefined) await requirePage(options.pageFolder);
  const boundAddress = await resolveHost(options.host);
  const parts = await openParts({ ...options, random: systemRandom });
  const tries = options.port === 0 ? ANY_PORT_TRIES : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await open(options, boundAddress, parts);
    } catch (error) {
      if (attempt < tries && error instanceof UdpPortBusy) continue;
      await parts.close();
      throw error;
    }
  }
}

async function open(options: TrackerOptions, boundAddress: string, parts: Parts): Promise<RunningTracker> {
  const { certificate, records, redis, accounts } = parts;
  const { log, port: wantedPort, udp: usesUdp = true, pageFolder, turn, allowedOrigins = [] } = options;
  const tracker = createTracker(parts);
  const now = () => millis(performance.now());
  const proxies = new Proxies(options.trustedProxies ?? LOOPBACK_PROXIES);
  const counters = new TrackerCounters();
  const deliver = (delivery: Delivery<SdpJson>): void => sockets.deliver(delivery);
  const self = () => ({ url: pageUrl(reach()).href, sockets: sockets.size });
  const cluster = redis?.join({ tracker, now, deliver, self });
  const common = { tracker, cluster, counters, now, proxies, networkOf };
  const origins = new Origins({ publicUrl: options.publicUrl, allowedOrigins, proxies });
  const gate = accounts && new SocketGate({ ...accounts, origins, proxies });
  const sockets = new TrackerSockets({ ...common, log, limits: SOCKET_LIMITS, gate });
  let port = wantedPort;
  let httpsPort: number | undefined;
  const fixed = fixedReach(options, boundAddress, parts);
  const reach = (): Reach => ({ ...fixed, port, httpsPort, otherNodes: redis?.otherUrls ?? [] });
  const addresses: AddressOptions = {
    ...common,
    minuteCounts: new MinuteCounts(MAX_ANNOUNCES_PER_NETWORK_AND_MINUTE),
    machineIp: (localAddress) => machineIp(reach(), localAddress),
    admission: accounts?.admission,
  };
  const catalog = openCatalog(options, records, tracker, cluster);
  const apiParts = { parts: accounts, catalog: catalog?.catalog, origins, random: systemRandom, reach };
  const api = createApi({ ...addresses, ...apiParts });
  const operation = openOperation({
    ...{ store: tracker.store, counters, now, proxies, socketCount: () => sockets.size },
    certificates: () => certificate?.expiries() ?? [],
    checks: checksOf(parts),
    metricsToken: options.metricsToken,
    identify: api.context.identify,
    ...{
      redis,
      records: catalog && records,
      needsLogin: accounts !== undefined,
      url: () => pageUrl(reach()),
    },
  });
  const connections = new Connections({ ...common, limits: HTTP_LIMITS });
  const served = { sockets, connections, addresses };
  const servers: Server[] = [];
  let http: FastifyInstance | undefined;
  let udp: UdpServer | undefined;
  const close = async (): Promise<void> => {
    operation.close();
    catalog?.close();
    await Promise.all([sockets.close(), http?.close(), udp?.close()]);
  };
  try {
    const authority = () => certificate?.authority;
    http = await createHttp({ ...served, log, pageFolder, api, authority, operation, turn, reach });
    const https = certificate && prepareHttps(certificate, { http, ...served });
    servers.push(http.server, ...(https === undefined ? [] : [https.server]));
    port = await listenHttp(http, boundAddress, wantedPort);
    const udpOptions = { ...addresses, log, stun: fixed.stun, ...unprovedParts(parts) };
    if (usesUdp) udp = await listenUdp(boundAddress, port, udpOptions);
    httpsPort = await https?.listen(boundAddress, options.https?.port ?? 0);
    await redis?.start();
  } catch (error) {
    await close();
    throw error;
  }
  const ends = endings(close, parts.close, { readiness: operation.readiness, sockets, servers });
  const told = { authorityFingerprint: fingerprintOf(certificate), adminCode: accounts?.adminCode };
  return { port, httpsPort, ...told, ...reachedAt(reach()), ...ends };
}

/** How the tracker is reached, but for its ports. */
function fixedReach(
  options: TrackerOptions,
  boundAddress: string,
  { trackerId, certificate }: Parts,
): Omit<Reach, "port" | "httpsPort" | "otherNodes"> {
  const { publicUrl, iceServers = [], catalog, stun, udp = true } = options;
  const hasAuthority = certificate?.authority !== undefined;
  const has = { hasAuthority, hasCatalog: catalog !== false, stun: stun && udp };
  return { boundAddress, publicUrl, trackerId, iceServers, ...has };
}

/** What bounds and proves requests over UDP, whose source addresses may be forged. */
function unprovedParts({ connectionKey }: Parts) {
  return {
    unprovedCounts: new MinuteCounts(MAX_UNPROVED_ANSWERS_PER_NETWORK_AND_MINUTE),
    connectionIds: new ConnectionIds(connectionKey, Date.now),
  };
}

/** The two ways in which a running tracker ends: at once, and after a while. */
function endings(
  close: () => Promise<void>,
  closeParts: () => Promise<void>,
  drained: Drained,
): Pick<RunningTracker, "close" | "drain"> {
  const closeOnce = onlyOnce(async () => {
    await close();
    await closeParts();
  });
  const drainFirst = async (): Promise<void> => {
    await drain(drained);
    await closeOnce();
  };
  return { close: closeOnce, drain: drainFirst };
}

/** Whoever calls it again waits for the first call. */
function onlyOnce(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

/** A node without its Redis still introduces its own peers, so load balancers should not give it up. */
function checksOf({ records, redis }: Parts): readonly ReadinessCheck[] {
  return redis === undefined ? [{ store: "records", look: () => records.setting("readyz") }] : [];
}

function createTracker({ trackerId, swarms, rules }: Parts): Tracker {
  return {
    store: swarms,
    random: systemRandom,
    trackerId,
    maxOffersPerAnnounce: MAX_OFFERS_PER_ANNOUNCE,
    maxSwarmsPerMember: MAX_TORRENTS_PER_SOCKET,
    maxPeersPerReply: MAX_PEERS_PER_REPLY,
    maxMembersPerNetworkInSwarm: MAX_MEMBERS_PER_NETWORK_IN_SWARM,
    maxMembersPerNetwork: MAX_MEMBERS_PER_NETWORK,
    maxMembersPerAccountInSwarm: MAX_MEMBERS_PER_ACCOUNT_IN_SWARM,
    maxMembersPerAccount: MAX_MEMBERS_PER_ACCOUNT,
    updateCounts: new UpdateCounts(),
    isAllowed: rules.isAllowed,
  };
}

async function requirePage(folder: string): Promise<void> {
  try {
    await access(join(folder, "index.html"));
  } catch {
    throw new StartError(`The page is not in ${folder}. Build it with: npm run build`);
  }
}

function reachedAt(reach: Reach): Pick<RunningTracker, "urls" | "sharedUrl" | "pageUrl"> {
  const { boundAddress, port, httpsPort, publicUrl } = reach;
  const isNamed = isWildcard(boundAddress) || ["127.0.0.1", "::1"].includes(boundAddress);
  const here = isNamed ? "localhost" : urlHost(boundAddress);
  const hosts = [here, ...lanAddresses(boundAddress).map(urlHost)];
  const lan = hosts.slice(1).map((host) => `http://${host}:${port}/`);
  const https = httpsPort === undefined ? [] : hosts.map((host) => `https://${host}:${httpsPort}/`);
  const operators = publicUrl === undefined ? [] : [publicUrl.href];
  return {
    urls: [...new Set([`http://${here}:${port}/`, ...lan, ...https, ...operators])],
    sharedUrl: publicUrl?.href ?? lan[0],
    pageUrl: pageUrl(reach).href,
  };
}

const systemRandom: Random = {
  below: (bound) => randomInt(bound),
  bytes: (length) => new Uint8Array(randomBytes(length)),
};
