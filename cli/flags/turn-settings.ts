import { UsageError } from "#shared/base/errors.ts";
import type { TurnOptions } from "#signal-tracker/main.ts";
import type { TrackerSettings } from "./tracker-settings.ts";

/** Checks the settings for TURN against each other. Undefined: no TURN. Throws a `UsageError`. */
export function turnOf({
  turnUrl: urls,
  turnSecret: secret,
}: Pick<TrackerSettings, "turnUrl" | "turnSecret">): TurnOptions | undefined {
  if (urls.length > 0 && secret !== undefined) return { urls, secret };
  if (urls.length === 0 && secret === undefined) return undefined;
  throw new UsageError(
    "settings",
    "--turn-url and --turn-secret need each other: a TURN server and the secret that it shares with the tracker.",
  );
}
