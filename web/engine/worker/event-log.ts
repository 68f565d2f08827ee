import type { InfoHash } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import { withoutQuery } from "#shared/meta/web-seeds.ts";
import type { Happening } from "#shared/session/happening.ts";
import type { LoggedEvent } from "../client.ts";

/** Events kept of each torrent: others decide how many there are, and nobody reads more. */
export const MAX_EVENTS = 200;
/** Of a sentence from outside, in UTF-16. */
const MAX_WORDS = 300;

/** What would only push out what a person wants to read: it comes by the thousand, or the page shows it elsewhere. */
const UNTOLD: ReadonlySet<Happening["type"]> = new Set([
  "pieceVerified",
  "fileCompleted",
  "peerChoked",
  "peerUnchoked",
  "leftOut",
  "dialling",
]);

/** What happened to each torrent lately. */
export class EventLog {
  readonly #events = new Map<InfoHash, LoggedEvent[]>();
  readonly #now: () => number;
  #lastNumber = 0;

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  happened(infoHash: InfoHash | undefined, what: Happening): void {
    if (infoHash === undefined || UNTOLD.has(what.type)) return;
    if (what.type === "torrentRemoved") return void this.#events.delete(infoHash);
    const events = this.#events.get(infoHash) ?? [];
    this.#events.set(infoHash, events);
    this.#lastNumber += 1;
    events.push({ number: this.#lastNumber, at: this.#now(), what: shown(what) });
    if (events.length > MAX_EVENTS) events.shift();
  }

  /** The events with a higher number, the oldest first. */
  after(infoHash: InfoHash, number: number): readonly LoggedEvent[] {
    return this.#events.get(infoHash)?.filter((event) => event.number > number) ?? [];
  }
}

/** What is on the screen gets into photographs and bug reports, and others wrote some of its words. */
function shown(what: Happening): Happening {
  const words = Object.entries(what).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === "string" && name !== "tracker" && name !== "webSeed"
      ? printable(value, MAX_WORDS)
      : value,
  ]);
  const safe = Object.fromEntries(words) as Happening;
  if (safe.type === "torrentAdded") return { ...safe, trackers: [] };
  if ("webSeed" in safe) return { ...safe, webSeed: withoutQuery(safe.webSeed) };
  return "tracker" in safe ? { ...safe, tracker: withoutKey(safe.tracker) } : safe;
}
