import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

const NAME = "Kỳ nghỉ 🏖";
const [FILM, NOTE] = ["biển.bin", "ghi chú.txt"];
const TEXT = "chỉ cho bạn";

test("a tab receives an encrypted share, keeps it over a reload, and needs the whole link for it", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const shared = join(folder, NAME);
  await mkdir(shared);
  const film = await randomFile(shared, FILM, 4 * MIB);
  await writeFile(join(shared, NOTE), TEXT);
  const seed = new RunningCommand("seed", shared, "--encrypt", "--tracker", tracker.url, "--port", "0");
  const link = String((await seed.line("seeding"))["link"]);
  const keyless = link.replace(/&k=.*/, "");

  // Without its key.
  const tab = await openTab(context, keyless);
  await tab.expectState("Encrypted share", "error");
  const entry = tab.entry("Encrypted share");
  await expect(entry.getByRole("img", { name: "Encrypted, and its key is missing" })).toBeVisible();
  await expect(entry).toContainText("This share needs its key");
  await expect(entry.getByRole("button", { name: /^(Save|Play|Resume)/ })).toHaveCount(0);

  // The whole link.
  await tab.download(link);
  await tab.expectState(NAME, "seeding");
  const lock = tab.entry(NAME).getByRole("img", { name: /^Encrypted: only people with the link/ });
  await expect(lock).toBeVisible();
  expect(await tab.shareLink(NAME)).toBe(link);
  expect(await tab.magnetLink(NAME)).not.toMatch(/[?&](k|dn)=/);

  // Nobody else has it any more.
  expect(await seed.stop()).toBe(0);
  await tab.reload();
  await tab.expectState(NAME, "seeding");
  const zip = await readFile(await tab.save(NAME));
  const loads = await tab.page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => name),
  );
  expect(loads.filter((name) => name.includes("noble-cipher"))).toEqual([]); // For plain http alone.
  expect(zip.includes(await readFile(film))).toBe(true);
  expect(zip.includes(TEXT)).toBe(true);
  for (const name of [FILM, NOTE]) expect(zip.includes(`${NAME}/${name}`)).toBe(true);

  // The next person gets it from the tab, and another tab of the same browser from its storage.
  const second = await openTab(await newPerson(), await tab.shareLink(NAME));
  await second.expectState(NAME, "seeding");
  await second.details(NAME, /2 files/);
  const download = second.page.waitForEvent("download");
  await second
    .entry(NAME)
    .getByRole("button", { name: `Save ${NOTE}` })
    .click();
  expect(await readFile(await (await download).path(), "utf8")).toBe(TEXT);
  const beside = await openTab(context, tracker.url);
  await beside.page.getByRole("button", { name: "Open here too" }).click();
  await beside.expectState(NAME, "seeding");
  expect(await beside.shareLink(NAME)).toBe(link);

  // A wrong key has nothing of it, though other tabs of this browser have all.
  const wrong = await openTab(context, `${keyless}&k=${"k".repeat(42)}A`);
  await wrong.expectState("Encrypted share", "error");
  await expect(wrong.entry("Encrypted share")).toContainText("The key in this link is not that of the share");
  await expect(wrong.entry("Encrypted share").getByRole("progressbar")).toHaveAttribute("aria-valuenow", "0");
});
