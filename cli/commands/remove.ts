import { resolve } from "node:path";
import { Command } from "commander";
import { printable } from "#shared/base/printable.ts";
import { type DaemonClientFlags, withDaemonFlags } from "../flags/state-flag.ts";
import { runOnce } from "../once.ts";
import { DaemonClient } from "../sources/daemon-client.ts";

interface RemoveFlags extends DaemonClientFlags {
  readonly deleteData: boolean;
}

/** `tabswarm remove`: torrents leave a daemon. */
export function removeCommand(): Command {
  const command = new Command("remove")
    .description("remove torrents from the daemon; what they downloaded stays")
    .argument("<torrent...>", "its name, or the first digits of its info-hash")
    .option("--delete-data", "also delete what they downloaded; files of your own stay in any case", false);
  return withDaemonFlags(command).action(remove);
}

async function remove(names: readonly string[], flags: RemoveFlags): Promise<void> {
  await runOnce("remove", flags, async () => {
    const client = await DaemonClient.find(resolve(flags.state));
    for (const { infoHash, name, folder } of await client.named(names)) {
      await client.ask<undefined>("DELETE", `/api/torrents/${infoHash}?deleteData=${flags.deleteData}`);
      if (flags.json)
        console.log(JSON.stringify({ type: "removed", infoHash, name, deletedData: flags.deleteData }));
      else console.log(removedText(name, folder, flags.deleteData));
    }
  });
}

function removedText(name: string, folder: string | undefined, isDeleted: boolean): string {
  const shown = printable(name);
  if (folder === undefined) return `Removed ${shown}. Your own files are where they were.`;
  return isDeleted
    ? `Removed ${shown}, and deleted it from ${folder}`
    : `Removed ${shown}. Its files stay in ${folder}`;
}
