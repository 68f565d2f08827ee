import { launchOptions } from "./chromium.ts";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { expectLegible } from "./legible.ts";
import { openTab } from "./tab.ts";

const NAME = "film.bin";
const HOST = "lan.test";

// Plain http under a name that is not localhost, as on a LAN: no crypto.subtle, no clipboard API, no Web Locks.
test.use({ launchOptions: launchOptions(`--host-resolver-rules=MAP ${HOST} 127.0.0.1`) });

test("on plain http everything works: share, copy the link, download, save, reload", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const url = `http://${HOST}:${tracker.port}/`;
  const path = await randomFile(folder, NAME, 16 * MIB);
  const seeder = await openTab(context, url);
  expect(
    await seeder.page.evaluate(() => [isSecureContext, "subtle" in crypto, "clipboard" in navigator]),
  ).toEqual([false, false, false]);
  const ofHttps = seeder.page.getByText("Over https, this page could also be installed");
  await expect(ofHttps).toBeVisible();
  await expect(seeder.page.getByText("Open this page over https to encrypt")).toBeVisible();
  await expect(seeder.page.getByLabel("Encrypt with a key in the link")).toHaveCount(0);
  await expectLegible(seeder.page);
  await seeder.reload();
  await seeder.share(path);
  await seeder.expectState(NAME, "seeding");
  await expect(ofHttps).toHaveCount(0); // Once is enough.
  const link = await seeder.shareLink(NAME);
  expect(link).toContain(url);

  await seeder.press(NAME, "Copy link");
  await expect(seeder.entry(NAME).getByRole("button", { name: "Copied" })).toBeVisible();
  const box = seeder.page.getByLabel("Magnet link or info-hash");
  await box.focus();
  await seeder.page.keyboard.press("ControlOrMeta+V");
  await expect(box).toHaveValue(link);

  const leecher = await openTab(await newPerson(), link);
  await leecher.expectState(NAME, "seeding");
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));

  await seeder.page.close();
  await leecher.reload();
  await leecher.expectState(NAME, "seeding");
  const third = await openTab(await newPerson(), await leecher.shareLink(NAME));
  await third.expectState(NAME, "seeding");
});

test("on plain http, tabs of one browser know each other, too", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const url = `http://${HOST}:${tracker.port}/`;
  const seeder = await openTab(await newPerson(), url);
  await seeder.share(await randomFile(folder, NAME, MIB));
  await seeder.expectState(NAME, "seeding");
  const first = await openTab(context, await seeder.shareLink(NAME));
  await first.expectState(NAME, "seeding");
  const second = await openTab(context, url);
  await expect(second.entries).toHaveCount(0);
  await first.page.close();
  const third = await openTab(context, url);
  await third.expectState(NAME, "seeding");
});

test("on plain http, a tab decrypts an encrypted share, too, with a library that it loads only then", async ({
  tracker,
  folder,
  context,
}) => {
  const path = await randomFile(folder, NAME, MIB);
  const url = `http://${HOST}:${tracker.port}/`;
  const seed = new RunningCommand("seed", path, "--encrypt", "--tracker", tracker.url, "--port", "0");
  const link = String((await seed.line("seeding"))["link"]);
  const tab = await openTab(context, `${url}${link.slice(link.indexOf("#"))}`);
  const scripts = (): Promise<string[]> =>
    tab.page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  await tab.expectState(NAME, "seeding");
  expect(await sha256(await tab.save(NAME))).toBe(await sha256(path));
  expect((await scripts()).filter((name) => name.includes("noble-cipher"))).toHaveLength(1);
});
