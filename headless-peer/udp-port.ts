import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";

/**
 * Our UDP port, with the same number as the TCP port: other clients try uTP there, and DHT nodes look for us there. If the
 * number is in use, or this machine lacks a family, TCP works on without it.
 */
export class UdpPort {
  readonly #sockets: readonly Socket[];
  /** The socket for IPv4, if it could be opened. */
  readonly ipv4: Socket | undefined;

  /** `host` is an IP address of this machine. Undefined: all of them. */
  static async open(host: string | undefined, port: number): Promise<UdpPort> {
    const [ipv4, ipv6] = await Promise.all([
      host !== undefined && isIPv6(host) ? undefined : bind(createSocket("udp4"), port, host),
      host !== undefined && !isIPv6(host)
        ? undefined
        : bind(createSocket({ type: "udp6", ipv6Only: true }), port, host),
    ]);
    return new UdpPort(ipv4, ipv6);
  }

  private constructor(ipv4: Socket | undefined, ipv6: Socket | undefined) {
    this.ipv4 = ipv4;
    this.#sockets = [ipv4, ipv6].filter((socket) => socket !== undefined);
  }

  /** Calls `heard` with every packet that can be answered; `answer` replies through the socket that received it. */
  onPacket(heard: (packet: Uint8Array, answer: (packet: Uint8Array) => void) => void): void {
    for (const socket of this.#sockets) {
      socket.on("message", (packet, { address, port }) => {
        if (port === 0) return; // The sender forged it, and Node throws when asked to send there.
        heard(packet, (answer) => socket.send(answer, port, address, () => {}));
      });
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}

async function bind(socket: Socket, port: number, host: string | undefined): Promise<Socket | undefined> {
  try {
    socket.bind(port, host);
    await once(socket, "listening");
    socket.on("error", () => {}); // It concerns one packet, which counts as lost.
    return socket;
  } catch {
    socket.close();
    return undefined;
  }
}
