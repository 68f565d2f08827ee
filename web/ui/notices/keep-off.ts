/** Pixels between the two. */
const GAP = 8;

/**
 * While a page is scrolled, what sticks to its top covers what is there. This keeps the box off the element that the selector
 * finds: it hangs below it, or above it where there is more room. Returns a function that stops this.
 */
export function keepOff(box: HTMLElement, selector: string): () => void {
  const place = (): void => {
    box.style.translate = "none";
    const other = document.querySelector(selector)?.getBoundingClientRect();
    const shift = other === undefined ? 0 : shiftOff(box.getBoundingClientRect(), other, innerHeight);
    box.style.translate = `0 ${shift}px`;
  };
  const stopping = new AbortController();
  for (const name of ["scroll", "resize"])
    addEventListener(name, place, { passive: true, signal: stopping.signal });
  const sizes = new ResizeObserver(place); // Messages come and go, and the form grows by a sentence.
  sizes.observe(box);
  const form = document.querySelector(selector);
  if (form !== null) sizes.observe(form);
  place();
  return () => {
    stopping.abort();
    sizes.disconnect();
    box.style.translate = "none";
  };
}

type Box = Pick<DOMRect, "top" | "bottom" | "left" | "right">;

/** By how many pixels the box has to move down (negative: up) so that it does not cover the other one. */
export function shiftOff(box: Box, other: Box, viewportHeight: number): number {
  const isApart =
    box.bottom <= other.top || box.top >= other.bottom || box.right <= other.left || box.left >= other.right;
  if (isApart) return 0;
  const below = other.bottom + GAP - box.top;
  const above = other.top - GAP - box.bottom;
  const fitsBelow = box.bottom + below <= viewportHeight;
  return fitsBelow || other.top < viewportHeight - other.bottom ? below : above;
}
