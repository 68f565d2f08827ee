import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext, Locator, Page } from "@playwright/test";
import { launchOptions } from "./chromium.ts";
import { RunningCommand } from "./command.ts";
import { torrentOf } from "./files.ts";
import { FILM_SECONDS, findFfmpeg, makeFilm, NO_FFMPEG } from "./film.ts";
import { expect, test } from "./fixtures.ts";
import { isMissing } from "./missing.ts";
import { openTab, type Tab } from "./tab.ts";

// The page plays through its service worker, which most other tests do without. A film starts without a click on it.
const HOST = "lan.test";
test.use({
  launchOptions: launchOptions(
    "--autoplay-policy=no-user-gesture-required",
    `--host-resolver-rules=MAP ${HOST} 127.0.0.1`,
  ),
});

const NAME = "film.mp4";

/** Opens a link with a service worker that has the page. */
async function viewerOf(person: BrowserContext, pageUrl: string, link: string): Promise<Tab> {
  const tab = await openTab(person, pageUrl);
  await tab.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await tab.download(link);
  return tab;
}

function player(page: Page): Locator {
  return page.getByRole("dialog").locator("video");
}

/** Resolves when the film has gone on for so many seconds beyond a time. */
async function playsOn(film: Locator, from: number, seconds = 1): Promise<void> {
  await expect
    .poll(() => film.evaluate((video: HTMLVideoElement) => video.currentTime), { timeout: 60_000 })
    .toBeGreaterThan(from + seconds);
}

declare global {
  interface Window {
    /** How many seconds from a time on are here. */
    secondsFrom: (video: HTMLVideoElement, time: number) => number;
    /** At which seconds the film stopped for want of data. */
    stops: number[];
  }
}

/**
 * Notes from now on at which seconds the film, once it plays, stops because it has no more to show. In the first second after its start or
 * a seek little is here, so that a busy machine alone may stop it.
 */
function noteStops(film: Locator): Promise<void> {
  return film.evaluate((video: HTMLVideoElement) => {
    window.stops = [];
    window.secondsFrom = ({ buffered }, time) => {
      for (let at = 0; at < buffered.length; at++)
        if (buffered.start(at) <= time && time <= buffered.end(at)) return buffered.end(at) - time;
      return 0;
    };
    let from = 0;
    video.addEventListener("seeking", () => {
      from = video.currentTime;
    });
    video.addEventListener("waiting", () => {
      const { currentTime, seeking } = video;
      const isForData = window.secondsFrom(video, currentTime) < 0.5; // It also waits for a busy processor.
      if (currentTime > from + 1 && !seeking && isForData) window.stops.push(currentTime);
    });
  });
}

/** Seeks to where nothing is yet. Returns how many seconds from there are here when the film goes on. */
function seek(film: Locator, to: number): Promise<number> {
  return film.evaluate((video: HTMLVideoElement, seconds) => {
    const ahead = new Promise<number>((resolve) => {
      const look = (): void => {
        if (video.playbackRate > 0) resolve(window.secondsFrom(video, seconds));
      };
      for (const name of ["ratechange", "seeked"]) video.addEventListener(name, look);
    });
    video.currentTime = seconds;
    return ahead;
  }, to);
}

/** A part that nobody has keeps the player from nothing that is here. */
async function goBackFromNowhere(film: Locator, seeder: RunningCommand): Promise<void> {
  await seeder.stop();
  for (const to of [0.6 * FILM_SECONDS, 0.5])
    await film.evaluate((video: HTMLVideoElement, seconds) => {
      video.currentTime = seconds;
    }, to);
  await playsOn(film, 0.5);
}

for (const [index, ...how] of [["first"], ["last", "--encrypt"]] as const)
  test(`a film whose index comes ${[index, ...how].join(" ")} starts, and seeks, long before it is here, and never stops for want of data; a second viewer helps the first`, async ({
    tracker,
    folder,
    newPerson,
  }) => {
    test.skip(isMissing(findFfmpeg(), NO_FFMPEG), NO_FFMPEG);
    const path = join(folder, NAME);
    const rate = Math.ceil(1.5 * makeFilm(path, index));
    const flags = ["--tracker", tracker.url, "--port", "0", "--rate-up", String(rate), ...how];
    const seeder = new RunningCommand("seed", path, ...flags);
    const { link } = await seeder.line("seeding");
    const viewer = await viewerOf(await newPerson({ serviceWorkers: "allow" }), tracker.url, String(link));
    await viewer
      .entry(NAME)
      .getByRole("button", { name: `Play ${NAME}` })
      .click();
    const film = player(viewer.page);
    await noteStops(film);
    await playsOn(film, 0, 4);
    expect(await seek(film, 0.8 * FILM_SECONDS)).toBeGreaterThanOrEqual(1);
    await playsOn(film, 0.8 * FILM_SECONDS, 2);
    expect(await film.evaluate(() => window.stops)).toEqual([]);
    await expect(viewer.entry(NAME)).toHaveAttribute("data-state", "downloading"); // It did not wait for the rest.

    if (index === "first") return goBackFromNowhere(film, seeder);
    const other = await openTab(await newPerson(), tracker.url);
    await other.download(String(link));
    await Promise.all([other, viewer].map((tab) => tab.expectState(NAME, "seeding")));
    expect((await viewer.traffic()).sentBytes).toBeGreaterThan(rate); // More than words about pieces.
  });

test("over plain http a file plays once it is complete, and the page says why not sooner", async ({
  tracker,
  folder,
  context,
}) => {
  test.skip(isMissing(findFfmpeg(), NO_FFMPEG), NO_FFMPEG);
  const path = join(folder, NAME);
  makeFilm(path, "last");
  await writeFile(`${path}.torrent`, await torrentOf(path));
  const tab = await openTab(context, `http://${HOST}:${tracker.port}/`);
  await tab.share(`${path}.torrent`);
  await tab
    .entry(NAME)
    .getByRole("button", { name: `Play ${NAME}` })
    .click();
  await expect(tab.page.getByRole("dialog")).toContainText(
    "Over plain http, the browser plays a file only once",
  );
  await tab.page.keyboard.press("Escape");
  const seeder = new RunningCommand("seed", `${path}.torrent`, "--tracker", tracker.url, "--port", "0");
  await seeder.line("seeding");
  await tab.expectState(NAME, "seeding");
  await tab
    .entry(NAME)
    .getByRole("button", { name: `Play ${NAME}` })
    .click();
  await playsOn(player(tab.page), 0);
});

test("what a stranger made never becomes a page of ours, whatever it says it is", async ({
  tracker,
  folder,
  newPerson,
}) => {
  const hostile = "<script>document.title = 'hacked'; parent.document.title = 'hacked'</script>";
  for (const name of ["page.html", "picture.svg", "film.mp4"]) await writeFile(join(folder, name), hostile);
  const files = ["page.html", "picture.svg", "film.mp4"].map((name) => join(folder, name));
  const seeder = new RunningCommand(
    "seed",
    ...files,
    "--tracker",
    tracker.url,
    "--port",
    "0",
    "--name",
    "mixed",
  );
  const { link } = await seeder.line("seeding");
  const person = await newPerson({ serviceWorkers: "allow" });
  const tab = await viewerOf(person, tracker.url, String(link));
  await tab.expectState("mixed", "seeding");
  const asked = tab.page.waitForRequest(/\/play\//);
  await tab.entry("mixed").getByRole("button", { name: "Play film.mp4" }).click();
  const url = (await asked).url();
  await expect(tab.page.getByText("The browser cannot play this file.")).toBeVisible();

  // Its address is of no use to anything but a player, and to no page but this one.
  const got = await tab.page.evaluate(async (address) => {
    const { status } = await fetch(address);
    const frame = document.createElement("iframe");
    frame.src = address;
    await new Promise((loaded) => {
      frame.onload = loaded;
      document.body.append(frame);
    });
    const title = document.title;
    frame.remove();
    return { status, title };
  }, url);
  expect(got.status).toBe(403);
  expect(got.title).not.toBe("hacked");
  const page = await person.newPage();
  expect((await page.goto(url))?.status()).toBe(403);
  expect(await page.title()).not.toBe("hacked");
});
