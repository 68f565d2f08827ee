import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pieceLengthFor } from "#shared/meta/create.ts";
import { RunningCommand } from "./command.ts";
import type { WireContent } from "./wire-peer.ts";

/** A torrent made by `tabswarm create`. */
export interface OurTorrent {
  readonly infoHash: string;
  readonly name: string;
  /** The .torrent file. */
  readonly file: string;
  readonly magnet: string;
  /** The folder that holds its file or folder. */
  readonly data: string;
}

/** Makes a .torrent for a file or folder, beside it, with these trackers. */
export async function makeTorrent(path: string, ...trackers: readonly string[]): Promise<OurTorrent> {
  const file = `${path}.torrent`;
  const announces = trackers.flatMap((url) => ["--announce", url]);
  const command = new RunningCommand("create", path, ...announces, "--out", file);
  const { infoHash, magnet } = await command.line("created");
  return {
    infoHash: String(infoHash),
    name: basename(path),
    file,
    magnet: String(magnet),
    data: dirname(path),
  };
}

/** Starts `tabswarm seed` and waits until it seeds. */
export async function seed({ file }: OurTorrent, ...flags: readonly string[]): Promise<RunningCommand> {
  const seeder = new RunningCommand("seed", file, "--port", "0", ...flags);
  await seeder.line("seeding");
  return seeder;
}

/** The content for a `WirePeer`: these files, one after another. */
export async function wireContent(torrent: OurTorrent, ...paths: readonly string[]): Promise<WireContent> {
  const files = await Promise.all(paths.map((path) => readFile(join(torrent.data, path))));
  const bytes = Buffer.concat(files);
  return { infoHash: torrent.infoHash, pieceLength: pieceLengthFor(bytes.length), bytes };
}
