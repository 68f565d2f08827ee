import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab } from "./tab.ts";

const NAME = "film.bin";
const BYTES = 16 * MIB;
const PIECES = BYTES / PIECE_BYTES;

test("after a reload in mid-download, verified pieces are not requested again", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(context, tracker.url, path);
  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.slowDown(4 * MIB);
  await leecher.download(await seeder.shareLink(NAME));
  const held = await leecher.storedMidway(PIECES);
  await leecher.reload();
  await leecher.expectState(NAME, "seeding");

  // Everything besides the pieces takes less than one piece.
  const { receivedBytes } = await leecher.traffic();
  expect(receivedBytes).toBeLessThan((PIECES - held + 1) * PIECE_BYTES);
  expect(await leecher.storedPieces()).toHaveLength(PIECES);
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
});

test("finished downloads are seeded again after a reload", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const names = ["film.bin", "music.bin"];
  const leecher = await openTab(context, tracker.url);
  for (const name of names) {
    const seeder = await openSeeder(await newPerson(), tracker.url, await randomFile(folder, name, 4 * MIB));
    await leecher.download(await seeder.shareLink(name));
    await leecher.expectState(name, "seeding");
    await seeder.page.close();
  }

  await leecher.reload();
  await expect(leecher.page.getByRole("heading", { level: 3 })).toHaveText(names.toReversed());
  const third = await openTab(await newPerson(), tracker.url);
  for (const name of names) {
    await leecher.expectState(name, "seeding");
    await third.download(await leecher.shareLink(name));
    await third.expectState(name, "seeding");
    expect(await sha256(await third.save(name))).toBe(await sha256(`${folder}/${name}`));
  }
  expect((await leecher.traffic()).receivedBytes).toBeLessThan(PIECE_BYTES);
});

test("after a reload the page still waits for a link that nobody has", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, MIB);
  const firstTime = await openSeeder(context, tracker.url, path);
  const link = await firstTime.shareLink(NAME);
  await firstTime.page.close();

  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.download(link);
  await expect(leecher.entry(NAME)).toContainText("Nobody with this file is online. Keep this page open");
  await leecher.reload();
  await leecher.expectState(NAME, "metadata");
  await expect(leecher.entry(NAME)).toContainText("Nobody with this file is online. Keep this page open");

  await openSeeder(await newPerson(), tracker.url, path);
  await leecher.expectState(NAME, "seeding");
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
});
