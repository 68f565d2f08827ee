import { printable } from "#shared/base/printable.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { formatBytes, plural } from "./format.ts";

/** What a command prints of a torrent when the person stops it: a sentence, or JSON. */
export function shareSummaryLine(view: TorrentView, asJson: boolean): string {
  return asJson ? JSON.stringify(shareSummaryFact(view)) : printable(shareSummaryText(view));
}

function shareSummaryText({ name, uploadedBytes, bytesTotal, finishedInAll }: TorrentView): string {
  if (uploadedBytes === 0) return `${name}: nobody took anything.`;
  const times = bytesTotal > 0 ? `, ${(uploadedBytes / bytesTotal).toFixed(2)} times its size` : "";
  return `${name}: ${formatBytes(uploadedBytes)} sent${times}; ${plural(finishedInAll, "person", "people")} got everything.`;
}

/** `finished`: how many peers got everything meanwhile. */
function shareSummaryFact({ name, infoHash, uploadedBytes, bytesTotal, finishedInAll }: TorrentView) {
  return {
    type: "shared",
    name,
    infoHash,
    uploadedBytes,
    bytes: bytesTotal,
    finished: finishedInAll,
  } as const;
}
