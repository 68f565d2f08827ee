import type { FastifyRequest } from "fastify";
import type { Millis } from "#shared/base/ids.ts";
import type { Identity } from "../../core/identity.ts";
import type { SwarmStore } from "../../core/swarm-store.ts";
import type { TrackerCounters } from "../counters.ts";
import type { Proxies } from "../proxies.ts";
import { CensusTaker } from "./census.ts";
import { Metrics } from "./metrics.ts";
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
  readonly checks: readonly ReadinessCheck[];
  readonly metricsToken: string | undefined;
  readonly identify: (request: FastifyRequest) => Promise<Identity>;
}

/** What operators see of a running tracker. */
export interface Operation extends OperationOptions {
  readonly census: CensusTaker;
}

/** Puts together what operators see. */
export function openOperation(watched: Watched): Operation {
  const { store, counters, now, proxies, socketCount, checks, metricsToken, identify } = watched;
  const census = new CensusTaker(store, now);
  return {
    census,
    readiness: new Readiness(checks, now),
    metrics: new Metrics({ counters, census, socketCount }),
    isOperator: operatorAccess({ proxies, token: metricsToken, identify }),
  };
}
