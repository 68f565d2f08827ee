import type { TrackerView } from "#shared/session/view.ts";
import { NO_TRACKERS, tierSentence, trackerSentence } from "./details-texts.ts";

/** Its trackers, each with its state in words. Where there is only one, its tier says nothing. */
export function TrackerList({ trackers }: { readonly trackers: readonly TrackerView[] }) {
  if (trackers.length === 0) return <p class="note">{NO_TRACKERS}</p>;
  return (
    <ul>
      {trackers.map((tracker) => (
        <li key={tracker.url} class="tracker" data-state={tracker.state}>
          <strong>{tracker.url}</strong> {trackers.length > 1 && tierSentence(tracker.tier)}
          {trackerSentence(
            tracker.state,
            tracker.seeders,
            tracker.leechers,
            tracker.message,
            tracker.nextInSeconds,
          )}
        </li>
      ))}
    </ul>
  );
}
