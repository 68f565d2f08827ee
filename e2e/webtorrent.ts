import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startProcess } from "./processes.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What to do if WebTorrent is missing. */
export const NO_WEBTORRENT =
  "WebTorrent is not installed, so nothing is tested with it. Run: npm ci --ignore-scripts --prefix e2e/foreign";

/** Whether WebTorrent is installed. */
export const hasWebTorrent: boolean = existsSync(here("foreign/node_modules/webtorrent"));

/**
 * WebTorrent in Node, over TCP and WebRTC: it downloads a torrent (a file or magnet link) and seeds it. Over TCP it dials encrypted
 * and never without; with "rc4" it takes no plain bytes after the handshake either.
 */
export class RunningWebTorrent {
  readonly #child: ChildProcess;

  constructor(torrent: string, folder: string, ...encryption: readonly "rc4"[]) {
    const words = [here("foreign/webtorrent.js"), torrent, folder, ...encryption];
    this.#child = startProcess(process.execPath, words, {
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  /** Waits until it has everything. Rejects if it ends first. */
  async done(): Promise<void> {
    const { stdout } = this.#child;
    if (stdout === null) throw new Error("WebTorrent has no output");
    const ended = once(this.#child, "exit").then(() => {
      throw new Error("WebTorrent ended too early");
    });
    await Promise.race([once(createInterface({ input: stdout }), "line"), ended]);
  }
}
