import { useEffect, useId, useRef, useState } from "preact/hooks";
import { texts } from "../texts/texts.ts";

interface FreeButtonProps {
  readonly label: string;
  /** Says it without what stands beside it, and begins with the label. */
  readonly name: string;
  /** What goes and what stays. */
  readonly consequences: string;
  /** The word on the button that does it. */
  readonly yes: string;
  readonly onFree: () => void;
}

/** Deletes something, once the person has read what goes and what stays. */
export function FreeButton({ label, name, consequences, yes, onFree }: FreeButtonProps) {
  const [asks, setAsks] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const wasAsked = useRef(false);
  const id = useId();
  useEffect(() => {
    // The button that was pressed has gone. The focus goes to `Cancel`, and back.
    if (asks || wasAsked.current) place.current?.querySelector<HTMLElement>("button:last-of-type")?.focus();
    wasAsked.current = asks;
  }, [asks]);
  return (
    <div ref={place} class="free">
      {asks ? (
        <div class="asking">
          <p id={id}>{consequences}</p>
          <div class="row">
            <button type="button" class="button danger" aria-describedby={id} onClick={onFree}>
              {yes}
            </button>
            <button type="button" class="button quiet" aria-describedby={id} onClick={() => setAsks(false)}>
              {texts.buttons.cancel}
            </button>
          </div>
        </div>
      ) : (
        <button type="button" class="button" aria-label={name} onClick={() => setAsks(true)}>
          {label}
        </button>
      )}
    </div>
  );
}
