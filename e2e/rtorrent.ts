import { type ChildProcess, spawnSync } from "node:child_process";
import { writtenFile } from "./files.ts";
import { freePort } from "./free-port.ts";
import { startProcess } from "./processes.ts";

/** What to do if rTorrent is missing. */
export const NO_RTORRENT =
  "rTorrent is not installed, so nothing is tested with it. Install rtorrent, or set RTORRENT_PATH.";

/** The command of rTorrent, a client that speaks TCP. Undefined: it is not installed. */
export function findRTorrent(): string | undefined {
  const named = process.env["RTORRENT_PATH"] || "rtorrent";
  return spawnSync(named, ["-h"]).error === undefined ? named : undefined;
}

/**
 * Starts rTorrent, which seeds a torrent with its data in a folder until it is killed. It keeps its own files in `home`.
 * `more`: settings of rtorrent.rc.
 */
export async function seedWithRTorrent(
  torrentFile: string,
  folder: string,
  home: string,
  more: Readonly<Record<string, string>> = {},
): Promise<ChildProcess> {
  const rtorrent = findRTorrent();
  if (rtorrent === undefined) throw new Error(NO_RTORRENT);
  const port = await freePort();
  const settings = {
    "system.daemon.set": "true", // Without a terminal.
    "session.path.set": home,
    "directory.default.set": folder,
    "network.bind_address.set": "127.0.0.1",
    "network.port_range.set": `${port}-${port}`,
    "dht.mode.set": "disable",
    "protocol.pex.set": "no",
    ...more,
    "load.start": torrentFile,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  const path = await writtenFile(home, "rtorrent.rc", lines.join(""));
  return startProcess(rtorrent, ["-n", "-o", `import=${path}`], { stdio: "ignore", cwd: home });
}
