import type { InfoHash } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import type { TorrentView } from "#shared/session/view.ts";

/**
 * Watches shared torrents. Each look reports those that have stopped by themselves since the last look, and throws a
 * `StorageError` once all have.
 */
export function watchForStops(
  peer: { view(): readonly TorrentView[] },
  tell: (sentence: string) => void,
): () => undefined {
  const told = new Set<InfoHash>();
  return () => {
    const views = peer.view();
    const stopped = views.filter(({ phase }) => phase === "error");
    const isOver = stopped.length === views.length;
    const [only] = views;
    if (isOver && only !== undefined && views.length === 1) throw new StorageError(problemIn(only));
    for (const view of stopped) {
      if (!told.has(view.infoHash)) tell(`${view.name}: ${problemIn(view)}`);
      told.add(view.infoHash);
    }
    if (isOver) throw new StorageError(`All ${views.length} torrents have stopped. See above.`);
  };
}

function problemIn({ problem }: TorrentView): string {
  return problem ?? "It stopped.";
}
