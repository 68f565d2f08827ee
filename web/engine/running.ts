import type { PageDoctor } from "./doctor/page-doctor.ts";
import type { PageConfig } from "./page-config.ts";
import type { Kept } from "./torrent-list.ts";
import type { Torrents } from "./torrents.ts";

/** What runs once the page has its configuration and its database. */
export interface Running {
  readonly torrents: Torrents;
  readonly config: PageConfig;
  readonly kept: Kept | undefined;
  /** Connects to the page's own tracker again, which only then learns who has logged in or out. */
  readonly reconnect: () => void;
  /** Asks the trackers that did not answer once more, at once. */
  readonly tryNow: () => void;
  readonly doctor: PageDoctor;
  /** Calls this whenever something has changed in the engine's torrents. */
  readonly watch: (watcher: () => void) => void;
}
