import { askTabswarmTracker, isTabswarmTracker } from "#headless-peer/tabswarm-tracker.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { announceUrls } from "./announce-flag.ts";

/** The trackers that a person named, as torrents and links name them. */
export interface NamedTrackers {
  readonly announceUrls: readonly TrackerUrl[];
  /** The page of the first Tabswarm tracker, for share links. Undefined: there is none. */
  readonly pageUrl: string | undefined;
}

/** Finds out what the trackers that a person typed are called elsewhere, and where their page is. */
export async function findTrackers(
  typed: readonly TrackerUrl[],
  warn: (sentence: string) => void,
): Promise<NamedTrackers> {
  const tabswarm = typed.find(isTabswarmTracker);
  const [urls, page] = await Promise.all([
    announceUrls(typed, warn),
    tabswarm === undefined ? undefined : askTabswarmTracker(tabswarm),
  ]);
  return { announceUrls: urls, pageUrl: page?.pageUrl };
}
