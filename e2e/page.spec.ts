import { gzipSync } from "node:zlib";
import { KIB, PIECE_BYTES, randomFile, writtenFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab } from "./tab.ts";

const NAME = "film.bin";
const PIECES = 64;

test("an empty page says what to do", async ({ tracker, context }) => {
  const { page } = await openTab(context, tracker.url);
  await expect(page).toHaveTitle("Tabswarm");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Drop a file. Send the link.");
  await expect(page.getByLabel("Choose files")).toHaveAttribute("type", "file");
  await expect(page.getByLabel("Choose a folder")).toHaveAttribute("webkitdirectory");
  await expect(page.getByRole("textbox", { name: "Magnet link or info-hash" })).toBeEditable();
  await expect(page.getByRole("button", { name: "Download", exact: true })).toBeEnabled();
  await expect(page.getByRole("article")).toHaveCount(0);
  // At rest nothing moves: an endless animation costs a person's battery.
  await expect.poll(() => page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test("the page begins with its name before any code has loaded", async ({ browser, tracker }) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(tracker.url);
  await expect(page.locator(".top")).toHaveText("Tabswarm");
  await context.close();
});

test("the preview of a link says what the page is", async ({ request, tracker }) => {
  const html = await (await request.get(tracker.url)).text();
  expect(html).toMatch(/<meta property="og:title" content="Tabswarm: [^"]+"/);
  expect(html).toMatch(/<meta\s+property="og:description"\s+content="Open the link, [^"]+"/);
});

test("an entry has the labels, roles and states that assistive software and scripts rely on", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, PIECES * PIECE_BYTES));
  const own = seeder.entry(NAME);
  await expect(own).toHaveAttribute("data-infohash", /^[0-9a-f]{40}$/);
  expect(await own.evaluate((entry) => entry.firstElementChild?.getAttribute("role"))).toBe("progressbar");
  await expect(own.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "100");
  await seeder.press(NAME, "More");
  for (const label of ["Share link", "Magnet link", "Info-hash"])
    await expect(own.getByRole("textbox", { name: label })).toHaveAttribute("readonly");
  for (const name of ["Copy link", "Copy magnet", "Copy info-hash", "Pause", "Details", "Remove"])
    await expect(own.getByRole("button", { name, exact: true })).toBeVisible();
  await expect(own.getByRole("button", { name: /^Save/ })).toHaveCount(0);

  const leecher = await openTab(await newPerson(), await seeder.shareLink(NAME));
  await leecher.expectState(NAME, "seeding");
  const fetched = leecher.entry(NAME);
  for (const name of ["Save", "Save to folder"])
    await expect(fetched.getByRole("button", { name, exact: true })).toBeVisible();
  await leecher.press(NAME, "Pause");
  await expect(fetched.getByRole("button", { name: "Resume", exact: true })).toBeVisible();
  await leecher.press(NAME, "Details");
  await expect(fetched.getByRole("definition").filter({ hasText: `${PIECES} of ${PIECES}` })).toBeVisible();
});

test("a saved HTML file has a type that no browser opens", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await writtenFile(folder, "evil.html", "<script>alert(origin)</script>");
  const seeder = await openSeeder(context, tracker.url, path);
  const person = await newPerson();
  await person.addInitScript(() => {
    const original = URL.createObjectURL;
    URL.createObjectURL = (object) => {
      if (object instanceof Blob) document.documentElement.dataset["savedType"] = object.type;
      return original(object);
    };
  });
  const leecher = await openTab(person, await seeder.shareLink("evil.html"));
  await leecher.expectState("evil.html", "seeding");
  await leecher.save("evil.html");
  await expect(leecher.page.locator("html")).toHaveAttribute("data-saved-type", "application/octet-stream");
});

test("a download can be added, saved and removed with the keyboard alone", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, 100 * KIB));
  const leecher = await openTab(await newPerson(), tracker.url);
  const { page } = leecher;
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim() || "");
  /** Presses Tab until the element with this id or text has the focus, 30 times at most. */
  const tabTo = async (name: string): Promise<void> => {
    for (let steps = 0; steps < 30 && (await focused()) !== name; steps++) await page.keyboard.press("Tab");
    expect(await focused()).toBe(name);
  };
  await tabTo("link");
  await page.keyboard.insertText(await seeder.shareLink(NAME));
  await page.keyboard.press("Enter");
  await leecher.expectState(NAME, "seeding");

  await tabTo("Save");
  const download = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  expect((await download).suggestedFilename()).toBe(NAME);

  await tabTo("Remove");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator("dialog")).toHaveCount(0); // Being hidden is not enough: the page must have heard the close event.
  expect(await focused()).toBe("Remove");
  await page.keyboard.press("Enter");
  await tabTo("Remove and delete data");
  await page.keyboard.press("Enter");
  await expect(leecher.entries).toHaveCount(0);
});

test("nothing is cut off from 360 px to a wide screen", async ({ tracker, folder, context }) => {
  const name = `${"very-long-name-".repeat(12)}.bin`;
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, name, KIB));
  await seeder.press(name, "Details");
  for (const width of [360, 768, 1920]) {
    await seeder.page.setViewportSize({ width, height: 800 });
    const overflow = await seeder.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow, `${width} px`).toBeLessThanOrEqual(0);
  }
});

test("the page is small: its first load takes at most 60 kB of JavaScript, compressed, and the worker beside it 72 kB", async ({
  tracker,
  context,
}) => {
  const page = await context.newPage();
  const scripts = new Map<string, Promise<Buffer>>();
  const encodings = new Map<string, string | undefined>();
  page.on("response", (response) => {
    if (response.request().resourceType() !== "script" || response.url().startsWith("blob:")) return; // The probe's.
    scripts.set(response.url(), response.body());
    encodings.set(response.url(), response.headers()["content-encoding"]);
  });
  await page.goto(tracker.url, { waitUntil: "networkidle" });
  // The page fetches its other scripts once it is shown.
  const named = await page
    .locator("script[src]")
    .evaluateAll((elements) => elements.map((element) => (element as HTMLScriptElement).src));
  const first = await Promise.all(named.map((url) => scripts.get(url)));
  const sizes = first.map((script) => gzipSync(script ?? "", { level: 9 }).length);
  expect(sizes).not.toEqual([]);
  for (const url of named) expect(["br", "gzip"]).toContain(encodings.get(url)); // Not what would be larger compressed.
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60_000);

  // The engine with all that it can do: WebTorrent's library alone has as much.
  const [worker = ""] = /\bengine-worker-[\w-]+\.js/.exec(String(first[0])) ?? [];
  const engine = await page.request.get(new URL(worker, named[0]).href);
  expect(engine.headers()["content-type"]).toContain("javascript");
  expect(gzipSync(await engine.body(), { level: 9 }).length).toBeLessThanOrEqual(72_000);
});
