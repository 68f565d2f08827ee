import { resolve } from "node:path";
import { Command } from "commander";
import { printable } from "#shared/base/printable.ts";
import type { DaemonTorrent, TorrentChangeJson } from "#shared/daemon/daemon-api.ts";
import { type DaemonClientFlags, withDaemonFlags } from "../flags/state-flag.ts";
import { runOnce } from "../once.ts";
import { stateText } from "../show/torrent-table.ts";
import { chosenTorrents } from "../sources/chosen-torrents.ts";
import { DaemonClient } from "../sources/daemon-client.ts";

interface PauseFlags extends DaemonClientFlags {
  readonly all: boolean;
}

/** `tabswarm pause`: torrents of a daemon rest, also after a restart. */
export function pauseCommand(): Command {
  return switching("pause", "pause torrents of the daemon, until they are resumed", { isPaused: true });
}

/** `tabswarm resume`: they go on. */
export function resumeCommand(): Command {
  return switching(
    "resume",
    "let torrents of the daemon go on that were paused, have reached a limit, or had a problem",
    { isPaused: false },
  );
}

function switching(name: string, description: string, change: TorrentChangeJson): Command {
  const command = new Command(name)
    .description(description)
    .argument("[torrent...]", "its name, or the first digits of its info-hash")
    .option("--all", "all torrents", false);
  return withDaemonFlags(command).action((names: readonly string[], flags: PauseFlags) =>
    runOnce(name, flags, async () => {
      const client = await DaemonClient.find(resolve(flags.state));
      for (const { infoHash } of await chosenTorrents(client, names, flags.all)) {
        const now = await client.ask<DaemonTorrent>("PATCH", `/api/torrents/${infoHash}`, change);
        const { phase, problem } = now;
        if (flags.json) console.log(JSON.stringify({ type: name, infoHash, name: now.name, phase, problem }));
        else
          console.log(
            `${printable(now.name)}: ${problem === undefined ? stateText(now) : printable(problem)}`,
          );
      }
    }),
  );
}
