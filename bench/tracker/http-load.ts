import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { infoHashOf, peerIdOf } from "./crowd.ts";

/** Connections, each with one announce under way at a time. */
const CONNECTIONS = 100;
const PEERS = 5_000;
const PEERS_WANTED = 50;

/** Announces over HTTP, as many as the tracker can take, over connections that stay open. Counts each answer. */
export async function httpLoad(port: number, counted: () => void): Promise<void> {
  let next = 0;
  const requests = Array.from({ length: PEERS }, (_, peer) => requestOf(peer, port));
  const request = (): Buffer => requests[next++ % PEERS] ?? Buffer.alloc(0);
  for (let at = 0; at < CONNECTIONS; at++) askAgain(port, request, counted);
}

/** Sends the next request as soon as the last one has its answer. */
function askAgain(port: number, request: () => Buffer, answered: () => void): void {
  let text = "";
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    if (!isWhole(text)) return;
    if (text.includes("failure reason")) throw new Error(`The tracker refuses: ${text}`);
    text = "";
    answered();
    socket.write(request());
  });
  socket.on("error", (error) => {
    throw error;
  });
  socket.write(request());
}

function isWhole(response: string): boolean {
  const end = response.indexOf("\r\n\r\n");
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(response)?.[1];
  return end !== -1 && length !== undefined && response.length === end + 4 + Number(length);
}

function requestOf(peer: number, port: number): Buffer {
  const counts = `&uploaded=0&downloaded=0&left=${peer % 3 === 0 ? 0 : 1_000_000}`;
  const query = `info_hash=${percent(infoHashOf(peer))}&peer_id=${peerIdOf(peer)}&port=${10_000 + peer}${counts}`;
  const wanted = `&compact=1&numwant=${PEERS_WANTED}`;
  return Buffer.from(`GET /announce?${query}${wanted} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
}

function percent(binary: string): string {
  return Array.from(binary, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`).join("");
}
