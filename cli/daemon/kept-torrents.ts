import { infoHashOf } from "#headless-peer/sources/hash-torrent.ts";
import { ProtocolError } from "#shared/base/errors.ts";
import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import { encodeMetainfo, parseMetainfo } from "#shared/meta/metainfo.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import { NO_TOTALS, type Totals } from "#shared/session/totals.ts";
import { decodeRecord, encodeRecord, type TorrentRecord } from "./record.ts";
import type { StateFolder } from "./state-folder.ts";

/** A torrent as it was kept. */
export interface KeptTorrent {
  readonly record: TorrentRecord;
  /** Undefined: peers have not sent it yet. */
  readonly metadata: TorrentMetadata | undefined;
  readonly totals: Totals;
}

const RECORD_ENDING = ".json";
const METADATA_ENDING = ".torrent";
const TOTALS_FILE = "totals.json";

/** Files that are read at once. */
const READS_AT_ONCE = 16;

/**
 * Keeps the torrents of a daemon in its state folder: for each its record and its metadata, and for all of them together what they
 * have sent and received, which changes often.
 */
export class KeptTorrents {
  readonly #folder: StateFolder;
  #totals = "";

  constructor(folder: StateFolder) {
    this.#folder = folder;
  }

  /** The oldest first. Tells `warn` what cannot be read, and leaves it where it is. */
  async load(warn: (sentence: string) => void): Promise<readonly KeptTorrent[]> {
    const totals = await this.#loadTotals();
    const names = await this.#folder.names();
    const hashes = names.flatMap((name) => hashIn(name) ?? []);
    const kept: KeptTorrent[] = [];
    const next = hashes.values();
    const load = async (): Promise<void> => {
      for (const infoHash of next) {
        const torrent = await this.#load(infoHash, totals.get(infoHash) ?? NO_TOTALS, warn);
        if (torrent !== undefined) kept.push(torrent);
      }
    };
    await Promise.all(Array.from({ length: READS_AT_ONCE }, load));
    return kept.sort((left, right) => left.record.addedAt - right.record.addedAt);
  }

  /** Resolves once it is on the disk, or with the sentence that says why it is not. */
  keep(record: TorrentRecord): Promise<string | undefined> {
    return this.#folder.write(record.infoHash + RECORD_ENDING, encodeRecord(record));
  }

  /** The same. */
  keepMetadata(
    { infoHash, trackers, webSeeds }: TorrentRecord,
    { infoBytes }: TorrentMetadata,
  ): Promise<string | undefined> {
    return this.#folder.write(
      infoHash + METADATA_ENDING,
      encodeMetainfo({ infoBytes, trackerTiers: trackers, webSeeds }),
    );
  }

  /** Writes them if they have changed. */
  keepTotals(totals: ReadonlyMap<InfoHash, Totals>): void {
    const text = JSON.stringify(
      Object.fromEntries(
        [...totals].map(([infoHash, { uploadedBytes, downloadedBytes, sharedMillis, finishedPeers }]) => [
          infoHash,
          [uploadedBytes, downloadedBytes, sharedMillis, finishedPeers],
        ]),
      ),
    );
    if (text === this.#totals) return;
    this.#totals = text;
    void this.#folder.write(TOTALS_FILE, text);
  }

  forget(infoHash: InfoHash): Promise<void> {
    return this.#folder.remove(infoHash + RECORD_ENDING, infoHash + METADATA_ENDING);
  }

  async #load(
    infoHash: InfoHash,
    totals: Totals,
    warn: (sentence: string) => void,
  ): Promise<KeptTorrent | undefined> {
    const bytes = await this.#folder.read(infoHash + RECORD_ENDING);
    const record = bytes && decodeRecord(new TextDecoder().decode(bytes));
    if (record?.infoHash !== infoHash) {
      warn(
        `${this.#folder.path}/${infoHash}${RECORD_ENDING} is damaged, so that torrent is left out. Add it again; what it downloaded is still there.`,
      );
      return undefined;
    }
    const metadata = await this.#loadMetadata(infoHash);
    if (metadata === undefined && record.content.type === "own") {
      warn(
        `The metadata of ${record.displayName ?? infoHash} is damaged, so it is left out. Share its files again.`,
      );
      return undefined;
    }
    return { record, metadata, totals };
  }

  async #loadMetadata(infoHash: InfoHash): Promise<TorrentMetadata | undefined> {
    const bytes = await this.#folder.read(infoHash + METADATA_ENDING);
    if (bytes === undefined) return undefined;
    try {
      const { info, infoBytes } = parseMetainfo(bytes);
      return infoHashOf(infoBytes) === infoHash ? { info, infoBytes } : undefined; // Both are in `bytes`: no hash is kept twice.
    } catch (error) {
      if (error instanceof ProtocolError) return undefined;
      throw error;
    }
  }

  async #loadTotals(): Promise<ReadonlyMap<InfoHash, Totals>> {
    const bytes = await this.#folder.read(TOTALS_FILE);
    if (bytes === undefined) return new Map();
    return totalsIn(new TextDecoder().decode(bytes));
  }
}

function hashIn(name: string): InfoHash | undefined {
  return name.endsWith(RECORD_ENDING) ? parseInfoHash(name.slice(0, -RECORD_ENDING.length)) : undefined;
}

/** What cannot be read counts as nothing: totals are for people, and no reason not to start. */
function totalsIn(text: string): ReadonlyMap<InfoHash, Totals> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return new Map();
  }
  const totals = new Map<InfoHash, Totals>();
  for (const [name, numbers] of Object.entries(Object(value))) {
    const infoHash = parseInfoHash(name);
    if (infoHash === undefined || !Array.isArray(numbers)) continue;
    const [uploadedBytes, downloadedBytes, sharedMillis, finishedPeers] = [0, 1, 2, 3].map((at) =>
      Number.isSafeInteger(numbers[at]) && numbers[at] >= 0 ? Number(numbers[at]) : 0,
    ) as [number, number, number, number];
    totals.set(infoHash, { uploadedBytes, downloadedBytes, sharedMillis, finishedPeers });
  }
  return totals;
}
