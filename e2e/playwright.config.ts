import { defineConfig } from "@playwright/test";
import { findChromium, launchOptions } from "./chromium.ts";

const hasChromium = findChromium() !== undefined;
if (!hasChromium) {
  if (process.env["CI"]) throw new Error("There is no Chromium: run `npx tsx e2e/set-up.ts`.");
  console.warn(
    "*** There is no Chromium: every browser test is SKIPPED. Install chromium, or set CHROMIUM_PATH. ***",
  );
}

export default defineConfig({
  testDir: ".",
  testMatch: hasChromium ? "**/*.spec.ts" : [],
  outputDir: "../test-results",
  // Tests wait more than they compute: two keep little more than one core busy. With four, transfers would only wait for each other.
  workers: 3,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    acceptDownloads: true,
    launchOptions: launchOptions(),
  },
});
