import type { FastifyRequest } from "fastify";
import type { Millis } from "#shared/base/ids.ts";
import type { Identity } from "../../core/identity.ts";
import type { RecordStore } from "../../core/record-store.ts";
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
  /** Knows the names of the torrents in the catalog. */
  readonly records: Pick<RecordStore, "torrent">;
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
  } = watched;
  const startedAt = new Date().toISOString();
  const startedAtMillis = now();
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
      uptimeSeconds: () => (now() - startedAtMillis) / 1e3,
      nodes: async () => [{ url: url().href, startedAt, sockets: socketCount() }],
      nameOf: async (infoHash) => (await records.torrent(infoHash))?.name,
    }),
    isOperator: operatorAccess({ proxies, token: metricsToken, identify }),
    close: () => {
      rate.close();
      metrics.close();
    },
  };
}
