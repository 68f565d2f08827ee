import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../icons.tsx";
import { texts } from "../texts/texts.ts";

interface EndLinkProps {
  /** Unique on the page: all ids begin with it. */
  readonly id: string;
  readonly onEnd: () => void;
}

/** Ends the link of the person's own files, after a question. */
export function EndLink({ id, onEnd }: EndLinkProps) {
  const [isAsking, setAsking] = useState(false);
  return (
    <section aria-labelledby={id}>
      <h4 id={id}>{texts.options.link}</h4>
      <div class="row">
        <button type="button" class="button" onClick={() => setAsking(true)}>
          <Icon name="close" />
          {texts.options.endLink}
        </button>
      </div>
      {isAsking && <EndQuestion id={id} onEnd={onEnd} onClose={() => setAsking(false)} />}
    </section>
  );
}

interface EndQuestionProps extends Pick<EndLinkProps, "id" | "onEnd"> {
  readonly onClose: () => void;
}

/** Escape and a click outside cancel. */
function EndQuestion({ id, onEnd, onClose }: EndQuestionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const end = (): void => {
    dialog.current?.close();
    onEnd();
  };
  return (
    <dialog
      ref={dialog}
      closedby="any"
      aria-labelledby={`${id}-question`}
      aria-describedby={`${id}-text`}
      onClose={onClose}
    >
      <h2 id={`${id}-question`}>{texts.options.endQuestion}</h2>
      <p id={`${id}-text`}>{texts.options.endText}</p>
      <div class="row">
        <button type="button" class="button danger" onClick={end}>
          {texts.options.endIt}
        </button>
        <button type="button" class="button quiet" autofocus onClick={() => dialog.current?.close()}>
          {texts.buttons.cancel}
        </button>
      </div>
    </dialog>
  );
}
