import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { UsageError } from "#shared/base/errors.ts";
import { printable } from "#shared/base/printable.ts";
import type {
  Changed,
  DaemonLimitsJson,
  DaemonTorrent,
  TorrentLimitsJson,
} from "#shared/daemon/daemon-api.ts";
import { parseRate } from "../flags/byte-flags.ts";
import {
  parseDownloads,
  parseMaxPeers,
  parseMinutes,
  parseMoment,
  parseRatio,
} from "../flags/limit-flags.ts";
import { type DaemonClientFlags, withDaemonFlags } from "../flags/state-flag.ts";
import { runOnce } from "../once.ts";
import { limitsText } from "../show/limits-text.ts";
import { DaemonClient } from "../sources/daemon-client.ts";

/** Null lifts a limit. */
type Limit<Value> = Value | null | undefined;

interface LimitsFlags extends DaemonClientFlags {
  readonly rateUp?: Limit<number>;
  readonly rateDown?: Limit<number>;
  readonly maxPeers?: Limit<number>;
  readonly inOrder?: Limit<boolean>;
  readonly stopRatio?: Limit<number>;
  readonly stopAfter?: Limit<number>;
  readonly stopAfterDownloads?: Limit<number>;
  readonly stopAt?: Limit<number>;
}

/** What lifts a limit. */
const NONE = "none";

/** `tabswarm limits`: shows and changes limits of a daemon, or of its torrents. */
export function limitsCommand(): Command {
  const command = new Command("limits")
    .description(
      `show limits of the daemon, or of torrents of it, and change those that you name; ${NONE} lifts one`,
    )
    .argument("[torrent...]", "its name, or the first digits of its info-hash; none: all torrents together")
    .option("--rate-up <bytes>", "upload limit in bytes a second, such as 500K or 2M", liftable(parseRate))
    .option("--rate-down <bytes>", "download limit, in the same way", liftable(parseRate))
    .option("--max-peers <number>", "peers at most", liftable(parseMaxPeers))
    .option("--in-order <yes-or-none>", "fetch pieces of a torrent in order", liftable(parseYes))
    .option(
      "--stop-ratio <number>",
      "stop sharing once it has sent its size so many times",
      liftable(parseRatio),
    )
    .option(
      "--stop-after <time>",
      "stop sharing once it was shared for so long, such as 3h",
      liftable(parseMinutes),
    )
    .option(
      "--stop-after-downloads <number>",
      "stop sharing once so many people have everything",
      liftable(parseDownloads),
    )
    .option("--stop-at <time>", "stop sharing at this time, such as 2026-12-24T18:30", liftable(parseMoment));
  return withDaemonFlags(command).action(limits);
}

async function limits(names: readonly string[], flags: LimitsFlags): Promise<void> {
  await runOnce("limits", flags, async () => {
    const client = await DaemonClient.find(resolve(flags.state));
    if (names.length === 0) return showAll(client, flags);
    const change = torrentChange(flags);
    for (const { infoHash, name } of await client.named(names)) {
      const path = `/api/torrents/${infoHash}`;
      const { limits } = isEmpty(change)
        ? await client.ask<DaemonTorrent>("GET", path)
        : await client.ask<DaemonTorrent>("PATCH", path, { limits: change });
      if (flags.json) console.log(JSON.stringify({ type: "limits", infoHash, name, ...limits }));
      else console.log(`${printable(name)}: ${limitsText(limits)}`);
    }
  });
}

async function showAll(client: DaemonClient, flags: LimitsFlags): Promise<void> {
  const { rateUp, rateDown, maxPeers, ...others } = torrentChange(flags);
  if (!isEmpty(others))
    throw new UsageError(
      "whichTorrent",
      "Only a single torrent can stop, or come in order. Name the torrent.",
    );
  const change: Changed<DaemonLimitsJson> = chosen({ rateUp, rateDown, maxPeers });
  const now = isEmpty(change)
    ? await client.ask<DaemonLimitsJson>("GET", "/api/limits")
    : await client.ask<DaemonLimitsJson>("PATCH", "/api/limits", change);
  console.log(
    flags.json ? JSON.stringify({ type: "limits", ...now }) : `All torrents together: ${limitsText(now)}`,
  );
}

function torrentChange(flags: LimitsFlags): Changed<TorrentLimitsJson> {
  const { rateUp, rateDown, maxPeers, inOrder, stopRatio, stopAfter, stopAfterDownloads, stopAt } = flags;
  return chosen({
    ...{ rateUp, rateDown, maxPeers, inOrder, stopRatio, stopAfter, stopAfterDownloads },
    stopAt: typeof stopAt === "number" ? new Date(stopAt).toISOString() : stopAt,
  });
}

/** Without those that the person did not name. */
function chosen<Limits extends object>(
  limits: Limits,
): { [Name in keyof Limits]?: Exclude<Limits[Name], undefined> } {
  const named = Object.entries(limits).filter(([, value]) => value !== undefined);
  return Object.fromEntries(named) as { [Name in keyof Limits]?: Exclude<Limits[Name], undefined> };
}

function isEmpty(change: object): boolean {
  return Object.keys(change).length === 0;
}

function liftable<Value>(parse: (text: string) => Value): (text: string) => Value | null {
  return (text) => (text === NONE ? null : parse(text));
}

function parseYes(text: string): true {
  if (text === "yes") return true;
  throw new InvalidArgumentError(`It must be yes or ${NONE}.`);
}
