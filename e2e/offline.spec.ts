import type { BrowserContext, Page } from "@playwright/test";
import { KIB, MIB, randomFile, sha256 } from "./files.ts";
import { test as base, expect } from "./fixtures.ts";
import { PageServer } from "./page-server.ts";
import { openTab, Tab } from "./tab.ts";

const NAME = "film.bin";
const TEXTS = "web/ui/texts/english-page.ts";
const OLD = "Drop a file.";
const NEW = "Drop any file.";

const test = base.extend<{ server: PageServer; person: BrowserContext }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape.
  server: async ({}, use) => {
    const server = await PageServer.start();
    await use(server);
    await server.stop();
  },
  /** Somebody whose browser may install service workers. */
  person: async ({ browser }, use) => {
    const person = await browser.newContext();
    await use(person);
    await person.close();
  },
});

/** Waits until a service worker answers for the page. */
async function keptOffline(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    if (navigator.serviceWorker.controller !== null) return;
    await new Promise((resolve) =>
      navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }),
    );
  });
}

/** The browser's ordinary cache, which may lose anything at any time, loses all. */
async function emptyHttpCache(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.clearBrowserCache");
}

const headline = (tab: Tab) => tab.page.getByRole("heading", { level: 1 });
const updateLine = (tab: Tab) => tab.page.getByText("A new version of this page is ready");

/** What the browser keeps of the page, by versions. */
const keptVersions = (page: Page) =>
  page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("tabswarm.page.")).length);

test("while the tracker is away, the page opens with what it has, in all its parts, and says nothing in the tracker's name", async ({
  server,
  person,
  folder,
}) => {
  const tab = await openTab(person, server.url);
  await tab.share(await randomFile(folder, NAME, KIB));
  await tab.expectState(NAME, "seeding");
  const fresh = await person.newPage();
  await fresh.goto(`${server.url}#0123456789abcdef0123456789abcdef01234567`);
  await new Tab(fresh).expectState("0123456789", "metadata");
  await keptOffline(fresh);
  expect(await fresh.evaluate(async () => (await fetch("/healthz")).ok)).toBe(true);
  await server.goAway();
  await emptyHttpCache(fresh);

  const back = new Tab(fresh);
  await back.reload();
  await back.expectState("0123456789", "metadata");
  await back.press("0123456789", "Details"); // Loads later.
  await expect(back.page.getByRole("tab", { name: "Overview" })).toBeVisible();
  await fresh.getByRole("button", { name: "Settings" }).click();
  await fresh.getByRole("radio", { name: "Tiếng Việt" }).click();
  await expect(fresh.locator("html")).toHaveAttribute("lang", "vi"); // Its texts load later, too.
  await fresh.getByRole("radio", { name: "English" }).click();
  await fresh.getByRole("button", { name: "Done" }).click();
  for (const path of ["/config.json", "/healthz", "/metrics", "/api/status", "/announce", "/scrape", "/"])
    expect(await fresh.evaluate((url) => fetch(url).then(String, () => "no answer"), path), path).toBe(
      "no answer",
    );
  const other = await person.newPage();
  await expect(other.goto(`${server.url}trust`)).rejects.toThrow("ERR_CONNECTION_REFUSED");
  await other.close();

  for (const status of [503, undefined]) {
    await server.standIn(status);
    await back.open(server.url);
    await back.expectState("0123456789", "metadata");
  }
  await server.goAway();

  await server.listen();
  await fresh.goto(server.url);
  await expect(headline(back)).toContainText(OLD);
});

test("an update while a transfer runs loses nothing: old tabs go on with their version until somebody presses Update", async ({
  server,
  person,
  newPerson,
  folder,
}) => {
  const update = await server.nextVersion(TEXTS, OLD, NEW);
  const path = await randomFile(folder, NAME, MIB);
  const seeder = await openTab(await newPerson(), server.url);
  await seeder.share(path);
  await seeder.expectState(NAME, "seeding");
  const leecher = await openTab(person, server.url);
  await keptOffline(leecher.page);
  await leecher.slowDown(64 * KIB);
  await leecher.download(await seeder.shareLink(NAME));
  await leecher.expectState(NAME, "downloading");

  await update();
  await emptyHttpCache(leecher.page);
  await leecher.page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await expect(updateLine(leecher)).toContainText("as soon as nothing moves here");
  await expect(leecher.page.getByRole("button", { name: "Update" })).toHaveCount(0);
  await leecher.view("This tracker"); // Of the old version, and no longer on the tracker.
  await expect(leecher.page.getByRole("heading", { level: 1, name: "This tracker" })).toBeVisible();
  await leecher.view("Your files");

  // A new tab opens with the new version, beside the old one.
  const beside = await openTab(person, server.url);
  await expect(headline(beside)).toContainText(NEW);
  await expect(updateLine(beside)).toHaveCount(0);
  expect(await keptVersions(beside.page)).toBe(2);
  await beside.page.close();
  await leecher.expectState(NAME, "downloading");

  await leecher.expectState(NAME, "seeding");
  await expect(headline(leecher)).toContainText(OLD);
  await seeder.page.close(); // Whoever is connected could still want something.
  await leecher.page.getByRole("button", { name: "Update" }).click();
  await expect(headline(leecher)).toContainText(NEW);
  await leecher.expectState(NAME, "seeding");
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
  await expect.poll(() => keptVersions(leecher.page)).toBe(1);
  await expect(updateLine(leecher)).toHaveCount(0);
});
