import type { Millis } from "../base/ids.ts";
import { type Context, tell } from "./context.ts";
import type { StopReason } from "./controls.ts";
import { finishedInAll, type Torrent } from "./torrent.ts";
import { MINUTE_MILLIS } from "./totals.ts";
import type { TorrentPhase } from "./view.ts";

/** The torrent is in another phase: the time that it is shared runs, or stands still. */
export function countSharing({ now }: Context, torrent: Torrent, phase: TorrentPhase): void {
  if (torrent.sharedSince !== undefined) torrent.sharedMillis += now - torrent.sharedSince;
  torrent.sharedSince = phase === "seeding" ? now : undefined;
}

/** For how long it has been shared while it was complete, also before it entered the session. */
export function sharedMillis(now: Millis, { sharedMillis: before, sharedSince }: Torrent): number {
  return before + (sharedSince === undefined ? 0 : now - sharedSince);
}

/** Bytes of blocks sent to peers, also before it entered the session. */
export function uploadedBytes({ before, up }: Torrent): number {
  return before.uploadedBytes + up.total;
}

/** Pauses a torrent that has been shared for as long, sent as much, or reached as many peers as the person wants. */
export function stopIfShared(context: Context, torrent: Torrent): void {
  if (context.now < stopAt(torrent)) return;
  const because = reached(torrent) ?? "time";
  torrent.isPaused = true;
  torrent.stopped = because;
  tell(context, torrent.infoHash, { type: "sharingStopped", because });
}

/** When the torrent is to stop. Infinite: never, as far as we know. */
export function stopAt(torrent: Torrent): number {
  const { controls, sharedSince, sharedMillis: before } = torrent;
  if (sharedSince === undefined || controls.stopAt === undefined) return Number.POSITIVE_INFINITY;
  if (reached(torrent) !== undefined) return 0;
  const { minutes } = controls.stopAt;
  return minutes === undefined ? Number.POSITIVE_INFINITY : sharedSince + minutes * MINUTE_MILLIS - before;
}

/** The person wants to go on with what has stopped: the limit that it reached no longer counts. */
export function shareOn(torrent: Torrent): void {
  if (torrent.stopped === undefined) return;
  torrent.stopped = undefined;
  torrent.controls = { ...torrent.controls, stopAt: undefined };
}

/** Which limit it has reached, apart from the time. */
function reached(torrent: Torrent): StopReason | undefined {
  const { content, controls } = torrent;
  const { ratio, downloads } = controls.stopAt ?? {};
  if (ratio !== undefined && content !== undefined && uploadedBytes(torrent) >= ratio * content.bytesTotal)
    return "ratio";
  return downloads !== undefined && finishedInAll(torrent) >= downloads ? "downloads" : undefined;
}
