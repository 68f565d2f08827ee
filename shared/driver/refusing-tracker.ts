import type { TrackerUrl } from "../base/ids.ts";
import { mayBeCalled, privateNetworkError } from "../base/tracker-rule.ts";
import type { OpenTracker, TrackerEvents, TrackerLine } from "./ports.ts";

/** Calls trackers that may be called, and those that are trusted wherever they are. All others seem to refuse. */
export function guarded(open: OpenTracker, isTrusted: (url: TrackerUrl) => boolean): OpenTracker {
  return (url, events) =>
    isTrusted(url) || mayBeCalled(url) ? open(url, events) : refusing(events, privateNetworkError().message);
}

/** A tracker that is never called, and seems to refuse every announce for good. */
export function refusing(events: TrackerEvents, reason: string): TrackerLine {
  return {
    announce: ({ infoHash }) => events.refused(infoHash, reason, "never"),
    answer: () => {},
    close: () => {},
  };
}
