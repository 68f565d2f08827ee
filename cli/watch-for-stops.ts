import type { EndReason } from "#headless-peer/sharing-ends.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import type { TorrentView } from "#shared/session/view.ts";

/** A peer whose torrents may stop. */
export interface StoppingPeer {
  view(): readonly TorrentView[];
  endReason(view: TorrentView): EndReason | undefined;
}

/** Hears which torrents have stopped. */
export interface StopEvents {
  /** By itself; the sentence says why. */
  readonly failed: (sentence: string) => void;
  /** As the person chose. */
  readonly ended: (view: TorrentView, because: EndReason) => void;
}

/**
 * Watches shared torrents. Each look reports those that have stopped since the last look. Once all have, it returns true, or throws
 * a `StorageError` if some of them stopped by themselves.
 */
export function watchForStops(peer: StoppingPeer, { failed, ended }: StopEvents): () => true | undefined {
  const told = new Set<InfoHash>();
  return () => {
    const views = peer.view();
    const failures = views.filter(({ phase }) => phase === "error");
    const [only] = failures;
    if (only !== undefined && views.length === 1) throw new StorageError(problemIn(only));
    let stopped = failures.length;
    for (const view of views) {
      const because = peer.endReason(view);
      if (because !== undefined) stopped += 1;
      if (told.has(view.infoHash) || (because === undefined && view.phase !== "error")) continue;
      told.add(view.infoHash);
      if (because !== undefined) ended(view, because);
      else failed(`${view.name}: ${problemIn(view)}`);
    }
    if (stopped < views.length) return undefined;
    if (failures.length === 0) return true;
    if (failures.length === stopped)
      throw new StorageError(`All ${views.length} torrents have stopped. See above.`);
    throw new StorageError("Nothing is left to share, and not all of it ended as you chose. See above.");
  };
}

function problemIn({ problem }: TorrentView): string {
  return problem ?? "It stopped.";
}
