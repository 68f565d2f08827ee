import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { ViewChange, ViewNews } from "./messages.ts";

/** Finds what has changed in the views since they were last sent: the names of ten thousand files need to go only once. */
export class ViewSender {
  #sent = new Map<InfoHash, TorrentView>();

  /** Undefined: nothing has changed. */
  news(views: readonly TorrentView[]): ViewNews | undefined {
    const before = this.#sent;
    const changes = views.flatMap((view) => changeOf(before.get(view.infoHash), view));
    if (changes.length === 0 && views.length === before.size) return undefined;
    this.#sent = new Map(views.map((view) => [view.infoHash, view]));
    return { infoHashes: [...this.#sent.keys()], changes };
  }
}

/** Puts the views together from the news. The view of a torrent that has not changed stays the same object. */
export class ViewKeeper {
  #views = new Map<InfoHash, TorrentView>();

  take({ infoHashes, changes }: ViewNews): void {
    const before = this.#views;
    const changed = new Map(
      changes.map((change) => [
        change.infoHash,
        { ...before.get(change.infoHash), ...change } as TorrentView,
      ]),
    );
    this.#views = new Map(
      infoHashes.flatMap((infoHash) => {
        const view = changed.get(infoHash) ?? before.get(infoHash);
        return view === undefined ? [] : [[infoHash, view]];
      }),
    );
  }

  /** A torrent added again under this name is new. */
  forget(infoHash: InfoHash): void {
    this.#views.delete(infoHash);
  }

  views(): readonly TorrentView[] {
    return [...this.#views.values()];
  }
}

function changeOf(before: TorrentView | undefined, view: TorrentView): ViewChange[] {
  if (before === view) return [];
  if (before === undefined) return [view];
  const fields = Object.entries(view).filter(([name, value]) => before[name as keyof TorrentView] !== value);
  return fields.length === 0 ? [] : [{ ...Object.fromEntries(fields), infoHash: view.infoHash }];
}
