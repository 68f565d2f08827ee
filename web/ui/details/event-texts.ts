import type { LinkId } from "#shared/base/ids.ts";
import type { PeerView } from "#shared/session/view.ts";
import type { LoggedEvent } from "../../engine/client.ts";
import { isolate } from "../isolate.ts";
import { inOurWords } from "../texts/engine-words.ts";
import { dayAndTime, timeOfDay } from "../texts/intl.ts";
import { texts } from "../texts/texts.ts";
import { linkWords, peerName } from "./details-texts.ts";

type Happening = LoggedEvent["what"];
type Known = ReadonlyMap<LinkId, PeerView>;
type Reason = Extract<Happening, { readonly type: "linkClosed" | "linkFailed" }>["reason"];

/** An event in a sentence. `known`: what we know by now of peers. */
export function eventSentence(what: Happening, known: Known): string {
  const words = texts.log;
  switch (what.type) {
    case "torrentAdded":
      return words.added;
    case "torrentRemoved":
      return words.removed;
    case "phaseChanged":
      return words.phases[what.phase];
    case "problemChanged":
      return what.problem === undefined ? words.solved : inOurWords(what.problem);
    case "metadataArrived":
      return words.filesArrived;
    case "metadataUnusable":
      return words.filesUnusable(ended(what.reason));
    case "pieceVerified":
      return words.pieceArrived(what.piece);
    case "pieceFailed":
      return words.pieceFailed(what.piece);
    case "fileCompleted":
      return words.fileComplete;
    case "torrentCompleted":
      return words.complete;
    case "sharingStopped":
      return words.sharingStopped[what.because];
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
      | "torrentCompleted"
      | "sharingStopped";
  }
>;

function peerSentence(what: PeerHappening, known: Known): string {
  const words = texts.log;
  switch (what.type) {
    case "peerBanned":
      return what.badPiece === undefined ? words.bannedForFiles : words.bannedForPiece(what.badPiece);
    case "webSeedFailed":
      return words.webSeedFailed(hostOf(what.webSeed), ended(what.reason));
    case "webSeedBanned":
      return words.webSeedBanned(hostOf(what.webSeed), what.badPiece);
    case "dialling":
      return words.dialling;
    case "linkOpened":
      return connected(known.get(what.peer.link) ?? what.peer);
    case "linkClosed":
      return words.disconnected(isolate(peerName(what.peer)), endWords(what));
    case "linkFailed":
      return words.notConnected(endWords(what));
    case "peerUnchoked":
      return words.unchoked;
    case "peerChoked":
      return words.choked;
    case "leftOut":
      return words.ignored(ended(what.what));
    case "trackerAnswered": {
      const counts = words.answered(hostOf(what.tracker), what.seeders, what.leechers);
      return what.warning === undefined ? counts : `${counts} ${words.says(ended(what.warning))}`;
    }
    case "trackerRefused":
      return words.refused(hostOf(what.tracker), ended(what.reason));
    case "trackerLost":
      return words.lost(hostOf(what.tracker), ended(what.reason));
  }
}

const connected = (peer: PeerView): string => texts.log.connected(isolate(peerName(peer)), linkWords(peer));

function endWords(what: { readonly reason: Reason; readonly brokenRule?: string | undefined }): string {
  return ended(what.brokenRule ?? texts.log.reasons[what.reason]);
}

/** Words of others may end with a full stop, or not. */
const ended = (words: string): string => `${inOurWords(words).replace(/[.\s]+$/, "")}.`;

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

/** When it happened: the time of day, and the day if it was another one. */
export function eventTime(at: number, now: Date): string {
  const then = new Date(at);
  return then.toDateString() === now.toDateString() ? timeOfDay(then, "medium") : dayAndTime(then);
}
