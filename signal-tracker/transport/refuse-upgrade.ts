import type { Duplex } from "node:stream";

/**
 * Answers a request that wanted to become a WebSocket. From here on the stream is ours: Node's HTTP server neither listens for
 * its errors nor closes it.
 */
export function refuseUpgrade(stream: Duplex, status: string): void {
  stream.on("error", () => {}); // The client has left.
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => stream.destroy());
}
