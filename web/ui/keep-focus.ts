/** What takes the place of what had the focus: nothing that opens a phone's keyboard. */
const TARGETS =
  'button:not(:disabled), a[href], summary, select:not(:disabled), input:is([type="checkbox"], [type="radio"], [type="file"]):not(:disabled)';

/** What is done in one of these concerns nothing outside it. */
const PLACES = "article, section, dialog, form, fieldset, search, li";

/**
 * Keeps the focus where the person works. What they press may go or be disabled, as `Pause` does for `Resume`, and browsers
 * then leave the focus nowhere: the next press does nothing, and screen readers begin at the top of the page. The focus moves to what
 * follows in the same place, or returns once it can. Whoever moves it on purpose does so before. Returns what ends it.
 */
export function keepFocus(): () => void {
  let last: HTMLElement | undefined;
  const look = (): void => {
    const { activeElement } = document;
    last =
      activeElement instanceof HTMLElement && activeElement !== document.body ? activeElement : undefined;
  };
  // Beyond the last element, the focus is in the browser's own controls.
  const press = ({ key }: KeyboardEvent): void => {
    if (key === "Tab") last = undefined;
  };
  const observer = new MutationObserver((records) => {
    if (last === undefined || !isNowhere()) return;
    if (last.isConnected) last.focus({ preventScroll: true });
    else follower(last, records)?.focus();
  });
  observer.observe(document.body, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["disabled"],
  });
  document.addEventListener("focusin", look);
  document.addEventListener("click", look, true); // A click beside everything takes the focus away.
  document.addEventListener("keydown", press, true);
  return () => {
    observer.disconnect();
    document.removeEventListener("focusin", look);
    document.removeEventListener("click", look, true);
    document.removeEventListener("keydown", press, true);
  };
}

function isNowhere(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body;
}

/** What follows the place from which it was removed, or else comes before. Undefined: nothing is left there. */
function follower(gone: HTMLElement, records: readonly MutationRecord[]): HTMLElement | undefined {
  const record = records.find(
    ({ target, removedNodes }) => target.isConnected && [...removedNodes].some((node) => node.contains(gone)),
  );
  const before = record?.previousSibling;
  for (let place = record?.target; place instanceof Element; place = place.parentNode ?? undefined) {
    if (place.closest(PLACES) === null) return undefined;
    const targets = [...place.querySelectorAll<HTMLElement>(TARGETS)].filter(
      (one) => one.getClientRects().length > 0,
    );
    const next = targets.find((one) => !before?.isConnected || isAfter(before, one)) ?? targets.at(-1);
    if (next !== undefined) return next;
  }
  return undefined;
}

function isAfter(before: Node, one: Node): boolean {
  return before.compareDocumentPosition(one) === Node.DOCUMENT_POSITION_FOLLOWING;
}
