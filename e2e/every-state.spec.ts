import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type FakePage, serveFakePage } from "./fake-page.ts";
import { KIB, randomFile } from "./files.ts";
import { expectLegible } from "./legible.ts";

let fake: FakePage;
let folder: string;
test.beforeAll(async () => {
  fake = await serveFakePage();
  folder = await mkdtemp(join(tmpdir(), "tabswarm-"));
});
test.afterAll(async () => {
  await fake.stop();
  await rm(folder, { recursive: true, force: true });
});

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true });

/** How to come to each state of the page, from the made-up client's scene in `query`. */
const STATES: readonly (readonly [name: string, query: string, come: (page: Page) => Promise<void>])[] = [
  ["an empty page", "scene=empty&still", async () => {}],
  ["entries of every kind", "scene=busy&still", async () => {}],
  [
    "a wrong link",
    "scene=empty&still",
    async (page) => {
      await page.getByLabel("Magnet link or info-hash").fill("https://example.org/");
      await button(page, "Download").click();
    },
  ],
  [
    "a file just shared, with more links",
    "scene=empty",
    async (page) => {
      await page.getByLabel("Choose files").setInputFiles(await randomFile(folder, "Holiday photo.jpg", KIB));
      await page.locator('article[data-state="seeding"]').waitFor();
      await button(page, "More").click();
    },
  ],
  [
    "settings",
    "scene=few&still",
    async (page) => {
      await button(page, "Settings").click();
      await page.getByRole("dialog").waitFor();
    },
  ],
  [
    "the question before a removal",
    "scene=few&still",
    async (page) => {
      await button(page, "Remove").first().click();
      await page.getByRole("dialog").waitFor();
    },
  ],
  [
    "a long list, with two chosen",
    "scene=many&still",
    async (page) => {
      const boxes = page.getByRole("checkbox", { name: /^Select / });
      await boxes.nth(0).check();
      await boxes.nth(1).check();
      await page.getByText("2 torrents selected").waitFor();
    },
  ],
];

for (const [name, query, come] of STATES)
  test(`${name}: labels, contrast in both themes, phones, and text of twice the size`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(`${fake.url}?${query}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await come(page);
    await expectLegible(page);
    await expectRoomForLargeText(page);
  });

test("the details of a torrent, each tab", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(`${fake.url}?scene=few&still`);
  await button(page, "Details").first().click();
  await page.getByRole("tab").first().waitFor();
  for (const tab of await page.getByRole("tab").all()) {
    await tab.click();
    await expect(tab).toHaveAttribute("aria-selected", "true");
    await expectLegible(page);
    await expectRoomForLargeText(page);
  }
});

test("with forced colours cards, boxes and dialogs have an edge, and progress is to be seen", async ({
  page,
}) => {
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto(`${fake.url}?scene=few&still`);
  await button(page, "Remove").first().click();
  for (const place of [page.locator("article").first(), page.locator(".receive"), page.getByRole("dialog")])
    await expect(place).toHaveCSS("border-top-style", "solid");
  const bar = page.getByRole("progressbar").first();
  const colourOf = (one: Element): string => getComputedStyle(one).backgroundColor;
  expect(await bar.locator("div").evaluate(colourOf)).not.toBe(await bar.evaluate(colourOf));
});

/** With twice the text size, a phone shows all of it without scrolling sideways, and no word is cut. */
async function expectRoomForLargeText(page: Page): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 360, height: 740 });
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "200%";
  });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(await page.evaluate(listCutWords)).toEqual([]);
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "";
  });
  if (before !== null) await page.setViewportSize(before);
}

/** What has text that its box hides. */
function listCutWords(): string[] {
  const texts = document.querySelectorAll<HTMLElement>(
    "h1, h2, h3, p, button, a, label, dt, dd, th, td, li, summary",
  );
  return [...texts]
    .filter((one) => one.checkVisibility() && one.clientWidth > 1 && one.scrollWidth > one.clientWidth + 1)
    .filter((one) => getComputedStyle(one).overflowX !== "visible" || one.closest("button") !== null)
    .map((one) => one.outerHTML.slice(0, 200));
}
