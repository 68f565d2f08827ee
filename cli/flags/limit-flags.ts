import { type Command, InvalidArgumentError } from "commander";
import { MAX_PEERS } from "#headless-peer/session-config.ts";
import type { PeerTorrent } from "#shared/library/peer-torrent.ts";
import { MIN_PEERS } from "#shared/session/controls.ts";
import { MAX_DOWNLOADS, MAX_RATIO, MAX_SHARED_MINUTES, MIN_RATIO } from "#shared/session/stop-bounds.ts";
import { MINUTE_MILLIS } from "#shared/session/totals.ts";
import { parseRate } from "./byte-flags.ts";

/** What a person can choose for one torrent. */
export interface TorrentLimits {
  /** Bytes a second. */
  readonly rateUp?: number;
  readonly rateDown?: number;
  readonly maxPeers?: number;
  readonly inOrder?: boolean;
  /** It stops sharing once it has sent its size so many times, */
  readonly stopRatio?: number;
  /** was shared for so many minutes, */
  readonly stopAfter?: number;
  /** so many people have everything, */
  readonly stopAfterDownloads?: number;
  /** or this time has come, in milliseconds since 1970. */
  readonly stopAt?: number;
}

/** Whether a torrent is shared or downloaded: what is shared has no order to fetch it in. */
export type LimitedWork = "seed" | "download";

/** Adds the flags that limit each torrent of a command. */
export function addLimitFlags(command: Command, work: LimitedWork): Command {
  command.hook("preAction", () => {
    const { stopAt } = command.opts<TorrentLimits>();
    if (stopAt !== undefined && stopAt <= Date.now())
      command.error("error: option '--stop-at <time>': that time has passed. Choose a later one.");
  });
  if (work === "download")
    command.option("--in-order", "fetch the pieces of each torrent in order, not the rarest first");
  return command
    .option(
      "--max-peers <number>",
      `peers of each torrent at most, from ${MIN_PEERS} to ${MAX_PEERS}`,
      parseMaxPeers,
    )
    .option(
      "--stop-ratio <number>",
      "stop sharing a torrent once it has sent its size so many times, such as 2",
      parseRatio,
    )
    .option(
      "--stop-after <time>",
      "stop sharing a torrent once it was shared for so long, such as 90min, 3h or 2d",
      parseMinutes,
    )
    .option(
      "--stop-after-downloads <number>",
      "stop sharing a torrent once so many people have everything",
      parseDownloads,
    )
    .option("--stop-at <time>", "stop sharing at this time, such as 2026-12-24T18:30", parseMoment);
}

/** The same with the rates, for a config: on the command line the rates are those of all torrents together. */
export function addLimitKeys(command: Command, work: LimitedWork): Command {
  return addLimitFlags(
    command
      .option("--rate-up <bytes>", "upload limit of this torrent", parseRate)
      .option("--rate-down <bytes>", "download limit of this torrent", parseRate),
    work,
  );
}

/** Whether something is to stop the torrents from being shared. */
export function stopsByItself({ stopRatio, stopAfter, stopAfterDownloads, stopAt }: TorrentLimits): boolean {
  return [stopRatio, stopAfter, stopAfterDownloads, stopAt].some((limit) => limit !== undefined);
}

/** The limits of one torrent as a peer takes them. */
export function ownLimits(limits: TorrentLimits): Pick<PeerTorrent, "controls" | "sharedUntil"> {
  const { rateUp: up, rateDown: down, maxPeers, inOrder, stopAt: sharedUntil } = limits;
  const { stopRatio: ratio, stopAfter: minutes, stopAfterDownloads: downloads } = limits;
  const stopAt = { ratio, minutes, downloads };
  return { controls: { rates: { up, down }, maxPeers, inOrder, stopAt }, sharedUntil };
}

/** Reads `--max-peers`. */
export function parseMaxPeers(text: string): number {
  const count = wholeNumber(text);
  if (count >= MIN_PEERS && count <= MAX_PEERS) return count;
  throw new InvalidArgumentError(
    `It must be a whole number from ${MIN_PEERS} to ${MAX_PEERS}: with fewer, hardly anybody finds you.`,
  );
}

/** Reads `--stop-ratio`. */
export function parseRatio(text: string): number {
  const ratio = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  if (ratio >= MIN_RATIO && ratio <= MAX_RATIO) return ratio;
  throw new InvalidArgumentError(
    `It must be a number from ${MIN_RATIO} to ${MAX_RATIO}, such as 2 for twice its size.`,
  );
}

const MINUTES = { m: 1, h: 60, d: 24 * 60 } as const;

/** Reads `--stop-after`, in minutes: `90 min`, `3h`, `1.5 hours`, `2 days`. */
export function parseMinutes(text: string): number {
  const [, digits = "", unit = ""] =
    /^(\d{1,6}(?:\.\d{1,3})?) ?(m(?:in(?:utes?)?)?|h(?:ours?)?|d(?:ays?)?)$/i.exec(text) ?? [];
  const minutes = Math.round(Number(digits) * MINUTES[unit.charAt(0).toLowerCase() as keyof typeof MINUTES]);
  if (minutes >= 1 && minutes <= MAX_SHARED_MINUTES) return minutes;
  throw new InvalidArgumentError(
    "It must be a time from 1 minute to 365 days with its unit, such as 90min, 3h or 2d.",
  );
}

/** Reads `--stop-after-downloads`. */
export function parseDownloads(text: string): number {
  const count = wholeNumber(text);
  if (count >= 1 && count <= MAX_DOWNLOADS) return count;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_DOWNLOADS}.`);
}

const MOMENT = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?$/;

/**
 * Reads `--stop-at`, in milliseconds since 1970: a date and a time of this machine, or with an offset to UTC. It may have passed:
 * config files outlive their times.
 */
export function parseMoment(text: string): number {
  const [, year = "", month = "", day = "", time = "", zone = ""] = MOMENT.exec(text) ?? [];
  const isDay = new Date(`${year}-${month}-${day}T00:00Z`).getUTCDate() === Number(day); // Else 31 February is 3 March.
  const moment = isDay ? new Date(`${year}-${month}-${day}T${time}${zone}`).getTime() : Number.NaN;
  if (moment <= Date.now() + MAX_SHARED_MINUTES * MINUTE_MILLIS) return moment;
  throw new InvalidArgumentError(
    "It must be a date and a time within a year, such as 2026-12-24T18:30 in the time of this machine, or 2026-12-24T18:30Z.",
  );
}

function wholeNumber(text: string): number {
  return /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
}
