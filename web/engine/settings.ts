import { signal } from "@preact/signals-core";
import { deviceName } from "#shared/base/device.ts";
import {
  type Client,
  iceProblem,
  MAX_OWN_ICE_SERVERS,
  type OwnIceServer,
  PIECE_LENGTHS,
  type Settings,
  type TextPercent,
  type Theme,
} from "./client.ts";
import { peersIn, rateIn, stopAtIn } from "./controls.ts";

/** The part of a `Storage` that we use. */
type SettingsStorage = Pick<Storage, "getItem" | "setItem">;

/** Where they are. */
export const SETTINGS_KEY = "tabswarm.settings";

const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const TEXT_PERCENTS: readonly TextPercent[] = [100, 115, 130];

/** Several times what all settings take: whatever else lies there is not read. */
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

function iceServersIn(found: unknown): readonly OwnIceServer[] {
  const all: readonly unknown[] = Array.isArray(found) ? found.slice(0, MAX_OWN_ICE_SERVERS) : [];
  return all.flatMap((one) => iceServerIn(one) ?? []);
}

function iceServerIn(found: unknown): OwnIceServer | undefined {
  const said = Object(found) as Partial<Record<keyof OwnIceServer, unknown>>;
  const { url, username, password } = said;
  if (typeof url !== "string" || typeof username !== "string" || typeof password !== "string")
    return undefined;
  const server = { url, username, password };
  return iceProblem(server) === undefined ? server : undefined;
}

/** Whether the page speaks it is not known here. */
function languageIn(found: unknown): string | undefined {
  return typeof found === "string" && /^[a-z]{2,3}$/.test(found) ? found : undefined;
}

/** Anything may be stored, and typed. */
function settingsIn(found: unknown): Settings {
  const said = Object(found) as Partial<Record<keyof Settings, unknown>>;
  return {
    deviceName: typeof said.deviceName === "string" ? deviceName(said.deviceName) : undefined,
    isNearby: said.isNearby === true,
    theme: THEMES.find((theme) => theme === said.theme) ?? "auto",
    textPercent: TEXT_PERCENTS.find((percent) => percent === said.textPercent) ?? 100,
    language: languageIn(said.language),
    mostUp: rateIn(said.mostUp),
    mostDown: rateIn(said.mostDown),
    maxPeers: peersIn(said.maxPeers),
    pieceLength: PIECE_LENGTHS.find((bytes) => bytes === said.pieceLength),
    stopAt: stopAtIn(said.stopAt),
    encrypts: said.encrypts === true,
    sharesAlways: said.sharesAlways === true,
    iceServers: iceServersIn(said.iceServers ?? [Object(found).iceServer]), // Earlier versions knew one.
    asksFirst: said.asksFirst === true,
    savesWhenComplete: said.savesWhenComplete === true,
    notifies: said.notifies === true,
  };
}
