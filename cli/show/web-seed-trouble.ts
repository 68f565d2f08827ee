import type { TorrentView, WebSeedView } from "#shared/session/view.ts";
import { formatDuration, plural } from "./format.ts";
import { webSeedHost } from "./peer-table.ts";
import type { TrackerTrouble } from "./tracker-trouble.ts";

/** Links and files of strangers may name sixteen. */
const MAX_TROUBLES = 3;

/** Lists what is wrong with the web seeds of torrents that are being downloaded, each thing once. */
export function webSeedTroubles(views: readonly TorrentView[]): TrackerTrouble[] {
  const troubles = new Map<string, TrackerTrouble>();
  for (const { phase, webSeeds } of views) {
    if (phase !== "downloading") continue;
    for (const seed of webSeeds) {
      if (seed.problem === undefined) continue;
      const what = `Web seed ${webSeedHost(seed)}: ${seed.problem}.`;
      troubles.set(what, { what, next: nextText(seed) });
    }
  }
  const all = [...troubles.values()];
  if (all.length <= MAX_TROUBLES) return all;
  const more = plural(all.length - MAX_TROUBLES, "more web seed is", "more web seeds are");
  return [...all.slice(0, MAX_TROUBLES), { what: `${more} in trouble.`, next: "" }];
}

function nextText({ state, nextInSeconds }: WebSeedView): string {
  if (state === "banned") return "It is not asked again.";
  return nextInSeconds === undefined ? "" : `Next try in ${formatDuration(nextInSeconds)}.`;
}
