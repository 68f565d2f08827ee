import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, test as base } from "@playwright/test";
import { watchLinks } from "./link-probe.ts";
import { type RunningTracker, runTracker } from "./tracker.ts";

interface Fixtures {
  tracker: RunningTracker;
  folder: string;
  /** Makes a browser context of its own, with its own storage: another person. */
  newPerson: () => Promise<BrowserContext>;
}

/** Each test has a tracker, an empty folder and as many people as it wants; all of it is gone afterwards. */
export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape.
  tracker: async ({}, use) => {
    const tracker = await runTracker();
    await use(tracker);
    await tracker.stop();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape.
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "tabswarm-"));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  context: async ({ context }, use) => {
    await context.addInitScript(watchLinks);
    await use(context);
  },
  newPerson: async ({ browser }, use) => {
    const people: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext();
      people.push(context);
      await context.addInitScript(watchLinks);
      return context;
    });
    for (const context of people) await context.close();
  },
});

export { expect } from "@playwright/test";
