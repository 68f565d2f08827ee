import { gzipSync } from "node:zlib";
import type { BrowserContext } from "@playwright/test";

/** What the scripts of a page weigh, in kB gzipped. */
interface ScriptSizes {
  /** Those that the HTML names. */
  readonly named: number;
  /** With the engine's worker. */
  readonly withEngine: number;
  /** With what is fetched ahead once the page is shown. */
  readonly all: number;
}

/** Of code, in kB. */
export const gzippedKilobytes = (code: Buffer): number => gzipSync(code, { level: 9 }).length / 1000;

/** Loads our page in a new tab. */
export async function scriptSizes(context: BrowserContext, pageUrl: string): Promise<ScriptSizes> {
  const page = await context.newPage();
  const scripts = new Map<string, Promise<Buffer>>();
  page.on("response", (response) => {
    if (response.request().resourceType() === "script") scripts.set(response.url(), response.body());
  });
  await page.goto(pageUrl, { waitUntil: "networkidle" });
  const urls = await page
    .locator("script[src]")
    .evaluateAll((elements) => elements.map((element) => (element as HTMLScriptElement).src));
  const sizes = { named: 0, withEngine: 0, all: 0 };
  for (const [url, code] of scripts) {
    const size = gzippedKilobytes(await code);
    if (urls.includes(url)) sizes.named += size;
    if (urls.includes(url) || url.includes("/engine-worker-")) sizes.withEngine += size;
    sizes.all += size;
  }
  await page.close();
  return sizes;
}
