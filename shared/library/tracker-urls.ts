import { UsageError } from "../base/errors.ts";
import type { TrackerUrl } from "../base/ids.ts";
import { parseTrackerUrl } from "../base/tracker-url.ts";

/** Throws a `UsageError` for what is no tracker. */
export function trackersIn(urls: readonly string[]): readonly TrackerUrl[] {
  return urls.map((text) => {
    const url = parseTrackerUrl(text);
    if (url !== undefined) return url;
    throw new UsageError(
      "badTracker",
      `${text} is no tracker. Pass an announce URL such as wss://tracker.example.org/announce or udp://tracker.example.org:6969.`,
    );
  });
}
