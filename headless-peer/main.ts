import { UsageError } from "#shared/base/errors.ts";
import { parseIp } from "#shared/base/ip.ts";
import type { Limits } from "#shared/library/limits.ts";
import type { KnownTrackers } from "#shared/library/platform.ts";
import { memory, type OpenStorage } from "#shared/library/storage.ts";
import { Tabswarm } from "#shared/library/tabswarm.ts";
import { trackersIn } from "#shared/library/tracker-urls.ts";
import type { Link } from "#shared/meta/read-link.ts";
import { PUBLIC_NODES } from "./discovery/dht.ts";
import { sha1 } from "./files/sha1.ts";
import { shareKeys } from "./files/share-keys.ts";
import type { Encryption } from "./links/encryption/rules.ts";
import type { IceServer } from "./links/rtc.ts";
import { makeTorrent, type NodeSource } from "./own-sources.ts";
import { HeadlessPeer } from "./peer.ts";
import { nodeClock } from "./platform.ts";
import { namedTorrent } from "./sources/named-torrent.ts";
import { findTrackers, type NamedTrackers, NO_LOGINS, withTyped } from "./trackers/named-trackers.ts";

export * from "#shared/library/exports.ts";
export { folder } from "./folder.ts";
export { ListenError } from "./links/tcp-listener.ts";
export type { Encryption, IceServer, NodeSource };

/** How a peer on Node reaches others, and where it keeps what it downloads. */
export interface TabswarmOptions {
  /**
   * Trackers for all torrents. `http(s)://host[:port]/` is a Tabswarm tracker, which is asked for its announce URLs and its STUN and TURN
   * servers; any other URL is used as it stands. They may be in a private network. Absent: only those that torrents name.
   */
  readonly trackers?: readonly string[];
  /** STUN and TURN servers, besides those of Tabswarm trackers. Absent: none. */
  readonly iceServers?: readonly IceServer[];
  /** Where pieces go. Absent: `memory()`, which leaves nothing behind that nobody asked for. */
  readonly storage?: OpenStorage;
  /** Limits of all torrents together. Absent: none. */
  readonly limits?: Limits;
  /** Links over TCP, with every BitTorrent client. False: none. Absent: on the first free port of 6881 to 6889. */
  readonly tcp?: TcpOptions | false;
  /** Links over WebRTC, with browsers; they need the package node-datachannel, which npm installs where it can. Absent: yes. */
  readonly rtc?: boolean;
  /** Whether peers tell each other of other peers (BEP 11). Absent: yes. */
  readonly exchange?: boolean;
  /** Whether to find peers on the own network (BEP 14). Absent: no, because it sends packets to everybody there. */
  readonly localDiscovery?: boolean;
  /** The DHT (BEP 5): nodes to join it through, or true for public ones, whose operators see who asks. Absent: off. */
  readonly dht?: boolean | readonly { readonly host: string; readonly port: number }[];
  /** What peers may call this device. Absent: nothing. */
  readonly deviceName?: string;
  /** Takes sentences about what does not work, while the rest goes on. Absent: they go to `process.emitWarning`. */
  readonly warn?: (sentence: string) => void;
}

/** Links over TCP. */
export interface TcpOptions {
  /** An address of this machine. Absent: all of them. */
  readonly host?: string;
  /** 0: any free port. Absent: the first free one of 6881 to 6889. */
  readonly port?: number;
  /** Whether links are encrypted. Absent: `allow`, since encrypting costs time and hides little. */
  readonly encryption?: Encryption;
}

/**
 * Starts a peer on Node: the one that `tabswarm seed` and `tabswarm download` run. Close it in the end, or the process goes on. Rejects
 * with a `ListenError` if the port is taken, and with a `UsageError` for options that cannot be.
 */
export async function startTabswarm(options: TabswarmOptions = {}): Promise<Tabswarm<NodeSource>> {
  const {
    storage = memory(),
    limits = {},
    warn = (sentence) => process.emitWarning(sentence, "TabswarmWarning"),
  } = options;
  const named = await findTrackers(trackersIn(options.trackers ?? []), NO_LOGINS, warn);
  const peer = await HeadlessPeer.start({ ...waysOf(options, named), warn });
  const platform = {
    ...{ peer, clock: nodeClock, sha1, shareKeys, makeTorrent, trackers: knownOf(named) },
    findThrough: (link: Link) => namedTorrent({ type: "link", link }, { ...named, announceTiers: [] }, warn),
  };
  try {
    return new Tabswarm<NodeSource>(platform, storage, limits);
  } catch (error) {
    await peer.close();
    throw error;
  }
}

function knownOf(named: NamedTrackers): KnownTrackers {
  return {
    tiersFor: (own) => withTyped(named, own),
    publicUrls: named.publicUrls,
    pageUrl: named.pageUrl,
  };
}

function waysOf(options: TabswarmOptions, named: NamedTrackers) {
  const { tcp = {}, rtc = true, exchange = true, localDiscovery = false, dht = false, deviceName } = options;
  const address = tcp === false || tcp.host === undefined ? undefined : addressOf(tcp.host);
  const iceServers = options.iceServers ?? [];
  const bootstrap = dht === true ? PUBLIC_NODES : dht;
  return {
    ...{ rtc, exchange, deviceName, trusted: named.trusted, rates: { up: undefined, down: undefined } },
    tcp:
      tcp === false ? undefined : { host: tcp.host, port: tcp.port, encryption: tcp.encryption ?? "allow" },
    iceServers: () => [...iceServers, ...named.iceServers()],
    local: localDiscovery ? { address } : undefined,
    dht: bootstrap === false ? undefined : { bootstrap },
  };
}

function addressOf(host: string) {
  const address = parseIp(host);
  if (address !== undefined) return address;
  throw new UsageError(
    "badHost",
    `tcp.host is ${host}. Pass an IP address of this machine, or leave it out.`,
  );
}
