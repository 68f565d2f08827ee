import { useEffect, useRef } from "preact/hooks";
import type { Client } from "../engine/client.ts";
import { isOwn, othersWithEverything, receiverCount, type TorrentEntry } from "./card/card-view.ts";
import { clearAddress } from "./clear-address.ts";
import { formatBytes } from "./format.ts";
import * as texts from "./remove-texts.ts";

interface RemoveDialogProps {
  readonly client: Client;
  readonly entry: TorrentEntry;
  readonly onRemove: (deleteData: boolean) => void;
  readonly onCancel: () => void;
}

/** Asks before it removes a torrent, and whether to delete the data. Escape and a click outside cancel. */
export function RemoveDialog({ client, entry, onRemove, onCancel }: RemoveDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);

  const { torrent } = entry;
  const own = isOwn(entry);
  const others = othersWithEverything(torrent);
  const keepsData = !own && torrent.bytesDone > 0;
  // Close it first: the browser then returns the focus to the button that opened the dialog.
  const answer = (deleteData: boolean): void => {
    dialog.current?.close();
    void clearAddress((link) => client.infoHashesIn(link), entry.infoHash);
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
        {own && <p>{texts.removeOwn(torrent.files.length)}</p>}
        {!own && !keepsData && <p>{texts.REMOVE_NOTHING}</p>}
        {keepsData && <p>{texts.removeData(formatBytes(torrent.bytesDone), entry.canSave)}</p>}
        {entry.isSaved && <p>{texts.REMOVE_SAVED}</p>}
        {entry.canSave && !entry.isSaved && <p class="warning">{texts.REMOVE_UNSAVED}</p>}
        {entry.state === "seeding" && (
          <p class={others > 0 ? undefined : "warning"}>
            {texts.removeBreaksLink(receiverCount(torrent), others)}
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
