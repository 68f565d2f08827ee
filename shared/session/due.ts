import type { Context, Due } from "./context.ts";
import { requestMoreNow, requestMoreOfAllNow, shareOutNow } from "./download.ts";
import { closeLink } from "./links.ts";
import { seekPeers } from "./seeking.ts";
import type { Torrent } from "./torrent.ts";
import { chooseWhomToServeNow } from "./upload.ts";

export function nothingDue(): Due {
  return {
    choices: new Set(),
    shares: new Set(),
    seeks: new Set(),
    requests: new Set(),
    peerRequests: new Map(),
    overfull: new Set(),
  };
}

/** Does what the input at hand made necessary. */
export function doWhatIsDue(context: Context): void {
  const { choices, shares, seeks, requests, peerRequests, overfull } = context.due;
  for (const peer of overfull) {
    const torrent = context.torrents.get(peer.infoHash);
    context.acting = torrent;
    if (torrent?.peers.has(peer.link)) closeLink(context, torrent, peer, "readsNothing");
  }
  overfull.clear();
  each(context, choices, chooseWhomToServeNow);
  choices.clear();
  each(context, shares, shareOutNow);
  shares.clear();
  each(context, seeks, seekPeers);
  seeks.clear();
  each(context, requests, requestMoreOfAllNow);
  for (const [peer, torrent] of peerRequests) {
    context.acting = torrent;
    if (!requests.has(torrent) && torrent.peers.has(peer.link)) requestMoreNow(context, torrent, peer);
  }
  requests.clear();
  peerRequests.clear();
}

function each(
  context: Context,
  torrents: ReadonlySet<Torrent>,
  work: (context: Context, torrent: Torrent) => void,
): void {
  for (const torrent of torrents) {
    context.acting = torrent;
    work(context, torrent);
  }
}

/** Forgets what is due for this torrent. Undefined: for all torrents. */
export function forgetDue({ due }: Context, torrent: Torrent | undefined): void {
  for (const torrents of [due.choices, due.shares, due.seeks, due.requests])
    for (const each of torrents) if (torrent === undefined || each === torrent) torrents.delete(each);
  for (const peers of [due.peerRequests, due.overfull])
    for (const peer of peers.keys())
      if (torrent === undefined || peer.infoHash === torrent.infoHash) peers.delete(peer);
}
