import type { ComponentChildren } from "preact";
import { Icon } from "../icons.tsx";
import { pageTexts } from "../texts/page-texts.ts";

interface PageLineProps {
  readonly text: string;
  readonly onDismiss?: () => void;
  readonly children?: ComponentChildren;
}

/** A line above everything that is about the page itself. It takes its own place, and covers nothing. */
export function PageLine({ text, onDismiss, children }: PageLineProps) {
  return (
    <div class="page-line" role="status">
      <p>{text}</p>
      {children}
      {onDismiss !== undefined && (
        <button type="button" class="button quiet" aria-label={pageTexts.dismiss} onClick={onDismiss}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}
