import { join } from "node:path";
import { pieceLengthFor } from "#shared/meta/create.ts";
import { BareChromium, type BareTab } from "./devtools.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab } from "./tab.ts";
import { takeWorkersAway } from "./workers.ts";

const NAME = "film.bin";

test("64 MiB go from one hidden tab to another although their timers run once a second", async ({
  tracker,
  folder,
}) => {
  const browser = await BareChromium.start(join(folder, "profile"));
  try {
    const seeder = await browser.openTab(tracker.url);
    const leecher = await browser.openTab(tracker.url);
    await browser.openTab("about:blank");
    for (const tab of [seeder, leecher]) {
      await tab.waitFor("[data-ready=true]");
      expect(await tab.evaluate("document.visibilityState")).toBe("hidden");
      expect(await intervalMillis(tab)).toBeGreaterThan(900);
    }

    await seeder.chooseFile("input[type=file]", await randomFile(folder, NAME, 64 * MIB));
    await seeder.waitFor("article[data-state=seeding]");
    await leecher.evaluate(
      `location.hash = "${await seeder.evaluate("document.querySelector('article').dataset.infohash")}"`,
    );
    await leecher.waitFor("article[data-state=seeding]");
    expect(await leecher.evaluate("document.visibilityState")).toBe("hidden");
  } finally {
    await browser.close();
  }
});

test("blocks flow without timers where the engine runs on the page", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const bytes = 64 * MIB;
  const pieces = bytes / pieceLengthFor(bytes);
  const people = [context, await newPerson()] as const;
  for (const person of people) {
    await person.addInitScript(takeWorkersAway);
    await person.addInitScript(makeTimersHoldable);
  }
  const path = await randomFile(folder, NAME, bytes);
  const seeder = await openSeeder(people[0], tracker.url, path);
  const leecher = await openTab(people[1], await seeder.shareLink(NAME));
  await expect.poll(() => leecher.storedPieces(), { intervals: [50] }).not.toEqual([]);

  for (const tab of [seeder, leecher]) await tab.page.evaluate(() => window.holdTimers(true));
  expect((await leecher.storedPieces()).length).toBeLessThan(pieces / 2);
  await expect.poll(() => leecher.storedPieces()).toHaveLength(pieces);
  // A timer updates the list, so it still shows the state from when the timers were held.
  await expect(leecher.entry(NAME)).not.toHaveAttribute("data-state", "seeding");

  for (const tab of [seeder, leecher]) await tab.page.evaluate(() => window.holdTimers(false));
  await leecher.expectState(NAME, "seeding");
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
});

declare global {
  interface Window {
    holdTimers: (held: boolean) => void;
  }
}

/** Runs in a page before its scripts: timers that end while held fire when they are released. */
function makeTimersHoldable(): void {
  const waiting: (() => void)[] = [];
  let areHeld = false;
  type Start = (callback: () => void, millis?: number) => unknown;
  const holdable =
    (start: Start): Start =>
    (callback, millis) =>
      start(() => (areHeld ? waiting.push(callback) : callback()), millis);
  Object.assign(window, {
    setTimeout: holdable(window.setTimeout.bind(window)),
    setInterval: holdable(window.setInterval.bind(window)),
  });
  window.holdTimers = (held) => {
    areHeld = held;
    if (!held) for (const run of waiting.splice(0)) run();
  };
}

/** How long an interval of 100 ms takes: the average of three. */
function intervalMillis(tab: BareTab): Promise<unknown> {
  return tab.evaluate(`new Promise((resolve) => {
    const ticks = [];
    const interval = setInterval(() => {
      ticks.push(performance.now());
      if (ticks.length < 4) return;
      clearInterval(interval);
      resolve((ticks[3] - ticks[0]) / 3);
    }, 100);
  })`);
}
