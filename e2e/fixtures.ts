import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type BrowserContextOptions, test as base, expect } from "@playwright/test";
import { watchLinks } from "./link-probe.ts";
import { endProcesses } from "./processes.ts";
import { type RunningTracker, runTracker } from "./tracker.ts";

interface Fixtures {
  tracker: RunningTracker;
  folder: string;
  /** Makes a new browser context with its own storage: another person. */
  newPerson: (options?: BrowserContextOptions) => Promise<BrowserContext>;
}

/**
 * Each test has a tracker, an empty folder and as many people as it wants, and leaves nothing behind. An error that a page
 * does not catch fails the test.
 */
export const test = base.extend<Fixtures & { processes: undefined }>({
  processes: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape.
    async ({}, use) => {
      await use(undefined);
      await endProcesses();
    },
    { auto: true },
  ],
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
  newPerson: async ({ browser }, use) => {
    const people: BrowserContext[] = [];
    const uncaught: Error[] = [];
    await use(async (options) => {
      // A service worker fetches the page once more for each person, and hides requests from `route`. Its own tests allow it.
      const context = await browser.newContext({ serviceWorkers: "block", ...options });
      people.push(context);
      context.on("weberror", (problem) => uncaught.push(problem.error()));
      await context.addInitScript(watchLinks);
      return context;
    });
    for (const context of people) await context.close();
    expect(uncaught).toEqual([]);
  },
  context: async ({ newPerson }, use) => {
    await use(await newPerson());
  },
});

export { expect };
