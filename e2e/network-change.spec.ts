import { type BrowserContext, chromium } from "@playwright/test";
import { launchOptions } from "./chromium.ts";
import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { test as base, expect } from "./fixtures.ts";
import { watchLinks } from "./link-probe.ts";
import { isMissing } from "./missing.ts";
import { canMakeNetworks, NAMED_ADDRESSES, NO_NETWORKS, OwnNetwork } from "./own-network.ts";
import { openSeeder, openTab, type Tab } from "./tab.ts";
import { runTracker } from "./tracker.ts";

const NAME = "film.bin";
const BYTES = 16 * MIB;
const PIECES = BYTES / PIECE_BYTES;
const UNREACHABLE = "This page cannot reach the tracker";

interface Fixtures {
  network: OwnNetwork;
  url: string;
  /** Somebody whose browser is in that network. */
  person: BrowserContext;
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape.
  network: async ({}, use) => {
    const network = OwnNetwork.make();
    await use(network);
    network.remove();
  },
  url: async ({ network }, use) => {
    const tracker = await runTracker("--host", "0.0.0.0");
    await use(`http://${network.host}:${tracker.port}/`);
    await tracker.stop();
  },
  person: async ({ network, url, folder }, use) => {
    const browser = await chromium.launch(await network.launchOptions(folder, new URL(url).origin));
    const person = await browser.newContext({ serviceWorkers: "block" });
    await person.addInitScript(watchLinks);
    await use(person);
    await browser.close();
  },
});

test.skip(isMissing(canMakeNetworks(), NO_NETWORKS), NO_NETWORKS);
test.use({ launchOptions: launchOptions(NAMED_ADDRESSES) });

test("a download goes on by itself after its network was dead for half a minute", async ({
  network,
  url,
  person,
  folder,
  context,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(context, url, path);
  const leecher = await halfDownloaded(person, await seeder.shareLink(NAME));
  network.goSilent();
  for (const tab of [seeder, leecher]) await expectLinks(tab, 0);
  const held = (await leecher.storedPieces()).length;
  expect(held).toBeLessThan(PIECES);
  const { receivedBytes } = await leecher.traffic();
  await expect(leecher.entry(NAME)).toContainText(UNREACHABLE, { timeout: 60_000 });

  network.comeBack();
  await leecher.expectState(NAME, "seeding");
  await expect(leecher.entry(NAME)).not.toContainText(UNREACHABLE);
  const again = (await leecher.traffic()).receivedBytes - receivedBytes;
  expect(again).toBeLessThan((PIECES - held + 1) * PIECE_BYTES);
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
});

test("a finished download is shared from another network, where no connection is left that could notice the change", async ({
  network,
  url,
  person,
  folder,
  context,
  newPerson,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(context, url, path);
  const link = await seeder.shareLink(NAME);
  const leecher = await openTab(person, link);
  await leecher.expectState(NAME, "seeding");
  await seeder.page.close();
  await expectLinks(leecher, 0);
  network.unplug();
  network.renumber();
  network.plugIn();
  const third = await openTab(await newPerson(), link);
  await third.expectState(NAME, "seeding");
  expect(await sha256(await third.save(NAME))).toBe(await sha256(path));
});

async function halfDownloaded(person: BrowserContext, link: string): Promise<Tab> {
  const tab = await openTab(person, new URL("/", link).href);
  await tab.slowDown(MIB);
  await tab.download(link);
  await expect
    .poll(async () => (await tab.storedPieces()).length, { intervals: [100] })
    .toBeGreaterThan(PIECES / 8);
  return tab;
}

function expectLinks(tab: Tab, count: number): Promise<void> {
  return expect.poll(async () => (await tab.traffic()).openLinks, { timeout: 60_000 }).toBe(count);
}
