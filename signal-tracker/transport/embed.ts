import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { refuseUpgrade } from "./refuse-upgrade.ts";

/** What a tracker answers in somebody else's server. */
export interface EmbeddedPaths {
  /** `/api/…`. */
  readonly api: boolean;
  /** WebSockets at `/nearby`. */
  readonly nearby: boolean;
}

type Listener = (...args: unknown[]) => void;

/**
 * Answers a tracker's requests in a server of somebody else, and leaves all others to whoever answered them before: announces, scrapes
 * and `/config.json`, and WebSockets where announces go. Those at `/` are the tracker's if nobody else takes WebSockets. Returns what ends
 * it.
 */
export function embed(host: Server, tracker: Server, paths: EmbeddedPaths): () => void {
  const ends = [
    inFront(host, "request", (others) => (request, response) => {
      if (isOurs(pathOf(request), paths)) tracker.emit("request", request, response);
      else for (const other of others) other.call(host, request, response);
    }),
    inFront(host, "upgrade", (others) => (request, stream, head) => {
      const path = pathOf(request);
      const isNearby = paths.nearby && path === "/nearby";
      if (isAnnounce(path) || isNearby || (path === "/" && others.length === 0))
        tracker.emit("upgrade", request, stream, head);
      else if (others.length === 0) refuseUpgrade(stream as Duplex, "404 Not Found");
      else for (const other of others) other.call(host, request, stream, head);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** The port that it listens on. 0: it does not listen yet. */
export function portOfServer(server: Server): number {
  return addressOf(server)?.port ?? 0;
}

function addressOf(server: Server): AddressInfo | undefined {
  const address = server.address();
  return typeof address === "object" && address !== null ? address : undefined;
}

/** Hears an event in place of all its listeners, which it may call. Returns what gives it back to them. */
function inFront(
  server: Server,
  event: "request" | "upgrade",
  make: (others: readonly Listener[]) => (request: IncomingMessage, ...rest: unknown[]) => void,
): () => void {
  const others = server.listeners(event) as Listener[];
  const ours = make(others) as Listener;
  server.removeAllListeners(event);
  server.on(event, ours);
  return () => {
    server.off(event, ours);
    for (const other of others) server.on(event, other);
  };
}

function pathOf({ url = "" }: IncomingMessage): string {
  return url.split("?", 1)[0] ?? "";
}

function isAnnounce(path: string): boolean {
  return path === "/announce" || path.startsWith("/announce/");
}

function isOurs(path: string, { api }: EmbeddedPaths): boolean {
  if (isAnnounce(path) || path === "/config.json") return true;
  return path === "/scrape" || path.startsWith("/scrape/") || (api && path.startsWith("/api/"));
}
