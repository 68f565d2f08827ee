import { type ChildProcess, execFileSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LaunchOptions } from "@playwright/test";
import { launchOptions } from "./chromium.ts";
import { RunningCommand, TABSWARM } from "./command.ts";
import { startProcess } from "./processes.ts";

/** What to do if this machine lets nobody make networks. */
export const NO_NETWORKS =
  "Only root can make networks here, with the command ip (iproute2), so no network that fails is tested.";

/** Nobody on the line has it. */
const NOBODY = "02:00:00:00:00:01";

/** The name of each end. */
const LINE = "line0";

/** Without this, tabs name their addresses only by mDNS, which ends at the network's edge. */
const NAMED_ADDRESSES = "--disable-features=WebRtcHideLocalIpsWithMdns";

/** Whether `OwnNetwork` works on this machine. */
export function canMakeNetworks(): boolean {
  try {
    const probe = `ts${process.pid}p`;
    ip("netns", "add", probe);
    ip("netns", "delete", probe);
    return true;
  } catch {
    return false;
  }
}

/**
 * Two machines, each with its own network, and a line between them that can break. The networks of this machine stay as they are:
 * browsers of other tests would notice a change, and stop what they load.
 */
export class OwnNetwork {
  /** The address of the machine at home, where trackers run. */
  readonly host: string;
  readonly #home = `ts${process.pid}h`;
  readonly #away = `ts${process.pid}a`;
  readonly #prefix: string;
  #address: string;

  private constructor() {
    // Addresses for tests of networks (RFC 2544), other ones for each process.
    this.#prefix = `198.18.${process.pid % 256}`;
    this.host = `${this.#prefix}.1`;
    this.#address = `${this.#prefix}.2`;
  }

  static make(): OwnNetwork {
    const network = new OwnNetwork();
    const [home, away] = [network.#home, network.#away];
    for (const name of [home, away]) {
      ip("netns", "add", name);
      ip("-n", name, "link", "set", "lo", "up");
    }
    ip("link", "add", LINE, "netns", home, "type", "veth", "peer", "name", LINE, "netns", away);
    ip("-n", home, "address", "add", `${network.host}/24`, "dev", LINE);
    ip("-n", away, "address", "add", `${network.#address}/24`, "dev", LINE);
    for (const name of [home, away]) ip("-n", name, "link", "set", LINE, "up");
    return network;
  }

  /** Runs the command with `words` at home. */
  run(...words: readonly string[]): RunningCommand {
    return new RunningCommand(startInside(this.#home, process.execPath, TABSWARM, ...words, "--json"));
  }

  /** How to launch a browser on either machine. `folder` gets the command. `origin` counts as secure, as it would over https. */
  async launchOptions(where: "home" | "away", folder: string, origin: string): Promise<LaunchOptions> {
    const { executablePath, ...options } = launchOptions(
      NAMED_ADDRESSES,
      `--unsafely-treat-insecure-origin-as-secure=${origin}`,
    );
    const command = join(folder, `chromium-${where}`);
    const name = where === "home" ? this.#home : this.#away;
    await writeFile(command, `#!/bin/sh\nexec ip netns exec ${name} ${executablePath} "$@"\n`);
    await chmod(command, 0o755);
    return { ...options, executablePath: command };
  }

  /** All that either side sends is lost from now on, and neither hears of it. */
  goSilent(): void {
    ip("-n", this.#home, "neighbour", "replace", this.#address, "lladdr", NOBODY, "dev", LINE);
    ip("-n", this.#away, "neighbour", "replace", this.host, "lladdr", NOBODY, "dev", LINE);
  }

  comeBack(): void {
    ip("-n", this.#home, "neighbour", "delete", this.#address, "dev", LINE);
    ip("-n", this.#away, "neighbour", "delete", this.host, "dev", LINE);
  }

  /** As if the cable were pulled: the browser that is away sees that its network is down. */
  unplug(): void {
    ip("-n", this.#away, "link", "set", LINE, "down");
  }

  plugIn(): void {
    ip("-n", this.#away, "link", "set", LINE, "up");
  }

  /** As if the device changed to another Wi-Fi: its address goes, and it gets another one. */
  renumber(): void {
    const before = this.#address;
    this.#address = `${this.#prefix}.${Number(before.split(".").at(-1)) + 1}`;
    ip("-n", this.#away, "address", "delete", `${before}/24`, "dev", LINE);
    ip("-n", this.#away, "address", "add", `${this.#address}/24`, "dev", LINE);
  }

  remove(): void {
    for (const name of [this.#home, this.#away]) ip("netns", "delete", name); // The line goes with them.
  }
}

function startInside(name: string, ...words: readonly string[]): ChildProcess {
  return startProcess("ip", ["netns", "exec", name, ...words], { stdio: ["ignore", "pipe", "inherit"] });
}

function ip(...words: readonly string[]): void {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });
}
