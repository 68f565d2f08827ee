import { useEffect, useRef } from "preact/hooks";
import type { Client } from "../../engine/client.ts";
import { isOwn, type TorrentEntry } from "../card/card-view.ts";
import { formatBytes } from "../format.ts";
import { texts } from "../texts/texts.ts";

interface RemoveSeveralProps {
  readonly client: Client;
  readonly entries: readonly TorrentEntry[];
  /** All of them are downloads that have been saved. */
  readonly isClearing: boolean;
  readonly onRemove: (deleteData: boolean) => void;
  readonly onCancel: () => void;
}

/** Asks before it removes several torrents, and says what goes and what stays. Escape and a click outside cancel. */
export function RemoveSeveral({ client, entries, isClearing, onRemove, onCancel }: RemoveSeveralProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const downloads = entries.filter((entry) => !isOwn(entry));
  const elsewhere = new Map(client.elsewhere.value.map((torrent) => [torrent.infoHash, torrent]));
  const freed = downloads.filter(({ infoHash }) => elsewhere.get(infoHash)?.sharesData !== true);
  const stored = freed.reduce((sum, { torrent }) => sum + torrent.bytesDone, 0);
  // A daemon does not say how much it has while it checks files, or cannot open them.
  const isOnDisk = downloads.some(({ onDisk, torrent }) => onDisk !== undefined && torrent.pieceCount > 0);
  const remove = (deleteData: boolean): void => {
    dialog.current?.close(); // First, so that the browser returns the focus.
    onRemove(deleteData);
  };
  return (
    <dialog
      ref={dialog}
      closedby="any"
      aria-labelledby="remove-several-title"
      aria-describedby="remove-several-text"
      onClose={onCancel}
    >
      <h2 id="remove-several-title">
        {isClearing ? texts.list.clearSeveral(entries.length) : texts.list.removeSeveral(entries.length)}
      </h2>
      <div id="remove-several-text" class="consequences">
        {isClearing && <p>{texts.list.clearing}</p>}
        {isOnDisk && <p>{texts.daemon.severalData}</p>}
        {!isClearing && !isOnDisk && stored > 0 && <p>{texts.list.removingData(formatBytes(stored))}</p>}
        {entries.some(({ infoHash }) => elsewhere.has(infoHash)) && <p>{texts.list.keptElsewhere}</p>}
        {downloads.length < entries.length && <p>{texts.list.removingOwn}</p>}
      </div>
      <div class="row">
        {isOnDisk ? (
          <>
            <button type="button" class="button danger" onClick={() => remove(true)}>
              {texts.daemon.removeAndDelete}
            </button>
            <button type="button" class="button" onClick={() => remove(false)}>
              {texts.daemon.removeAndKeep}
            </button>
          </>
        ) : (
          <button type="button" class="button danger" onClick={() => remove(true)}>
            {isClearing ? texts.list.clearThem : texts.list.removeThem}
          </button>
        )}
        <button type="button" class="button quiet" autofocus onClick={() => dialog.current?.close()}>
          {texts.buttons.cancel}
        </button>
      </div>
    </dialog>
  );
}
