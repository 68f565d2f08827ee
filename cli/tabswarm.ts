#!/usr/bin/env node
import { Command, CommanderError, Help, type Option } from "commander";
import packageJson from "../package.json" with { type: "json" };
import { addCommand } from "./commands/add.ts";
import { createCommand } from "./commands/create.ts";
import { daemonCommand } from "./commands/daemon.ts";
import { downloadCommand } from "./commands/download.ts";
import { infoCommand } from "./commands/info.ts";
import { limitsCommand } from "./commands/limits.ts";
import { listCommand } from "./commands/list.ts";
import { loginCommand } from "./commands/login.ts";
import { logoutCommand } from "./commands/logout.ts";
import { pauseCommand, resumeCommand } from "./commands/pause.ts";
import { peersCommand } from "./commands/peers.ts";
import { removeCommand } from "./commands/remove.ts";
import { sampleCommand } from "./commands/sample.ts";
import { searchCommand } from "./commands/search.ts";
import { seedCommand } from "./commands/seed.ts";
import { simulateCommand } from "./commands/simulate.ts";
import { startCommand } from "./commands/start.ts";
import { statusCommand } from "./commands/status.ts";
import { trackerCommand } from "./commands/tracker.ts";
import { unpublishCommand } from "./commands/unpublish.ts";
import { withExamples } from "./examples.ts";
import { CommandError } from "./failure.ts";
import { takeDefaults } from "./flags/peer-defaults.ts";
import { watchOutput } from "./output.ts";
import { WISH_KEYS } from "./sources/start-config.ts";
import { endOnBug, FAILED } from "./uncaught.ts";

// Exit codes: 0 done, 1 failed, 2 wrong usage, 141 nobody reads the output any more.
const WRONG_USAGE = 2;

process.on("uncaughtException", endOnBug);
watchOutput();

const program = new Command("tabswarm")
  .description(packageJson.description)
  .version(packageJson.version)
  .configureHelp({ optionDescription: withoutEmptyDefault })
  .enablePositionalOptions() // `tracker backup` has a --data of its own.
  .showHelpAfterError("Run with --help to see the commands and options.")
  .exitOverride();
const daemon = daemonCommand();
const peerCommands = [seedCommand(), downloadCommand(), peersCommand(), daemon];
takeDefaults(program, peerCommands, new Map([[daemon, WISH_KEYS]]));
const commands = [
  trackerCommand(),
  createCommand(),
  ...peerCommands,
  infoCommand(),
  searchCommand(),
  unpublishCommand(),
  startCommand(),
  addCommand(),
  listCommand(),
  statusCommand(),
  pauseCommand(),
  resumeCommand(),
  removeCommand(),
  limitsCommand(),
  loginCommand(),
  logoutCommand(),
  sampleCommand(),
  simulateCommand(),
];
for (const command of commands) {
  program.addCommand(withExamples(command).copyInheritedSettings(program));
  for (const part of command.commands) part.copyInheritedSettings(program);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE;
  } else if (error instanceof CommandError) {
    error.report();
    process.exitCode = FAILED;
  } else {
    endOnBug(error);
  }
}

/** Describes a flag without a default of false or []. */
function withoutEmptyDefault(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (?:false|\[\])\)$/, "");
}
