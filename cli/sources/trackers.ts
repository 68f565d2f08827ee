import { findTrackers as findFor, type NamedTrackers } from "#headless-peer/trackers/named-trackers.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { readLogins } from "./logins.ts";

/** Asks each tracker that a person typed for its addresses, with the log-ins that `tabswarm login` has kept. See `findTrackers` there. */
export async function findTrackers(
  typed: readonly TrackerUrl[],
  warn: (sentence: string) => void,
): Promise<NamedTrackers> {
  return findFor(typed, await readLogins(), warn);
}
