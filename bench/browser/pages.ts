import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

export const WEBTORRENT_FILE = fileURLToPath(
  new URL("../../e2e/foreign/node_modules/webtorrent/dist/webtorrent.min.js", import.meta.url),
);

/** Without the origin's private file system WebTorrent keeps pieces in memory. */
const NO_FILE_SYSTEM = "<script>delete StorageManager.prototype.getDirectory</script>";

const webTorrentPage = (head: string): string =>
  `<!doctype html>${head}<input type="file"><script type="module">
import WebTorrent from "/webtorrent.min.js";
globalThis.webTorrent = new WebTorrent({ tracker: { rtcConfig: { iceServers: [] } } });
</script>`;

type Answer = readonly [type: string, body: () => string];

const ANSWERS: Readonly<Record<string, Answer>> = {
  "/empty": ["text/html", () => "<!doctype html>"],
  "/webtorrent": ["text/html", () => webTorrentPage("")],
  "/webtorrent-in-memory": ["text/html", () => webTorrentPage(NO_FILE_SYSTEM)],
  "/webtorrent.min.js": ["text/javascript", () => readFileSync(WEBTORRENT_FILE, "utf8")],
};

export interface PageServer {
  /** Without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the pages for the other clients. A page's storage belongs to its origin, and so to its port. */
export async function servePages(): Promise<PageServer> {
  const server = createServer(({ url = "" }, response) => {
    const answer = ANSWERS[url];
    if (answer === undefined) return response.writeHead(404).end();
    const [type, body] = answer;
    return response.writeHead(200, { "content-type": type }).end(body());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}
