import type { FastifyRequest } from "fastify";
import type { Millis } from "#shared/base/ids.ts";
import type { Identity } from "../../core/identity.ts";
import { type RecordStore, StoreUnavailable } from "../../core/record-store.ts";
import type { SwarmStore } from "../../core/swarm-store.ts";
import { statusRoutes } from "../api/status-routes.ts";
import type { TrackerCounters } from "../counters.ts";
import type { Proxies } from "../proxies.ts";
import { AnnounceRate } from "./announce-rate.ts";
import { CensusTaker } from "./census.ts";
import { type CertificateExpiry, Metrics } from "./metrics.ts";
import type { OperationOptions } from "./operation-routes.ts";
import { operatorAccess } from "./operator-access.ts";
import { Readiness, type ReadinessCheck } from "./readiness.ts";

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
  /** Whether only who is logged in sees the catalog. */
  readonly needsLogin: boolean;
  /** This node's URL, when its port is known. */
  readonly url: () => URL;
  readonly identify: (request: FastifyRequest) => Promise<Identity>;
}

/** What operators see of a running tracker. */
export interface Operation extends OperationOptions {
  readonly census: CensusTaker;
  readonly rate: AnnounceRate;
  close(): void;
}

/** Puts together what operators see. */
export function openOperation(watched: Watched): Operation {
  const {
    store,
    counters,
    now,
    proxies,
    socketCount,
    certificates,
    checks,
    metricsToken,
    identify,
    records,
    url,
    needsLogin,
  } = watched;
  const startedAt = new Date().toISOString();
  const census = new CensusTaker(store, now);
  const rate = new AnnounceRate(() => counters.announceCount);
  const metrics = new Metrics({ counters, census, socketCount, certificates });
  return {
    census,
    rate,
    readiness: new Readiness(checks, now),
    metrics,
    status: statusRoutes({
      census,
      rate,
      now,
      nodes: async () => [{ url: url().href, startedAt, sockets: socketCount() }],
      nameOf: async (infoHash) => (await withoutDatabase(records?.torrent(infoHash), counters))?.name,
      needsLogin,
    }),
    isOperator: operatorAccess({ proxies, token: metricsToken, identify }),
    close: () => {
      rate.close();
      metrics.close();
    },
  };
}

/** The view of the tracker goes on without names while the database is away. */
async function withoutDatabase<Found>(
  looked: Promise<Found | undefined> | undefined,
  counters: TrackerCounters,
): Promise<Found | undefined> {
  try {
    return await looked;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    counters.storeErrors += 1;
    return undefined;
  }
}
