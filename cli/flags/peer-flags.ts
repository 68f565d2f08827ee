import { type Command, Option } from "commander";
import type { DhtNode } from "#headless-peer/discovery/dht.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import type { IpAddress } from "#shared/base/ip.ts";
import { parseAnnounce } from "./announce-flag.ts";
import { parseRate } from "./byte-flags.ts";
import { parseDhtNode, parseIpAddress, parsePort } from "./flags.ts";
import type { LogFlags } from "./log.ts";

/** The flags of every command that is a peer. */
export interface PeerFlags extends LogFlags {
  readonly tracker: readonly TrackerUrl[];
  readonly host?: IpAddress;
  readonly port?: number;
  readonly rateUp?: number;
  readonly rateDown?: number;
  readonly rtc: boolean;
  readonly tcp: boolean;
  readonly pex: boolean;
  readonly lsd: boolean;
  readonly lsdInterface?: IpAddress;
  readonly dht: boolean;
  readonly dhtBootstrap: readonly DhtNode[];
}

const MUTE = "Without WebRTC and TCP there is nobody to speak to. Leave out --no-rtc or --no-tcp.";
const RATE_HELP = "in bytes a second over all links: 500K, 2M (powers of 1000)";

/** Adds the flags of every command that is a peer. */
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
    .option(
      "--host <address>",
      "address of this machine for TCP and trackers, by default all",
      parseIpAddress,
    )
    .option(
      "--port <number>",
      "port for TCP, by default the first free one of 6881 to 6889; 0 is any",
      parsePort,
    )
    .option("--rate-up <bytes>", `the most to send, ${RATE_HELP}`, parseRate)
    .option("--rate-down <bytes>", `the most to receive, ${RATE_HELP}`, parseRate)
    .option("--no-rtc", "do not speak WebRTC, as browsers do")
    .option("--no-tcp", "do not speak TCP, as desktop clients do")
    .option("--no-pex", "do not tell peers of other peers, nor listen when they do")
    .option("--no-lsd", "do not find peers in the local network, nor be found by them")
    .option(
      "--lsd-interface <address>",
      "address of this machine: find peers in its network only, by default in all, or in that of --host",
      parseIpAddress,
    )
    .option(
      "--dht",
      "find peers through the DHT as well, the public one unless --dht-bootstrap is given",
      false,
    )
    .addOption(
      new Option(
        "--dht-bootstrap <host:port>",
        "enter the DHT by this node only (and so --dht); may be repeated",
      )
        .argParser(parseDhtNode)
        .default([], "public nodes")
        .implies({ dht: true }),
    );
}

/** Whether a peer would speak neither way. */
export function isMute({ rtc, tcp }: PeerFlags): boolean {
  return !rtc && !tcp;
}

/** How a torrent's peers are found when it names no tracker. */
export function foundWithoutTracker({ lsd, dht, tcp }: PeerFlags, isPrivate: boolean): string {
  const start = "No tracker is named";
  if (isPrivate) return `${start}, and a private torrent's peers come from trackers alone. Pass --tracker.`;
  if (!tcp) return `${start}, and without TCP nobody is found in another way. Pass --tracker.`;
  const ways = [...(lsd ? ["local discovery"] : []), ...(dht ? ["the DHT"] : [])];
  if (ways.length === 0)
    return `${start}, and local discovery is off, so nobody is found. Pass --tracker, or --dht.`;
  return `${start}, so peers are found by ${ways.join(" and ")} only.`;
}
