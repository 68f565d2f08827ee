// A peer with many torrents, in a process of its own: `node seeds.js <task as JSON>` prints what happens to them as JSON.
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { locateFiles } from "#headless-peer/files/locate-files.ts";
import { OPEN_FILES } from "#headless-peer/files/process-files.ts";
import { SeedRecord } from "#headless-peer/files/seed-record.ts";
import { openSeed } from "#headless-peer/files/seed-storage.ts";
import { FILES_AT_ONCE, sideBySide } from "#headless-peer/files/side-by-side.ts";
import { HeadlessPeer } from "#headless-peer/peer.ts";
import { readTorrentFile } from "#headless-peer/sources/torrent-file.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";

/** What to seed. */
export interface Seeds {
  /** With the .torrent files, and the files that they describe. */
  readonly folder: string;
  /** What is known of them is kept there. */
  readonly records: string;
  readonly tracker: string;
}

/** Looks at all torrents, by which their mean time is found. */
const LOOKS = 20;

const { folder, records, tracker }: Seeds = JSON.parse(process.argv[2] ?? "");
const startedAt = performance.now();
const paths = (await readdir(folder)).filter((name) => name.endsWith(".torrent"));
const peer = await HeadlessPeer.start({
  tcp: { host: "127.0.0.1", port: 0, encryption: "allow" },
  ...{ rtc: false, iceServers: () => [], exchange: true, local: undefined, dht: undefined },
  rates: { up: undefined, down: undefined },
  trusted: new Set([tracker as TrackerUrl]),
  warn: (sentence) => console.error(sentence),
});

let shared = 0;
let piecesHashed = 0;
const announcedAt: number[] = [];
peer.watch((_, { type, ...what }) => {
  if (type === "phaseChanged" && "phase" in what && what.phase === "seeding") {
    shared += 1;
    if (shared === paths.length) tell("shared", { seconds: seconds(), piecesHashed });
  }
  if (type === "trackerRefused" || type === "trackerLost") console.error(type, what);
  if (type !== "trackerAnswered" || announcedAt.length === paths.length) return;
  announcedAt.push(performance.now());
  if (announcedAt.length === paths.length)
    tell("announced", { seconds: seconds(), busiest: busiest(announcedAt) });
});
await sideBySide(paths, FILES_AT_ONCE, async (name) => {
  const torrent = await readTorrentFile(join(folder, name));
  const { infoHash, info } = torrent;
  const files = await locateFiles(info, folder);
  const record = new SeedRecord({
    infoHash,
    path: join(records, infoHash),
    warn: (sentence) => console.error(sentence),
  });
  await peer.add({
    infoHash,
    displayName: info.name,
    metadata: torrent,
    trackers: [[tracker as TrackerUrl]],
    select: () => undefined,
    async open() {
      const seed = await openSeed({ info, files, isVerified: false, record }, OPEN_FILES);
      piecesHashed += info.layout.pieceCount - seed.held.count;
      return seed;
    },
  });
});
tell("added", { seconds: seconds() });
process.on("SIGUSR2", () => {
  const from = performance.now();
  for (let look = 0; look < LOOKS; look++) peer.view();
  tell("looked", { millis: (performance.now() - from) / LOOKS });
});
process.once("SIGTERM", () => {
  const from = performance.now();
  peer.close().then(
    () => tell("closed", { seconds: (performance.now() - from) / 1000 }),
    (error) => console.error(error),
  );
});

function tell(type: string, facts: object): void {
  console.log(JSON.stringify({ type, ...facts }));
}

function seconds(): number {
  return (performance.now() - startedAt) / 1000;
}

/** The most that happened within one second. */
function busiest(times: readonly number[]): number {
  const counts = times.map((from, first) => times.findIndex((at) => at >= from + 1_000) - first);
  return Math.max(...counts.map((count, first) => (count < 0 - first ? times.length - first : count)));
}
