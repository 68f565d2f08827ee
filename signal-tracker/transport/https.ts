import { createServer, type Server } from "node:https";
import type { FastifyInstance } from "fastify";
import { HANDSHAKE_TIMEOUT_MILLIS } from "../limits/http.ts";
import type { Connections } from "./connections.ts";
import type { FairTurns } from "./fair-turns.ts";
import { acceptSockets, announcesFirst } from "./http.ts";
import type { AddressOptions } from "./http-tracker.ts";
import type { NearbySockets } from "./nearby-sockets.ts";
import type { TrackerSockets } from "./websocket.ts";

/** What the HTTPS server shares with the HTTP server, and its certificate. */
export interface HttpsOptions {
  readonly http: FastifyInstance;
  readonly sockets: TrackerSockets;
  readonly nearby?: NearbySockets | undefined;
  readonly connections: Connections;
  readonly turns: FairTurns;
  readonly addresses: AddressOptions;
  /** Private key and certificates, in PEM. */
  readonly certificate: { readonly key: string; readonly cert: string };
}

/** Builds a server that answers over https what `http` answers. It does not listen yet, and ends with `http`. */
export function createHttps(options: HttpsOptions): Server {
  const { http, connections, certificate } = options;
  const { key, cert } = certificate;
  const server = createServer(
    {
      key,
      cert,
      minVersion: "TLSv1.2",
      handshakeTimeout: HANDSHAKE_TIMEOUT_MILLIS,
      ...connections.serverOptions,
    },
    announcesFirst(options, (request, response) => http.routing(request, response)),
  );
  connections.guard(server);
  acceptSockets(server, options);
  http.addHook("onClose", async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  });
  return server;
}
