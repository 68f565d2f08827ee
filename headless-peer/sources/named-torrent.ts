import { type PeerAddress, peerIp } from "#shared/announce/compact.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { isPrivateIp } from "#shared/base/ip.ts";
import { mayBeCalled } from "#shared/base/tracker-rule.ts";
import { eachAlone } from "#shared/base/tracker-url.ts";
import type { PeerTorrent } from "#shared/library/peer-torrent.ts";
import type { Link } from "#shared/meta/read-link.ts";
import { type NamedWebSeed, namedWebSeeds } from "#shared/meta/web-seeds.ts";
import { formatPeerAddress, parsePeerAddress } from "../peer-address.ts";
import { type NamedTrackers, withTyped } from "../trackers/named-trackers.ts";
import { askTabswarmTracker } from "../trackers/tabswarm-tracker.ts";
import type { TorrentFile } from "./torrent-file.ts";

/** What a person named a torrent by. */
export type TorrentReference =
  | { readonly type: "torrent"; readonly torrent: TorrentFile }
  | { readonly type: "link"; readonly link: Link };

/** A torrent ready for a peer, but for its files. */
export type NamedTorrent = Pick<
  PeerTorrent,
  "infoHash" | "displayName" | "metadata" | "trackers" | "impliedTrackers" | "linkPeers"
> & { readonly webSeeds: readonly NamedWebSeed[] };

type Warn = (sentence: string) => void;

/** A longer text is no peer's address. */
const MAX_PEER_CHARACTERS = 64;

/** The torrent that a person named, with more trackers than its own. Tells `warn` what it ignores. */
export async function namedTorrent(
  reference: TorrentReference,
  named: NamedTrackers,
  warn: Warn,
): Promise<NamedTorrent> {
  if (reference.type === "torrent") {
    const { torrent } = reference;
    for (const sentence of torrent.warnings) warn(sentence);
    return {
      infoHash: torrent.infoHash,
      displayName: torrent.info.name,
      metadata: torrent,
      trackers: withTyped(named, torrent.trackerTiers),
      webSeeds: namedWebSeeds([], torrent.webSeeds),
    };
  }
  const { infoHash, displayName, page, peers, webSeeds } = reference.link;
  const trackers = reference.link.trackers.map(named.withKey);
  const own = page === undefined ? [] : (await trackersOf(page, warn)).map(named.withKey);
  return {
    infoHash,
    displayName,
    metadata: undefined,
    trackers: withTyped(named, eachAlone([...new Set([...own, ...trackers])])),
    webSeeds: namedWebSeeds([], webSeeds),
    impliedTrackers: own.filter((url) => !trackers.includes(url) && !named.announceUrls.includes(url)),
    linkPeers: peersIn(peers, warn),
  };
}

/** The page of a share link belongs to a Tabswarm tracker, which the link need not name. */
async function trackersOf(page: TrackerUrl, warn: Warn): Promise<readonly TrackerUrl[]> {
  if (!mayBeCalled(page)) return [];
  const { announceUrls, guessedBecause } = await askTabswarmTracker(page, {
    redirects: false,
    isTyped: false,
  });
  if (guessedBecause !== undefined) {
    warn(`${page}, where the link leads, does not say which trackers it has (${guessedBecause}).`);
  }
  return announceUrls;
}

/** A link must not make us dial into our own network. Local discovery finds the peers there. */
function peersIn(texts: readonly string[], warn: Warn): readonly PeerAddress[] {
  const read = texts.flatMap((text) => parsePeerAddress(text.slice(0, MAX_PEER_CHARACTERS)) ?? []);
  const unread = texts.length - read.length;
  if (unread > 0) {
    const count = unread === 1 ? "1 peer" : `${unread} peers`;
    warn(`The link names ${count} by something other than an IP address and a port; ignored.`);
  }
  const usable = read.filter((address) => !isPrivateIp(peerIp(address)));
  const inside = read.filter((address) => !usable.includes(address));
  if (inside.length > 0) {
    const list = inside.map(formatPeerAddress).join(", ");
    warn(`The link names peers in a private network, which we do not dial: ${list}.`);
  }
  return usable;
}
