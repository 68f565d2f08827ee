import type { FastifyRequest } from "fastify";
import type { ApiNode } from "#shared/announce/tracker-api.ts";
import type { Millis } from "#shared/base/ids.ts";
import type { Identity } from "../../core/identity.ts";
import { type RecordStore, StoreUnavailable } from "../../core/record-store.ts";
import type { SwarmStore } from "../../core/swarm-store.ts";
import type { TrackerCounters } from "../counters.ts";
import type { Proxies } from "../proxies.ts";
import { AnnounceRate } from "./announce-rate.ts";
import { CensusTaker } from "./census.ts";
import { addGauge, type MetricRegistry } from "./metric-readings.ts";
import { type CertificateExpiry, Metrics } from "./metrics.ts";
import type { OperationOptions } from "./operation-routes.ts";
import { operatorAccess } from "./operator-access.ts";
import { Readiness, type ReadinessCheck } from "./readiness.ts";
import { statusRoutes } from "./status-routes.ts";

/** What watching a tracker takes. */
export interface Watched {
  readonly store: SwarmStore;
  readonly counters: TrackerCounters;
  readonly now: () => Millis;
  readonly proxies: Proxies;
  /** Open WebSockets. */
  readonly socketCount: () => number;
  readonly certificates: () => readonly CertificateExpiry[];
  readonly checks: readonly ReadinessCheck[];
  readonly metricsToken: string | undefined;
  /** Knows the names of the torrents in the catalog. Undefined: there is no catalog. */
  readonly records: Pick<RecordStore, "torrent"> | undefined;
  /** Whether only people who are logged in see the catalog. */
  readonly needsLogin: boolean;
  /** What links it to the other nodes. Undefined: it is alone. */
  readonly redis: NodeLink | undefined;
  /** This node's URL, when its port is known. */
  readonly url: () => URL;
  readonly identify: (request: FastifyRequest) => Promise<Identity>;
}

/** Another node of the same tracker. */
interface OtherNode {
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly sockets: number;
}

/** A database through which nodes know each other. */
interface NodeLink {
  readonly isUp: boolean;
  readonly others: readonly OtherNode[];
}

/** What operators see of a running tracker. */
export interface Operation extends OperationOptions {
  readonly census: CensusTaker;
  readonly rate: AnnounceRate;
  close(): void;
}

/** Puts together what operators see. */
export function openOperation(watched: Watched): Operation {
  const { counters, now, proxies, socketCount, certificates, records, needsLogin, redis, url } = watched;
  const startedAt = new Date().toISOString();
  const census = new CensusTaker(watched.store, now);
  const rate = new AnnounceRate(() => counters.announceCount);
  const metrics = new Metrics({ counters, census, socketCount, certificates });
  if (redis !== undefined) addNodeMetrics(metrics.registry, redis);
  return {
    census,
    rate,
    readiness: new Readiness(watched.checks, now),
    metrics,
    status: statusRoutes({
      census,
      rate,
      now,
      nodes: () => [
        { url: url().href, startedAt, sockets: socketCount() },
        ...(redis?.others ?? []).map((node) => apiNode(node)),
      ],
      nameOf: async (infoHash) => (await withoutDatabase(records?.torrent(infoHash), counters))?.name,
      needsLogin,
    }),
    isOperator: operatorAccess({ proxies, token: watched.metricsToken, identify: watched.identify }),
    close: () => {
      rate.close();
      metrics.close();
    },
  };
}

function addNodeMetrics(registry: MetricRegistry, redis: NodeLink): void {
  addGauge(registry, "tabswarm_redis_up", "Whether Redis can be reached.", [], () => [[Number(redis.isUp)]]);
  addGauge(registry, "tabswarm_nodes", "Nodes of this tracker that are alive, this one included.", [], () => [
    [1 + redis.others.length],
  ]);
}

function apiNode({ url, startedAt, sockets }: OtherNode): ApiNode {
  return { url, startedAt: new Date(startedAt).toISOString(), sockets };
}

/** The view of the tracker goes on without names while the database is unavailable. */
async function withoutDatabase<Found>(
  looked: Promise<Found | undefined> | undefined,
  counters: TrackerCounters,
): Promise<Found | undefined> {
  try {
    return await looked;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    counters.storeFailed();
    return undefined;
  }
}
