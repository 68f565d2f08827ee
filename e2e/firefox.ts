import { spawnSync } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, firefox } from "@playwright/test";
import { sha256 } from "./files.ts";

/** What to do if Firefox is missing. */
export const NO_FIREFOX =
  "There is no Firefox: the test in it is SKIPPED. Install firefox-esr, or set FIREFOX_PATH.";

/** The command that starts Firefox. Undefined: it is not installed. */
export function findFirefox(): string | undefined {
  const named = process.env["FIREFOX_PATH"] || "firefox-esr";
  return spawnSync(named, ["--version"]).error === undefined ? named : undefined;
}

/** A Firefox whose downloads a test can look at. */
export interface Firefox {
  readonly browser: Browser;
  /** SHA-256 of each saved file, in hexadecimal, in the order of their names. */
  saved(): Promise<readonly string[]>;
}

/** Starts Firefox over WebDriver BiDi, as Playwright's own protocol needs a build of its own. It saves into `folder`. */
export async function launchFirefox(folder: string): Promise<Firefox> {
  const downloadsPath = join(folder, "downloads");
  await mkdir(downloadsPath);
  const executablePath = fileURLToPath(new URL("firefox.mjs", import.meta.url));
  const browser = await firefox.launch({ channel: "moz-firefox", executablePath, downloadsPath });
  return {
    browser,
    // Playwright reports no download in this Firefox, but the file is there. Firefox renames it when it is whole.
    saved: async () => {
      const names = (await readdir(downloadsPath)).sort();
      return Promise.all(names.map((name) => sha256(join(downloadsPath, name)).catch(() => "renamed")));
    },
  };
}
