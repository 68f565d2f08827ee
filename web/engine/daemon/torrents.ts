import { fieldsOf, listOf, momentIn } from "#shared/announce/json-fields.ts";
import type { InfoHash, TrackerUrl } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { EndReason, Entry, EntryKey, ListedTracker } from "../client.ts";
import { withPlainSizes } from "../plain-sizes.ts";
import { parseControls } from "./limits.ts";
import { hashIn, nameIn, parseView, textIn, wordIn } from "./parse-view.ts";

/** A torrent as the daemon has told it. */
interface Told {
  readonly entry: TorrentEntry;
  /** ISO 8601, by which the list is ordered. */
  readonly addedAt: string;
}

export type TorrentEntry = Exclude<Entry, { readonly state: "hashing" }>;

const END_REASONS: Readonly<Record<Exclude<EndReason, "person">, true>> = {
  ...{ ratio: true, time: true, downloads: true, moment: true },
};

const LOCKS: Readonly<Record<NonNullable<TorrentEntry["lock"]>, true>> = { open: true, closed: true };

/** Links with long lists of trackers. */
const MAX_LINK_CHARACTERS = 65_536;
const MAX_NAMED = 250;
/** As many as a daemon hashes at once, several times. */
const MAX_HASHING = 100;

/**
 * The torrents of a daemon, as it has told them.
 *
 * Invariant: once a stream has told its whole list, no torrent is here that is not in it.
 */
export class DaemonTorrents {
  readonly #told = new Map<InfoHash, Told>();
  /** Those that the stream has told which tells the list anew. */
  readonly #fresh = new Set<InfoHash>();
  #hashing: readonly Entry[] = [];
  /** The daemon's own, where every torrent is announced. */
  #trackers: readonly TrackerUrl[] = [];

  /** A stream begins, and tells every torrent anew. */
  begin(): void {
    this.#fresh.clear();
  }

  /** It has told all torrents: what it did not name is gone. Returns what that was. */
  listed(): readonly InfoHash[] {
    const gone = [...this.#told.keys()].filter((infoHash) => !this.#fresh.has(infoHash));
    for (const infoHash of gone) this.#told.delete(infoHash);
    return gone;
  }

  /** Takes the data of a `torrent`. What is malformed is ignored. */
  take(news: unknown): void {
    const infoHash = hashIn(fieldsOf(news)["infoHash"]);
    if (infoHash === undefined) return;
    const before = this.#told.get(infoHash)?.entry.torrent.files ?? [];
    const torrent = parseView(news, before);
    if (torrent === undefined) return;
    this.#fresh.add(infoHash);
    const addedAt = momentIn(fieldsOf(news)["addedAt"]) ?? "";
    this.#told.set(infoHash, { addedAt, entry: entryOf(news, torrent, this.#trackers) });
  }

  /** Takes the data of a `daemon`. It comes before all torrents. */
  takeDaemon(news: unknown): void {
    const { hashing, trackers } = fieldsOf(news);
    this.#trackers = urlsIn(trackers);
    this.#hashing = listOf(hashing).slice(0, MAX_HASHING).map(hashingEntry);
  }

  /** Takes the data of a `removed`. Returns which it was. */
  remove(removed: unknown): InfoHash | undefined {
    const infoHash = hashIn(fieldsOf(removed)["infoHash"]);
    if (infoHash !== undefined) this.#told.delete(infoHash);
    return infoHash;
  }

  find(key: EntryKey): TorrentEntry | undefined {
    return this.#told.get(key as string as InfoHash)?.entry;
  }

  views(): readonly TorrentView[] {
    return [...this.#told.values()].map(({ entry }) => entry.torrent);
  }

  /** Newest first. An entry is the same object until there is news of it. */
  entries(): readonly Entry[] {
    const told = [...this.#told.values()];
    told.sort((left, right) => (left.addedAt < right.addedAt ? 1 : left.addedAt > right.addedAt ? -1 : 0));
    return [...this.#hashing, ...told.map(({ entry }) => entry)];
  }
}

function entryOf(news: unknown, torrent: TorrentView, own: readonly TrackerUrl[]): TorrentEntry {
  const said = fieldsOf(news);
  const link = (value: unknown): string | undefined =>
    typeof value === "string" && value.length <= MAX_LINK_CHARACTERS ? value : undefined;
  const stoppedBecause = wordIn(END_REASONS, said["endReason"]);
  const lock = wordIn(LOCKS, said["lock"]);
  return {
    state: torrent.phase,
    key: torrent.infoHash as string as EntryKey,
    infoHash: torrent.infoHash,
    torrent: withPlainSizes(torrent, lock),
    magnetLink: link(said["magnetLink"]) ?? "",
    shareLink: link(said["shareLink"]),
    ...{ canSave: false, isSaved: false },
    ...(lock !== undefined && { lock }),
    ...(stoppedBecause !== undefined && torrent.phase === "paused" && { stoppedBecause }),
    controls: parseControls(said["limits"]),
    trackers: trackersOf(torrent, own, urlsIn(said["namedTrackers"])),
    onDisk: { folder: said["folder"] === undefined ? undefined : textIn(said["folder"]) },
  };
}

/** Those that it is announced to come first. The daemon's own are those that the torrent does not name. */
function trackersOf(
  { trackers }: TorrentView,
  own: readonly TrackerUrl[],
  named: readonly TrackerUrl[],
): readonly ListedTracker[] {
  const urls = new Set([...trackers.map(({ url }) => url), ...own, ...named]);
  return [...urls].map((url) => ({ url, isOwn: !named.includes(url), isReachable: true }));
}

function urlsIn(urls: unknown): readonly TrackerUrl[] {
  return listOf(urls)
    .slice(0, MAX_NAMED)
    .map((url) => nameIn(url) as TrackerUrl);
}

function hashingEntry(value: unknown, at: number): Entry {
  const { name, bytesDone, bytesTotal } = fieldsOf(value);
  const bytes = (said: unknown): number => (typeof said === "number" && said >= 0 ? said : 0);
  return {
    ...{ state: "hashing", key: `hashing-${at}` as EntryKey, name: nameIn(name) },
    ...{ bytesDone: bytes(bytesDone), bytesTotal: bytes(bytesTotal) },
  };
}
