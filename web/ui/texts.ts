import { formatCount, formatDuration, plural } from "./format.ts";

/** Every sentence of the page that depends on what goes on. Plain English; each wait and error names the next step. */

const people = (count: number): string => plural(count, "person", "people");

export const HEADLINE = ["Drop a file.", "Send the link."] as const;
export const INTRODUCTION =
  "Whoever opens the link gets the file straight from this page, and from everybody else who already has a part of it. No account, no upload to a server, no size limit of ours.";
export const LINK_HINT = "Paste what somebody sent you. Share links work here, too.";

export const STATE_TEXT = {
  hashing: "Preparing",
  metadata: "Looking it up",
  checking: "Checking",
  downloading: "Downloading",
  seeding: "Sharing",
  "needs-file": "Needs your file",
  paused: "Paused",
  error: "Stopped",
} as const;

export const HASHING = "Reading the file to make its link. Nothing is copied or sent yet.";
export const CHECKING = "Checking what is here already, so that no part is fetched twice.";
export const PAUSED = "Nothing is sent or received. Resume to go on.";
export const PAUSED_SHARE = "Nothing is sent. The link works again when you resume.";
export const STOPPED = "It stopped. Resume to try again.";
export const NEEDS_PERMISSION =
  "After a reload the browser asks once more before this page may read your file. Until then the link does not work.";
export const NEEDS_FILES =
  "It was shared from where it lies on your device, and this browser cannot find it again by itself. Select it once more: the link stays the same.";
export const NEEDS_FILES_MANY =
  "They were shared from where they lie on your device, and this browser cannot find them again by itself. Select them once more: the link stays the same.";

export const NOBODY_ONLINE =
  "Nobody with this file is online. Keep this page open; it starts by itself when somebody is.";
export const LOOKING = "Looking for people who have it…";
export const NO_PEOPLE_YET = "Nobody found yet. Keep this page open; it starts by itself.";
export const NO_TRACKER =
  "No tracker that a browser can reach is known for it, so nobody can be found. Use a link that names one (wss://…).";

export const READY_TO_SEND = "Ready. Send the share link to whoever should have it.";
export const COMPLETE = "Complete, every piece checked. Save it to have it outside this browser.";

/** While people are known but no link to them is open yet. */
export function connecting(count: number): string {
  return `${people(count)} ${count === 1 ? "has" : "have"} it. Connecting…`;
}

/** When people are known and none of them can be reached: the usual reasons, and what helps. */
export function noRoute(count: number): string {
  return `${people(count)} ${count === 1 ? "has" : "have"} it, but this browser finds no way to ${count === 1 ? "them" : "any of them"}: a firewall or VPN may be in between. Try the same Wi-Fi, or without the VPN; it goes on trying by itself.`;
}

export function askingForMetadata(count: number): string {
  return `Connected to ${people(count)}. Asking what is in it…`;
}

export function coming(senders: number, receivers: number): string {
  const passedOn = receivers > 0 ? ` You already pass parts on to ${people(receivers)}.` : "";
  return `Coming from ${people(senders)}${senders > 1 ? " at once" : ""}.${passedOn}`;
}

export function waitingForParts(count: number): string {
  return `Connected to ${people(count)}, waiting for the missing parts. It goes on by itself.`;
}

export function sending(receivers: number): string {
  return `Sending to ${people(receivers)}.`;
}

export function connectedIdle(count: number): string {
  return `${people(count)} connected; nobody asks for a part right now.`;
}

/** When nobody is connected any more, because those who came have the whole file. */
export function delivered(others: number): string {
  return `Sent: ${people(others)} ${others === 1 ? "has" : "have"} the whole file.`;
}

/** What a link means: it is no storage. `others` have the whole file besides us. */
export function linkNote(others: number): string {
  if (others === 0) return "The link works only while this page is open: nobody else has the whole file yet.";
  const have = others === 1 ? "1 other person has" : `${formatCount(others)} others have`;
  return `${have} the whole file, so the link works without this page while they are online.`;
}

/** When no tracker works. `seconds` until one is asked again. */
export function trackerTrouble(
  state: "unreachable" | "refused",
  message: string | undefined,
  seconds: number | undefined,
) {
  const what =
    state === "refused"
      ? "The tracker refused this file"
      : "The tracker that brings people together cannot be reached";
  const why = message === undefined ? "" : ` (${message.replace(/[.\s]+$/, "")})`;
  return `${what}${why}. ${retry(seconds)} Open connections go on.`;
}

/** What a tracker that works warns of, while nobody is found. */
export function trackerSays(message: string): string {
  return `The tracker says: ${message}`;
}

/** One tracker in a sentence, after its host name. */
export function trackerSentence(
  state: "waiting" | "connecting" | "working" | "refused" | "unreachable" | "standby",
  seeders: number,
  leechers: number,
  message: string | undefined,
  seconds: number | undefined,
): string {
  const said = message === undefined ? "" : `: ${message.replace(/[.\s]+$/, "")}`;
  switch (state) {
    case "waiting":
      return "Not asked yet.";
    case "connecting":
      return "Connecting…";
    case "working": {
      const counts = `${people(seeders)} with everything, ${people(leechers)} still fetching, you included.`;
      const note = message === undefined ? "" : ` It says${said}.`;
      return `Working. ${counts}${note}${seconds === undefined ? "" : ` Asked again in ${formatDuration(seconds)}.`}`;
    }
    case "refused":
      return `Refused${said}. ${retry(seconds)}`;
    case "standby":
      return `Standing by${said}.`;
    case "unreachable":
      return `Cannot be reached${said}. ${retry(seconds)}`;
  }
}

function retry(seconds: number | undefined): string {
  return seconds === undefined
    ? "Pause and resume to ask it again."
    : `Tried again in ${formatDuration(seconds)}.`;
}

export function removeQuestion(title: string): string {
  return `Remove “${title}”?`;
}

export const REMOVE_OWN = "Your own file stays where it is; only the sharing ends.";
export const REMOVE_KEEPS_SAVED = "Files you have saved stay where they are.";

export function removeData(size: string): string {
  return `${size} of it are kept in this browser. Keep them if you may want to go on later: adding the link again continues from there.`;
}

/** For a running upload. */
export function removeBreaksLink(receivers: number, others: number): string {
  const now =
    receivers > 0
      ? `${people(receivers)} ${receivers === 1 ? "is" : "are"} getting it from you right now. `
      : "";
  return others > 0
    ? `${now}Others have the whole file, so the link goes on working while they are online.`
    : `${now}The link stops working: nobody else has the whole file.`;
}

export const NOTHING_DROPPED = "There was no file in it. Drop a file, a folder with files, or a link.";
export const PICK_FAILED =
  "The browser could not read all of it. Check that the files still exist and may be read, then try again.";

export function tooManyFiles(most: number): string {
  return `That is more than ${plural(most, "file", "files")}. Share a smaller folder, or pack it into one file first.`;
}

/** Said aloud by screen readers when something comes to its end. */
export const ANNOUNCE = {
  linkReady: (title: string) => `The link for ${title} is ready.`,
  complete: (title: string) => `${title} is complete.`,
  error: (title: string) => `${title} stopped.`,
} as const;

export const DROP_SIGN = "Let go to add it";
export const READING_FOLDER = "Looking through what you chose…";

/** What a link means, said before the first one goes out. */
export const PROMISES = [
  {
    title: "Keep the page open",
    text: "The file comes from your browser, so the link works while this page is open, or while somebody else has the whole file.",
  },
  {
    title: "Close it and come back",
    text: "A download goes on where it was, even after a restart. No part that has arrived is fetched twice.",
  },
  {
    title: "The more, the faster",
    text: "Everybody who downloads passes parts on right away, and every part is checked before it is kept.",
  },
] as const;
