import { NEEDS_TCP } from "#headless-peer/trackers/trackers.ts";
import { hostOf } from "#shared/base/tracker-url.ts";
import type { TorrentView, TrackerView } from "#shared/session/view.ts";
import { formatDuration, plural } from "./format.ts";

/** A tracker that cannot be reached, refuses us or warns us, in words. */
export interface TrackerTrouble {
  /** What is wrong. Stays the same until something else is. */
  readonly what: string;
  /** When we ask the tracker again. Empty: as usual. */
  readonly next: string;
}

/** Links and files of strangers may name twenty trackers, half of them dead. */
const MAX_TROUBLES = 3;

/** Lists what is wrong with the trackers of some torrents, each thing once. Ignores trackers on standby. */
export function trackerTroubles(views: readonly TorrentView[]): TrackerTrouble[] {
  const groups = new Map<string, TrackerView[]>();
  const trackers = views.flatMap((view) => view.trackers);
  const isAnyUsable = trackers.some(({ message }) => message !== NEEDS_TCP);
  for (const tracker of trackers) {
    if (tracker.message === undefined || tracker.state === "standby") continue;
    if (tracker.message === NEEDS_TCP && isAnyUsable) continue; // Expected with TCP switched off.
    const key = `${hostOf(tracker.url)} ${tracker.message}`;
    groups.set(key, [...(groups.get(key) ?? []), tracker]);
  }
  const troubles = [...groups.values()].map(troubleOf);
  if (troubles.length <= MAX_TROUBLES) return troubles;
  const more = plural(troubles.length - MAX_TROUBLES, "more tracker is", "more trackers are");
  return [...troubles.slice(0, MAX_TROUBLES), { what: `${more} in trouble.`, next: "" }];
}

/** Trackers of one host with one trouble: usually the HTTP and the WebSocket of a Tabswarm tracker. */
function troubleOf(trackers: readonly TrackerView[]): TrackerTrouble {
  const [first] = trackers;
  const message = first?.message?.replace(/[.\s]+$/, "");
  return { what: `Tracker ${nameOf(trackers)}: ${message}.`, next: nextText(trackers) };
}

/** Without path and query: they may hold a passkey. */
function nameOf(trackers: readonly TrackerView[]): string {
  const names = new Set(trackers.map(({ url }) => /^[^?]*?:\/\/[^/?]+/.exec(url)?.[0] ?? url));
  const [first] = trackers;
  return names.size === 1 || first === undefined ? [...names].join() : (hostOf(first.url) ?? first.url);
}

function nextText(trackers: readonly TrackerView[]): string {
  if (trackers.some(({ state }) => state === "working")) return "";
  if (trackers.some(({ state }) => state === "connecting")) return "Trying again now.";
  const waits = trackers.flatMap(({ nextInSeconds }) => nextInSeconds ?? []);
  if (waits.length > 0) return `Next try in ${formatDuration(Math.min(...waits))}.`;
  return "It is not asked again until you restart the command.";
}
