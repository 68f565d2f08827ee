import type { EndReason } from "../../engine/client.ts";
import { formatDuration } from "../format.ts";
import { texts } from "../texts/texts.ts";

/** Why the link of the person's own files has ended. `back`: what brings it back. */
export function linkEnded(because: EndReason, back: keyof typeof texts.card.bringsBack): string {
  const { linkEnded, othersMayGoOn, bringsBack, bringsBackUnlimited } = texts.card;
  const again = because === "person" ? bringsBack[back] : bringsBackUnlimited[back];
  return `${linkEnded[because]} ${othersMayGoOn} ${again}`;
}

/** From whom it comes, and to whom it goes on. */
export function coming(senders: number, receivers: number): string {
  const { downloading, passingOn } = texts.card;
  return receivers === 0 ? downloading(senders) : `${downloading(senders)} ${passingOn(receivers)}`;
}

/**
 * How long the link works. People besides us who have the whole file: `others` are here, `left` had it and are not. `isOnDisk`: a daemon
 * has it.
 */
export function linkNote(others: number, left: number, isOnDisk: boolean): string {
  const { linkOnlyHere, linkOnlyHereNow, linkWithoutPage } = isOnDisk ? texts.daemon : texts.card;
  const { moreLeft } = texts.card;
  if (others === 0) return left === 0 ? linkOnlyHere : linkOnlyHereNow(left);
  return left === 0 ? linkWithoutPage(others) : `${linkWithoutPage(others)} ${moreLeft(left)}`;
}

/** When the page asks a tracker again. */
export function retry(seconds: number | undefined): string {
  return seconds === undefined ? texts.card.pauseAndResume : texts.card.nextTry(formatDuration(seconds));
}
