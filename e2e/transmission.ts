import { type ChildProcess, spawnSync } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { startProcess } from "./processes.ts";

/** What to do if Transmission is missing. */
export const NO_TRANSMISSION =
  "Transmission is not installed, so nothing is tested with it. Install transmission-daemon, or set TRANSMISSION_PATH.";

/** Finds peers through the tracker only; all other settings are Transmission's own. */
const ALONE = ["--foreground", "--no-dht", "--no-lpd", "--no-portmap", "--rpc-bind-address", "127.0.0.1"];

/** The command of Transmission's daemon, which tries uTP before TCP. Undefined: it is not installed. */
export function findTransmission(): string | undefined {
  const named = process.env["TRANSMISSION_PATH"] || "transmission-daemon";
  return spawnSync(named, ["--version"]).status === 0 ? named : undefined;
}

/**
 * Starts Transmission, which never dials loopback. It downloads a torrent into a folder, or seeds it from there, until it is killed. It
 * keeps its own files in `home`. Flags may say more.
 */
export async function startTransmission(
  torrentFile: string,
  folder: string,
  home: string,
  ...flags: readonly string[]
): Promise<ChildProcess> {
  const transmission = findTransmission();
  if (transmission === undefined) throw new Error(NO_TRANSMISSION);
  const watched = join(home, "watched");
  await mkdir(watched, { recursive: true });
  await mkdir(folder, { recursive: true });
  await copyFile(torrentFile, join(watched, "one.torrent"));
  const folders = ["--config-dir", home, "--watch-dir", watched, "--download-dir", folder];
  const ports = ["--port", String(await freePort()), "--peerport", String(await freePort())];
  return startProcess(transmission, [...ALONE, ...folders, ...ports, ...flags], { stdio: "ignore" });
}
