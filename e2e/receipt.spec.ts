import { AxeBuilder } from "@axe-core/playwright";
import { MIB, randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { runQuickTracker } from "./quick-tracker.ts";
import { openSeeder, openTab, type Tab } from "./tab.ts";

const FILM = "film.bin";
/** Two of the tracker's intervals, and time for a busy machine. */
const COUNTED_MILLIS = 60_000;

const receiver = (tab: Tab, name: string | RegExp) =>
  tab.entry(FILM).getByRole("list", { name: "Who gets it" }).getByRole("listitem").filter({ hasText: name });

test("a sharer sees each receiver arrive, who has everything, and who had it and left, also after a reload", async ({
  folder,
  context,
  newPerson,
}) => {
  test.slow();
  const tracker = await runQuickTracker();
  const path = await randomFile(folder, FILM, 8 * MIB);
  const seeder = await openSeeder(context, tracker.url, path);
  const card = seeder.entry(FILM);
  await expect(card).toContainText("Ready. Now send somebody the share link.");
  await expect(card).toContainText("nobody else has the whole file yet");
  const link = await seeder.shareLink(FILM);

  const stays = await openTab(await newPerson(), tracker.url);
  await stays.slowDown(3 * MIB);
  await stays.download(link);
  await expect(receiver(seeder, /Chrome on Linux, somewhere nearby.*\d+%/)).toBeVisible();
  await expect(receiver(seeder, "MB/s")).toBeVisible();
  await expect(card).not.toContainText("Ready.");
  await expect(receiver(seeder, "Has everything")).toBeVisible({ timeout: COUNTED_MILLIS });
  await stays.expectState(FILM, "seeding");
  await expect(card).toContainText("1 other person has the whole file, so the link works");

  const leaves = await openTab(await newPerson(), tracker.url);
  const { page } = leaves;
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByLabel("Name of this device").fill("Lan’s\u202e phone ");
  expect((await new AxeBuilder({ page }).include("dialog").analyze()).violations).toEqual([]);
  await page.getByRole("button", { name: "Done" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("button", { name: "Settings" })).toBeFocused();
  await leaves.reload();
  await leaves.download(link);
  await expect(receiver(seeder, /^Lan’s phone.*Has everything/)).toBeVisible();
  await leaves.expectState(FILM, "seeding");
  await leaves.page.close();
  await expect(card).toContainText("1 more had it and left.", { timeout: COUNTED_MILLIS });
  await expect(card).toContainText("1 other person has the whole file, so the link works");
  await expect(receiver(seeder, /^Lan’s phone.*Got everything/)).toBeVisible();

  await seeder.reload();
  await seeder.expectState(FILM, "needs-file");
  await seeder.share(path);
  await seeder.expectState(FILM, "seeding");
  await expect(card).toContainText("2 people got everything so far.");
  await expect(card).toContainText("1 more had it and left.");
  await tracker.stop();
});
