import type { Page } from "@playwright/test";
import { RunningCommand } from "../../e2e/command.ts";
import type { Stage } from "../browser/stage.ts";

/** A busy machine takes minutes to share hundreds of files. */
const PATIENCE_MILLIS = 600_000;
const SMALL_BYTES = 20_000;
const PIECE_BYTES = 16 * 1024;

/** Opens our page. Resolves when its list has been read. */
export async function openPage({ context, pageUrl }: Stage): Promise<Page> {
  const page = await context.newPage();
  await page.goto(pageUrl);
  await page.locator("[data-ready=true]").waitFor();
  return page;
}

/** Opens our page and shares this many files there, each for itself. */
export async function openCrowdedPage(stage: Stage, torrents: number): Promise<Page> {
  const page = await openPage(stage);
  await page.getByLabel("Choose files").evaluate(chooseEach, { torrents, bytes: SMALL_BYTES });
  await page.waitForFunction(
    (wanted) => document.querySelectorAll("article[data-state=seeding]").length === wanted,
    torrents,
    { timeout: PATIENCE_MILLIS },
  );
  return page;
}

/** Has the page download a torrent of this many pieces from a desktop while `act` runs. */
export async function whileDownloading(
  stage: Stage,
  page: Page,
  pieces: number,
  act: () => Promise<void>,
): Promise<void> {
  const path = await stage.file(pieces * PIECE_BYTES);
  const seeder = new RunningCommand("seed", path, "--piece-length", "16K", "--tracker", stage.pageUrl);
  try {
    const link = String((await seeder.line("seeding"))["link"]);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, new URL(link).hash);
    await page.locator("article[data-state=downloading]").waitFor();
    await act();
  } finally {
    await seeder.stop();
  }
}

/** Runs in the tab. Chooses made-up files, one at a time. */
function chooseEach(element: HTMLElement, { torrents, bytes }: { torrents: number; bytes: number }): void {
  const input = element as HTMLInputElement;
  for (let count = 1; count <= torrents; count++) {
    const choice = new DataTransfer();
    const content = crypto.getRandomValues(new Uint8Array(bytes));
    choice.items.add(new File([content], `recording ${count}.flac`));
    input.files = choice.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
