import { useEffect, useRef } from "preact/hooks";
import { isOwn, type TorrentEntry } from "../card/card-view.ts";
import { formatBytes } from "../format.ts";
import * as texts from "./list-texts.ts";

interface RemoveSeveralProps {
  readonly entries: readonly TorrentEntry[];
  /** All of them are downloads that have been saved. */
  readonly isClearing: boolean;
  readonly onRemove: () => void;
  readonly onCancel: () => void;
}

/** Asks before it removes several torrents, and says what goes and what stays. Escape and a click outside cancel. */
export function RemoveSeveral({ entries, isClearing, onRemove, onCancel }: RemoveSeveralProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const downloads = entries.filter((entry) => !isOwn(entry));
  const stored = downloads.reduce((sum, { torrent }) => sum + torrent.bytesDone, 0);
  const remove = (): void => {
    dialog.current?.close(); // First, so that the browser returns the focus.
    onRemove();
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
        {isClearing ? texts.clearFinished(entries.length) : texts.removeSeveral(entries.length)}
      </h2>
      <div id="remove-several-text" class="consequences">
        {isClearing && <p>{texts.CLEARING}</p>}
        {!isClearing && stored > 0 && <p>{texts.removingData(formatBytes(stored))}</p>}
        {downloads.length < entries.length && <p>{texts.REMOVING_OWN}</p>}
      </div>
      <div class="row">
        <button type="button" class="button danger" onClick={remove}>
          {isClearing ? texts.CLEAR_THEM : texts.REMOVE_THEM}
        </button>
        <button type="button" class="button quiet" autofocus onClick={() => dialog.current?.close()}>
          {texts.CANCEL}
        </button>
      </div>
    </dialog>
  );
}
