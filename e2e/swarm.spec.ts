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
  const bytes = 16 * MIB;
  const path = await randomFile(folder, NAME, bytes);
  const seeder = await openSeeder(context, tracker.url, path);
  const link = await seeder.shareLink(NAME);
  const leechers = await Promise.all([1, 2, 3].map(async () => openTab(await newPerson(), tracker.url)));
  for (const leecher of leechers) {
    await leecher.slowDown(2 * MIB);
    await leecher.download(link);
  }

  await expect.poll(() => spreadPieces(leechers), { intervals: [100] }).toBe(bytes / PIECE_BYTES);
  await seeder.page.close();
  for (const leecher of leechers) await leecher.expectState(NAME, "downloading");

  for (const leecher of leechers) await leecher.expectState(NAME, "seeding");
  for (const leecher of leechers) expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
});

/** How many different pieces these tabs have between them. */
async function spreadPieces(tabs: readonly Tab[]): Promise<number> {
  const pieces = await Promise.all(tabs.map((tab) => tab.storedPieces()));
  return new Set(pieces.flat().map(([, piece]) => piece)).size;
}
