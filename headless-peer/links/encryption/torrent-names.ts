import { bytesToHex } from "#shared/base/bytes.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { torrentName } from "./key-exchange.ts";

/** The torrents of a peer by the hashes that encrypted handshakes name them by. Each is hashed once. */
export class TorrentNames {
  readonly #byName = new Map<string, InfoHash>();

  add(infoHash: InfoHash): void {
    this.#byName.set(bytesToHex(torrentName(infoHash)), infoHash);
  }

  remove(infoHash: InfoHash): void {
    this.#byName.delete(bytesToHex(torrentName(infoHash)));
  }

  find(name: Uint8Array): InfoHash | undefined {
    return this.#byName.get(bytesToHex(name));
  }
}
