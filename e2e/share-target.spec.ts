import { join } from "node:path";
import type { BrowserContext, Page } from "@playwright/test";
import { KIB, MIB, randomFile, torrentOf, writtenFile } from "./files.ts";
import { test as base, expect } from "./fixtures.ts";
import { expectLegible } from "./legible.ts";
import { openTab, Tab } from "./tab.ts";

/** Its names are sorted. */
const SHARED = "photo (2).jpg and 1 more";
const LINK = "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=Parade";

const test = base.extend<{ person: BrowserContext }>({
  /** Somebody whose browser may install service workers. */
  person: async ({ browser }, use) => {
    const person = await browser.newContext();
    await use(person);
    await person.close();
  },
});

/** Opens the page until it has its service worker. */
async function install(person: BrowserContext, url: string): Promise<void> {
  const { page } = await openTab(person, url);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.close();
}

interface InMemory {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Sends what the system sends when another app shares something: the form that the manifest describes. */
async function shareInto(
  page: Page,
  url: string,
  files: readonly (string | InMemory)[],
  text = "",
): Promise<Tab> {
  const action = new URL("share", url).href;
  await page.goto("about:blank");
  await page.setContent(`<form method="post" action="${action}" enctype="multipart/form-data">
    <input type="hidden" name="title" value=""><textarea name="text"></textarea><input name="url" value="">
    <input type="file" name="files" multiple><button>Send</button></form>`);
  if (files.length > 0) await page.locator("[type=file]").setInputFiles(files as string[]);
  else await page.locator("[type=file]").evaluate((input) => input.remove());
  await page.locator("textarea").fill(text);
  await page.getByRole("button", { name: "Send" }).click();
  const tab = new Tab(page);
  await tab.ready();
  return tab;
}

const sheet = (tab: Tab) => tab.page.getByRole("dialog");

/** What the browser keeps of what other apps have shared. */
const keptArrivals = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    let count = 0;
    for await (const _ of (await root.getDirectoryHandle("arrivals")).keys()) count++;
    return count;
  });

test("photos shared from another app wait for the person's word, then get a link that still works after a reload", async ({
  tracker,
  folder,
  person,
  newPerson,
}) => {
  await install(person, tracker.url);
  const first = await randomFile(folder, join("a", "photo.jpg"), MIB);
  const second = await randomFile(folder, join("b", "photo.jpg"), 3 * KIB);
  const tab = await shareInto(await person.newPage(), tracker.url, [first, second]);
  await expect(sheet(tab)).toContainText("Share 2 files?");
  await expect(sheet(tab).getByRole("listitem")).toHaveText([/photo\.jpg/, /photo \(2\)\.jpg/]);
  await expect(tab.entries).toHaveCount(0);
  await expectLegible(tab.page);
  await sheet(tab).getByRole("button", { name: "Share 2 files" }).click();
  await tab.expectState(SHARED, "seeding");
  await expect(sheet(tab)).toHaveCount(0);

  await tab.page.clock.setFixedTime(Date.now() + 25 * 3_600_000); // Who shares it keeps it.
  await tab.reload();
  await tab.expectState(SHARED, "seeding"); // Not `needs-file`.
  const guest = await openTab(await newPerson(), await tab.shareLink(SHARED));
  await guest.expectState(SHARED, "seeding");
  await tab.page.goto(`${tracker.url}#/shared`);
  await expect(sheet(tab)).toContainText("Nothing to share");
  await sheet(tab).getByRole("button", { name: "Close" }).click();
  await expect(sheet(tab)).toHaveCount(0);
});

test("what a person does not want is deleted, and what nobody has answered waits", async ({
  tracker,
  folder,
  person,
}) => {
  await install(person, tracker.url);
  const one = await randomFile(folder, "one.bin", KIB);
  const ignored = await shareInto(await person.newPage(), tracker.url, [one]);
  await expect(sheet(ignored)).toBeVisible();
  await ignored.page.close();
  const two = await shareInto(await person.newPage(), tracker.url, [
    await randomFile(folder, "two.bin", KIB),
  ]);
  await expect(sheet(two).getByRole("listitem")).toHaveText([/one\.bin/, /two\.bin/]);
  await two.page.keyboard.press("Escape");
  await expect(sheet(two)).toHaveCount(0);
  await expect.poll(() => keptArrivals(two.page)).toBe(0);
  await expect(two.entries).toHaveCount(0);
});

test("what any website could send is bounded, and what nobody wants is deleted after a day", async ({
  tracker,
  person,
}) => {
  await install(person, tracker.url);
  const page = await person.newPage();
  const buffer = Buffer.from("x");
  const many = Array.from({ length: 1001 }, () => ({ name: "x.bin", mimeType: "", buffer }));
  const first = await shareInto(page, tracker.url, many, "x".repeat(100_001));
  await expect(sheet(first)).toContainText("Share 1,001 files?"); // One of them is the text.
  await expect(sheet(first)).toContainText("One more file was left out");
  for (let count = 1; count <= 8; count++)
    await shareInto(page, tracker.url, [{ name: `${count}.bin`, mimeType: "", buffer }]);
  await expect(sheet(first)).toContainText("Share 8 files?"); // The oldest had to go.

  const later = await person.newPage();
  await later.clock.setFixedTime(Date.now() + 25 * 3_600_000);
  await later.goto(tracker.url);
  await expect.poll(() => keptArrivals(later)).toBe(0);
});

test("a shared link opens as a download, a shared .torrent too, and any other text is shared as a file, encrypted if the person wants it", async ({
  tracker,
  folder,
  person,
}) => {
  await install(person, tracker.url);
  const page = await person.newPage();
  const link = await shareInto(page, tracker.url, [], `Look at this: ${LINK}`);
  await expect(sheet(link)).toContainText("Open this?");
  await sheet(link).getByRole("button", { name: "Open it" }).click();
  await link.expectState("Parade", "metadata");

  const film = await randomFile(folder, "film.bin", KIB);
  const torrent = await writtenFile(folder, "film.torrent", await torrentOf(film));
  const opened = await shareInto(page, tracker.url, [torrent]);
  await sheet(opened).getByRole("button", { name: "Open it" }).click();
  await opened.expectState("film.bin", "downloading");

  const words = await shareInto(page, tracker.url, [], "Xin chào");
  await sheet(words).getByLabel("Encrypt with a key in the link").check();
  await sheet(words).getByRole("button", { name: "Share 1 file" }).click();
  await words.expectState("Shared text.txt", "seeding");
  expect(await words.shareLink("Shared text.txt")).toMatch(/&k=[\w-]{43}$/);
  await words.reload();
  await words.expectState("Shared text.txt", "seeding");
});

test("an installed page takes .torrent files and links that the system opens with it, without loading anew", async ({
  tracker,
  folder,
  context,
}) => {
  const film = await randomFile(folder, "film.bin", KIB);
  const torrent = [...(await torrentOf(film))];
  await context.addInitScript(() => {
    const queue = { setConsumer: (take: unknown) => Object.assign(window, { launch: take }) };
    Object.defineProperty(window, "launchQueue", { value: queue });
  });
  const tab = await openTab(context, tracker.url);
  await tab.page.waitForFunction(() => "launch" in window);
  await tab.page.evaluate(async (bytes) => {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle("film.torrent", { create: true });
    const stream = await handle.createWritable();
    await stream.write(new Uint8Array(bytes));
    await stream.close();
    const { launch } = window as unknown as { launch: (params: object) => void };
    Object.assign(window, { isSameLoad: true });
    launch({ targetURL: location.href, files: [handle] });
  }, torrent);
  await tab.expectState("film.bin", "downloading");
  await tab.page.evaluate((link) => {
    const { launch } = window as unknown as { launch: (params: object) => void };
    launch({ targetURL: `${location.origin}/#${encodeURIComponent(link)}`, files: [] });
  }, LINK);
  await tab.expectState("Parade", "metadata");
  expect(await tab.page.evaluate(() => "isSameLoad" in window)).toBe(true);
});
