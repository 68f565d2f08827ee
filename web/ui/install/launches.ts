import type { PickedFile } from "../../engine/client.ts";
import { filesOfHandles } from "../pick.ts";

/** What the system hands to an installed page (Web App Launch Handler API). */
interface Launch {
  readonly targetURL?: string | null;
  readonly files?: readonly FileSystemHandle[];
}

/** What browsers that install pages have on `window`. */
export interface LaunchQueue {
  setConsumer(take: (launch: Launch) => void): void;
}

/**
 * Takes files that somebody opens with the installed page, and links: a page that is open already is not loaded anew for them, which
 * would end its transfers.
 */
export function takeLaunches(
  queue: LaunchQueue | undefined,
  take: (files: Promise<readonly PickedFile[]>) => void,
): void {
  queue?.setConsumer(({ targetURL, files = [] }) => {
    if (files.length > 0) take(filesOfHandles(files));
    const { hash, origin } = new URL(targetURL ?? "", location.href);
    if (hash !== "" && origin === location.origin) location.hash = hash; // The page follows its address.
  });
}
