import { once } from "node:events";
import { createReadStream, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";

/** A folder on a plain web server, with ranges and for pages of any origin. */
export interface StaticServer {
  /** With a slash at its end. */
  readonly url: string;
  /** What was asked for: paths and ranges. */
  readonly asked: { readonly path: string; readonly range: string | undefined }[];
  close(): void;
}

/** Serves a folder on a free port of this machine. */
export async function serveFolder(folder: string): Promise<StaticServer> {
  const asked: StaticServer["asked"] = [];
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? "/", "http://x").pathname);
    if (request.method === "GET") asked.push({ path, range: request.headers.range });
    answer(join(folder, normalize(path)), request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answer(file: string, { method, headers }: IncomingMessage, response: ServerResponse): void {
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-allow-headers", "range");
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (method === "OPTIONS") return void response.writeHead(204).end();
  if (size === undefined) return void response.writeHead(404).end("not here");
  const [, first = "0", last = `${size - 1}`] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
  const [start, end] = [Number(first), last === "" ? size - 1 : Number(last)];
  response.setHeader("accept-ranges", "bytes");
  response.setHeader("content-length", end - start + 1);
  if (headers.range === undefined) response.writeHead(200);
  else response.writeHead(206, { "content-range": `bytes ${start}-${end}/${size}` });
  if (method === "HEAD") response.end();
  else createReadStream(file, { start, end }).pipe(response);
}
