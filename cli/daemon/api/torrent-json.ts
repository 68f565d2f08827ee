import { formatPeerAddress } from "#headless-peer/peer-address.ts";
import type { NamedTrackers } from "#headless-peer/trackers/named-trackers.ts";
import type { ShareKey } from "#shared/base/ids.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import type { DaemonTorrent, ListedTorrent, PeerJson } from "#shared/daemon/daemon-api.ts";
import { isEncryptedShare } from "#shared/encrypted/share-torrent.ts";
import { formatMagnet, formatShareLink } from "#shared/meta/magnet.ts";
import { withoutQuery } from "#shared/meta/web-seeds.ts";
import type { PeerView } from "#shared/session/view.ts";
import { limitsJson } from "../../flags/chosen-limits.ts";
import type { Listed } from "../daemon.ts";
import { keyOf } from "../record.ts";

/** A torrent as the list has it. */
export function listedJson(listed: Listed, named: NamedTrackers): ListedTorrent {
  const { files, peers, finishedPeers: _, formerPeers: __, ...rest } = listed.view;
  return { ...rest, ...additions(listed, named), fileCount: files.length, peerCount: peers.length };
}

/** A torrent with everything about it. */
export function torrentJson(listed: Listed, named: NamedTrackers): DaemonTorrent {
  const { files, peers, finishedPeers, formerPeers } = listed.view;
  return {
    ...listedJson(listed, named),
    namedTrackers: namedBy(listed, named),
    files,
    peers: peers.map(peerJson),
    finishedPeers: finishedPeers.map(peerJson),
    formerPeers: formerPeers.map(peerJson),
  };
}

/** The trackers that it names itself and the daemon does not. */
function namedBy(
  { torrent }: Listed,
  { announceUrls, publicUrls, withKey }: NamedTrackers,
): readonly string[] {
  const own = new Set([...announceUrls, ...publicUrls.map(withKey)]);
  const others = torrent.record.trackers.flat().filter((url) => !own.has(withKey(url)));
  return [...new Set(others.map(withoutKey))];
}

function peerJson({ address, ...peer }: PeerView): PeerJson {
  return { ...peer, ...(address !== undefined && { address: formatPeerAddress(address) }) };
}

/** A moment in milliseconds since 1970 as the API says it. */
export function iso(moment: number): string {
  return new Date(moment).toISOString();
}

function additions(listed: Listed, { publicUrls, pageUrl }: NamedTrackers) {
  const { torrent, view, endReason } = listed;
  const { infoHash, bytesTotal, uploadedBytes } = view;
  const { addedAt, completedAt, content, limits, trackers, webSeeds } = torrent.record;
  const key = keyOf(torrent.record);
  const links = {
    infoHash,
    displayName: key === undefined ? torrent.name : undefined,
    trackers: [...new Set([...publicUrls, ...trackers.flat()])],
    webSeeds,
  };
  return {
    // People show this to others when they ask for help.
    trackers: view.trackers.map((tracker) => ({ ...tracker, url: withoutKey(tracker.url) })),
    webSeeds: view.webSeeds.map((seed) => ({ ...seed, url: withoutQuery(seed.url) })),
    addedAt: iso(addedAt),
    ...(completedAt !== undefined && { completedAt: iso(completedAt) }),
    ...(content.type === "download" && { folder: content.folder }),
    ratio: bytesTotal === 0 ? 0 : uploadedBytes / bytesTotal,
    limits: limitsJson(limits),
    ...(endReason !== undefined && { endReason }),
    ...lockOf(torrent, key),
    magnetLink: formatMagnet({ ...links, selectedFiles: undefined }),
    ...shareLinkOf(links, pageUrl, key),
  };
}

/** Without its metadata, its link says that it is an encrypted share. */
function lockOf({ info }: Listed["torrent"], key: ShareKey | undefined): Pick<ListedTorrent, "lock"> {
  if (key !== undefined) return { lock: "open" };
  return info !== undefined && isEncryptedShare(info) ? { lock: "closed" } : {};
}

/** That of an encrypted share is for programs where there is no page. */
function shareLinkOf(
  links: Parameters<typeof formatShareLink>[1],
  pageUrl: string | undefined,
  key: ShareKey | undefined,
): Pick<ListedTorrent, "shareLink"> {
  if (pageUrl !== undefined) return { shareLink: formatShareLink(pageUrl, { ...links, trackers: [] }, key) };
  return key === undefined ? {} : { shareLink: formatShareLink("", links, key) };
}
