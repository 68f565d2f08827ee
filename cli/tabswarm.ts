#!/usr/bin/env node
import { Command, CommanderError, Help, type Option } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { createCommand } from "./commands/create.ts";
import { downloadCommand } from "./commands/download.ts";
import { infoCommand } from "./commands/info.ts";
import { peersCommand } from "./commands/peers.ts";
import { sampleCommand } from "./commands/sample.ts";
import { seedCommand } from "./commands/seed.ts";
import { startCommand } from "./commands/start.ts";
import { trackerCommand } from "./commands/tracker.ts";
import { CommandError } from "./failure.ts";

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
