import { type Command, Option } from "commander";
import type { DhtNode } from "#headless-peer/discovery/dht.ts";
import { ENCRYPTIONS, type Encryption } from "#headless-peer/links/encryption/rules.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { IpAddress } from "#shared/base/ip.ts";
import { parseAnnounce } from "./announce-flag.ts";
import { parseRate } from "./byte-flags.ts";
import { parseDeviceName } from "./device-name-flag.ts";
import { parseDhtNode, parseIpAddress, parsePort } from "./flags.ts";
import type { LogFlags } from "./log.ts";

/** The flags of every command that runs a peer. */
export interface PeerFlags extends LogFlags {
  readonly tracker: readonly TrackerUrl[];
  readonly host?: IpAddress;
  readonly port?: number;
  readonly rateUp?: number;
  readonly rateDown?: number;
  readonly rtc: boolean;
  readonly tcp: boolean;
  readonly encryption: Encryption;
  readonly pex: boolean;
  readonly lsd: boolean;
  readonly lsdInterface?: IpAddress;
  readonly dht: boolean;
  readonly dhtBootstrap: readonly DhtNode[];
  readonly deviceName?: string;
}

const MUTE = "Without WebRTC and TCP no peer can be reached. Leave out --no-rtc or --no-tcp.";
const RATE_HELP = "in bytes a second over all torrents and links: 500K, 2M (powers of 1000)";

/** Adds the flags of every command that runs a peer. */
export function addPeerFlags(command: Command): Command {
  return command
    .hook("preAction", () => {
      if (isMute(command.opts<PeerFlags>())) command.error(`error: ${MUTE}`);
    })
    .option(
      "--tracker <url>",
      "tracker: a Tabswarm tracker such as http://host:8000, or an announce URL; may be repeated",
      parseAnnounce,
      [],
    )
    .option("--host <address>", "local address for TCP and trackers; all of them by default", parseIpAddress)
    .option(
      "--port <number>",
      "TCP port: by default the first free one from 6881 to 6889; 0 is any free port",
      parsePort,
    )
    .option("--rate-up <bytes>", `upload limit, ${RATE_HELP}`, parseRate)
    .option("--rate-down <bytes>", `download limit, ${RATE_HELP}`, parseRate)
    .option("--no-rtc", "do not use WebRTC, which browsers speak")
    .option("--no-tcp", "do not use TCP, which desktop clients speak")
    .addOption(
      new Option(
        "--encryption <rule>",
        "of links over TCP: allow dials without first, prefer dials with it first, require refuses links without",
      )
        .choices(ENCRYPTIONS)
        .default("allow"),
    )
    .option("--no-pex", "do not exchange addresses of other peers with peers, and introduce nobody")
    .option("--no-lsd", "do not look for peers on the local network, nor be found there")
    .option(
      "--lsd-interface <address>",
      "look for peers only on the network of this local address; by default on that of --host, or on all",
      parseIpAddress,
    )
    .option(
      "--dht",
      "also find peers through the DHT: the public one, unless --dht-bootstrap is given",
      false,
    )
    .addOption(
      new Option(
        "--dht-bootstrap <host:port>",
        "join the DHT through this node only (implies --dht); may be repeated",
      )
        .argParser(parseDhtNode)
        .default([], "public nodes"),
    )
    .option(
      "--device-name <name>",
      "what to call this device to others who share or download the same, such as NAS; nothing by default",
      parseDeviceName,
    );
}

/** Whether a peer is to find others through the DHT. */
export function usesDht({ dht, dhtBootstrap }: Pick<PeerFlags, "dht" | "dhtBootstrap">): boolean {
  return dht || dhtBootstrap.length > 0;
}

/** Whether a peer could use neither WebRTC nor TCP. */
export function isMute({ rtc, tcp }: PeerFlags): boolean {
  return !rtc && !tcp;
}

/** Says how a torrent without a tracker finds its peers. */
export function foundWithoutTracker(flags: PeerFlags, isPrivate: boolean): string {
  const { lsd, tcp } = flags;
  const start = "No tracker is named";
  if (isPrivate) return `${start}, and a private torrent's peers come from trackers alone. Pass --tracker.`;
  if (!tcp) return `${start}, and without TCP there is no other way to find peers. Pass --tracker.`;
  const ways = [...(lsd ? ["local discovery"] : []), ...(usesDht(flags) ? ["the DHT"] : [])];
  if (ways.length === 0)
    return `${start}, and local discovery is off, so no peers can be found. Pass --tracker, or --dht.`;
  return `${start}, so peers are found by ${ways.join(" and ")} only.`;
}
