import { block } from "./blocked-thread.ts";
import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { findFirefox, launchFirefox, NO_FIREFOX } from "./firefox.ts";
import { expect, test } from "./fixtures.ts";
import { isMissing } from "./missing.ts";
import { openSeeder, openTab } from "./tab.ts";
import { runTracker } from "./tracker.ts";

const NAME = "Bản đồ.bin";
const PASSWORD = "correct horse battery";

test.skip(isMissing(findFirefox(), NO_FIREFOX), NO_FIREFOX);

test("in Firefox, people register, publish, search, download from each other, and look at the tracker", async ({
  folder,
}) => {
  const tracker = await runTracker("--accounts");
  const { browser, saved } = await launchFirefox(folder);
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

test("Chromium and Firefox get files from each other, with the engine in workers and the page of one blocked", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const { browser, saved } = await launchFirefox(folder);
  try {
    const first = await randomFile(folder, "to Firefox.bin", 8 * MIB);
    const inChromium = await openSeeder(context, tracker.url, first);
    const person = await browser.newContext();
    const inFirefox = await openTab(person, await inChromium.shareLink("to Firefox"));
    await inFirefox.expectState("to Firefox", "seeding");
    expect(await inFirefox.pieceFiles()).not.toEqual([]);
    await inFirefox.press("to Firefox", "Save");
    await expect.poll(saved).toEqual([await sha256(first)]);

    const beside = await openTab(person, tracker.url);
    const line = beside.page.getByRole("region", { name: "Elsewhere in this browser" }).getByRole("listitem");
    await expect(line).toContainText("Complete");
    await line.getByRole("button", { name: "Open here too" }).click();
    await beside.expectState("to Firefox", "seeding");
    await beside.details("to Firefox", /Overview/);
    await expect(beside.entry("to Firefox")).toContainText(/Received\s*0 bytes/); // What is stored is not fetched again.
    await beside.page.close();

    const second = await randomFile(folder, "to Chromium.bin", 8 * MIB);
    await inFirefox.share(second);
    await inFirefox.expectState("to Chromium", "seeding");
    const other = await openTab(await newPerson(), tracker.url);
    await other.slowDown(4 * MIB);
    await other.download(await inFirefox.shareLink("to Chromium"));
    await expect.poll(() => other.storedPieces(), { intervals: [50] }).not.toEqual([]);
    const free = await block(inFirefox.page);
    expect((await other.storedPieces()).length).toBeLessThan((8 * MIB) / PIECE_BYTES);
    await other.expectState("to Chromium", "seeding");
    await free();
    expect(await sha256(await other.save("to Chromium"))).toBe(await sha256(second));

    await inFirefox.page.getByRole("button", { name: "Send text" }).click();
    await inFirefox.page.getByLabel("Your text").fill("Xin chào");
    await inFirefox.page.getByRole("button", { name: "Share it" }).click();
    await other.download(await inFirefox.shareLink("Text"));
    await expect(other.entry("Text").getByLabel("Text", { exact: true })).toHaveValue("Xin chào");

    for (const { page } of [inFirefox, other]) {
      await page.getByRole("heading", { name: "Nearby" }).click();
      await page.getByLabel("Show this device to people nearby").check();
    }
    await inFirefox.page.getByRole("button", { name: /^Send text to Chrome on/ }).click();
    await inFirefox.page.getByLabel("Your text").fill("Tạm biệt");
    await inFirefox.page.getByRole("button", { name: "Share it" }).click();
    await other.page.getByRole("dialog").getByRole("button", { name: "Accept" }).click();
    await expect(other.page.getByLabel("Text", { exact: true }).first()).toHaveValue("Tạm biệt");
  } finally {
    await browser.close();
  }
});
