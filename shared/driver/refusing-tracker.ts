import type { TrackerUrl } from "../base/ids.ts";
import { mayBeCalled, privateNetworkError } from "../base/tracker-rule.ts";
import type { OpenTracker, TrackerEvents, TrackerLine } from "./ports.ts";

/** Connects only to trackers that are allowed or trusted. All others appear to refuse. */
export function guarded(open: OpenTracker, isTrusted: (url: TrackerUrl) => boolean): OpenTracker {
  return (url, events) =>
    isTrusted(url) || mayBeCalled(url) ? open(url, events) : refusing(events, privateNetworkError().message);
}

/** A stand-in that refuses every announce for good, without any connection. */
export function refusing(events: TrackerEvents, reason: string): TrackerLine {
  return {
    announce: ({ infoHash }) => events.refused(infoHash, reason, "never"),
    answer: () => {},
    close: () => {},
  };
}
