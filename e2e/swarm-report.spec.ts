import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { RunningCommand } from "./command.ts";
import { expect, test } from "./fixtures.ts";

/** The narrowest phone that we draw for, and a desktop. */
const SCREENS = [
  { width: 360, height: 740 },
  { width: 1_280, height: 800 },
] as const;

test("the report of a simulated swarm draws every chart without loading anything, readable on phones and in the dark", async ({
  folder,
  page,
}) => {
  const file = join(folder, "swarm.html");
  const words = ["simulate", "--peers", "30", "--pieces", "40", "--seed", "7", "--report", file];
  expect(await new RunningCommand(...words).ended()).toBe(0);

  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(pathToFileURL(file).href);
    for (const screen of SCREENS) {
      await page.setViewportSize(screen);
      await expectDrawn(page);
      await expectFits(page);
    }
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);
  }
  expect([...new Set(requests)]).toEqual([pathToFileURL(file).href]);
  expect(complaints).toEqual([]);
});

/** Two charts of lines, a bar for each peer, and two pictures of many colours that say what is under the pointer. */
async function expectDrawn(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("A swarm of 30 leechers");
  await expect(page.getByRole("img")).toHaveCount(5);
  expect(await page.locator("path.line").count()).toBe(4);
  expect(await page.locator("rect.bar").count()).toBe(31);
  for (const label of ["Copies of each piece over time", "Bytes from each peer to each other one"]) {
    const canvas = page.getByRole("img", { name: label });
    expect(await canvas.evaluate(coloursOf)).toBeGreaterThan(4);
    await canvas.hover();
    await expect(page.getByRole("status")).toHaveText(/ of 31 copies at .* s$| sent .* to /);
  }
}

function coloursOf(canvas: SVGElement | HTMLElement): number {
  const { width, height } = canvas as HTMLCanvasElement;
  const data = (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
  const colours = new Set<string>();
  for (let at = 0; at < data.length; at += 4) colours.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
  return colours.size;
}

/** Nothing sticks out or is small, and no two values of an axis touch. */
async function expectFits(page: Page): Promise<void> {
  const faults = await page.evaluate(() => {
    const found: string[] = [];
    if (document.documentElement.scrollWidth > innerWidth) found.push("the page scrolls sideways");
    for (const element of document.querySelectorAll<HTMLElement>("main *"))
      if (element.textContent !== "" && Number.parseFloat(getComputedStyle(element).fontSize) < 12)
        found.push(`small: ${element.textContent}`);
    for (const axis of document.querySelectorAll(".x")) {
      const boxes = [...axis.children]
        .map((tick) => tick.getBoundingClientRect())
        .filter(({ width }) => width > 0);
      for (const [at, box] of boxes.entries())
        if (at > 0 && box.left < (boxes[at - 1]?.right ?? 0)) found.push(`ticks ${at} touch`);
    }
    return found;
  });
  expect(faults).toEqual([]);
}
