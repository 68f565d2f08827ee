import { rename } from "node:fs/promises";
import { onDisk } from "./disk-error.ts";
import { statOf } from "./file-stats.ts";
import { decodeResume, type ResumeShape } from "./resume.ts";
import { ResumeFile } from "./resume-file.ts";
import type { TargetFolder } from "./target-folder.ts";
import type { TargetPaths } from "./target-paths.ts";

/**
 * Takes over the hidden files of a download that an earlier version began, which named them after the torrent. Leaves those of
 * another torrent, and what it cannot read: they may be anybody's.
 */
export async function renameFormerHidden(
  target: TargetFolder,
  { hidden, formerHidden }: TargetPaths,
  shape: ResumeShape,
): Promise<void> {
  const former = await target.place(formerHidden.resume);
  if (!(await statOf(former))?.isFile()) return;
  const bytes = await new ResumeFile(former).read();
  if (bytes === undefined || decodeResume(bytes, shape).type !== "resume") return;
  // The resume file comes last: while it has its old name, a next run tries the rest again.
  for (const kind of ["parts", "resume"] as const)
    await renameToFree(await target.place(formerHidden[kind]), await target.place(hidden[kind]));
}

async function renameToFree(from: string, to: string): Promise<void> {
  if (!(await statOf(from))?.isFile() || (await statOf(to)) !== undefined) return;
  await onDisk(to, () => rename(from, to));
}
