import { InvalidArgumentError } from "commander";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseTrackerUrl } from "#shared/base/tracker-url.ts";

/** Reads a tracker's URL and adds it to those before. */
export function parseAnnounce(text: string, before: readonly TrackerUrl[] = []): readonly TrackerUrl[] {
  const url = parseTrackerUrl(text);
  if (url === undefined) {
    throw new InvalidArgumentError(
      "It must be a Tabswarm tracker such as http://192.168.1.5:8000, or an announce URL that begins with http, https, udp, ws or wss.",
    );
  }
  return [...before, url];
}
