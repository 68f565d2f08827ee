import { stat } from "node:fs/promises";
import { join } from "node:path";
import { startFarTracker } from "../../e2e/far-path.ts";
import type { Figures } from "../report/measure.ts";
import { limitedTask } from "./limited-task.ts";
import {
  aria2,
  barePeers,
  discardingLeechers,
  encryptedTabswarm,
  libtorrent,
  type Program,
  tabswarm,
  webTorrent,
} from "./programs.ts";
import { OURS, type TcpStage, type TcpTask } from "./stage.ts";

const MIB = 1024 * 1024;
const LEECHERS = 4;
const CROWD = 50;

/** What each peer of a crowd takes: so much that what the seeder read for one is no longer cached for the next. */
const CROWD_BYTES_EACH = 16 * MIB;

/** Like the thumbnails of a photo collection or a folder of source code. */
const MANY_FILES = 20_000;
const SMALL_BYTES = 4_096;

/** The other side of the world. */
const FAR = { delayMillis: 100, bytesPerSecond: 12_500_000 };

/** 20 seconds of its line. */
const FAR_BYTES = 240 * MIB;

/** All tasks, in the order in which they run. `mebibytes` is the size of a transfer. */
export function tasks(mebibytes: number): TcpTask[] {
  const bytes = mebibytes * MIB;
  return [
    ...[transferTask(bytes), encryptedTask(bytes), farTask(), swarmTask(bytes), limitedTask()],
    ...[crowdTask(bytes), filesTask()],
  ];
}

function transferTask(bytes: number): TcpTask {
  return {
    name: "transfer",
    title: `${bytes / MIB} MiB from one process to another`,
    contenders: {
      [OURS]: transfer(bytes, tabswarm, tabswarm),
      "bare sockets": transfer(bytes, barePeers()),
      libtorrent: transfer(bytes, libtorrent),
      WebTorrent: transfer(bytes, webTorrent),
      "Tabswarm to libtorrent": transfer(bytes, tabswarm, libtorrent),
      "libtorrent to Tabswarm": transfer(bytes, libtorrent, tabswarm),
      "Tabswarm to aria2": transfer(bytes, tabswarm, aria2),
      "aria2 to Tabswarm": transfer(bytes, aria2, tabswarm),
      "Tabswarm to WebTorrent": transfer(bytes, tabswarm, webTorrent),
      "WebTorrent to Tabswarm": transfer(bytes, webTorrent, tabswarm),
    },
  };
}

/** What RC4 costs, beside the same without. */
function encryptedTask(bytes: number): TcpTask {
  return {
    name: "encrypted",
    title: `${bytes / MIB} MiB from one process to another, with RC4`,
    contenders: {
      [OURS]: transfer(bytes, encryptedTabswarm),
      "Tabswarm without": transfer(bytes, tabswarm),
    },
  };
}

function transfer(bytes: number, from: Program, to = from, files = 1) {
  return async (stage: TcpStage): Promise<Figures> => {
    const sample = await stage.sample(bytes, files);
    const folder = await stage.emptyFolder();
    const seeder = await from.seed(stage, sample);
    const before = seeder.cpuSeconds();
    const startedAt = performance.now();
    const leecher = await to.leech(stage, sample, folder);
    await leecher.done;
    const seconds = (performance.now() - startedAt) / 1000;
    const leecherCpuSeconds = leecher.process.cpuSeconds();
    const seederCpuSeconds = seeder.cpuSeconds() - before;
    await refuseOtherSize(folder, bytes, files);
    return {
      ...(files > 1 && { "s until all are complete": seconds }),
      "MB/s": bytes / 1e6 / seconds,
      "CPU s, seeder": seederCpuSeconds,
      "CPU s, leecher": leecherCpuSeconds,
      "MB at the peak, seeder": seeder.peakBytes() / 1e6,
      "MB at the peak, leecher": leecher.process.peakBytes() / 1e6,
    };
  };
}

/** One link over a long way, from the start of the leecher: connecting and slow start included. */
function farTask(): TcpTask {
  const across = (program: Program) => async (stage: TcpStage) => {
    const tracker = await startFarTracker(FAR);
    try {
      const sample = await stage.sampleAt(await stage.sample(FAR_BYTES), tracker.url);
      const farStage = { ...stage, trackerUrl: tracker.url };
      await program.seed(farStage, sample);
      const startedAt = performance.now();
      const leecher = await program.leech(farStage, sample, await stage.emptyFolder());
      await leecher.done;
      const seconds = (performance.now() - startedAt) / 1000;
      return { "of the line": FAR_BYTES / FAR.bytesPerSecond / seconds };
    } finally {
      tracker.close();
    }
  };
  return {
    name: "far",
    title: `${FAR_BYTES / MIB} MiB at 100 Mbit/s and a round trip of 200 ms`,
    contenders: { [OURS]: across(tabswarm), libtorrent: across(libtorrent), WebTorrent: across(webTorrent) },
  };
}

function swarmTask(bytes: number): TcpTask {
  const among = (program: Program) => async (stage: TcpStage) => {
    const sample = await stage.sample(bytes);
    const seeder = await program.seed(stage, sample);
    const cpuBefore = seeder.cpuSeconds();
    const startedAt = performance.now();
    const leechers = await Promise.all(
      Array.from({ length: LEECHERS }, async () => program.leech(stage, sample, await stage.emptyFolder())),
    );
    await Promise.all(leechers.map(({ done }) => done));
    const seconds = (performance.now() - startedAt) / 1000;
    const all = [seeder, ...leechers.map((leecher) => leecher.process)];
    return {
      "s until all are complete": seconds,
      "CPU s, all": all.reduce((sum, each) => sum + each.cpuSeconds(), -cpuBefore),
      "MB at the peak, the largest": Math.max(...all.map((each) => each.peakBytes())) / 1e6,
      "copies sent by the seeder": (await program.sentBytes(seeder)) / bytes,
    };
  };
  return {
    name: "swarm",
    title: `${bytes / MIB} MiB from one process to ${LEECHERS}`,
    contenders: { [OURS]: among(tabswarm), libtorrent: among(libtorrent), WebTorrent: among(webTorrent) },
  };
}

/** Memory of a seeder while many leechers want different pieces: it must not grow with the file. */
function crowdTask(bytes: number): TcpTask {
  const serve = async (stage: TcpStage): Promise<Figures> => {
    const sample = await stage.sample(bytes);
    const seeder = await tabswarm.seed(stage, sample);
    const { port } = JSON.parse(await seeder.lineWith('"type":"seeding"'));
    await discardingLeechers(stage, sample, String(port), CROWD, CROWD_BYTES_EACH);
    return { "MB at the peak, seeder": seeder.peakBytes() / 1e6 };
  };
  return {
    name: "crowd",
    title: `${bytes / MIB} MiB seeded to ${CROWD} at once`,
    contenders: { [OURS]: serve },
  };
}

/** The cost of files: there are few bytes. */
function filesTask(): TcpTask {
  const among = (program: Program) => transfer(MANY_FILES * SMALL_BYTES, program, program, MANY_FILES);
  return {
    name: "files",
    title: `${MANY_FILES} files of ${SMALL_BYTES / 1024} KiB from one process to another`,
    contenders: {
      [OURS]: among(tabswarm),
      libtorrent: among(libtorrent),
      aria2: among(aria2),
      WebTorrent: among(webTorrent),
    },
  };
}

async function refuseOtherSize(folder: string, bytes: number, files: number): Promise<void> {
  const paths =
    files === 1 ? ["sample.bin"] : Array.from({ length: files }, (_, at) => join("sample", `${at}.bin`));
  let size = 0;
  for (const path of paths) size += (await stat(join(folder, path))).size;
  if (size !== bytes) throw new Error(`${size} bytes arrived instead of ${bytes}.`);
}
