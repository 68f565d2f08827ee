import type { Server } from "node:http";
import { performance } from "node:perf_hooks";
import type { FastifyInstance } from "fastify";
import { millis } from "#shared/base/ids.ts";
import type { SdpJson } from "../core/sdp-json.ts";
import type { Delivery } from "../core/tracker.ts";
import { HTTP_LIMITS } from "../limits/http.ts";
import { MAX_ANNOUNCES_PER_NETWORK_AND_MINUTE } from "../limits/swarms.ts";
import { MAX_UNPROVED_ANSWERS_PER_NETWORK_AND_MINUTE } from "../limits/udp.ts";
import { SOCKET_LIMITS } from "../limits/websocket.ts";
import { AddressGate } from "../transport/address-gate.ts";
import { networkOf } from "../transport/addresses.ts";
import { machineIp, pageUrl, type Reach } from "../transport/config.ts";
import { ConnectionIds } from "../transport/connection-ids.ts";
import { Connections } from "../transport/connections.ts";
import { TrackerCounters } from "../transport/counters.ts";
import { FairTurns } from "../transport/fair-turns.ts";
import { createHttp } from "../transport/http.ts";
import type { AddressOptions } from "../transport/http-tracker.ts";
import { KnownHosts } from "../transport/known-hosts.ts";
import { listenUdp } from "../transport/listen.ts";
import { MinuteCounts } from "../transport/minute-counts.ts";
import { openOperation } from "../transport/operation/open-operation.ts";
import type { ReadinessCheck } from "../transport/operation/readiness.ts";
import { Origins } from "../transport/origins.ts";
import { LOOPBACK_PROXIES, Proxies } from "../transport/proxies.ts";
import { SocketGate } from "../transport/socket-gate.ts";
import type { UdpServer } from "../transport/udp.ts";
import { TrackerSockets } from "../transport/websocket.ts";
import { createApi } from "./create-api.ts";
import { createTracker } from "./create-tracker.ts";
import { openCatalog } from "./open-catalog.ts";
import { type Door, openDoor } from "./open-door.ts";
import { fingerprintOf, prepareHttps } from "./open-https.ts";
import { openNearby } from "./open-nearby.ts";
import type { Parts } from "./open-parts.ts";
import type { RunningTracker, TrackerOptions } from "./options.ts";
import { fixedReach, reachedAt } from "./reach.ts";
import { removeForbidden } from "./remove-forbidden.ts";
import { systemRandom } from "./system-random.ts";
import { waysToEnd } from "./ways-to-end.ts";

/**
 * Puts the core, the transports and the parts together, and opens the ports. Rejects with a `StartError`, which is a `UdpPortBusy`
 * if another port may do; then it leaves no port open.
 */
export async function openTracker(
  options: TrackerOptions,
  boundAddress: string,
  parts: Parts,
): Promise<RunningTracker> {
  const { certificate, records, redis, accounts, rules } = parts;
  const { log, port, udp: usesUdp = true, pageFolder, turn } = options;
  const tracker = createTracker(parts);
  const now = () => millis(performance.now());
  const proxies = new Proxies(options.trustedProxies ?? LOOPBACK_PROXIES);
  const counters = new TrackerCounters();
  const deliver = (delivery: Delivery<SdpJson>): void => sockets.deliver(delivery);
  rules.onChange(() => void removeForbidden(tracker, cluster));
  accounts?.admission.onStoreError(() => counters.storeFailed());
  const self = () => ({ url: pageUrl(reach()).href, sockets: sockets.size });
  const cluster = redis?.join({ tracker, now, deliver, self });
  const common = { tracker, cluster, counters, now, proxies, networkOf };
  const own = ownNames(options, parts, proxies);
  const gate = accounts && new SocketGate({ ...accounts, ...own, proxies });
  const addressGate = accounts && new AddressGate({ ...accounts, ...common });
  const turns = new FairTurns();
  const sockets = new TrackerSockets({ ...common, log, limits: SOCKET_LIMITS, gate, turns });
  let door: Door | undefined;
  let httpsPort: number | undefined;
  const fixed = fixedReach(options, boundAddress, parts);
  const places = () => ({ port: door?.port ?? port, httpsPort, otherNodes: redis?.otherUrls ?? [] });
  const reach = (): Reach => ({ ...fixed, ...places() });
  const addresses: AddressOptions = {
    ...common,
    minuteCounts: new MinuteCounts(MAX_ANNOUNCES_PER_NETWORK_AND_MINUTE),
    machineIp: (localAddress) => machineIp(reach(), localAddress),
    admission: accounts?.admission,
  };
  const catalog = openCatalog(options, records, tracker, cluster);
  const offered = { parts: accounts, catalog: catalog?.catalog, random: systemRandom };
  const api = createApi({ ...addresses, ...offered, ...own, reach });
  const operation = openOperation({
    ...watchedParts(options, parts),
    ...{ store: tracker.store, counters, now, proxies },
    ...{ socketCount: () => sockets.size, identify: api.context.identify, url: () => pageUrl(reach()) },
  });
  const connections = new Connections({ ...common, limits: HTTP_LIMITS });
  const nearby = openNearby(options, { ...common, ...own, ...parts });
  const served = { sockets, nearby, connections, turns, addresses };
  const authority = () => certificate?.authority;
  const servers: Server[] = [];
  let http: FastifyInstance | undefined;
  let udp: UdpServer | undefined;
  const close = async (): Promise<void> => {
    door?.leave();
    operation.close();
    catalog?.close();
    addressGate?.close();
    await Promise.all([nearby?.close(), sockets.close(), http?.close(), udp?.close()]);
  };
  try {
    http = await createHttp({ ...served, log, pageFolder, api, authority, operation, turn, reach });
    const https = certificate && prepareHttps(certificate, { http, ...served });
    servers.push(http.server, ...(https === undefined ? [] : [https.server]));
    door = await openDoor(options, boundAddress, http, { api, nearby });
    const udpOptions = { ...addresses, log, stun: fixed.stun, ...unprovedParts(parts) };
    if (usesUdp) udp = await listenUdp(boundAddress, door.port, udpOptions);
    httpsPort = await https?.listen(boundAddress, options.https?.port ?? 0);
    await redis?.start();
  } catch (error) {
    await close();
    throw error;
  }
  const ends = waysToEnd(close, parts.close, { readiness: operation.readiness, sockets, nearby, servers });
  return Object.assign(reachedAt(reach), ends, toldOnce(parts));
}

/** What the operator is told once. */
function toldOnce({ certificate, accounts }: Parts) {
  return { authorityFingerprint: fingerprintOf(certificate), adminCode: accounts?.adminCode };
}

/** Which names and pages are the tracker's own. */
function ownNames({ host, publicUrl, allowedOrigins = [] }: TrackerOptions, parts: Parts, proxies: Proxies) {
  const hosts = new KnownHosts({
    ...{ boundHost: host, publicUrl, allowedOrigins },
    otherNodes: () => parts.redis?.otherUrls ?? [],
    certificate: () => parts.certificate?.pair.cert,
  });
  return { origins: new Origins({ publicUrl, allowedOrigins, proxies }), hosts };
}

/** What bounds and proves requests over UDP, whose source addresses may be forged. */
function unprovedParts({ connectionKey }: Parts) {
  return {
    unprovedCounts: new MinuteCounts(MAX_UNPROVED_ANSWERS_PER_NETWORK_AND_MINUTE),
    connectionIds: new ConnectionIds(connectionKey, Date.now),
  };
}

/** What operators can watch of the parts. */
function watchedParts({ catalog = true, metricsToken }: TrackerOptions, parts: Parts) {
  const { certificate, records, redis, accounts } = parts;
  return {
    certificates: () => certificate?.expiries() ?? [],
    checks: checksOf(parts),
    metricsToken,
    redis,
    records: catalog ? records : undefined,
    needsLogin: accounts !== undefined,
  };
}

/** A node without its Redis still introduces its own peers, so load balancers should not give it up. */
function checksOf({ records, redis }: Parts): readonly ReadinessCheck[] {
  return redis === undefined ? [{ store: "records", look: () => records.setting("readyz") }] : [];
}
