/**
 * Copies a box's text. Plain http has no clipboard API; there the function selects the box and runs the old command. If
 * that fails too, it returns false and leaves the text selected, so that people can copy it by hand.
 */
export async function copyFrom(box: HTMLInputElement | HTMLTextAreaElement): Promise<boolean> {
  const clipboard: Clipboard | undefined = navigator.clipboard;
  try {
    if (clipboard !== undefined) {
      await clipboard.writeText(box.value);
      return true;
    }
  } catch {
    // A policy or the person forbids it. The old command may still work.
  }
  const focused = document.activeElement;
  box.focus();
  box.select();
  if (!document.execCommand("copy")) return false;
  if (focused instanceof HTMLElement) focused.focus();
  return true;
}
