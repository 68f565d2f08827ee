import Table from "cli-table3";
import type { PeerView, TorrentView } from "#shared/session/view.ts";
import { formatBytes, printable } from "./format.ts";

/** What one peer did, at the end. */
type Row = Pick<PeerView, "client" | "kind" | "goodPieces" | "failedPieces" | "score"> & {
  readonly bytes: number;
};

/** Who gave what, the most generous first. */
export function peerRows({ peers, formerPeers }: TorrentView): readonly Row[] {
  return [...peers, ...formerPeers]
    .filter(({ downloadedBytes }) => downloadedBytes > 0)
    .sort((left, right) => right.downloadedBytes - left.downloadedBytes)
    .map(({ client, kind, goodPieces, failedPieces, score, downloadedBytes }) => ({
      client,
      kind,
      goodPieces,
      failedPieces,
      score,
      bytes: downloadedBytes,
    }));
}

/** The same for people. */
export function peerTable(view: TorrentView): string {
  const head = ["peer", "link", "pieces", "bytes", "failed", "score"];
  const table = new Table({ head, style: { head: [] } });
  for (const { client, kind, goodPieces, bytes, failedPieces, score } of peerRows(view)) {
    const link = kind === "rtc" ? "WebRTC" : "TCP";
    table.push([printable(client), link, goodPieces, formatBytes(bytes), failedPieces, score]);
  }
  return table.toString();
}
