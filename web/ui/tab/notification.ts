import { DONE_NEXT, doneNotice } from "./texts.ts";

const CHOICE = "tabswarm.notify";
/** One notification at a time: a later one replaces it, and names all. */
const TAG = "tabswarm.done";

/** Whether this browser shows notifications of a page: not on plain http, and on Android only those of a service worker. */
export function canNotify(): boolean {
  if (!window.isSecureContext || typeof Notification !== "function") return false;
  if (Notification.permission === "granted") return true;
  try {
    new Notification(""); // Without permission it is not shown.
    return true;
  } catch {
    return false;
  }
}

/** The person wants notifications, and the browser allows them. */
export function wantsNotice(): boolean {
  return canNotify() && Notification.permission === "granted" && readChoice() === "yes";
}

/** Keeps what the person wants. Asks the browser for permission, so call it during a click. False: it does not allow it. */
export async function chooseNotice(isWanted: boolean): Promise<boolean> {
  const isAllowed = !isWanted || (await Notification.requestPermission()) === "granted";
  keepChoice(isWanted && isAllowed ? "yes" : undefined);
  return isAllowed;
}

/** Tells somebody whose tab is hidden that downloads are complete. Returns a function that takes it back. */
export function notifyDone(names: readonly string[]): () => void {
  try {
    const told = new Notification(doneNotice(names), { body: DONE_NEXT, tag: TAG, icon: "/icon.svg" });
    told.addEventListener("click", () => {
      window.focus();
      told.close();
    });
    return () => told.close();
  } catch {
    return () => {}; // The browser has changed its mind. The title says it, too.
  }
}

/** A browser that forbids storage remembers nothing. */
function readChoice(): string | null {
  try {
    return localStorage.getItem(CHOICE);
  } catch {
    return null;
  }
}

function keepChoice(choice: string | undefined): void {
  try {
    if (choice === undefined) localStorage.removeItem(CHOICE);
    else localStorage.setItem(CHOICE, choice);
  } catch {
    // As above.
  }
}
