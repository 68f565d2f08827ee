import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";
import type { Logger } from "pino";
import { StoreUnavailable } from "../core/record-store.ts";
import { MAX_SMALL_BODY_BYTES, MAX_UNANSWERED_REQUESTS } from "../limits/http.ts";
import { type AddRoutes, type ApiContext, addApi } from "./api/api.ts";
import { ApiRefusal, errorBody } from "./api/api-error.ts";
import { type Arrival, type PublicConfig, publicConfig, type Reach } from "./config.ts";
import type { Connections } from "./connections.ts";
import { letAllowedRead } from "./cors.ts";
import type { FairTurns } from "./fair-turns.ts";
import { type AddressOptions, answerTrackerRequest } from "./http-tracker.ts";
import type { NearbySockets } from "./nearby-sockets.ts";
import { addOperation, type OperationOptions } from "./operation/operation-routes.ts";
import { addSecurityHeaders, BARE_SECURITY_HEADERS, servePage } from "./page.ts";
import { refuseUpgrade } from "./refuse-upgrade.ts";
import { parseTrackerPath } from "./tracker-path.ts";
import { offerTrust } from "./trust.ts";
import { type TurnOptions, withTurn } from "./turn.ts";
import type { TrackerSockets } from "./websocket.ts";

/** The JSON API. */
export interface Api {
  /** What its routes may ask. */
  readonly context: ApiContext;
  readonly routes: readonly AddRoutes[];
  /** Whether people can register. Undefined: there are no accounts. */
  readonly isRegistrationOpen: (() => Promise<boolean>) | undefined;
}

/** What the HTTP server needs. */
export interface HttpOptions {
  readonly sockets: TrackerSockets;
  /** Absent: people do not find each other here. */
  readonly nearby?: NearbySockets | undefined;
  readonly connections: Connections;
  readonly turns: FairTurns;
  /** For the announces of desktops. */
  readonly addresses: AddressOptions;
  readonly log: Logger;
  /** The built page. Undefined: no page is served. */
  readonly pageFolder: string | undefined;
  readonly api: Api;
  /** The machine's own certificate authority, in PEM. Undefined: it has none. */
  readonly authority: () => string | undefined;
  readonly operation: OperationOptions;
  /** TURN servers that admit people who come from here. Undefined: there are none. */
  readonly turn?: TurnOptions | undefined;
  /** Called for each `/config.json` request, when the port is known. */
  readonly reach: () => Reach;
}

/** Builds the HTTP server: page, announces, API, `/config.json`, `/healthz` and the WebSockets. It does not listen yet. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { connections, addresses, log, pageFolder, api, authority, operation, turn, reach } = options;
  // Fastify logs only what went wrong, and nothing if logging is off.
  const level = log.isLevelEnabled("warn") ? "warn" : log.level;
  const loggerInstance: FastifyBaseLogger = log.child({}, { level });
  const http = fastify({
    loggerInstance,
    forceCloseConnections: true,
    bodyLimit: MAX_SMALL_BODY_BYTES,
    frameworkErrors: refuseUrl,
    serverFactory: (handle) => {
      const server = createServer(connections.serverOptions, announcesFirst(options, handle));
      connections.guard(server);
      return server;
    },
  });
  await addSecurityHeaders(http);
  http.get("/config.json", async (request, reply): Promise<PublicConfig> => {
    reply.header("cache-control", "no-store");
    letAllowedRead(api.context.origins, request, reply);
    const config = publicConfig(reach(), arrivalOf(request), await api.isRegistrationOpen?.());
    if (turn === undefined || (config.accounts && !(await isLoggedIn(api.context, request)))) return config;
    return withTurn(config, turn, Date.now());
  });
  http.addHook("onError", async (_request, _reply, error) => {
    if (error instanceof StoreUnavailable) addresses.counters.storeFailed();
  });
  await addApi(http, api.context, [...api.routes, operation.status]);
  addOperation(http, operation);
  http.setNotFoundHandler((request, reply) => {
    reply.code(404).type("text/plain; charset=utf-8");
    return `There is nothing at ${request.url}. The page is at /.\n`;
  });
  if (authority() !== undefined) offerTrust(http, authority, () => reach().httpsPort);
  if (pageFolder !== undefined) await servePage(http, pageFolder);

  acceptSockets(http.server, options);
  return http;
}

/**
 * Serves each network's requests when it is their turn. Most by far are announces, so they bypass fastify, which takes twice as
 * long.
 */
export function announcesFirst(
  { addresses, turns }: Pick<HttpOptions, "addresses" | "turns">,
  handle: RequestListener,
): RequestListener {
  const { proxies, networkOf } = addresses;
  return (request, response) => {
    if (hasTooManyUnanswered(request, response)) return;
    const source = proxies.sourceOf(request);
    turns.serveRequest(source && networkOf(source), () => {
      if (request.socket.destroyed) return undefined; // It has left while it waited.
      const answered = answerTrackerRequest(addresses, request, response, source);
      if (answered === false) handle(request, response);
      return typeof answered === "boolean" ? undefined : answered;
    });
  };
}

/** Passes what wants to become a WebSocket on to the sockets, at `/` and where announces go, and to those at `/nearby`. */
export function acceptSockets(
  server: Server,
  { sockets, nearby }: Pick<HttpOptions, "sockets" | "nearby">,
): void {
  server.on("upgrade", (request, stream, head) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    if (path === "/nearby" && nearby !== undefined) return nearby.upgrade(request, stream, head);
    const isForTracker = path === "/" || parseTrackerPath(path, sockets.hasGate)?.action === "announce";
    if (!isForTracker) refuseUpgrade(stream, "404 Not Found");
    else if (sockets.isClosing) refuseUpgrade(stream, "503 Service Unavailable");
    else sockets.upgrade(request, stream, head);
  });
}

/** Answers a request with a malformed URL, for which fastify runs no hooks. */
function refuseUrl(_error: Error, { url }: FastifyRequest, reply: FastifyReply): void {
  reply.code(400).headers(BARE_SECURITY_HEADERS);
  const refusal = new ApiRefusal(400, "malformedRequest", "This is not a URL.");
  if (url.startsWith("/api/")) reply.send(errorBody(refusal));
  else reply.type("text/plain; charset=utf-8").send(`${refusal.message}\n`);
}

/** Requests of each connection that are not fully answered yet. */
const unanswered = new WeakMap<Duplex, number>();

/**
 * Counts the request until its answer is sent, and drops a connection with too many: Node takes all the requests that one
 * read brings, and their answers would pile up for a client that does not read them.
 */
function hasTooManyUnanswered({ socket }: IncomingMessage, response: ServerResponse): boolean {
  if (socket.destroyed) return true; // Node still hands over what came in the same read.
  const count = (unanswered.get(socket) ?? 0) + 1;
  unanswered.set(socket, count);
  response.on("close", countAnswered);
  if (count > MAX_UNANSWERED_REQUESTS) socket.destroy();
  return socket.destroyed;
}

function countAnswered(this: ServerResponse): void {
  const { socket } = this.req;
  unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1);
}

function arrivalOf({ headers, socket }: FastifyRequest): Arrival {
  return {
    host: headers.host,
    localAddress: socket.localAddress,
    isHttps: socket instanceof TLSSocket,
    isForwarded: headers["x-forwarded-for"] !== undefined || headers.forwarded !== undefined,
  };
}

/** Where there are accounts, only they may use the operator's TURN server. An invalid key counts as none. */
async function isLoggedIn({ identify }: ApiContext, request: FastifyRequest): Promise<boolean> {
  try {
    return (await identify(request)).type === "account";
  } catch {
    return false;
  }
}
