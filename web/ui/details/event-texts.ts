import type { LinkId } from "#shared/base/ids.ts";
import type { PeerView } from "#shared/session/view.ts";
import type { LoggedEvent } from "../../engine/client.ts";
import { people } from "../card/card-texts.ts";
import { formatCount } from "../format.ts";
import { linkWords, peerName } from "./details-texts.ts";

type Happening = LoggedEvent["what"];
type Known = ReadonlyMap<LinkId, PeerView>;
type Phase = Extract<Happening, { readonly type: "phaseChanged" }>["phase"];
type Reason = Extract<Happening, { readonly type: "linkClosed" | "linkFailed" }>["reason"];

export const LOG = "Log";
export const NO_EVENTS = "Nothing has happened since this page was opened.";
export const NEWEST_FIRST =
  "Newest first. Only the latest 200 events are kept, for as long as this page is open.";

const PHASES: Record<Phase, string> = {
  metadata: "Looking for the list of files.",
  checking: "Checking what is already here.",
  downloading: "Downloading.",
  seeding: "Everything is here. Sharing it with others.",
  paused: "Paused.",
  error: "Stopped.",
};

const REASONS: Record<Reason, string> = {
  offerExpired: "nobody answered our offer in time",
  negotiationFailed: "the two browsers could not agree on how to connect",
  noRoute: "there is no route between the two",
  theyLeft: "they left",
  neverOpened: "it did not open in time",
  notIntroduced: "the peer that was to introduce us could not",
  noRoom: "there was no room for another connection",
  madeRoom: "another peer needed the room",
  unknownTorrent: "it wanted another torrent",
  ourselves: "it led back to this page",
  twin: "there is another connection to the same peer",
  banned: "it sent bad data",
  brokeTheRules: "it broke the rules of the protocol",
  tooManyMessages: "it sent too many messages",
  readsNothing: "it did not read what we sent",
  silent: "it was silent for too long",
  nothingToShare: "both sides have everything",
  notFromTracker: "the torrent is private, and its tracker did not name this peer",
  pieceLost: "we can no longer read a piece, and start over with what we have",
  stopped: "the torrent was stopped",
};

/** An event in a sentence. `known`: what we know by now of peers. */
export function eventSentence(what: Happening, known: Known): string {
  switch (what.type) {
    case "torrentAdded":
      return "Added.";
    case "torrentRemoved":
      return "Removed.";
    case "phaseChanged":
      return PHASES[what.phase];
    case "problemChanged":
      return what.problem ?? "The problem is solved.";
    case "metadataArrived":
      return "The list of files arrived.";
    case "metadataUnusable":
      return `The list of files that peers sent cannot be used: ${ended(what.reason)}`;
    case "pieceVerified":
      return `Piece ${formatCount(what.piece)} arrived.`;
    case "pieceFailed":
      return `Piece ${formatCount(what.piece)} failed its check and is downloaded again.`;
    case "fileCompleted":
      return "A file is complete.";
    case "torrentCompleted":
      return "Complete: every piece is checked.";
    default:
      return peerSentence(what, known);
  }
}

type PeerHappening = Exclude<
  Happening,
  {
    readonly type:
      | "torrentAdded"
      | "torrentRemoved"
      | "phaseChanged"
      | "problemChanged"
      | "metadataArrived"
      | "metadataUnusable"
      | "pieceVerified"
      | "pieceFailed"
      | "fileCompleted"
      | "torrentCompleted";
  }
>;

function peerSentence(what: PeerHappening, known: Known): string {
  switch (what.type) {
    case "peerBanned":
      return what.badPiece === undefined
        ? "A peer sent a false list of files and was banned."
        : `A peer sent bad data for piece ${formatCount(what.badPiece)} and was banned.`;
    case "dialling":
      return "Connecting to a peer.";
    case "linkOpened":
      return connected(known.get(what.peer.link) ?? what.peer);
    case "linkClosed":
      return `Disconnected from ${peerName(what.peer)}: ${endWords(what)}`;
    case "linkFailed":
      return `A connection did not come about: ${endWords(what)}`;
    case "peerUnchoked":
      return "A peer sends to us from now on.";
    case "peerChoked":
      return "A peer no longer sends to us.";
    case "leftOut":
      return `Part of what a peer said was ignored: ${ended(what.what)}`;
    case "trackerAnswered": {
      const counts = `${people(what.seeders)} with everything, ${people(what.leechers)} still downloading.`;
      const warning = what.warning === undefined ? "" : ` It says: ${ended(what.warning)}`;
      return `${hostOf(what.tracker)} answered: ${counts}${warning}`;
    }
    case "trackerRefused":
      return `${hostOf(what.tracker)} refused: ${ended(what.reason)}`;
    case "trackerLost":
      return `${hostOf(what.tracker)} cannot be reached: ${ended(what.reason)}`;
  }
}

const connected = (peer: PeerView): string => `Connected to ${peerName(peer)} (${linkWords(peer)}).`;

function endWords(what: { readonly reason: Reason; readonly brokenRule?: string | undefined }): string {
  return ended(what.brokenRule ?? REASONS[what.reason]);
}

/** Words of others may end with a full stop, or not. */
const ended = (words: string): string => `${words.replace(/[.\s]+$/, "")}.`;

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** When it happened: the time of day, and the day if it was another one. */
export function eventTime(at: number, now: Date): string {
  const then = new Date(at);
  return then.toDateString() === now.toDateString()
    ? then.toLocaleTimeString(undefined, { timeStyle: "medium" })
    : then.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
