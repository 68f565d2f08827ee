import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunningCommand } from "../../e2e/command.ts";
import { randomFile } from "../../e2e/files.ts";
import { freePort } from "../../e2e/free-port.ts";
import { runTracker } from "../../e2e/tracker.ts";
import { MeasuredProcess } from "../machine/measured-process.ts";
import type { OnStage, Task } from "../report/measure.ts";

/** Our name in the table. */
export const OURS = "Tabswarm";

/** A file of random bytes, or a folder of such files, and its torrent, which names only the stage's tracker. */
export interface Sample {
  readonly bytes: number;
  /** The folder that holds the file or folder. */
  readonly folder: string;
  readonly path: string;
  readonly torrentFile: string;
  readonly infoHash: string;
}

/** What one run gets: a tracker without peers, samples, folders. Nothing leaves the machine. */
export interface TcpStage {
  readonly trackerUrl: string;
  /** A sample of this many bytes, in one file or in a folder of files of equal size. */
  sample(bytes: number, files?: number): Promise<Sample>;
  /** The same with a torrent that names another tracker, until the next run. */
  sampleAt(sample: Sample, trackerUrl: string): Promise<Sample>;
  emptyFolder(): Promise<string>;
  /** Starts a program, which is killed at the end of the run. */
  start(command: string, ...words: readonly string[]): MeasuredProcess;
}

export type TcpTask = Task<TcpStage>;

/** Makes the stages of all runs, one at a time. Samples are made once. */
export interface Theatre {
  readonly onStage: OnStage<TcpStage>;
  close(): Promise<void>;
}

export async function openTheatre(): Promise<Theatre> {
  const root = await mkdtemp(join(tmpdir(), "tabswarm-bench-"));
  const trackerPort = await freePort(); // The same for all runs, because the torrents name it.
  const trackerUrl = `http://127.0.0.1:${trackerPort}/`;
  const samples = new Map<string, Promise<Sample>>();
  const sample = (bytes: number, files = 1): Promise<Sample> => {
    const name = `${files}x${bytes / files}`;
    const known = samples.get(name) ?? makeSample(join(root, name), bytes, files, trackerUrl);
    samples.set(name, known);
    return known;
  };
  const onStage: OnStage<TcpStage> = async (run) => {
    const folder = join(root, "run");
    const started: MeasuredProcess[] = [];
    let folders = 0;
    const tracker = await runTracker("--port", String(trackerPort));
    try {
      return await run({
        trackerUrl,
        sample,
        async sampleAt(known, url) {
          const torrentFile = join(folder, "other.torrent");
          await mkdir(folder, { recursive: true });
          await createTorrent(known.path, url, torrentFile);
          return { ...known, torrentFile };
        },
        async emptyFolder() {
          folders += 1;
          const empty = join(folder, String(folders));
          await mkdir(empty, { recursive: true });
          return empty;
        },
        start(command, ...words) {
          const process = new MeasuredProcess(command, ...words);
          started.push(process);
          return process;
        },
      });
    } finally {
      await Promise.all(started.map((process) => process.kill()));
      await tracker.stop();
      await rm(folder, { recursive: true, force: true }); // Before the system has written everything to disk.
    }
  };
  return { onStage, close: () => rm(root, { recursive: true, force: true }) };
}

async function makeSample(folder: string, bytes: number, files: number, trackerUrl: string): Promise<Sample> {
  const path =
    files === 1
      ? await randomFile(folder, "sample.bin", bytes)
      : await randomFolder(join(folder, "sample"), bytes, files);
  const torrentFile = `${folder}.torrent`;
  const infoHash = await createTorrent(path, new URL("/announce", trackerUrl).href, torrentFile);
  return { bytes, folder, path, torrentFile, infoHash };
}

/** Returns its info-hash. */
async function createTorrent(path: string, announce: string, torrentFile: string): Promise<string> {
  const command = new RunningCommand("create", path, "--announce", announce, "--out", torrentFile);
  const { infoHash } = await command.line("created");
  return String(infoHash);
}

async function randomFolder(path: string, bytes: number, files: number): Promise<string> {
  for (let at = 0; at < files; at++) await randomFile(path, `${at}.bin`, bytes / files);
  return path;
}
