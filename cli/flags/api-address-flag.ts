import { InvalidArgumentError } from "commander";
import { formatIp, parseIp } from "#shared/base/ip.ts";
import { parsePort } from "./flags.ts";

/** Where an API listens. */
export interface ApiAddress {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Just below the ports of BitTorrent: easy to remember, and rarely taken. */
export const USUAL_API = "127.0.0.1:6880";

/** Reads `--api`: an address of this machine and a port, such as `127.0.0.1:6880` or `[::1]:6880`. */
export function parseApiAddress(text: string): ApiAddress {
  const [, ipv6, ipv4 = "", port = ""] = /^(?:\[([0-9A-Fa-f:.]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const ip = parseIp(ipv6 ?? ipv4);
  if (ip === undefined)
    throw new InvalidArgumentError(
      "It must be an address of this machine and a port, such as 127.0.0.1:6880.",
    );
  return { host: formatIp(ip), port: parsePort(port) };
}
