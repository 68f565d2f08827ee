import { useEffect, useRef } from "preact/hooks";
import { isOwn, othersWithEverything, receiverCount, type TorrentEntry } from "./card-view.ts";
import { formatBytes } from "./format.ts";
import * as texts from "./texts.ts";

interface RemoveDialogProps {
  readonly entry: TorrentEntry;
  readonly onRemove: (deleteData: boolean) => void;
  readonly onCancel: () => void;
}

/** Asks before a torrent goes, and what is to become of its data. Escape and a click beside it cancel. */
export function RemoveDialog({ entry, onRemove, onCancel }: RemoveDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);

  const { torrent } = entry;
  const own = isOwn(entry);
  const keepsData = !own && torrent.bytesDone > 0;
  // Closing comes first: the browser then gives the focus back to the button that opened the dialog.
  const answer = (deleteData: boolean): void => {
    dialog.current?.close();
    onRemove(deleteData);
  };
  return (
    <dialog
      ref={dialog}
      closedby="any"
      aria-labelledby="remove-title"
      aria-describedby="remove-text"
      onClose={onCancel}
    >
      <h2 id="remove-title">{texts.removeQuestion(torrent.name)}</h2>
      <div id="remove-text" class="consequences">
        {own && <p>{texts.REMOVE_OWN}</p>}
        {keepsData && <p>{texts.removeData(formatBytes(torrent.bytesDone))}</p>}
        {entry.canSave && <p>{texts.REMOVE_KEEPS_SAVED}</p>}
        {entry.state === "seeding" && (
          <p class="warning">
            {texts.removeBreaksLink(receiverCount(torrent), othersWithEverything(torrent))}
          </p>
        )}
      </div>
      <div class="row">
        {keepsData ? (
          <>
            <button type="button" class="button danger" onClick={() => answer(true)}>
              Remove and delete data
            </button>
            <button type="button" class="button" onClick={() => answer(false)}>
              Remove, keep data
            </button>
          </>
        ) : (
          <button type="button" class="button danger" onClick={() => answer(true)}>
            Remove it
          </button>
        )}
        <button type="button" class="button quiet" autofocus onClick={() => dialog.current?.close()}>
          Cancel
        </button>
      </div>
    </dialog>
  );
}
