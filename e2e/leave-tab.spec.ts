import { join } from "node:path";
import type { Page } from "@playwright/test";
import { wholeBrowser } from "./chromium.ts";
import { BareChromium } from "./devtools.ts";
import { MIB, randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab } from "./tab.ts";

const NAME = "film.bin";

test.use({ launchOptions: wholeBrowser() });

test("closing asks while somebody still needs the page, and never otherwise; until then the screen stays on", async ({
  tracker,
  folder,
  newPerson,
}) => {
  const sharer = await newPerson();
  await sharer.addInitScript(countWakeLocks);
  const seeder = await openSeeder(sharer, tracker.url, await randomFile(folder, NAME, 16 * MIB));
  await seeder.page.getByRole("heading", { level: 3 }).click(); // Browsers ask only for a page that somebody has used.
  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.slowDown(2 * MIB);
  await leecher.download(await seeder.shareLink(NAME));
  await expect(seeder.entry(NAME)).toContainText("↑");
  await expect.poll(() => seeder.page.evaluate(() => window.heldWakeLocks)).toBe(1);
  await expect(seeder.entry(NAME).getByRole("list", { name: "Who gets it" })).toHaveCount(1);
  expect(await asksBeforeClosing(seeder.page)).toBe(true);

  await leecher.press(NAME, "Pause");
  await expect.poll(async () => (await seeder.traffic()).openLinks).toBe(0);
  await expect.poll(() => seeder.page.evaluate(() => window.heldWakeLocks)).toBe(0);
  // The engine tells the page that the link is gone a moment after that.
  await expect(seeder.entry(NAME).getByRole("list", { name: "Who gets it" })).toHaveCount(0);
  expect(await asksBeforeClosing(seeder.page)).toBe(false);
});

/** Closes the page as a person would, and stays if the browser asks. */
async function asksBeforeClosing(page: Page): Promise<boolean> {
  const asked = page.waitForEvent("dialog").then(async (dialog) => {
    expect(dialog.type()).toBe("beforeunload");
    await dialog.dismiss();
    return true;
  });
  const closed = page.waitForEvent("close").then(() => false);
  for (const outcome of [asked, closed]) outcome.catch(() => {}); // The other one.
  await page.close({ runBeforeUnload: true });
  return Promise.race([asked, closed]);
}

declare global {
  interface Window {
    heldWakeLocks: number;
  }
}

/** Runs in a page before its scripts. */
function countWakeLocks(): void {
  window.heldWakeLocks = 0;
  if (!isSecureContext) return; // about:blank has no wake lock.
  const request = navigator.wakeLock.request.bind(navigator.wakeLock);
  navigator.wakeLock.request = async (type) => {
    const lock = await request(type);
    window.heldWakeLocks += 1;
    lock.addEventListener("release", () => {
      window.heldWakeLocks -= 1;
    });
    return lock;
  };
}

test("the end of a download in a hidden tab is told by a notification, in the tab's title and in its icon", async ({
  tracker,
  folder,
  context,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, MIB));
  const browser = await BareChromium.start(join(folder, "profile"));
  try {
    await browser.send("Browser.grantPermissions", { permissions: ["notifications"] });
    const waiting = await browser.openTab(tracker.url);
    await waiting.waitFor("[data-ready=true]");
    await waiting.evaluate(`
      localStorage.setItem("tabswarm.settings", '{"notifies":true}');
      dispatchEvent(new StorageEvent("storage", { key: "tabswarm.settings" })); // As from another tab.
      window.told = [];
      window.Notification = class extends Notification {
        constructor(title, options) {
          super(title, options);
          window.told.push(this);
        }
      };
      window.focus = () => { window.wasFocused = true; };
    `);
    await browser.openTab("about:blank");
    await expect.poll(() => waiting.evaluate("document.visibilityState")).toBe("hidden");
    await waiting.evaluate(`location.hash = "${await seeder.infoHash(NAME)}"`);
    await waiting.waitFor("article[data-state=seeding]");

    const title = () => waiting.evaluate("document.title");
    const icon = () => waiting.evaluate("document.querySelector('link[rel=icon]').href");
    await expect.poll(title).toBe(`✓ ${NAME} · Tabswarm`);
    await expect.poll(icon).toContain("data:image/svg");
    expect(await waiting.evaluate("told.map(({ title }) => title)")).toEqual([`${NAME} is complete`]);
    await waiting.evaluate("told[0].dispatchEvent(new Event('click'))");
    expect(await waiting.evaluate("window.wasFocused")).toBe(true);

    await waiting.bringToFront();
    await expect.poll(() => waiting.evaluate("document.visibilityState")).toBe("visible");
    expect(await title()).toBe(`✓ ${NAME} · Tabswarm`);
    await browser.openTab("about:blank");
    await expect.poll(title).toBe("Tabswarm");
    await expect.poll(icon).toBe(`${tracker.url}icon.svg`);
  } finally {
    await browser.close();
  }
});
