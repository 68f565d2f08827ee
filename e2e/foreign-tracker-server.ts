import { createSocket } from "node:dgram";
import { type EventEmitter, once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type Server as HttpServer } from "node:http";
import { fileURLToPath } from "node:url";

const SERVER = new URL("foreign/node_modules/bittorrent-tracker/server.js", import.meta.url);

/** What to do if bittorrent-tracker is missing. */
export const NO_FOREIGN_TRACKER =
  "bittorrent-tracker is not installed, so our peers are NOT tested with a foreign tracker. Run: npm ci --ignore-scripts --prefix e2e/foreign";

/** Whether bittorrent-tracker is installed. */
export const hasForeignTracker: boolean = existsSync(fileURLToPath(SERVER));

export type TrackerKind = "udp" | "http" | "ws";

/** What we use of the foreign server. */
interface Server extends EventEmitter {
  readonly http: HttpServer | null;
  readonly udp4: EventEmitter | null;
  udp6: EventEmitter | null;
  readonly torrents: Readonly<Record<string, { readonly complete: number; readonly incomplete: number }>>;
  listen(ports: { readonly http: number; readonly udp: number }, host: string): void;
  close(): void;
}

/** bittorrent-tracker's server, which the WebTorrent project runs, on loopback, for one kind of announces. */
export class ForeignTracker {
  readonly #server: Server;

  static async start(kind: TrackerKind, port: number): Promise<ForeignTracker> {
    const { default: Server } = await import(SERVER.href);
    const kinds = { http: kind === "http", udp: kind === "udp", ws: kind === "ws" };
    const server: Server = new Server({ ...kinds, stats: false });
    server.udp6 = null; // The machine may lack IPv6, and the server would listen on all addresses.
    const listening = once(server.udp4 ?? server.http ?? server, "listening");
    server.listen({ http: port, udp: port }, "127.0.0.1");
    await listening;
    return new ForeignTracker(server);
  }

  private constructor(server: Server) {
    this.#server = server;
  }

  /** The seeders and leechers of a torrent. */
  counts(infoHash: string): readonly [number, number] {
    const { complete, incomplete } = this.#server.torrents[infoHash] ?? { complete: 0, incomplete: 0 };
    return [complete, incomplete];
  }

  close(): void {
    this.#server.close();
    this.#server.http?.closeAllConnections();
  }
}

/** The announce URL of a tracker of that kind. */
export function trackerUrl(kind: TrackerKind, port: number): string {
  return `${kind}://127.0.0.1:${port}/announce`;
}

/** A tracker that does not work but counts its calls. */
export interface DeadTracker {
  readonly port: number;
  /** How often peers called it. */
  calls(): number;
  /** Frees the port. */
  close(): Promise<void>;
}

/** Starts one. It does not answer (UDP), or answers 503 (HTTP, WebSocket). */
export async function startDeadTracker(kind: TrackerKind): Promise<DeadTracker> {
  let calls = 0;
  const countCall = (): void => {
    calls += 1;
  };
  if (kind === "udp") {
    const socket = createSocket("udp4").on("message", countCall).bind(0, "127.0.0.1");
    await once(socket, "listening");
    const close = async (): Promise<void> => {
      socket.close();
      await once(socket, "close");
    };
    return { port: socket.address().port, calls: () => calls, close };
  }
  const server = createServer((_, response) => {
    countCall();
    response.writeHead(503).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { port: typeof address === "object" ? (address?.port ?? 0) : 0, calls: () => calls, close };
}
