import { execFileSync } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { LaunchOptions } from "@playwright/test";
import { findChromium, launchOptions } from "./chromium.ts";

/** What to do if this machine lets nobody make networks. */
export const NO_NETWORKS =
  "Only root can make networks here, with the command ip (iproute2), so no network that fails is tested.";

/** Nobody on the line has it. */
const NOBODY = "02:00:00:00:00:01";

/** Without this, tabs name their addresses only by mDNS, which ends at the network's edge. */
export const NAMED_ADDRESSES = "--disable-features=WebRtcHideLocalIpsWithMdns";

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

/** A network for one browser, with a line to this machine that can break. */
export class OwnNetwork {
  /** This machine, as the browser sees it. */
  readonly host: string;
  readonly #name = `ts${process.pid}`;
  readonly #near = `${this.#name}a`;
  readonly #far = `${this.#name}b`;
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
    ip("netns", "add", network.#name);
    ip("link", "add", network.#near, "type", "veth", "peer", "name", network.#far, "netns", network.#name);
    ip("address", "add", `${network.host}/24`, "dev", network.#near);
    ip("link", "set", network.#near, "up");
    network.#inside("link", "set", "lo", "up");
    network.#inside("link", "set", network.#far, "up");
    network.#inside("address", "add", `${network.#address}/24`, "dev", network.#far);
    return network;
  }

  /** How to launch a browser in it. `folder` gets the command. `origin` counts as secure, as it would over https. */
  async launchOptions(folder: string, origin: string): Promise<LaunchOptions> {
    const command = join(folder, "chromium");
    await writeFile(command, `#!/bin/sh\nexec ip netns exec ${this.#name} ${findChromium()} "$@"\n`);
    await chmod(command, 0o755);
    const options = launchOptions(NAMED_ADDRESSES, `--unsafely-treat-insecure-origin-as-secure=${origin}`);
    return { ...options, executablePath: command };
  }

  /** All that either side sends is lost from now on, and neither hears of it. */
  goSilent(): void {
    ip("neighbour", "replace", this.#address, "lladdr", NOBODY, "dev", this.#near);
    this.#inside("neighbour", "replace", this.host, "lladdr", NOBODY, "dev", this.#far);
  }

  comeBack(): void {
    ip("neighbour", "delete", this.#address, "dev", this.#near);
    this.#inside("neighbour", "delete", this.host, "dev", this.#far);
  }

  /** As if the cable were pulled: the browser sees that its network is down. */
  unplug(): void {
    ip("link", "set", this.#near, "down");
  }

  plugIn(): void {
    ip("link", "set", this.#near, "up");
  }

  /** As if the device changed to another Wi-Fi: its address goes, and it gets another one. */
  renumber(): void {
    const before = this.#address;
    this.#address = `${this.#prefix}.${Number(before.split(".").at(-1)) + 1}`;
    this.#inside("address", "delete", `${before}/24`, "dev", this.#far);
    this.#inside("address", "add", `${this.#address}/24`, "dev", this.#far);
  }

  remove(): void {
    ip("netns", "delete", this.#name); // Its end of the line goes with it, and so does ours.
  }

  #inside(...words: readonly string[]): void {
    ip("-n", this.#name, ...words);
  }
}

function ip(...words: readonly string[]): void {
  execFileSync("ip", words, { stdio: ["ignore", "ignore", "pipe"] });
}
