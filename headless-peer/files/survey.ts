import type { BigIntStats } from "node:fs";
import { open, unlink } from "node:fs/promises";
import type { InfoHash } from "#shared/base/ids.ts";
import type { EncryptedShare } from "#shared/encrypted/share.ts";
import type { Info } from "#shared/meta/info.ts";
import { type FileEntry, isContent } from "#shared/meta/layout.ts";
import { inTheWayError, onDisk } from "./disk-error.ts";
import { DiskFile } from "./disk-file.ts";
import { type FileStamp, identityOf, isSameStamp, stampOf } from "./file-stats.ts";
import { renameFormerHidden } from "./former-hidden.ts";
import { type DecodedResume, decodeResume, type Resume } from "./resume.ts";
import { ResumeFile } from "./resume-file.ts";
import { FILES_AT_ONCE, sideBySide } from "./side-by-side.ts";
import { TargetFolder } from "./target-folder.ts";
import { targetPaths } from "./target-paths.ts";
import { type Home, otherFileError, type Parts } from "./torrent-files.ts";

/** What to download, and where to. */
export interface Download {
  readonly infoHash: InfoHash;
  readonly info: Info;
  /** Created if it is missing. */
  readonly folder: string;
  /** Indices of files. Undefined: every file. */
  readonly selectedFiles: readonly number[] | undefined;
  /** What it downloads is encrypted: then `info` is the share's `plainInfo`. */
  readonly share?: EncryptedShare;
}

/** What is on the disk of a download. */
export interface Survey {
  readonly homes: readonly Home[];
  readonly parts: Parts;
  /** For each file, and at the end for the file of parts. */
  readonly stamps: readonly (FileStamp | undefined)[];
  /** For each file; empty for one without a home of its own. */
  readonly finalPaths: readonly string[];
  readonly resumeFile: ResumeFile;
  readonly resume: Resume | undefined;
  /** Files with our partial names, which nothing shows to be this download's. */
  readonly strangers: readonly string[];
}

/** What is on the disk of one file. */
interface Found {
  readonly home: Home;
  readonly stamp: FileStamp | undefined;
  readonly finalPath: string;
}

/** What we look for on the disk. */
interface Wanted {
  readonly entry: FileEntry;
  readonly isSelected: boolean;
  readonly final: string;
  readonly partial: string;
  /** From the resume file. */
  readonly known: FileStamp | undefined;
}

/**
 * Finds what is on the disk, and creates the folders of the selected files and files of no bytes. Rejects with a `StorageError`
 * if something else is in a file's place.
 */
export async function survey(download: Download): Promise<Survey> {
  const { infoHash, info, selectedFiles } = download;
  const paths = targetPaths(download);
  const target = await TargetFolder.open(download.folder);
  const shape = { infoHash, layout: info.layout, fileCount: info.files.length };
  await renameFormerHidden(target, paths, shape);
  const resumeFile = new ResumeFile(
    await target.place(paths.hidden.resume),
    await target.folderOf(paths.hidden.resume),
  );
  const bytes = await resumeFile.read();
  const decoded = bytes && decodeResume(bytes, shape);
  const resume = decoded?.type === "resume" ? decoded.resume : undefined;

  const selected = selectedFiles && new Set(selectedFiles);
  const found: Found[] = [];
  await sideBySide(info.files.entries(), FILES_AT_ONCE, async ([at, entry]) => {
    const isSelected = selected?.has(at) ?? true;
    const names = { final: paths.finals[at] ?? "", partial: paths.partials[at] ?? "" };
    found[at] = await findFile(target, { entry, isSelected, ...names, known: resume?.stamps[at] });
  });
  const parts = await growingFile(target, paths.hidden.parts);
  const slots = new Map(resume?.slots.map((piece, slot) => [piece, slot]));
  return {
    homes: found.map(({ home }) => home),
    parts: { disk: parts.disk, slots },
    stamps: [...found.map(({ stamp }) => stamp), parts.stamp],
    finalPaths: found.map(({ finalPath }) => finalPath),
    resumeFile,
    resume,
    strangers: strangersOf(decoded, [...found.map(({ home }) => home), { type: "file", disk: parts.disk }]),
  };
}

async function findFile(target: TargetFolder, wanted: Wanted): Promise<Found> {
  const { entry, isSelected, final, partial } = wanted;
  if (!isContent(entry)) return homeless("padding");
  const finalPath = isSelected ? await target.place(final) : await target.find(final);
  if (finalPath === undefined) return homeless("parts");
  const partialPath = await target.place(partial); // In the same folder.
  const folder = await target.folderOf(partial);

  const whole = findWhole(finalPath, await target.look(final), wanted);
  if (whole !== undefined) {
    // We were killed between giving it the final name and removing the other one.
    const isSame = (await target.look(partial))?.ino === whole.inode;
    if (isSame) await onDisk(partialPath, () => unlink(partialPath));
    const { stamp } = whole;
    return {
      home: { type: "file", disk: new DiskFile(finalPath, { type: "fixed", stamp }, folder) },
      stamp,
      finalPath,
    };
  }
  const { disk, stamp } = await growingFile(target, partial);
  if (disk.type === "missing" && !isSelected) return homeless("parts");
  if (entry.bytes === 0)
    await onDisk(finalPath, async () =>
      (await open(finalPath, "wx", entry.isExecutable ? 0o777 : 0o666)).close(),
    );
  return { home: { type: "file", disk }, stamp, finalPath };
}

/** Finds a file under its final name. Uses an unselected one only if it is known: it may be anything. */
function findWhole(
  path: string,
  stats: BigIntStats | undefined,
  { entry, isSelected, known }: Wanted,
): { readonly inode: bigint; readonly stamp: FileStamp } | undefined {
  if (stats === undefined) return undefined;
  const stamp = stampOf(stats);
  if (isSelected && !stats.isFile()) throw inTheWayError(path, "the torrent has a file of this name");
  if (isSelected && stamp.bytes !== entry.bytes) throw otherFileError(path);
  return isSelected || isSameStamp(stamp, known) ? { inode: stats.ino, stamp } : undefined;
}

async function growingFile(
  target: TargetFolder,
  relative: string,
): Promise<Pick<Found, "stamp"> & { readonly disk: DiskFile }> {
  const path = await target.place(relative);
  const folder = await target.folderOf(relative);
  const stats = await target.look(relative);
  if (stats === undefined) return { disk: new DiskFile(path, { type: "missing" }, folder), stamp: undefined };
  if (!stats.isFile()) throw inTheWayError(path, "it is not a file");
  return {
    disk: new DiskFile(path, { type: "growing", identity: identityOf(stats) }, folder),
    stamp: stampOf(stats),
  };
}

function homeless(type: "padding" | "parts"): Found {
  return { home: { type }, stamp: undefined, finalPath: "" };
}

/** Partial files that may be anybody's, for lack of a resume file of this torrent; with a broken one they are ours. */
function strangersOf(decoded: DecodedResume | undefined, homes: readonly Home[]): string[] {
  if (decoded !== undefined && decoded.type !== "otherTorrent") return [];
  return homes.flatMap((home) =>
    home.type === "file" && home.disk.type === "growing" ? home.disk.path : [],
  );
}
