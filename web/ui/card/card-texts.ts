import { formatCount, formatDuration, plural } from "../format.ts";

/** The sentences of a card, in plain English. Each wait and each error names the next step. */

/** A number of people: `1 person`, `1,234 people`. */
export const people = (count: number): string => plural(count, "person", "people");

export const STATE_TEXT = {
  hashing: "Preparing",
  metadata: "Looking it up",
  checking: "Checking",
  downloading: "Downloading",
  seeding: "Sharing",
  complete: "Complete",
  "needs-file": "Needs your file",
  paused: "Paused",
  waiting: "Ready to start",
  error: "Stopped",
} as const;

export const HASHING = "Reading the file to make its link. Nothing is copied or sent yet.";
export const CHECKING = "Checking the parts you already have, so that none is downloaded twice.";
export const PAUSED = "Nothing is sent or received until you resume.";
export const PAUSED_SHARE = "Nothing is sent. The link works again when you resume.";
export const STOPPED = "Stopped. Resume to try again.";
export const NEEDS_PERMISSION =
  "After a reload, the browser needs your permission again before this page can read your file. Until then the link does not work.";
export const NEEDS_FILES =
  "You shared this file straight from your device, and the browser cannot reopen it on its own. Select it again; the link stays the same.";
export const NEEDS_FILES_MANY =
  "You shared these files straight from your device, and the browser cannot reopen them on its own. Select them again; the link stays the same.";

export const MORE = "More";
export const LESS = "Less";

export function selectLabel(title: string): string {
  return `Select ${title}`;
}

export function expandLabel(title: string): string {
  return `Show more of ${title}`;
}

export const SHARE = "Share…";
export const SHARE_LINK_TITLE = (title: string): string => `${title}, shared with Tabswarm`;
export const EXPORT_TORRENT = "Export .torrent file";
export const QR_CODE = "QR code";
export const QR_TOO_LONG = "The link is too long for a QR code.";

export const NOBODY_ONLINE =
  "Nobody with this file is online. Keep this page open: the download starts when somebody comes online.";
/** The same, but one of the trackers that the link names does not answer. */
export function nobodyHere(host: string): string {
  return `Nobody with this file is online here, and ${host}, which the link names, does not answer: it may be down, or the browser does not trust its certificate. Keep this page open: the download starts when somebody is found.`;
}

export const LOOKING = "Looking for people who have this file…";
export const NO_PEOPLE_YET =
  "Nobody found yet. Keep this page open: the download starts when somebody comes online.";
export const NO_TRACKER =
  "The link names no tracker that a browser can reach, so this page cannot find anybody. Use a link with a wss:// tracker.";

export const AFTER_LOGIN = "It goes on as soon as you have logged in.";
export const READY_TO_SEND = "Ready. Now send somebody the share link.";
export const COMPLETE = "Every piece is checked. Save it to keep it outside this browser.";
export const SAVED =
  "Saved. While this page is open, others can get it from you; remove it here when you no longer want that.";

/** Why a download waits for the person to start it. */
export const WAITS = {
  large: "This is large, so it starts when you say so. Keep an eye on the free space of this device.",
  metered: "Your connection may cost money for each byte, so it starts when you say so.",
  asked: "It starts when you say so, as you chose in the settings.",
} as const;

export function start(size: string): string {
  return `Start (${size})`;
}

/** People have it, but no connection to them is open yet. */
export function connecting(count: number): string {
  return `${people(count)} ${count === 1 ? "has" : "have"} it. Connecting…`;
}

/** People have it, but no connection to them succeeds: the usual reasons, and what helps. */
export function noRoute(count: number): string {
  return `${people(count)} ${count === 1 ? "has" : "have"} it, but this browser cannot connect to ${count === 1 ? "them" : "any of them"}. A firewall or VPN may be in the way: try the same Wi-Fi, or turn the VPN off. This page keeps trying.`;
}

export function askingForMetadata(count: number): string {
  return `Connected to ${people(count)}. Asking for the list of files…`;
}

export function coming(senders: number, receivers: number): string {
  const passedOn = receivers > 0 ? ` You are already passing parts on to ${people(receivers)}.` : "";
  return `Downloading from ${people(senders)}${senders > 1 ? " at once" : ""}.${passedOn}`;
}

export function waitingForParts(count: number): string {
  return `Connected to ${people(count)}, waiting for the missing parts. Keep this page open.`;
}

export function sending(receivers: number): string {
  return `Sending to ${people(receivers)}.`;
}

export function connectedIdle(count: number): string {
  return `${people(count)} connected, but nobody needs a part right now.`;
}

/** Nobody is connected any more: everybody who came has the whole file. */
export function delivered(others: number): string {
  return `Sent: ${people(others)} ${others === 1 ? "has" : "have"} the whole file.`;
}

/** How long the link works. People besides us who have the whole file: `others` are here, `left` had it and are not. */
export function linkNote(others: number, left: number): string {
  if (others === 0) {
    return left === 0
      ? "The link works only while this page is open: nobody else has the whole file yet."
      : `The link works only while this page is open: nobody else who has the whole file is online (${formatCount(left)} had it and left).`;
  }
  const have = others === 1 ? "1 other person has" : `${formatCount(others)} others have`;
  const gone = left === 0 ? "" : ` ${formatCount(left)} more had it and left.`;
  return `${have} the whole file, so the link works without this page while they are online.${gone}`;
}

/** No tracker works. `seconds` until the page asks one again. */
export function trackerTrouble(
  state: "unreachable" | "refused",
  message: string | undefined,
  seconds: number | undefined,
) {
  const what =
    state === "refused"
      ? "The tracker refused this file"
      : "This page cannot reach the tracker, which introduces people to each other";
  const why = message === undefined ? "" : ` (${message.replace(/[.\s]+$/, "")})`;
  return `${what}${why}. ${retry(seconds)} Open connections keep working.`;
}

/** A working tracker's warning, shown while nobody is connected. */
export function trackerSays(message: string): string {
  return `The tracker says: ${message}`;
}

/** When the page asks a tracker again. */
export function retry(seconds: number | undefined): string {
  return seconds === undefined ? "Pause and resume to try again." : `Next try in ${formatDuration(seconds)}.`;
}
