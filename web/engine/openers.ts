import type { ReadonlySignal, Signal } from "@preact/signals-core";
import type { Account, Client, Entry, Nearby, Settings, TrackerDesk } from "./client.ts";
import { loaded } from "./load-later.ts";
import type { Running } from "./running.ts";
import type { Torrents } from "./torrents.ts";

/** Loads the code that talks to the tracker's API once it is needed. */
export function deskOpener(
  starting: Promise<Running>,
  account: Signal<Account>,
  entries: Signal<readonly Entry[]>,
  warn: (sentence: string) => () => void,
): Client["tracker"] {
  let desk: Promise<TrackerDesk> | undefined;
  return () => {
    desk ??= starting.then(async (running) => {
      const { openDesk } = await loaded(import("./tracker/desk.ts"));
      return openDesk(running, account, entries, warn);
    });
    desk.catch(() => {
      desk = undefined; // The next call tries again.
    });
    return desk;
  };
}

/**
 * Loads the code for people nearby once somebody wants to see them. `share` does not encrypt: the tracker passes on what they are
 * offered, with its name, and a key would have to go the same way.
 */
export function nearbyOpener(
  starting: Promise<Running>,
  settings: ReadonlySignal<Settings>,
  share: Client["share"],
  act: (deed: (torrents: Torrents) => Promise<void>) => void,
): Client["nearby"] {
  let nearby: Promise<Nearby> | undefined;
  return () => {
    nearby ??= starting.then(async ({ config }) => {
      const { openNearby } = await loaded(import("./nearby/open.ts"));
      return openNearby({
        ...{ pageUrl: config.pageUrl, settings, share },
        accept: (infoHash, link) => act((torrents) => torrents.accept(infoHash, link)),
      });
    });
    nearby.catch(() => {
      nearby = undefined; // The next call tries again.
    });
    return nearby;
  };
}
