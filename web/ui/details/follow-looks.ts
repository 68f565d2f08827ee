/** Calls `draw` when the element gets another width, or its page other colours or another text size. Returns a function that stops this. */
export function followLooks(element: HTMLElement, draw: () => void): () => void {
  let width = element.clientWidth;
  const size = new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    draw();
  });
  const chosen = new MutationObserver(draw); // The person has chosen another theme or text size.
  const media = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));
  size.observe(element);
  chosen.observe(document.documentElement, { attributes: true });
  for (const query of media) query.addEventListener("change", draw);
  return () => {
    size.disconnect();
    chosen.disconnect();
    for (const query of media) query.removeEventListener("change", draw);
  };
}
