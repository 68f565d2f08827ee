import type { ClientRequestArgs } from "node:http";
import WebSocket, { type ClientOptions } from "ws";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { looksLikeTracker } from "#shared/base/tracker-rule.ts";
import type { OpenTracker } from "#shared/driver/ports.ts";
import { guarded, refusing } from "#shared/driver/refusing-tracker.ts";
import { type SocketKnowledge, webSocketTrackers } from "#shared/driver/websocket-tracker.ts";
import { GOODBYE_MILLIS } from "../goodbye.ts";
import { backgroundClock, nodeClock, nodeRandom } from "../platform.ts";
import type { ListeningPeer } from "./address-tracker.ts";
import { connectionProblem, statusProblem } from "./connection-problem.ts";
import { retryAfterSeconds } from "./http-answer.ts";
import { HttpTracker } from "./http-tracker.ts";
import { lookUpPublic } from "./public-lookup.ts";
import { UdpSocket } from "./udp-socket.ts";
import { UdpTracker } from "./udp-tracker.ts";

/** What we tell trackers about us. Without a port, trackers that know only addresses are useless. */
export type TrackedPeer = Omit<ListeningPeer, "port"> & { readonly port: number | undefined };

/** Why we do not ask a tracker that knows only addresses. */
export const NEEDS_TCP = "it knows only peers over TCP, which is switched off";

/** `closeTimeout`: a tracker that is silent when we leave must not hold us up. */
const SOCKET_OPTIONS = {
  maxPayload: 512 * 1024, // Bytes of the longest message that the codec reads, in UTF-8.
  closeTimeout: GOODBYE_MILLIS,
};

/** Opens trackers over WebSocket (offers), HTTP and UDP (addresses). */
export function openTrackers({ port, ...peer }: TrackedPeer): OpenTracker {
  const { trusted, leftOut, from } = peer;
  const mayBePrivate = (url: TrackerUrl): boolean => trusted.has(url) || looksLikeTracker(new URL(url));
  const openSocket = (url: TrackerUrl): WebSocket =>
    openWebSocket(url, { ...SOCKET_OPTIONS, ...from, ...(!mayBePrivate(url) && { lookup: lookUpPublic }) });
  const overWebSocket = webSocketTrackers(nodeClock, openSocket, { problemOf: socketProblem, leftOut });
  const udpSocket = new UdpSocket(backgroundClock, nodeRandom, from);
  const open: OpenTracker = (url, events) => {
    if (/^wss?:/.test(url)) return overWebSocket(url, events);
    if (port === undefined) return refusing(events, NEEDS_TCP);
    const self = { port, ...peer };
    if (/^https?:/.test(url)) return new HttpTracker(url, self, events);
    return new UdpTracker(url, self, backgroundClock, udpSocket, events);
  };
  return guarded(open, (url) => trusted.has(url));
}

/** A server answered our WebSocket upgrade with another HTTP status. */
class NoUpgradeError extends Error {
  override readonly name = "NoUpgradeError";
  readonly retryInSeconds: number | undefined;

  constructor(status: number, retryInSeconds: number | undefined) {
    super(statusProblem(status));
    this.retryInSeconds = retryInSeconds;
  }
}

function openWebSocket(url: TrackerUrl, options: ClientOptions & ClientRequestArgs): WebSocket {
  const socket = new WebSocket(url, options);
  // Without a listener, `ws` would not pass on the server's `Retry-After`.
  socket.on("unexpected-response", (request, { statusCode = 0, headers }) => {
    request.destroy(new NoUpgradeError(statusCode, retryAfterSeconds(headers["retry-after"])));
  });
  return socket;
}

function socketProblem(error: unknown): ReturnType<NonNullable<SocketKnowledge["problemOf"]>> {
  if (error instanceof NoUpgradeError) return { reason: error.message, retryInSeconds: error.retryInSeconds };
  return { reason: connectionProblem(error), retryInSeconds: undefined };
}
