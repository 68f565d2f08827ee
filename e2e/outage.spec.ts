import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, Tab } from "./tab.ts";
import { runTracker } from "./tracker.ts";

const NAME = "film.bin";
const UNREACHABLE =
  /This page cannot reach the tracker, which introduces people to each other.* Next try in \d+ s\./;

test("the page retries a tracker that is down until it is back", async ({ tracker, folder, newPerson }) => {
  const path = await randomFile(folder, NAME, 4 * MIB);
  const seeder = await openTab(await newPerson(), tracker.url);
  const leecher = await openTab(await newPerson(), tracker.url);
  for (const { page } of [seeder, leecher]) await page.waitForLoadState("networkidle"); // All of its code is here.
  await tracker.stop();
  await seeder.share(path);
  await seeder.expectState(NAME, "seeding");
  await expect(seeder.entry(NAME)).toContainText(UNREACHABLE);
  await leecher.download(await seeder.shareLink(NAME));
  await expect(leecher.entry(NAME)).toContainText(UNREACHABLE);

  const back = await runTracker("--port", `${tracker.port}`);
  try {
    await leecher.expectState(NAME, "seeding");
    expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
  } finally {
    await back.stop();
  }
});

test("a transfer goes on without the tracker", async ({ tracker, folder, context, newPerson }) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, 16 * MIB));
  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.slowDown(4 * MIB);
  await leecher.download(await seeder.shareLink(NAME));
  await expect
    .poll(async () => (await leecher.storedPieces()).length, { intervals: [100] })
    .toBeGreaterThan(2);
  await tracker.stop();
  await leecher.expectState(NAME, "seeding");
});

test("full storage stops only the download, and the page suggests a remedy", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, 8 * MIB);
  const seeder = await openSeeder(context, tracker.url, path);
  const person = await newPerson();
  const tab = new Tab(await person.newPage());
  const devtools = await person.newCDPSession(tab.page);
  const { origin } = new URL(tracker.url);
  // Chromium reads a quota when a database is first written to, and keeps it for half a minute.
  await tab.page.goto(`${tracker.url}healthz`);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 4 * MIB });
  await tab.open(tracker.url);
  await tab.share(await randomFile(folder, "own.bin", MIB));
  await tab.expectState("own.bin", "seeding");

  await tab.download(await seeder.shareLink(NAME));
  await tab.expectState(NAME, "error");
  await expect(tab.entry(NAME)).toContainText(
    "The browser's storage is full. Free space on this device or remove other downloads here, then press Resume.",
  );
  const held = (await tab.storedPieces()).length;
  expect(held).toBeGreaterThan(0);
  expect(held).toBeLessThan((8 * MIB) / PIECE_BYTES);
  const other = await openTab(await newPerson(), await tab.shareLink("own.bin"));
  await other.expectState("own.bin", "seeding");

  await devtools.send("Storage.overrideQuotaForOrigin", { origin });
  await tab.press(NAME, "Resume");
  await tab.expectState(NAME, "seeding");
  expect(await sha256(await tab.save(NAME))).toBe(await sha256(path));
});
