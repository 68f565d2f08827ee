import type { RestReason } from "./client.ts";
import { type Item, isComplete } from "./item.ts";
import { currentConnection, isMetered } from "./start-gate.ts";
import type { TorrentList } from "./torrent-list.ts";

/** A battery with less than this share of its charge is low: most devices warn there. */
export const LOW_BATTERY = 0.2;

/** What some browsers tell about the battery (Battery Status API). A device without one is said to be full and charging. */
interface Battery extends EventTarget {
  readonly charging: boolean;
  /** 0 to 1. */
  readonly level: number;
}

/**
 * Watches the connection and the battery, as far as the browser tells of them. Returns what says whether there is a reason now not to
 * share. `changed`: it may say something else.
 */
export function watchRestReason(changed: () => void): () => RestReason | undefined {
  let battery: Battery | undefined;
  if ("connection" in navigator) (navigator.connection as EventTarget).addEventListener("change", changed);
  void findBattery().then((found) => {
    battery = found;
    for (const type of ["levelchange", "chargingchange"]) found?.addEventListener(type, changed);
    if (found !== undefined) changed();
  });
  return () => {
    if (isMetered(currentConnection())) return "metered";
    return battery?.charging === false && battery.level < LOW_BATTERY ? "battery" : undefined;
  };
}

/**
 * Pauses what only sends for as long as there is a reason, and then lets it go on. Their records know nothing of it: the next page load looks
 * anew. Stays away from what the person has paused, and from what they resumed all the same.
 */
export function rest(list: TorrentList, because: RestReason | undefined): void {
  for (const [item, torrent] of list.looks()) {
    const { infoHash } = torrent;
    const isOver = because === undefined || item.sharesAnyway || item.record.isPaused || !isComplete(torrent);
    if (!isOver && (torrent.phase === "seeding" || item.restsBecause !== undefined)) {
      item.restsBecause = because;
      if (torrent.phase === "seeding") list.feed({ type: "torrentPaused", infoHash });
    } else if (item.restsBecause !== undefined) {
      wake(list, item);
    }
  }
}

function wake(list: TorrentList, item: Item): void {
  const { infoHash, isPaused } = item.record;
  item.restsBecause = undefined;
  if (!isPaused && item.needs === undefined) list.feed({ type: "torrentResumed", infoHash });
}

/** Undefined: the browser does not tell. */
async function findBattery(): Promise<Battery | undefined> {
  const { getBattery } = navigator as { readonly getBattery?: () => Promise<Battery> };
  try {
    return await getBattery?.call(navigator);
  } catch {
    return undefined; // Not allowed here.
  }
}
