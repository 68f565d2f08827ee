import { existsSync } from "node:fs";
import { formatPeerAddress, parsePeerAddress } from "#headless-peer/peer-address.ts";
import type { PeerTorrent } from "#headless-peer/peer-torrent.ts";
import { readTorrentFile, type TorrentFile, torrentFileOf } from "#headless-peer/sources/torrent-file.ts";
import { askTabswarmTracker } from "#headless-peer/trackers/tabswarm-tracker.ts";
import { type PeerAddress, peerIp } from "#shared/announce/compact.ts";
import { concatBytes } from "#shared/base/bytes.ts";
import { UsageError } from "#shared/base/errors.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { isPrivateIp } from "#shared/base/ip.ts";
import { mayBeCalled } from "#shared/base/tracker-rule.ts";
import { eachAlone } from "#shared/base/tracker-url.ts";
import { findLinks, holdsLink } from "#shared/meta/links.ts";
import { MAX_TORRENT_FILE_BYTES } from "#shared/meta/metainfo.ts";
import type { Link } from "#shared/meta/read-link.ts";
import { plural } from "../show/format.ts";
import { type NamedTrackers, withTyped } from "./trackers.ts";

/** What a person named a torrent by. */
export type TorrentReference =
  | { readonly type: "torrent"; readonly torrent: TorrentFile }
  | { readonly type: "link"; readonly link: Link };

/** A torrent ready for a peer, but for its files. */
export type NamedTorrent = Pick<
  PeerTorrent,
  "infoHash" | "displayName" | "metadata" | "trackers" | "impliedTrackers" | "linkPeers"
>;

type Warn = (sentence: string) => void;

/** `d`. */
const BENCODED_DICTIONARY = 0x64;

/** A longer text is no peer's address. */
const MAX_PEER_CHARACTERS = 64;

/** Stands for standard input. */
const STANDARD_INPUT = "-";

/**
 * Reads a .torrent file by its name or, for `-`, from standard input, or the magnet links, share links and info-hashes in a text: at least one, or it
 * rejects. Tells `warn` what else it leaves out.
 */
export async function readTorrentReferences(text: string, warn: Warn): Promise<readonly TorrentReference[]> {
  if (text === STANDARD_INPUT) return readPiped(warn);
  if (existsSync(text)) return [{ type: "torrent", torrent: await readTorrentFile(text) }];
  if (!holdsLink(text)) throw new UsageError("notFound", noTorrent(text));
  return linksIn(text, warn);
}

/** A .torrent, or a text with links. */
async function readPiped(warn: Warn): Promise<readonly TorrentReference[]> {
  const bytes = await readStandardInput(MAX_TORRENT_FILE_BYTES + 1);
  if (bytes[0] === BENCODED_DICTIONARY) return [{ type: "torrent", torrent: torrentFileOf(bytes) }];
  const text = new TextDecoder().decode(bytes);
  if (!holdsLink(text))
    throw new UsageError(
      "notFound",
      "Standard input holds neither a .torrent nor a link. Pipe one of them in.",
    );
  return linksIn(text, warn);
}

/** At most so many bytes. */
async function readStandardInput(most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let left = most;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    chunks.push(chunk.subarray(0, left));
    left -= chunk.length;
    if (left <= 0) break;
  }
  return concatBytes(chunks);
}

function linksIn(text: string, warn: Warn): readonly TorrentReference[] {
  const { links, leftOut } = findLinks(text);
  for (const sentence of leftOut) warn(sentence);
  return links.map((link) => ({ type: "link", link }));
}

function noTorrent(text: string): string {
  if (/^https?:\/\//i.test(text.trim()))
    return `The address ${text} names no torrent. Paste the whole share link, or save the .torrent file from there and name that file.`;
  return `There is no file ${text}, and it is not a magnet link or info-hash either. Check the spelling.`;
}

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
    };
  }
  const { infoHash, displayName, page, peers } = reference.link;
  const trackers = reference.link.trackers.map(named.withKey);
  const own = page === undefined ? [] : (await trackersOf(page, warn)).map(named.withKey);
  return {
    infoHash,
    displayName,
    metadata: undefined,
    trackers: withTyped(named, eachAlone([...new Set([...own, ...trackers])])),
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
    const count = plural(unread, "peer", "peers");
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
