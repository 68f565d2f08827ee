import type { TorrentView } from "#shared/session/view.ts";
import { formatBytes, formatCount, formatPieceLength } from "../format.ts";

const UNKNOWN = "not known yet";

/** Its figures. */
export function Overview({ torrent }: { readonly torrent: TorrentView }) {
  const isKnown = torrent.files.length > 0;
  const facts: readonly (readonly [name: string, value: string])[] = [
    [
      "Pieces held",
      isKnown ? `${formatCount(torrent.piecesHeld)} of ${formatCount(torrent.pieceCount)}` : UNKNOWN,
    ],
    ["Piece length", isKnown ? formatPieceLength(torrent.pieceLength) : UNKNOWN],
    ["Received", formatBytes(torrent.downloadedBytes)],
    ["Sent", formatBytes(torrent.uploadedBytes)],
    ["Failed pieces", formatCount(torrent.failedPieces)],
    ["Banned peers", formatCount(torrent.bannedPeers)],
    ["Info-hash", torrent.infoHash],
  ];
  return (
    <>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {torrent.failedPieces > 0 && (
        <p class="note">
          Pieces that fail their check are discarded and downloaded again. Peers that send bad data are
          disconnected.
        </p>
      )}
      {torrent.isPrivate && (
        <p class="note">Private: only its own trackers introduce people to each other.</p>
      )}
    </>
  );
}
