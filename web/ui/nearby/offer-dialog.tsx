import { useEffect, useRef } from "preact/hooks";
import type { OfferNearby } from "../../engine/client.ts";
import { formatBytes } from "../format.ts";
import { isolate } from "../isolate.ts";
import { texts } from "../texts/texts.ts";
import { deviceWords } from "./device-words.ts";

interface OfferDialogProps {
  readonly offer: OfferNearby;
  readonly onAnswer: (isAccepted: boolean) => void;
}

/** Asks whether to take what somebody nearby has. Escape declines. */
export function OfferDialog({ offer, onAnswer }: OfferDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close(); // Whoever asked may have left. Closed first, so that the browser returns the focus.
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="offer-title"
      aria-describedby="offer-text"
      onClose={(event) => onAnswer(event.currentTarget.returnValue === "yes")}
    >
      <h2 id="offer-title">{texts.nearby.offer}</h2>
      <div id="offer-text" class="consequences">
        <p>{offerSentence(offer)}</p>
        <p>{texts.nearby.offerNote}</p>
      </div>
      <div class="row">
        <button type="button" class="button strong" onClick={() => dialog.current?.close("yes")}>
          {texts.nearby.accept}
        </button>
        <button type="button" class="button quiet" autofocus onClick={() => dialog.current?.close()}>
          {texts.nearby.decline}
        </button>
      </div>
    </dialog>
  );
}

/** Both names are chosen by the other side. */
function offerSentence({ from, name, fileCount, bytes }: OfferNearby): string {
  const { wants, wantsSeveral, something } = texts.nearby;
  const who = isolate(deviceWords(from));
  const what = name === "" ? something : isolate(name);
  const size = formatBytes(bytes);
  return fileCount > 1 ? wantsSeveral(who, what, fileCount, size) : wants(who, what, size);
}
