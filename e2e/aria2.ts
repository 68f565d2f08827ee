import { spawnSync } from "node:child_process";

/** The command of aria2, a client that speaks TCP. Undefined: it is not installed. */
export function findAria2(): string | undefined {
  const named = process.env["ARIA2_PATH"] || "aria2c";
  return spawnSync(named, ["--version"]).status === 0 ? named : undefined;
}
