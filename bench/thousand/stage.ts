import { mkdir, mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findFiles } from "#headless-peer/sources/find-files.ts";
import { hashTorrent } from "#headless-peer/sources/hash-torrent.ts";
import { planTorrent } from "#shared/meta/create.ts";
import { encodeMetainfo } from "#shared/meta/metainfo.ts";
import { MIB } from "../../e2e/files.ts";
import { runTracker } from "../../e2e/tracker.ts";
import { MeasuredProcess } from "../machine/measured-process.ts";
import type { OnStage } from "../report/measure.ts";
import type { Seeds } from "./seeds.ts";

/** Our name in the table. */
export const OURS = "Tabswarm";

/** What one run gets: a tracker without peers, many torrents, and a peer for them that is started as often as one likes. */
export interface ThousandStage {
  /** Starts the peer, whose last run has ended. */
  start(): MeasuredProcess;
}

const SEEDS = fileURLToPath(new URL("../built/seeds.js", import.meta.url));

/** Makes the torrents, and the stages of all runs, one at a time. */
export async function openStage(
  torrents: number,
  mib: number,
): Promise<{ readonly onStage: OnStage<ThousandStage>; close(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), "tabswarm-bench-"));
  const folder = join(root, "torrents");
  for (let at = 0; at < torrents; at++) await makeTorrent(folder, at, mib);
  const onStage: OnStage<ThousandStage> = async (run) => {
    const tracker = await runTracker();
    const records = join(root, "records");
    const started: MeasuredProcess[] = [];
    const task: Seeds = { folder, records, tracker: new URL("/announce", tracker.url).href };
    try {
      return await run({
        start() {
          const process = new MeasuredProcess("node", SEEDS, JSON.stringify(task));
          started.push(process);
          return process;
        },
      });
    } finally {
      await Promise.all(started.map((process) => process.kill()));
      await tracker.stop();
      await rm(records, { recursive: true, force: true });
    }
  };
  return { onStage, close: () => rm(root, { recursive: true, force: true }) };
}

/** A torrent of two files: one of zeros, which take no room on the disk, and a small one. */
async function makeTorrent(folder: string, number: number, mib: number): Promise<void> {
  const name = `torrent ${number}`;
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  const film = await open(join(path, "film"), "w");
  await film.truncate(mib * MIB);
  await film.close();
  await writeFile(join(path, "notes"), `Notes on ${name}.`);
  const { files } = await findFiles([path]);
  const { infoBytes } = await hashTorrent(planTorrent(files), false, () => {});
  await writeFile(`${path}.torrent`, encodeMetainfo({ infoBytes, trackerTiers: [] }));
}
