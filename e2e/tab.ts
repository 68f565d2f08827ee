import { basename } from "node:path";
import { type BrowserContext, expect, type Locator, type Page } from "@playwright/test";
import type { LinkTraffic } from "./link-probe.ts";

type State =
  | "hashing"
  | "metadata"
  | "checking"
  | "downloading"
  | "seeding"
  | "needs-file"
  | "paused"
  | "error";

/** A transfer of the largest file, with all other work of a busy machine beside it. */
const TRANSFER_MILLIS = 90_000;

/** The page in one tab, as a person handles it. */
export class Tab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get entries(): Locator {
    return this.page.getByRole("article");
  }

  /** What went wrong, in sentences. */
  get alert(): Locator {
    return this.page.getByRole("alert");
  }

  entry(name: string): Locator {
    return this.entries.filter({ hasText: name });
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.ready();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  async share(...paths: readonly string[]): Promise<void> {
    await this.page.getByLabel("Choose files").setInputFiles([...paths]);
  }

  async shareFolder(path: string): Promise<void> {
    await this.page.getByLabel("Choose a folder").setInputFiles(path);
  }

  async download(text: string): Promise<void> {
    await this.page.getByLabel("Magnet link or info-hash").fill(text);
    await this.page.getByRole("button", { name: "Download", exact: true }).click();
  }

  async press(name: string, button: string): Promise<void> {
    await this.entry(name).getByRole("button", { name: button, exact: true }).click();
  }

  /** Removes an entry by the button of the question that follows. */
  async remove(name: string, answer: string): Promise<void> {
    await this.press(name, "Remove");
    await this.page.getByRole("dialog").getByRole("button", { name: answer, exact: true }).click();
  }

  async expectState(name: string, state: State): Promise<void> {
    await expect(this.entry(name)).toHaveAttribute("data-state", state, { timeout: TRANSFER_MILLIS });
  }

  async infoHash(name: string): Promise<string> {
    return (await this.entry(name).getAttribute("data-infohash")) ?? "";
  }

  shareLink(name: string): Promise<string> {
    return this.entry(name).getByLabel("Share link").inputValue();
  }

  magnetLink(name: string): Promise<string> {
    return this.entry(name).getByLabel("Magnet link").inputValue();
  }

  /** Presses `Save` or `Save all` and returns where the browser put the file. */
  async save(name: string): Promise<string> {
    const download = this.page.waitForEvent("download");
    await this.entry(name)
      .getByRole("button", { name: /^Save( all)?$/ })
      .click();
    return (await download).path();
  }

  /** Under what the tab keeps its torrents. */
  tabId(): Promise<string | null> {
    return this.page.evaluate(() => sessionStorage.getItem("tabswarm.tab"));
  }

  /** What the links of all torrents carried since the page was loaded. */
  traffic(): Promise<LinkTraffic> {
    return this.page.evaluate(() => window.readLinkTraffic());
  }

  /** The keys of all pieces that this browser keeps, of whichever tab. */
  storedPieces(): Promise<readonly (readonly [storageId: string, piece: number])[]> {
    return this.page.evaluate(readPieceKeys);
  }

  /** Bytes a second that this tab may send and receive, by the browser itself. Lasts until the tab is closed. */
  async slowDown(bytesPerSecond: number): Promise<void> {
    const devtools = await this.page.context().newCDPSession(this.page);
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 0,
      downloadThroughput: bytesPerSecond,
      uploadThroughput: bytesPerSecond,
    });
  }

  /** Waits until the list that was kept is back. */
  async ready(): Promise<void> {
    await this.page.locator("[data-ready=true]").waitFor();
  }
}

export async function openTab(context: BrowserContext, url: string): Promise<Tab> {
  const tab = new Tab(await context.newPage());
  await tab.open(url);
  return tab;
}

/** A tab that seeds one file. */
export async function openSeeder(context: BrowserContext, url: string, path: string): Promise<Tab> {
  const tab = await openTab(context, url);
  await tab.share(path);
  await tab.expectState(basename(path), "seeding");
  return tab;
}

function readPieceKeys(): Promise<[string, number][]> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("tabswarm");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const reading = opening.result.transaction("pieces").objectStore("pieces").getAllKeys();
      opening.result.close();
      reading.onerror = () => reject(reading.error);
      reading.onsuccess = () => resolve(reading.result as [string, number][]);
    };
  });
}
