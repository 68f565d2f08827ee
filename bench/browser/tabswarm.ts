import type { Page } from "@playwright/test";
import type { OpenSwarmTab, Received, Shared, SwarmTab } from "./swarm-tab.ts";

/** Our page, used as a person would and observed from outside. */
export const openTabswarm: OpenSwarmTab = async ({ context, pageUrl }) => {
  const page = await context.newPage();
  await page.goto(pageUrl);
  await page.getByLabel("Choose files").waitFor({ state: "attached" });
  return new TabswarmTab(page);
};

/** A tab with our page and at most one torrent. */
export class TabswarmTab implements SwarmTab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async share(path: string): Promise<Shared> {
    const ready = this.page.evaluate(secondsFromChoiceToSeeding);
    await this.page.getByLabel("Choose files").setInputFiles(path);
    const readySeconds = await ready;
    return { readySeconds, link: await this.page.getByLabel("Share link").inputValue() };
  }

  receive(link: string): Promise<Received> {
    return this.page.evaluate(receive, new URL(link).hash);
  }

  async sentBytes(): Promise<number> {
    await this.page.getByRole("button", { name: "Details" }).click();
    const sent = await this.page.locator("dt", { hasText: "Sent" }).locator("+ dd").textContent();
    return bytesOf(sent ?? "");
  }
}

/** Reads a size as the page writes it: `75.3 MB`. */
function bytesOf(text: string): number {
  const units: Readonly<Record<string, number>> = { bytes: 1, kB: 1e3, MB: 1e6, GB: 1e9 };
  const [value, unit = ""] = text.split(" ");
  const bytes = Number(value) * (units[unit] ?? Number.NaN);
  if (Number.isNaN(bytes)) throw new Error(`The page shows "${text}" as sent.`);
  return bytes;
}

/** Runs in the tab. */
function secondsFromChoiceToSeeding(): Promise<number> {
  return new Promise((resolve) => {
    let startedAt = 0;
    addEventListener("change", () => (startedAt = performance.now()), { capture: true, once: true });
    const observer = new MutationObserver(() => {
      if (document.querySelector("article[data-state=seeding]") === null) return;
      observer.disconnect();
      resolve((performance.now() - startedAt) / 1000);
    });
    observer.observe(document, { subtree: true, childList: true, attributeFilter: ["data-state"] });
  });
}

/** Runs in the tab. The card is updated only four times a second, so this looks for the first piece in the database. */
async function receive(hash: string): Promise<Received> {
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  const complete = new Promise<number>((resolve) => {
    const observer = new MutationObserver(() => {
      const state = document.querySelector("article")?.getAttribute("data-state");
      if (state === "error") throw new Error(document.querySelector("article")?.textContent ?? "");
      if (state !== "seeding") return;
      observer.disconnect();
      resolve(seconds());
    });
    observer.observe(document, { subtree: true, childList: true, attributeFilter: ["data-state"] });
  });
  location.hash = hash;

  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open("tabswarm");
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  const pieceCount = (): Promise<number> =>
    new Promise((resolve, reject) => {
      const counting = database.transaction("pieces").objectStore("pieces").count();
      counting.onsuccess = () => resolve(counting.result);
      counting.onerror = () => reject(counting.error);
    });
  while ((await pieceCount()) === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const firstPieceSeconds = seconds();
  database.close();
  return { firstPieceSeconds, seconds: await complete };
}
