import { InvalidArgumentError } from "commander";
import { isTabswarmTracker } from "#shared/announce/tracker-config.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerUrl } from "#shared/base/tracker-url.ts";

/** Reads the `--tracker` of a command that asks one Tabswarm tracker. */
export function parseTabswarmTracker(text: string): TrackerUrl {
  const url = parseTrackerUrl(text);
  if (url !== undefined && isTabswarmTracker(url)) return url;
  throw new InvalidArgumentError("It must be a Tabswarm tracker, such as http://192.168.1.5:8000.");
}
