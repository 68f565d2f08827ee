import { Command } from "commander";
import type { TorrentFile } from "#headless-peer/sources/torrent-file.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import { isContent } from "#shared/meta/layout.ts";
import { formatMagnet } from "#shared/meta/magnet.ts";
import type { Link } from "#shared/meta/read-link.ts";
import { safeName, safePaths } from "#shared/meta/safe-path.ts";
import type { LogFlags } from "../flags/log.ts";
import { runOnce, withCommonFlags } from "../once.ts";
import { formatBytes, formatPieceLength, plural } from "../show/format.ts";
import { readTorrentReferences } from "../sources/torrent-reference.ts";

const MAX_FILES_SHOWN = 100;
const MAX_PEER_CHARACTERS = 64;

/** `tabswarm info`: says what a torrent is, or what is wrong with it. */
export function infoCommand(): Command {
  const command = new Command("info")
    .description("say what is in a .torrent or a magnet link, or what is wrong with it")
    .argument("<torrent|magnet>", ".torrent file, magnet link, share link or info-hash");
  return withCommonFlags(command).action(info);
}

async function info(text: string, flags: LogFlags): Promise<void> {
  await runOnce("info", flags, async ({ log, warn }) => {
    const references = await readTorrentReferences(text, warn);
    for (const [at, reference] of references.entries()) {
      const facts =
        reference.type === "torrent" ? torrentFacts(reference.torrent) : magnetFacts(reference.link);
      const file = reference.type === "torrent" ? text : undefined; // A link may carry a key.
      log.info({ file, infoHash: facts.infoHash }, "torrent read");
      if (at > 0 && !flags.json) console.log("");
      if (flags.json) console.log(JSON.stringify(facts));
      else if (facts.type === "torrent") printTorrent(facts);
      else printMagnet(facts);
    }
  });
}

interface TorrentFacts {
  readonly type: "torrent";
  readonly name: string;
  readonly infoHash: string;
  readonly magnet: string;
  readonly bytes: number;
  readonly pieceLength: number;
  readonly pieces: number;
  readonly private: boolean;
  readonly trackers: readonly string[];
  readonly webSeeds: readonly string[];
  readonly comment: string | undefined;
  readonly createdBy: string | undefined;
  /** What we ignored, read differently or left out. */
  readonly warnings: readonly string[];
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
}

const CARRIES_KEY =
  "its trackers' URLs carry a key, which is not shown: whoever has the file announces in its owner's name";

const hasKey = (url: TrackerUrl): boolean => withoutKey(url) !== url;

/** Names and paths are as we would save them. */
function torrentFacts({
  info,
  infoHash,
  trackerTiers,
  webSeeds,
  comment,
  createdBy,
  warnings,
}: TorrentFile): TorrentFacts {
  const { layout, isPrivate } = info;
  const paths = safePaths(info);
  const files = info.files.flatMap((file, at) =>
    isContent(file) ? [{ path: paths[at] ?? "", bytes: file.bytes }] : [],
  );
  const name = safeName(info.name);
  const trackers = trackerTiers.flat();
  return {
    type: "torrent",
    name,
    infoHash,
    magnet: formatMagnet({ infoHash, displayName: name, trackers, webSeeds, selectedFiles: undefined }),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    pieceLength: layout.pieceLength,
    pieces: layout.pieceCount,
    private: isPrivate,
    trackers: trackers.map(withoutKey),
    webSeeds,
    comment,
    createdBy,
    warnings: trackers.some(hasKey) ? [...warnings, CARRIES_KEY] : warnings,
    files,
  };
}

interface MagnetFacts {
  readonly type: "magnet";
  readonly name: string | undefined;
  readonly infoHash: string;
  readonly trackers: readonly string[];
  readonly webSeeds: readonly string[];
  readonly selectedFiles: readonly number[] | undefined;
  /** The page of a share link. */
  readonly page: string | undefined;
  /** As the link writes them. */
  readonly peers: readonly string[];
  /** It leads to an encrypted share, whose key it has. Undefined: it has no key. */
  readonly encrypted: true | undefined;
}

function magnetFacts(link: Link): MagnetFacts {
  const { infoHash, displayName: name, webSeeds, selectedFiles, page, peers } = link;
  const named = { trackers: link.trackers.map(withoutKey), webSeeds };
  const encrypted = link.key === undefined ? undefined : true; // Whoever reads the facts may pass them on, so the key stays here.
  return { type: "magnet", name, infoHash, ...named, selectedFiles, page, peers, encrypted };
}

function printTorrent(facts: TorrentFacts): void {
  const { name, infoHash, bytes, pieceLength, pieces, trackers, webSeeds, warnings, files } = facts;
  const { comment, createdBy } = facts;
  console.log(name);
  printRow("info-hash", [infoHash]);
  printRow("size", [`${formatBytes(bytes)} in ${plural(files.length, "file", "files")}`]);
  printRow("pieces", [`${plural(pieces, "piece", "pieces")} of ${formatPieceLength(pieceLength)}`]);
  printRow("private", [facts.private ? "yes" : "no"]);
  printRow("trackers", trackers.length === 0 ? ["none"] : trackers);
  if (webSeeds.length > 0) printRow("web seeds", webSeeds);
  if (comment !== undefined) printRow("comment", [comment]);
  if (createdBy !== undefined) printRow("created by", [createdBy]);
  printRow("magnet", [facts.magnet]);
  if (warnings.length > 0) printRow("warnings", warnings);

  console.log("");
  const listed = files.slice(0, MAX_FILES_SHOWN);
  const sizes = listed.map((file) => formatBytes(file.bytes));
  const width = Math.max(...sizes.map(({ length }) => length));
  for (const [at, { path }] of listed.entries()) console.log(`  ${sizes[at]?.padStart(width)}  ${path}`);
  if (files.length > listed.length) {
    console.log(`  and ${plural(files.length - listed.length, "more file", "more files")}; --json lists all`);
  }
}

function printMagnet(facts: MagnetFacts): void {
  const { name, infoHash, page, trackers, webSeeds, selectedFiles, peers } = facts;
  console.log(name ?? infoHash);
  printRow("info-hash", [infoHash]);
  if (page !== undefined) printRow("page", [page]);
  if (facts.encrypted === true) printRow("encrypted", ["yes; the link has the key, which is not shown"]);
  printRow("trackers", trackers.length === 0 ? ["none"] : trackers);
  if (webSeeds.length > 0) printRow("web seeds", webSeeds);
  if (peers.length > 0)
    printRow(
      "peers",
      peers.map((peer) => printable(peer, MAX_PEER_CHARACTERS)),
    );
  if (selectedFiles !== undefined) {
    printRow("selected", [plural(selectedFiles.length, "file", "files")]);
  }
  console.log("\n  A magnet link does not list the files; peers do.");
}

function printRow(label: string, lines: readonly string[]): void {
  for (const [at, line] of lines.entries()) console.log(`  ${(at === 0 ? label : "").padEnd(12)}${line}`);
}
