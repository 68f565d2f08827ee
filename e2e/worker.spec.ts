import { block } from "./blocked-thread.ts";
import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, Tab } from "./tab.ts";
import { takeWorkersAway } from "./workers.ts";

const NAME = "film.bin";
const BYTES = 16 * MIB;

test("a transfer goes on while the thread of the page is blocked, at either end", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(context, tracker.url, path);
  const first = await openTab(await newPerson(), tracker.url);
  await first.slowDown(4 * MIB);
  await first.download(await seeder.shareLink(NAME));
  await expect.poll(() => first.storedPieces(), { intervals: [50] }).not.toEqual([]);
  const freeSeeder = await block(seeder.page);
  expect((await first.storedPieces()).length).toBeLessThan(BYTES / PIECE_BYTES);
  await first.expectState(NAME, "seeding");
  await freeSeeder();
  await first.page.close();

  const second = await openTab(await newPerson(), tracker.url);
  await second.slowDown(4 * MIB);
  const { sentBytes } = await seeder.traffic();
  await second.download(await seeder.shareLink(NAME));
  await expect.poll(() => second.storedPieces(), { intervals: [50] }).not.toEqual([]);
  expect((await second.storedPieces()).length).toBeLessThan(BYTES / PIECE_BYTES);
  const freeSecond = await block(second.page);
  await expect.poll(async () => (await seeder.traffic()).sentBytes).toBeGreaterThan(sentBytes + BYTES);
  await freeSecond();
  await second.expectState(NAME, "seeding");
  expect(await sha256(await second.save(NAME))).toBe(await sha256(path));
});

test("a page whose engine does not load says so, instead of staying blank", async ({
  tracker,
  newPerson,
}) => {
  const person = await newPerson();
  const page = await person.newPage();
  await page.addInitScript(takeWorkersAway);
  await page.route(/engine-host/, (route) => route.abort());
  const tab = new Tab(page);
  await page.goto(tracker.url);
  await expect(tab.alert).toContainText("The page could not load a part of itself.");
  await expect(page.getByLabel("Choose files")).toBeVisible();
});

test("a network that changes while the page loads costs it nothing: what failed is loaded again", async ({
  tracker,
  newPerson,
}) => {
  const page = await (await newPerson()).newPage();
  const failed = new Set<string>();
  await page.route(/config\.json|assets\/(?!index)/, (route) => {
    const url = route.request().url();
    if (failed.has(url)) return route.continue();
    failed.add(url);
    return route.abort("connectionreset");
  });
  const tab = new Tab(page);
  await tab.open(tracker.url);
  await page.getByRole("button", { name: "Settings" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await tab.download(`magnet:?xt=urn:btih:${"7".repeat(40)}&dn=lonely`);
  await tab.expectState("lonely", "metadata");
  await expect(tab.alert).toHaveText("");
  expect([...failed].join()).toContain("engine-worker");
});

test("without workers the engine runs on the page, and a page with workers finds the pieces that it stored", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(context, tracker.url, path);
  expect(seeder.page.workers()).toHaveLength(1);
  const link = await seeder.shareLink(NAME);

  const person = await newPerson();
  const page = await person.newPage();
  await page.addInitScript(takeWorkersAway);
  const without = new Tab(page);
  await without.open(link);
  await without.expectState(NAME, "seeding");
  expect(page.workers()).toHaveLength(0);
  expect(await sha256(await without.save(NAME))).toBe(await sha256(path));
  await page.close();
  await seeder.page.close();

  const withWorkers = await openTab(person, tracker.url);
  await withWorkers.expectState(NAME, "seeding");
  expect(withWorkers.page.workers()).toHaveLength(1);
  const third = await openTab(await newPerson(), link);
  await third.expectState(NAME, "seeding");
  expect(await sha256(await third.save(NAME))).toBe(await sha256(path));
});

test("a worker keeps pieces in files, which survive a reload and go with the torrent", async ({
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
  await expect.poll(() => leecher.storedPieces(), { intervals: [50] }).not.toEqual([]);
  expect(await leecher.pieceFiles()).toHaveLength(1);
  await leecher.reload();
  await leecher.expectState(NAME, "seeding");
  expect(await leecher.pieceFiles()).toHaveLength(2);
  await seeder.page.close();

  await leecher.reload();
  const third = await openTab(await newPerson(), await leecher.shareLink(NAME));
  await third.expectState(NAME, "seeding");
  for (const tab of [leecher, third]) expect(await sha256(await tab.save(NAME))).toBe(await sha256(path));

  for (const tab of [leecher, third]) {
    await tab.remove(NAME, "Remove and delete data");
    await expect.poll(() => tab.pieceFiles()).toEqual([]);
  }
});
