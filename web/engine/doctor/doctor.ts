import type { Entry, EntryKey } from "../client.ts";
import { diagnose, type Surroundings } from "./diagnose.ts";
import type { Trouble } from "./trouble.ts";

/**
 * So long must a torrent stand still for a cause before we speak of it: connections take some seconds, a tracker that restarts is
 * back by then, and people begin to wonder.
 */
export const STILL_MILLIS = 6_000;

type TorrentEntry = Exclude<Entry, { readonly state: "hashing" }>;

/** What we remember of a torrent. */
interface Examined {
  /** As it was when we last looked, without a trouble. */
  readonly seen: TorrentEntry;
  readonly surroundings: Surroundings;
  readonly found: Trouble | undefined;
  /** Since when it has stood still for a cause, whichever. */
  readonly stillSince: number;
  readonly shown: TorrentEntry;
}

/** Says of each torrent on which nothing has moved for a while why that is. */
export class Doctor {
  #examined: ReadonlyMap<EntryKey, Examined> = new Map();

  /** The entries with their troubles. One that has not changed stays the same object. `now`: milliseconds on any clock. */
  look(now: number, entries: readonly Entry[], surroundings: Surroundings): readonly Entry[] {
    const examined = new Map<EntryKey, Examined>();
    const shown = entries.map((entry) => {
      if (entry.state === "hashing") return entry;
      const each = this.#examine(now, entry, surroundings);
      examined.set(entry.key, each);
      return each.shown;
    });
    this.#examined = examined;
    return shown;
  }

  /** When a trouble is next due to be shown although nothing happens. Undefined: never. */
  nextAt(): number | undefined {
    let next: number | undefined;
    for (const { found, shown, stillSince } of this.#examined.values()) {
      if (found === undefined || shown.trouble !== undefined) continue;
      next = Math.min(next ?? Number.POSITIVE_INFINITY, stillSince + STILL_MILLIS);
    }
    return next;
  }

  #examine(now: number, entry: TorrentEntry, surroundings: Surroundings): Examined {
    const before = this.#examined.get(entry.key);
    const isSame = before?.seen === entry && before.surroundings === surroundings;
    const found = isSame ? before.found : this.#find(entry, surroundings);
    const isNew = before?.found === undefined || hasMoved(before.seen, entry);
    const stillSince = isNew ? now : before.stillSince;
    // It stopped by itself: it need not be watched to know that it stands still.
    const isDue = found?.cause === "storageFull" || now >= stillSince + STILL_MILLIS;
    const trouble = isDue ? found : undefined;
    if (isSame && before.shown.trouble === trouble) return { ...before, stillSince };
    const shown = trouble === undefined ? entry : { ...entry, trouble };
    return { seen: entry, surroundings, found, stillSince, shown };
  }

  #find(entry: TorrentEntry, surroundings: Surroundings): Trouble | undefined {
    if (entry.state === "needs-file" || isMoving(entry)) return undefined;
    return diagnose({ ...surroundings, torrent: entry.torrent });
  }
}

function isMoving({ torrent }: TorrentEntry): boolean {
  return torrent.downBytesPerSecond > 0 || torrent.upBytesPerSecond > 0;
}

/** Something has come or gone, or it does something else now. */
function hasMoved({ state, torrent }: TorrentEntry, now: TorrentEntry): boolean {
  return (
    state !== now.state ||
    torrent.bytesDone !== now.torrent.bytesDone ||
    torrent.downloadedBytes !== now.torrent.downloadedBytes ||
    torrent.uploadedBytes !== now.torrent.uploadedBytes
  );
}
