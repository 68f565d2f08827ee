// Takes the pictures of the README and of tour.md with the made-up client: `npm run screenshots`.
import { fileURLToPath } from "node:url";
import { chromium, type Page } from "@playwright/test";
import { CHROMIUM_FLAGS, findChromium } from "../e2e/chromium.ts";
import { serveFakePage } from "../e2e/fake-page.ts";

interface Picture {
  readonly file: string;
  readonly scene: "empty" | "few" | "busy" | "troubled" | "tabs" | "nearby";
  readonly width: number;
  readonly height: number;
  readonly theme: "light" | "dark";
  /** What follows the address's `#`. Absent: the list. */
  readonly view?: string;
  /** Who uses the page. Absent: nobody who is logged in. */
  readonly person?: "guest" | "admin";
  /** Comes to what the picture shows. Absent: it is there at once. */
  readonly come?: (page: Page) => Promise<void>;
}

const DESKTOP = { width: 1180, height: 800, theme: "light" } as const;
const PHONE = { width: 360, height: 800, theme: "dark" } as const;

/** Opens the first card's details at a tab. */
const detailsAt =
  (tab: RegExp) =>
  async (page: Page): Promise<void> => {
    await page.getByRole("button", { name: "Details", exact: true }).first().click();
    await page.getByRole("tab", { name: tab }).click();
    await page.getByRole("tabpanel").scrollIntoViewIfNeeded();
  };

const press =
  (name: string) =>
  async (page: Page): Promise<void> =>
    page.getByRole("button", { name, exact: true }).first().click();

/** As far up as the page can scroll it. */
const scrollTo =
  (selector: string) =>
  async (page: Page): Promise<void> =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => element.scrollIntoView());

async function nearby(page: Page): Promise<void> {
  await press("Decline")(page);
  await scrollTo(".nearby")(page);
}

const PICTURES: readonly Picture[] = [
  { file: "page.png", scene: "few", ...DESKTOP },
  { file: "list.png", scene: "busy", ...DESKTOP, theme: "dark" },
  { file: "page-empty.png", scene: "empty", ...DESKTOP },
  { file: "page-phone.png", scene: "few", ...PHONE },
  { file: "catalog.png", scene: "few", ...DESKTOP, view: "/catalog" },
  { file: "tour-pieces.png", scene: "few", ...DESKTOP, come: detailsAt(/^Pieces$/) },
  { file: "tour-speed.png", scene: "few", ...DESKTOP, theme: "dark", come: detailsAt(/^Speed$/) },
  { file: "tour-peers.png", scene: "few", ...DESKTOP, come: detailsAt(/ peers?$/) },
  { file: "tour-files.png", scene: "few", ...PHONE, come: detailsAt(/ files?$/) },
  { file: "tour-trouble.png", scene: "troubled", ...PHONE, theme: "light", come: scrollTo("article") },
  { file: "tour-tabs.png", scene: "tabs", ...DESKTOP },
  { file: "tour-text.png", scene: "empty", ...PHONE, come: press("Send text") },
  { file: "tour-nearby.png", scene: "nearby", ...DESKTOP, come: nearby },
  { file: "tour-offer.png", scene: "nearby", ...PHONE },
  { file: "tour-settings.png", scene: "few", ...PHONE, come: press("Settings") },
  { file: "tour-tracker.png", scene: "few", ...DESKTOP, view: "/tracker" },
  { file: "tour-account.png", scene: "few", ...DESKTOP, view: "/account", person: "admin" },
];

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const fake = await serveFakePage();
const executablePath = findChromium();
const browser = await chromium.launch({
  args: CHROMIUM_FLAGS,
  ...(executablePath === undefined ? {} : { executablePath }),
});
for (const { file, scene, width, height, theme, view = "", person, come } of PICTURES) {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: "reduce",
  });
  await page.goto(
    `${fake.url}?scene=${scene}&still${person === undefined ? "" : `&person=${person}`}#${view}`,
  );
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle"); // Views load when they are opened.
  await come?.(page);
  await page.waitForLoadState("networkidle");
  // The development server drops what it serves when it finds one more dependency, as after an update.
  if ((await page.getByText("did not load").count()) > 0)
    throw new Error(`In ${file}, a part of the page did not load. Take the pictures again.`);
  await page.screenshot({ path: here(file) });
  await page.close();
}
await browser.close();
await fake.stop();
