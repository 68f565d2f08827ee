import { fileURLToPath } from "node:url";
import { findAria2, NO_ARIA2 } from "../../e2e/aria2.ts";
import { freePort } from "../../e2e/free-port.ts";
import { untilCounted } from "../../e2e/scrape.ts";
import type { MeasuredProcess } from "./measured-process.ts";
import type { Sample, TcpStage } from "./stage.ts";

/** A client that speaks TCP, as a command. All of them hash every piece that comes. */
export interface Program {
  /** Seeds a sample from where it lies. Done when others can have it. */
  seed(stage: TcpStage, sample: Sample): Promise<MeasuredProcess>;
  /** Starts to fetch a sample into a folder. It stays when it is done, so that it can be asked what it cost. */
  leech(stage: TcpStage, sample: Sample, folder: string): Promise<Leecher>;
}

interface Leecher {
  readonly process: MeasuredProcess;
  /** It has everything. */
  readonly done: Promise<unknown>;
}

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const TABSWARM = here("../../dist/cli/tabswarm.js");
const WEBTORRENT = here("../../e2e/foreign/webtorrent.js");
const BARE_PEER = here("../built/bare-peer.js");

/** TCP alone, and nobody but those at the tracker. */
const TABSWARM_FLAGS = ["--no-rtc", "--no-lsd", "--host", "127.0.0.1", "--port", "0", "--json"];

export const tabswarm: Program = {
  async seed(stage, sample) {
    const words = ["seed", sample.torrentFile, "--data", sample.folder, ...TABSWARM_FLAGS];
    const seeder = stage.start(process.execPath, TABSWARM, ...words);
    await seederIsKnown(stage, sample);
    return seeder;
  },
  async leech(stage, sample, folder) {
    const words = ["download", sample.torrentFile, "--out", folder, "--seed-after", ...TABSWARM_FLAGS];
    const leecher = stage.start(process.execPath, TABSWARM, ...words);
    return { process: leecher, done: leecher.said('"type":"downloaded"') };
  },
};

/** WebTorrent in Node, TCP alone as the torrent's tracker speaks HTTP, and not encrypted. */
export const webTorrent: Program = {
  async seed(stage, sample) {
    const seeder = stage.start(process.execPath, WEBTORRENT, sample.torrentFile, sample.folder, "plain");
    await seeder.said("done");
    await seederIsKnown(stage, sample);
    return seeder;
  },
  async leech(stage, sample, folder) {
    const leecher = stage.start(process.execPath, WEBTORRENT, sample.torrentFile, folder, "plain");
    return { process: leecher, done: leecher.said("done") };
  },
};

/** Without what the machine's user has set, without any way to find peers but the tracker, and seeding without end. */
const ARIA2_FLAGS = [
  "--no-conf",
  "--enable-dht=false",
  "--enable-dht6=false",
  "--bt-enable-lpd=false",
  "--enable-peer-exchange=false",
  "--seed-ratio=0.0",
  "--file-allocation=none", // It would write zeros first.
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
    // It says nothing by itself when a download is complete and goes on seeding.
    const tell = "--on-bt-download-complete=/bin/echo";
    const leecher = await startAria2(stage, tell, "--dir", folder, sample.torrentFile);
    return { process: leecher, done: leecher.said(` 1 ${folder}`) };
  },
};

async function startAria2(stage: TcpStage, ...words: readonly string[]): Promise<MeasuredProcess> {
  const command = findAria2();
  if (command === undefined) throw new Error(NO_ARIA2);
  return stage.start(command, ...ARIA2_FLAGS, `--listen-port=${await freePort()}`, ...words);
}

/** What Node's sockets can do at best. The leecher is told where the seeder is. */
export function barePeers(): Program {
  let port = "";
  return {
    async seed(stage, { torrentFile, path }) {
      const seeder = stage.start(process.execPath, BARE_PEER, "seed", torrentFile, path);
      port = (await seeder.said("listening at")).split(" ").at(-1) ?? "";
      return seeder;
    },
    async leech(stage, { torrentFile }, folder) {
      const words = ["leech", torrentFile, `${folder}/sample.bin`, port];
      const leecher = stage.start(process.execPath, BARE_PEER, ...words);
      return { process: leecher, done: leecher.said("done") };
    },
  };
}

/** So many links over which pieces from all over the sample are asked of a peer at once, and thrown away. */
export function drinkers(
  stage: TcpStage,
  { torrentFile }: Sample,
  port: string,
  links: number,
  bytesEach: number,
): Promise<unknown> {
  const words = ["drink", torrentFile, port, String(links), String(bytesEach)];
  return stage.start(process.execPath, BARE_PEER, ...words).said("done");
}

/** Seeders announce themselves when they have verified their data. */
function seederIsKnown({ trackerUrl }: TcpStage, { infoHash }: Sample): Promise<void> {
  return untilCounted(trackerUrl, infoHash, { seeders: 1 });
}
