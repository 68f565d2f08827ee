import { join } from "node:path";
import type { Locator } from "@playwright/test";
import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, type Tab } from "./tab.ts";

const NAME = "film.bin";

test("one seeder uploads fewer than two copies to three leechers", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const bytes = 16 * MIB;
  const path = await randomFile(folder, NAME, bytes);
  const seeder = await openSeeder(context, tracker.url, path);
  const link = await seeder.shareLink(NAME);

  const leechers = await Promise.all([1, 2, 3].map(async () => openTab(await newPerson(), tracker.url)));
  await seeder.slowDown(4 * MIB);
  await Promise.all(leechers.map((leecher) => leecher.download(link)));
  for (const leecher of leechers) await leecher.expectState(NAME, "seeding");

  expect((await seeder.traffic()).sentBytes).toBeGreaterThanOrEqual(bytes);
  expect((await seeder.traffic()).sentBytes).toBeLessThan(2 * bytes);
  for (const leecher of leechers) expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
});

test("leechers complete from each other when the seeder leaves after one copy is spread among them", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const root = join(folder, "Trip");
  const names = ["a.bin", "b.bin", "c.bin"];
  for (const name of names) await randomFile(root, name, 4 * MIB);
  const seeder = await openTab(context, tracker.url);
  await seeder.shareFolder(root);
  await seeder.expectState("Trip", "seeding");
  const link = await seeder.shareLink("Trip");

  // Each takes another third, so that exactly one copy is with all of them.
  const leechers = await Promise.all(
    names.map(async (name) => {
      const leecher = await openTab(await newPerson(), tracker.url);
      await leecher.page.getByRole("button", { name: "Settings" }).click();
      await leecher.page.getByLabel("Ask me before a download starts").check();
      await leecher.page.getByRole("button", { name: "Done" }).click();
      await leecher.download(link);
      await leecher.press("Trip", "None");
      await fileBox(leecher, name).check();
      await leecher
        .entry("Trip")
        .getByRole("button", { name: /^Start/ })
        .click();
      return leecher;
    }),
  );
  for (const leecher of leechers)
    await expect(leecher.entry("Trip").getByText("Complete", { exact: true })).toBeVisible();
  await seeder.page.close();

  for (const [at, leecher] of leechers.entries()) {
    await leecher.details("Trip", /files/);
    await leecher.press("Trip", "All");
    const missed = names[(at + 1) % names.length] ?? "";
    await leecher
      .entry("Trip")
      .getByRole("button", { name: `Save ${missed}` })
      .waitFor();
    const saved = leecher.page.waitForEvent("download");
    await leecher.press("Trip", `Save ${missed}`);
    expect(await sha256(await (await saved).path())).toBe(await sha256(join(root, missed)));
  }
  const pieces = (3 * 4 * MIB) / PIECE_BYTES;
  for (const leecher of leechers)
    await expect.poll(async () => (await leecher.storedPieces()).length).toBe(pieces);
});

const fileBox = (tab: Tab, name: string): Locator =>
  tab.entry("Trip").getByRole("checkbox", { name, exact: true });
