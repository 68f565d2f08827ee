import type { FastifyInstance } from "fastify";
import { embed, portOfServer } from "../transport/embed.ts";
import type { Api } from "../transport/http.ts";
import { listenHttp } from "../transport/listen.ts";
import type { TrackerOptions } from "./options.ts";

/** Where requests come in. */
export interface Door {
  /** 0: somebody else's server does not listen yet. */
  readonly port: number;
  /** Answers nothing in somebody else's server any more. */
  leave(): void;
}

/** Listens for HTTP, or answers in somebody else's server. Rejects with a `StartError`. */
export async function openDoor(
  { server, port }: Pick<TrackerOptions, "server" | "port">,
  boundAddress: string,
  http: FastifyInstance,
  { api, nearby }: { readonly api: Api; readonly nearby: unknown },
): Promise<Door> {
  if (server === undefined) return { port: await listenHttp(http, boundAddress, port), leave() {} };
  await http.ready();
  const paths = { api: api.routes.length > 0, nearby: nearby !== undefined };
  const leave = embed(server, http.server, paths);
  return {
    get port() {
      return portOfServer(server);
    },
    leave,
  };
}
