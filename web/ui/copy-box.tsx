import { useEffect, useId, useRef, useState } from "preact/hooks";
import { copyFrom } from "./copy.ts";
import { Icon } from "./icons.tsx";
import { texts } from "./texts/texts.ts";

/** Long enough to read `Copied` before the button's own label returns. */
const CONFIRMATION_MILLIS = 2000;

interface CopyBoxProps {
  readonly label: string;
  readonly button: string;
  readonly value: string;
  readonly describedBy: string;
  /**
   * `whole`: all of it stands there, on as many lines as it takes. `line`: its beginning. `button`: only its button;
   * the box is there for screen readers.
   */
  readonly look?: "whole" | "line" | "button";
}

/** Lines of what is shown whole, where the browser cannot fit the box to its text. */
const WHOLE_LINES = 3;

/** Something to copy: a read-only box and its button. */
export function CopyBox({ label, button, value, describedBy, look = "line" }: CopyBoxProps) {
  const id = useId();
  const box = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState<"yes" | "no" | undefined>();
  useEffect(() => {
    if (copied === undefined) return;
    const timer = setTimeout(() => setCopied(undefined), CONFIRMATION_MILLIS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async (): Promise<void> => {
    if (box.current !== null) setCopied((await copyFrom(box.current)) ? "yes" : "no");
  };
  const shown = {
    id,
    ref: box,
    readOnly: true,
    value,
    onFocus: () => box.current?.select(),
  };
  return (
    <div class={`copy-box ${look}`} data-copied={copied}>
      <label for={id} class="visually-hidden">
        {label}
      </label>
      {look === "whole" ? (
        <textarea {...shown} rows={WHOLE_LINES} dir="auto" spellcheck={false} />
      ) : (
        <input
          {...shown}
          type="text"
          dir="ltr"
          {...(look === "button" ? { class: "visually-hidden", tabIndex: -1 } : {})}
        />
      )}
      <button
        type="button"
        class="button"
        title={look === "button" ? button : undefined}
        aria-describedby={describedBy}
        onClick={copy}
      >
        <Icon name={copied === "yes" ? "check" : "copy"} />
        {copied === "yes" ? texts.links.copied : button}
      </button>
      <span class={copied === "no" ? "hint" : "visually-hidden"} role="status">
        {copied === "yes" && texts.links.copiedOf(label)}
        {copied === "no" && texts.links.copyByHand}
      </span>
    </div>
  );
}
