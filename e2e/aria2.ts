import { type ChildProcess, spawnSync } from "node:child_process";
import { freePort } from "./free-port.ts";
import { startProcess } from "./processes.ts";

/** What to do if aria2 is missing. */
export const NO_ARIA2 =
  "aria2 is not installed, so nothing is tested with it. Install aria2, or set ARIA2_PATH.";

/** Ignores the user's settings, and finds peers through the tracker only. */
const ALONE = [
  "--no-conf",
  "--enable-dht=false",
  "--enable-dht6=false",
  "--bt-enable-lpd=false",
  "--enable-peer-exchange=false",
];

/** The command of aria2, a client that speaks TCP. Undefined: it is not installed. */
export function findAria2(): string | undefined {
  const named = process.env["ARIA2_PATH"] || "aria2c";
  return spawnSync(named, ["--version"]).status === 0 ? named : undefined;
}

/** Starts aria2, which downloads a torrent (a file or magnet link) into a folder and ends. Flags may add ways to find peers. */
export function leechWithAria2(
  torrent: string,
  folder: string,
  ...flags: readonly string[]
): Promise<ChildProcess> {
  return startAria2("--seed-time=0", "--dir", folder, ...flags, torrent);
}

/** Starts aria2, which seeds a torrent with its data in a folder until it is killed. */
export function seedWithAria2(
  torrentFile: string,
  folder: string,
  ...flags: readonly string[]
): Promise<ChildProcess> {
  return startAria2("--check-integrity=true", "--seed-ratio=0.0", "--dir", folder, ...flags, torrentFile);
}

async function startAria2(...words: readonly string[]): Promise<ChildProcess> {
  const aria2 = findAria2();
  if (aria2 === undefined) throw new Error(NO_ARIA2);
  const ports = [`--listen-port=${await freePort()}`, `--dht-listen-port=${await freePort()}`];
  return startProcess(aria2, [...ALONE, ...ports, ...words], { stdio: "ignore" });
}
