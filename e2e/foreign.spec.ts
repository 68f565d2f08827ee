import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "@playwright/test";
import { launchOptions } from "./chromium.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { test as base, expect } from "./fixtures.ts";
import { isMissing } from "./missing.ts";
import { openSeeder, openTab } from "./tab.ts";
import { runTracker } from "./tracker.ts";
import { NO_WEBTORRENT } from "./webtorrent.ts";

const installed = (path: string): string =>
  fileURLToPath(new URL(`foreign/node_modules/${path}`, import.meta.url));
const WEBTORRENT = installed("webtorrent/dist/webtorrent.min.js");
const FOREIGN_TRACKER = installed("bittorrent-tracker/server.js");

const NAME = "film.bin";

/** Foreign clients have built-in public trackers and STUN servers, so only this machine's names are looked up. */
const LOOPBACK_ONLY = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *.local";

/** What we use of WebTorrent. */
interface ForeignTorrent {
  readonly magnetURI: string;
  readonly files: readonly [{ blob(): Promise<Blob> }];
  on(event: "done", listener: (value: unknown) => void): void;
}

declare global {
  interface Window {
    webTorrent: {
      add(magnet: string): ForeignTorrent;
      seed(
        file: File | undefined,
        options: { announce: readonly string[] },
        done: (torrent: ForeignTorrent) => void,
      ): void;
    };
    sha256: (blob: Blob) => Promise<string>;
  }
}

/** Without the origin's private file system WebTorrent keeps pieces in memory: less of its own can go wrong. */
const WEBTORRENT_PAGE = `<!doctype html><input type="file">
<script>delete StorageManager.prototype.getDirectory</script>
<script type="module">
import WebTorrent from "/webtorrent.min.js";
window.sha256 = async (blob) => {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, "0")).join("");
};
window.webTorrent = new WebTorrent({ dht: false, tracker: { rtcConfig: { iceServers: [] } } });
</script>`;

const test = base.extend<{ foreignUrl: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the parameter's shape.
  foreignUrl: async ({}, use) => {
    const server = createServer(({ url }, response) => {
      const isScript = url?.endsWith(".js") ?? false;
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? readFileSync(WEBTORRENT) : WEBTORRENT_PAGE);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    await use(`http://127.0.0.1:${portOf(server)}/`);
    server.close();
  },
});

test.use({ launchOptions: launchOptions(LOOPBACK_ONLY) });
test.skip(isMissing(existsSync(WEBTORRENT), NO_WEBTORRENT), NO_WEBTORRENT);

test("WebTorrent downloads from our tab", async ({ tracker, foreignUrl, folder, context, newPerson }) => {
  const path = await randomFile(folder, NAME, 16 * MIB);
  const seeder = await openSeeder(context, tracker.url, path);
  const foreign = await openWebTorrent(await newPerson(), foreignUrl);
  const magnet = await seeder.magnetLink(NAME);
  const sum = await foreign.evaluate(async (link) => {
    const torrent = window.webTorrent.add(link);
    await new Promise((resolve) => torrent.on("done", resolve));
    return window.sha256(await torrent.files[0].blob());
  }, magnet);
  expect(sum).toBe(await sha256(path));
});

test("our tab downloads from WebTorrent", async ({ tracker, foreignUrl, folder, context, newPerson }) => {
  const path = await randomFile(folder, NAME, 16 * MIB);
  const foreign = await openWebTorrent(context, foreignUrl);
  await foreign.locator("input").setInputFiles(path);
  const magnet = await foreign.evaluate(async (announce) => {
    const [file] = document.querySelector("input")?.files ?? [];
    const torrent = await new Promise<ForeignTorrent>((resolve) => {
      window.webTorrent.seed(file, { announce: [announce] }, resolve);
    });
    return torrent.magnetURI;
  }, `ws://127.0.0.1:${tracker.port}/`);
  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.download(magnet);
  await leecher.expectState(NAME, "seeding");
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
});

test("our tabs find each other through the tracker of bittorrent-tracker", async ({ folder, newPerson }) => {
  const { default: ForeignTracker } = await import(FOREIGN_TRACKER);
  const foreign = new ForeignTracker({ http: false, udp: false, stats: false });
  foreign.listen(0, "127.0.0.1");
  await once(foreign, "listening");
  // Each page comes from its own tracker, so that both have only the foreign one in common.
  const trackers = await Promise.all([runTracker(), runTracker()]);
  try {
    const path = await randomFile(folder, NAME, 16 * MIB);
    const seeder = await openSeeder(await newPerson(), trackers[0].url, path);
    const link = `magnet:?xt=urn:btih:${await seeder.infoHash(NAME)}&dn=${NAME}&tr=ws://127.0.0.1:${portOf(foreign.http)}`;
    await seeder.download(link);
    await expect
      .poll(() => seeder.magnetLink(NAME))
      .toContain(encodeURIComponent(`ws://127.0.0.1:${portOf(foreign.http)}`));
    const leecher = await openTab(await newPerson(), trackers[1].url);
    await leecher.download(link);
    await leecher.expectState(NAME, "seeding");
    expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
  } finally {
    await Promise.all(trackers.map((tracker) => tracker.stop()));
    foreign.close(); // Completes when the last page has gone.
  }
});

async function openWebTorrent(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => window.webTorrent !== undefined);
  return page;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen");
  return address.port;
}
