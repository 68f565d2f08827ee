import type { AddressInfo, Socket } from "node:net";
import fastifyStatic from "@fastify/static";
import fastifySwagger from "@fastify/swagger";
import { type FastifyInstance, type FastifyReply, fastify } from "fastify";
import type { Adder } from "../adder.ts";
import type { Daemon } from "../daemon.ts";
import { eventRoutes } from "./events.ts";
import { FileRoutes } from "./file-routes.ts";
import { guard, requireOwnHost } from "./guard.ts";
import { DaemonMetrics } from "./metrics.ts";
import { Refusal, refusalOf } from "./refusal.ts";
import { route } from "./route.ts";
import { type DaemonFacts, statusOf, statusRoutes } from "./status-routes.ts";
import { torrentRoutes } from "./torrent-routes.ts";

/** Where the API listens, and for whom. */
export interface ApiOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly token: string;
  /** The built page. Undefined: it is not served. */
  readonly pageFolder: string | undefined;
  /** Hears of bugs. */
  readonly failed: (error: unknown) => void;
}

/** An API that listens. */
export interface RunningApi {
  /** Such as `http://127.0.0.1:6880`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Connections at once: people and programs of one machine. */
const MAX_CONNECTIONS = 200;

/** Programs send their headers at once: who does not is there to keep a connection from others. */
const HEADERS_MILLIS = 3_000;

/** A whole request, with the largest `.torrent` file in it, over a slow network. */
const REQUEST_MILLIS = 300_000;

/** So often both are looked at. */
const CHECK_MILLIS = 500;

const DESCRIPTION =
  "Every request but those for the page shows the token in the file `api-token` of the daemon's state folder: " +
  "`Authorization: Bearer TOKEN`. Times are ISO 8601 in UTC. Whatever is refused is answered with 4xx or 5xx and " +
  "`{error: {code, message}}`.";

/** The page may talk to the daemon, and to nobody else. */
const PAGE_POLICY = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Serves a daemon's HTTP API, its metrics, and its page if wanted. Rejects with the system's error if it cannot listen. */
export async function openApi(
  daemon: Daemon,
  adder: Adder,
  facts: DaemonFacts,
  options: ApiOptions,
): Promise<RunningApi> {
  const { host, port, failed } = options;
  const http: FastifyInstance = fastify({
    forceCloseConnections: true,
    requestTimeout: REQUEST_MILLIS,
    http: { headersTimeout: HEADERS_MILLIS, connectionsCheckingInterval: CHECK_MILLIS },
    frameworkErrors: (error, _, reply) => refuse(reply, refusalOf(error)),
    clientErrorHandler: refuseUnreadable,
    exposeHeadRoutes: false, // A stream without a body would take a place for nothing.
    ajv: { customOptions: { removeAdditional: false } }, // What is unknown is refused, not dropped.
  });
  http.server.maxConnections = MAX_CONNECTIONS;
  http.setErrorHandler((error, _, reply) => {
    const refusal = refusalOf(error);
    if (refusal.status >= 500) failed(error);
    return refuse(reply, refusal);
  });
  http.setNotFoundHandler((_, reply) =>
    refuse(
      reply,
      new Refusal(404, "noSuchRoute", "There is no such route. GET /api/openapi.json names all."),
    ),
  );
  http.addHook("onRequest", async (_, reply) => {
    reply.header("x-content-type-options", "nosniff");
    reply.header("referrer-policy", "no-referrer");
    reply.header("content-security-policy", PAGE_POLICY);
  });
  const files = new FileRoutes(daemon);
  await http.register(
    async (api) => {
      guard(api, options);
      api.setSerializerCompiler(() => JSON.stringify); // The schemas of answers only describe them.
      await api.register(fastifySwagger, {
        openapi: {
          openapi: "3.1.0",
          info: { title: "Tabswarm daemon", version: "1", description: DESCRIPTION },
        },
      });
      torrentRoutes(api, daemon, adder);
      files.add(api);
      statusRoutes(api, daemon, facts);
      eventRoutes(api, daemon, adder);
      api.get("/openapi.json", { schema: { hide: true } }, () => api.swagger());
    },
    { prefix: "/api" },
  );
  await http.register(async (metrics) => {
    guard(metrics, options);
    const readings = new DaemonMetrics();
    metrics.get("/metrics", route("For Prometheus", {}), async (_, reply) =>
      reply
        .type("text/plain; version=0.0.4; charset=utf-8")
        .send(await readings.text(statusOf(daemon, facts))),
    );
  });
  await http.register((open) => files.addOpen(open, host));
  if (options.pageFolder !== undefined) await servePage(http, options.pageFolder, host);
  await http.listen({ host, port });
  const address = http.server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return { url: `http://${name}:${address.port}`, close: () => http.close() };
}

/** Answers a request that is refused. */
function refuse(reply: FastifyReply, { status, code, message }: Refusal): FastifyReply {
  return reply.code(status).send({ error: { code, message } });
}

/** Answers what is no request, and ends its connection. */
function refuseUnreadable({ code }: { readonly code?: string }, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const [status, message] =
    code === "HPE_HEADER_OVERFLOW"
      ? ["431 Request Header Fields Too Large", "The headers are too long."]
      : ["400 Bad Request", "This is no HTTP request."];
  const body = JSON.stringify({ error: { code: "malformedRequest", message } });
  const head = ["content-type: application/json", `content-length: ${body.length}`, "connection: close"];
  socket.end(`HTTP/1.1 ${status}\r\n${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

/** The page itself is no secret: whoever opens it without the token sees nothing in it. */
async function servePage(http: FastifyInstance, folder: string, host: string): Promise<void> {
  await http.register(async (page) => {
    page.addHook("onRequest", async (request) => requireOwnHost(request, host));
    await page.register(fastifyStatic, { root: folder, preCompressed: true, index: ["daemon.html"] });
  });
}
