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
  /** The whole link stands there, on as many lines as it takes. Otherwise one line shows its beginning. */
  readonly isWhole?: boolean;
}

/** Lines of a link that is shown whole, where the browser cannot fit the box to its text. */
const WHOLE_LINES = 3;

/** A link to copy: a read-only box and its button. */
export function LinkBox({ label, button, value, describedBy, isWhole = false }: LinkBoxProps) {
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
    <div class={isWhole ? "link-box whole" : "link-box"} data-copied={copied}>
      <label for={id} class="visually-hidden">
        {label}
      </label>
      {isWhole ? (
        <textarea {...shown} rows={WHOLE_LINES} spellcheck={false} />
      ) : (
        <input {...shown} type="text" />
      )}
      <button type="button" class="button" aria-describedby={describedBy} onClick={copy}>
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
