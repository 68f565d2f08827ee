import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MIB, randomFile, sha256, writtenFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

const ROOT = "Trip";

test("two of several files are chosen before a download starts, and one more when they are here; each can be saved alone", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const root = join(folder, ROOT);
  const names = ["IMG_10.jpg", "IMG_2.jpg", "film.bin", "notes.txt"];
  for (const name of names.slice(0, 3)) await randomFile(root, name, MIB);
  await writeFile(join(root, "notes.txt"), "Bring a towel.");
  const seeder = await openTab(context, tracker.url);
  await seeder.shareFolder(root);
  await seeder.expectState(ROOT, "seeding");

  const person = await newPerson();
  await person.addInitScript(() =>
    Object.defineProperty(navigator, "connection", {
      value: Object.assign(new EventTarget(), { saveData: true }),
    }),
  );
  const guest = await openTab(person, await seeder.shareLink(ROOT));
  await guest.expectState(ROOT, "paused");
  const entry = guest.entry(ROOT);
  const box = (name: string) => entry.getByRole("checkbox", { name, exact: true });
  await expect(entry.getByRole("button", { name: "Start (3.1 MB)" })).toBeVisible();
  await guest.press(ROOT, "None");
  await box("IMG_2.jpg").check();
  await box("notes.txt").check();
  await expect(entry.getByRole("button", { name: /^Start \(1\.\d MB\)$/ })).toBeVisible();
  await guest.reload();
  await expect(box("film.bin")).not.toBeChecked();
  await entry.getByRole("button", { name: /^Start \(1\.\d MB\)$/ }).click();
  const isComplete = entry.getByText("Complete", { exact: true });
  await expect(isComplete).toBeVisible();
  const first = (await guest.storedPieces()).length;

  await guest.details(ROOT, /files/);
  const saveOne = async (name: string): Promise<string> => {
    const download = guest.page.waitForEvent("download");
    await guest.press(ROOT, `Save ${name}`);
    return (await download).path();
  };
  expect(await sha256(await saveOne("IMG_2.jpg"))).toBe(await sha256(join(root, "IMG_2.jpg")));
  await expect(entry.getByRole("button", { name: "Save film.bin" })).toHaveCount(0);

  await box("film.bin").check();
  await entry.getByRole("button", { name: "Save film.bin" }).waitFor();
  await expect(isComplete).toBeVisible();
  expect((await guest.storedPieces()).length).toBeGreaterThan(first);
  expect(await sha256(await saveOne("film.bin"))).toBe(await sha256(join(root, "film.bin")));
  await expect(entry.getByRole("button", { name: "Save IMG_10.jpg" })).toHaveCount(0);
});

const PIXEL = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const HOSTILE = "<script>window.stolen = 1</script><img src=x onerror='window.stolen = 1'>";
const PDF = "%PDF-1.7\n1 0 obj << /OpenAction << /S /JavaScript /JS (app.stolen = 1) >> >> endobj";
const SVG = "<svg xmlns='http://www.w3.org/2000/svg' onload='window.stolen = 1'/>";

test("pictures and text of a complete download are shown by what they are, and nothing of them runs", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const root = join(folder, "Shown");
  await writtenFile(root, "a.txt", PIXEL);
  await writtenFile(root, "b.png", HOSTILE);
  await writtenFile(root, "c.jpg", SVG);
  await writtenFile(root, "d.html", Buffer.from([0, 1, 2, 3]));
  await writtenFile(root, "e.txt", PDF);
  const seeder = await openTab(context, tracker.url);
  await seeder.shareFolder(root);
  const guest = await openTab(await newPerson(), await seeder.shareLink("Shown"));
  await guest.expectState("Shown", "seeding");
  await guest.details("Shown", /files/);
  await guest.press("Shown", "Preview a.txt");
  const dialog = guest.page.getByRole("dialog");
  await expect(dialog.getByRole("img", { name: "a.txt" })).toHaveJSProperty("naturalWidth", 1);
  await guest.page.keyboard.press("ArrowRight");
  await expect(dialog.locator("pre")).toHaveText(HOSTILE);
  await guest.page.keyboard.press("ArrowRight");
  await expect(dialog.locator("pre")).toHaveText(SVG);
  await expect(dialog.locator("img, svg, script")).toHaveCount(0);
  await guest.page.keyboard.press("ArrowRight");
  await expect(dialog).toContainText("neither a picture nor text");
  await guest.page.keyboard.press("ArrowRight");
  await expect(dialog).toContainText("The page does not show PDFs");
  await expect(dialog.locator("pre, iframe, embed, object")).toHaveCount(0);
  await guest.page.keyboard.press("ArrowLeft");
  await guest.page.keyboard.press("ArrowLeft");
  await expect(dialog.locator("pre")).toHaveText(SVG);
  expect(await guest.page.evaluate(() => "stolen" in window)).toBe(false);
  await guest.page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
});
