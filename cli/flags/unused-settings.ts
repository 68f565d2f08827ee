import { UsageError } from "#shared/base/errors.ts";
import type { TrackerSettings } from "./tracker-settings.ts";

interface Unused {
  readonly name: keyof TrackerSettings;
  readonly isUsed: (settings: TrackerSettings) => boolean;
  /** What to do. */
  readonly sentence: string;
}

/** Settings that do nothing without others. Somebody who sets one expects that it does something. */
const SETTINGS: readonly Unused[] = [
  {
    name: "httpsPort",
    isUsed: ({ https, cert }) => https || cert !== undefined,
    sentence:
      "--https-port needs --https, or --cert and --key: without them the tracker does not speak https.",
  },
  {
    name: "catalogDays",
    isUsed: ({ catalog }) => catalog,
    sentence: "--catalog-days and --no-catalog do not go together: there are no entries without a catalog.",
  },
  {
    name: "data",
    isUsed: ({ redis, https, cert }) => redis === undefined || (https && cert === undefined),
    sentence:
      "--data does nothing with --redis, which then keeps everything, unless the folder is for the certificate of --https. Leave one of them out.",
  },
];

/** Throws a `UsageError` if one of the settings that are `set` does nothing because of the others. */
export function refuseUnused(settings: TrackerSettings, set: ReadonlySet<keyof TrackerSettings>): void {
  const unused = SETTINGS.find(({ name, isUsed }) => set.has(name) && !isUsed(settings));
  if (unused !== undefined) throw new UsageError("settings", unused.sentence);
}
