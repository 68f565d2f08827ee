import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import { performance } from "node:perf_hooks";
import type { Duplex } from "node:stream";
import { setTimeout } from "node:timers/promises";
import type { Logger } from "pino";
import { type RawData, type ServerOptions, type WebSocket, WebSocketServer } from "ws";
import type { Announce, ClientMessage, Failure } from "#shared/announce/announce.ts";
import type { InfoHash, Millis } from "#shared/base/ids.ts";
import { formatIp, type IpAddress } from "#shared/base/ip.ts";
import type { Decision } from "../accounts/admission.ts";
import type { Refused } from "../accounts/keys.ts";
import type { Cluster } from "../core/cluster.ts";
import { tooManyAnnounces } from "../core/refusals.ts";
import type { SdpJson } from "../core/sdp-json.ts";
import type { MemberKey } from "../core/swarm-store.ts";
import { announce, answer, type Delivery, leave, scrape, type Tracker } from "../core/tracker.ts";
import { CLOSE_TIMEOUT_MILLIS, type SocketLimits } from "../limits.ts";
import { andThen } from "./and-then.ts";
import { ClientSocket, listenersFor, type SocketListeners } from "./client-socket.ts";
import type { TrackerCounters } from "./counters.ts";
import type { Proxies } from "./proxies.ts";
import { refuseUpgrade } from "./refuse-upgrade.ts";
import { SocketClient } from "./socket-client.ts";
import type { SocketGate } from "./socket-gate.ts";
import { parseClientMessage } from "./wire/client-message.ts";
import { FrameRoom } from "./wire/frame-room.ts";
import { encodeTrackerMessage } from "./wire/tracker-message.ts";

/** What the sockets need. */
export interface SocketOptions {
  readonly tracker: Tracker;
  /** Absent: this tracker is a single node. */
  readonly cluster?: Cluster<SdpJson> | undefined;
  readonly counters: TrackerCounters;
  readonly log: Logger;
  readonly limits: SocketLimits;
  readonly now: () => Millis;
  readonly proxies: Proxies;
  /** The network whose limits an address counts towards. Undefined: no limits apply. */
  readonly networkOf: (ip: IpAddress) => string | undefined;
  /** Decides which sockets may announce. Absent: all may. */
  readonly gate?: SocketGate | undefined;
}

/** How long to wait between the sockets that are closed together while the tracker drains. */
const DRAIN_STEP_MILLIS = 20;

type SocketDelivery = Delivery<SdpJson>;
type Deliveries = readonly SocketDelivery[] | Promise<readonly SocketDelivery[]>;

/**
 * The tracker's WebSockets: pass messages to the core and deliver what it returns.
 *
 * Invariant: a client is in the map until its `close`, and after that in no swarm.
 */
export class TrackerSockets {
  readonly #options: SocketOptions;
  readonly #server: WebSocketServer;
  readonly #listeners: SocketListeners;
  readonly #clients = new Map<MemberKey, SocketClient>();
  readonly #socketsIn = new Map<string, number>();
  readonly #pingTimer: NodeJS.Timeout;
  /** Clients that hold frames, until everything that has arrived in this turn of the event loop is answered. */
  #holding: SocketClient[] = [];
  readonly #room = new FrameRoom();
  #lastMember = 0;
  #isClosing = false;

  constructor(options: SocketOptions) {
    this.#options = options;
    // @types/ws does not know all of them yet.
    const serverOptions: ServerOptions &
      Record<"closeTimeout" | "maxFragments" | "maxBufferedChunks", number> = {
      noServer: true,
      clientTracking: false,
      maxPayload: options.limits.maxMessageBytes,
      maxFragments: options.limits.maxFragments,
      maxBufferedChunks: options.limits.maxFramePieces,
      closeTimeout: CLOSE_TIMEOUT_MILLIS,
      // Invalid UTF-8 gets a failure, like all text that cannot be parsed.
      skipUTF8Validation: true,
      WebSocket: ClientSocket,
    };
    this.#server = new WebSocketServer(serverOptions);
    this.#listeners = listenersFor({
      received: (client, data) => this.#receive(client, data),
      closed: (client) => this.#forget(client),
      failed: (client, err) =>
        options.log.debug({ member: client?.memberKey, err }, "a socket broke the protocol"),
    });
    this.#pingTimer = setInterval(() => this.#ping(), options.limits.pingMillis);
    options.gate?.onEnd((client, reason) => this.#end(client, reason));
  }

  /** Whether it takes no new ones. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  /** Whether it asks who comes. */
  get hasGate(): boolean {
    return this.#options.gate !== undefined;
  }

  /** How many are open. */
  get size(): number {
    return this.#clients.size;
  }

  /** Takes over an HTTP request that wants to become a WebSocket. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const { proxies, gate } = this.#options;
    const source = proxies.sourceOf(request);
    const accept = (decision?: Decision): void =>
      this.#server.handleUpgrade(request, stream, head, (socket) =>
        this.#open(socket, stream, source, decision),
      );
    if (gate === undefined) return accept();
    const decision = gate.decide(request);
    if (decision === undefined) refuseUpgrade(stream, "403 Forbidden");
    else if (decision instanceof Promise) void acceptLater(stream, decision, accept);
    else accept(decision);
  }

  /**
   * Tells every client that the tracker is stopping, one after the other over `spreadMillis`, so that they do not all come back
   * at once; until its turn each is served. Resolves when all sockets are closed.
   */
  async close(spreadMillis = 0): Promise<void> {
    this.#isClosing = true;
    const clients = [...this.#clients.values()];
    const closing = clients.map((client) => client.closed());
    const startedAt = performance.now();
    for (let at = 0; at < clients.length; ) {
      const passed = performance.now() - startedAt;
      const due =
        passed < spreadMillis ? Math.ceil((clients.length * passed) / spreadMillis) : clients.length;
      for (; at < due; at++) clients[at]?.close(1001, "the tracker is stopping");
      if (at < clients.length) await setTimeout(DRAIN_STEP_MILLIS);
    }
    clearInterval(this.#pingTimer);
    this.#options.gate?.close();
    await Promise.all(closing);
  }

  /** Sends a message to a member's socket. A member without one has left. */
  deliver({ to, message }: SocketDelivery): void {
    const client = this.#clients.get(to);
    if (client?.isOpen !== true) return;
    if (!client.isHolding) this.#releaseLater(client);
    client.hold(encodeTrackerMessage(message, this.#room));
    const { maxQueuedBytes } = this.#options.limits;
    if (client.queuedBytes <= maxQueuedBytes) return;
    client.release();
    if (client.queuedBytes <= maxQueuedBytes) return;
    this.#options.log.debug({ member: to }, "dropped a socket that does not read");
    client.drop();
  }

  /** Without a `source`, behind a proxy that does not name it, no limit per network applies. */
  #open(
    socket: WebSocket,
    stream: Duplex,
    source: IpAddress | undefined,
    decision: Decision | undefined,
  ): void {
    const { counters, log, limits, now, networkOf, gate } = this.#options;
    const remoteAddress = source && formatIp(source);
    socket.on("error", this.#listeners.error);
    const network = source && networkOf(source);
    const sockets = network === undefined ? 0 : (this.#socketsIn.get(network) ?? 0);
    if (sockets >= limits.maxSocketsPerNetwork) {
      counters.refusedSockets += 1;
      log.warn({ remoteAddress, sockets }, "too many sockets from one address");
      socket.close(1008, `too many sockets from this address (limit: ${limits.maxSocketsPerNetwork})`);
      return;
    }
    if (network !== undefined) this.#socketsIn.set(network, sockets + 1);

    const memberKey = String(++this.#lastMember) as MemberKey;
    const announces = counters.announcesOf("websocket", source);
    const client = new SocketClient({ memberKey, socket, stream, network, announces, now: now() });
    counters.openedSockets += 1;
    this.#clients.set(memberKey, client);
    client.refused = decision && gate?.enter(client, decision);
    if (socket instanceof ClientSocket) socket.client = client;
    const { message, pong, close } = this.#listeners;
    socket.on("message", message).on("pong", pong).on("close", close);
    log.debug({ member: memberKey, remoteAddress }, "socket opened");
  }

  /** It may announce no longer: nobody is introduced to it from now on. */
  #end(client: SocketClient, reason: string): void {
    this.#leave(client.memberKey);
    client.close(1008, reason);
  }

  #forget(client: SocketClient): void {
    const { log, gate } = this.#options;
    const { memberKey, network } = client;
    gate?.leave(client);
    this.#clients.delete(memberKey);
    this.#leave(memberKey);
    log.debug({ member: memberKey }, "socket closed");
    if (network === undefined) return;
    const sockets = (this.#socketsIn.get(network) ?? 1) - 1;
    if (sockets === 0) this.#socketsIn.delete(network);
    else this.#socketsIn.set(network, sockets);
  }

  #leave(memberKey: MemberKey): void {
    const { tracker, cluster } = this.#options;
    if (cluster === undefined) leave(tracker, memberKey);
    else cluster.leave(memberKey);
  }

  #receive(client: SocketClient, data: RawData): void {
    if (!client.isOpen) return; // We have closed it.
    const { counters, now } = this.#options;
    client.isAlive = true;
    const startedAt = now();
    client.countMinute(startedAt);
    const message = parseClientMessage(bytesOf(data));
    if (message.type === "failure") {
      counters.malformed.websocket += 1;
      if (this.#mayBeUseless(client)) this.deliver({ to: client.memberKey, message });
      return;
    }
    const deliveries = this.#answer(client, message);
    if (deliveries instanceof Promise) return void this.#deliverLater(client, deliveries, message, startedAt);
    for (const delivery of deliveries) this.deliver(delivery);
    if (message.type === "announce") counters.announceMillis.add(now() - startedAt);
  }

  /** In a cluster: some members are at other nodes, and the client may have left. */
  async #deliverLater(
    { memberKey }: SocketClient,
    deliveries: Promise<readonly SocketDelivery[]>,
    { type }: ClientMessage<SdpJson>,
    startedAt: Millis,
  ): Promise<void> {
    const { cluster, counters, now } = this.#options;
    for (const delivery of await deliveries) {
      if (this.#clients.has(delivery.to)) this.deliver(delivery);
      else cluster?.offers.offer(memberKey, delivery);
    }
    if (type === "announce") counters.announceMillis.add(now() - startedAt);
  }

  #answer(client: SocketClient, message: ClientMessage<SdpJson>): Deliveries {
    const { tracker, cluster, counters, now } = this.#options;
    const { memberKey } = client;
    if (client.refused !== undefined) return this.#refuse(client, client.refused, message);
    switch (message.type) {
      case "announce":
        return this.#announce(client, message.announce);
      case "answer": {
        const deliveries = answer(tracker, now(), memberKey, message.answer);
        if (deliveries.length > 0 || cluster?.offers.answer(memberKey, message.answer))
          counters.relayedAnswers += 1;
        else {
          counters.unwantedAnswers += 1;
          this.#mayBeUseless(client);
        }
        return deliveries;
      }
      case "scrape": {
        if (!this.#mayAnnounce(client)) {
          counters.scrapes.websocket.refused += 1;
          return this.#tooMany(client, "scrape", message.infoHashes[0]);
        }
        counters.scrapes.websocket.answered += 1;
        const { infoHashes } = message;
        const scraped = cluster?.scrape(infoHashes) ?? scrape(tracker, now(), infoHashes);
        return andThen(scraped, (reply) => [{ to: memberKey, message: reply }]);
      }
    }
  }

  #announce(client: SocketClient, request: Announce<SdpJson>): Deliveries {
    const { tracker, cluster, now } = this.#options;
    if (!this.#mayAnnounce(client)) {
      client.announces.refused += 1;
      return this.#tooMany(client, "announce", request.infoHash);
    }
    const { memberKey } = client;
    const answered = cluster?.announce(memberKey, request) ?? announce(tracker, now(), memberKey, request);
    return andThen(answered, (deliveries) => this.#counted(client, deliveries));
  }

  #counted({ announces }: SocketClient, deliveries: readonly SocketDelivery[]): readonly SocketDelivery[] {
    if (deliveries[0]?.message.type === "failure") announces.refused += 1;
    else {
      announces.answered += 1;
      this.#options.counters.relayedOffers += deliveries.length - 1;
    }
    return deliveries;
  }

  #mayAnnounce(client: SocketClient): boolean {
    client.announcesInMinute += 1;
    return client.announcesInMinute <= this.#options.limits.maxAnnouncesPerMinute;
  }

  /** Counts a useless message. False: there were too many, and the socket is closed. */
  #mayBeUseless(client: SocketClient): boolean {
    const { log, limits } = this.#options;
    client.uselessInMinute += 1;
    if (client.uselessInMinute <= limits.maxUselessPerMinute) return true;
    log.debug({ member: client.memberKey }, "closed a socket that sends too many useless messages");
    client.close(1008, `too many useless messages (limit: ${limits.maxUselessPerMinute} a minute)`);
    return false;
  }

  /** Whoever may not announce may do nothing else either. */
  #refuse(
    client: SocketClient,
    { reason, code, retryIn }: Refused,
    message: ClientMessage<SdpJson>,
  ): readonly SocketDelivery[] {
    if (message.type === "announce") client.announces.refused += 1;
    if (message.type === "scrape") this.#options.counters.scrapes.websocket.refused += 1;
    if (!this.#mayBeUseless(client)) return [];
    const action = message.type === "scrape" ? "scrape" : "announce";
    const infoHash = message.type === "scrape" ? message.infoHashes[0] : infoHashOf(message);
    return [{ to: client.memberKey, message: { type: "failure", action, infoHash, reason, code, retryIn } }];
  }

  #tooMany(
    client: SocketClient,
    action: Failure["action"],
    infoHash: InfoHash | undefined,
  ): readonly SocketDelivery[] {
    if (!this.#mayBeUseless(client)) return [];
    const { limits, now } = this.#options;
    const refusal = tooManyAnnounces("this socket", limits.maxAnnouncesPerMinute, client.secondsLeft(now()));
    return [{ to: client.memberKey, message: { type: "failure", action, infoHash, ...refusal } }];
  }

  #releaseLater(client: SocketClient): void {
    if (this.#holding.push(client) === 1) setImmediate(() => this.#release());
  }

  #release(): void {
    const holding = this.#holding;
    this.#holding = [];
    let isSent = true;
    for (const client of holding) {
      client.release();
      isSent &&= client.queuedBytes === 0;
    }
    this.#room.endTurn(isSent);
  }

  #ping(): void {
    for (const client of this.#clients.values()) {
      if (!client.isAlive) client.drop();
      client.isAlive = false;
      if (client.isOpen) client.ping();
    }
  }
}

/** Until the decision is made, nobody else listens for errors of the stream. */
async function acceptLater(
  stream: Duplex,
  decided: Promise<Decision>,
  accept: (decision: Decision) => void,
): Promise<void> {
  const ignore = (): void => {}; // The client has left: the stream is destroyed.
  stream.on("error", ignore);
  const decision = await decided;
  stream.off("error", ignore);
  if (!stream.destroyed) accept(decision);
}

function infoHashOf(message: Extract<ClientMessage<SdpJson>, { type: "announce" | "answer" }>): InfoHash {
  return message.type === "announce" ? message.announce.infoHash : message.answer.infoHash;
}

/** `ws` delivers messages in one piece unless it is told otherwise. */
function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
