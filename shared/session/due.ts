import type { InfoHash } from "../base/ids.ts";
import type { Context, Due } from "./context.ts";
import { requestMoreNow, requestMoreOfAllNow, shareOutNow } from "./download.ts";
import { closeLink } from "./links.ts";
import type { Torrent } from "./torrent.ts";
import { chooseWhomToServeNow } from "./upload.ts";

export function nothingDue(): Due {
  return {
    choices: new Set(),
    shares: new Set(),
    requests: new Set(),
    peerRequests: new Map(),
    overfull: new Set(),
  };
}

/** The input at hand has been taken: does what it made necessary. */
export function doWhatIsDue(context: Context, torrents: ReadonlyMap<InfoHash, Torrent>): void {
  const { choices, shares, requests, peerRequests, overfull } = context.due;
  for (const peer of overfull) {
    const torrent = torrents.get(peer.infoHash);
    if (torrent?.peers.has(peer.link)) closeLink(context, torrent, peer, "readsNothing");
  }
  overfull.clear();
  for (const torrent of choices) chooseWhomToServeNow(context, torrent);
  choices.clear();
  for (const torrent of shares) shareOutNow(context, torrent);
  shares.clear();
  for (const torrent of requests) requestMoreOfAllNow(context, torrent);
  for (const [peer, torrent] of peerRequests) {
    if (!requests.has(torrent) && torrent.peers.has(peer.link)) requestMoreNow(context, torrent, peer);
  }
  requests.clear();
  peerRequests.clear();
}
