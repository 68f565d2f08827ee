import type { TorrentView, TrackerView } from "#shared/session/view.ts";

type Lists = "trackers" | "webSeeds" | "peers" | "finishedPeers" | "formerPeers";
const LISTS: readonly Lists[] = ["trackers", "webSeeds", "peers", "finishedPeers", "formerPeers"];

/** Counts down by itself, for whoever shows it. */
const COUNTDOWN: keyof TrackerView = "nextInSeconds";

/** Whether two views of a torrent say the same, countdowns aside. */
export function isSameView(left: TorrentView, right: TorrentView): boolean {
  if (left === right) return true;
  const fields = Object.keys(left) as (keyof TorrentView)[];
  return fields.every((field) => left[field] === right[field] || isSameList(field, left, right));
}

function isSameList(field: keyof TorrentView, left: TorrentView, right: TorrentView): boolean {
  const list = LISTS.find((name) => name === field);
  if (list === undefined || left[list].length !== right[list].length) return false;
  return left[list].length === 0 || text(left[list]) === text(right[list]);
}

function text(list: unknown): string {
  return JSON.stringify(list, (name, value) => (name === COUNTDOWN ? undefined : value));
}
