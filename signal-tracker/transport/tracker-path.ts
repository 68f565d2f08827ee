import { parseTrackerKey } from "#shared/base/tracker-key.ts";

/** What a path asks of the tracker. */
export interface TrackerPath {
  readonly action: "announce" | "scrape";
  /** The key in it, as it stands there. Undefined: none. */
  readonly key: string | undefined;
}

const ANNOUNCE: TrackerPath = { action: "announce", key: undefined };
const SCRAPE: TrackerPath = { action: "scrape", key: undefined };
const WITH_KEY = /^\/(announce|scrape)\/([^/]*)\/?$/;

/**
 * Reads `/announce`, `/scrape`, `/announce/<key>` or `/scrape/<key>`, which libtorrent makes of the former. Undefined: any other.
 * With accounts, whatever stands for the key is read, so that people hear what is wrong with it; without, only what can be one:
 * the tracker may have had accounts before.
 */
export function parseTrackerPath(path: string, hasAccounts: boolean): TrackerPath | undefined {
  if (path === "/announce") return ANNOUNCE;
  if (path === "/scrape") return SCRAPE;
  const [, action, key = ""] = WITH_KEY.exec(path) ?? [];
  if (action === undefined || !(hasAccounts || parseTrackerKey(key))) return undefined;
  return { action: action === "scrape" ? "scrape" : "announce", key };
}
