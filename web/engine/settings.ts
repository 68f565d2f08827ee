import { signal } from "@preact/signals-core";
import { deviceName } from "#shared/wire/device.ts";
import {
  type Client,
  iceProblem,
  MAX_RATE,
  MIN_RATE,
  type OwnIceServer,
  type Settings,
  type TextPercent,
  type Theme,
} from "./client.ts";

/** The part of a `Storage` that we use. */
type SettingsStorage = Pick<Storage, "getItem" | "setItem">;

/** Where they are. */
export const SETTINGS_KEY = "tabswarm.settings";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const TEXT_PERCENTS: readonly TextPercent[] = [100, 115, 130];

/** Ten times what all settings take: whatever else lies there is not read. */
const MAX_STORED_CHARACTERS = 10_000;

const NOT_KEPT = "This browser keeps no settings for this page, so they hold only until you close it.";

/**
 * Reads the settings from `localStorage`, not from the database: they are here before the page is drawn, which its looks need, and
 * other tabs hear of a change. `storage` throws where the browser blocks it.
 */
export function openSettings(
  storage: () => SettingsStorage,
  say: (text: string) => void,
): Pick<Client, "settings" | "changeSettings"> {
  const settings = signal(read(storage));
  window.addEventListener("storage", ({ key }) => {
    if (key === SETTINGS_KEY || key === null) settings.value = read(storage);
  });
  return {
    settings,
    changeSettings(change) {
      settings.value = settingsIn({ ...settings.value, ...change });
      try {
        storage().setItem(SETTINGS_KEY, JSON.stringify(settings.value));
      } catch {
        say(NOT_KEPT);
      }
    },
  };
}

function read(storage: () => SettingsStorage): Settings {
  try {
    const text = storage().getItem(SETTINGS_KEY) ?? "{}";
    return settingsIn(text.length > MAX_STORED_CHARACTERS ? {} : JSON.parse(text));
  } catch {
    return settingsIn({}); // Blocked, or not ours.
  }
}

function rateIn(found: unknown): number | undefined {
  const isUsable = typeof found === "number" && found >= MIN_RATE && found <= MAX_RATE;
  return isUsable ? Math.round(found) : undefined;
}

function iceServerIn(found: unknown): OwnIceServer | undefined {
  const said = Object(found) as Partial<Record<keyof OwnIceServer, unknown>>;
  const { url, username, password } = said;
  if (typeof url !== "string" || typeof username !== "string" || typeof password !== "string")
    return undefined;
  const server = { url, username, password };
  return iceProblem(server) === undefined ? server : undefined;
}

/** Anything may be stored, and typed. */
function settingsIn(found: unknown): Settings {
  const said = Object(found) as Partial<Record<keyof Settings, unknown>>;
  return {
    deviceName: typeof said.deviceName === "string" ? deviceName(said.deviceName) : undefined,
    theme: THEMES.find((theme) => theme === said.theme) ?? "auto",
    textPercent: TEXT_PERCENTS.find((percent) => percent === said.textPercent) ?? 100,
    mostUp: rateIn(said.mostUp),
    mostDown: rateIn(said.mostDown),
    iceServer: iceServerIn(said.iceServer),
    asksFirst: said.asksFirst === true,
    savesWhenComplete: said.savesWhenComplete === true,
    notifies: said.notifies === true,
  };
}
