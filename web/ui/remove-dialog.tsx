import { useEffect, useRef } from "preact/hooks";
import type { Client } from "../engine/client.ts";
import { isOwn, othersWithEverything, receiverCount, type TorrentEntry, titleOf } from "./card/card-view.ts";
import { clearAddress } from "./clear-address.ts";
import { formatBytes } from "./format.ts";
import { isolate } from "./isolate.ts";
import { removeBreaksLink } from "./remove-texts.ts";
import { texts } from "./texts/texts.ts";

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

  const { torrent, onDisk } = entry;
  const words = onDisk === undefined ? texts.remove : texts.daemon;
  const own = isOwn(entry);
  const others = othersWithEverything(torrent);
  const there = client.elsewhere.value.find(({ infoHash }) => infoHash === entry.infoHash);
  const isShared = there?.sharesData === true && !own && torrent.bytesDone > 0;
  // A daemon does not say how much it has while it checks its files, or cannot open them.
  const hasData = torrent.bytesDone > 0 || (onDisk !== undefined && torrent.pieceCount > 0);
  const keepsData = !own && hasData && !isShared;
  const isWholeThere = there?.state === "seeding";
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
      <h2 id="remove-title">{texts.remove.question(isolate(titleOf(entry)))}</h2>
      <div id="remove-text" class="consequences">
        {own && <p>{torrent.files.length > 1 ? texts.remove.ownSeveral : texts.remove.own}</p>}
        {!own && !hasData && <p>{texts.remove.nothing}</p>}
        {isShared && <p>{texts.remove.shared(formatBytes(torrent.bytesDone))}</p>}
        {keepsData && onDisk !== undefined && <p>{texts.daemon.data(isolate(onDisk.folder ?? ""))}</p>}
        {keepsData && onDisk === undefined && (
          <p>
            {entry.canSave
              ? texts.remove.wholeData(formatBytes(torrent.bytesDone))
              : texts.remove.someData(formatBytes(torrent.bytesDone))}
          </p>
        )}
        {there !== undefined && !isShared && <p>{texts.remove.elsewhere}</p>}
        {entry.isSaved && <p>{texts.remove.saved}</p>}
        {entry.canSave && !entry.isSaved && !isShared && <p class="warning">{texts.remove.unsaved}</p>}
        {entry.state === "seeding" && (
          <p class={others > 0 || isWholeThere ? undefined : "warning"}>
            {removeBreaksLink(receiverCount(torrent), others, isWholeThere)}
          </p>
        )}
      </div>
      <div class="row">
        {keepsData ? (
          <>
            <button type="button" class="button danger" onClick={() => answer(true)}>
              {words.removeAndDelete}
            </button>
            <button type="button" class="button" onClick={() => answer(false)}>
              {words.removeAndKeep}
            </button>
          </>
        ) : (
          <button type="button" class="button danger" onClick={() => answer(true)}>
            {texts.remove.removeIt}
          </button>
        )}
        <button type="button" class="button quiet" autofocus onClick={() => dialog.current?.close()}>
          {texts.buttons.cancel}
        </button>
      </div>
    </dialog>
  );
}
