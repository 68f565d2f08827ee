import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What to do if Firefox is missing. */
export const NO_FIREFOX =
  "There is no Firefox: the test in it is SKIPPED. Install firefox-esr, or set FIREFOX_PATH.";

/** The command that starts Firefox. Undefined: it is not installed. */
export function findFirefox(): string | undefined {
  const named = process.env["FIREFOX_PATH"] || "firefox-esr";
  return spawnSync(named, ["--version"]).error === undefined ? named : undefined;
}

/** How to launch it for a test: over WebDriver BiDi, as Playwright's own protocol needs a build of its own. */
export const FIREFOX = {
  channel: "moz-firefox",
  executablePath: fileURLToPath(new URL("firefox.mjs", import.meta.url)),
};
