import { randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

test("fifteen torrents fit on a laptop's screen, are searched, and paused and resumed at once", async ({
  tracker,
  folder,
  context,
}) => {
  const tab = await openTab(context, tracker.url);
  const { page } = tab;
  await page.setViewportSize({ width: 1366, height: 768 });
  const names = Array.from({ length: 15 }, (_, at) => `recording ${at + 1}.flac`);
  for (const name of names) await tab.share(await randomFile(folder, name, 1000));
  await expect(page.locator('article[data-state="seeding"]')).toHaveCount(names.length);
  await page.getByRole("button", { name: "Less", exact: true }).click(); // The newest stood open.
  await page.evaluate(() => scrollTo(0, 0));
  for (const entry of await tab.entries.all()) await expect(entry).toBeInViewport({ ratio: 1 });

  await page.getByLabel("Order", { exact: true }).selectOption("By name");
  await expect(page.getByRole("heading", { level: 3 })).toHaveText(names);
  await page.getByLabel("Search your files").fill("ing 12");
  await expect(page.getByRole("heading", { level: 3 })).toHaveText(["recording 12.flac"]);
  await page.getByLabel("Search your files").clear();

  await page.getByRole("button", { name: "Pause all" }).click();
  await expect(page.locator('article[data-state="paused"]')).toHaveCount(names.length);
  await page.getByRole("checkbox", { name: "Select recording 3.flac" }).check();
  await page.getByRole("button", { name: "Resume", exact: true }).first().click();
  await tab.expectState("recording 3.flac", "seeding");
  await page.getByRole("button", { name: "Select none" }).click();
  await page.getByRole("button", { name: "Resume all" }).click();
  await expect(page.locator('article[data-state="seeding"]')).toHaveCount(names.length);
});
