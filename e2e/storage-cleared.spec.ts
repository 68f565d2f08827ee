import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, type Tab } from "./tab.ts";

const NAME = "film.bin";
const BYTES = 8 * MIB;
const PIECES = BYTES / PIECE_BYTES;
const DELETED =
  "Somebody deleted this page's data in the browser, and with it what was downloaded here. The page fetches it again";

test("a download goes on, and fetches again what it had, after somebody has deleted the page's data", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(context, tracker.url, path);
  const person = await newPerson();
  const leecher = await openTab(person, tracker.url);
  await leecher.slowDown(2 * MIB);
  await leecher.download(await seeder.shareLink(NAME));
  await leecher.storedMidway(PIECES);
  await deleteData(leecher);
  await expect(leecher.alert).toContainText(DELETED);
  await leecher.expectState(NAME, "seeding");
  expect(await leecher.storedPieces()).toHaveLength(PIECES);
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));

  await leecher.page.close();
  const next = await openTab(person, tracker.url); // Its record is back, too.
  await next.expectState(NAME, "seeding");
  expect((await next.traffic()).receivedBytes).toBeLessThan(PIECE_BYTES);
});

test("a finished download whose data was deleted is not offered any more, and is fetched again once somebody has it", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(context, tracker.url, path);
  const link = await seeder.shareLink(NAME);
  const holder = await openTab(await newPerson(), link);
  await holder.expectState(NAME, "seeding");
  await seeder.page.close();
  await deleteData(holder);
  await expect(holder.alert).toContainText(DELETED);
  await holder.expectState(NAME, "downloading");
  await expect(holder.entry(NAME).getByRole("progressbar").first()).toHaveAttribute("aria-valuenow", "0");

  const other = await openTab(await newPerson(), link);
  await expect(other.page.getByRole("article")).toHaveAttribute("data-state", "downloading");
  expect(await other.storedPieces()).toEqual([]);
  await openSeeder(await newPerson(), tracker.url, path);
  for (const tab of [holder, other]) {
    await tab.expectState(NAME, "seeding");
    expect(await sha256(await tab.save(NAME))).toBe(await sha256(path));
  }
});

/** As somebody does in the browser's settings while the tab is open. */
async function deleteData({ page }: Tab): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const { origin } = new URL(page.url());
  await devtools.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
}
