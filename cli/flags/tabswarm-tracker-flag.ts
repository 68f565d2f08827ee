import { InvalidArgumentError } from "commander";
import { isTabswarmTracker } from "#shared/announce/tracker-config.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerUrl } from "#shared/base/tracker-url.ts";

/** Reads the address of one Tabswarm tracker. */
export function parseTabswarmTracker(text: string): TrackerUrl {
  const url = parseTrackerUrl(text);
  if (url === undefined || !isTabswarmTracker(url))
    throw new InvalidArgumentError(
      "It must be the address of a Tabswarm tracker, such as https://share.example.org",
    );
  return url;
}
