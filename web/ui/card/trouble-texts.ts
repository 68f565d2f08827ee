import type { RouteKind, Trouble } from "../../engine/client.ts";
import { inOurWords } from "../texts/engine-words.ts";
import { list } from "../texts/intl.ts";
import { texts } from "../texts/texts.ts";
import { retry } from "./card-texts.ts";

/** Why nothing moves, each in a sentence, with what to do about it. */

/** The one button that helps, if one does. `openElsewhere`: a link to a program of this device. */
export type Remedy = "tryNow" | "addTurn" | "openElsewhere";

/** What a person can do about it with one button. Undefined: the sentence says what helps. */
export function remedyOf(trouble: Trouble, isSeeding: boolean): Remedy | undefined {
  switch (trouble.cause) {
    case "clock":
      return "tryNow";
    case "tracker":
      return trouble.why === "refused" ? undefined : "tryNow";
    case "desktopOnly":
      return isSeeding ? undefined : "openElsewhere";
    case "noRoute":
      return hasRelay(trouble) ? undefined : "addTurn";
    default:
      return undefined;
  }
}

/** It needs the person, or somebody else's help, more than time. */
export function isAlarming({ cause }: Trouble): boolean {
  return cause !== "nobodyThere" && cause !== "piecesMissing" && cause !== "slowedDown";
}

/**
 * What the card says of it. `isSeeding`: everything is here, and others want it, or did when a tracker last counted them, up to some
 * minutes ago: receivers leave more often than those who have it.
 */
export function troubleSentence(trouble: Trouble, isSeeding: boolean): string {
  const words = texts.trouble;
  switch (trouble.cause) {
    case "storageFull":
      return words.storageFull;
    case "slowedDown":
      return words.slowedDown;
    case "localNetwork":
      return trouble.host === undefined ? words.localNetwork : words.localTracker(trouble.host);
    case "clock": {
      const off = clockWords(Math.abs(trouble.errorMillis));
      return trouble.errorMillis > 0
        ? words.clockFast(off, trouble.host)
        : words.clockSlow(off, trouble.host);
    }
    case "tracker":
      return trackerSentence(trouble, isSeeding);
    case "nobodyThere":
      return texts.card.nobodyOnline;
    case "piecesMissing":
      return words.piecesMissing(trouble.peers);
    case "desktopOnly":
      if (isSeeding) return words.wantedOnDesktops(trouble.count);
      return trouble.isCertain ? words.onDesktops(trouble.count) : words.nobodyAnswers(trouble.count);
    case "noRoute": {
      const tried = triedWords(trouble);
      const what = isSeeding ? words.noRouteFromThem(tried) : words.noRoute(trouble.count, tried);
      return `${what} ${helpWords(trouble)}`;
    }
  }
}

function trackerSentence(trouble: Extract<Trouble, { cause: "tracker" }>, isSeeding: boolean): string {
  const words = texts.trouble;
  const { why, host, message, nextInSeconds, isOneOfSeveral } = trouble;
  if (why === "offline") return words.offline;
  if (isOneOfSeveral) return words.namedTracker(host);
  const said = message === undefined ? host : `${host}: ${inOurWords(message).replace(/[.\s]+$/, "")}`;
  const what = why === "refused" ? words.refused(said) : words.unreachable(said);
  const next =
    why === "unreachable" && nextInSeconds === undefined ? words.tryingAgain : retry(nextInSeconds);
  return isSeeding ? `${what} ${next} ${words.nobodyNew}` : `${what} ${next}`;
}

function clockWords(offMillis: number): string {
  const hours = offMillis / 3_600_000;
  return hours < 48 ? texts.time.wholeHours(Math.round(hours)) : texts.time.days(Math.round(hours / 24));
}

type NoRoute = Extract<Trouble, { cause: "noRoute" }>;

/** In the order in which they are named. */
const ROUTES: readonly RouteKind[] = ["host", "srflx", "relay"];

function hasRelay({ ours, theirs }: NoRoute): boolean {
  return ours.includes("relay") || theirs.includes("relay");
}

/** Which kinds of candidates were tried. */
function triedWords({ ours, theirs }: NoRoute): string {
  if (ours.length === 0) return texts.trouble.noneHere;
  if (theirs.length === 0) return texts.trouble.noneThere;
  const kinds = ROUTES.filter((kind) => ours.includes(kind) || theirs.includes(kind));
  return texts.trouble.tried(list(kinds.map((kind) => texts.trouble.routes[kind])));
}

function helpWords(trouble: NoRoute): string {
  if (trouble.ours.length === 0) return texts.trouble.freeWebRtc;
  return hasRelay(trouble) ? texts.trouble.firewall : texts.trouble.sameWifi;
}
