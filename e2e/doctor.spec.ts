import { createHmac } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BrowserContext, chromium } from "@playwright/test";
import { issueCertificate, makeAuthority } from "#signal-tracker/certificates/authority.ts";
import { launchOptions, wholeBrowser } from "./chromium.ts";
import { RunningCommand } from "./command.ts";
import { findCoturn, NO_COTURN, startCoturn } from "./coturn.ts";
import { BareChromium } from "./devtools.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { isMissing } from "./missing.ts";
import { NO_NETWORK, ownAddress } from "./own-address.ts";
import { openSeeder, openTab } from "./tab.ts";
import { runTracker } from "./tracker.ts";
import { findCertutil, homeThatTrusts, NO_CERTUTIL } from "./trust-store.ts";
import { takeWorkersAway } from "./workers.ts";

const NAME = "film.bin";
/** Nobody has this torrent. */
const LONELY = `#${"7".repeat(40)}&dn=lonely`;
/** A link that nothing answers takes so long to be given up. */
const NO_ROUTE_MILLIS = 60_000;

test("a tracker that is gone: which, why, when it is asked again, and a button that asks it now", async ({
  tracker,
  context,
}) => {
  const tab = await openTab(context, `${tracker.url}${LONELY}`);
  await expect(tab.entry("lonely")).toContainText("Looking for people who have this file…");
  await expect(tab.trouble("lonely")).toContainText("Nobody with this file is online.");
  await tab.page.waitForLoadState("networkidle");
  await tracker.stop();
  await expect(tab.trouble("lonely")).toContainText(
    new RegExp(
      `cannot reach the tracker, .* \\(127\\.0\\.0\\.1:${tracker.port}: .+\\)\\. Next try in \\d+ s\\.`,
    ),
  );
  await expect(tab.entry("lonely").locator(".warning")).toHaveCount(1);
  // The longer it is gone, the longer the page waits. Whoever knows better need not.
  await expect(tab.trouble("lonely")).toContainText(/Next try in ([6-9]|\d\d) s/, { timeout: 60_000 });
  const back = await runTracker("--port", `${tracker.port}`);
  await tab.press("lonely", "Try now");
  await expect(tab.trouble("lonely")).toContainText("Nobody with this file is online.", { timeout: 5_000 });
  await back.stop();
});

test("without any network the page says that, and not that the tracker is at fault", async ({
  tracker,
  context,
}) => {
  const tab = await openTab(context, `${tracker.url}${LONELY}`);
  await expect(tab.trouble("lonely")).toBeVisible();
  await context.setOffline(true);
  await tracker.stop();
  await expect(tab.trouble("lonely")).toContainText("This device is not connected to any network.");
});

test("those who are connected lack the same pieces", async ({ tracker, folder, context, newPerson }) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, 16 * MIB));
  const first = await openTab(await newPerson(), tracker.url);
  await first.slowDown(2 * MIB);
  await first.download(await seeder.shareLink(NAME));
  await expect.poll(async () => (await first.storedPieces()).length, { intervals: [100] }).toBeGreaterThan(2);
  await expect(first.trouble(NAME)).toHaveCount(0); // It moves.
  await seeder.page.close();
  const second = await openTab(await newPerson(), await first.shareLink(NAME));
  for (const tab of [first, second])
    await expect(tab.trouble(NAME)).toContainText(
      "Connected to 1 person, but what is missing here is missing there, too.",
    );
  await second.page.close();
  await expect(first.trouble(NAME)).toContainText("Nobody with this file is online.");
});

test("only a desktop without WebRTC has it: the page says so, and hands the link to another program", async ({
  tracker,
  folder,
  context,
}) => {
  const path = await randomFile(folder, NAME, MIB);
  const announce = `${tracker.url}announce`; // Over WebSocket it would be handed the tab's offers.
  const seeder = new RunningCommand("seed", path, "--tracker", announce, "--port", "0", "--no-rtc");
  const { infoHash } = await seeder.line("seeding");
  const tab = await openTab(context, `${tracker.url}#${infoHash}&dn=${NAME}`);
  await expect(tab.trouble(NAME)).toContainText(
    "1 person has it, but only in desktop programs, which a browser cannot reach.",
  );
  const elsewhere = tab.trouble(NAME).getByRole("link", { name: "Open in a desktop program" });
  expect(await elsewhere.getAttribute("href")).toMatch(/^magnet:\?xt=urn:btih:/);
  // Somebody whom browsers reach makes it go on, and the sentence goes.
  const reachable = await openSeeder(context, tracker.url, path);
  await tab.expectState(NAME, "seeding");
  await expect(tab.trouble(NAME)).toHaveCount(0);
  await reachable.page.close();
  expect(await seeder.stop()).toBe(0);
});

/** Runs in a page before its scripts, and makes its links use nothing but TURN servers, as the strictest routers do. */
function relayOnly(): void {
  const Original = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    constructor(config?: RTCConfiguration) {
      super({ ...config, iceTransportPolicy: "relay" });
    }
  };
}

test("no route between the two: the page says what was tried, and a TURN server of one's own is the way", async ({
  tracker,
  folder,
  newPerson,
}) => {
  test.setTimeout(240_000);
  const strict = async (): Promise<BrowserContext> => {
    const person = await newPerson();
    await person.addInitScript(relayOnly);
    return person;
  };
  const path = await randomFile(folder, NAME, MIB);
  const seeder = await openSeeder(await strict(), tracker.url, path);
  const leecher = await openTab(await strict(), tracker.url);
  await leecher.download(await seeder.shareLink(NAME));
  await expect(leecher.trouble(NAME)).toContainText(
    /^1 person has it, but no route leads from this browser to theirs \(this one offered none\)\./,
    { timeout: NO_ROUTE_MILLIS },
  );
  await leecher.press(NAME, "Add a TURN server");
  await expect(leecher.page.getByLabel("Address of the server")).toBeFocused();
  await leecher.page.getByRole("button", { name: "Done" }).click();

  const address = ownAddress() ?? "";
  if (isMissing(address, NO_NETWORK) || isMissing(findCoturn(), NO_COTURN)) return;
  const secret = "a secret of this test only";
  const turn = await startCoturn(address, secret, folder);
  const username = `${Math.floor(Date.now() / 1_000) + 3_600}:guest`;
  const password = createHmac("sha1", secret).update(username).digest("base64");
  for (const tab of [seeder, leecher]) {
    await tab.press(NAME, "Add a TURN server");
    await tab.page.getByLabel("Address of the server").fill(turn);
    await tab.page.getByLabel("User name").fill(username);
    await tab.page.getByLabel("Password", { exact: true }).fill(password);
    await tab.page.getByRole("button", { name: "Done" }).click();
  }
  await leecher.expectState(NAME, "seeding");
  await expect(leecher.trouble(NAME)).toHaveCount(0);
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
});

test("the browser keeps the page from the local network, and the page goes on once it is allowed", async ({
  tracker,
  folder,
}) => {
  const near = await runTracker();
  const far = `--ip-address-space-overrides=127.0.0.1:${tracker.port}=public,127.0.0.1:${near.port}=local`;
  const browser = await chromium.launch(wholeBrowser(far));
  const path = await randomFile(folder, NAME, MIB);
  const seeder = await openSeeder(await browser.newContext(), near.url, path);
  const guest = await browser.newContext();
  const announce = encodeURIComponent(`ws://127.0.0.1:${near.port}/announce`);
  const link = `${tracker.url}#${await seeder.infoHash(NAME)}&tr=${announce}&dn=${NAME}`;
  const leecher = await openTab(guest, link);
  await expect(leecher.trouble(NAME)).toContainText(
    `does not let this page reach devices on your network, such as the tracker 127.0.0.1:${near.port}.`,
  );
  await expect(leecher.trouble(NAME)).toContainText("Click the icon beside the page's address and allow it");
  await guest.grantPermissions(["local-network-access"], { origin: tracker.url.slice(0, -1) });
  await leecher.expectState(NAME, "seeding");
  await expect(leecher.trouble(NAME)).toHaveCount(0);
  await browser.close();
  await near.stop();
});

test("a tab in the background that the browser hardly lets run says so to whoever comes back", async ({
  tracker,
  folder,
}) => {
  test.setTimeout(240_000);
  // By default, the browser waits for five minutes before it lets timers run only once a minute.
  const soon = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/1";
  const browser = await BareChromium.start(join(folder, "profile"), soon);
  try {
    const tab = await browser.openTab(`${tracker.url}${LONELY}`, takeWorkersAway);
    await tab.waitFor(".trouble");
    await browser.openTab("about:blank");
    await tab.evaluate(`new Promise((resolve) => {
      const look = () => document.querySelector(".trouble")?.textContent.includes("in the background") && resolve();
      new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
      look();
    })`);
    expect(await tab.evaluate("document.visibilityState")).toBe("hidden");
    await tab.bringToFront();
    expect(await tab.evaluate("document.querySelector('.trouble').textContent")).toContain(
      "Keep the tab in view until it is done.",
    );
    await tab.evaluate(`new Promise((resolve) => {
      const look = () => document.querySelector(".trouble")?.textContent.includes("Nobody with this file") && resolve();
      new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
      look();
    })`);
  } finally {
    await browser.close();
  }
});

test("a wrong clock makes certificates look expired: the page measures it by the tracker's", async ({
  tracker,
  folder,
}) => {
  test.skip(isMissing(findCertutil(), NO_CERTUTIL), NO_CERTUTIL);
  // Seen from the servers, this browser's clock is so many days fast.
  const days = 500;
  const then = new Date(Date.now() - days * 24 * 60 * 60 * 1_000);
  const machine = { names: ["localhost"], addresses: ["127.0.0.1"] };
  const authority = await makeAuthority(machine, then);
  const { key, cert } = await issueCertificate(authority, machine, then);
  const files = { key: join(folder, "key.pem"), cert: join(folder, "cert.pem") };
  await writeFile(files.key, key);
  await writeFile(files.cert, cert);
  const secure = await runTracker("--https", "--https-port", "0", "--cert", files.cert, "--key", files.key);
  const home = join(folder, "home");
  await homeThatTrusts(authority.cert, home);
  const env = { ...process.env, HOME: home } as Record<string, string>;
  const browser = await chromium.launch({ ...launchOptions(), env });
  const context = await browser.newContext();
  const secureUrl = `https://127.0.0.1:${secure.httpsPort}/`;
  await expect((await context.newPage()).goto(secureUrl)).rejects.toThrow("ERR_CERT_DATE_INVALID");

  const page = await context.newPage();
  await page.route("**/config.json", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), date: then.toUTCString() } });
  });
  const announce = encodeURIComponent(`${secureUrl.replace("https", "wss")}announce`);
  await page.goto(`${tracker.url}${LONELY}&tr=${announce}`);
  const trouble = page.locator(".trouble");
  await expect(trouble).toContainText(`The clock of this device is ${days} days fast`);
  await expect(trouble).toContainText(
    `the tracker 127.0.0.1:${secure.httpsPort}. Set the clock, then try again.`,
  );

  // The clock is right again: the page asks for the time once more.
  await page.unroute("**/config.json");
  await trouble.getByRole("button", { name: "Try now" }).click();
  await expect(trouble).toContainText("which the link names, does not answer");
  await browser.close();
  await secure.stop();
});
