import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { openTab } from "./tab.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";
const SIZES = [
  { width: 1180, height: 800 },
  { width: 360, height: 740 },
  { width: 740, height: 360 },
];

test("messages never cover the form, with an empty page and with a list, also once it is scrolled", async ({
  tracker,
  context,
}) => {
  const tab = await openTab(context, tracker.url);
  const { page } = tab;
  for (const list of ["empty", "one"]) {
    if (list === "one") {
      await tab.download(HASH);
      await tab.expectState(HASH, "metadata");
    }
    for (const size of SIZES) {
      await page.setViewportSize(size);
      for (const block of ["nearest", "start", "end"] as const) {
        if (block === "nearest") await page.evaluate(() => scrollTo(0, 0));
        else
          await page.locator("form.receive").evaluate((form, block) => form.scrollIntoView({ block }), block);
        await page.evaluate((text) => {
          location.hash = text;
        }, `magnet:?dn=${size.width}${list}${block}`);
        await expect(tab.notices).toHaveCount(1);
        await expect(tab.notices).toBeInViewport();
        await expect.poll(() => covers(page), `${list}, ${size.width} px, ${block}`).toBe(false);
        await tab.notices.click();
        await expect(tab.notices).toHaveCount(0);
      }
    }
  }
});

test("a message and the reason under the box are legible for everybody", async ({ tracker, context }) => {
  const tab = await openTab(context, `${tracker.url}#magnet:?dn=x`);
  await tab.download(HASH);
  await tab.expectState(HASH, "metadata");
  await tab.download("no link");
  await expect(tab.linkBox).toHaveAttribute("aria-invalid", "true");
  await expect(tab.notices).toHaveCount(1);
  for (const colorScheme of ["light", "dark"] as const) {
    await tab.page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page: tab.page }).setLegacyMode().analyze();
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
  }
});

/** Whether a message overlaps the form, once everything is in its place. */
function covers(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const box = (selector: string) => document.querySelector(selector)?.getBoundingClientRect();
    const [message, form] = [box(".notice"), box("form.receive")];
    if (message === undefined || form === undefined) throw new Error("nothing to compare");
    return (
      message.top < form.bottom &&
      message.bottom > form.top &&
      message.left < form.right &&
      message.right > form.left
    );
  });
}
