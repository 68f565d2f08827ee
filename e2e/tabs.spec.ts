import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, Tab } from "./tab.ts";

const NAME = "film.bin";
const BYTES = 16 * MIB;

test("a duplicated tab is a separate peer; both go on", async ({ tracker, folder, context, newPerson }) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(await newPerson(), tracker.url, path);
  const link = await seeder.shareLink(NAME);
  const first = await openTab(context, tracker.url);
  await first.slowDown(4 * MIB);
  await first.download(link);
  await first.expectState(NAME, "downloading");
  const firstId = await first.tabId();

  // Like "Duplicate tab": the new tab starts with a copy of the session storage.
  const opening = context.waitForEvent("page");
  await first.page.evaluate((url) => void window.open(url), tracker.url);
  const second = new Tab(await opening);
  expect(await second.page.evaluate(() => window.opener !== null)).toBe(true);
  await second.ready();
  await expect(second.entries).toHaveCount(0);
  expect(await second.tabId()).not.toBe(firstId);
  expect(await first.tabId()).toBe(firstId);

  await second.download(link);
  for (const tab of [first, second]) {
    await tab.expectState(NAME, "seeding");
    expect(await sha256(await tab.save(NAME))).toBe(await sha256(path));
  }
  // Each has its own pieces.
  const stored = await first.storedPieces();
  expect(stored).toHaveLength((2 * BYTES) / PIECE_BYTES);
  expect(new Set(stored.map(([storageId]) => storageId)).size).toBe(2);
});

test("a new tab continues the downloads of a closed one", async ({ tracker, folder, context, newPerson }) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(await newPerson(), tracker.url, path);
  const closed = await openTab(context, tracker.url);
  await closed.slowDown(4 * MIB);
  await closed.download(await seeder.shareLink(NAME));
  await expect
    .poll(async () => (await closed.storedPieces()).length, { intervals: [100] })
    .toBeGreaterThan(8);
  const other = await openTab(context, tracker.url);
  await expect(other.entries).toHaveCount(0); // The first tab is still open.
  const held = (await closed.storedPieces()).length;
  await closed.page.close();

  const next = await openTab(context, tracker.url);
  await next.expectState(NAME, "seeding");
  await expect(other.entries).toHaveCount(0);
  expect((await next.traffic()).receivedBytes).toBeLessThan(BYTES - (held - 1) * PIECE_BYTES);
  expect(await next.storedPieces()).toHaveLength(BYTES / PIECE_BYTES);
  expect(await sha256(await next.save(NAME))).toBe(await sha256(path));
});

test("when several tabs open at once, one of them continues what a closed one had", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const names = ["film.bin", "music.bin", "text.bin"];
  const closed = await openTab(context, tracker.url);
  for (const name of names) {
    const seeder = await openSeeder(await newPerson(), tracker.url, await randomFile(folder, name, MIB));
    await closed.download(await seeder.shareLink(name));
    await closed.expectState(name, "seeding");
  }
  await closed.page.close();

  const tabs = await Promise.all([1, 2, 3, 4].map(() => openTab(context, tracker.url)));
  const titles = await Promise.all(
    tabs.map((tab) => tab.page.getByRole("heading", { level: 3 }).allTextContents()),
  );
  expect(titles.flat().sort()).toEqual(names);
  expect(new Set(await Promise.all(tabs.map((tab) => tab.tabId()))).size).toBe(tabs.length);
});

test("the link of a shared file that is missing after a reload downloads it from others", async ({
  tracker,
  folder,
  context,
}) => {
  const path = await randomFile(folder, NAME, MIB);
  const seeder = await openSeeder(context, tracker.url, path);
  const link = await seeder.shareLink(NAME);
  const other = await openTab(context, link);
  await other.expectState(NAME, "seeding");
  await seeder.page.close();

  const next = await openTab(context, tracker.url);
  await next.expectState(NAME, "needs-file");
  await next.download(link);
  await next.expectState(NAME, "seeding");
  expect(await sha256(await next.save(NAME))).toBe(await sha256(path));
  await next.reload();
  await next.expectState(NAME, "seeding");
});
