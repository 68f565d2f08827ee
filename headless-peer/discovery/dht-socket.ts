import type { RemoteInfo, Socket } from "node:dgram";
import { EventEmitter } from "node:events";
import { isDhtMessage } from "#shared/announce/dht.ts";
import { isPrivateIp, parseIp } from "#shared/base/ip.ts";
import type { Clock } from "#shared/driver/ports.ts";
import { PacketBudget } from "../packet-budget.ts";

/** Packets to read in a second: answers to sixteen queries at a time, and the queries of others. */
export const MAX_PACKETS_PER_SECOND = 500;

/** The longest packet that we send: a longer one might be fragmented, and would amplify a forged query. */
export const MAX_SENT_BYTES = 1_400;

const FIRST_MULTICAST = 224;

export interface DhtSocketOptions {
  readonly clock: Clock;
  /** Nodes may be in this machine's own networks, or on this machine. */
  readonly mayBePrivate: boolean;
  /** Called when the DHT no longer needs the socket. */
  readonly release: () => void;
}

/**
 * The socket for bittorrent-dht, which trusts what it reads and throws at a field of the wrong type. So it gets only
 * well-formed messages, and what it still throws ends here.
 */
export class DhtSocket {
  readonly #socket: Socket;
  readonly #options: DhtSocketOptions;
  readonly #events = new EventEmitter();
  readonly #budget: PacketBudget;
  #isClosed = false;

  /** `socket` is bound already. */
  constructor(socket: Socket, options: DhtSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#budget = new PacketBudget(options.clock, MAX_PACKETS_PER_SECOND);
    socket.on("message", (packet, from) => this.#arrived(packet, from));
    socket.on("error", () => {}); // It concerns one packet, which counts as lost.
  }

  on(event: string, listener: (...said: unknown[]) => void): void {
    this.#events.on(event, listener);
  }

  bind(): void {
    this.#events.emit("listening");
  }

  address(): object {
    return this.#socket.address();
  }

  send(
    packet: Uint8Array,
    _from: number,
    _bytes: number,
    port: number,
    host: string,
    sent: () => void,
  ): void {
    // DHT nodes may name port 0, and Node throws when asked to send there.
    if (this.#isClosed || packet.length > MAX_SENT_BYTES || port === 0 || !this.mayLeadTo(host)) return;
    this.#socket.send(packet, port, host, () => sent());
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.release();
    this.#events.emit("close");
  }

  /** Whether to follow a DHT node's lead to this host. */
  mayLeadTo(host: string): boolean {
    const ip = parseIp(host);
    if (ip === undefined || ip.charCodeAt(0) >= FIRST_MULTICAST) return false;
    return this.#options.mayBePrivate || !isPrivateIp(ip);
  }

  #arrived(packet: Buffer, from: RemoteInfo): void {
    if (this.#isClosed || !this.#budget.take() || !isDhtMessage(packet)) return;
    try {
      this.#events.emit("message", packet, from);
    } catch {
      // A message that makes the library throw counts as lost.
    }
  }
}
