import { type ChildProcess, spawnSync } from "node:child_process";
import { copyFile, mkdir } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";
import { startProcess } from "./processes.ts";

/** What to do where Transmission is missing. */
export const NO_TRANSMISSION =
  "Transmission is not installed, so nothing is tested with it. Install transmission-daemon, or set TRANSMISSION_PATH.";

/** Without any way to find peers but the tracker; everything else is as Transmission sets it. */
const ALONE = ["--foreground", "--no-dht", "--no-lpd", "--no-portmap", "--rpc-bind-address", "127.0.0.1"];

/** The daemon of Transmission, a client that tries uTP before TCP. Undefined: it is not installed. */
export function findTransmission(): string | undefined {
  const named = process.env["TRANSMISSION_PATH"] || "transmission-daemon";
  return spawnSync(named, ["--version"]).status === 0 ? named : undefined;
}

/**
 * An IPv4 address of this machine that Transmission takes for another machine's: it dials nobody on loopback.
 * Undefined: this machine has none.
 */
export function ownAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.find((address) => address?.family === "IPv4" && !address.internal)?.address;
}

/**
 * Transmission downloads a torrent into a folder, or seeds what lies there, until it is killed. Its own files go into
 * `home`, which is made.
 */
export async function startTransmission(
  torrentFile: string,
  folder: string,
  home: string,
): Promise<ChildProcess> {
  const transmission = findTransmission();
  if (transmission === undefined) throw new Error(NO_TRANSMISSION);
  const watched = join(home, "watched");
  await mkdir(watched, { recursive: true });
  await mkdir(folder, { recursive: true });
  await copyFile(torrentFile, join(watched, "one.torrent"));
  const folders = ["--config-dir", home, "--watch-dir", watched, "--download-dir", folder];
  const ports = ["--port", String(await freePort()), "--peerport", String(await freePort())];
  return startProcess(transmission, [...ALONE, ...folders, ...ports], { stdio: "ignore" });
}
