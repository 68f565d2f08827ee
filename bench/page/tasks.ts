import { setTimeout as pause } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { scriptSizes } from "../browser/script-sizes.ts";
import type { Stage } from "../browser/stage.ts";
import type { Task as AnyTask, Figures } from "../report/measure.ts";
import { openCrowdedPage, openPage, whileDownloading } from "./crowded-page.ts";
import { longestTask } from "./longest-task.ts";

type Task = AnyTask<Stage>;

/** Our name in the table. */
export const OURS = "Tabswarm";

/** Steps of the wheel to the end of a long list, and their height in CSS pixels. */
const WHEEL_STEPS = 40;
const WHEEL_PIXELS = 300;
/** Between two steps: two frames. */
const FRAMES_MILLIS = 33;
/** A person looks at each tab for so long. The list is drawn four times a second. */
const LOOK_MILLIS = 1_000;
/** What was just opened comes to rest before it is measured, and is measured for so long. */
const SETTLE_MILLIS = 15_000;
const REST_MILLIS = 20_000;

/** Lighthouse's phone: its processor is four times as slow, and it has a slow 4G connection. */
const PHONE = {
  viewport: { width: 360, height: 740 },
  cpuRate: 4,
  network: { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 94_208 },
};

/** The most that a figure may be. */
export const BARS: Figures = {
  "ms, longest task": 50,
  "% of a core, many torrents at rest": 2,
  "% of a core, an empty page": 1,
  "s to the first paint": 1,
  "kB of JavaScript gzipped, named in the HTML": 60,
};

/** All tasks, in the order in which they run. `divisor` makes them smaller, for a quick look. */
export function tasks(divisor: number): Task[] {
  const torrents = Math.ceil(200 / divisor);
  const pieces = Math.ceil(10_000 / divisor);
  const crowd = `${torrents} torrents, one of which fetches ${pieces} pieces`;
  return [
    { name: "load", title: "The first load, on a phone", contenders: { [OURS]: firstLoad } },
    {
      name: "scroll",
      title: `Scrolling a list of ${crowd}`,
      contenders: { [OURS]: (stage) => amongCrowd(stage, torrents, pieces, scrollList) },
    },
    {
      name: "details",
      title: `Opening details, each tab, among ${crowd}`,
      contenders: { [OURS]: (stage) => amongCrowd(stage, torrents, pieces, openDetails) },
    },
    {
      name: "rest",
      title: `At rest, with no torrent and with ${torrents}`,
      contenders: { [OURS]: (stage) => restWith(stage, torrents) },
    },
  ];
}

async function amongCrowd(
  stage: Stage,
  torrents: number,
  pieces: number,
  act: (page: Page) => Promise<void>,
): Promise<Figures> {
  const page = await openCrowdedPage(stage, torrents);
  let figures: Figures = {};
  await whileDownloading(stage, page, pieces, async () => {
    figures = await longestTask(page, () => act(page));
  });
  return figures;
}

/** To its end and back. */
async function scrollList(page: Page): Promise<void> {
  await page.mouse.move(800, 400);
  for (const pixels of [WHEEL_PIXELS, -WHEEL_PIXELS]) {
    for (let step = 0; step < WHEEL_STEPS; step++) {
      await page.mouse.wheel(0, pixels);
      await pause(FRAMES_MILLIS);
    }
  }
}

/** By keyboard, because looking for what to click would be a task of its own. */
async function openDetails(page: Page): Promise<void> {
  await page.evaluate(() => {
    const buttons = document.querySelectorAll<HTMLElement>("article[data-state=downloading] button");
    [...buttons].find(({ textContent }) => textContent === "Details")?.focus();
  });
  await page.keyboard.press("Enter");
  await pause(LOOK_MILLIS);
  const tabs = await page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>("[role=tab]");
    all[0]?.focus();
    return all.length;
  });
  if (tabs === 0) throw new Error("The page shows no details.");
  for (let count = 1; count < tabs; count++) {
    await page.keyboard.press("ArrowRight");
    await pause(LOOK_MILLIS);
  }
}

/** The processor time of all of the browser's processes. A blank tab says what the browser itself takes. */
async function restWith(stage: Stage, torrents: number): Promise<Figures> {
  const percent = async (): Promise<number> => {
    await pause(SETTLE_MILLIS);
    const before = stage.cpuSeconds();
    await pause(REST_MILLIS);
    return ((stage.cpuSeconds() - before) * 100_000) / REST_MILLIS;
  };
  const page = await openPage(stage);
  const empty = await percent();
  await page.close();
  const crowdedPage = await openCrowdedPage(stage, torrents);
  const crowded = await percent();
  await crowdedPage.close();
  const blank = await percent(); // Last, as a browser has work to do once it has started.
  return {
    "% of a core, many torrents at rest": crowded,
    "% of a core, an empty page": empty,
    "% of a core, a blank tab": blank,
  };
}

async function firstLoad({ context, pageUrl }: Stage): Promise<Figures> {
  const page = await context.newPage();
  await page.setViewportSize(PHONE.viewport);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", PHONE.network);
  await session.send("Emulation.setCPUThrottlingRate", { rate: PHONE.cpuRate });
  await page.goto(pageUrl);
  const painted = await page.waitForFunction(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  );
  const millis = Number(await painted.jsonValue());
  await page.close();
  const { named } = await scriptSizes(context, pageUrl);
  return { "s to the first paint": millis / 1000, "kB of JavaScript gzipped, named in the HTML": named };
}
