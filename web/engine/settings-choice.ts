import type { StopAt } from "./entry.ts";
import type { OwnIceServer } from "./own-ice-server.ts";

/** What a person has chosen for this browser. All of its tabs follow. */
export interface Settings {
  /** What peers read in place of the kind of browser: see `deviceName`. Undefined: nothing. */
  readonly deviceName: string | undefined;
  /** People nearby see this device, and the person sees theirs. */
  readonly isNearby: boolean;
  /** `auto`: as the browser or the device has it. */
  readonly theme: Theme;
  /** Of the text size that the browser has, in percent. */
  readonly textPercent: TextPercent;
  /** The language of the page, by its BCP 47 tag without a region. Undefined: one that the browser wants. */
  readonly language: string | undefined;
  /** Bytes a second to and from all peers together, from `MIN_RATE`. Undefined: no limit. */
  readonly mostUp: number | undefined;
  readonly mostDown: number | undefined;
  /** Peers of all torrents together, from `MIN_PEERS` to `MAX_PEERS`. Undefined: as many as the page can have. */
  readonly maxPeers: number | undefined;
  /** Of what the person shares from now on, in bytes: one of `PIECE_LENGTHS`. Undefined: it follows from the size. */
  readonly pieceLength: number | undefined;
  /** What the person shares from now on is an encrypted share, where the page can make one. */
  readonly encrypts: boolean;
  /** When downloads stop sharing, unless they have a choice of their own. */
  readonly stopAt: StopAt;
  /** What only sends goes on for any `RestReason`. */
  readonly sharesAlways: boolean;
  /** New links use them besides the tracker's. Always ones that they can use, at most `MAX_OWN_ICE_SERVERS`. */
  readonly iceServers: readonly OwnIceServer[];
  /** Every new download waits until the person starts it. */
  readonly asksFirst: boolean;
  /** A download is saved as soon as it is complete. */
  readonly savesWhenComplete: boolean;
  /** A notification says so, if the tab is hidden and the browser allows it. */
  readonly notifies: boolean;
}

export type Theme = "auto" | "light" | "dark";
export type TextPercent = 100 | 115 | 130;
