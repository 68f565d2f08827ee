import { relative } from "node:path";
import type { EndReason } from "#headless-peer/sharing-ends.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { PublishNews } from "./publisher.ts";
import { formatBytes, plural } from "./show/format.ts";
import { peerRows } from "./show/peer-table.ts";
import { sharingEndedFact, sharingEndedText } from "./show/sharing-ended.ts";

/** Something that happened to a peer, for people and for programs. */
export interface PeerNews {
  readonly text: string;
  readonly fact: {
    readonly type:
      | "listening"
      | "seeding"
      | "added"
      | "downloaded"
      | "sharingStopped"
      | "error"
      | PublishNews["outcome"];
    readonly [key: string]: unknown;
  };
}

/** A sentence about what went wrong. */
export function errorNews(message: string): PeerNews {
  return { text: message, fact: { type: "error", message } };
}

/** A download is complete. */
export function downloadedNews(view: TorrentView, folder: string): PeerNews {
  const { name, infoHash, bytesTotal: bytes, pieceCount: pieces, failedPieces } = view;
  return {
    text: `${name} is in ${relative("", folder) || "."} (${formatBytes(bytes)})`,
    fact: { type: "downloaded", name, infoHash, folder, bytes, pieces, failedPieces, peers: peerRows(view) },
  };
}

/** A torrent is no longer shared. */
export function endedNews(view: TorrentView, because: EndReason): PeerNews {
  return { text: sharingEndedText(view, because), fact: sharingEndedFact(view, because) };
}

/** What is not shared at all, because the time to stop had passed before the peer started. */
export function pastNews(name: string): PeerNews {
  const text = `${name} is not shared: the time to stop has passed. Choose a later "stopAt", or remove it.`;
  return { text, fact: { type: "sharingStopped", name, because: "moment" } };
}

/** How many torrents are in which state, and how fast they are. */
export function torrentTexts(views: readonly TorrentView[]): string[] {
  const of = (phase: TorrentView["phase"]): number => views.filter((view) => view.phase === phase).length;
  const missing = views.filter(({ phase }) => phase === "downloading");
  const bytesDone = sum(missing, (view) => view.bytesDone);
  const bytesTotal = sum(missing, (view) => view.bytesTotal);
  const percent = Math.floor((100 * bytesDone) / Math.max(1, bytesTotal));
  const peers = sum(views, (view) => view.peers.length);
  return [
    of("metadata") > 0 ? `looking for ${of("metadata")}` : "",
    of("checking") > 0 ? `checking ${of("checking")}` : "",
    missing.length > 0 ? `downloading ${missing.length} (${percent} %)` : "",
    of("seeding") > 0 ? `sharing ${of("seeding")}` : "",
    of("paused") > 0 ? `${of("paused")} no longer shared` : "",
    of("error") > 0 ? `${of("error")} stopped` : "",
    plural(peers, "peer", "peers"),
    `${formatBytes(sum(views, (view) => view.upBytesPerSecond))}/s up`,
    `${formatBytes(sum(views, (view) => view.downBytesPerSecond))}/s down`,
  ].filter((text) => text !== "");
}

function sum(views: readonly TorrentView[], of: (view: TorrentView) => number): number {
  return views.reduce((total, view) => total + of(view), 0);
}
