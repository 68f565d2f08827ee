import { hostname } from "node:os";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { launchOptions } from "./chromium.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { isMissing } from "./missing.ts";
import { isSqliteMissing, NO_SQLITE } from "./sqlite.ts";
import { openTab } from "./tab.ts";
import { runTracker } from "./tracker.ts";
import { findCertutil, homeThatTrusts, NO_CERTUTIL } from "./trust-store.ts";

const NAME = "film.bin";
/** This machine as multicast DNS calls it, which is in its certificate and, unlike loopback, no secure context of its own. */
const HOST = `${hostname().split(".")[0]}.local`.toLowerCase();
const RESOLVE = `--host-resolver-rules=MAP ${HOST} 127.0.0.1`;

test.skip(isMissing(findCertutil(), NO_CERTUTIL), NO_CERTUTIL);
test.skip(isSqliteMissing(), NO_SQLITE);

test("a browser that trusts the tracker's authority shares and downloads in a secure context; any other is warned", async ({
  folder,
}) => {
  const tracker = await runTracker("--https", "--https-port", "0", "--data", join(folder, "data"));
  const home = join(folder, "home");
  await homeThatTrusts(await (await fetch(`${tracker.url}ca.crt`)).text(), home);
  const env = { ...process.env, HOME: home } as Record<string, string>;
  const url = `https://${HOST}:${tracker.httpsPort}/`;

  const stranger = await chromium.launch(launchOptions(RESOLVE));
  await expect((await stranger.newPage()).goto(url)).rejects.toThrow("ERR_CERT_AUTHORITY_INVALID");
  await stranger.close();

  const browser = await chromium.launch({ ...launchOptions(RESOLVE), env });
  const seeder = await openTab(await browser.newContext(), url);
  expect(
    await seeder.page.evaluate(() => [isSecureContext, "subtle" in crypto, "locks" in navigator]),
  ).toEqual([true, true, true]);
  const path = await randomFile(folder, NAME, 4 * MIB);
  await seeder.share(path);
  await seeder.expectState(NAME, "seeding");
  const link = await seeder.shareLink(NAME);
  expect(link).toContain(url);
  expect(await seeder.magnetLink(NAME)).toContain(
    encodeURIComponent(`wss://127.0.0.1:${tracker.httpsPort}/`),
  );

  const leecher = await openTab(await browser.newContext(), link);
  await leecher.expectState(NAME, "seeding");
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));

  // Who comes over plain http is in the same swarm.
  const plain = await openTab(await browser.newContext(), `${tracker.url}#${await seeder.infoHash(NAME)}`);
  await plain.expectState(NAME, "seeding");

  // A server on plain http is out of a secure page's reach, and the page says what to do.
  await leecher.download(`http://192.0.2.1:8000/#${"0".repeat(39)}1`);
  await expect(leecher.page.getByText("If nobody is found here, open the link itself")).toBeVisible();

  // Who does not trust it yet learns how, from the tracker's own view.
  await plain.page.goto(`${tracker.url}#/tracker`);
  await plain.page.getByRole("link", { name: "How your device trusts it" }).click();
  await expect(plain.page.getByRole("heading", { name: "Trust this tracker" })).toBeVisible();
  await expect(plain.page.getByText(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)).toBeVisible();
  await browser.close();
  await tracker.stop();
});
