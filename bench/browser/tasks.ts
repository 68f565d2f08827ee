import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { RunningCommand } from "../../e2e/command.ts";
import type { Task as AnyTask, Figures } from "../report/measure.ts";
import { sendBare } from "./bare-channel.ts";
import { watchMemory } from "./memory.ts";
import { WEBTORRENT_FILE } from "./pages.ts";
import { gzippedKilobytes, scriptSizes } from "./script-sizes.ts";
import type { Stage } from "./stage.ts";
import type { OpenSwarmTab } from "./swarm-tab.ts";
import { openTabswarm, TabswarmTab } from "./tabswarm.ts";
import { openWebTorrent, openWebTorrentInMemory } from "./webtorrent.ts";

type Task = AnyTask<Stage>;

/** Our name in the table. */
export const OURS = "Tabswarm";
const COMMAND = "tabswarm seed to a tab";
const BARE = "bare channel";
const WEBTORRENT = "WebTorrent";
const WEBTORRENT_IN_MEMORY = "WebTorrent in memory";

const MIB = 1024 * 1024;

/** All tasks, in the order in which they run. `divisor` makes them smaller, for a quick look. */
export function tasks(divisor: number): Task[] {
  const mebibytes = (whole: number): number => Math.ceil(whole / divisor);
  return [
    pageTask(),
    readyTask(mebibytes(256)),
    transferTask(mebibytes(128)),
    swarmTask(mebibytes(64)),
    memoryTask(mebibytes(1024)),
  ];
}

function transferTask(mebibytes: number): Task {
  const totalBytes = mebibytes * MIB;
  const figures = (seconds: number, cpuSeconds: number): Figures => ({
    "MB/s": totalBytes / 1e6 / seconds,
    "CPU s/GB": (cpuSeconds * 1e9) / totalBytes,
  });
  const between = (open: OpenSwarmTab) => async (stage: Stage) => {
    const seeder = await open(stage);
    const { link } = await seeder.share(await stage.file(totalBytes));
    const leecher = await open(stage);
    const before = stage.cpuSeconds();
    const { seconds, firstPieceSeconds } = await leecher.receive(link);
    return { ...figures(seconds, stage.cpuSeconds() - before), "first piece, s": firstPieceSeconds };
  };
  const fromCommand = async (stage: Stage) => {
    const seeder = new RunningCommand("seed", await stage.file(totalBytes), "--tracker", stage.pageUrl);
    try {
      const link = String((await seeder.line("seeding"))["link"]);
      const leecher = await openTabswarm(stage);
      const { seconds, firstPieceSeconds } = await leecher.receive(link);
      return { "MB/s": totalBytes / 1e6 / seconds, "first piece, s": firstPieceSeconds };
    } finally {
      await seeder.stop();
    }
  };
  const bare = async (stage: Stage) => {
    const before = stage.cpuSeconds();
    const seconds = await sendBare(stage, totalBytes);
    return figures(seconds, stage.cpuSeconds() - before);
  };
  return {
    name: "transfer",
    title: `${mebibytes} MiB from tab to tab`,
    contenders: {
      [OURS]: between(openTabswarm),
      [COMMAND]: fromCommand,
      [BARE]: bare,
      [WEBTORRENT]: between(openWebTorrent),
      [WEBTORRENT_IN_MEMORY]: between(openWebTorrentInMemory),
    },
  };
}

function readyTask(mebibytes: number): Task {
  const share = (open: OpenSwarmTab) => async (stage: Stage) => {
    const tab = await open(stage);
    const { readySeconds } = await tab.share(await stage.file(mebibytes * MIB));
    return { "MB/s": (mebibytes * MIB) / 1e6 / readySeconds };
  };
  return {
    name: "ready",
    title: `${mebibytes} MiB from picked to shared`,
    contenders: {
      [OURS]: share(openTabswarm),
      [WEBTORRENT]: share(openWebTorrent),
      [WEBTORRENT_IN_MEMORY]: share(openWebTorrentInMemory),
    },
  };
}

function swarmTask(mebibytes: number): Task {
  const totalBytes = mebibytes * MIB;
  const among = (open: OpenSwarmTab) => async (stage: Stage) => {
    const seeder = await open(stage);
    const { link } = await seeder.share(await stage.file(totalBytes));
    const leechers = [await open(stage), await open(stage), await open(stage)];
    const received = await Promise.all(leechers.map((leecher) => leecher.receive(link)));
    return {
      "s until all are complete": Math.max(...received.map(({ seconds }) => seconds)),
      "copies sent by the seeder": (await seeder.sentBytes()) / totalBytes,
    };
  };
  return {
    name: "swarm",
    title: `${mebibytes} MiB from one tab to three`,
    contenders: {
      [OURS]: among(openTabswarm),
      [WEBTORRENT]: among(openWebTorrent),
      [WEBTORRENT_IN_MEMORY]: among(openWebTorrentInMemory),
    },
  };
}

/** What its scripts weigh: those that the HTML names, with the engine's worker, and with what is fetched ahead once the page is shown. */
function pageTask(): Task {
  const first = "kB gzipped, named in the HTML";
  const withEngine = "kB gzipped, with the engine";
  const all = "kB gzipped, with what is fetched ahead";
  return {
    name: "page",
    title: "JavaScript of the page",
    contenders: {
      [OURS]: async ({ context, pageUrl }) => {
        const { named, withEngine: engine, all: total } = await scriptSizes(context, pageUrl);
        return { [first]: named, [withEngine]: engine, [all]: total };
      },
      "WebTorrent, the library alone": async () => ({
        [withEngine]: gzippedKilobytes(readFileSync(WEBTORRENT_FILE)),
      }),
    },
  };
}

function memoryTask(mebibytes: number): Task {
  const totalBytes = mebibytes * MIB;
  const receiveAndSave = async (stage: Stage): Promise<Figures> => {
    const seeder = await openTabswarm(stage);
    const { link } = await seeder.share(await stage.file(totalBytes));
    const page = await stage.context.newPage();
    await page.goto(stage.pageUrl);
    const memory = await watchMemory(stage, page, async () => {
      await new TabswarmTab(page).receive(link);
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Save", exact: true }).click();
      const { size } = await stat(await (await download).path());
      if (size !== totalBytes) throw new Error(`The saved file has ${size} bytes instead of ${totalBytes}.`);
    });
    return {
      "heap at its peak, MB": memory.heapPeak / 1e6,
      "heap afterwards, MB": memory.heapAfter / 1e6,
      "renderer at its peak, MB": memory.rendererPeak / 1e6,
      "renderer afterwards, MB": memory.rendererAfter / 1e6,
    };
  };
  return {
    name: "memory",
    title: `${mebibytes} MiB received and saved`,
    contenders: { [OURS]: receiveAndSave },
  };
}
