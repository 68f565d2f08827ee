import AxeBuilder from "@axe-core/playwright";
import { MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, type Tab } from "./tab.ts";

const NAME = "film.bin";
/** At this limit the file takes 20 minutes. */
const LIMIT = 20_000;
const BYTES = 24 * MIB;

/** Nothing answers there. */
const OWN_STUN = ["stun:127.0.0.1:9", "stun:[::1]:9"] as const;

async function choose(tab: Tab, label: string, text: string): Promise<void> {
  await tab.page.getByRole("button", { name: "Settings" }).click();
  await tab.page.getByLabel(label).fill(text);
  await tab.page.getByRole("button", { name: "Done" }).click();
}

/** Waits until the tab has received so many bytes more, and returns the most that its limit allowed meanwhile. */
async function receive(
  tab: Tab,
  bytes: number,
): Promise<{ readonly received: number; readonly most: number }> {
  const startedAt = performance.now();
  const before = (await tab.traffic()).receivedBytes;
  let received = 0;
  await expect(async () => {
    received = (await tab.traffic()).receivedBytes - before;
    expect(received).toBeGreaterThan(bytes);
  }).toPass();
  // A burst of 100 ms, and a block or two that were under way.
  return { received, most: ((performance.now() - startedAt) / 1_000 + 0.1) * LIMIT + 40_000 };
}

test("a limit slows what is under way down and outlasts a reload, and lifting it sets the transfer free", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(context, tracker.url, path);
  const guest = await openTab(await newPerson(), tracker.url);
  const { page } = guest;
  await choose(guest, "Receive at most", "20");
  await guest.reload();
  await guest.download(await seeder.magnetLink(NAME));
  const slow = await receive(guest, 60_000);
  expect(slow.received).toBeLessThan(slow.most);

  await choose(seeder, "Send at most", "20 kB/s");
  await choose(guest, "Receive at most", "");
  const slowToo = await receive(guest, 60_000);
  expect(slowToo.received).toBeLessThan(slowToo.most);

  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByLabel("Send at most").fill("much");
  await page.getByLabel("Receive at most").focus();
  await expect(page.getByRole("dialog").getByRole("alert")).toContainText("Type a speed from 5 kB/s");
  expect((await new AxeBuilder({ page }).include("dialog").analyze()).violations).toEqual([]);
  await page.keyboard.press("Escape");

  await choose(seeder, "Send at most", "");
  await guest.expectState(NAME, "seeding");
  expect(await sha256(await guest.save(NAME))).toBe(await sha256(path));
});

test("new links use the servers of one's own, without a reload", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, MIB));
  const guest = await openTab(await newPerson(), tracker.url);
  await guest.page.getByRole("button", { name: "Settings" }).click();
  await guest.page.getByLabel("Address of the server").fill(OWN_STUN[0]);
  await guest.page.getByRole("button", { name: "Add another server" }).click();
  await guest.page.getByLabel("Address of server 2").fill(OWN_STUN[1]);
  await guest.page.getByRole("button", { name: "Done" }).click();
  await guest.download(await seeder.magnetLink(NAME));
  await guest.expectState(NAME, "seeding");
  const { iceServers } = await guest.traffic();
  expect(iceServers.length).toBeGreaterThan(0);
  for (const servers of iceServers)
    expect(servers.slice(0, 2)).toEqual(OWN_STUN.map((url) => ({ urls: [url] })));
});
