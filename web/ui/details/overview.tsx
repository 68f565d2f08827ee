import type { TorrentView } from "#shared/session/view.ts";
import { formatBytes, formatDuration, formatPieceLength } from "../format.ts";
import { list, number, tenth } from "../texts/intl.ts";
import { texts } from "../texts/texts.ts";

/** Also how often that is its size. */
function sent({ uploadedBytes, bytesTotal }: TorrentView): string {
  const ratio = bytesTotal === 0 ? 0 : uploadedBytes / bytesTotal;
  return ratio < 0.05
    ? formatBytes(uploadedBytes)
    : texts.details.sentTimes(formatBytes(uploadedBytes), tenth(ratio));
}

/** Its figures. */
export function Overview({ torrent }: { readonly torrent: TorrentView }) {
  const isKnown = torrent.files.length > 0;
  const facts: readonly (readonly [name: string, value: string])[] = [
    [
      texts.details.piecesHeld,
      isKnown ? texts.details.heldOf(torrent.piecesHeld, torrent.pieceCount) : texts.details.unknown,
    ],
    [texts.details.pieceLength, isKnown ? formatPieceLength(torrent.pieceLength) : texts.details.unknown],
    [texts.details.received, formatBytes(torrent.downloadedBytes)],
    [texts.details.sent, sent(torrent)],
    [
      texts.details.sharedFor,
      torrent.sharedMinutes === 0 ? texts.details.underAMinute : formatDuration(torrent.sharedMinutes * 60),
    ],
    [texts.details.failedPieces, number(torrent.failedPieces)],
    [texts.details.bannedPeers, number(torrent.bannedPeers)],
    [texts.details.infoHash, torrent.infoHash],
  ];
  const { noRoute, ours, theirs } = torrent.failedAttempts;
  return (
    <>
      <dl>
        {facts.map(([name, value], at) => (
          <div key={at}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {noRoute > 0 && (
          <div>
            <dt>{texts.details.routesTried}</dt>
            <dd>
              {texts.details.routes(
                list(ours) || texts.details.noRoutes,
                list(theirs) || texts.details.noRoutes,
              )}
            </dd>
          </div>
        )}
      </dl>
      {torrent.failedPieces > 0 && <p class="note">{texts.details.failedNote}</p>}
      {torrent.isPrivate && <p class="note">{texts.details.privateNote}</p>}
    </>
  );
}
