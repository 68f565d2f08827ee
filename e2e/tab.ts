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

/** Time to transfer the largest file on a busy machine. */
const TRANSFER_MILLIS = 90_000;

/** The page in one tab, used as a person would. */
export class Tab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get entries(): Locator {
    return this.page.getByRole("article");
  }

  get linkBox(): Locator {
    return this.page.getByLabel("Got a link? Paste it here");
  }

  /** Why nothing moves on an entry, and what to do. */
  trouble(name: string): Locator {
    return this.entry(name).locator(".trouble");
  }

  /** Messages over the page. */
  get notices(): Locator {
    return this.page.getByRole("button", { name: "Dismiss" });
  }

  /** The sentences that say what went wrong. */
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

  /** Opens a view by the link in the header that says so. */
  async view(link: string): Promise<void> {
    await this.page.getByRole("navigation").getByRole("link", { name: link, exact: true }).click();
  }

  async logIn(name: string, password: string): Promise<void> {
    await this.page.getByLabel("Name", { exact: true }).fill(name);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: "Log in", exact: true }).click();
  }

  /** Opens the view of accounts and registers there. */
  async register(name: string, password: string): Promise<void> {
    await this.view("Log in");
    await this.page.getByRole("button", { name: "Register instead" }).click();
    await this.page.getByLabel("Name", { exact: true }).fill(name);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: "Register", exact: true }).click();
    await this.page.getByRole("heading", { level: 1, name }).waitFor();
  }

  async publish(name: string, description: string): Promise<void> {
    await this.press(name, "Show in the catalog");
    await this.entry(name).getByLabel("Description (optional)").fill(description);
    await this.press(name, "Publish");
    await this.entry(name).getByRole("button", { name: "Take out of the catalog" }).waitFor();
  }

  async press(name: string, button: string): Promise<void> {
    await this.entry(name).getByRole("button", { name: button, exact: true }).click();
  }

  /** Opens an entry's details at this tab. */
  async details(name: string, tab: RegExp): Promise<void> {
    await this.press(name, "Details");
    await this.entry(name).getByRole("tab", { name: tab }).click();
  }

  /** Removes an entry, with this button of the dialog. */
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

  /** The id under which the tab keeps its torrents. */
  tabId(): Promise<string | null> {
    return this.page.evaluate(() => sessionStorage.getItem("tabswarm.tab"));
  }

  /** The traffic of all torrents' links since the page was loaded. */
  traffic(): Promise<LinkTraffic> {
    return this.page.evaluate(() => window.readLinkTraffic());
  }

  /** The keys of all pieces that this browser keeps, for any tab. */
  storedPieces(): Promise<readonly (readonly [storageId: string, piece: number])[]> {
    return this.page.evaluate(readPieceKeys);
  }

  /** Waits until more than a quarter of so many pieces is stored. Returns how many are: not all yet. */
  async storedMidway(pieceCount: number): Promise<number> {
    const count = async (): Promise<number> => (await this.storedPieces()).length;
    await expect.poll(count, { intervals: [100] }).toBeGreaterThan(pieceCount / 4);
    const held = await count();
    expect(held).toBeLessThan(pieceCount);
    return held;
  }

  /** The names of the files in which this browser's workers keep pieces. */
  pieceFiles(): Promise<readonly string[]> {
    return this.page.evaluate(listPieceFiles);
  }

  /** Makes the browser limit what this tab sends and receives, until the tab is closed. */
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

  /** Waits until the stored list is back. */
  async ready(): Promise<void> {
    await this.page.locator("[data-ready=true]").waitFor();
  }
}

export async function openTab(context: BrowserContext, url: string): Promise<Tab> {
  const tab = new Tab(await context.newPage());
  await tab.open(url);
  return tab;
}

/** Opens a tab that seeds one file. */
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

async function listPieceFiles(): Promise<string[]> {
  const root = await navigator.storage.getDirectory();
  const pieces = await root.getDirectoryHandle("pieces");
  const names: string[] = [];
  for await (const name of pieces.keys()) names.push(name);
  return names;
}
