import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** The narrowest phone, and what is left of a screen that shows everything four times as large. */
const NARROW = { width: 320, height: 740 };

/** What is on the page has labels and contrast in both themes, and fits a phone. */
export async function expectLegible(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const checks = new AxeBuilder({ page }).setLegacyMode(); // Faster: the page has no frames.
    if (colorScheme === "dark") checks.withRules("color-contrast");
    const { violations } = await checks.analyze();
    expect(violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)])).toEqual([]);
  }
  const before = page.viewportSize();
  await page.setViewportSize(NARROW);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(NARROW.width);
  if (before !== null) await page.setViewportSize(before);
}
