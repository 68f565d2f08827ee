// Takes the README's screenshots with the made-up client: `npm run screenshots`.
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { CHROMIUM_FLAGS, findChromium } from "../e2e/chromium.ts";
import { serveFakePage } from "../e2e/fake-page.ts";

interface Picture {
  readonly file: string;
  readonly scene: "empty" | "few" | "busy";
  readonly width: number;
  readonly height: number;
  readonly theme: "light" | "dark";
  /** What follows the address's `#`. Absent: the list. */
  readonly view?: string;
}

const PICTURES: readonly Picture[] = [
  { file: "page.png", scene: "few", width: 1180, height: 800, theme: "light" },
  { file: "list.png", scene: "busy", width: 1180, height: 800, theme: "dark" },
  { file: "page-empty.png", scene: "empty", width: 1180, height: 800, theme: "light" },
  { file: "page-phone.png", scene: "few", width: 360, height: 800, theme: "dark" },
  { file: "catalog.png", scene: "few", width: 1180, height: 800, theme: "light", view: "/catalog" },
];

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const fake = await serveFakePage();
const executablePath = findChromium();
const browser = await chromium.launch({
  args: CHROMIUM_FLAGS,
  ...(executablePath === undefined ? {} : { executablePath }),
});
for (const { file, scene, width, height, theme, view = "" } of PICTURES) {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: "reduce",
  });
  await page.goto(`${fake.url}?scene=${scene}&still#${view}`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForLoadState("networkidle"); // Views load when they are opened.
  await page.screenshot({ path: here(file) });
  await page.close();
}
await browser.close();
await fake.stop();
