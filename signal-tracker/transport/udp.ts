import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIP } from "node:net";
import type { Logger } from "pino";
import { type IpAddress, parseIp } from "#shared/base/ip.ts";
import { answerBinding, isStun } from "./stun.ts";
import { answerUdpRequest, type UdpTrackerOptions } from "./udp-tracker.ts";

/** A UDP socket that answers announces, scrapes and STUN until it is closed. */
export interface UdpServer {
  close(): Promise<void>;
}

/** What the socket needs. */
export interface UdpOptions extends UdpTrackerOptions {
  readonly log: Logger;
  /** Whether to answer STUN. */
  readonly stun: boolean;
}

/**
 * Answers announces, scrapes (BEP 15) and STUN binding requests on one port: STUN has a magic cookie where the others have
 * half a connection id. Rejects with the system's error, such as EADDRINUSE.
 */
export async function openUdp(address: string, port: number, options: UdpOptions): Promise<UdpServer> {
  const { log } = options;
  // Answers go to addresses, never to names. Node would look each of them up, and send it in a later tick.
  const socket = createSocket({ type: isIP(address) === 6 ? "udp6" : "udp4", lookup: asItIs });
  let isClosed = false;
  socket.on("message", (packet, { address: from, port: fromPort }) => {
    const ip = parseIp(from);
    if (ip === undefined || fromPort === 0) return; // Nothing can go to port 0.
    const send = (answer: Uint8Array): void => {
      if (!isClosed) socket.send(answer, fromPort, from); // If sending fails, the client asks again.
    };
    const answer = isStun(packet)
      ? answerStun(options, answerBinding(packet, from, fromPort), ip)
      : answerUdpRequest(options, packet, ip, send);
    if (answer !== undefined) send(answer);
  });
  const listening = once(socket, "listening");
  socket.bind(port, address);
  await listening;
  socket.on("error", (error) => log.warn({ err: error }, "UDP socket error"));
  return {
    close: () => {
      isClosed = true;
      return new Promise((resolve) => socket.close(() => resolve()));
    },
  };
}

const asItIs = (
  address: string,
  _: unknown,
  found: (error: null, address: string, family: number) => void,
): void => found(null, address, isIP(address));

/** The answer, if it may be sent. */
function answerStun(
  { stun, counters, now, unprovedCounts, networkOf }: UdpOptions,
  answer: Buffer | undefined,
  ip: IpAddress,
): Buffer | undefined {
  if (!stun || answer === undefined) return undefined;
  const network = networkOf(ip);
  if (network !== undefined && !unprovedCounts.allows(network, now())) return undefined;
  counters.stunAnswers += 1;
  return answer;
}
