import type { BrowserContext, Page } from "@playwright/test";
import { KIB, MIB, randomFile, sha256 } from "./files.ts";
import { findFirefox, launchFirefox, NO_FIREFOX } from "./firefox.ts";
import { expect, test } from "./fixtures.ts";
import { expectLegible } from "./legible.ts";
import { isMissing } from "./missing.ts";
import { openTab } from "./tab.ts";

const NAME = "Ảnh cưới.bin";
const OURS = "https://tabswarm.invalid/";
/** Somebody whose browser wants Vietnamese first. */
const VIETNAMESE = { locale: "vi-VN" };

const heading = (page: Page, name: string) => page.getByRole("heading", { name, exact: true });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** Shares a file on a Vietnamese page. Returns the page and the share link. */
async function share(context: BrowserContext, url: string, path: string): Promise<readonly [Page, string]> {
  const { page } = await openTab(context, url);
  await expect(page.locator("html")).toHaveAttribute("lang", "vi");
  await page.getByLabel("Chọn tệp").setInputFiles(path);
  await expect(page.getByRole("article")).toHaveAttribute("data-state", "seeding");
  return [page, await page.getByLabel("Liên kết chia sẻ").inputValue()];
}

/** Nothing is wider than the narrowest usual phone. */
async function expectNoOverflow(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
}

test("a browser that wants Vietnamese shares, downloads and saves in it; another language is there at once, and nothing is lost by it", async ({
  tracker,
  folder,
  newPerson,
}) => {
  const context = await newPerson(VIETNAMESE);
  const path = await randomFile(folder, NAME, MIB / 2);
  const [seeder, link] = await share(context, tracker.url, path);
  await expect(heading(seeder, "Thả một tệp. Gửi liên kết.")).toBeVisible();
  await button(seeder, "Chi tiết").click();
  await seeder.getByRole("tab", { name: "Tùy chọn" }).click();
  await expectLegible(seeder);
  await expectNoOverflow(seeder);
  const deeds = ["Tạm dừng", "Chi tiết", "Gỡ bỏ"].map((name) => button(seeder, name).boundingBox());
  expect(new Set((await Promise.all(deeds)).map((box) => box?.y)).size).toBe(1); // All in one line.

  const other = await newPerson(VIETNAMESE);
  const leecher = await openTab(other, tracker.url);
  const beside = await openTab(other, tracker.url);
  const { page } = leecher;
  await leecher.slowDown(128 * KIB);
  await page.getByLabel("Liên kết magnet hoặc info-hash").fill(link);
  await button(page, "Tải xuống").click();
  await expect(page.getByRole("article")).toContainText("Đang tải xuống");
  await page.getByLabel("Liên kết magnet hoặc info-hash").fill(OURS);
  await button(page, "Cài đặt").click();
  await expect(page.getByLabel("Tên của thiết bị này")).toBeVisible(); // Keys would go elsewhere before it is.
  await page.getByLabel("Tên của thiết bị này").pressSequentially("Máy của Lan");
  await page.getByRole("radio", { name: "English" }).click();
  const dialog = page.getByRole("dialog", { name: "Settings" });
  await expect(dialog).toBeVisible();
  await expect(page.getByRole("radio", { name: "English" })).toBeFocused();
  await expect(page.getByLabel("Name of this device")).toHaveValue("Máy của Lan");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await button(page, "Done").click();
  await expect(page.getByLabel("Magnet link or info-hash")).toHaveValue(OURS);
  await expect(beside.page.getByRole("link", { name: "Your files" })).toBeVisible();
  await leecher.expectState(NAME, "seeding");
  expect(await sha256(await leecher.save(NAME))).toBe(await sha256(path));
  await leecher.reload();
  await expect(heading(page, "Your files")).toBeVisible();
});

test("lines that run from right to left fit a phone", async ({ tracker, folder, context }) => {
  const { page } = await openTab(context, tracker.url);
  await page.getByLabel("Choose files").setInputFiles(await randomFile(folder, NAME, KIB));
  await expect(page.getByRole("article")).toHaveAttribute("data-state", "seeding");
  await page.evaluate(() => {
    document.documentElement.dir = "rtl";
  });
  await button(page, "More").click();
  await button(page, "Details").click();
  for (const tab of await page.getByRole("tab").all()) {
    await tab.click();
    await expectNoOverflow(page);
  }
  await button(page, "Settings").click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectNoOverflow(page);
  const [sign, title] = await Promise.all(
    [".home .logo", ".top nav"].map((part) => page.locator(part).boundingBox()),
  );
  expect(sign?.x).toBeGreaterThan(title?.x ?? 0);
});

test("a language that does not load leaves the page in English, and Settings says so", async ({
  tracker,
  newPerson,
}) => {
  const context = await newPerson(VIETNAMESE);
  const page = await context.newPage();
  await page.route(/\/vietnamese-[^/]*\.js$/, (route) => route.abort());
  await page.goto(tracker.url);
  await expect(heading(page, "Drop a file. Send the link.")).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await button(page, "Settings").click();
  await expect(page.getByRole("alert").filter({ hasText: "This language did not load." })).toBeVisible();
  await page.getByRole("radio", { name: "English" }).click();
  await expect(page.getByText("This language did not load.")).toHaveCount(0);
});

test("Firefox in Vietnamese shares, downloads and saves, and changes its language", async ({
  tracker,
  folder,
}) => {
  test.skip(isMissing(findFirefox(), NO_FIREFOX), NO_FIREFOX);
  const { browser, saved } = await launchFirefox(folder);
  try {
    const path = await randomFile(folder, NAME, MIB);
    const context = await browser.newContext(VIETNAMESE);
    const [, link] = await share(context, tracker.url, path);
    const { page } = await openTab(await browser.newContext(VIETNAMESE), link);
    await expect(page.getByRole("article")).toContainText("Mọi mảnh đã được kiểm tra.");
    await button(page, "Lưu").click();
    await expect.poll(saved).toEqual([await sha256(path)]);
    await page.getByLabel("Liên kết magnet hoặc info-hash").fill(OURS);
    await button(page, "Tải xuống").click();
    await expect(page.getByRole("alert").filter({ hasText: "Hãy dán một liên kết magnet" })).toBeVisible();
    await button(page, "Cài đặt").click();
    await page.getByRole("radio", { name: "English" }).click();
    await button(page, "Done").click();
    await expect(heading(page, "Your files")).toBeVisible();
    await expectNoOverflow(page);
  } finally {
    await browser.close();
  }
});
