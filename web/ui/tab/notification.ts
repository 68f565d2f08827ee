import { texts } from "../texts/texts.ts";
import { doneNotice } from "./done-texts.ts";

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

/** Asks the browser for permission, so call it during a click. False: it does not allow it. */
export async function askToNotify(): Promise<boolean> {
  return (await Notification.requestPermission()) === "granted";
}

/** Tells somebody whose tab is hidden that downloads are complete. Returns a function that takes it back. */
export function notifyDone(names: readonly string[]): () => void {
  try {
    const told = new Notification(doneNotice(names), { body: texts.tab.next, tag: TAG, icon: "/icon.svg" });
    told.addEventListener("click", () => {
      window.focus();
      told.close();
    });
    return () => told.close();
  } catch {
    return () => {}; // The browser has changed its mind. The title says it, too.
  }
}
