/**
 * Puts the text of a box into the clipboard. On plain http there is no clipboard API: then the box is selected and the
 * old command is used. False: that failed, too; the text stays selected, so that a person can copy it by hand.
 */
export async function copyFrom(box: HTMLInputElement): Promise<boolean> {
  const clipboard: Clipboard | undefined = navigator.clipboard;
  try {
    if (clipboard !== undefined) {
      await clipboard.writeText(box.value);
      return true;
    }
  } catch {
    // Forbidden here, by policy or by the person: the old command may still work.
  }
  const focused = document.activeElement;
  box.focus();
  box.select();
  if (!document.execCommand("copy")) return false;
  if (focused instanceof HTMLElement) focused.focus();
  return true;
}
