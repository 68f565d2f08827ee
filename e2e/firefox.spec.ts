import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { firefox } from "@playwright/test";
import { MIB, randomFile, sha256 } from "./files.ts";
import { FIREFOX, findFirefox, NO_FIREFOX } from "./firefox.ts";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";
import { runTracker } from "./tracker.ts";

const NAME = "Bản đồ.bin";
const PASSWORD = "correct horse battery";

test.skip(findFirefox() === undefined, NO_FIREFOX);

test("in Firefox, people register, publish, search, download from each other, and look at the tracker", async ({
  folder,
}) => {
  const tracker = await runTracker("--accounts");
  const downloadsPath = join(folder, "downloads");
  await mkdir(downloadsPath);
  const browser = await firefox.launch({ ...FIREFOX, downloadsPath });
  try {
    const seeder = await openTab(await browser.newContext(), tracker.url);
    await seeder.register("linh", PASSWORD);
    await seeder.view("Your files");
    const path = await randomFile(folder, NAME, MIB);
    await seeder.share(path);
    await seeder.expectState(NAME, "seeding");
    await seeder.publish(NAME, "Old maps");

    // A guest who opens a link logs in, and it goes on.
    const leecher = await openTab(await browser.newContext(), await seeder.shareLink(NAME));
    const { page } = leecher;
    await expect(leecher.entry(NAME)).toContainText("It goes on as soon as you have logged in.");
    await leecher.register("tuan", PASSWORD);
    await leecher.view("Catalog");
    await page.getByLabel("Search the catalog").fill("ban do");
    await page.getByRole("link", { name: NAME }).click();
    await expect(page.getByRole("heading", { level: 1, name: NAME })).toBeFocused();
    await expect(page).toHaveTitle(new RegExp(`${NAME} · Tabswarm$`)); // Its download may be complete and marked.
    await page.getByRole("button", { name: "Download", exact: true }).click();
    await leecher.expectState(NAME, "seeding");
    await leecher.press(NAME, "Save");
    // Playwright reports no download in this Firefox, but the file is there. Firefox renames it when it is whole.
    const saved = async (): Promise<string[]> => {
      const names = await readdir(downloadsPath);
      return Promise.all(names.map((name) => sha256(join(downloadsPath, name)).catch(() => "renamed")));
    };
    await expect.poll(saved).toEqual([await sha256(path)]);

    await leecher.view("This tracker");
    await page.getByRole("button", { name: "Peers" }).click();
    await expect(page.getByRole("row", { name: "Browser" })).toHaveCount(2);
    await page.goBack();
    await leecher.expectState(NAME, "seeding");
  } finally {
    await browser.close();
    await tracker.stop();
  }
});
