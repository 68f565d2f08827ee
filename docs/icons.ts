// Draws the icons of the installed page from `web/public/icon.svg`: `npm run icons`.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import { launchOptions } from "../e2e/chromium.ts";

const here = (file: string): string => fileURLToPath(new URL(`../web/public/${file}`, import.meta.url));

const whole = await readFile(here("icon.svg"), "utf8");
/** Systems cut their own shape out of it: the colour fills it, and the drawing already keeps within the inner 80 %. */
const maskable = whole.replace(' rx="16"', "");

const ICONS = [
  { file: "icon-192.png", pixels: 192, svg: whole },
  { file: "icon-512.png", pixels: 512, svg: whole },
  { file: "icon-maskable-192.png", pixels: 192, svg: maskable },
  { file: "icon-maskable-512.png", pixels: 512, svg: maskable },
  { file: "icon-apple.png", pixels: 180, svg: maskable }, // iOS rounds the corners itself, and shows black where nothing is.
];

const browser = await chromium.launch(launchOptions());
for (const { file, pixels, svg } of ICONS) {
  const page = await browser.newPage({ viewport: { width: pixels, height: pixels } });
  await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg}`);
  await page.screenshot({ path: here(file), omitBackground: true });
  await page.close();
}
await browser.close();
