import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { runTracker } from "./tracker.ts";

/** A real tracker that asks every page to announce again after ten seconds, as soon as a page ever does. */
export interface QuickTracker {
  readonly url: string;
  /** All that pages have said and asked for. */
  readonly said: readonly string[];
  stop(): Promise<void>;
}

const INTERVAL_SECONDS = 10;

/** Starts one on loopback, behind a proxy that changes the interval in its answers and nothing else. */
export async function runQuickTracker(): Promise<QuickTracker> {
  const said: string[] = [];
  const server = createServer((request, response) => {
    said.push(`${request.url}`);
    void passOn(real.port, request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const real = await runTracker("--public-url", url);
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (page) => {
    page.on("message", (data) => said.push(`${data}`));
    joinSockets(page, new WebSocket(`ws://127.0.0.1:${real.port}/`));
  });
  return {
    ...{ url, said },
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      await real.stop();
    },
  };
}

function joinSockets(page: WebSocket, tracker: WebSocket): void {
  const isOpen = once(tracker, "open");
  page.on("message", (data) => void isOpen.then(() => tracker.send(`${data}`)));
  tracker.on("message", (data) =>
    page.send(`${data}`.replace(/"interval":\d+/, `"interval":${INTERVAL_SECONDS}`)),
  );
  page.on("close", () => tracker.terminate());
  tracker.on("close", () => page.close());
  tracker.on("error", () => {}); // `close` follows.
}

/** Asks the tracker at `port` for the same, and answers with what it says. */
export async function passOn(
  port: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { host: _, ...headers } = request.headers as Record<string, string>;
  const answer = await fetch(`http://127.0.0.1:${port}${request.url}`, {
    headers: { ...headers, "accept-encoding": "identity" },
  });
  response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
  response.end(Buffer.from(await answer.arrayBuffer()));
}
