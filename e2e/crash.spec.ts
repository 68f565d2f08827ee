import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, type Tab } from "./tab.ts";

const NAME = "film.bin";
const BYTES = 16 * MIB;
const PIECES = BYTES / PIECE_BYTES;

test("after the tab has crashed amid a download, a new one goes on with the pieces that it had", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(context, tracker.url, path);
  const person = await newPerson();
  const leecher = await openTab(person, tracker.url);
  await leecher.slowDown(4 * MIB);
  await leecher.download(await seeder.shareLink(NAME));
  const held = await leecher.storedMidway(PIECES);
  await crash(leecher);

  const next = await openTab(person, tracker.url);
  await next.expectState(NAME, "seeding");
  const { receivedBytes } = await next.traffic();
  expect(receivedBytes).toBeLessThan((PIECES - held + 1) * PIECE_BYTES);
  expect(await sha256(await next.save(NAME))).toBe(await sha256(path));

  await crash(next);
  const last = await openTab(person, tracker.url);
  await seeder.page.close();
  await last.expectState(NAME, "seeding");
  const third = await openTab(await newPerson(), await last.shareLink(NAME));
  await third.expectState(NAME, "seeding");
  expect(await sha256(await third.save(NAME))).toBe(await sha256(path));
});

/** Ends the process of the tab. */
async function crash({ page }: Tab): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  devtools.send("Page.crash").catch(() => {}); // Nobody is left to answer.
  await crashed;
  await page.close();
}
