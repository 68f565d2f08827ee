import type { ReadonlySignal, Signal } from "@preact/signals-core";
import type { Entry, TorrentElsewhere } from "../client.ts";
import type { Running } from "../running.ts";
import { OtherTabs } from "./other-tabs.ts";

/** Tells the other tabs of this one's torrents, and shows theirs, for as long as the page is open. */
export async function followOtherTabs(
  { torrents, kept }: Running,
  entries: ReadonlySignal<readonly Entry[]>,
  elsewhere: Signal<readonly TorrentElsewhere[]>,
): Promise<void> {
  if (kept === undefined) return; // Nothing is stored, so there is nothing to share.
  await kept.tab.isSeen;
  const others = new OtherTabs(kept.tab.life, () => torrents.told());
  others.torrents.subscribe((all) => {
    elsewhere.value = all;
  });
  entries.subscribe(() => others.changed());
  window.addEventListener("pagehide", () => others.leave());
  document.addEventListener("visibilitychange", () => document.hidden || others.cameBack());
}
