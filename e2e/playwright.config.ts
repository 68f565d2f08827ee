import { defineConfig } from "@playwright/test";
import { findChromium, launchOptions } from "./chromium.ts";

const hasChromium = findChromium() !== undefined;
if (!hasChromium) {
  if (process.env["CI"]) throw new Error("There is no Chromium: run `npx tsx e2e/set-up.ts`.");
  console.warn(
    "*** No Chromium here: every test in a browser is SKIPPED. Set CHROMIUM_PATH, or install chromium. ***",
  );
}

export default defineConfig({
  testDir: ".",
  testMatch: hasChromium ? "**/*.spec.ts" : [],
  outputDir: "../test-results",
  // Transfers use every core there is; two at once would only wait for each other.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    acceptDownloads: true,
    launchOptions: launchOptions(),
  },
});
