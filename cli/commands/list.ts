import { resolve } from "node:path";
import { Command } from "commander";
import { printable } from "#shared/base/printable.ts";
import type { ListedTorrent, TorrentListJson } from "#shared/daemon/daemon-api.ts";
import { type DaemonClientFlags, withDaemonFlags } from "../flags/state-flag.ts";
import { runOnce } from "../once.ts";
import { plural } from "../show/format.ts";
import { torrentTable } from "../show/torrent-table.ts";
import { DaemonClient } from "../sources/daemon-client.ts";

/** `tabswarm list`: the torrents of a daemon. */
export function listCommand(): Command {
  const command = new Command("list").description("list the torrents of the daemon");
  return withDaemonFlags(command).action(list);
}

async function list(flags: DaemonClientFlags): Promise<void> {
  await runOnce("list", flags, async () => {
    const client = await DaemonClient.find(resolve(flags.state));
    const { items, hashing } = await client.ask<TorrentListJson>("GET", "/api/torrents");
    if (flags.json) {
      for (const torrent of items) console.log(JSON.stringify({ type: "torrent", ...torrent }));
      for (const one of hashing) console.log(JSON.stringify({ type: "hashing", ...one }));
      return;
    }
    if (items.length > 0) console.log(torrentTable(items, process.stdout.columns));
    for (const { name, bytesDone, bytesTotal } of hashing)
      console.log(`Hashing ${printable(name)}: ${Math.floor((100 * bytesDone) / Math.max(1, bytesTotal))} %`);
    for (const torrent of items) if (torrent.problem !== undefined) console.log(problemText(torrent));
    console.log(
      items.length > 0
        ? `${plural(items.length, "torrent", "torrents")}.`
        : "No torrents. To add one: tabswarm add",
    );
  });
}

function problemText({ name, problem = "" }: ListedTorrent): string {
  return `${printable(name)}: ${printable(problem)}`;
}
