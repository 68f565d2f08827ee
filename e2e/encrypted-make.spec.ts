import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256Below, writtenFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { expectLegible } from "./legible.ts";
import { runQuickTracker } from "./quick-tracker.ts";
import { openTab } from "./tab.ts";

const SWITCH = "Encrypt with a key in the link";
const WORDS = "The spare key is under the third stone.";

test("what a person shares encrypted is read with the whole link alone, tells no tracker its names, and goes on after a reload only if it is unchanged", async ({
  folder,
  context,
  newPerson,
}) => {
  const tracker = await runQuickTracker();
  const trip = join(folder, "Trip");
  await randomFile(trip, "secret-film.bin", 3 * MIB);
  await writtenFile(trip, "deep/secret-note.txt", "hello");
  const sender = await openTab(context, tracker.url);
  const { page } = sender;
  const encrypts = page.getByLabel(SWITCH);
  await expect(encrypts).not.toBeChecked();
  await encrypts.focus();
  await page.keyboard.press("Space");
  await expect(encrypts).toHaveAccessibleDescription(/Only people with the whole share link can read it/);
  await expectLegible(page);
  await sender.shareFolder(trip);
  await sender.expectState("Trip", "seeding");
  const infoHash = await sender.infoHash("Trip");
  const link = await sender.shareLink("Trip");
  expect(link).toMatch(new RegExp(`^${tracker.url}#${infoHash}&k=[\\w-]{43}$`));
  const key = link.slice(-43);

  await sender.press("Trip", "More");
  expect(await sender.magnetLink("Trip")).toMatch(
    new RegExp(`^magnet:\\?xt=urn:btih:${infoHash}(&tr=[^&]*)+$`),
  );
  await expect(sender.entry("Trip")).toContainText("The magnet link and the .torrent file have no key");
  await expect(sender.entry("Trip").getByRole("button", { name: "Show in the catalog" })).toHaveCount(0);
  await expectLegible(page);
  const saved = page.waitForEvent("download");
  await sender.press("Trip", "Export .torrent file");
  const torrent = await saved;
  expect(torrent.suggestedFilename()).toBe("encrypted-share-1.torrent");
  expect((await readFile(await torrent.path())).includes("secret")).toBe(false);

  const out = join(folder, "got");
  const reader = new RunningCommand("download", link, "--out", out, "--port", "0");
  await reader.line("downloaded");
  expect(await reader.ended()).toBe(0);
  expect(await sha256Below(join(out, "Trip"))).toEqual(await sha256Below(trip));
  // The command makes the same torrent of the same files and key, or refuses them.
  const again = new RunningCommand("seed", trip, "--link", link, "--port", "0", "--no-rtc");
  expect(await again.line("seeding")).toMatchObject({ infoHash });
  await again.stop();

  await page.reload();
  await sender.ready();
  await sender.expectState("Trip", "needs-file");
  await expect(page.getByLabel(SWITCH)).toBeChecked();
  const select = sender.entry("Trip").getByLabel("Select the folder again");
  await randomFile(folder, "changed/Trip/secret-film.bin", 3 * MIB);
  await writtenFile(folder, "changed/Trip/deep/secret-note.txt", "hello");
  await select.setInputFiles(join(folder, "changed/Trip"));
  await expect(sender.alert).toContainText("Trip has changed since you shared it.");
  await sender.expectState("Trip", "needs-file");
  await select.setInputFiles(trip);
  await sender.expectState("Trip", "seeding");
  expect(await sender.shareLink("Trip")).toBe(link);

  await page.getByRole("button", { name: "Send text" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByLabel(SWITCH)).toBeChecked();
  await expectLegible(page);
  await dialog.getByLabel("Your text").fill(WORDS);
  await dialog.getByRole("button", { name: "Share it" }).click();
  await sender.expectState("Text", "seeding");
  await expect(sender.entry("Text").getByLabel("Text", { exact: true })).toHaveValue(WORDS);
  const text = await sender.shareLink("Text");
  await sender.reload();
  await sender.expectState("Text", "seeding");
  const friend = await openTab(await newPerson(), text);
  await friend.expectState("Text", "seeding");
  await expect(friend.entry("Text").getByLabel("Text", { exact: true })).toHaveValue(WORDS);
  await expect(friend.entry("Text")).toContainText(`${WORDS.length} bytes`);

  const said = tracker.said.join("\n");
  expect(said).toContain("announce");
  for (const secret of ["Trip", "secret", "Text", key, text.slice(-43)]) expect(said).not.toContain(secret);
  await tracker.stop();
});
