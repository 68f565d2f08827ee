import { performance } from "node:perf_hooks";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { AccountRefusal } from "../../accounts/refusal.ts";
import type { Identity } from "../../core/identity.ts";
import { RareWarning } from "../../core/rare-warning.ts";
import { StoreUnavailable } from "../../core/record-store.ts";
import { type ByteLimits, LEAVING_BYTES } from "../../limits/http.ts";
import { answerPreflight, letAllowedRead } from "../cors.ts";
import { type KnownHosts, unknownHostText } from "../known-hosts.ts";
import type { Origins } from "../origins.ts";
import { ApiRefusal, errorBody, refusalOf } from "./api-error.ts";
import { ByteShares } from "./byte-shares.ts";
import { countAnswers } from "./count-answers.ts";
import { refuseUnknownFields } from "./known-fields.ts";
import { addOpenApi } from "./openapi.ts";
import { readBodies } from "./read-bodies.ts";

/** What every route of the API may ask. */
export interface ApiContext {
  /** Who sends the request, by its session cookie or Bearer key. Rejects with an `ApiRefusal` for a key that is not valid. */
  readonly identify: (request: FastifyRequest) => Promise<Identity>;
  /** Which pages may change anything here in a person's name. */
  readonly origins: Origins;
  /** The names of this tracker. */
  readonly hosts: Pick<KnownHosts, "isKnown">;
  /** The network whose limits a request counts towards. Undefined: no limits apply. */
  readonly networkOf: (request: FastifyRequest) => string | undefined;
}

/** Adds some routes. They are named without `/api`. */
export type AddRoutes = (http: FastifyInstance, context: ApiContext) => void;

const READING = new Set(["GET", "HEAD", "OPTIONS"]);

/** Serves the JSON API below `/api`. Whatever is wrong is answered with an `ApiError`. */
export async function addApi(
  http: FastifyInstance,
  context: ApiContext,
  routes: readonly AddRoutes[],
  leavingBytes: ByteLimits = LEAVING_BYTES,
): Promise<void> {
  await http.register(
    async (api) => {
      const logFailure = failureLog();
      api.setErrorHandler((error, request, reply) => {
        const refusal = refusalOf(error);
        if (refusal.status >= 500) logFailure(request, error);
        if (refusal.retryAfterSeconds !== undefined) reply.header("retry-after", refusal.retryAfterSeconds);
        return reply.code(refusal.status).send(errorBody(refusal));
      });
      api.setNotFoundHandler((request) => {
        throw noSuchRoute(request);
      });
      api.addHook("onRequest", async (request, reply) => {
        reply.header("cache-control", "no-store");
        requireKnownHost(context.hosts, request);
        letAllowedRead(context.origins, request, reply);
        requireOwnOrigin(context.origins, request);
      });
      countAnswers(api, new ByteShares(leavingBytes), context.networkOf);
      readBodies(api);
      refuseUnknownFields(api);
      await addOpenApi(api);
      api.options("/*", { schema: { hide: true } }, (request, reply) =>
        answerPreflight(context.origins, request, reply),
      );
      for (const add of routes) add(api, context);
      // Else the page's files, which are anywhere, would answer for what is not there.
      api.get("/*", { schema: { hide: true } }, (request) => {
        throw noSuchRoute(request);
      });
    },
    { prefix: "/api" },
  );
}

const noSuchRoute = ({ url }: FastifyRequest): ApiRefusal =>
  new ApiRefusal(404, "noSuchRoute", `There is nothing at ${url}.`);

/** A bug is logged each time, a database that is unavailable once in a while: many requests may need it. */
function failureLog(): (request: FastifyRequest, error: unknown) => void {
  const unavailable = new RareWarning();
  return ({ log }, error) => {
    if (error instanceof ApiRefusal || error instanceof AccountRefusal) return; // Too much at once, as it happens.
    if (!(error instanceof StoreUnavailable)) return log.error({ err: error }, "an API request failed");
    const requests = unavailable.happened(performance.now());
    if (requests !== undefined)
      log.error({ err: error, requests }, "API requests failed: the database is unavailable");
  };
}

/** Without this, a page whose own name leads here could read and do in a private network what its people can. */
function requireKnownHost(hosts: Pick<KnownHosts, "isKnown">, { headers: { host } }: FastifyRequest): void {
  if (!hosts.isKnown(host)) throw new ApiRefusal(403, "unknownHost", unknownHostText(host ?? ""));
}

/** Browsers name the page's origin in every request that may change something; other programs name none. */
function requireOwnOrigin(origins: Origins, { method, headers, raw }: FastifyRequest): void {
  const { origin } = headers;
  if (READING.has(method) || origin === undefined || origins.isOwn(origin, raw)) return;
  throw new ApiRefusal(403, "foreignOrigin", "A page of another site may not do this in your name.");
}
