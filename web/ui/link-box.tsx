import { useEffect, useRef, useState } from "preact/hooks";
import { copyFrom } from "./copy.ts";
import { Icon } from "./icons.tsx";

/** Long enough to read `Copied` before the button's own label returns. */
const CONFIRMATION_MILLIS = 2000;

interface LinkBoxProps {
  readonly label: string;
  readonly button: string;
  readonly value: string;
  readonly describedBy: string;
}

/** A link to copy: a read-only box and its button. */
export function LinkBox({ label, button, value, describedBy }: LinkBoxProps) {
  const box = useRef<HTMLInputElement>(null);
  const [copied, setCopied] = useState<"yes" | "no" | undefined>();
  useEffect(() => {
    if (copied === undefined) return;
    const timer = setTimeout(() => setCopied(undefined), CONFIRMATION_MILLIS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = async (): Promise<void> => {
    if (box.current !== null) setCopied((await copyFrom(box.current)) ? "yes" : "no");
  };
  return (
    <div class="link-box" data-copied={copied}>
      <label>
        <span class="visually-hidden">{label}</span>
        <input
          ref={box}
          type="text"
          readOnly
          value={value}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
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
