import { loaded } from "./load-later.ts";

/** Loads what reads links and .torrent files and starts downloads. */
export const loadDownloads = () => loaded(import("./downloads.ts"));

/** Fetches such code once the page is ready, so that it is here even if the tracker goes down later. */
export function loadRest(): void {
  const rest: Promise<unknown>[] = [
    import("./hash-picked.ts"),
    import("./own-files.ts"),
    import("./save.ts"),
    import("./readable.ts"),
    import("./encrypted/opened-share.ts"),
    import("./chosen-files.ts"),
    import("./lost-pieces.ts"),
    import("./named-trackers.ts"),
    import("./storage-use.ts"),
    import("./downloads.ts"),
    import("#shared/meta/metainfo.ts"),
  ];
  for (const code of rest) code.catch(() => {}); // `loaded` asks again when the code is needed, and reports a failure then.
}
