import { rename } from "node:fs/promises";
import { onDisk } from "./disk-error.ts";
import { statOf } from "./file-stats.ts";
import { decodeResume, type ResumeShape } from "./resume.ts";
import { ResumeFile } from "./resume-file.ts";
import type { TargetFolder } from "./target-folder.ts";
import type { TargetPaths } from "./target-paths.ts";

/**
 * Takes over the hidden files of a download that an earlier version began, when they were named after the torrent. Those
 * of another torrent stay where they are, and so does what cannot be read: nobody knows whose it is.
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
  // The resume file last: as long as it has its old name, the rest is tried again.
  for (const kind of ["parts", "resume"] as const)
    await renameToFree(await target.place(formerHidden[kind]), await target.place(hidden[kind]));
}

async function renameToFree(from: string, to: string): Promise<void> {
  if (!(await statOf(from))?.isFile() || (await statOf(to)) !== undefined) return;
  await onDisk(to, () => rename(from, to));
}
