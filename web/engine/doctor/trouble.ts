import type { RouteKind } from "#shared/session/link-end.ts";

/**
 * Why nothing moves on a torrent: the one cause that stands before all others, with what a person needs to know of it. `host`:
 * with its port, as in an address.
 */
export type Trouble =
  /** The browser has no room left for pieces, so the download has stopped. */
  | { readonly cause: "storageFull" }
  /** The tab was in the background, and the browser hardly let the page run. */
  | { readonly cause: "slowedDown" }
  /** The person or the browser does not allow this page to reach devices nearby. `host`: the tracker that is among them. */
  | { readonly cause: "localNetwork"; readonly host: string | undefined }
  /** Encrypted connections fail, and the device's clock is wrong. Positive: it is fast. */
  | { readonly cause: "clock"; readonly host: string; readonly errorMillis: number }
  /** No tracker works, or the only one that may know more. */
  | {
      readonly cause: "tracker";
      readonly why: "offline" | "unreachable" | "refused";
      readonly host: string;
      /** In the tracker's words or ours. */
      readonly message: string | undefined;
      /** Whole seconds until it is asked again. Undefined: it is being asked, or never will be. */
      readonly nextInSeconds: number | undefined;
      /** Other trackers work, and count nobody. */
      readonly isOneOfSeveral: boolean;
    }
  /** All trackers work, and none counts anybody but us. */
  | { readonly cause: "nobodyThere" }
  /** So many are connected, and none has what is missing here. */
  | { readonly cause: "piecesMissing"; readonly peers: number }
  /** So many are there, and none takes WebRTC offers. `isCertain`: the tracker says so; else nobody has answered ours. */
  | { readonly cause: "desktopOnly"; readonly count: number; readonly isCertain: boolean }
  /** So many are there, and no connection to them comes about with these kinds of candidates. */
  | {
      readonly cause: "noRoute";
      readonly count: number;
      readonly ours: readonly RouteKind[];
      readonly theirs: readonly RouteKind[];
    };
