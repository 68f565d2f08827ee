import { AxeBuilder } from "@axe-core/playwright";
import { MIB, randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab } from "./tab.ts";

const NAME = "watched.bin";

test("each tab of the details tells what two tabs do", async ({ tracker, folder, context, newPerson }) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, 8 * MIB));
  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.slowDown(2 * MIB);
  await leecher.download(await seeder.shareLink(NAME));
  await seeder.press(NAME, "Details");
  const entry = seeder.entry(NAME);
  const panel = entry.getByRole("tabpanel");
  const open = async (tab: RegExp): Promise<void> => {
    await entry.getByRole("tab", { name: tab }).click();
    await expect(panel).not.toBeEmpty();
    const { violations } = await new AxeBuilder({ page: seeder.page }).include(".details").analyze();
    expect(violations).toEqual([]);
  };

  await entry.getByRole("tab", { name: /1 peer/ }).click();
  await expect(panel.getByRole("row").filter({ hasText: /Chrome on.*WebRTC/ })).toContainText("MB/s");
  await open(/peer/);
  await leecher.expectState(NAME, "seeding");
  await open(/Overview/);
  await expect(panel.getByRole("definition").filter({ hasText: "8.4 MB" })).toBeVisible(); // Sent.
  await open(/Pieces/);
  await expect(panel).toContainText(/^(\d+) of \1 pieces here\./);
  await expect(panel.locator("canvas")).toBeVisible();
  await open(/1 tracker/);
  await expect(panel).toContainText("Working.");
  await open(/1 file/);
  await expect(panel.getByRole("listitem")).toContainText(NAME);
  await open(/Log/);
  const events = panel.getByRole("listitem");
  await expect(events.filter({ hasText: /Connected to Chrome on .* \(WebRTC/ })).toHaveCount(1);
  await expect(events.filter({ hasText: /answered: 1 person with everything/ }).first()).toBeVisible();
  await expect(events.filter({ hasText: /Disconnected from Chrome on/ })).toHaveCount(1);
});
