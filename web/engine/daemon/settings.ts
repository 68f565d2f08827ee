import { computed, type Signal } from "@preact/signals-core";
import type { Client, Settings } from "../client.ts";
import { openSettings } from "../settings.ts";
import { type AllLimits, allLimitsChange } from "./limits.ts";

/** Settings of the page: how it looks is kept in this browser, and the limits are the daemon's. */
export function daemonSettings(
  limits: Signal<AllLimits>,
  say: (text: string) => void,
  change: (limits: object) => void,
): Pick<Client, "settings" | "changeSettings"> {
  const own = openSettings(() => localStorage, say);
  const settings = computed((): Settings => ({ ...own.settings.value, ...limits.value }));
  return {
    settings,
    changeSettings(wanted) {
      const { mostUp: _, mostDown: __, maxPeers: ___, ...looks } = wanted;
      if (Object.keys(looks).length > 0) own.changeSettings(looks);
      const changed = allLimitsChange(wanted);
      if (Object.keys(changed).length > 0) change(changed);
    },
  };
}
