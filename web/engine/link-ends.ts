import type { EndReason } from "./client.ts";
import type { TorrentRecord } from "./database.ts";
import { type Item, isComplete } from "./item.ts";
import type { TorrentList } from "./torrent-list.ts";

/** At least so often the page looks whose time has come: a timer stands still while the device sleeps, and clocks are set anew. */
const LOOK_MILLIS = 60_000;

/** Ends what is shared until a certain time. It goes by the wall clock, also while the page is closed; the engine's clock cannot. */
export class LinkEnds {
  readonly #list: TorrentList;
  readonly #end: (item: Item, because: EndReason) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `end` pauses the torrent and writes down why. */
  constructor(list: TorrentList, end: (item: Item, because: EndReason) => void) {
    this.#list = list;
    this.#end = end;
  }

  /** Ends whatever is due, now and later. Call it when the list or what the person has chosen has changed. */
  look(): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    let wait: number | undefined;
    for (const item of this.#list.items()) {
      const at = endOf(item.record);
      if (at === undefined) continue;
      if (at <= now && this.#isDone(item)) this.#end(item, "moment");
      else wait = Math.min(wait ?? LOOK_MILLIS, at > now ? at - now : LOOK_MILLIS);
    }
    if (wait !== undefined) this.#timer = setTimeout(() => this.look(), wait);
  }

  /** A download goes on until it is complete. */
  #isDone(item: Item): boolean {
    const torrent = this.#list.look(item);
    return item.record.bytes.type === "files" || (torrent !== undefined && isComplete(torrent));
  }
}

/** Marks the person's own files whose time came while the page was closed: they are not shared again for a moment. */
export function endedMeanwhile(record: TorrentRecord): Partial<TorrentRecord> {
  const at = endOf(record);
  const isDue = at !== undefined && at <= Date.now() && record.bytes.type === "files";
  return isDue ? { isPaused: true, stoppedBecause: "moment" } : {};
}

/** Undefined: it has no such time, or has stopped for something else. */
function endOf({ controls, stoppedBecause }: TorrentRecord): number | undefined {
  return stoppedBecause === undefined ? controls?.stopAt?.at : undefined;
}
