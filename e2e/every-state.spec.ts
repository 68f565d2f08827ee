import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { type FakePage, serveFakePage } from "./fake-page.ts";
import { KIB, randomFile } from "./files.ts";
import { expectLegible } from "./legible.ts";

let fake: FakePage;
let folder: string;
/** The tab of all tests here: each opens the page anew. */
let page: Page;
test.beforeAll(async ({ browser }) => {
  fake = await serveFakePage();
  folder = await mkdtemp(join(tmpdir(), "tabswarm-"));
  page = await browser.newPage();
});
test.beforeEach(async () => {
  await page.goto("about:blank"); // Else an address that differs only after its `#` would not open the page anew.
  await page.emulateMedia({ reducedMotion: "reduce", forcedColors: "none" });
});
test.afterAll(async () => {
  await page.close();
  await fake.stop();
  await rm(folder, { recursive: true, force: true });
});

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true });

/** How to come to each state of the page, from the made-up client's scene in `query`. */
const STATES: readonly (readonly [name: string, query: string, come: (page: Page) => Promise<void>])[] = [
  ["an empty page", "scene=empty&still", async () => {}],
  ["entries of every kind, each on a line", "scene=busy&still", async () => {}],
  ["entries of every kind, as cards", "scene=busy&still", openEachCard],
  [
    "torrents that stand still, for each cause",
    "scene=troubled&still",
    async (page) => {
      await openEachCard(page);
      await page.locator(".trouble").nth(15).waitFor();
    },
  ],
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
    "settings with a server that cannot be right",
    "scene=few&still",
    async (page) => {
      await button(page, "Settings").click();
      await page.getByLabel("Address of the server").fill("https://example.org");
      await page.getByLabel("Address of the server").press("Tab");
      await page.getByRole("alert").filter({ hasText: "turn:" }).waitFor();
    },
  ],
  [
    "a text out of a torrent",
    "scene=few&still",
    async (page) => {
      await button(page, "Details").last().click();
      await page.getByRole("tab", { name: / files?$/ }).click();
      await page
        .getByRole("button", { name: /^Preview / })
        .first()
        .click();
      await page.getByText("A made-up text.").waitFor();
    },
  ],
  [
    "a picture out of a torrent",
    "scene=few&still",
    async (page) => {
      await button(page, "Details").nth(1).click();
      await page.getByRole("tab", { name: / files?$/ }).click();
      await page
        .getByRole("button", { name: /^Preview / })
        .first()
        .click();
      await page.getByRole("dialog").getByRole("img").waitFor();
    },
  ],
  [
    "a file dragged over the page",
    "scene=few&still",
    async (page) => {
      await page.evaluate(() => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File(["a"], "a"));
        // As browsers do for as long as a file is over the page: the first may come before the page listens.
        setInterval(() => window.dispatchEvent(new DragEvent("dragover", { dataTransfer })), 50);
      });
      await page.locator(".drop-sign").waitFor();
    },
  ],
  [
    "messages",
    "scene=few&still#not-a-link",
    async (page) => {
      await page.getByRole("alert").filter({ hasText: "That is not a magnet link" }).waitFor();
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
    "an offer of somebody nearby",
    "scene=nearby&still",
    async (page) => {
      await page.getByRole("dialog").waitFor();
    },
  ],
  [
    "people nearby, and a room that is open",
    "scene=nearby&still",
    async (page) => {
      await button(page, "Decline").click();
      await page.getByText("On another network?").click();
      await button(page, "Open a room").click();
      await page.locator("#your-room-code").scrollIntoViewIfNeeded();
    },
  ],
  [
    "what other tabs have",
    "scene=tabs&still",
    async (page) => {
      await page.getByRole("region", { name: "Elsewhere in this browser" }).scrollIntoViewIfNeeded();
    },
  ],
  [
    "the question before a removal of what another tab keeps",
    "scene=tabs&still",
    async (page) => {
      await page.locator("article").last().getByRole("button", { name: "Remove", exact: true }).click();
      await page.getByRole("dialog").getByText("open in another tab").waitFor();
    },
  ],
  [
    "a long list, with two chosen",
    "scene=busy&still",
    async (page) => {
      await chooseTwo(page);
    },
  ],
  [
    "the question before two of a long list are removed",
    "scene=busy&still",
    async (page) => {
      await chooseTwo(page);
      await button(page, "Remove").first().click();
      await page.getByRole("dialog").waitFor();
    },
  ],
  [
    "a list in which nothing matches",
    "scene=busy&still",
    async (page) => {
      await page.getByLabel("Search your files").fill("nothing has this name");
      await button(page, "Show everything").waitFor();
    },
  ],
];

/** Cards instead of lines. */
async function openEachCard(page: Page): Promise<void> {
  await button(page, "Compact list").click();
  await button(page, "Details").nth(5).waitFor();
}

async function chooseTwo(page: Page): Promise<void> {
  const boxes = page.getByRole("checkbox", { name: /^Select / });
  await boxes.nth(1).check();
  await boxes.nth(2).check();
  await page.getByText("2 torrents selected").waitFor();
}

for (const [name, query, come] of STATES)
  test(`${name}: labels, contrast in both themes, phones, and text of twice the size`, async () => {
    await page.goto(`${fake.url}?${query}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await come(page);
    await expectLegible(page);
    await expectRoomForLargeText(page);
  });

const TABS = [
  /^Overview$/,
  /^Pieces$/,
  /^Speed$/,
  / peers?$/,
  / trackers?$/,
  / files?$/,
  /^Options$/,
  /^Log$/,
];

test("the details of a torrent, each of their tabs", async () => {
  await page.goto(`${fake.url}?scene=few&still`);
  await button(page, "Details").first().click();
  await expect(page.getByRole("tab")).toHaveText(TABS);
  for (const name of TABS)
    await test.step(name.source, async () => {
      await page.getByRole("tab", { name }).click();
      await expect(page.getByRole("tab", { selected: true })).toHaveText(name);
      await expect(page.getByRole("tabpanel")).not.toBeEmpty(); // Some load what they need first.
      await expectLegible(page);
      await expectRoomForLargeText(page);
    });
});

test("with forced colours cards, boxes and dialogs have an edge, and progress is to be seen", async () => {
  await page.emulateMedia({ forcedColors: "active" });
  await page.goto(`${fake.url}?scene=few&still`);
  await button(page, "Remove").first().click();
  for (const place of [page.locator("article").first(), page.locator(".receive"), page.getByRole("dialog")])
    await expect(place).toHaveCSS("border-top-style", "solid");
  const bar = page.getByRole("progressbar").first();
  const colourOf = (one: Element): string => getComputedStyle(one).backgroundColor;
  expect(await bar.locator("div").evaluate(colourOf)).not.toBe(await bar.evaluate(colourOf));
});

test("nothing moves of itself for people who asked for less motion", async () => {
  const moving = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("*")].flatMap((one) => {
        const { transitionDuration, animationName } = getComputedStyle(one);
        return transitionDuration === "0s" && animationName === "none" ? [] : [one.className];
      }),
    );
  await page.goto(`${fake.url}?scene=busy&still`);
  await openEachCard(page);
  expect(await moving()).toEqual([]);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  expect(await moving()).toContain("reading");
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
