import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { makeFolder } from "#disk/make-folder.ts";
import { onDisk } from "#headless-peer/files/disk-error.ts";
import { findFiles, type SourceFile } from "#headless-peer/sources/find-files.ts";
import { hashTorrent } from "#headless-peer/sources/hash-torrent.ts";
import { refuseFolder, refuseTaken, replaceFile, writeNewFile } from "#headless-peer/sources/new-file.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { InfoHash, TrackerUrl, WebSeedUrl } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import { planTorrent, type TorrentPlan } from "#shared/meta/create.ts";
import { formatMagnet } from "#shared/meta/magnet.ts";
import { encodeMetainfo } from "#shared/meta/metainfo.ts";
import { safeName } from "#shared/meta/safe-path.ts";
import packageJson from "../../package.json" with { type: "json" };
import { parseAnnounce } from "../flags/announce-flag.ts";
import type { LogFlags } from "../flags/log.ts";
import { pieceLengthOption } from "../flags/piece-length-flag.ts";
import { WEB_SEED_OPTION } from "../flags/web-seed-flag.ts";
import { type Run, runOnce, withCommonFlags } from "../once.ts";
import { plural } from "../show/format.ts";
import { type Progress, showProgress } from "../show/progress.ts";
import { tellSkipped } from "../show/skipped.ts";
import { findTrackers } from "../sources/trackers.ts";

interface CreateFlags extends LogFlags {
  readonly out?: string;
  readonly name?: string;
  readonly announce?: readonly TrackerUrl[];
  readonly webSeed: readonly WebSeedUrl[];
  readonly pieceLength?: number;
  readonly comment?: string;
  readonly private: boolean;
  readonly each: boolean;
  readonly force: boolean;
}

/** A torrent to create, and where to write it. */
interface Job {
  readonly plan: TorrentPlan<SourceFile>;
  readonly out: string;
}

interface CreatedTorrent {
  readonly job: Job;
  readonly infoHash: InfoHash;
  readonly magnet: string;
}

/** `tabswarm create`: hashes files and writes a .torrent. */
export function createCommand(): Command {
  const command = new Command("create")
    .description("write a .torrent for files and folders")
    .argument("<path...>", "file or folder; several make one torrent")
    .option(
      "--out <file>",
      "the .torrent to write, by default <name>.torrent here; with --each, the folder to write into",
    )
    .option("--name <name>", "the torrent's name, by default that of its file or folder")
    .option(
      "--announce <url>",
      "tracker: an announce URL, or a Tabswarm tracker such as http://host:8000; may be repeated, each a tier of its own",
      parseAnnounce,
    )
    .option(...WEB_SEED_OPTION)
    .addOption(pieceLengthOption())
    .option("--comment <text>", "a comment to put into the .torrent")
    .option("--private", "private torrent: its peers come from its trackers only", false)
    .option("--each", "write one .torrent for each file", false)
    .option("--force", "replace a .torrent that exists already", false);
  return withCommonFlags(command).action(create);
}

async function create(paths: readonly string[], flags: CreateFlags, command: Command): Promise<void> {
  if (flags.each && flags.name !== undefined) {
    command.error("error: --each names each torrent after its file. Leave out --name, or --each.");
  }
  await runOnce("create", flags, async (run) => {
    const { publicUrls: trackers } = await findTrackers(flags.announce ?? [], run.warn);
    if (flags.private && trackers.length === 0) {
      run.warn("Peers of a private torrent come from its trackers only, and it names none: add --announce.");
    }
    if (trackers.some((url) => withoutKey(url) !== url))
      run.warn("The .torrent carries the key in its announce URL: whoever has it announces in your name.");
    const found = await findFiles(paths);
    tellSkipped(found.skipped, flags.json, run.log);
    const jobs = flags.each ? await planEach(found.files, flags) : [planOne(found.files, flags)];
    for (const { out } of jobs) await refuse(out, found.files, flags.force);

    const created: CreatedTorrent[] = [];
    const progress = showProgress(workOf(jobs), flags.json);
    try {
      for (const job of jobs) created.push(await createOne(job, trackers, flags, progress));
    } finally {
      progress.end();
      for (const torrent of created) tellCreated(torrent, flags.json, run); // Also those written before a failure.
    }
  });
}

/** The person learns before the work that there is no place for what comes of it. */
async function refuse(out: string, files: readonly SourceFile[], replaces: boolean): Promise<void> {
  if (!replaces) return refuseTaken(out);
  const path = await realpath(out).catch(() => undefined); // It does not exist.
  if (files.some(({ diskPath }) => diskPath === path))
    throw new UsageError("ownFile", `${out} is one of the files to share. Choose another --out.`);
  await refuseFolder(out);
}

function planOne(files: readonly SourceFile[], flags: CreateFlags): Job {
  const plan = planTorrent(files, flags);
  return { plan, out: flags.out ?? torrentFileName(plan) };
}

async function planEach(files: readonly SourceFile[], flags: CreateFlags): Promise<Job[]> {
  const { out: folder = "." } = flags;
  await onDisk(folder, async () => makeFolder(folder));
  const jobs = new Map<string, Job>();
  for (const file of files) {
    const path = file.path.slice(file.path.lastIndexOf("/") + 1);
    const plan = planTorrent([{ ...file, path }], flags);
    const out = join(folder, torrentFileName(plan));
    if (jobs.has(out)) {
      throw new UsageError(
        "sameName",
        `Two files would get ${out}. Rename one, or create its torrent separately.`,
      );
    }
    jobs.set(out, { plan, out });
  }
  if (jobs.size === 0) throw new UsageError("noFiles", "There are no files in it. Choose another folder.");
  return [...jobs.values()];
}

function torrentFileName({ name }: TorrentPlan<SourceFile>): string {
  return `${safeName(name)}.torrent`;
}

function workOf(jobs: readonly Job[]): { verb: string; name: string; bytesTotal: number } {
  const [first, second] = jobs;
  const name = second === undefined ? (first?.plan.name ?? "") : plural(jobs.length, "file", "files");
  return {
    verb: "Hashing",
    name,
    bytesTotal: jobs.reduce((sum, { plan }) => sum + plan.layout.totalBytes, 0),
  };
}

async function createOne(
  job: Job,
  trackers: readonly TrackerUrl[],
  flags: CreateFlags,
  progress: Progress,
): Promise<CreatedTorrent> {
  const { plan, out } = job;
  const { infoHash, infoBytes } = await hashTorrent(plan, flags.private, progress.add);
  const torrent = encodeMetainfo({
    infoBytes,
    trackerTiers: trackers.map((url) => [url]),
    webSeeds: flags.webSeed,
    ...(flags.comment === undefined ? {} : { comment: flags.comment }),
    createdBy: `Tabswarm/${packageJson.version}`,
  });
  await (flags.force ? replaceFile(out, torrent) : writeNewFile(out, torrent));
  const named = { infoHash, displayName: plan.name, trackers, webSeeds: flags.webSeed };
  const magnet = formatMagnet({ ...named, selectedFiles: undefined });
  return { job, infoHash, magnet };
}

function tellCreated({ job, infoHash, magnet }: CreatedTorrent, asJson: boolean, { log }: Run): void {
  const { plan, out } = job;
  log.info({ file: out, infoHash }, "torrent written");
  if (asJson) {
    const { totalBytes: bytes, pieceLength, pieceCount: pieces } = plan.layout;
    const sizes = { files: plan.files.length, bytes, pieceLength, pieces };
    console.log(JSON.stringify({ type: "created", file: out, name: plan.name, infoHash, magnet, ...sizes }));
  } else {
    console.log(`${printable(out)}\n  info-hash  ${infoHash}\n  magnet     ${magnet}`);
  }
}
