import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIP } from "node:net";
import type { Logger } from "pino";
import type { Millis } from "#shared/base/ids.ts";
import { type IpAddress, parseIp } from "#shared/base/ip.ts";
import type { MinuteCounts } from "./minute-counts.ts";
import { answerBinding } from "./stun.ts";

/** A UDP socket that answers STUN until it is closed. */
export interface UdpServer {
  close(): Promise<void>;
}

/** What the socket needs. */
export interface UdpOptions {
  readonly log: Logger;
  readonly now: () => Millis;
  /** Counts the answers to each network. */
  readonly minuteCounts: MinuteCounts;
  /** The network whose limits an address counts towards. Undefined: no limits apply. */
  readonly networkOf: (ip: IpAddress) => string | undefined;
}

/** Answers STUN binding requests on one port. Rejects with the system's error, such as EADDRINUSE. */
export async function openUdp(address: string, port: number, options: UdpOptions): Promise<UdpServer> {
  const { log, now, minuteCounts, networkOf } = options;
  const mayAnswer = (from: string): boolean => {
    const ip = parseIp(from);
    const network = ip && networkOf(ip);
    return network === undefined || minuteCounts.allows(network, now());
  };
  const socket = createSocket(isIP(address) === 6 ? "udp6" : "udp4");
  socket.on("message", (packet, { address: from, port: fromPort }) => {
    const answer = answerBinding(packet, from, fromPort);
    if (answer === undefined || !mayAnswer(from)) return;
    socket.send(answer, fromPort, from, () => {}); // If sending fails, the client asks again.
  });
  socket.bind(port, address);
  await once(socket, "listening");
  socket.on("error", (error) => log.warn({ err: error }, "UDP socket error"));
  return {
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
