import { Command } from "commander";
import { UsageError } from "#shared/base/errors.ts";
import type { LogFlags } from "../flags/log.ts";
import { runOnce, withCommonFlags } from "../once.ts";

interface BackupFlags extends LogFlags {
  readonly data: string;
}

/** `tabswarm tracker backup`: copies a tracker's database while the tracker runs. */
export function backupCommand(): Command {
  const command = new Command("backup")
    .description("copy the database of a tracker, which may run meanwhile, to a new file")
    .argument("<file>", "the copy; it must not exist yet")
    .requiredOption("--data <folder>", "the tracker's data folder");
  return withCommonFlags(command).action(backUp);
}

async function backUp(file: string, flags: BackupFlags): Promise<void> {
  await runOnce("backup", flags, async ({ log }) => {
    // Imported here, so that other commands start sooner, without the web server.
    const { backUpRecords, RecordFileError } = await import("#signal-tracker/main.ts");
    await backUpRecords(flags.data, file).catch((error: unknown) => {
      throw error instanceof RecordFileError ? new UsageError("backupFailed", error.message) : error;
    });
    log.info({ file, data: flags.data }, "backup made");
    if (flags.json) console.log(JSON.stringify({ type: "backup", file }));
    else
      console.log(
        `The backup is ${file}. To restore it, stop the tracker, remove tracker.sqlite-wal and tracker.sqlite-shm from its data folder, and copy the backup over tracker.sqlite.`,
      );
  });
}
