import type { FastifyInstance, FastifyRequest } from "fastify";
import type { AddRoutes } from "../api/api.ts";
import type { Metrics } from "./metrics.ts";
import type { Readiness } from "./readiness.ts";

/** What operators and their programs ask. */
export interface OperationOptions {
  /** The tracker's view of itself, a route of the API. */
  readonly status: AddRoutes;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  /** Whether a request comes from an operator. */
  readonly isOperator: (request: FastifyRequest) => Promise<boolean>;
}

const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

/** Serves `/healthz` (alive), `/readyz` (wants requests) and, for operators, `/metrics`. */
export function addOperation(
  http: FastifyInstance,
  { readiness, metrics, isOperator }: OperationOptions,
): void {
  http.get("/healthz", (_, reply) => {
    reply.header("cache-control", "no-store");
    return { status: "ok" };
  });
  http.get("/readyz", async (_, reply) => {
    const state = await readiness.state();
    reply.header("cache-control", "no-store");
    return reply.code(state.status === "ready" ? 200 : 503).send(state);
  });
  http.get("/metrics", async (request, reply) => {
    reply.header("cache-control", "no-store");
    if (await isOperator(request)) return reply.type(PROMETHEUS_TEXT).send(await metrics.text());
    reply.code(403).type("text/plain; charset=utf-8");
    return "The metrics are for this machine, for administrators, and for whoever has the token of --metrics-token.\n";
  });
}
