import type { Server } from "node:http";
import {
  MAX_DRAIN_MILLIS,
  MAX_LAST_REQUESTS_MILLIS,
  SOCKETS_DRAINED_PER_SECOND,
} from "../../limits/operation.ts";
import type { NearbySockets } from "../nearby-sockets.ts";
import type { TrackerSockets } from "../websocket.ts";
import type { Readiness } from "./readiness.ts";

/** How often to look for connections that have nothing more to say. */
const IDLE_LOOK_MILLIS = 50;

/** What is drained. */
export interface Drained {
  readonly readiness: Readiness;
  readonly sockets: Pick<TrackerSockets, "size" | "close">;
  /** Absent: people do not find each other here. */
  readonly nearby?: Pick<NearbySockets, "size" | "close"> | undefined;
  readonly servers: readonly Server[];
}

/**
 * Lets a tracker end without anybody noticing: it is no longer ready and takes no new WebSockets, closes those it has one
 * after the other, stops listening, and waits for the requests that run. Takes at most
 * `MAX_DRAIN_MILLIS + lastRequestsMillis`.
 */
export async function drain(
  { readiness, sockets, nearby, servers }: Drained,
  lastRequestsMillis = MAX_LAST_REQUESTS_MILLIS,
): Promise<void> {
  readiness.startDraining();
  const size = sockets.size + (nearby?.size ?? 0);
  const spreadMillis = Math.min(MAX_DRAIN_MILLIS, (size / SOCKETS_DRAINED_PER_SECOND) * 1_000);
  await Promise.all([sockets.close(spreadMillis), nearby?.close(spreadMillis)]);
  await Promise.all(servers.map((server) => endRequests(server, lastRequestsMillis)));
}

/** Stops listening. Resolves when the last request has been answered, or has had its time. */
function endRequests(server: Server, lastRequestsMillis: number): Promise<void> {
  return new Promise((resolve) => {
    const looks = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MILLIS);
    const timer = setTimeout(() => server.closeAllConnections(), lastRequestsMillis);
    server.close(() => {
      clearInterval(looks);
      clearTimeout(timer);
      resolve();
    });
  });
}
