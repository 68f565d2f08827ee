import type { TorrentControls } from "#shared/session/controls.ts";
import {
  type Controls,
  MAX_DOWNLOADS,
  MAX_MOMENT,
  MAX_PEERS,
  MAX_RATE,
  MAX_RATIO,
  MAX_SHARED_MINUTES,
  MIN_PEERS,
  MIN_RATE,
  MIN_RATIO,
  type Settings,
  type StopAt,
} from "./client.ts";
import type { TorrentRecord } from "./database.ts";

/** Those of a torrent about which the person has chosen nothing. */
export const NO_CONTROLS: Controls = {
  mostUp: undefined,
  mostDown: undefined,
  maxPeers: undefined,
  inOrder: false,
  stopAt: undefined,
};

export const NEVER: StopAt = { ratio: undefined, minutes: undefined };

/** What changes in a record when the person shares on what has stopped: the limits of which it reached one no longer count. */
export function sharedOn({
  stoppedBecause,
  controls = NO_CONTROLS,
}: Pick<TorrentRecord, "stoppedBecause" | "controls">): Partial<TorrentRecord> {
  if (stoppedBecause === undefined) return {};
  const on = { isPaused: false, stoppedBecause: undefined };
  return stoppedBecause === "person" ? on : { ...on, controls: { ...controls, stopAt: NEVER } };
}

/** Anything may be stored, and typed. */
export function controlsIn(found: unknown): Controls {
  const said = Object(found) as Partial<Record<keyof Controls, unknown>>;
  return {
    mostUp: rateIn(said.mostUp),
    mostDown: rateIn(said.mostDown),
    maxPeers: peersIn(said.maxPeers),
    inOrder: said.inOrder === true,
    stopAt: said.stopAt === undefined ? undefined : stopAtIn(said.stopAt),
  };
}

/** The same for one limit of speed. Undefined: none. */
export function rateIn(found: unknown): number | undefined {
  const rate = numberIn(found, MIN_RATE, MAX_RATE);
  return rate && Math.round(rate);
}

/** The same for the most peers. Undefined: no limit. */
export function peersIn(found: unknown): number | undefined {
  const count = numberIn(found, MIN_PEERS, MAX_PEERS);
  return count && Math.round(count);
}

/** The same for when to stop sharing. */
export function stopAtIn(found: unknown): StopAt {
  const said = Object(found) as Partial<Record<keyof StopAt, unknown>>;
  const minutes = numberIn(said.minutes, 1, MAX_SHARED_MINUTES);
  const downloads = numberIn(said.downloads, 1, MAX_DOWNLOADS);
  return {
    ratio: numberIn(said.ratio, MIN_RATIO, MAX_RATIO),
    minutes: minutes && Math.round(minutes),
    downloads: downloads && Math.round(downloads),
    at: numberIn(said.at, 1, MAX_MOMENT),
  };
}

function numberIn(found: unknown, least: number, most: number): number | undefined {
  return typeof found === "number" && found >= least && found <= most ? found : undefined;
}

/** As the engine has them. The settings say when downloads stop that have no choice of their own. */
export function engineControls(
  { mostUp, mostDown, maxPeers, inOrder, stopAt }: Controls,
  isOwn: boolean,
  settings: Pick<Settings, "stopAt">,
): TorrentControls {
  return {
    rates: { up: mostUp, down: mostDown },
    maxPeers,
    inOrder,
    stopAt: stopAt ?? (isOwn ? undefined : settings.stopAt),
  };
}
