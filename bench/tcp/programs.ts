import { fileURLToPath } from "node:url";
import { findAria2, NO_ARIA2 } from "../../e2e/aria2.ts";
import { freePort } from "../../e2e/free-port.ts";
import { findLibtorrent, NO_LIBTORRENT } from "../../e2e/libtorrent.ts";
import { untilCounted } from "../../e2e/scrape.ts";
import type { MeasuredProcess } from "../machine/measured-process.ts";
import type { Sample, TcpStage } from "./stage.ts";

/** A client that speaks TCP, as a command. All of them hash every piece that arrives. */
export interface Program {
  /** Seeds a sample from where it is. Resolves when the tracker knows the seeder. */
  seed(stage: TcpStage, sample: Sample): Promise<MeasuredProcess>;
  /** Starts to fetch a sample into a folder. The process stays alive afterwards, so that its cost can be measured. */
  leech(stage: TcpStage, sample: Sample, folder: string): Promise<Leecher>;
  /** How much a seeder has sent so far. */
  sentBytes(seeder: MeasuredProcess): Promise<number> | number;
}

interface Leecher {
  readonly process: MeasuredProcess;
  /** Resolves when it has everything. */
  readonly done: Promise<unknown>;
}

/** A client that limits its upload and says how many peers it has. */
export interface LimitedProgram extends Program {
  /** When a seeder had verified its data, as `performance.now()` has it. */
  readyAt(seeder: MeasuredProcess): Promise<number>;
  /** Resolves when a leecher has so many peers. */
  linked(leecher: MeasuredProcess, peers: number): Promise<unknown>;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const TABSWARM = here("../../dist/cli/tabswarm.js");
const WEBTORRENT = here("../../e2e/foreign/webtorrent.js");
const BARE_PEER = here("../built/bare-peer.js");

const LIBTORRENT_PEER = here("libtorrent-peer.py");

const writtenBytes = (seeder: MeasuredProcess): number => seeder.writtenBytes();

/** Only TCP, and only peers from the tracker. */
const TABSWARM_FLAGS = ["--no-rtc", "--no-lsd", "--host", "127.0.0.1", "--port", "0", "--json"];

export const tabswarm = tabswarmWith();

export const encryptedTabswarm = tabswarmWith("--encryption", "require");

export function limitedTabswarm(bytesPerSecond: number): LimitedProgram {
  return {
    ...tabswarmWith("--rate-up", String(bytesPerSecond)),
    readyAt: (seeder) => seeder.timeOf('"type":"seeding"'),
    linked: (leecher, peers) => leecher.lineWith(`"peers":${peers},`),
  };
}

function tabswarmWith(...more: readonly string[]): Program {
  const flags = [...TABSWARM_FLAGS, ...more];
  return {
    async seed(stage, sample) {
      const words = ["seed", sample.torrentFile, "--data", sample.folder, ...flags];
      const seeder = stage.start(process.execPath, TABSWARM, ...words);
      await seederIsKnown(stage, sample);
      return seeder;
    },
    async leech(stage, sample, folder) {
      const words = ["download", sample.torrentFile, "--out", folder, "--seed-after", ...flags];
      const leecher = stage.start(process.execPath, TABSWARM, ...words);
      return { process: leecher, done: leecher.lineWith('"type":"downloaded"') };
    },
    sentBytes: writtenBytes,
  };
}

/** WebTorrent in Node, unencrypted, and over TCP alone because the torrent's tracker speaks HTTP. */
export const webTorrent: Program = {
  async seed(stage, sample) {
    const seeder = stage.start(process.execPath, WEBTORRENT, sample.torrentFile, sample.folder, "plain");
    await seeder.lineWith("done");
    await seederIsKnown(stage, sample);
    return seeder;
  },
  async leech(stage, sample, folder) {
    const leecher = stage.start(process.execPath, WEBTORRENT, sample.torrentFile, folder, "plain");
    return { process: leecher, done: leecher.lineWith("done") };
  },
  sentBytes: writtenBytes,
};

/** The library of qBittorrent and Deluge. */
export const libtorrent = libtorrentWith();

export function limitedLibtorrent(bytesPerSecond: number): LimitedProgram {
  return {
    ...libtorrentWith(String(bytesPerSecond)),
    readyAt: (seeder) => seeder.timeOf("done"),
    linked: (leecher, peers) => leecher.lineWith(`peers ${peers}.`),
  };
}

function libtorrentWith(...limits: readonly string[]): Program {
  const start = async (stage: TcpStage, { torrentFile }: Sample, folder: string) => {
    const python = findLibtorrent();
    if (python === undefined) throw new Error(NO_LIBTORRENT);
    return stage.start(python, LIBTORRENT_PEER, torrentFile, folder, String(await freePort()), ...limits);
  };
  return {
    async seed(stage, sample) {
      const seeder = await start(stage, sample, sample.folder);
      await seeder.lineWith("done");
      await seederIsKnown(stage, sample);
      return seeder;
    },
    async leech(stage, sample, folder) {
      const leecher = await start(stage, sample, folder);
      return { process: leecher, done: leecher.lineWith("done") };
    },
    async sentBytes(seeder) {
      process.kill(seeder.pid, "SIGUSR1");
      return Number((await seeder.lineWith("sent ")).split(" ").at(-1));
    },
  };
}

/** Ignores the user's settings, finds peers through the tracker only, and seeds without end. */
const ARIA2_FLAGS = [
  "--no-conf",
  "--enable-dht=false",
  "--enable-dht6=false",
  "--bt-enable-lpd=false",
  "--enable-peer-exchange=false",
  "--seed-ratio=0.0",
  "--file-allocation=none", // Otherwise it writes zeros first.
  "--show-console-readout=false",
];

export const aria2: Program = {
  async seed(stage, sample) {
    const seeder = await startAria2(
      stage,
      "--check-integrity=true",
      "--dir",
      sample.folder,
      sample.torrentFile,
    );
    await seederIsKnown(stage, sample);
    return seeder;
  },
  async leech(stage, sample, folder) {
    // When a download is complete, it prints nothing and goes on seeding. echo gets an id, the number of files and the first one's path.
    const report = "--on-bt-download-complete=/bin/echo";
    const leecher = await startAria2(stage, report, "--dir", folder, sample.torrentFile);
    return { process: leecher, done: leecher.lineWith(` ${folder}/`) };
  },
  sentBytes: writtenBytes,
};

async function startAria2(stage: TcpStage, ...words: readonly string[]): Promise<MeasuredProcess> {
  const command = findAria2();
  if (command === undefined) throw new Error(NO_ARIA2);
  return stage.start(command, ...ARIA2_FLAGS, `--listen-port=${await freePort()}`, ...words);
}

/** The best that Node's sockets can do. The leecher knows the seeder's port. */
export function barePeers(): Program {
  let port = "";
  return {
    async seed(stage, { torrentFile, path }) {
      const seeder = stage.start(process.execPath, BARE_PEER, "seed", torrentFile, path);
      port = (await seeder.lineWith("listening at")).split(" ").at(-1) ?? "";
      return seeder;
    },
    async leech(stage, { torrentFile }, folder) {
      const words = ["leech", torrentFile, `${folder}/sample.bin`, port];
      const leecher = stage.start(process.execPath, BARE_PEER, ...words);
      return { process: leecher, done: leecher.lineWith("done") };
    },
    sentBytes: writtenBytes,
  };
}

/** A process with many links to a peer that requests pieces from all over the sample and discards them. */
export function discardingLeechers(
  stage: TcpStage,
  { torrentFile }: Sample,
  port: string,
  links: number,
  bytesEach: number,
): Promise<unknown> {
  const words = ["discard", torrentFile, port, String(links), String(bytesEach)];
  return stage.start(process.execPath, BARE_PEER, ...words).lineWith("done");
}

/** Seeders announce themselves when they have verified their data. */
function seederIsKnown({ trackerUrl }: TcpStage, { infoHash }: Sample): Promise<void> {
  return untilCounted(trackerUrl, infoHash, { seeders: 1 });
}
