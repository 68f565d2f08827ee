import type { RemoteInfo, Socket } from "node:dgram";
import { EventEmitter } from "node:events";
import { isDhtMessage } from "#shared/announce/dht.ts";
import { isPrivateIp, parseIp } from "#shared/base/ip.ts";
import type { Clock } from "#shared/driver/ports.ts";
import { PacketBudget } from "../packet-budget.ts";

/** Packets that are looked at in a second: answers to sixteen queries at a time, and those who ask us. */
export const MAX_PACKETS_PER_SECOND = 500;

/** A longer packet is not sent: it might be cut in two, and be more than the one that asked for it paid. */
export const MAX_SENT_BYTES = 1_400;

const FIRST_MULTICAST = 224;

export interface DhtSocketOptions {
  readonly clock: Clock;
  /** Nodes may be in this machine's own networks, or on it. */
  readonly mayBePrivate: boolean;
  /** The DHT needs the socket no longer. */
  readonly release: () => void;
}

/**
 * The socket that bittorrent-dht is given: it trusts what it reads, and throws where a field is of another kind. So it only
 * ever sees sound messages, and what it throws all the same ends here.
 */
export class DhtSocket {
  readonly #socket: Socket;
  readonly #options: DhtSocketOptions;
  readonly #events = new EventEmitter();
  readonly #budget: PacketBudget;
  #isClosed = false;

  /** The socket is bound already. */
  constructor(socket: Socket, options: DhtSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#budget = new PacketBudget(options.clock, MAX_PACKETS_PER_SECOND);
    socket.on("message", (packet, from) => this.#arrived(packet, from));
    socket.on("error", () => {}); // Of one packet: it is as if it were lost.
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
    // Nodes name port 0, too, and Node throws where one is to send there.
    if (this.#isClosed || packet.length > MAX_SENT_BYTES || port === 0 || !this.mayLeadTo(host)) return;
    this.#socket.send(packet, port, host, () => sent());
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.release();
    this.#events.emit("close");
  }

  /** Whether to go where a node of the DHT sends us. */
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
      // A message that the library stumbles over is as good as lost.
    }
  }
}
