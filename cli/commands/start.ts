import { Command } from "commander";
import { printable } from "#shared/base/printable.ts";
import { CommandError } from "../failure.ts";
import { type LogFlags, openCommandLog } from "../flags/log.ts";
import { lookUntil } from "../look-until.ts";
import { runOnce, withCommonFlags } from "../once.ts";
import { plural } from "../show/format.ts";
import { type Status, showStatus } from "../show/status.ts";
import { type PeerConfig, readStartConfig } from "../sources/start-config.ts";
import { type Claims, type PeerNews, StartedPeer } from "../started-peer.ts";
import { stopSignal } from "../stop-signal.ts";

interface StartFlags extends LogFlags {
  readonly config: string;
}

const LOOK_MILLIS = 500;

/** `tabswarm start`: runs the peers of a config file until it is told to stop. */
export function startCommand(): Command {
  const command = new Command("start")
    .description("run several peers, as a file says, until you press Ctrl-C")
    .requiredOption("--config <file>", "JSON: what peers there are, and what each seeds and downloads");
  return withCommonFlags(command, "<id>.log for each peer").action(start);
}

async function start(flags: StartFlags): Promise<void> {
  await runOnce("start", flags, async () => {
    const configs = await readStartConfig(flags.config, flags);
    const stopped = stopSignal();
    const abort = new AbortController();
    const claims: Claims = new Set();
    const print = (text: string): void => status.print(text);
    const peers = configs.map((config) => startedPeer(config, claims, flags, print));
    const width = Math.max(...configs.map(({ id }) => id.length));
    const lines = (): string[] => peers.map((peer, at) => `${configs[at]?.id.padEnd(width)}  ${peer.text()}`);
    const status: Status = showStatus({ lines, facts: () => peers.map((peer) => peer.fact()) }, flags.json);
    const started = Promise.all(peers.map((peer) => peer.start(abort.signal)));
    try {
      await lookUntil(stopped, LOOK_MILLIS, () => {
        for (const peer of peers) peer.look();
        return peers.every(({ hasFailed }) => hasFailed) || undefined;
      });
    } finally {
      abort.abort();
      status.end();
      await Promise.all([started, ...peers.map((peer) => peer.close())]);
    }
    if (peers.every(({ hasFailed }) => hasFailed))
      throw new CommandError(
        `${plural(peers.length, "peer was", "peers were")} to run, and none can. See above.`,
        flags.json,
      );
  });
}

/** Its log is a file of its own; what it says carries its name. */
function startedPeer(
  config: PeerConfig,
  claims: Claims,
  flags: StartFlags,
  print: (text: string) => void,
): StartedPeer {
  const { id } = config;
  const log = openCommandLog(id, flags).child({ peer: id });
  const tell = ({ text, fact }: PeerNews): void =>
    print(flags.json ? JSON.stringify({ ...fact, peer: id }) : `${id}: ${printable(text)}`);
  const warn = (message: string): void => {
    log.warn(message);
    print(
      flags.json ? JSON.stringify({ type: "warning", peer: id, message }) : `${id}: ${printable(message)}`,
    );
  };
  return new StartedPeer(config, claims, { log, warn }, tell);
}
