import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { Logger } from "pino";
import { type RawData, WebSocket, WebSocketServer } from "ws";
import {
  encodeNearby,
  MAX_NEARBY_REQUEST_BYTES,
  type NearbyMessage,
  parseNearbyRequest,
} from "#shared/announce/nearby.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import type { Millis } from "#shared/base/ids.ts";
import { type IpAddress, isPrivateIp, networkOf } from "#shared/base/ip.ts";
import type { Credential, Decision } from "../accounts/admission.ts";
import { Tally } from "../core/tally.ts";
import { NEARBY_LIMITS, type NearbyLimits } from "../limits/nearby.ts";
import { CLOSE_TIMEOUT_MILLIS } from "../limits/websocket.ts";
import type { Guest } from "../nearby/guest.ts";
import type { Nearby } from "../nearby/nearby.ts";
import { networkRoom, type RoomKey } from "../nearby/room.ts";
import { closeInTurn } from "./close-in-turn.ts";
import type { Origins } from "./origins.ts";
import type { Proxies } from "./proxies.ts";
import { refuseUpgrade } from "./refuse-upgrade.ts";
import { readSessionCookie } from "./session-cookie.ts";

/** Where the tracker asks people to log in. */
export interface NearbyGate {
  bySession(token: string | undefined): Decision | Promise<Decision>;
  again(credential: Credential): Decision | Promise<Decision>;
}

/** What the sockets need. */
export interface NearbySocketOptions {
  readonly nearby: Nearby;
  readonly proxies: Proxies;
  readonly origins: Origins;
  readonly now: () => Millis;
  readonly log: Logger;
  readonly limits?: NearbyLimits;
  /** Absent: anybody may see who is nearby. */
  readonly gate?: NearbyGate | undefined;
}

/** What is known of somebody from the start. */
interface Arrived {
  readonly network: string;
  readonly room: RoomKey | undefined;
  readonly decision: Decision | undefined;
}

interface Client {
  readonly socket: WebSocket;
  readonly guest: Guest;
  readonly network: string;
  readonly room: RoomKey | undefined;
  readonly credential: Credential | undefined;
  readonly joinTimer: NodeJS.Timeout;
  isAlive: boolean;
  minuteStartedAt: Millis;
  messagesInMinute: number;
}

/** All whose address the tracker does not know count together. */
const UNKNOWN_NETWORK = "unknown";
const MINUTE_MILLIS = 60_000;
const POLICY = 1008;
/** In which the system reads one frame: the longest message in packets of 128 bytes. Each keeps memory of its own until the last has come. */
const MAX_FRAME_PIECES = 32;

/** The WebSockets at `/nearby`: they carry words between people, bounded in number, size and pace. */
export class NearbySockets {
  readonly #options: NearbySocketOptions;
  readonly #limits: NearbyLimits;
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_NEARBY_REQUEST_BYTES,
    perMessageDeflate: false,
    // @types/ws does not know them yet.
    ...{ maxFragments: 4, maxBufferedChunks: MAX_FRAME_PIECES, closeTimeout: CLOSE_TIMEOUT_MILLIS },
  });
  readonly #clients = new Set<Client>();
  readonly #socketsOf = new Tally<string>();
  readonly #timers: readonly NodeJS.Timeout[];
  #isTicking = false;
  #isClosing = false;

  constructor(options: NearbySocketOptions) {
    this.#options = options;
    this.#limits = options.limits ?? NEARBY_LIMITS;
    this.#timers = [
      setInterval(() => void this.#tick(), this.#limits.tellMillis),
      setInterval(() => this.#ping(), this.#limits.pingMillis),
    ];
  }

  /** Takes over an HTTP request for `/nearby`. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { origins, proxies, gate } = this.#options;
    const { origin } = request.headers;
    if (this.#isClosing) return refuseUpgrade(stream, "503 Service Unavailable");
    // A page of another site must not look for who is near the person that visits it.
    if (origin !== undefined && !origins.isOwn(origin, request))
      return refuseUpgrade(stream, "403 Forbidden");
    const source = sourceOf(request, proxies);
    const place = {
      network: source === undefined ? UNKNOWN_NETWORK : networkOf(source),
      room: source && networkRoom(isPrivateIp(source) ? "lan" : networkOf(source)),
    };
    const accept = (decision?: Decision): void =>
      this.#server.handleUpgrade(request, stream, head, (socket) =>
        this.#open(socket, { ...place, decision }),
      );
    if (gate === undefined) return accept();
    const ignore = (): void => {}; // The client has left: the stream is destroyed.
    stream.on("error", ignore);
    const decided = gate.bySession(readSessionCookie(request, proxies.isHttps(request)));
    void Promise.resolve(decided).then((decision) => {
      stream.off("error", ignore);
      // Without a code, the database is unavailable: whoever has logged in comes back later.
      const isAway = decision.type === "refused" && decision.code === undefined;
      if (isAway || this.#isClosing) refuseUpgrade(stream, "503 Service Unavailable");
      else if (!stream.destroyed) accept(decision);
    });
  }

  /** How many are open. */
  get size(): number {
    return this.#clients.size;
  }

  /**
   * Takes no new sockets, and closes all over `spreadMillis`: their pages come back, to this tracker or another node of it. Until its
   * turn each is served.
   */
  async close(spreadMillis = 0): Promise<void> {
    this.#isClosing = true;
    const sockets = Array.from(this.#clients, ({ socket }) => socket);
    await closeInTurn(sockets, spreadMillis, (socket) => socket.close(1001, "the tracker is stopping"));
    for (const timer of this.#timers) clearInterval(timer);
  }

  #open(socket: WebSocket, { network, room, decision }: Arrived): void {
    const { nearby, now, log } = this.#options;
    socket.on("error", (err) => log.debug({ err }, "a socket of somebody nearby broke the protocol"));
    const say = (message: NearbyMessage): void => this.#say(socket, message);
    const refuse = (why: (NearbyMessage & { type: "refused" })["why"]): void => {
      say({ type: "refused", why });
      socket.close(POLICY, why);
    };
    if (decision?.type === "refused") return refuse("login");
    const isFull = this.#clients.size >= this.#limits.maxSockets;
    if (isFull || this.#socketsOf.of(network) >= this.#limits.maxSocketsPerNetwork) return refuse("tooMany");
    const client: Client = {
      ...{ socket, network, room, credential: decision?.credential },
      guest: nearby.enter({ network, tell: say, refuse }),
      joinTimer: setTimeout(() => socket.close(POLICY, "no room was asked for"), this.#limits.joinMillis),
      ...{ isAlive: true, minuteStartedAt: now(), messagesInMinute: 0 },
    };
    this.#clients.add(client);
    this.#socketsOf.add(network);
    socket.on("message", (data, isBinary) => this.#receive(client, data, isBinary));
    socket.on("pong", () => {
      client.isAlive = true;
    });
    socket.on("close", () => this.#forget(client));
  }

  #receive(client: Client, data: RawData, isBinary: boolean): void {
    const { socket, guest, room } = client;
    if (socket.readyState !== WebSocket.OPEN) return; // We have closed it.
    client.isAlive = true;
    if (isBinary) return socket.close(1003, "text only");
    if (this.#isTooFast(client)) return socket.close(POLICY, "too many messages");
    try {
      this.#options.nearby.take(guest, parseNearbyRequest(String(data)), room);
      if (guest.hasAsked) clearTimeout(client.joinTimer);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      socket.close(POLICY, "a message could not be read");
    }
  }

  #isTooFast(client: Client): boolean {
    const now = this.#options.now();
    if (now - client.minuteStartedAt >= MINUTE_MILLIS) {
      client.minuteStartedAt = now;
      client.messagesInMinute = 0;
    }
    client.messagesInMinute += 1;
    return client.messagesInMinute > this.#limits.maxMessagesPerMinute;
  }

  #say(socket: WebSocket, message: NearbyMessage): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(encodeNearby(message), () => {}); // What fails closes the socket.
    if (socket.bufferedAmount > this.#limits.maxQueuedBytes) socket.terminate();
  }

  #forget(client: Client): void {
    clearTimeout(client.joinTimer);
    this.#clients.delete(client);
    this.#socketsOf.remove(client.network);
    this.#options.nearby.leave(client.guest);
  }

  /** Whoever announces comes in between. Where there is more to tell than there is time, it is told less often. */
  async #tick(): Promise<void> {
    if (this.#isTicking) return;
    this.#isTicking = true;
    const { nearby, now } = this.#options;
    let startedAt = now();
    for (const _ of nearby.tick()) {
      if (now() - startedAt < this.#limits.turnMillis) continue;
      await setImmediate();
      startedAt = now();
    }
    this.#isTicking = false;
  }

  /** Also finds those whose log-in has ended. */
  #ping(): void {
    for (const client of this.#clients) {
      if (!client.isAlive) client.socket.terminate();
      client.isAlive = false;
      client.socket.ping();
      void this.#recheck(client);
    }
  }

  async #recheck({ credential, socket }: Client): Promise<void> {
    if (credential === undefined) return;
    const decision = await this.#options.gate?.again(credential);
    // Without a code, the database is unavailable, and nobody is at fault.
    if (decision?.type === "refused" && decision.code !== undefined)
      socket.close(POLICY, "your log-in has expired");
  }
}

/** Undefined: a proxy that nobody has called trusted stands before whoever it is, and all of its people look alike. */
function sourceOf(request: IncomingMessage, proxies: Proxies): IpAddress | undefined {
  const { headers } = request;
  const isForwarded = headers["x-forwarded-for"] !== undefined || headers.forwarded !== undefined;
  if (isForwarded && !proxies.isForwardedByTrusted(request)) return undefined;
  return proxies.sourceOf(request);
}
