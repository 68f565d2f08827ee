import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

/** As root Chromium cannot build its sandbox; the rest keeps it quiet and off the network. */
const QUIET_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** For tests of transfers: all tabs of a test are in the background but one. */
const AWAKE_FLAGS = [
  "--disable-background-timer-throttling",
  "--disable-renderer-backgrounding",
  "--disable-backgrounding-occluded-windows",
];

export const CHROMIUM_FLAGS = [...QUIET_FLAGS, ...AWAKE_FLAGS];

/** For the test of a hidden tab, which must be throttled as on a person's machine. */
export const THROTTLED_CHROMIUM_FLAGS = QUIET_FLAGS;

const SYSTEM_PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where a Chromium is: the one that `CHROMIUM_PATH` names, Playwright's own, or the system's. Undefined: nowhere. */
export function findChromium(): string | undefined {
  const named = process.env["CHROMIUM_PATH"];
  return [named, chromium.executablePath(), ...SYSTEM_PATHS].find((path) => path && existsSync(path));
}

/** How a browser for a test is started, with some flags of the test's own. */
export function launchOptions(...flags: readonly string[]): { args: string[]; executablePath?: string } {
  const executablePath = findChromium();
  return { args: [...CHROMIUM_FLAGS, ...flags], ...(executablePath === undefined ? {} : { executablePath }) };
}
