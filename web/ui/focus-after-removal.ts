import type { EntryKey } from "../engine/client.ts";

/**
 * The button that had the focus goes with its card. Moves the focus to the next card's heading, or else to the list's title, or,
 * if nothing is left in the list, to the headline of the empty page. Call it before the card goes.
 */
export function focusAfterRemoval(key: EntryKey): void {
  const card = document.getElementById(`title-${key}`)?.closest("article");
  const others = document.querySelectorAll("article").length - (card ? 1 : 0);
  const next = card?.nextElementSibling?.querySelector<HTMLElement>("h3");
  const target = next ?? document.getElementById(others > 0 ? "list-title" : "headline");
  if (target === null) return;
  target.tabIndex = -1;
  target.focus();
}
