import type { Server, ServerOptions } from "node:http";
import type { Socket } from "node:net";
import { type IpAddress, parseIp } from "#shared/base/ip.ts";
import { Tally } from "../core/tally.ts";
import type { HttpLimits } from "../limits/http.ts";
import type { TrackerCounters } from "./counters.ts";
import type { Proxies } from "./proxies.ts";

/** What guarding connections takes. */
export interface ConnectionOptions {
  readonly limits: HttpLimits;
  readonly counters: TrackerCounters;
  readonly proxies: Proxies;
  /** The network whose limits an address counts towards. Undefined: no limits apply. */
  readonly networkOf: (ip: IpAddress) => string | undefined;
}

/** Keeps clients of HTTP servers from taking up connections without using them, and any one network from taking up all. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #openIn = new Tally<string>();
  /** The networks of open connections, as far as limits apply to them. */
  readonly #networks = new WeakMap<Socket, string>();
  /** One listener for all connections: one for each would take 0.3 kB, as long as its WebSocket is open. */
  readonly #onClose: (this: Socket) => void;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const closed = (socket: Socket): void => this.#closed(socket);
    this.#onClose = function () {
      closed(this);
    };
  }

  /** How long a server waits for its clients, and how much it reads. */
  get serverOptions(): ServerOptions {
    const { limits } = this.#options;
    return {
      keepAliveTimeout: limits.keepAliveMillis,
      headersTimeout: limits.headersMillis,
      requestTimeout: limits.requestMillis,
      connectionsCheckingInterval: limits.checkMillis,
      maxHeaderSize: limits.maxHeaderBytes,
    };
  }

  /** Watches the connections of a server, those of WebSockets among them. */
  guard(server: Server): void {
    const requests = new WeakMap<Socket, number>();
    // Before anybody answers. Node's own limit says that it closes the connection, and leaves it open.
    server.prependListener("request", ({ socket }, response) => {
      const count = (requests.get(socket) ?? 0) + 1;
      requests.set(socket, count);
      if (count >= this.#options.limits.maxRequestsPerConnection) response.shouldKeepAlive = false;
    });
    server.on("connection", (socket) => this.#opened(socket));
  }

  #opened(socket: Socket): void {
    const { counters, limits } = this.#options;
    const network = this.#networkOf(socket);
    const open = network === undefined ? 0 : this.#openIn.of(network);
    if (open >= limits.maxConnectionsPerNetwork) {
      counters.refusedConnections += 1;
      socket.destroy();
      return;
    }
    counters.openConnections += 1;
    if (network !== undefined) {
      this.#openIn.add(network);
      this.#networks.set(socket, network);
    }
    socket.on("close", this.#onClose);
  }

  #closed(socket: Socket): void {
    this.#options.counters.openConnections -= 1;
    const network = this.#networks.get(socket);
    if (network !== undefined) this.#openIn.remove(network);
  }

  /** A trusted proxy's connections are its clients', so it has no limit. */
  #networkOf({ remoteAddress = "" }: Socket): string | undefined {
    const { proxies, networkOf } = this.#options;
    const ip = parseIp(remoteAddress);
    return ip === undefined || proxies.isTrusted(ip) ? undefined : networkOf(ip);
  }
}
