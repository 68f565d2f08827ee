import type { Notice } from "../../engine/client.ts";

/** How long a message stays. An error names a next step, which somebody may want to try first. */
const STAY_MILLIS = { info: 8_000, error: 20_000 } as const;
/** Slow readers read about 16 characters a second. */
const CHARACTER_MILLIS = 60;

/**
 * Calls `leave` once somebody has had time to read the message. The time starts anew when the pointer or the focus leaves
 * the card, and when the tab comes back. Returns a function that stops this.
 */
export function leaveLater(card: HTMLElement, { kind, text, lasts }: Notice, leave: () => void): () => void {
  if (lasts === true) return () => {};
  const stopping = new AbortController();
  const { signal } = stopping;
  const millis = Math.max(STAY_MILLIS[kind], CHARACTER_MILLIS * text.length);
  const holds = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    timer = document.hidden || holds.size > 0 ? undefined : setTimeout(leave, millis);
  };
  for (const [begin, end] of [
    ["pointerenter", "pointerleave"],
    ["focusin", "focusout"],
  ] as const) {
    const hold = (): void => void holds.add(begin);
    card.addEventListener(begin, hold, { signal });
    card.addEventListener(end, () => void holds.delete(begin), { signal });
    for (const name of [begin, end]) card.addEventListener(name, look, { signal });
  }
  document.addEventListener("visibilitychange", look, { signal });
  look();
  return () => {
    clearTimeout(timer);
    stopping.abort();
  };
}
