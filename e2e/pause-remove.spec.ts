import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab } from "./tab.ts";

const NAME = "film.bin";
const BYTES = 16 * MIB;
const PIECES = BYTES / PIECE_BYTES;

test("a paused download stays paused after a reload, and resumes where it was", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(context, tracker.url, path);
  const link = await seeder.shareLink(NAME);
  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.slowDown(4 * MIB);
  await leecher.download(link);
  await expect
    .poll(async () => (await leecher.storedPieces()).length, { intervals: [100] })
    .toBeGreaterThan(4);

  await leecher.press(NAME, "Pause");
  await leecher.expectState(NAME, "paused");
  await expect(leecher.entry(NAME)).toContainText("Nothing is sent or received until you resume.");
  for (const tab of [leecher, seeder]) await expect.poll(async () => (await tab.traffic()).openLinks).toBe(0);

  // Waits for another person to download all of it: long enough to see that nothing moves.
  const before = await leecher.traffic();
  const held = (await leecher.storedPieces()).length;
  const other = await openTab(await newPerson(), link);
  await other.expectState(NAME, "seeding");
  expect(await leecher.traffic()).toEqual(before);
  expect(await leecher.storedPieces()).toHaveLength(held);
  expect(held).toBeLessThan(PIECES);

  await leecher.reload();
  await leecher.expectState(NAME, "paused");
  const another = await openTab(await newPerson(), link);
  await another.expectState(NAME, "seeding");
  expect(await leecher.traffic()).toMatchObject({ sentBytes: 0, receivedBytes: 0, iceServers: [] });

  await leecher.press(NAME, "Resume");
  await leecher.expectState(NAME, "seeding");
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
});

test("a paused seeder sends nothing until it is resumed", async ({ tracker, folder, context, newPerson }) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(context, tracker.url, path);
  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.slowDown(4 * MIB);
  await leecher.download(await seeder.shareLink(NAME));
  await expect
    .poll(async () => (await leecher.storedPieces()).length, { intervals: [100] })
    .toBeGreaterThan(4);

  await seeder.press(NAME, "Pause");
  await seeder.expectState(NAME, "paused");
  for (const tab of [leecher, seeder]) await expect.poll(async () => (await tab.traffic()).openLinks).toBe(0);
  const { sentBytes } = await seeder.traffic();
  await leecher.expectState(NAME, "downloading");
  await expect(leecher.entry(NAME)).toContainText("Nobody with this file is online.");
  expect((await seeder.traffic()).sentBytes).toBe(sentBytes);

  await seeder.press(NAME, "Resume");
  await leecher.expectState(NAME, "seeding");
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
});

test("remove deletes the data, or keeps it for when the link is added again or the person frees the storage", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const bytes = 4 * MIB;
  const path = await randomFile(folder, NAME, bytes);
  const seeder = await openSeeder(context, tracker.url, path);
  const link = await seeder.shareLink(NAME);
  const leecher = await openTab(await newPerson(), link);
  await leecher.expectState(NAME, "seeding");

  await leecher.remove(NAME, "Remove, keep data");
  await expect(leecher.entries).toHaveCount(0);
  expect(await leecher.storedPieces()).toHaveLength(bytes / PIECE_BYTES);
  await leecher.reload(); // The link is gone from the address, so nothing adds it again.
  await expect(leecher.entries).toHaveCount(0);
  await leecher.download(link);
  await leecher.expectState(NAME, "seeding");
  expect((await leecher.traffic()).receivedBytes).toBeLessThan(PIECE_BYTES);
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));

  await leecher.remove(NAME, "Remove and delete data");
  await expect(leecher.entries).toHaveCount(0);
  await expect.poll(() => leecher.storedPieces()).toEqual([]);
  await leecher.reload();
  await expect(leecher.entries).toHaveCount(0);

  await leecher.download(link);
  await leecher.expectState(NAME, "seeding");
  await leecher.remove(NAME, "Remove, keep data");
  await leecher.page.getByRole("button", { name: "Settings" }).click();
  const storage = leecher.page.getByRole("region", { name: "Storage" });
  await expect(storage).toContainText(`1 download takes 4.2 MB.`);
  await expect(storage.getByRole("listitem")).toContainText(
    "4.2 MB, complete, not saved, no longer in your list.",
  );
  await storage.getByRole("button", { name: `Delete what is stored of ${NAME}` }).click();
  await storage.getByRole("button", { name: "Delete it" }).click();
  await expect(storage).toContainText("No download is stored.");
  await expect(storage.getByRole("status")).toHaveText("4.2 MB are free again.");
  expect(await leecher.storedPieces()).toEqual([]);
  expect(await leecher.pieceFiles()).toEqual([]);

  await seeder.remove(NAME, "Remove it");
  await expect(seeder.entries).toHaveCount(0);
  await seeder.reload();
  await expect(seeder.entries).toHaveCount(0);
});

test("a download removed while running leaves no pieces behind", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, BYTES));
  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.slowDown(4 * MIB);
  await leecher.download(await seeder.shareLink(NAME));
  await expect
    .poll(async () => (await leecher.storedPieces()).length, { intervals: [100] })
    .toBeGreaterThan(4);

  await leecher.remove(NAME, "Remove and delete data");
  await expect(leecher.entries).toHaveCount(0);
  for (const tab of [leecher, seeder]) await expect.poll(async () => (await tab.traffic()).openLinks).toBe(0);
  await expect.poll(() => leecher.storedPieces()).toEqual([]);
});
