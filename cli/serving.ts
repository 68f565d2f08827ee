import type { HeadlessPeer } from "#headless-peer/peer.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { formatIp, type IpAddress } from "#shared/base/ip.ts";
import { printable } from "#shared/base/printable.ts";
import { FileServer } from "./file-server.ts";

/** Where a download is served. */
interface ServeFlags {
  readonly serve?: number | true;
  readonly host?: IpAddress;
  readonly json: boolean;
}

/** So many addresses of one torrent are printed; `/` has all. */
const MAX_TOLD = 20;

/** Serves what a peer downloads, and tells the person where as soon as it is known. */
export class Serving {
  readonly #server: FileServer;
  readonly #peer: HeadlessPeer;
  readonly #print: (text: string) => void;
  readonly #asJson: boolean;
  readonly #told = new Set<InfoHash>();
  readonly #unwatch: () => void;

  private constructor(
    server: FileServer,
    peer: HeadlessPeer,
    asJson: boolean,
    print: (text: string) => void,
  ) {
    this.#server = server;
    this.#peer = peer;
    this.#asJson = asJson;
    this.#print = print;
    this.#unwatch = peer.watch((_, { type }) => void (type === "phaseChanged" && this.#tell()));
  }

  /** Rejects with a `UsageError` if nothing can be served there. */
  static async open(
    peer: HeadlessPeer,
    { serve, host, json }: ServeFlags,
    print: (text: string) => void,
  ): Promise<Serving> {
    const port = typeof serve === "number" ? serve : 0;
    const server = await FileServer.open(peer, host === undefined ? "127.0.0.1" : formatIp(host), port);
    return new Serving(server, peer, json, print);
  }

  close(): void {
    this.#unwatch();
    this.#server.close();
  }

  #tell(): void {
    for (const { infoHash } of this.#peer.view()) {
      const files = this.#told.has(infoHash) ? undefined : this.#server.addresses(infoHash);
      if (files === undefined) continue;
      this.#told.add(infoHash);
      for (const { name, url } of files.slice(0, MAX_TOLD))
        this.#print(
          this.#asJson
            ? JSON.stringify({ type: "serving", infoHash, name, url })
            : `Play ${printable(name)}: ${url}`,
        );
      const more = files.length - MAX_TOLD;
      if (more > 0 && !this.#asJson) this.#print(`${more} more files are listed at ${this.#server.origin}/`);
    }
  }
}
