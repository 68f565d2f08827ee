import { useEffect, useId, useRef, useState } from "preact/hooks";
import { copyFrom } from "./copy.ts";
import { Icon } from "./icons.tsx";

/** Long enough to read `Copied` before the button's own label returns. */
const CONFIRMATION_MILLIS = 2000;

interface LinkBoxProps {
  readonly label: string;
  readonly button: string;
  readonly value: string;
  readonly describedBy: string;
  /**
   * `whole`: the whole link stands there, on as many lines as it takes. `line`: its beginning. `button`: only its button;
   * the box is there for screen readers.
   */
  readonly look?: "whole" | "line" | "button";
}

/** Lines of a link that is shown whole, where the browser cannot fit the box to its text. */
const WHOLE_LINES = 3;

/** A link to copy: a read-only box and its button. */
export function LinkBox({ label, button, value, describedBy, look = "line" }: LinkBoxProps) {
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
    <div class={`link-box ${look}`} data-copied={copied}>
      <label for={id} class="visually-hidden">
        {label}
      </label>
      {look === "whole" ? (
        <textarea {...shown} rows={WHOLE_LINES} spellcheck={false} />
      ) : (
        <input {...shown} type="text" class={look === "button" ? "visually-hidden" : undefined} />
      )}
      <button
        type="button"
        class="button"
        title={look === "button" ? button : undefined}
        aria-describedby={describedBy}
        onClick={copy}
      >
        <Icon name={copied === "yes" ? "check" : "copy"} />
        {copied === "yes" ? "Copied" : button}
      </button>
      <span class={copied === "no" ? "hint" : "visually-hidden"} role="status">
        {copied === "yes" && `${label} copied`}
        {copied === "no" && "The browser did not allow it. The link is selected: press Ctrl+C or ⌘C."}
      </span>
    </div>
  );
}
