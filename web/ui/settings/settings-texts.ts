import type { IceProblem, TextPercent, Theme } from "../../engine/client.ts";

/** The words of the settings, in plain English. */

export const SETTINGS = "Settings";
export const DONE = "Done";

export const DEVICE = "This device";
export const DEVICE_NAME = "Name of this device";
export const DEVICE_NOTE =
  "Everybody who shares or downloads the same files as you sees it, so that they know who got them. Leave it empty, and they see only what kind of browser this is, such as “Chrome on Android”. Private torrents show neither.";

export const DOWNLOADS = "Downloads";
export const ASKS_FIRST = "Ask me before a download starts";
export const SAVES_WHEN_COMPLETE = "Save each download as soon as it is complete";

export const LIMITS = "Speed limits";
export const LIMITS_NOTE =
  "For all torrents of a tab together, such as 500 kB/s or 2 MB/s; a number alone is in kB/s. Empty: no limit.";
export const MOST_UP = "Send at most";
export const MOST_DOWN = "Receive at most";
export const RATE_UNCLEAR =
  "Type a speed from 5 kB/s to 10 GB/s, such as 500 kB/s, or leave it empty. With less, others would give up waiting. The limit is still what it was.";

export const CONNECTION = "A STUN or TURN server of your own";
export const ICE_NOTE =
  "Helps to connect through strict routers, besides what the tracker offers. New connections use it at once. This browser keeps the password, readable to whoever uses it.";
export const ICE_URL = "Address of the server";
export const ICE_USERNAME = "User name";
export const ICE_PASSWORD = "Password";
export const ICE_PROBLEMS: Record<IceProblem, string> = {
  url: "Type an address such as stun:stun.example.org or turn:turn.example.org:3478, or leave it empty. Connections still use what they used before.",
  password:
    "A TURN server needs a user name and a password. Type both; until then connections use what they used before.",
};

export const LOOKS = "Looks";
export const THEME = "Theme";
export const THEME_NAMES: Record<Theme, string> = {
  auto: "As on this device",
  light: "Light",
  dark: "Dark",
};
export const TEXT_SIZE = "Text size";
export const TEXT_SIZE_NAMES: Record<TextPercent, string> = {
  100: "As in this browser",
  115: "Larger",
  130: "Largest",
};
