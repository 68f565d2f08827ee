import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { joinPeerAddress } from "#headless-peer/peer-address.ts";
import { packPeers } from "#shared/announce/compact.ts";
import { parseAnnounceQuery, parseScrapeQuery } from "#shared/announce/http.ts";
import { encodeAddressReply, encodeFailure, encodeScrapeReply } from "#shared/announce/http-reply.ts";

/** What lies between two peers. */
export interface Distance {
  /** One way. */
  readonly delayMillis: number;
  /** Each way. */
  readonly bytesPerSecond: number;
}

/** The bytes of one read on their way to the peer that dialled, or from it. */
export type Watch = (direction: "toDialler" | "fromDialler", bytes: Buffer) => void;

/** Bytes that wait before the line: about as much as a router keeps. */
const MAX_WAITING_BYTES = 256 * 1024;

/** How often a line looks whether it has room again. */
const CHECK_MILLIS = 5;

/** A tracker that sends leechers to the seeder by a long way. For one torrent with one seeder. */
export interface FarTracker {
  readonly url: string;
  close(): void;
}

/** Starts one on loopback. `watch` sees what peers send, when they send it or it reaches them. */
export async function startFarTracker(distance: Distance, watch: Watch = () => {}): Promise<FarTracker> {
  let seederPort = 0;
  const sockets = new Set<Socket>();
  const path = createServer({ noDelay: true, allowHalfOpen: false }, (dialler) => {
    const seeder = connect({ port: seederPort, host: "127.0.0.1", noDelay: true });
    carry(dialler, seeder, distance, { left: (bytes) => watch("fromDialler", bytes) });
    carry(seeder, dialler, distance, { arrived: (bytes) => watch("toDialler", bytes) });
    for (const socket of [dialler, seeder]) sockets.add(socket);
  });
  const pathPort = await listening(path);
  const far = joinPeerAddress("127.0.0.1", pathPort);
  const server = createHttpServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? "", "http://tracker");
    const isScrape = pathname === "/scrape";
    const asked = isScrape ? parseScrapeQuery(search.slice(1)) : parseAnnounceQuery(search.slice(1));
    const counts = { seeders: seederPort === 0 ? 0 : 1, leechers: 0, downloaded: 0 };
    if (asked.type === "scrape") {
      const swarms = new Map(asked.infoHashes.map((infoHash) => [infoHash, counts]));
      return response.end(encodeScrapeReply({ type: "scrapeReply", swarms }), "latin1");
    }
    if (asked.type === "failure") return response.end(encodeFailure(asked), "latin1");
    const { infoHash, left, port } = asked.announce;
    if (left === 0) seederPort = port;
    const found = left === 0 || seederPort === 0 || far === undefined ? [] : [far];
    const unsaid = { minIntervalSeconds: undefined, trackerId: undefined, warning: undefined };
    const known = { infoHash, intervalSeconds: 600, peers: packPeers(found), ...unsaid };
    return response.end(encodeAddressReply({ type: "compactReply", ...known, ...counts }), "latin1");
  });
  const port = await listening(server);
  return {
    url: `http://127.0.0.1:${port}/announce`,
    close() {
      server.close();
      server.closeAllConnections();
      path.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

interface Marks {
  readonly left?: (bytes: Buffer) => void;
  readonly arrived?: (bytes: Buffer) => void;
}

/** One direction: what is read leaves at the line's rate, and arrives later by the delay. */
function carry(
  from: Socket,
  to: Socket,
  { delayMillis, bytesPerSecond }: Distance,
  { left, arrived }: Marks,
): void {
  const underWay: { readonly bytes: Buffer; readonly leavesAt: number }[] = [];
  const bytesPerMilli = bytesPerSecond / 1000;
  let lineFreeAt = 0;
  let isDue = false;
  const isFull = (): boolean => (lineFreeAt - performance.now()) * bytesPerMilli > MAX_WAITING_BYTES;
  const move = (): void => {
    isDue = false;
    const now = performance.now();
    for (
      let next = underWay[0];
      next !== undefined && next.leavesAt + delayMillis <= now;
      next = underWay[0]
    ) {
      underWay.shift();
      arrived?.(next.bytes);
      to.write(next.bytes);
    }
    if (from.isPaused() && !isFull()) from.resume();
    const [next] = underWay;
    if (next !== undefined) moveIn(next.leavesAt + delayMillis - now);
  };
  const moveIn = (millis: number): void => {
    if (isDue) return;
    isDue = true;
    setTimeout(move, Math.min(CHECK_MILLIS, millis));
  };
  from.on("data", (bytes: Buffer) => {
    left?.(bytes);
    lineFreeAt = Math.max(performance.now(), lineFreeAt) + bytes.length / bytesPerMilli;
    underWay.push({ bytes, leavesAt: lineFreeAt });
    if (isFull()) from.pause();
    moveIn(CHECK_MILLIS);
  });
  from.on("error", () => {}); // `close` follows.
  from.once("close", () => to.destroy());
}
