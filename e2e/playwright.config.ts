import { defineConfig } from "@playwright/test";
import { CHROMIUM_FLAGS, findChromium } from "./chromium.ts";

const executablePath = findChromium();
if (executablePath === undefined) {
  if (process.env["CI"]) throw new Error("There is no Chromium: run `npx tsx e2e/set-up.ts`.");
  console.warn(
    "*** No Chromium here: every test in a browser is SKIPPED. Set CHROMIUM_PATH, or install chromium. ***",
  );
}

export default defineConfig({
  testDir: ".",
  testMatch: executablePath === undefined ? [] : "**/*.spec.ts",
  outputDir: "../test-results",
  // Transfers use every core there is; two at once would only wait for each other.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    acceptDownloads: true,
    launchOptions: { args: CHROMIUM_FLAGS, ...(executablePath === undefined ? {} : { executablePath }) },
  },
});
