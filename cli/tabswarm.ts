#!/usr/bin/env node
import { Command, CommanderError, Help, type Option } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { createCommand } from "./create.ts";
import { downloadCommand } from "./download.ts";
import { CommandError } from "./failure.ts";
import { infoCommand } from "./info.ts";
import { peersCommand } from "./peers.ts";
import { sampleCommand } from "./sample.ts";
import { seedCommand } from "./seed.ts";
import { startCommand } from "./start.ts";
import { trackerCommand } from "./tracker.ts";

// Exit codes: 0 done, 1 failed, 2 wrong usage.
const FAILED = 1;
const WRONG_USAGE = 2;

const program = new Command("tabswarm")
  .description(packageJson.description)
  .version(packageJson.version)
  .configureHelp({ optionDescription: withoutEmptyDefault })
  .showHelpAfterError("Run with --help to see what there is.")
  .exitOverride();
const commands = [
  trackerCommand(),
  createCommand(),
  seedCommand(),
  downloadCommand(),
  peersCommand(),
  infoCommand(),
  startCommand(),
  sampleCommand(),
];
for (const command of commands) program.addCommand(command.copyInheritedSettings(program));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE;
  } else if (error instanceof CommandError) {
    error.report();
    process.exitCode = FAILED;
  } else {
    throw error;
  }
}

/** What a flag does, without saying that it is off, or an empty list, unless it is given. */
function withoutEmptyDefault(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (?:false|\[\])\)$/, "");
}
