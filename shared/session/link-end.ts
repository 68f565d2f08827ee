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

/**
 * Kinds of ICE candidates (RFC 8445): an address of the device itself, the one that its router gives it, as a STUN server sees it,
 * and one of a TURN server.
 */
export type RouteKind = "host" | "srflx" | "relay";

export const ROUTE_KINDS: readonly RouteKind[] = ["host", "srflx", "relay"];

/** What the two sides of a WebRTC link offered each other, without repeats, in the order of `ROUTE_KINDS`. */
export interface Routes {
  readonly ours: readonly RouteKind[];
  readonly theirs: readonly RouteKind[];
}

/** Attempts to reach peers since one last worked or no tracker counted anybody: two counts and all the routes that were tried. */
export interface FailedAttempts extends Routes {
  /** Offers of ours that nobody answered in time. */
  readonly unanswered: number;
  /** Both sides tried, and found no path to each other. */
  readonly noRoute: number;
}

export const NO_FAILED_ATTEMPTS: FailedAttempts = { unanswered: 0, noRoute: 0, ours: [], theirs: [] };

/** The attempts with one more. `routes`: what both sides offered. */
export function withFailure(
  attempts: FailedAttempts,
  reason: LinkEnd,
  routes: Routes | undefined,
): FailedAttempts {
  if (reason === "offerExpired") return { ...attempts, unanswered: attempts.unanswered + 1 };
  if (reason !== "noRoute") return attempts;
  return {
    ...attempts,
    noRoute: attempts.noRoute + 1,
    ours: joined(attempts.ours, routes?.ours),
    theirs: joined(attempts.theirs, routes?.theirs),
  };
}

function joined(before: readonly RouteKind[], more: readonly RouteKind[] = []): readonly RouteKind[] {
  return ROUTE_KINDS.filter((kind) => before.includes(kind) || more.includes(kind));
}

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
