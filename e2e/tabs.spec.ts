import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, Tab } from "./tab.ts";

const NAME = "film.bin";
const BYTES = 16 * MIB;
/** What is not about speed needs no more. */
const SMALL_BYTES = 4 * MIB;

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
  // They share the pieces.
  const stored = await first.storedPieces();
  expect(stored).toHaveLength(BYTES / PIECE_BYTES);
  expect(new Set(stored.map(([storageId]) => storageId)).size).toBe(1);
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

test("a link that another tab has downloaded is read from the shared storage, except what is no longer good there", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, SMALL_BYTES);
  const seeder = await openSeeder(await newPerson(), tracker.url, path);
  const link = await seeder.shareLink(NAME);
  const first = await openTab(context, link);
  await first.expectState(NAME, "seeding");

  const second = await openTab(context, link);
  await second.expectState(NAME, "seeding");
  expect((await second.traffic()).receivedBytes).toBeLessThan(PIECE_BYTES);
  expect(await sha256(await second.save(NAME))).toBe(await sha256(path));

  await first.page.evaluate(spoilPiece, 5);
  const third = await openTab(context, link);
  await third.expectState(NAME, "seeding");
  const { receivedBytes } = await third.traffic();
  expect(receivedBytes).toBeGreaterThan(PIECE_BYTES);
  expect(receivedBytes).toBeLessThan(2 * PIECE_BYTES);
  for (const tab of [first, third]) expect(await sha256(await tab.save(NAME))).toBe(await sha256(path));
});

test("a tab notices pieces that another one stores later, without a peer of its own", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, SMALL_BYTES);
  const seeder = await openSeeder(await newPerson(), tracker.url, path);
  const link = await seeder.shareLink(NAME);
  const first = await openTab(context, tracker.url);
  await first.slowDown(MIB / 4);
  await first.download(link);
  await expect.poll(async () => (await first.storedPieces()).length).toBeGreaterThan(1);
  await seeder.press(NAME, "Pause");
  await first.expectState(NAME, "downloading");

  const second = await openTab(context, link);
  await second.expectState(NAME, "downloading");
  await second.press(NAME, "Pause");
  await second.expectState(NAME, "paused");
  await seeder.press(NAME, "Resume");
  await first.expectState(NAME, "seeding");
  await expect(second.entry(NAME).getByRole("progressbar")).toHaveAttribute("aria-valuenow", "100");
  expect((await second.traffic()).receivedBytes).toBeLessThan(PIECE_BYTES);
  expect(await sha256(await second.save(NAME))).toBe(await sha256(path));
});

test("what one tab removes stays in another", async ({ tracker, folder, context, newPerson }) => {
  const path = await randomFile(folder, NAME, SMALL_BYTES);
  const seeder = await openSeeder(await newPerson(), tracker.url, path);
  const first = await openTab(context, await seeder.shareLink(NAME));
  await first.expectState(NAME, "seeding");
  const second = await openTab(context, await seeder.shareLink(NAME));
  await second.expectState(NAME, "seeding");

  await first.remove(NAME, "Remove it"); // The other tab keeps the data.
  await expect(first.entries).toHaveCount(0);
  await seeder.page.close();
  expect(await second.storedPieces()).toHaveLength(SMALL_BYTES / PIECE_BYTES);
  await second.reload();
  const third = await openTab(await newPerson(), await second.shareLink(NAME));
  await third.expectState(NAME, "seeding");
  for (const tab of [second, third]) expect(await sha256(await tab.save(NAME))).toBe(await sha256(path));

  await second.remove(NAME, "Remove and delete data");
  await expect.poll(() => second.storedPieces()).toEqual([]);
  await expect.poll(() => second.pieceFiles()).toEqual([]);
});

/** Replaces a stored piece by bytes that do not fit its hash. */
function spoilPiece(index: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("tabswarm");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const change = opening.result.transaction("pieces", "readwrite");
      opening.result.close();
      change.onerror = () => reject(change.error);
      change.oncomplete = () => resolve();
      const search = change.objectStore("pieces").openCursor();
      search.onsuccess = () => {
        const found = search.result;
        if (found === null) return;
        const [, piece] = found.key as [string, number];
        if (piece === index) found.update(new Blob(["not these bytes"]));
        found.continue();
      };
    };
  });
}
