import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { filesToRead } from "#headless-peer/files-to-read.ts";
import type { HeadlessPeer } from "#headless-peer/peer.ts";
import { messageOf, UsageError } from "#shared/base/errors.ts";
import { hostIn } from "#shared/base/host-header.ts";
import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import type { TorrentFile } from "#shared/library/torrent-file.ts";
import { mediaTypeOf } from "#shared/meta/media-type.ts";
import { FILE_HEADERS, IDLE_MILLIS, sendFile } from "./send-file.ts";

/** Connections at once: some players open several for one film. */
const MAX_CONNECTIONS = 64;

/** Files in the list of a torrent that `/` shows. */
const MAX_LISTED = 1_000;

/** A file that a player can open. */
export interface ServedFile {
  readonly url: string;
  readonly name: string;
}

/**
 * Serves the files of a peer's torrents over HTTP, with ranges, while they arrive: what a player reads is fetched first. It answers
 * everybody who reaches its address, so it listens on this machine alone unless somebody says otherwise.
 */
export class FileServer {
  readonly #peer: HeadlessPeer;
  readonly #server: Server;
  readonly #files = new Map<InfoHash, readonly TorrentFile[]>();
  /** Such as `http://127.0.0.1:8080`. */
  origin = "";

  private constructor(peer: HeadlessPeer) {
    this.#peer = peer;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => fail(response, error));
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.timeout = IDLE_MILLIS;
  }

  /** `host`: an address of this machine. Port 0: any free one. Rejects with a `UsageError` if it cannot listen there. */
  static async open(peer: HeadlessPeer, host: string, port: number): Promise<FileServer> {
    const server = new FileServer(peer);
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", (error) =>
        reject(
          new UsageError(
            "listen",
            `Nothing can be served at ${host} port ${port} (${messageOf(error)}). Pass --serve with another port.`,
          ),
        ),
      );
      server.#server.listen(port, host, resolve);
    });
    server.#server.on("error", () => {}); // Of a single connection: the others go on.
    const { address, family, port: listening } = server.#server.address() as AddressInfo;
    server.origin = `http://${family === "IPv6" ? `[${address}]` : address}:${listening}`;
    return server;
  }

  /** Where to open what can be played of a torrent, or all of its files if none can. Undefined: they are not known yet. */
  addresses(infoHash: InfoHash): readonly ServedFile[] | undefined {
    const selected = this.#filesOf(infoHash)?.filter(({ isSelected }) => isSelected);
    const playable = selected?.filter(({ name }) => mediaTypeOf(name) !== undefined);
    const shown = playable?.length === 0 ? selected : playable;
    return shown?.map(({ index, name }) => ({ name, url: this.origin + pathOf(infoHash, index, name) }));
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #filesOf(infoHash: InfoHash): readonly TorrentFile[] | undefined {
    const known = this.#files.get(infoHash) ?? filesToRead(this.#peer, infoHash);
    if (known !== undefined) this.#files.set(infoHash, known);
    return known;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(FILE_HEADERS)) response.setHeader(name, value);
    if (!isOwnName(request.headers.host)) return refuse(response, 403, "Use the address that was printed.");
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return refuse(response, 405, "Files can only be read.");
    }
    const [path = ""] = (request.url ?? "").split("?");
    if (path === "/") return this.#list(response);
    const [, hash = "", index = ""] = /^\/([0-9a-f]{40})\/(\d{1,6})(?:\/|$)/.exec(path) ?? [];
    const infoHash = parseInfoHash(hash);
    const file = infoHash && this.#filesOf(infoHash)?.find((each) => each.index === Number(index));
    if (file === undefined) return refuse(response, 404, "There is no such file.");
    await sendFile(file, `${infoHash}-${index}`, request, response);
  }

  #list(response: ServerResponse): void {
    const lines = this.#peer
      .view()
      .flatMap(({ infoHash }) => this.addresses(infoHash) ?? [])
      .slice(0, MAX_LISTED)
      .map(({ url }) => url);
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.end(`${lines.join("\n")}\n`);
  }
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.statusCode = status;
  response.setHeader("content-type", "text/plain; charset=utf-8");
  response.end(`${sentence}\n`);
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) response.destroy();
  else refuse(response, error instanceof UsageError ? 409 : 500, messageOf(error));
}

/** A name may be a stranger's that leads here (DNS rebinding); an address is nobody's. Old players send none. */
function isOwnName(host: string | undefined): boolean {
  if (host === undefined) return true;
  const name = hostIn(host) ?? "";
  return isIP(name) !== 0 || name === "localhost";
}

function pathOf(infoHash: InfoHash, index: number, name: string): string {
  return `/${infoHash}/${index}/${encodeURIComponent(name)}`;
}
