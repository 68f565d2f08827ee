import { type Browser, type BrowserContext, chromium } from "@playwright/test";
import { MIB, PIECE_BYTES, randomFile, sha256 } from "./files.ts";
import { test as base, expect } from "./fixtures.ts";
import { watchLinks } from "./link-probe.ts";
import { isMissing } from "./missing.ts";
import { canMakeNetworks, NO_NETWORKS, OwnNetwork } from "./own-network.ts";
import { openSeeder, openTab, type Tab } from "./tab.ts";

const NAME = "film.bin";
const BYTES = 16 * MIB;
const PIECES = BYTES / PIECE_BYTES;
const UNREACHABLE = "This page cannot reach the tracker";

interface Fixtures {
  network: OwnNetwork;
  url: string;
  /** Makes somebody whose browser is on that machine of the network. */
  personAt: (where: "home" | "away") => Promise<BrowserContext>;
}

const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape.
  network: async ({}, use) => {
    const network = OwnNetwork.make();
    await use(network);
    network.remove();
  },
  url: async ({ network }, use) => {
    const tracker = network.run("tracker", "--host", "0.0.0.0", "--port", "0", "--log-level", "warn");
    const { port } = await tracker.line("listening");
    await use(`http://${network.host}:${port}/`);
    await tracker.stop();
  },
  personAt: async ({ network, url, folder }, use) => {
    const browsers: Browser[] = [];
    await use(async (where) => {
      const browser = await chromium.launch(await network.launchOptions(where, folder, new URL(url).origin));
      browsers.push(browser);
      const person = await browser.newContext({ serviceWorkers: "block" });
      await person.addInitScript(watchLinks);
      return person;
    });
    for (const browser of browsers) await browser.close();
  },
});

test.skip(isMissing(canMakeNetworks(), NO_NETWORKS), NO_NETWORKS);

test("a download goes on by itself after its network was dead for half a minute", async ({
  network,
  url,
  personAt,
  folder,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(await personAt("home"), url, path);
  const leecher = await halfDownloaded(await personAt("away"), await seeder.shareLink(NAME));
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
  personAt,
  folder,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const seeder = await openSeeder(await personAt("home"), url, path);
  const link = await seeder.shareLink(NAME);
  const leecher = await openTab(await personAt("away"), link);
  await leecher.expectState(NAME, "seeding");
  await seeder.page.close();
  await expectLinks(leecher, 0);
  network.unplug();
  network.renumber();
  network.plugIn();
  const third = await openTab(await personAt("home"), link);
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
