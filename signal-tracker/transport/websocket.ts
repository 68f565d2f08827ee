import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type RawData, type Server, type ServerOptions, WebSocketServer } from "ws";
import type { Millis } from "#shared/base/ids.ts";
import { formatIp, type IpAddress } from "#shared/base/ip.ts";
import type { Decision } from "../accounts/admission.ts";
import { RareWarning } from "../core/rare-warning.ts";
import type { MemberKey } from "../core/swarm-store.ts";
import { Tally } from "../core/tally.ts";
import { leave } from "../core/tracker.ts";
import { CLOSE_TIMEOUT_MILLIS } from "../limits/websocket.ts";
import { type ClientEvents, ClientSocket } from "./client-socket.ts";
import { closeInTurn } from "./close-in-turn.ts";
import type { FairTurns } from "./fair-turns.ts";
import { Outbox } from "./outbox.ts";
import type { Proxies } from "./proxies.ts";
import { refuseUpgrade } from "./refuse-upgrade.ts";
import { type AnswerOptions, SocketAnswers, type SocketDelivery } from "./socket-answers.ts";
import { SocketClient } from "./socket-client.ts";
import type { SocketGate } from "./socket-gate.ts";
import { parseClientMessage } from "./wire/client-message.ts";

/** What the sockets need. */
export interface SocketOptions extends AnswerOptions {
  readonly proxies: Proxies;
  readonly turns: FairTurns;
  /** The network whose limits an address counts towards. Undefined: no limits apply. */
  readonly networkOf: (ip: IpAddress) => string | undefined;
  /** Decides which sockets may announce. Absent: all may. */
  readonly gate?: SocketGate | undefined;
}

/**
 * The tracker's WebSockets: pass messages to the core and deliver what it returns.
 *
 * Invariant: a client is in the map until its `close`, and after that in no swarm.
 */
export class TrackerSockets {
  readonly #options: SocketOptions;
  readonly #answers: SocketAnswers;
  readonly #server: Server<typeof ClientSocket>;
  readonly #events: ClientEvents;
  readonly #clients = new Map<MemberKey, SocketClient>();
  readonly #socketsIn = new Tally<string>();
  readonly #pingTimer: NodeJS.Timeout;
  readonly #outbox = new Outbox();
  readonly #tooMany = new RareWarning();
  #lastMember = 0;
  #isClosing = false;

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#answers = new SocketAnswers(options);
    // @types/ws does not know all of them yet.
    const serverOptions: ServerOptions<typeof ClientSocket> &
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
    const receive = (client: SocketClient, data: RawData) => this.#receive(client, data);
    this.#events = {
      received: (client, data) => {
        client.isAlive = true;
        options.turns.serveSocket(client, data, receive);
      },
      closed: (client) => this.#forget(client),
      failed: (client, err) =>
        options.log.debug({ member: client?.memberKey, err }, "a socket broke the protocol"),
    };
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
    else if (decision instanceof Promise) void this.#acceptLater(stream, decision, accept);
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
    await closeInTurn(clients, spreadMillis, (client) => client.close(1001, "the tracker is stopping"));
    clearInterval(this.#pingTimer);
    this.#options.gate?.close();
    await Promise.all(closing);
  }

  /** Sends a message to a member's socket. A member without one has left. */
  deliver({ to, message }: SocketDelivery): void {
    const client = this.#clients.get(to);
    if (client?.isOpen !== true) return;
    const { maxQueuedBytes, maxQueuedBytesForOffers } = this.#options.limits;
    if (message.type === "offer" && client.queuedBytes > maxQueuedBytesForOffers) {
      this.#options.counters.droppedOffers += 1;
      return;
    }
    this.#outbox.hold(client, message);
    if (client.queuedBytes <= maxQueuedBytes) return;
    client.release();
    if (client.queuedBytes <= maxQueuedBytes) return;
    this.#options.log.debug({ member: to }, "dropped a socket that does not read");
    client.drop();
  }

  /** Until the decision is made, nobody else listens for errors of the stream. */
  async #acceptLater(
    stream: Duplex,
    decided: Promise<Decision>,
    accept: (decision: Decision) => void,
  ): Promise<void> {
    const ignore = (): void => {}; // The client has left: the stream is destroyed.
    stream.on("error", ignore);
    const decision = await decided;
    stream.off("error", ignore);
    if (this.#isClosing)
      refuseUpgrade(stream, "503 Service Unavailable"); // Nobody would close the socket.
    else if (!stream.destroyed) accept(decision);
  }

  /** Without a `source`, behind a proxy that does not name it, no limit per network applies. */
  #open(
    socket: ClientSocket,
    stream: Duplex,
    source: IpAddress | undefined,
    decision: Decision | undefined,
  ): void {
    const { counters, log, limits, now, networkOf, gate, turns } = this.#options;
    socket.events = this.#events;
    const remoteAddress = source && formatIp(source);
    const network = source && networkOf(source);
    const sockets = network === undefined ? 0 : this.#socketsIn.of(network);
    if (sockets >= limits.maxSocketsPerNetwork) {
      counters.refusedSockets += 1;
      const refused = this.#tooMany.happened(now());
      if (refused !== undefined)
        log.warn({ refused, remoteAddress, sockets }, "too many sockets from one address");
      socket.close(1008, `too many sockets from this address (limit: ${limits.maxSocketsPerNetwork})`);
      return;
    }
    if (network !== undefined) this.#socketsIn.add(network);

    const memberKey = String(++this.#lastMember) as MemberKey;
    const announces = counters.announcesOf("websocket", source);
    const client = new SocketClient({ memberKey, socket, stream, network, announces, now: now() });
    counters.openedSockets += 1;
    this.#clients.set(memberKey, client);
    client.refused = decision && gate?.enter(client, decision);
    socket.client = client;
    if (network !== undefined) turns.enter(network, client);
    log.debug({ member: memberKey, remoteAddress }, "socket opened");
  }

  /** It may announce no longer: nobody is introduced to it from now on. */
  #end(client: SocketClient, reason: string): void {
    this.#leave(client.memberKey);
    client.close(1008, reason);
  }

  #forget(client: SocketClient): void {
    const { log, gate, turns } = this.#options;
    const { memberKey, network } = client;
    gate?.leave(client);
    this.#clients.delete(memberKey);
    this.#leave(memberKey);
    log.debug({ member: memberKey }, "socket closed");
    turns.leave(client);
    if (network !== undefined) this.#socketsIn.remove(network);
  }

  #leave(memberKey: MemberKey): void {
    const { tracker, cluster } = this.#options;
    if (cluster === undefined) leave(tracker, memberKey);
    else cluster.leave(memberKey);
  }

  /** A promise: in a cluster, the answer may have to wait for Redis. */
  #receive(client: SocketClient, data: RawData): Promise<void> | undefined {
    if (!client.isOpen) return undefined; // We have closed it.
    const { counters, now } = this.#options;
    const startedAt = now();
    client.countMinute(startedAt);
    const message = parseClientMessage(bytesOf(data));
    const deliveries = this.#answers.answer(client, message);
    if (deliveries instanceof Promise) return this.#deliverLater(client, deliveries, message, startedAt);
    this.#deliverAll(client, deliveries);
    if (message.type === "announce") counters.announceMillis.add(now() - startedAt);
    return undefined;
  }

  /** In a cluster, the client may have left meanwhile. */
  async #deliverLater(
    client: SocketClient,
    deliveries: Promise<readonly SocketDelivery[]>,
    { type }: ReturnType<typeof parseClientMessage>,
    startedAt: Millis,
  ): Promise<void> {
    this.#deliverAll(client, await deliveries);
    const { counters, now } = this.#options;
    if (type === "announce") counters.announceMillis.add(now() - startedAt);
  }

  /** In a cluster, some members are at other nodes. */
  #deliverAll({ memberKey }: SocketClient, deliveries: readonly SocketDelivery[]): void {
    const { cluster } = this.#options;
    for (const delivery of deliveries) {
      if (cluster === undefined || this.#clients.has(delivery.to)) this.deliver(delivery);
      else cluster.offers.offer(memberKey, delivery);
    }
  }

  #ping(): void {
    for (const client of this.#clients.values()) {
      if (!client.isAlive) client.drop();
      client.isAlive = false;
      if (client.isOpen) client.ping();
    }
  }
}

/** `ws` delivers messages in one piece unless it is told otherwise. */
function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
