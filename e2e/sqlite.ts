import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { isMissing } from "./missing.ts";

/** What to do if better-sqlite3 is missing. */
export const NO_SQLITE =
  "There is no better-sqlite3: every test of a tracker with a data folder is SKIPPED. npm compiles it where it finds no ready-made one: install python3, make and g++, then run npm install.";

/** Installs what npm left out. Node's own headers are named, because npm would download them. */
export const INSTALL_SQLITE = ["install", "--no-save", `--nodedir=${dirname(dirname(process.execPath))}`];

const TRY = 'new (require("better-sqlite3"))(":memory:").close()';

/** Whether the optional package better-sqlite3 works. Node remembers what it does not find, so a process of its own looks. */
export function hasSqlite(): boolean {
  const cwd = dirname(import.meta.dirname);
  return spawnSync(process.execPath, ["-e", TRY], { cwd }).status === 0;
}

/** Whether tests of a data folder have to be skipped. */
export function isSqliteMissing(): boolean {
  return isMissing(hasSqlite(), NO_SQLITE);
}

/** Files of tests that are all about a data folder, or cannot even be loaded without the package. */
export const SQLITE_TESTS = [
  "cli/commands/backup.test.ts",
  "signal-tracker/store/sqlite/**",
  ...["headers", "https", "malformed", "secrets"].map((name) => `signal-tracker/transport/${name}.test.ts`),
];
