import { Icon } from "../icons.tsx";
import { texts } from "../texts/texts.ts";
import type { CardView } from "./card-view.ts";

/** Says that a share is encrypted, and whether it can be read here. */
export function LockSign({ lock }: Pick<CardView, "lock">) {
  if (lock === undefined) return null;
  const label = texts.card.lock[lock];
  return (
    <span class="lock" role="img" aria-label={label} title={label}>
      <Icon name="lock" />
    </span>
  );
}
