import type { Locator } from "@playwright/test";
import { MIB, randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab, Tab } from "./tab.ts";
import { takeWorkersAway } from "./workers.ts";

const NAME = "watched.bin";

for (const place of ["in its worker", "on the page"])
  test(`with the engine ${place}, the speed graph shows what moved before it was opened`, async ({
    tracker,
    folder,
    context,
    newPerson,
  }) => {
    const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, 8 * MIB));
    const page = await (await newPerson()).newPage();
    if (place === "on the page") await page.addInitScript(takeWorkersAway);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const leecher = new Tab(page);
    await leecher.open(tracker.url);
    await leecher.slowDown(2 * MIB);
    await leecher.download(await seeder.shareLink(NAME));
    await leecher.expectState(NAME, "seeding");

    await leecher.press(NAME, "Details");
    const entry = leecher.entry(NAME);
    await expect(entry.getByRole("definition").first()).toBeVisible();
    expect(asked.filter((url) => url.includes("speed-graph"))).toEqual([]);
    await entry.getByRole("tab", { name: "Speed" }).click();
    const panel = entry.getByRole("tabpanel");
    await expect(panel).toContainText(
      /^The last \d.+ Down: 0\.0 kB\/s now, [1-9][\d.]* [kM]B\/s at most, [1-9][\d.]* [kM]B\/s on average\. Up: nothing\./,
    );
    expect(asked.filter((url) => url.includes("speed-graph"))).toHaveLength(1);
    await expect.poll(() => drawnPixels(panel, "down")).toBeGreaterThan(100);
  });

test("the speed graph goes on while a file moves, and follows theme, width and text size", async ({
  tracker,
  folder,
  context,
  newPerson,
}) => {
  const seeder = await openSeeder(context, tracker.url, await randomFile(folder, NAME, 16 * MIB));
  const leecher = await openTab(await newPerson(), tracker.url);
  await leecher.slowDown(MIB);
  await seeder.details(NAME, /Speed/);
  const { page } = seeder;
  const panel = seeder.entry(NAME).getByRole("tabpanel");
  await expect(panel).toContainText("Nothing has moved in the last 15 minutes.");
  await leecher.download(await seeder.shareLink(NAME));
  await expect(panel).toContainText(/The last \d+ s\. Down: nothing\. Up: [1-9][\d.]* [kM]B\/s now/);
  const early = await panel.locator("p").textContent();
  await expect(panel.locator("p")).not.toHaveText(early ?? "");
  await expect.poll(() => drawnPixels(panel, "up")).toBeGreaterThan(20);

  await panel.locator(".u-over").hover();
  await expect(panel.getByText(/^at \d/)).toBeVisible();

  const canvas = panel.locator("canvas");
  const widthOf = (one: Locator): Promise<number> => one.evaluate((element) => element.clientWidth);
  await page.setViewportSize({ width: 400, height: 700 });
  await expect.poll(() => widthOf(canvas)).toBe(await widthOf(panel.locator(".plot")));
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => drawnPixels(panel, "up")).toBeGreaterThan(20);
  await page.emulateMedia({ forcedColors: "active" });
  await expect.poll(() => drawnPixels(panel, "up")).toBeGreaterThan(20);
  await page.evaluate(() => {
    document.documentElement.style.fontSize = "200%";
  });
  await expect.poll(() => widthOf(canvas)).toBe(await widthOf(panel.locator(".plot")));
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
});

/** How many pixels of the graph have the colour that the legend gives a direction now. */
function drawnPixels(panel: Locator, direction: "down" | "up"): Promise<number> {
  return panel.evaluate((element, name) => {
    const [canvas, sign] = [element.querySelector("canvas"), element.querySelector(`.legend .${name}`)];
    const pen = canvas?.getContext("2d");
    if (canvas === null || sign === null || !pen) return 0;
    const wanted = getComputedStyle(sign, "::before").borderTopColor.match(/\d+/g)?.map(Number);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4)
      if (wanted?.every((value, part) => data[at + part] === value)) count += 1;
    return count;
  }, direction);
}
