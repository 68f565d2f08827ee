import { KIB, MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, type Tab } from "./tab.ts";

const NAME = "film.bin";
const BYTES = 4 * MIB;

const elsewhere = (tab: Tab) => tab.page.getByRole("region", { name: "Elsewhere in this browser" });
const lineOf = (tab: Tab, name: string) => elsewhere(tab).getByRole("listitem").filter({ hasText: name });

test("a tab lists what another one has, and follows it", async ({ tracker, folder, context, newPerson }) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(await newPerson(), tracker.url, path);
  const first = await openTab(context, tracker.url);
  const second = await openTab(context, tracker.url);
  await first.slowDown(MIB / 4);
  await first.download(await seeder.shareLink(NAME));
  const line = lineOf(second, NAME);
  await expect(line).toContainText("in another tab");
  await expect(line).toContainText("Downloading");
  await expect(second.entries).toHaveCount(0);
  await first.expectState(NAME, "seeding");
  await expect(line).toContainText("Complete");
  await first.press(NAME, "Pause");
  await expect(line).toContainText("Paused");
});

test("what another tab has opens here without fetching what is stored, and stays there when it is removed here", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(await newPerson(), tracker.url, path);
  const first = await openTab(context, await seeder.shareLink(NAME));
  await first.expectState(NAME, "seeding");
  await first.press(NAME, "Pause");
  await seeder.page.close(); // Nobody is left to fetch it from.

  const second = await openTab(context, tracker.url);
  await lineOf(second, NAME).getByRole("button", { name: "Open here too" }).click();
  await second.expectState(NAME, "seeding");
  await expect(elsewhere(second)).toHaveCount(0);
  await expect(second.page.locator("#list-title")).toBeFocused();
  expect((await second.traffic()).receivedBytes).toBe(0);
  expect(await sha256(await second.save(NAME))).toBe(await sha256(path));
  await expect(first.entry(NAME)).toHaveAttribute("data-state", "paused");

  await second.press(NAME, "Remove");
  const dialog = second.page.getByRole("dialog");
  await expect(dialog).toContainText("also open in another tab, which keeps the 4.2 MB");
  await dialog.getByRole("button", { name: "Remove it" }).click();
  await expect(lineOf(second, NAME)).toContainText("Paused");
  expect(await first.storedPieces()).toHaveLength(BYTES / PIECE_BYTES);
});

test("what a tab had leaves the lists of others when it is closed, and when it is killed", async ({
  tracker,
  folder,
  context,
}) => {
  const watching = await openTab(context, tracker.url);
  const closed = await openSeeder(context, tracker.url, await randomFile(folder, "closed.bin", KIB));
  const killed = await openSeeder(context, tracker.url, await randomFile(folder, "killed.bin", KIB));
  for (const name of ["closed.bin", "killed.bin"])
    await expect(lineOf(watching, name)).toContainText("Sharing");
  await closed.page.close();
  await expect(lineOf(watching, "closed.bin")).toHaveCount(0);
  await expect(lineOf(watching, "killed.bin")).toHaveCount(1);
  const devtools = await context.newCDPSession(killed.page);
  void devtools.send("Page.crash").catch(() => {}); // It has no time to answer.
  await expect(lineOf(watching, "killed.bin")).toHaveCount(0);
});

test("another tab's share, which nothing stores, is downloaded from that tab", async ({
  tracker,
  folder,
  context,
}) => {
  const path = await randomFile(folder, NAME, MIB);
  const sharing = await openSeeder(context, tracker.url, path);
  const other = await openTab(context, tracker.url);
  await lineOf(other, NAME).getByRole("button", { name: "Open here too" }).click();
  await other.expectState(NAME, "seeding");
  expect((await other.traffic()).receivedBytes).toBeGreaterThan(MIB);
  expect(await sha256(await other.save(NAME))).toBe(await sha256(path));
  await sharing.press(NAME, "Remove");
  await expect(sharing.page.getByRole("dialog")).toContainText(
    "The link keeps working while the other tab is open.",
  );
});

test("a tab that was reloaded is listed again", async ({ tracker, folder, context, newPerson }) => {
  const seeder = await openSeeder(await newPerson(), tracker.url, await randomFile(folder, NAME, KIB));
  const first = await openTab(context, await seeder.shareLink(NAME));
  const second = await openTab(context, tracker.url);
  await expect(lineOf(second, NAME)).toContainText("Complete");
  await first.reload();
  await expect(lineOf(second, NAME)).toContainText("Complete");
  await second.reload();
  await expect(lineOf(second, NAME)).toContainText("Complete");
});
