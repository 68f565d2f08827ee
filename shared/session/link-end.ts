/** What carries a link: decides which of two links stays, and views show it. */
export type LinkKind = "rtc" | "tcp";

/** Why a link ended or never opened. */
export type LinkEnd =
  /** Nobody answered our offer in time. */
  | "offerExpired"
  /** The browser or the WebRTC library could not make an offer or answer, or refused theirs. */
  | "negotiationFailed"
  /** Both sides tried, and found no path to each other. */
  | "noRoute"
  /** The link was open and the other side closed it or vanished. */
  | "theyLeft";

/** Why we close a link. */
export type CloseReason =
  /** Nobody answered, or we found no path, in time. */
  | "neverOpened"
  /** The peer that was to introduce us refused, or has left. */
  | "notIntroduced"
  /** All links are taken. */
  | "noRoom"
  /** All links were taken, and this one was of less use than a newcomer may be, or one of too many from one origin. */
  | "madeRoom"
  | "unknownTorrent"
  | "ourselves"
  /** We keep another link to the same peer. */
  | "twin"
  /** It sent bad data. */
  | "banned"
  | "brokeTheRules"
  /** It said far more than a download needs, and kept others waiting. */
  | "tooManyMessages"
  /** It reads nothing while we have more and more to send. */
  | "readsNothing"
  | "silent"
  /** Both sides have everything. */
  | "nothingToShare"
  /** The torrent is private, and no tracker of it named this peer. */
  | "notFromTracker"
  /** We can no longer read a piece that we announced: a new link tells what we still have. */
  | "pieceLost"
  /** The torrent was paused or removed, or has a problem. */
  | "stopped";
