import type { InfoHash } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import type { TorrentMetadata } from "#shared/session/input.ts";
import { NO_FAILED_ATTEMPTS } from "#shared/session/link-end.ts";
import { MINUTE_MILLIS, type Totals } from "#shared/session/totals.ts";
import type { TorrentView } from "#shared/session/view.ts";

/** How a torrent looks that the engine does not run, as its files are still opening or cannot be opened. */
export function closedView(
  infoHash: InfoHash,
  name: string,
  metadata: TorrentMetadata | undefined,
  totals: Totals,
  problem: string | undefined,
): TorrentView {
  const layout = metadata?.info.layout;
  const { uploadedBytes, downloadedBytes, sharedMillis, finishedPeers } = totals;
  return {
    ...{ infoHash, name: printable(name) },
    phase: problem === undefined ? "checking" : "error",
    ...{ bytesTotal: layout?.totalBytes ?? 0, bytesDone: 0 },
    ...{ pieceCount: layout?.pieceCount ?? 0, piecesHeld: 0, piecesFetched: 0 },
    pieceLength: layout?.pieceLength ?? 0,
    ...{ downBytesPerSecond: 0, upBytesPerSecond: 0, downloadedBytes, uploadedBytes },
    sharedMinutes: Math.floor(sharedMillis / MINUTE_MILLIS),
    secondsLeft: undefined,
    ...{ failedPieces: 0, bannedPeers: 0, failedAttempts: NO_FAILED_ATTEMPTS },
    ...{ hasSource: false, isPrivate: metadata?.info.isPrivate ?? false },
    ...{ files: [], linksLeftOut: 0, peers: [], completePeers: 0 },
    ...{ finishedPeers: [], finishedInAll: finishedPeers, formerPeers: [], trackers: [], webSeeds: [] },
    ...{ stopped: undefined, problem, problemKind: undefined },
  };
}
