import type { Command } from "commander";
import { withCommonFlags } from "../once.ts";
import type { LogFlags } from "./log.ts";
import { usualStateFolder } from "./state-folder.ts";

/** The flags of every command that talks to a daemon. */
export interface DaemonClientFlags extends LogFlags {
  readonly state: string;
}

/** Adds the flags of every command that talks to a daemon. */
export function withDaemonFlags(command: Command): Command {
  return withCommonFlags(
    command.option("--state <folder>", "the state folder of the daemon", usualStateFolder()),
  );
}
