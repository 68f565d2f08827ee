import { MIB, randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, type Tab } from "./tab.ts";

const NAME = "film.bin";
const OTHER = "other.bin";
/** Bytes a second. At this limit the files take 7 minutes. */
const LIMIT = 20_000;
const BYTES = 8 * MIB;

/** Opens the options of a torrent and fills in one of them. */
async function choose(tab: Tab, name: string, label: string, text: string): Promise<void> {
  const entry = tab.entry(name);
  const isOpen = await entry.getByRole("tab", { name: "Options" }).isVisible();
  if (isOpen) await entry.getByRole("tab", { name: "Options" }).click();
  else await tab.details(name, /^Options$/);
  const field = entry.getByLabel(label);
  await field.fill(text);
  await field.blur();
}

/** How many percent of a torrent are here. */
async function percent(tab: Tab, name: string): Promise<number> {
  return Number(await tab.entry(name).getByRole("progressbar").getAttribute("aria-valuenow"));
}

test("a torrent's own limit slows it alone down and outlasts a reload, and lifting it sets it free", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, BYTES));
  await seeder.share(await randomFile(folder, OTHER, BYTES));
  await seeder.expectState(OTHER, "seeding");
  await choose(seeder, NAME, "Send at most", "20");
  const guest = await openTab(await newPerson(), tracker.url);
  const links = [await seeder.magnetLink(NAME), await seeder.magnetLink(OTHER)];
  for (const link of links) await guest.download(link);
  await guest.expectState(OTHER, "seeding");
  await guest.expectState(NAME, "downloading");

  await choose(guest, NAME, "Receive at most", "20 kB/s");
  await guest.reload();
  await choose(seeder, NAME, "Send at most", "");
  await guest.entry(NAME).getByRole("button", { name: "Details" }).click();
  await guest.entry(NAME).getByRole("tab", { name: "Options" }).click();
  await expect(guest.entry(NAME).getByLabel("Receive at most")).toHaveValue("20 kB/s");
  const startedAt = performance.now();
  const before = (await guest.traffic()).receivedBytes;
  await expect(async () => {
    expect((await guest.traffic()).receivedBytes - before).toBeGreaterThan(60_000);
  }).toPass();
  const received = (await guest.traffic()).receivedBytes - before;
  expect(received).toBeLessThan(((performance.now() - startedAt) / 1_000 + 0.1) * LIMIT + 40_000);
  expect(await percent(guest, NAME)).toBeLessThan(50);

  await choose(guest, NAME, "Receive at most", "");
  await guest.expectState(NAME, "seeding");
});

test("a download that has sent as much as the settings say stops, says why also after a reload, and goes on when resumed", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, 2 * MIB));
  const link = await seeder.shareLink(NAME);
  const giver = await openTab(await newPerson(), tracker.url);
  await giver.page.getByRole("button", { name: "Settings" }).click();
  await giver.page.getByLabel("Stop after sending its size so many times").fill("1");
  await giver.page.getByRole("button", { name: "Done" }).click();
  await giver.download(link);
  await giver.expectState(NAME, "seeding");
  await seeder.page.close();
  const guest = await openTab(await newPerson(), tracker.url);
  await guest.download(link);
  await guest.expectState(NAME, "seeding");

  const says = giver.entry(NAME).getByText("it has sent its size as many times as you chose");
  await giver.expectState(NAME, "paused");
  await expect(says).toBeVisible();
  await giver.reload();
  await giver.expectState(NAME, "paused");
  await expect(says).toBeVisible();
  await giver.details(NAME, /Overview/);
  const facts = giver.entry(NAME).getByRole("definition");
  await expect(facts.filter({ hasText: "2.1 MB (1.0×)" })).toBeVisible(); // Sent.

  await giver.press(NAME, "Resume");
  await giver.expectState(NAME, "seeding");
  await giver.reload();
  await giver.expectState(NAME, "seeding");
  await giver.details(NAME, /^Options$/);
  await expect(giver.entry(NAME).getByRole("radio", { name: "Never by itself" })).toBeChecked();
});

test("what is shared has the piece length of the settings, and a download's order and peers outlast a reload", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openTab(context, tracker.url);
  await seeder.page.getByRole("button", { name: "Settings" }).click();
  await seeder.page.getByLabel("Piece length").selectOption("256 KiB");
  await seeder.page.getByRole("button", { name: "Done" }).click();
  await seeder.share(await randomFile(folder, NAME, 8 * MIB));
  await seeder.expectState(NAME, "seeding");
  const guest = await openTab(await newPerson(), tracker.url);
  await guest.slowDown(MIB);
  await guest.download(await seeder.magnetLink(NAME));
  await guest.expectState(NAME, "downloading");
  await guest.details(NAME, /Overview/);
  await expect(guest.entry(NAME).getByRole("definition").filter({ hasText: "256 KiB" })).toBeVisible();

  await choose(guest, NAME, "Peers at most", "1");
  await expect(guest.entry(NAME).getByRole("alert")).toContainText("Type a number from 4 to 50");
  await choose(guest, NAME, "Peers at most", "5");
  await guest.entry(NAME).getByLabel("Fetch pieces in order").check();
  await guest.reload();
  await guest.details(NAME, /^Options$/);
  await expect(guest.entry(NAME).getByLabel("Peers at most")).toHaveValue("5");
  await expect(guest.entry(NAME).getByLabel("Fetch pieces in order")).toBeChecked();
  await guest.expectState(NAME, "seeding");
});
