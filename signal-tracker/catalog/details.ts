import type { InfoHash } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import { parseInfo } from "#shared/meta/info.ts";
import { isContent } from "#shared/meta/layout.ts";
import type { RecordStore, TorrentRecord } from "../core/record-store.ts";
import { MAX_KEPT_DETAILS, MAX_LISTED_FILES } from "../limits/catalog.ts";

/** Characters of a path that is shown: 255 for each of several folders. */
const MAX_PATH_CHARACTERS = 2_000;

/** What is in a torrent. */
export interface TorrentDetails {
  readonly pieceBytes: number;
  readonly pieceCount: number;
  /** The first ones. Safe to show. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

/** Reads info dictionaries of entries, and keeps what it read of those that were asked for last. */
export class DetailsReader {
  readonly #store: RecordStore;
  /** The one asked for last is the last. */
  readonly #kept = new Map<InfoHash, TorrentDetails>();

  constructor(store: RecordStore) {
    this.#store = store;
  }

  /** Undefined: the entry has been removed meanwhile. */
  async read({ infoHash, encoding }: TorrentRecord): Promise<TorrentDetails | undefined> {
    const details = this.#kept.get(infoHash) ?? (await this.#readAnew(infoHash, encoding));
    if (details === undefined) return undefined;
    this.#kept.delete(infoHash);
    this.#kept.set(infoHash, details);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT_DETAILS && oldest !== undefined) this.#kept.delete(oldest);
    return details;
  }

  async #readAnew(infoHash: InfoHash, encoding: string | undefined): Promise<TorrentDetails | undefined> {
    const infoBytes = await this.#store.torrentInfo(infoHash);
    if (infoBytes === undefined) return undefined;
    const { layout, files } = parseInfo(infoBytes, encoding);
    const listed = files.filter(isContent).slice(0, MAX_LISTED_FILES);
    return {
      pieceBytes: layout.pieceLength,
      pieceCount: layout.pieceCount,
      files: listed.map(({ path, bytes }) => ({ path: printable(path, MAX_PATH_CHARACTERS), bytes })),
    };
  }
}
