import { KIB, MIB, randomFile, sha256, torrentOf, writtenFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab } from "./tab.ts";
import { runTracker } from "./tracker.ts";

const NAME = "Bản đồ Việt Nam.pdf";
const DESCRIPTION = "Old maps of đường phố";

test("one person publishes, another finds and downloads it, and it can be taken out again", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, MIB);
  const seeder = await openSeeder(context, tracker.url, path);
  await seeder.publish(NAME, DESCRIPTION);

  const leecher = await openTab(await newPerson(), `${tracker.url}#/catalog`);
  const { page } = leecher;
  const found = page.getByRole("listitem").filter({ hasText: NAME });
  await expect(found).toContainText(DESCRIPTION);
  await expect(found).toContainText(/1 seeder.*1\.0 MB.*1 file.*published just now/);
  const box = page.getByLabel("Search the catalog");
  await box.fill("no such thing");
  await expect(page.getByText("Nothing matches “no such thing”.")).toBeVisible();
  for (const text of ["viet nam", "duong", "an do"]) {
    await box.fill(text);
    await expect(found).toBeVisible();
  }

  await page.getByRole("link", { name: NAME }).click();
  const title = page.getByRole("heading", { level: 1, name: NAME });
  await expect(title).toBeFocused();
  await expect(found).toContainText("1.0 MB"); // Its only file.
  await expect(page.getByRole("row", { name: "Browser" })).toContainText(/seeder.*just now/);
  await page.reload();
  await title.waitFor();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Get the .torrent" }).click();
  expect((await saving).suggestedFilename()).toBe(`${NAME}.torrent`);
  await page.getByRole("button", { name: "Download", exact: true }).click();
  await leecher.expectState(NAME, "seeding");
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));

  // The key that unpublishes outlives the tab.
  await seeder.page.close();
  const again = await openTab(context, tracker.url);
  await again.press(NAME, "Take out of the catalog");
  await again.entry(NAME).getByRole("button", { name: "Show in the catalog" }).waitFor();
  await page.goBack();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("not in the catalog");
  await leecher.view("Catalog");
  await expect(page.getByText("Nobody has published anything yet.")).toBeVisible();
});

test("a .torrent is published from a file, and names and descriptions are only text", async ({
  tracker,
  folder,
  context,
}) => {
  const name = "<img src=x onerror=document.title='hacked'>.bin";
  const description = "<script>document.title='hacked'</script> & <b>bold</b>";
  const torrent = await torrentOf(await randomFile(folder, name, KIB));
  const tab = await openTab(context, `${tracker.url}#/catalog`);
  const { page } = tab;
  await page.getByText("Publish a .torrent").click();
  const publish = page.getByRole("button", { name: "Publish", exact: true });
  await page
    .getByLabel("The .torrent file")
    .setInputFiles(await writtenFile(folder, "cut.torrent", torrent.subarray(0, 60)));
  await publish.click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("This is not a whole torrent (");

  await page.getByLabel("The .torrent file").setInputFiles(await writtenFile(folder, "a.torrent", torrent));
  await page.getByLabel("Description (optional)").fill(description);
  await publish.click();
  const found = page.getByRole("listitem").filter({ hasText: name });
  await expect(found).toContainText(description);
  await expect(found).toContainText("Nobody has seeded this yet");

  await page.getByRole("link", { name }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(page.getByText(description)).toBeVisible();
  await expect(page.getByText("Nobody is sharing it right now.")).toBeVisible();
  await tab.view("This tracker");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This tracker");
  await page.goBack();
  await expect(page.locator("main img, main b, main script")).toHaveCount(0);
  await expect(page).toHaveTitle(`${name} · Tabswarm`);

  await page.getByRole("button", { name: "Take out of the catalog" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take out of the catalog" }).click();
  await expect(page.getByText("Nobody has published anything yet.")).toBeVisible();
});

test("without accounts nothing of them shows, and an unknown view says so", async ({ tracker, context }) => {
  const { page } = await openTab(context, `${tracker.url}#/account`);
  await expect(page.getByText("There is nothing at this address.")).toBeVisible();
  await expect(page.getByRole("navigation").getByRole("link")).toHaveText([
    "Your files",
    "Catalog",
    "This tracker",
  ]);
  await page.goto(`${tracker.url}#/nowhere`);
  await expect(page.getByText("There is nothing at this address.")).toBeVisible();
  await expect(page.getByRole("alert")).toBeEmpty();
});

test("a tracker without a catalog offers none", async ({ folder, context }) => {
  const tracker = await runTracker("--no-catalog");
  try {
    const tab = await openSeeder(context, tracker.url, await randomFile(folder, "film.bin", KIB));
    await tab.press("film.bin", "Details");
    await expect(tab.entry("film.bin")).toContainText("1 tracker");
    await expect(tab.entry("film.bin").getByRole("button", { name: "Show in the catalog" })).toHaveCount(0);
    await expect(tab.page.getByRole("navigation").getByRole("link")).toHaveText([
      "Your files",
      "This tracker",
    ]);
    await tab.page.goto(`${tracker.url}#/catalog`);
    await expect(tab.page.getByText("There is nothing at this address.")).toBeVisible();
  } finally {
    await tracker.stop();
  }
});

test("whoever comes back to the catalog, or reloads it, finds the search, the order, the entries and the place as before", async ({
  tracker,
  context,
}) => {
  for (let number = 100; number < 170; number++) await publishNumbered(tracker.url, number);
  const { page } = await openTab(context, `${tracker.url}#/catalog`);
  const entries = page.locator(".entry");
  await page.getByLabel("Search the catalog").fill("number");
  await page.getByLabel("Order").selectOption("Name");
  await expect(entries.first()).toContainText("number 100");
  await expect(page).toHaveURL(/#\/catalog\?q=number&sort=name$/);
  await page.getByRole("button", { name: "Show more" }).click();
  await expect(entries).toHaveCount(60);
  const link = page.getByRole("link", { name: "number 150" });

  await link.focus();
  const before = await page.evaluate(() => scrollY);
  expect(before).toBeGreaterThan(1000);
  for (const comeBack of [
    () => page.goBack(),
    () => page.getByRole("main").getByRole("link", { name: "Catalog" }).click(),
  ]) {
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "number 150" }).waitFor();
    await comeBack();
    await expect(link).toBeFocused();
    await expect.poll(() => page.evaluate(() => scrollY)).toBe(before);
    await expect(entries).toHaveCount(60);
  }
  await page.reload();
  await expect(entries).toHaveCount(60);
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(before);
  await expect(page.getByLabel("Search the catalog")).toHaveValue("number");
  await expect(page.getByLabel("Order")).toHaveValue("name");

  // The header leads to the whole catalog.
  await page.getByRole("navigation").getByRole("link", { name: "Catalog" }).click();
  await expect(page.getByLabel("Search the catalog")).toHaveValue("");
  await expect(entries.first()).toContainText("number 169");
});

/** Publishes a torrent that nobody seeds. */
async function publishNumbered(trackerUrl: string, number: number): Promise<void> {
  const info = `d6:lengthi1e4:name10:number ${number}12:piece lengthi16384e6:pieces20:${"x".repeat(20)}e`;
  const response = await fetch(new URL("/api/torrents", trackerUrl), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ torrent: btoa(`d4:info${info}e`) }),
  });
  expect(response.status).toBeLessThan(300);
}
