import { fieldsOf, listOf } from "#shared/announce/json-fields.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { safeName } from "#shared/meta/safe-path.ts";
import type { Client, EntryKey, PieceMap } from "../client.ts";
import { saveBlob } from "../save-blob.ts";
import type { DaemonApi } from "./daemon-api.ts";
import type { DaemonTorrents } from "./torrents.ts";

/** The media type of .torrent files. */
const TYPE = "application/x-bittorrent";

/** What is here of a torrent's pieces and files. */
interface Here {
  readonly map: PieceMap | undefined;
  readonly fileBytes: readonly number[] | undefined;
}

const NOTHING: Here = { map: undefined, fileBytes: undefined };

/** What the page asks the daemon for only while somebody looks at it. */
export class DaemonLooks {
  readonly #api: Pick<DaemonApi, "ask" | "file">;
  readonly #torrents: DaemonTorrents;
  /** Answers that have not come yet: two parts of the page may want the same. */
  readonly #asked = new Map<InfoHash, Promise<Here>>();

  constructor(api: Pick<DaemonApi, "ask" | "file">, torrents: DaemonTorrents) {
    this.#api = api;
    this.#torrents = torrents;
  }

  readonly pieces: Client["pieces"] = async (key) => (await this.#here(key)).map;
  readonly bytesOfFiles: Client["bytesOfFiles"] = async (key) => (await this.#here(key)).fileBytes;

  /** Rejects with a `UsageError`. */
  async saveTorrentFile(key: EntryKey): Promise<void> {
    const entry = this.#torrents.find(key);
    if (entry === undefined) return;
    const file = await this.#api.file(`/torrents/${entry.infoHash}/torrent-file`);
    saveBlob(file.slice(0, file.size, TYPE), `${safeName(entry.torrent.name)}.torrent`);
  }

  async #here(key: EntryKey): Promise<Here> {
    const infoHash = this.#torrents.find(key)?.infoHash;
    if (infoHash === undefined) return NOTHING;
    const asked = this.#asked.get(infoHash) ?? this.#ask(infoHash);
    this.#asked.set(infoHash, asked);
    return asked;
  }

  #ask(infoHash: InfoHash): Promise<Here> {
    const path = `/torrents/${infoHash}/pieces`;
    return this.#api
      .ask({ method: "GET", path })
      .then(parseHere, () => NOTHING) // The page says anyway that the daemon does not answer.
      .finally(() => this.#asked.delete(infoHash));
  }
}

/** Reads a `PiecesJson`. Never throws. */
export function parseHere(value: unknown): Here {
  const { map, fileBytes } = fieldsOf(value);
  const bytes = typeof map === "string" ? fromBase64(map) : undefined;
  return {
    map: bytes && { states: bytes.map((byte) => byte >> 6), copies: bytes.map((byte) => byte & 63) },
    fileBytes: Array.isArray(fileBytes)
      ? listOf(fileBytes).map((count) => (typeof count === "number" && count >= 0 ? count : 0))
      : undefined,
  };
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
