import { Command } from "commander";
import qrcode from "qrcode";
import type { HeadlessPeer } from "#headless-peer/peer.ts";
import { type NamedTrackers, withTyped } from "#headless-peer/trackers/named-trackers.ts";
import { messageOf } from "#shared/base/errors.ts";
import type { InfoHash, WebSeedUrl } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import { StorageError } from "#shared/driver/ports.ts";
import type { PeerTorrent } from "#shared/library/peer-torrent.ts";
import type { Encryption } from "#shared/library/platform.ts";
import type { Info } from "#shared/meta/info.ts";
import { isContent } from "#shared/meta/layout.ts";
import { parseLink } from "#shared/meta/read-link.ts";
import { CommandError, isExplained } from "../failure.ts";
import { parseDescription } from "../flags/description-flag.ts";
import { addLimitFlags, ownLimits, type TorrentLimits } from "../flags/limit-flags.ts";
import { addPeerFlags, foundWithoutTracker, type PeerFlags } from "../flags/peer-flags.ts";
import { pieceLengthOption } from "../flags/piece-length-flag.ts";
import { WEB_SEED_OPTION } from "../flags/web-seed-flag.ts";
import { lookUntil, whenStateChanges } from "../look-until.ts";
import { type Run, runOnce, withCommonFlags } from "../once.ts";
import { catalogsAt, type PublishEvents, Publisher, publishText } from "../publisher.ts";
import { formatBytes } from "../show/format.ts";
import { showProgress } from "../show/progress.ts";
import { shareSummaryLine } from "../show/share-summary.ts";
import { sharingEndedLine } from "../show/sharing-ended.ts";
import { tellSkipped } from "../show/skipped.ts";
import { showStatus, statusOfTorrents } from "../show/status.ts";
import type { TrackerCatalog } from "../sources/catalog.ts";
import {
  type FoundSeed,
  findSeed,
  isTorrentFile,
  type SeedEvents,
  type SeedWish,
  seedLinks,
  seedTorrent,
} from "../sources/seed-source.ts";
import { MAX_TORRENTS } from "../sources/start-config.ts";
import { findTrackers } from "../sources/trackers.ts";
import { startPeer } from "../start-peer.ts";
import { stopSignal } from "../stop-signal.ts";
import { watchForStops } from "../watch-for-stops.ts";

interface SeedFlags extends PeerFlags, TorrentLimits {
  readonly data?: string;
  readonly name?: string;
  readonly pieceLength?: number;
  readonly private: boolean;
  readonly webSeed: readonly WebSeedUrl[];
  readonly publish: boolean;
  readonly description?: string;
  readonly encrypt: boolean;
  readonly link?: string;
}

/** `tabswarm seed`: shares files with browsers and desktops until you stop it, or everything has reached a limit. */
export function seedCommand(): Command {
  const command = new Command("seed")
    .description("share files and folders, or the data of a .torrent, until you press Ctrl-C")
    .argument("<path...>", "file or folder; several make one torrent. Or .torrent files, each a torrent")
    .option("--data <path>", "where the data of the .torrent files is, by default next to each")
    .option("--name <name>", "the torrent's name, by default that of its file or folder")
    .option(...WEB_SEED_OPTION)
    .addOption(pieceLengthOption())
    .option("--private", "private torrent: its peers come from its trackers only", false)
    .option(
      "--encrypt",
      "encrypted share: only those who have its share link can read it, or learn names and sizes",
      false,
    )
    .option(
      "--link <share link>",
      "go on with the encrypted share that has this link, of the same files; implies --encrypt",
    )
    .option("--publish", "show it in the catalog of the Tabswarm trackers, once it is seeded", false)
    .option("--description <text>", "what the catalog says about it", parseDescription);
  return withCommonFlags(addPeerFlags(addLimitFlags(command, "seed"))).action(seed);
}

async function seed(paths: readonly string[], flags: SeedFlags, command: Command): Promise<void> {
  const wishes = wishesOf(paths, flags, command);
  const catalogs = catalogsOf(flags, command);
  await runOnce("seed", flags, async (run) => {
    const named = await findTrackers(flags.tracker, run.warn);
    const found = await findEach(wishes, flags, run);
    for (const { warnings } of found) for (const sentence of warnings) run.warn(sentence);
    const lonely = found.filter(({ trackerTiers }) => withTyped(named, trackerTiers).length === 0);
    for (const how of new Set(lonely.map(({ seed }) => foundWithoutTracker(flags, seed.info.isPrivate))))
      run.warn(how);
    const stopped = stopSignal(); // Before any output: its reader may answer with Ctrl-C at once.
    const peer = await startPeer(flags, named, run);
    try {
      const publisher = new Publisher(catalogs, publishEvents(flags, run));
      await addEach(found, peer, named, flags, run, publisher);
      const status = showStatus(statusOfTorrents(peer), flags.json);
      const lookForStops = watchForStops(peer, {
        failed: (message) => fail(message, flags, run),
        ended: (view, because) => status.print(sharingEndedLine(view, because, flags.json)),
      });
      const look = (): true | undefined => {
        publisher.look(peer);
        return lookForStops();
      };
      await lookUntil(stopped, whenStateChanges(peer), look).finally(() => status.end());
      for (const view of peer.view()) console.log(shareSummaryLine(view, flags.json));
    } finally {
      await peer.close();
    }
  });
}

/** One torrent for each .torrent, or one of all files. */
function wishesOf(paths: readonly string[], flags: SeedFlags, command: Command): readonly SeedWish[] {
  const torrents = paths.filter(isTorrentFile);
  if (torrents.length === 0 && flags.data !== undefined)
    command.error("error: --data goes with .torrent files. Leave it out, or name a .torrent.");
  const encrypt = encryptOf(torrents, flags, command);
  const wish = { ...flags, webSeeds: flags.webSeed, encrypt };
  if (torrents.length === 0) return [{ ...wish, paths }];
  if (torrents.length < paths.length) {
    command.error(
      "error: Some of these are .torrent files and some are not. Name only .torrent files to share what they describe; to share the files themselves, put them into a folder and name that.",
    );
  }
  if (torrents.length > MAX_TORRENTS)
    command.error(`error: One peer shares at most ${MAX_TORRENTS} torrents. Name fewer.`);
  return torrents.map((path) => ({ ...wish, paths: [path] }));
}

/** Undefined: others can read it. */
function encryptOf(torrents: readonly string[], flags: SeedFlags, command: Command): Encryption | undefined {
  if (!flags.encrypt && flags.link === undefined) return undefined;
  if (torrents.length > 0)
    command.error("error: --encrypt makes a share of files. What a .torrent describes is shared as it is.");
  if (flags.private)
    command.error("error: --private does not go with --encrypt, whose torrent cannot be marked as private.");
  if (flags.webSeed.length > 0)
    command.error("error: --web-seed does not go with --encrypt: the server has the files as they are.");
  if (flags.publish)
    command.error(
      "error: --publish does not go with --encrypt: nobody who finds it in the catalog could read it.",
    );
  if (flags.link === undefined) return { again: undefined };
  return { again: againOf(flags.link, command) };
}

function againOf(text: string, command: Command): Encryption["again"] {
  try {
    const { infoHash, key } = parseLink(text);
    if (key !== undefined) return { infoHash, key };
  } catch (error) {
    command.error(`error: --link: ${messageOf(error)}`);
  }
  return command.error("error: --link needs the share link of an encrypted share, with its key (&k=…).");
}

/** Where to publish. */
function catalogsOf(
  { publish, description, tracker }: SeedFlags,
  command: Command,
): readonly TrackerCatalog[] {
  if (!publish && description !== undefined) command.error("error: --description goes with --publish.");
  if (!publish) return [];
  const catalogs = catalogsAt(tracker);
  if (catalogs.length === 0)
    command.error(
      "error: --publish needs --tracker with a Tabswarm tracker, such as http://192.168.1.5:8000.",
    );
  return catalogs;
}

function publishEvents({ json }: SeedFlags, { log, warn }: Run): PublishEvents {
  return {
    warn,
    told: ({ outcome, ...news }) => {
      log.info(news, outcome);
      if (json) console.log(JSON.stringify({ type: outcome, ...news }));
      else console.log(publishText({ outcome, ...news }));
    },
  };
}

/** Reports what fails and goes on with the rest. Rejects when nothing is left. */
async function findEach(
  wishes: readonly SeedWish[],
  flags: SeedFlags,
  run: Run,
): Promise<readonly FoundSeed[]> {
  const found = new Map<InfoHash, FoundSeed>();
  const events: SeedEvents = {
    hashing: (work) => showProgress(work, flags.json),
    skipped: (entries) => tellSkipped(entries, flags.json, run.log),
  };
  await forEach(wishes, flags, run, async (wish) => {
    const seed = await findSeed(wish, events);
    if (found.has(seed.infoHash)) run.warn(`${seed.info.name} is named more than once; it is shared once.`);
    found.set(seed.infoHash, seed);
  });
  return [...found.values()];
}

async function addEach(
  found: readonly FoundSeed[],
  peer: HeadlessPeer,
  named: NamedTrackers,
  flags: SeedFlags,
  run: Run,
  publisher: Publisher,
): Promise<void> {
  await forEach(found, flags, run, async (seed) => {
    const torrent = { ...seedTorrent(seed, named), ...ownLimits(flags) };
    await peer.add(torrent);
    publisher.add(seed, flags.description ?? "");
    tellLinks(seed, torrent, named, peer.port, flags.json, run);
  });
  if (flags.json) return;
  await showCode(found, named);
  if (peer.port !== undefined) console.log(`  TCP port   ${peer.port}`);
  console.log("Press Ctrl-C to stop.");
}

/** In a terminal: the share link as a picture, for a phone. Of several torrents each would fill a screen. */
async function showCode([first, second]: readonly FoundSeed[], named: NamedTrackers): Promise<void> {
  if (first === undefined || second !== undefined || !process.stdout.isTTY) return;
  const { link } = seedLinks(first, named);
  if (link !== undefined) console.log(await qrcode.toString(link, { type: "terminal", small: true }));
}

/** Does something with each thing. Reports what fails and goes on; rejects when all of them fail. */
async function forEach<Thing>(
  things: readonly Thing[],
  flags: SeedFlags,
  run: Run,
  work: (thing: Thing) => Promise<void>,
): Promise<void> {
  let failures = 0;
  for (const thing of things) {
    try {
      await work(thing);
    } catch (error) {
      if (!isExplained(error) || things.length === 1) throw error;
      fail(error.message, flags, run);
      failures += 1;
    }
  }
  if (failures === things.length)
    throw new StorageError(`None of the ${failures} torrents can be shared. See above.`);
}

/** Reports a failure; the command goes on. */
function fail(message: string, { json }: SeedFlags, { log }: Run): void {
  log.error(message);
  new CommandError(message, json).report();
}

function tellLinks(
  found: FoundSeed,
  torrent: PeerTorrent,
  named: NamedTrackers,
  port: number | undefined,
  asJson: boolean,
  { log }: Run,
): void {
  const { infoHash, info, seed, key } = found;
  const { name } = info;
  const { magnet, link } = seedLinks(found, named);
  log.info({ infoHash, port, trackers: torrent.trackers.map((tier) => tier.map(withoutKey)) }, "seeding");
  if (asJson) return console.log(JSON.stringify({ type: "seeding", name, infoHash, magnet, link, port }));
  const size = formatBytes(contentBytes(seed.info));
  console.log(`Sharing ${printable(name)} (${size}${key === undefined ? "" : ", encrypted"})`);
  console.log(`  magnet     ${magnet}`);
  if (link !== undefined) console.log(`  share link ${link}`);
  if (key !== undefined)
    console.log(
      "Whoever has the share link can read it; keep the link to go on later, with --link. The magnet link only lets others carry it.",
    );
}

function contentBytes({ files }: Info): number {
  return files.reduce((sum, file) => sum + (isContent(file) ? file.bytes : 0), 0);
}
