import type { Worker } from "@playwright/test";
import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, type Tab } from "./tab.ts";

const NAME = "film.bin";
const OWN = "notes.bin";
const BYTES = 4 * MIB;
const PIECES = BYTES / PIECE_BYTES;

test("after the engine's worker has died another one goes on, with the person's own files, too", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(context, tracker.url, path);
  const tab = await openSeeder(await newPerson(), tracker.url, await randomFile(folder, OWN, MIB));
  await tab.slowDown(MIB);
  await tab.download(await seeder.shareLink(NAME));
  const held = await tab.storedMidway(PIECES);
  await end(tab);
  expect((await tab.storedPieces()).length).toBeLessThan(PIECES);
  await expect(tab.page.getByText("crashed, perhaps for lack of memory")).toBeVisible();
  await tab.expectState(NAME, "seeding");
  expect(await sha256(await tab.save(NAME))).toBe(await sha256(path));
  // What the new worker has received: the one before it took its counts with it.
  expect((await tab.traffic()).receivedBytes).toBeLessThan((PIECES - held + 1) * PIECE_BYTES);

  await seeder.page.close();
  const other = await openTab(await newPerson(), await tab.shareLink(NAME));
  await other.download(await tab.shareLink(OWN));
  for (const name of [NAME, OWN]) await other.expectState(name, "seeding");
  expect(await sha256(await other.save(OWN))).toBe(await sha256(`${folder}/${OWN}`));
});

test("an engine that keeps crashing is not started for ever, and the page says what to do", async ({
  tracker,
  folder,
  context,
}) => {
  const tab = await openSeeder(context, tracker.url, await randomFile(folder, OWN, MIB));
  for (let count = 0; count < 3; count++) {
    const next = tab.page.waitForEvent("worker");
    await end(tab);
    await next;
    await expect(tab.page.getByText("crashed, perhaps for lack of memory").nth(count)).toBeVisible();
  }
  await end(tab);
  await expect(tab.alert).toContainText(
    "keeps crashing. Close other tabs to free memory, then reload the page",
  );
});

function engineOf({ page }: Tab): Worker {
  const [engine] = page.workers();
  if (engine === undefined) throw new Error("the page has no worker");
  return engine;
}

/** Without a word, as when memory runs out: browsers tell nobody. */
async function end(tab: Tab): Promise<void> {
  const engine = engineOf(tab);
  const ended = engine.waitForEvent("close");
  await engine.evaluate(() => self.close());
  await ended;
}
