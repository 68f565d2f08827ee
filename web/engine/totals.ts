import type { InfoHash } from "#shared/base/ids.ts";
import { MINUTE_MILLIS, type Totals } from "#shared/session/totals.ts";
import type { TorrentView } from "#shared/session/view.ts";

/** What torrents have done is written down this long after it changed: each record may be long, and it changes all the time. */
const KEEP_MILLIS = 60_000;

/** Where a page that goes leaves what it has not written down: browsers drop what it still writes into a database. */
const STORED_TOTALS = "tabswarm.totals";

/** The tab's `sessionStorage`. */
type Session = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** What torrents have done. */
export type TotalsList = readonly (readonly [infoHash: InfoHash, totals: Totals])[];

/** When to write down what torrents have sent and received. Where nothing changes, nothing is written. */
export class TotalsTimer {
  readonly #write: () => void;
  #timer: number | undefined;

  constructor(write: () => void) {
    this.#write = write;
  }

  changed(): void {
    this.#timer ??= window.setTimeout(() => {
      this.#timer = undefined;
      this.#write();
    }, KEEP_MILLIS);
  }
}

/** What a torrent has done so far. The last minute of sharing that is not whole is left out. */
export function totalsOf(view: TorrentView): Totals {
  const { uploadedBytes, downloadedBytes, sharedMinutes, finishedInAll } = view;
  const sharedMillis = sharedMinutes * MINUTE_MILLIS;
  return { uploadedBytes, downloadedBytes, sharedMillis, finishedPeers: finishedInAll };
}

/** Leaves totals for the next page load of this tab. */
export function leaveTotals(session: Session, totals: TotalsList): void {
  try {
    session.setItem(STORED_TOTALS, JSON.stringify(totals));
  } catch {
    // No room, or blocked: what was written down up to a minute ago counts.
  }
}

/** Takes what the page load before this one has left. */
export function takeLeftTotals(session: Session): ReadonlyMap<unknown, Totals> {
  const found = new Map<unknown, Totals>();
  try {
    const left: unknown = JSON.parse(session.getItem(STORED_TOTALS) ?? "[]");
    session.removeItem(STORED_TOTALS);
    for (const [infoHash, value] of Array.isArray(left) ? left.filter(Array.isArray) : []) {
      const totals = totalsIn(value);
      if (totals !== undefined) found.set(infoHash, totals);
    }
  } catch {
    // Blocked, or not ours.
  }
  return found;
}

/** Totals that were stored. Undefined: something else was. */
export function totalsIn(value: unknown): Totals | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const said: Partial<Record<string, unknown>> = { ...value };
  const { uploadedBytes, downloadedBytes, sharedMillis, finishedPeers = 0 } = said; // Older pages stored no peers.
  return isWhole(uploadedBytes) && isWhole(downloadedBytes) && isWhole(sharedMillis) && isWhole(finishedPeers)
    ? { uploadedBytes, downloadedBytes, sharedMillis, finishedPeers }
    : undefined;
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
