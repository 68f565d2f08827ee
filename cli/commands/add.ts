import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { Command } from "commander";
import { messageOf, UsageError } from "#shared/base/errors.ts";
import { printable } from "#shared/base/printable.ts";
import type { AddedJson, NewTorrentJson } from "#shared/daemon/daemon-api.ts";
import { holdsLink } from "#shared/meta/links.ts";
import { MAX_TORRENT_FILE_BYTES } from "#shared/meta/metainfo.ts";
import { chosenLimits, limitsJson } from "../flags/chosen-limits.ts";
import { addLimitKeys, type TorrentLimits } from "../flags/limit-flags.ts";
import { parseGlob } from "../flags/select-flag.ts";
import { type DaemonClientFlags, withDaemonFlags } from "../flags/state-flag.ts";
import { runOnce } from "../once.ts";
import { DaemonClient } from "../sources/daemon-client.ts";
import { isTorrentFile } from "../sources/seed-source.ts";

interface AddFlags extends DaemonClientFlags, TorrentLimits {
  readonly out?: string;
  readonly select: readonly string[];
  readonly name?: string;
  readonly private: boolean;
  readonly encrypt: boolean;
  readonly link?: string;
  readonly withoutKey: boolean;
  readonly paused: boolean;
}

/** `tabswarm add`: gives a daemon something to download or to share. */
export function addCommand(): Command {
  const command = new Command("add")
    .description("give the daemon something to download, or files of yours to share")
    .argument(
      "<what...>",
      "magnet links, share links, info-hashes and .torrent files to download; or files and folders, which become one torrent",
    )
    .option("--out <folder>", "where to download into; by default the folder of the daemon")
    .option("--select <glob>", "download only the files that match; may be repeated", parseGlob, [])
    .option("--name <name>", "the name of a torrent that is made of files")
    .option("--private", "such a torrent is private: its peers come from its trackers only", false)
    .option(
      "--encrypt",
      "such a torrent is an encrypted share: only those who have its share link can read it, or learn names and sizes",
      false,
    )
    .option(
      "--link <share link>",
      "go on with the encrypted share that has this link, of the same files; implies --encrypt",
    )
    .option(
      "--without-key",
      "download encrypted shares as they are, to carry them for others without reading them",
      false,
    )
    .option("--paused", "wait until it is resumed", false);
  return withDaemonFlags(addLimitKeys(command, "download")).action(add);
}

async function add(what: readonly string[], flags: AddFlags): Promise<void> {
  await runOnce("add", flags, async (run) => {
    const wishes = await wishesOf(what, flags);
    const client = await DaemonClient.find(resolve(flags.state));
    for (const wish of wishes) {
      const { items, warnings } = await client.ask<AddedJson>("POST", "/api/torrents", wish);
      for (const warning of warnings) run.warn(warning);
      for (const added of items) tell(added, flags);
    }
  });
}

function tell({ infoHash, name, isNew }: AddedJson["items"][number], { json }: AddFlags): void {
  if (json) return console.log(JSON.stringify({ type: isNew ? "added" : "alreadyThere", infoHash, name }));
  const shown = printable(name);
  console.log(isNew ? `Added ${shown} (${infoHash})` : `${shown} was there already (${infoHash})`);
}

async function wishesOf(what: readonly string[], flags: AddFlags): Promise<readonly NewTorrentJson[]> {
  const isLink = (text: string): boolean => !existsSync(text) && holdsLink(text);
  const links = what.filter(isLink);
  const torrents = what.filter((text) => !isLink(text) && isTorrentFile(text));
  const paths = what.filter((text) => !isLink(text) && !isTorrentFile(text));
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined)
    throw new UsageError(
      "notFound",
      `There is no file ${missing}, and it is not a magnet link or info-hash either. Check the spelling.`,
    );
  const { out, select, name, private: isPrivate, paused: isPaused, encrypt, link: again } = flags;
  if ((encrypt || again !== undefined) && paths.length < what.length)
    throw new UsageError(
      "notFiles",
      "Only files and folders of your own can be encrypted. Add links and .torrent files without --encrypt and --link.",
    );
  const common = { isPaused, limits: limitsJson(chosenLimits(flags)) };
  const carried = flags.withoutKey && { withoutKey: true };
  const download = { ...common, ...(out !== undefined && { folder: resolve(out) }), select, ...carried };
  const wishes: NewTorrentJson[] = links.map((link) => ({ link, ...download }));
  for (const path of torrents) wishes.push({ torrent: await contentOf(path), ...download });
  if (paths.length > 0)
    wishes.push({
      ...{ paths: paths.map((path) => resolve(path)), isPrivate, ...common, encrypt },
      ...(again !== undefined && { again }),
      ...(name !== undefined && { name }),
    });
  return wishes;
}

async function contentOf(path: string): Promise<string> {
  try {
    if ((await stat(path)).size <= MAX_TORRENT_FILE_BYTES) return await readFile(path, "base64");
  } catch (error) {
    throw new UsageError("unreadable", `${path} cannot be read (${messageOf(error)}).`);
  }
  throw new UsageError(
    "torrentTooLarge",
    `${path} is larger than a .torrent file can be. Choose another one.`,
  );
}
