import { Command } from "commander";
import { printable } from "#shared/base/printable.ts";
import { withoutShareKeys } from "#shared/base/share-key.ts";
import { CommandError } from "../failure.ts";
import { type LogFlags, openCommandLog } from "../flags/log.ts";
import { lookUntil, type Watch } from "../look-until.ts";
import { runOnce, withCommonFlags } from "../once.ts";
import type { PeerNews } from "../peer-news.ts";
import { type Status, showStatus } from "../show/status.ts";
import { type PeerConfig, readStartConfig } from "../sources/start-config.ts";
import { type Claims, StartedPeer } from "../started-peer.ts";
import { stopSignal } from "../stop-signal.ts";

interface StartFlags extends LogFlags {
  readonly config: string;
}

/** `tabswarm start`: runs the peers of a config file until you stop it, or everything has reached a limit. */
export function startCommand(): Command {
  const command = new Command("start")
    .description("run the peers of a config file until you press Ctrl-C")
    .requiredOption("--config <file>", "JSON: the peers, and what each seeds and downloads");
  return withCommonFlags(command, "<id>.log for each peer").action(start);
}

async function start(flags: StartFlags): Promise<void> {
  await runOnce("start", flags, async () => {
    const configs = await readStartConfig(flags.config, flags);
    const stopped = stopSignal();
    const abort = new AbortController();
    const claims: Claims = new Set();
    const print = (text: string): void => status.print(text);
    const looks = new Set<() => void>();
    const changed = (): void => {
      for (const look of looks) look();
    };
    const peers = configs.map((config) => startedPeer(config, claims, flags, print, changed));
    const width = Math.max(...configs.map(({ id }) => id.length));
    const lines = (): string[] => peers.map((peer, at) => `${configs[at]?.id.padEnd(width)}  ${peer.text()}`);
    const status: Status = showStatus({ lines, facts: () => peers.map((peer) => peer.fact()) }, flags.json);
    const started = Promise.all(peers.map((peer) => peer.start(abort.signal)));
    try {
      const watch: Watch = (look) => {
        looks.add(look);
        return () => void looks.delete(look);
      };
      await lookUntil(stopped, watch, () => {
        for (const peer of peers) peer.look();
        return peers.every(({ isOver }) => isOver) || undefined;
      });
    } finally {
      abort.abort();
      status.end();
      await Promise.all([started, ...peers.map((peer) => peer.close())]);
    }
    const failed = peers.filter(({ hasFailed }) => hasFailed);
    if (failed.length === peers.length) throw new CommandError("No peer can run. See above.", flags.json);
    if (failed.length > 0 && peers.every(({ isOver }) => isOver))
      throw new CommandError(
        "Nothing is left to share, and not all of it ended as you chose. See above.",
        flags.json,
      );
  });
}

/** Each peer has a log file of its own, and its output carries its id. */
function startedPeer(
  config: PeerConfig,
  claims: Claims,
  flags: StartFlags,
  print: (text: string) => void,
  changed: () => void,
): StartedPeer {
  const { id } = config;
  const log = openCommandLog(id, flags).child({ peer: id });
  const tell = ({ text, fact }: PeerNews): void =>
    print(flags.json ? JSON.stringify({ ...fact, peer: id }) : `${id}: ${printable(text)}`);
  const warn = (sentence: string): void => {
    const message = withoutShareKeys(sentence);
    log.warn(message);
    print(
      flags.json ? JSON.stringify({ type: "warning", peer: id, message }) : `${id}: ${printable(message)}`,
    );
  };
  return new StartedPeer(config, claims, { log, warn }, tell, changed);
}
