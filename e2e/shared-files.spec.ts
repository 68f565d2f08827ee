import { rm, truncate } from "node:fs/promises";
import { MIB, randomFile, sha256, writtenFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab } from "./tab.ts";

const NAME = "film.bin";

test("after a reload the page asks for a shared file, and accepts only the unchanged one", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, 4 * MIB);
  const seeder = await openSeeder(context, tracker.url, path);
  const link = await seeder.shareLink(NAME);
  expect(await seeder.storedPieces()).toEqual([]); // Sharing copies nothing.

  await seeder.reload();
  await seeder.expectState(NAME, "needs-file");
  await expect(seeder.entry(NAME)).toContainText("Select it again; the link stays the same.");
  expect(await seeder.shareLink(NAME)).toBe(link);
  const again = seeder.entry(NAME).getByLabel("Select the file again");

  await again.setInputFiles(await randomFile(folder, "other.bin", 4 * MIB));
  await expect(seeder.alert).toContainText("film.bin is not among the files you chose.");
  await again.setInputFiles(await randomFile(folder, "longer/film.bin", 5 * MIB));
  await expect(seeder.alert).toContainText("film.bin has changed: its size is different.");
  await again.setInputFiles(await randomFile(folder, "changed/film.bin", 4 * MIB));
  await expect(seeder.alert).toContainText("film.bin has changed since you shared it.");
  await seeder.expectState(NAME, "needs-file");

  const leecher = await openTab(await newPerson(), link);
  await again.setInputFiles(path);
  await seeder.expectState(NAME, "seeding");
  await leecher.expectState(NAME, "seeding");
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
});

test("a file that is selected again is checked before it is served", async ({ tracker, folder, context }) => {
  const path = await writtenFile(folder, NAME, "");
  await truncate(path, 256 * MIB); // Sparse, but big enough that the check can be seen.
  const seeder = await openSeeder(context, tracker.url, path);
  await seeder.reload();
  await seeder.expectState(NAME, "needs-file");
  const checking = seeder.entry(NAME).and(seeder.page.locator("[data-state=checking]")).waitFor();
  await seeder.entry(NAME).getByLabel("Select the file again").setInputFiles(path);
  await checking;
  await seeder.expectState(NAME, "seeding");
});

test("after a reload the page asks for a shared folder as a folder", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  for (const name of ["one.txt", "deeper/two.txt"]) await randomFile(folder, `Docs/${name}`, 1000);
  const seeder = await openTab(context, tracker.url);
  await seeder.shareFolder(`${folder}/Docs`);
  await seeder.expectState("Docs", "seeding");
  await seeder.reload();
  await seeder.entry("Docs").getByLabel("Select the folder again").setInputFiles(`${folder}/Docs`);
  await seeder.expectState("Docs", "seeding");
  const leecher = await openTab(await newPerson(), await seeder.shareLink("Docs"));
  await leecher.expectState("Docs", "seeding");
});

test("a paused share stays paused when its file is selected again", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, MIB);
  const seeder = await openSeeder(context, tracker.url, path);
  await seeder.press(NAME, "Pause");
  await seeder.expectState(NAME, "paused");
  await seeder.reload();
  await seeder.entry(NAME).getByLabel("Select the file again").setInputFiles(path);
  await seeder.expectState(NAME, "paused");

  const leecher = await openTab(await newPerson(), await seeder.shareLink(NAME));
  await expect(leecher.entry(NAME)).toContainText("Nobody with this file is online.");
  await seeder.press(NAME, "Resume");
  await leecher.expectState(NAME, "seeding");
});

test("a person who has the file of a stalled download can share it instead", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, 8 * MIB);
  const seeder = await openSeeder(context, tracker.url, path);
  const waiting = await openTab(await newPerson(), tracker.url);
  await waiting.slowDown(2 * MIB);
  await waiting.download(await seeder.shareLink(NAME));
  await expect
    .poll(async () => (await waiting.storedPieces()).length, { intervals: [100] })
    .toBeGreaterThan(2);
  await seeder.page.close();

  await waiting.share(path);
  // Until it has been hashed, it is in the list twice.
  await expect(waiting.page.locator("article[data-state=seeding]")).toHaveCount(1);
  await expect(waiting.entries).toHaveCount(1);
  await expect.poll(() => waiting.storedPieces()).toEqual([]);
  const leecher = await openTab(await newPerson(), await waiting.shareLink(NAME));
  await leecher.expectState(NAME, "seeding");
});

test("a file that changes while it is shared is no longer served", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, 4 * MIB);
  const seeder = await openSeeder(context, tracker.url, path);
  await rm(path);
  const leecher = await openTab(await newPerson(), await seeder.shareLink(NAME));
  await expect(seeder.entry(NAME)).toContainText(
    "film.bin was changed, moved or deleted after you chose it.",
  );
  expect(await leecher.storedPieces()).toEqual([]);
});

test.describe("in a browser with file handles", () => {
  // No test can use the browser's own picker. A handle from the page's private file system is a real one: the database can
  // keep it, and the test can fake its permission.
  test.beforeEach(async ({ context }) => {
    await context.addInitScript(() => {
      window.showOpenFilePicker = async () => {
        const root = await navigator.storage.getDirectory();
        const handle = await root.getFileHandle("film.bin", { create: true });
        const file = await handle.createWritable();
        await file.write(new Uint8Array(1024 * 1024).fill(7));
        await file.close();
        return [handle];
      };
    });
  });

  test("after a reload a shared file resumes by itself, even if it was touched", async ({
    tracker,
    context,
    newPerson,
  }) => {
    const seeder = await openTab(context, tracker.url);
    await seeder.page.getByText("Choose files", { exact: true }).click();
    await seeder.expectState(NAME, "seeding");
    await seeder.page.evaluate(() => window.showOpenFilePicker?.({ multiple: true })); // Writes the same bytes again.
    await seeder.reload();
    await seeder.expectState(NAME, "seeding");
    const leecher = await openTab(await newPerson(), await seeder.shareLink(NAME));
    await leecher.expectState(NAME, "seeding");
  });

  for (const encrypts of [false, true])
    test(`one button asks for a lapsed permission again, ${encrypts ? "encrypted" : "unencrypted"}`, async ({
      tracker,
      context,
      newPerson,
    }) => {
      const seeder = await openTab(context, tracker.url);
      await seeder.page.getByLabel("Encrypt with a key in the link").setChecked(encrypts);
      await seeder.page.getByText("Choose files", { exact: true }).click();
      await seeder.expectState(NAME, "seeding");
      await context.addInitScript(() => {
        let permission: PermissionState = "prompt";
        FileSystemFileHandle.prototype.queryPermission = async () => permission;
        FileSystemFileHandle.prototype.requestPermission = async () => {
          if (navigator.userActivation.isActive) permission = "granted";
          return permission;
        };
      });
      await seeder.reload();
      await seeder.expectState(NAME, "needs-file");
      await seeder.press(NAME, "Continue sharing");
      await seeder.expectState(NAME, "seeding");
      const link = await seeder.shareLink(NAME);
      expect(link.includes("&k=")).toBe(encrypts);
      const leecher = await openTab(await newPerson(), link);
      await leecher.expectState(NAME, "seeding");
    });
});
