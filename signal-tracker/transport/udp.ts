import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIP } from "node:net";
import type { Logger } from "pino";
import { answerBinding } from "./stun.ts";

/** A UDP socket that answers until it is closed. */
export interface UdpServer {
  close(): Promise<void>;
}

/** Answers STUN binding requests on one port. Rejects with the system's error, such as EADDRINUSE. */
export async function openUdp(address: string, port: number, log: Logger): Promise<UdpServer> {
  const socket = createSocket(isIP(address) === 6 ? "udp6" : "udp4");
  socket.on("message", (packet, { address: from, port: fromPort }) => {
    const answer = answerBinding(packet, from, fromPort);
    // Nobody waits for what cannot be sent: the client asks again.
    if (answer !== undefined) socket.send(answer, fromPort, from, () => {});
  });
  socket.bind(port, address);
  await once(socket, "listening");
  socket.on("error", (error) => log.warn({ err: error }, "the UDP socket has trouble"));
  return {
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
