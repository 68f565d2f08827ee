import { existsSync } from "node:fs";
import { chromium, type LaunchOptions } from "@playwright/test";

/** Chromium has no sandbox as root; the other flags keep it quiet and off the network. */
const QUIET_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** For tests of transfers: all tabs of a test but one are in the background. */
const AWAKE_FLAGS = [
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
];

export const CHROMIUM_FLAGS = [...QUIET_FLAGS, ...AWAKE_FLAGS];

/** For the test of a hidden tab, which must be throttled as on a user's machine. */
export const THROTTLED_CHROMIUM_FLAGS = QUIET_FLAGS;

/** Chromium without what draws its windows: it renders pages just the same, in half the time. Debian has it in a package. */
const HEADLESS_SHELL = "/usr/bin/chromium-headless-shell";

const SYSTEM_PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The path of a Chromium: the one in `CHROMIUM_PATH`, Playwright's own, or the system's. Undefined if this machine has none. */
export function findChromium(): string | undefined {
  const named = process.env["CHROMIUM_PATH"];
  return [named, chromium.executablePath(), ...SYSTEM_PATHS].find((path) => path && existsSync(path));
}

/** Whether tests run in the browser without windows, unless `CHROMIUM_PATH` names another. */
export function hasHeadlessShell(): boolean {
  return existsSync(HEADLESS_SHELL);
}

/** How to launch a browser for a test, with additional flags. */
export function launchOptions(...flags: readonly string[]): LaunchOptions {
  if (process.env["CHROMIUM_PATH"] || !hasHeadlessShell()) return wholeBrowser(...flags);
  return { args: [...CHROMIUM_FLAGS, ...flags], executablePath: HEADLESS_SHELL };
}

/** The same with all of Chromium, for tests of what only a browser with windows does: notifications, questions, hidden tabs. */
export function wholeBrowser(...flags: readonly string[]): LaunchOptions {
  const executablePath = findChromium();
  return { args: [...CHROMIUM_FLAGS, ...flags], ...(executablePath === undefined ? {} : { executablePath }) };
}
